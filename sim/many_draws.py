"""Philox for many agents at once, in two units of the processor side by side.

A part of loops compiled by :mod:`sim.compiled`.

Vectors and single words are multiplied by different units. A block of the generator takes 21
cycles by vectors of eight and 33 by plain products; where each round is made for MANY agents, of
which the last six are multiplied plainly, it takes 17, and 15 where vectors of 52-bit products are
at hand (AVX-512 IFMA). The rounds are a loop, since the compiler would put all of the one kind
before all of the other.
"""

from __future__ import annotations

from typing import Any

import numba as nb
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic

ROUNDS = 10
MULTIPLIERS = 0xD2E7470EE14C6C93, 0xCA5A826395121157
WEYL = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
"""What is added to the two halves of the key from round to round."""
_EIGHT, _VECTORS, _SINGLE = 8, 2, 6
MANY = _VECTORS * _EIGHT + _SINGLE
"""Agents drawn for at once."""

_WORD, _DOUBLE = ir.IntType(64), ir.IntType(128)
_VECTOR = ir.VectorType(_WORD, _EIGHT)
_item: Any = cgutils.get_item_pointer
_function: Any = cgutils.get_or_insert_function


def _same(kind: Any, number: int) -> Any:
    """Return a constant of a kind: one word, or eight alike."""
    return ir.Constant(kind, [number] * _EIGHT if kind is _VECTOR else number)


def _spread(builder: Any, word: Any, kind: Any) -> Any:
    """Return a word as it is, or eight copies of it."""
    if kind is _WORD:
        return word
    none = ir.Constant(_VECTOR, ir.Undefined)
    first = ir.Constant(ir.VectorType(ir.IntType(32), _EIGHT), [0] * _EIGHT)
    return builder.shuffle_vector(
        builder.insert_element(none, word, ir.IntType(32)(0)), none, first
    )


def _fused(builder: Any, part: str, word: Any, number: Any, added: Any) -> Any:
    """Return the lower or upper 52 bits of products of 52-bit numbers, added to others."""
    name = f"llvm.x86.avx512.vpmadd52{part}.uq.512"
    kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
    return builder.call(_function(builder.module, kind, name), [added, word, number])


def _high_by_52_bits(builder: Any, word: Any, number: int) -> Any:
    """Return the upper 64 bits of words times a constant, six products for eight words."""
    low, high = _same(_VECTOR, number & (2**52 - 1)), _same(_VECTOR, number >> 52)
    none, rest = _same(_VECTOR, 0), builder.lshr(word, _same(_VECTOR, 52))
    middle = _fused(builder, "h", word, low, none)
    middle = _fused(builder, "l", word, high, middle)
    middle = _fused(builder, "l", rest, low, middle)
    top = _fused(builder, "h", word, high, none)
    top = _fused(builder, "h", rest, low, top)
    top = _fused(builder, "l", rest, high, top)
    twelve, forty = _same(_VECTOR, 12), _same(_VECTOR, 40)
    return builder.add(builder.lshr(middle, twelve), builder.shl(top, forty))


def _high_by_32_bits(builder: Any, word: Any, number: int) -> Any:
    """Return the same of four products and what is carried between them, on any processor."""
    half, mask = _same(_VECTOR, 32), _same(_VECTOR, 0xFFFFFFFF)
    low, high = _same(_VECTOR, number & 0xFFFFFFFF), _same(_VECTOR, number >> 32)
    lower, upper = builder.and_(word, mask), builder.lshr(word, half)
    first = builder.lshr(builder.mul(lower, low), half)
    middle = builder.add(builder.mul(upper, low), first)
    other = builder.add(builder.mul(lower, high), builder.and_(middle, mask))
    carried = builder.add(builder.lshr(middle, half), builder.lshr(other, half))
    return builder.add(builder.mul(upper, high), carried)


def _product(builder: Any, word: Any, number: int, high_of: Any) -> tuple[Any, Any]:
    """Return high and low 64 bits of one word or eight times a constant."""
    if word.type == _WORD:
        product = builder.mul(builder.zext(word, _DOUBLE), _DOUBLE(number))
        high = builder.lshr(product, _DOUBLE(64))
        return builder.trunc(high, _WORD), builder.trunc(product, _WORD)
    return high_of(builder, word, number), builder.mul(word, _same(_VECTOR, number))


