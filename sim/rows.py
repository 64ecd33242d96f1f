"""Rows of the few among the many: a flag for each firm in, the rows of those set out."""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic

from sim.compiled import kernel
from sim.state import Flags, Integers

_word: Any = nb.types.uint64
_item: Any = cgutils.get_item_pointer


def _type_bits(typing_context: Any, flags: Any, row: Any) -> Any:
    """Return 64 flags from a row on as the bits of one word."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        given = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = _item(context, builder, signature.args[0], given, [arguments[1]])
        kind = ir.VectorType(ir.IntType(8), 64)
        found = builder.load(builder.bitcast(place, kind.as_pointer()), align=1)
        set_flags = builder.icmp_unsigned("!=", found, ir.Constant(kind, [0] * 64))
        return builder.bitcast(set_flags, ir.IntType(64))

    return _word(flags, _word), generate


def _type_number(typing_context: Any, word: Any) -> Any:
    """Return how many bits of a word are set."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return nb.types.int64(_word), generate


def _type_lowest(typing_context: Any, word: Any) -> Any:
    """Return the number of the lowest set bit of a word, 64 where there is none."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return nb.types.int64(_word), generate


_bits: Any = intrinsic(_type_bits)
_number: Any = intrinsic(_type_number)
lowest_bit: Any = intrinsic(_type_lowest)
_ONE = np.uint64(1)


@kernel
def found_rows(flags):  # type: ignore[no-untyped-def]
    """Return the rows of set flags.

    64 flags become bits of one word, of which only the set ones are visited. Four rows are
    written at a time, the surplus to be written over: no end of a short loop is guessed wrong.
    """
    whole = 64 * (len(flags) // 64)
    count = 0
    for row in range(0, whole, 64):
        count += _number(_bits(flags, np.uint64(row)))
    for row in range(whole, len(flags)):
        count += flags[row]
    rows, found = np.empty(count + 4, np.int64), 0
    for row in range(0, whole, 64):
        bits = _bits(flags, np.uint64(row))
        number = _number(bits)
        for _ in range((number + 3) // 4):
            for _ in range(4):
                rows[np.uint64(found)] = row + lowest_bit(bits)
                bits &= bits - _ONE
                found += 1
        found -= -number % 4
    for row in range(whole, len(flags)):
        rows[np.uint64(found)] = row
        found += flags[row]
    return rows[:count]


def rows_where(flags: Flags) -> Integers:
    """Return the rows of set flags, rising: ``numpy.flatnonzero``, quicker.

    Parameters
    ----------
    flags : ndarray of bool, shape (firms,)

    Examples
    --------
    >>> rows_where(np.array([False, True, False, False, True])).tolist()
    [1, 4]
    """
    rows: Integers = found_rows(np.ascontiguousarray(flags))  # the loop reads 64 in one go
    return rows
