"""Sums over many rows in one pass, without a copy of the chosen."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, kernel, total, zeros
from sim.state import Codes, Floats


@kernel
def chosen_sum(values, chosen):  # type: ignore[no-untyped-def]
    """Return the sum of `values` where `chosen` (flags of the same length), in floating point.

    It is finite only if all values are, chosen or not.
    """
    found = zeros()
    for start in range(0, len(values), BLOCK):
        for j in range(min(BLOCK, len(values) - start)):
            i = np.uint64(start + j)
            found[j] += values[i] * (1.0 if chosen[i] else 0.0)
    return total(found)


@apart
def _add_by_code(codes, values, found):  # type: ignore[no-untyped-def]
    """Add each value to its code's entry of `found`, in the order of rows."""
    at, sum_here = 0, found[0]
    for row in range(len(codes)):
        i = np.uint64(row)
        code = codes[i]
        if code != at:
            found[at], at = sum_here, code
            sum_here = found[at]
        sum_here += values[i]
    found[at] = sum_here


def sums_by_code(codes: Codes, values: Floats, number: int) -> Floats:
    """Return the sum of the values of each code, to the bit what ``numpy.bincount`` gives.

    Five times as fast where rows of a code stand together, as the sectors of firms do.

    Parameters
    ----------
    codes : ndarray of int16, shape (rows,)
        From zero to `number` - 1.
    values : ndarray of float, shape (rows,)
    number : int
        Codes there are.

    Examples
    --------
    >>> sums_by_code(np.array([1, 1, 0], np.int16), np.array([1.0, 2.0, 4.0]), 3).tolist()
    [4.0, 3.0, 0.0]
    """
    found = np.zeros(number)
    _add_by_code(codes, values, found)
    return found
