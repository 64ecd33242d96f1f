"""Keyed random numbers: every draw is a pure function of who draws it, when and for what.

Philox4x64-10 (Salmon, Moraes, Dror and Shaw 2011, SC'11) keyed by
(root seed, member, stream) and counted by (agent id, quarter, block), equal bit by bit to
``numpy.random.Philox``. The same agent draws the same number whatever the number of workers,
the order of execution, or the presence of other agents.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import numba as nb
import numpy as np
from llvmlite import ir
from numba.extending import intrinsic
from numpy.typing import NDArray

from sim.compiled import apart, kernel, part
from sim.inversion import one_poisson, to_laplace, to_normal
from sim.many_draws import MANY, MULTIPLIERS, ROUNDS, WEYL, draw_many

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_MULTIPLIER_0, _MULTIPLIER_1 = (np.uint64(number) for number in MULTIPLIERS)
_LOW_0, _LOW_1 = (np.uint64(number & 0xFFFFFFFF) for number in MULTIPLIERS)
_HIGH_0, _HIGH_1 = (np.uint64(number >> 32) for number in MULTIPLIERS)
_WEYL_0, _WEYL_1 = (np.uint64(number) for number in WEYL)
_11 = np.uint64(11)
_SCALE = 1.0 / 9007199254740992.0
_32, _LOWER, _SCALE_32 = np.uint64(32), np.uint64(0xFFFFFFFF), 1.0 / 4294967296.0
STRETCH = 24 * MANY
"""Agents whose words wait in the nearest cache until they are uniforms."""


@lru_cache(maxsize=4096)
def stream_key(name: str) -> int:
    """Return the 32-bit number of a stream: its name's CRC, so that no list orders streams."""
    return zlib.crc32(name.encode("utf-8"))


def _type_wide_product(typing_context: Any, left: Any, right: Any) -> Any:
    """Return high and low 64 bits of a 128-bit product (together one machine instruction)."""
    word = nb.types.uint64

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(argument, wide) for argument in arguments))
        high = builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))
        low = builder.trunc(product, ir.IntType(64))
        return context.make_tuple(builder, signature.return_type, [high, low])

    pair: Any = nb.types.UniTuple
    return pair(word, 2)(word, word), generate


_wide_product: Any = intrinsic(_type_wide_product)


@part
def philox(counter_0, counter_1, counter_2, counter_3, key_0, key_1):  # type: ignore[no-untyped-def]
    """Return the four 64-bit words of Philox4x64-10 for one counter and key."""
    for _ in range(ROUNDS):
        high_0, low_0 = _wide_product(_MULTIPLIER_0, counter_0)
        high_1, low_1 = _wide_product(_MULTIPLIER_1, counter_2)
        counter_0, counter_1 = high_1 ^ counter_1 ^ key_0, low_1
        counter_2, counter_3 = high_0 ^ counter_3 ^ key_1, low_0
        key_0 = key_0 + _WEYL_0
        key_1 = key_1 + _WEYL_1
    return counter_0, counter_1, counter_2, counter_3


@part
def _product_of_halves(word, low, high):  # type: ignore[no-untyped-def]
    """Return high and low 64 bits of a word times a constant that is given in its two halves."""
    lower, upper = word & _LOWER, word >> _32
    first = lower * low
    middle = upper * low + (first >> _32)
    other = lower * high + (middle & _LOWER)
    return upper * high + (middle >> _32) + (other >> _32), (other << _32) | (first & _LOWER)


@part
def one_round(words, keys):  # type: ignore[no-untyped-def]
    """Return words and keys after one round of Philox."""
    high_0, low_0 = _product_of_halves(words[0], _LOW_0, _HIGH_0)
    high_1, low_1 = _product_of_halves(words[2], _LOW_1, _HIGH_1)
    mixed = high_1 ^ words[1] ^ keys[0], low_1, high_0 ^ words[3] ^ keys[1], low_0
    return mixed, (keys[0] + _WEYL_0, keys[1] + _WEYL_1)


