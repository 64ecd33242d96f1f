"""One pass each over firms and parcels for what the identities compare."""

from __future__ import annotations

import numpy as np

from sim.compiled import LANES, kernel


@kernel
def census(alive, tier, sector, district, tiers, sectors, districts):  # type: ignore[no-untyped-def]
    """Return living firms by tier and sector, and how many stand outside every category.

    Returns
    -------
    counted : ndarray of int, shape (tiers, sectors)
    outside : int
        Living firms whose tier, sector or district is none of the declared ones.
    """
    wide, last = np.uint64(sectors), np.uint64(tiers * sectors)
    lanes = np.zeros((LANES, tiers * sectors + 1), np.int64)
    for row in range(len(alive)):
        i = np.uint64(row)
        t, s, d = np.uint16(tier[i]), np.uint16(sector[i]), np.uint16(district[i])
        # A code below zero is a large one without its sign; the last cell is outside.
        known = (t < tiers) & (s < sectors) & (d < districts)
        cell = np.uint64(t) * wide + np.uint64(s) if known else last
        lanes[i & np.uint64(LANES - 1), cell] += alive[i]
    cells = np.zeros(tiers * sectors + 1, np.int64)
    for lane in range(LANES):
        cells += lanes[lane]
    return cells[:-1].reshape(tiers, sectors), cells[-1]


@kernel
def take_plots(occupant, area, use, uses, left):  # type: ignore[no-untyped-def]
    """Take from each firm's land, in place, the parcels that it occupies.

    Returns
    -------
    total, counted : int
        Area of all parcels, and of those with a declared use and no negative area, m2.
    stray : int
        Area held by rows that no firm has, m2.
    """
    total, counted, stray = 0, 0, 0
    for k in range(len(area)):
        total += area[k]
        counted += area[k] if 0 <= use[k] < uses and area[k] >= 0 else 0
        if occupant[k] >= len(left):
            stray += area[k]
        elif occupant[k] >= 0:
            left[occupant[k]] -= area[k]
    return total, counted, stray