def _round(builder: Any, words: Any, keys: Any, high_of: Any) -> list[Any]:
    """Return the four words of one chain after a round."""
    high_0, low_0 = _product(builder, words[0], MULTIPLIERS[0], high_of)
    high_1, low_1 = _product(builder, words[2], MULTIPLIERS[1], high_of)
    first = builder.xor(builder.xor(high_1, words[1]), keys[0])
    third = builder.xor(builder.xor(high_0, words[3]), keys[1])
    return [first, low_1, third, low_0]


def _carried(builder: Any, begin: Any, before: Any) -> Any:
    """Return a value that a loop carries from turn to turn, as it is in the first."""
    value = builder.phi(begin.type)
    value.add_incoming(begin, before)
    return value


def _type_draw(
    typing_context: Any, words: Any, at: Any, agents: Any, first: Any, counter: Any, key: Any
) -> Any:
    """Fill columns `at` to ``at + MANY`` of `words` for the agents from number `first` on."""
    pair: Any = nb.types.UniTuple

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        words, at, agents, first, counter, key = arguments
        types = signature.args
        fused = "+avx512ifma" in context.codegen().magic_tuple()[2]
        high_of = _high_by_52_bits if fused else _high_by_32_bits
        table = context.make_array(types[0])(context, builder, words)
        ids = context.make_array(types[2])(context, builder, agents)
        quarter, block = (builder.extract_value(counter, k) for k in (0, 1))
        keys = [builder.extract_value(key, k) for k in (0, 1)]

        def place(kind: Any, array: Any, index: list[Any], of: Any) -> Any:
            pointer = _item(context, builder, kind, array, index)
            return builder.bitcast(pointer, of.as_pointer())

        chains = [(_EIGHT * k, _VECTOR) for k in range(_VECTORS)]
        chains += [(_EIGHT * _VECTORS + k, _WORD) for k in range(_SINGLE)]
        begins = []
        for offset, kind in chains:  # the first round: of the counter only the agent differs
            index = [builder.add(first, _WORD(offset))]
            agent = builder.load(place(types[2], ids, index, kind), align=8)
            counters = [agent, *(_spread(builder, word, kind) for word in (quarter, block))]
            begin = [*counters, _same(kind, 0)]
            begins.append(
                _round(builder, begin, [_spread(builder, k, kind) for k in keys], high_of)
            )
        before, turn = builder.block, builder.append_basic_block("round")
        after = builder.append_basic_block("drawn")
        keys = [builder.add(k, _WORD(weyl)) for k, weyl in zip(keys, WEYL, strict=True)]
        builder.branch(turn)
        builder.position_at_end(turn)
        left = _carried(builder, _WORD(ROUNDS - 1), before)
        now = [_carried(builder, k, before) for k in keys]
        states = [[_carried(builder, word, before) for word in begin] for begin in begins]
        ends = [
            _round(builder, state, [_spread(builder, k, kind) for k in now], high_of)
            for state, (_, kind) in zip(states, chains, strict=True)
        ]
        fewer = builder.sub(left, _WORD(1))
        left.add_incoming(fewer, turn)
        for k, weyl in zip(now, WEYL, strict=True):
            k.add_incoming(builder.add(k, _WORD(weyl)), turn)
        for state, end in zip(states, ends, strict=True):
            for word, reached in zip(state, end, strict=True):
                word.add_incoming(reached, turn)
        builder.cbranch(builder.icmp_unsigned("!=", fewer, _WORD(0)), turn, after)
        builder.position_at_end(after)
        for end, (offset, kind) in zip(ends, chains, strict=True):
            for k, word in enumerate(end):
                index = [_WORD(k), builder.add(at, _WORD(offset))]
                builder.store(word, place(types[0], table, index, kind), align=8)
        return context.get_dummy_value()

    word = nb.types.uint64
    signature = nb.types.void(words, word, agents, word, pair(word, 2), pair(word, 2))
    return signature, generate


draw_many: Any = intrinsic(_type_draw)
"""``draw_many(words, at, agents, first, (quarter, block), key)``

Fill ``words[:, at : at + MANY]`` with the words of Philox4x64-10 for the counters (agent, quarter,
block, 0) of ``agents[first : first + MANY]``: `words` of shape (4, n) in 64-bit words, all numbers
as ``np.uint64``.
"""