@part
def philox_in_rows(agent, quarter, key_0, key_1, block=0):  # type: ignore[no-untyped-def]
    """Return what :func:`philox` does for the counter (agent, quarter, block, 0).

    Of 32-bit products, written without a loop: for loops over rows whose other steps let the
    compiler take several at once. Alone, :func:`philox` takes half the instructions.
    """
    counter = np.uint64(agent), np.uint64(quarter), np.uint64(block), np.uint64(0)
    state = counter, (key_0, key_1)
    state = one_round(*one_round(*one_round(*one_round(*one_round(*state)))))
    return one_round(*one_round(*one_round(*one_round(*one_round(*state)))))[0]


@part
def unit_open(word):  # type: ignore[no-untyped-def]
    """Map 64 random bits into the open interval (0, 1): never 0, never 1."""
    return (np.float64(word >> _11) + 0.5) * _SCALE


@part
def upper_unit(word):  # type: ignore[no-untyped-def]
    """Map the upper 32 bits of a word into the open interval (0, 1)."""
    return (np.float64(word >> _32) + 0.5) * _SCALE_32


@part
def lower_unit(word):  # type: ignore[no-untyped-def]
    """Map the lower 32 bits of a word into the open interval (0, 1)."""
    return (np.float64(word & _LOWER) + 0.5) * _SCALE_32


@part
def draw_words(words, at, ids, first, number, quarter, block, key):  # type: ignore[no-untyped-def]
    """Fill ``words[:, at:]`` with a block of the generator for `number` agents.

    Parameters
    ----------
    words : ndarray of uint64, shape (4, at + number or more)
    ids : ndarray of int64, shape (first + number or more,)
        The agents' ids, from number `first` on.
    """
    counter, whole = (np.uint64(quarter), np.uint64(block)), number - number % MANY
    for row in range(0, whole, MANY):
        draw_many(words, np.uint64(at + row), ids, np.uint64(first + row), counter, key)
    for row in range(whole, number):
        j, zero = np.uint64(at + row), np.uint64(0)
        agent = np.uint64(ids[np.uint64(first + row)])
        drawn = philox(agent, counter[0], counter[1], zero, key[0], key[1])
        words[0, j], words[1, j], words[2, j], words[3, j] = drawn


@apart
def _fill(out, words, ids, quarter, key, block):  # type: ignore[no-untyped-def]
    """Fill in the uniforms that a block of the generator gives each agent, one to four.

    As many as `out` has rows. `words`, shape (4, STRETCH), is to work in.
    """
    for start in range(0, len(ids), STRETCH):
        size = min(STRETCH, len(ids) - start)
        draw_words(words, 0, ids, start, size, quarter, block, key)
        for k in range(len(out)):
            for row in range(size):
                j = np.uint64(row)
                out[k, np.uint64(start) + j] = unit_open(words[k, j])


@part
def two_lots(agent, quarter, key):  # type: ignore[no-untyped-def]
    """Return the first two uniforms of an agent, for loops that draw for few."""
    zero = np.uint64(0)
    words = philox(np.uint64(agent), np.uint64(quarter), zero, zero, key[0], key[1])
    return unit_open(words[0]), unit_open(words[1])


@kernel
def _one(agent, quarter, key):  # type: ignore[no-untyped-def]
    """Return one uniform."""
    return two_lots(agent, quarter, key)[0]


@kernel
def _one_count(agent, quarter, key, mean):  # type: ignore[no-untyped-def]
    """Return one Poisson count."""
    return one_poisson(two_lots(agent, quarter, key)[0], mean)


@kernel
def _counts(agents, quarter, key, means, counts):  # type: ignore[no-untyped-def]
    """Fill in a Poisson count for each agent and mean."""
    for k in range(len(agents)):
        counts[k] = one_poisson(two_lots(agents[k], quarter, key)[0], means[k])


