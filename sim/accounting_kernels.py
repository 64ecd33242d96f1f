"""One pass each over firms and parcels for what the identities compare."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, LANES, apart, kernel, part

_EXPONENT, _LAST_PLACE = np.uint64(0x7FF0000000000000), np.uint64(1 << 52)
_SIGN = np.uint64(63)
AT_ONCE = 5
"""Columns that `any_not_finite` looks at side by side."""


@part
def _without_end(value):  # type: ignore[no-untyped-def]
    """Return a word whose highest bit is set for an infinity or no number, and only then."""
    return (np.float64(value).view(np.uint64) & _EXPONENT) + _LAST_PLACE


@kernel
def any_not_finite(a, b, c, d, e):  # type: ignore[no-untyped-def]
    """Return whether five columns of one length hold an infinity or something that is no number.

    Bits are read, nothing is added up: no large number can hide another, and whole words are
    joined by "or", which needs no order. Memory is the limit; five streams fill it.
    """
    found = np.uint64(0)
    for row in range(len(a)):
        i = np.uint64(row)
        found |= _without_end(a[i]) | _without_end(b[i]) | _without_end(c[i])
        found |= _without_end(d[i]) | _without_end(e[i])
    return found >> _SIGN != 0


@apart
def census(alive, tier, sector, district, tiers, sectors, districts, cell, lanes):  # type: ignore[no-untyped-def]
    """Count living firms by tier and sector.

    Parameters
    ----------
    cell : ndarray of uint32, shape (BLOCK,)
        To work in.
    lanes : ndarray of int, shape (LANES, tiers * sectors + 1)
        Added to: the sum of the lanes counts tier by tier; the last are living firms whose tier,
        sector or district is none of the declared ones.
    """
    wide, last = np.uint32(sectors), np.uint32(tiers * sectors)
    for start in range(0, len(alive), BLOCK):
        count = min(BLOCK, len(alive) - start)
        for j in range(count):
            i = np.uint64(start + j)
            t, s, d = np.uint16(tier[i]), np.uint16(sector[i]), np.uint16(district[i])
            # A code below zero is a large one without its sign; the last cell is outside.
            known = (t < tiers) & (s < sectors) & (d < districts)
            cell[j] = np.uint32(t) * wide + np.uint32(s) if known else last
        for j in range(count):
            lanes[np.uint64(j) & np.uint64(LANES - 1), cell[j]] += alive[np.uint64(start + j)]


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
