"""Rows of the few among the many: a flag for each firm in, the rows of those set out."""

from __future__ import annotations

import numpy as np

from sim.compiled import bits_of, kernel, list_set, number_of_bits
from sim.state import Flags, Integers


@kernel
def found_rows(flags):  # type: ignore[no-untyped-def]
    """Return the rows of set flags.

    64 flags become bits of one word, of which only the set ones are visited.
    """
    whole = 64 * (len(flags) // 64)
    count = 0
    for row in range(0, whole, 64):
        count += number_of_bits(bits_of(flags, np.uint64(row)))
    for row in range(whole, len(flags)):
        count += flags[row]
    rows, found = np.empty(count + 4, np.int64), 0
    for row in range(0, whole, 64):
        found = list_set(flags, row, rows, found)
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
