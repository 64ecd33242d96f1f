"""Keyed random numbers: every draw is a pure function of who draws it, when and for what.

Philox4x64-10 (Salmon, Moraes, Dror and Shaw 2011, SC'11) keyed by
(root seed, member, stream) and counted by (agent id, quarter, block), equal bit by bit to
``numpy.random.Philox``. The same agent draws the same number whatever the number of workers,
the order of execution, or the presence of other agents.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import numba as nb
import numpy as np
from llvmlite import ir
from numba.extending import intrinsic
from numpy.typing import NDArray

from sim.compiled import apart, kernel, part
from sim.inversion import one_normal, one_poisson, poisson, to_laplace, to_normal

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_MULTIPLIER_0 = np.uint64(0xD2E7470EE14C6C93)
_MULTIPLIER_1 = np.uint64(0xCA5A826395121157)
_LOW_0, _HIGH_0 = np.uint64(0xE14C6C93), np.uint64(0xD2E7470E)
_LOW_1, _HIGH_1 = np.uint64(0x95121157), np.uint64(0xCA5A8263)
_WEYL_0 = np.uint64(0x9E3779B97F4A7C15)
_WEYL_1 = np.uint64(0xBB67AE8584CAA73B)
_11 = np.uint64(11)
_SCALE = 1.0 / 9007199254740992.0
_32, _LOWER, _SCALE_32 = np.uint64(32), np.uint64(0xFFFFFFFF), 1.0 / 4294967296.0


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
    for _ in range(10):
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
def _round(words, keys):  # type: ignore[no-untyped-def]
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
    state = _round(*_round(*_round(*_round(*_round(*state)))))
    return _round(*_round(*_round(*_round(*_round(*state)))))[0]


@part
def philox_of_two(agent, other, quarter, key_0, key_1):  # type: ignore[no-untyped-def]
    """Return what :func:`philox_in_rows` does for two agents, block zero.

    Round by round beside each other: neither waits for the steps of its own round alone.
    """
    zero = np.uint64(0)
    one = (np.uint64(agent), np.uint64(quarter), zero, zero), (key_0, key_1)
    two = (np.uint64(other), np.uint64(quarter), zero, zero), (key_0, key_1)
    one, two = _round(*one), _round(*two)
    one, two = _round(*one), _round(*two)
    one, two = _round(*one), _round(*two)
    one, two = _round(*one), _round(*two)
    one, two = _round(*one), _round(*two)
    one, two = _round(*one), _round(*two)
    one, two = _round(*one), _round(*two)
    one, two = _round(*one), _round(*two)
    one, two = _round(*one), _round(*two)
    one, two = _round(*one), _round(*two)
    return one[0], two[0]


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


@apart
def _fill(one, two, three, four, ids, quarter, key, block):  # type: ignore[no-untyped-def]
    """Fill in the four uniforms that a block of the generator gives each agent."""
    for row in range(len(ids)):
        j = np.uint64(row)
        words = philox_in_rows(ids[j], quarter, key[0], key[1], block)
        one[j], two[j] = unit_open(words[0]), unit_open(words[1])
        three[j], four[j] = unit_open(words[2]), unit_open(words[3])


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


@apart
def _pairs(first, second, ids, rows, quarter, key):  # type: ignore[no-untyped-def]
    """Fill in the first two uniforms of the agents in `rows`."""
    key_0, key_1 = key
    half = len(rows) // 2
    for row in range(half):
        j, k = np.uint64(row), np.uint64(row + half)
        own, other = ids[np.uint64(rows[j])], ids[np.uint64(rows[k])]
        one, two = philox_of_two(own, other, quarter, key_0, key_1)
        first[j], second[j] = unit_open(one[0]), unit_open(one[1])
        first[k], second[k] = unit_open(two[0]), unit_open(two[1])
    if 2 * half < len(rows):
        last = len(rows) - 1
        first[last], second[last] = two_lots(ids[rows[last]], quarter, key)


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
        self._keys: dict[str, tuple[np.uint64, np.uint64]] = {}

    def key(self, stream: str) -> tuple[np.uint64, np.uint64]:
        """Return the Philox key of a stream, for kernels that draw as they go."""
        kept = self._keys.get(stream)
        if kept is None:
            member = self.moved.get(stream, self.member)
            second = (member << 32) | stream_key(stream)
            kept = self._keys[stream] = np.uint64(self.seed), np.uint64(second)
        return kept

    def uniforms(self, stream: str, ids: Integers, quarter: int = 0, draws: int = 1) -> Floats:
        """Return uniforms in (0, 1), shape (draws, len(ids)), one column per agent id."""
        blocks, ids = (draws + 3) // 4, np.ascontiguousarray(ids, dtype=np.int64)
        out = np.empty((4 * blocks, len(ids)))
        for block in range(blocks):
            _fill(*out[4 * block : 4 * block + 4], ids, quarter, self.key(stream), block)
        return out[:draws]

    def uniform(self, stream: str, agent: int = 0, quarter: int = 0) -> float:
        """Return one uniform in (0, 1)."""
        return float(_one(agent, quarter, self.key(stream)))

    def pairs(
        self, stream: str, ids: Integers, rows: Integers, quarter: int
    ) -> tuple[Floats, Floats]:
        """Return the first two uniforms of the agents in `rows`, each of shape (len(rows),)."""
        first, second = np.empty((2, len(rows)))
        _pairs(first, second, ids, rows, quarter, self.key(stream))
        return first, second

    def normals(self, stream: str, ids: Integers, quarter: int = 0, draws: int = 1) -> Floats:
        """Return standard normals by inversion, shape (draws, len(ids))."""
        out = self.uniforms(stream, ids, quarter, draws)
        to_normal(out.reshape(-1))
        return out

    def normal(self, stream: str, agent: int = 0, quarter: int = 0) -> float:
        """Return one standard normal."""
        return float(one_normal(self.uniform(stream, agent, quarter)))

    def laplaces(self, stream: str, ids: Integers, quarter: int = 0, draws: int = 1) -> Floats:
        """Return Laplace numbers of scale one by inversion, shape (draws, len(ids))."""
        out = self.uniforms(stream, ids, quarter, draws)
        to_laplace(out.reshape(-1))
        return out

    def poissons(self, stream: str, means: Floats, ids: Integers, quarter: int = 0) -> Integers:
        """Return Poisson counts by inversion, monotone in each mean, shape (len(ids),)."""
        return poisson(self.uniforms(stream, ids, quarter)[0], means)

    def poisson(self, stream: str, mean: float, agent: int = 0, quarter: int = 0) -> int:
        """Return one Poisson count, as :meth:`poissons` does."""
        return int(one_poisson(self.uniform(stream, agent, quarter), mean))
