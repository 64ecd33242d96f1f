"""Sums by sector in compiled loops: 32 neighbours of one sector are added at once.

Four rows in five stand beside others of their sector: the firms of the opening in the order of
their sectors, entrants behind them in any order.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic

from sim.compiled import part

LANES = 8
"""A sector's sum is kept in so many parts, which the processor adds to side by side."""
RUN = 32
SHORT = RUN
"""Firms of a block of which eight or ten numbers each wait to be added: 3 KB beside as many columns
that are read."""
_LANES = np.uint64(LANES)
_item: Any = cgutils.get_item_pointer


def _several(context: Any, builder: Any, kind: Any, array: Any, index: Any, number: int) -> Any:
    """Return a pointer to neighbours in an array as one vector, and the size of one in bytes."""
    item = context.get_data_type(kind.dtype)
    given = context.make_array(kind)(context, builder, array)
    place = _item(context, builder, kind, given, index)
    vector = ir.VectorType(item, number).as_pointer()
    return builder.bitcast(place, vector), context.get_abi_sizeof(item)


def _type_alike(typing_context: Any, numbers: Any, row: Any) -> Any:
    """Return whether RUN numbers from a row on are the same."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        (numbers, row), kind = arguments, signature.args[0]
        place, size = _several(context, builder, kind, numbers, [row], RUN)
        found = builder.load(place, align=size)
        first = ir.Constant(ir.VectorType(ir.IntType(32), RUN), [0] * RUN)
        whole = isinstance(kind.dtype, nb.types.Integer)
        compare = builder.icmp_signed if whole else builder.fcmp_ordered
        same = compare("==", found, builder.shuffle_vector(found, found, first))
        equal = builder.bitcast(same, ir.IntType(RUN))
        return builder.icmp_signed("==", equal, ir.IntType(RUN)(2**RUN - 1))

    return nb.types.boolean(numbers, nb.types.uint64), generate


def _type_add_run(typing_context: Any, sums: Any, s: Any, k: Any, values: Any, j: Any) -> Any:
    """Add RUN values of the kind k, from column j on, to the sum of sector s."""
    word = nb.types.uint64

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        sums, s, k, values, j = arguments
        kinds, zero = signature.args, ir.IntType(64)(0)
        there, size = _several(context, builder, kinds[0], sums, [s, k, zero], LANES)
        parts = []
        for step in range(0, RUN, LANES):
            column = builder.add(j, ir.IntType(64)(step))
            here, _ = _several(context, builder, kinds[3], values, [k, column], LANES)
            parts.append(builder.load(here, align=size))
        while len(parts) > 1:
            parts = [builder.fadd(*pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
        builder.store(builder.fadd(builder.load(there, align=size), parts[0]), there, align=size)
        return context.get_dummy_value()

    return nb.types.void(sums, word, word, values, word), generate


def _type_add_chosen(
    typing_context: Any, sums: Any, s: Any, k: Any, column: Any, chosen: Any, row: Any
) -> Any:
    """Add to the sum k of sector s RUN values of a column from a row on, where they are chosen."""
    word = nb.types.uint64

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        sums, s, k, column, chosen, row = arguments
        kinds, zero = signature.args, ir.IntType(64)(0)
        there, size = _several(context, builder, kinds[0], sums, [s, k, zero], LANES)
        none = ir.Constant(ir.VectorType(ir.IntType(8), LANES), [0] * LANES)
        nothing = ir.Constant(ir.VectorType(ir.DoubleType(), LANES), [0.0] * LANES)
        parts = []
        for step in range(0, RUN, LANES):
            at = builder.add(row, ir.IntType(64)(step))
            here, _ = _several(context, builder, kinds[3], column, [at], LANES)
            flags, _ = _several(context, builder, kinds[4], chosen, [at], LANES)
            taken = builder.icmp_unsigned("!=", builder.load(flags, align=1), none)
            parts.append(builder.select(taken, builder.load(here, align=size), nothing))
        while len(parts) > 1:
            parts = [builder.fadd(*pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
        builder.store(builder.fadd(builder.load(there, align=size), parts[0]), there, align=size)
        return context.get_dummy_value()

    return nb.types.void(sums, word, word, column, chosen, word), generate


alike: Any = intrinsic(_type_alike)
_add_run: Any = intrinsic(_type_add_run)
add_chosen: Any = intrinsic(_type_add_chosen)


@part
def add_by_sector(sector, start, size, values, sums):  # type: ignore[no-untyped-def]
    """Add numbers of the `size` firms from row `start` on to their sectors' sums.

    Parameters
    ----------
    values : ndarray, shape (n, size or more)
        Of these firms alone, contiguous.
    sums : ndarray, shape (sectors, n, LANES)
        Changed in place.
    """
    for first in range(0, size, RUN):
        count, before = min(RUN, size - first), np.uint64(start + first)
        if count == RUN and alike(sector, before):
            s = np.uint64(np.uint16(sector[before]))
            for k in range(values.shape[0]):
                _add_run(sums, s, np.uint64(k), values, np.uint64(first))
        else:
            for row in range(count):
                j = np.uint64(first + row)
                s = np.uint64(np.uint16(sector[before + np.uint64(row)]))
                for k in range(values.shape[0]):
                    sums[s, np.uint64(k), j % _LANES] += values[np.uint64(k), j]


@part
def joined(sums):  # type: ignore[no-untyped-def]
    """Return the sums of the lanes: from the shape (sectors, n, LANES) to (n, sectors)."""
    sectors, number, _ = sums.shape
    out = np.empty((number, sectors))
    for s in range(sectors):
        for k in range(number):
            total = 0.0
            for lane in range(LANES):
                total += sums[s, k, lane]
            out[k, s] = total
    return out
