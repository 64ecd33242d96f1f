"""One pass each over firms and parcels for what the identities compare."""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel, part

_EXPONENT, _LAST_PLACE = np.uint64(0x7FF0000000000000), np.uint64(1 << 52)
_SIGN = np.uint64(63)
AT_ONCE = 7
"""Columns that `any_not_finite` looks at side by side."""


@part
def _without_end(value):  # type: ignore[no-untyped-def]
    """Return a word whose highest bit is set for an infinity or no number, and only then."""
    return (np.float64(value).view(np.uint64) & _EXPONENT) + _LAST_PLACE


@kernel
def any_not_finite(a, b, c, d, e, f, g):  # type: ignore[no-untyped-def]
    """Return whether seven columns of one length hold an infinity or something that is no number.

    Bits are read, nothing is added up: no large number can hide another, and whole words are
    joined by "or", which needs no order. Memory is the limit; seven streams fill it.
    """
    found = np.uint64(0)
    for row in range(len(a)):
        i = np.uint64(row)
        found |= _without_end(a[i]) | _without_end(b[i]) | _without_end(c[i])
        found |= _without_end(d[i]) | _without_end(e[i]) | _without_end(f[i])
        found |= _without_end(g[i])
    return found >> _SIGN != 0


@kernel
def land_beside_plots(held, occupant, area, use, uses, left):  # type: ignore[no-untyped-def]
    """Compare the land of firms with the parcels that they occupy.

    Parameters
    ----------
    held : ndarray of int, shape (firms,)
        Land of each firm, m2; not changed.
    left : ndarray of int, shape (firms,)
        Receives what is left of it without its parcels, m2.

    Returns
    -------
    total, counted : int
        Area of all parcels, and of those with a declared use and no negative area, m2.
    widest : int
        The widest gap of a firm, or the area that rows hold which no firm has, m2.
    """
    for row in range(len(held)):
        left[row] = held[row]
    total, counted, stray = 0, 0, 0
    for k in range(len(area)):
        total += area[k]
        counted += area[k] if 0 <= use[k] < uses and area[k] >= 0 else 0
        if occupant[k] >= len(left):
            stray += area[k]
        elif occupant[k] >= 0:
            left[occupant[k]] -= area[k]
    most, least = 0, 0
    for row in range(len(left)):
        most, least = max(most, left[row]), min(least, left[row])
    return total, counted, max(most, -least, stray)