class KeyedRandom:
    """Random numbers of one member.

    Parameters
    ----------
    seed : int
        Root seed of the scenario, 0 <= seed < 2**64.
    member : int
        Member of the ensemble, 0 <= member < 2**32.
    moved : Mapping, optional
        Streams keyed by another member's number; see :mod:`sim.uncertainty`.
    """

    def __init__(self, seed: int, member: int, moved: Mapping[str, int] | None = None) -> None:
        self.seed, self.member, self.moved = seed, member, dict(moved or {})
        self._first = np.uint64(seed)
        self._keys: dict[str, tuple[np.uint64, np.uint64]] = {}
        self._words = np.empty((4, STRETCH), np.uint64)  # to work in

    def key(self, stream: str) -> tuple[np.uint64, np.uint64]:
        """Return the Philox key of a stream, for kernels that draw as they go."""
        kept = self._keys.get(stream)
        if kept is None:
            member = self.moved.get(stream, self.member)
            second = (member << 32) | stream_key(stream)
            kept = self._keys[stream] = self._first, np.uint64(second)
        return kept

    def uniforms(self, stream: str, ids: Integers, quarter: int = 0, draws: int = 1) -> Floats:
        """Return uniforms in (0, 1), shape (draws, len(ids)), one column per agent id."""
        ids, out = np.ascontiguousarray(ids, dtype=np.int64), np.empty((draws, len(ids)))
        key = self.key(stream)
        if draws <= 4:
            _fill(out, self._words, ids, quarter, key, 0)
            return out
        for block in range((draws + 3) // 4):
            _fill(out[4 * block : 4 * block + 4], self._words, ids, quarter, key, block)
        return out

    def uniform(self, stream: str, agent: int = 0, quarter: int = 0) -> float:
        """Return one uniform in (0, 1)."""
        found: float = _one(agent, quarter, self.key(stream))
        return found

    def normals(self, stream: str, ids: Integers, quarter: int = 0, draws: int = 1) -> Floats:
        """Return standard normals by inversion, shape (draws, len(ids))."""
        out = self.uniforms(stream, ids, quarter, draws)
        to_normal(out.reshape(-1))
        return out

    def normal(self, stream: str, agent: int = 0, quarter: int = 0) -> float:
        """Return one standard normal."""
        found = np.array([self.uniform(stream, agent, quarter)])
        to_normal(found)
        return float(found[0])

    def normals_by_quarter(self, stream: str, quarters: Iterable[int], agent: int = 0) -> Floats:
        """Return one standard normal of an agent for each quarter, shape (quarters,)."""
        key = self.key(stream)
        found = np.array([_one(agent, quarter, key) for quarter in quarters], dtype=np.float64)
        to_normal(found)
        return found

    def laplaces(self, stream: str, ids: Integers, quarter: int = 0, draws: int = 1) -> Floats:
        """Return Laplace numbers of scale one by inversion, shape (draws, len(ids))."""
        out = self.uniforms(stream, ids, quarter, draws)
        to_laplace(out.reshape(-1))
        return out

    def poissons(self, stream: str, means: Floats, ids: Integers, quarter: int = 0) -> Integers:
        """Return Poisson counts by inversion, monotone in each mean, shape (len(ids),).

        Raises
        ------
        ValueError
            If there is not one mean for each id.
        """
        if len(means) != len(ids):
            raise ValueError(f"{len(means)} means for {len(ids)} ids")
        ids, counts = np.ascontiguousarray(ids, dtype=np.int64), np.empty(len(ids), dtype=np.int64)
        _counts(ids, quarter, self.key(stream), means, counts)
        return counts

    def poisson(self, stream: str, mean: float, agent: int = 0, quarter: int = 0) -> int:
        """Return one Poisson count, as :meth:`poissons` does."""
        return int(_one_count(agent, quarter, self.key(stream), float(mean)))
