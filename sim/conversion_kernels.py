"""Compiled loops of the conversion of industrial land to other uses."""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel, part


@part
def unit_hazard(mass, total, rate):  # type: ignore[no-untyped-def]
    """Return the quarterly hazard per unit of weight so that `rate` of the counted land goes.

    `mass` and `total` are sums of weight times area, and of area; `rate` is a share a year.
    """
    return rate / 4.0 * total / mass if mass > 0.0 else 0.0


@kernel
def conversions(  # type: ignore[no-untyped-def]
    rows, kinds, industrial, shared, other, area, district, protected, urban, county, unit,
    weights, rate, floor, drawn, lost, weight, hit, lots,
):  # fmt: skip
    """Convert a slice of pools and estates, and write the plots whose lot is due, and their lots.

    Parameters
    ----------
    rows, kinds : ndarray of int, shape (plots,)
        Parcel and kind of each plot (:mod:`sim.plot_kernels`).
    industrial : ndarray of int, shape (districts,)
        m2 of all industrial land.
    shared : int
        Rows before it are pools and estates, weighted by their place only.
    other : ndarray of int, shape (districts,)
        Rows of other built land.
    area, district, protected : ndarray, shape (parcels,)
    county, unit : float
        Factors outside the urban districts and inside the protected unit.
    weights : ndarray, shape (6,)
        Factor of plots by kind.
    rate : float
        Share of the exposed land of urban districts that is due to go a year.
    floor : float
        m2 of urban industrial land that are to stay (0: no floor).
    drawn : ndarray, shape (plots,)
        A uniform of each plot.
    lost : ndarray of int, shape (districts,)
        m2 that pools and estates inside the protected unit lose are added.
    weight : ndarray, shape (shared + plots,)
        Room to work in: relative hazards of pools and estates, then of plots.
    hit, lots : ndarray, shape (plots,)
        Plots that are hit, and their lots.

    Returns
    -------
    found, changed : int
        Plots written, and m2 of pools and estates.
    left : float
        m2 that urban districts may still lose.
    """
    mass, total, built = 0.0, 0.0, 0
    for here in range(len(urban)):
        built += industrial[here] if urban[here] else 0
    for k in range(shared + len(rows)):
        parcel = np.uint64(k if k < shared else rows[k - shared])
        in_town, size = urban[np.uint16(district[parcel])], area[parcel]
        place = (1.0 if in_town else county) * (unit if protected[parcel] else 1.0)
        weight[k] = place * (1.0 if k < shared else weights[kinds[k - shared]] * (size > 0))
        mass += weight[k] * size if in_town else 0.0
        total += size if in_town else 0
    hazard = unit_hazard(mass, total, rate)
    allowance = max(built - floor, 0.0) if floor > 0.0 else np.inf
    asked = 0.0
    for row in range(shared):
        if urban[district[row]]:
            asked += np.floor(area[row] * min(hazard * weight[row], 1.0))
    factor = min(1.0, allowance / asked) if asked > 0.0 else 1.0
    changed, in_towns = np.int64(0), np.int64(0)
    for row in range(shared):
        here = district[row]
        # Where little but the unit is left in town, its hazard elsewhere can exceed all there is.
        wanted = np.floor(area[row] * min(hazard * weight[row], 1.0))
        taken = np.int64(np.floor((factor if urban[here] else 1.0) * wanted))
        area[row] -= taken
        area[other[here]] += taken
        changed += taken
        in_towns += taken if urban[here] else 0
        lost[here] += taken if protected[row] else 0
    found = 0
    for k in range(len(rows)):
        if drawn[k] < hazard * weight[shared + k]:
            hit[found], lots[found] = rows[k], drawn[k]
            found += 1
    return found, changed, max(allowance - in_towns, 0.0)


@kernel
def converted(  # type: ignore[no-untyped-def]
    rows, allowance, urban, to, use, area, district, protected, occupant, land_class, land_area,
    cash, price, markup, lost,
):  # fmt: skip
    """Convert plots (rows, in their order) to another use, and pay their holders.

    Parameters
    ----------
    allowance : float
        m2 that the plots of urban districts in front of one, itself included, may add up to.
    to : int
        Code of the new use.
    land_area, cash : ndarray, shape (firms,)
    price, markup : ndarray, shape (districts,), and float
        Yuan per m2 are their product.
    lost : ndarray of int, shape (districts,)
        m2 inside the protected unit are added.

    Returns
    -------
    paid : float
        Yuan paid to holders.
    whole : int
        m2 of all that are converted.
    """
    paid, whole, in_front = 0.0, 0, 0
    for row in rows:
        here, size, owner = district[row], area[row], occupant[row]
        if urban[here]:
            in_front += size
            if in_front > allowance:
                continue
        whole += size
        if owner >= 0:
            land_area[owner] -= size
            due = size * price[here] * markup
            cash[owner] += due
            paid += due
        if protected[row]:
            lost[here] += size
        use[row], protected[row], occupant[row], land_class[row] = to, False, -1, -1
    return paid, whole
