"""Small steps that loops over plots and landholders share."""

from __future__ import annotations

import numpy as np

from sim.compiled import part
from sim.rng import philox, unit_open


@part
def lot_of(identity, quarter, key):  # type: ignore[no-untyped-def]
    """Return the uniform of an id in a quarter."""
    zero = np.uint64(0)
    words = philox(np.uint64(identity), np.uint64(quarter), zero, zero, key[0], key[1])
    return unit_open(words[0])


@part
def is_plot(row, first, use, area, occupant):  # type: ignore[no-untyped-def]
    """Return whether a parcel is a plot in industrial use, of one firm or of nobody.

    Without branches: loops that call this take half as long as with `and`.
    """
    return (row >= first) & (use[row] == 0) & (area[row] > 0) & (occupant[row] >= -1)


@part
def pool_of(row, district, platform, protected, districts, places):  # type: ignore[no-untyped-def]
    """Return the pool of a parcel's place and protection.

    Pools outside platforms stand before those of platforms; `places` is the distance from a pool
    to that of the same place inside the protected unit.
    """
    place = np.int64(district[row])
    if platform[row] >= 0:
        place = districts + platform[row]
    return place + places * protected[row]


@part
def lacking(i, capital, land_area, leased, density, trend, room):  # type: ignore[no-untyped-def]
    """Return the m2 that a firm (row) lacks; below zero if it holds no land.

    A holder without a density yet gets that of its capital with `room` to spare.
    """
    land = land_area[i]
    if density[i] <= 0.0 and land > 0:
        density[i] = room * capital[i] / land
    own = density[i]
    gap = max(capital[i] / (own * trend) - (land + leased[i]), 0.0)
    return gap if (land > 0) & (own > 0.0) else -1.0
