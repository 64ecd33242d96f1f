"""Compiled loops over the parcels of single users: who leaves, and which plots are hit.

A plot is a parcel from row `first` on that is in industrial use (use 0) and is held by one firm
or by nobody. It draws under its holder's id, an idle one under a key of its own. Results are
written into arrays of the caller: what a loop allocates itself costs compile time.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel, part
from sim.rng import philox, unit_open


@part
def lot(row, occupant, firm_id, parcel_id, idle_key, quarter, key):  # type: ignore[no-untyped-def]
    """Return the uniform of a plot in a quarter."""
    owner, zero = occupant[row], np.uint64(0)
    identity = firm_id[owner] if owner >= 0 else idle_key + parcel_id[row]
    words = philox(np.uint64(identity), np.uint64(quarter), zero, zero, key[0], key[1])
    return unit_open(words[0])


@part
def class_of(row, occupant, per_mu_class):  # type: ignore[no-untyped-def]
    """Return the holder's class of a plot, 0 to 3; 4 without one."""
    owner = occupant[row]
    return per_mu_class[owner] if owner >= 0 and per_mu_class[owner] >= 0 else 4


@kernel
def vacate(occupant, land_class, area, alive, land_area):  # type: ignore[no-untyped-def]
    """Leave plots of dead firms vacant; return the m2 left."""
    vacated = 0
    for row in range(len(occupant)):
        owner = occupant[row]
        if owner >= 0 and not alive[owner]:
            land_area[owner] = 0
            occupant[row] = land_class[row] = -1
            vacated += area[row]
    return vacated


@kernel
def idle_hit(  # type: ignore[no-untyped-def]
    first, use, area, occupant, parcel_id, firm_id, idle_key, rate, quarter, key, rows,
):  # fmt: skip
    """Write the rows of idle plots whose lot is under `rate`; return how many there are."""
    found = 0
    for row in range(first, len(use)):
        if use[row] == 0 and area[row] > 0 and occupant[row] == -1:
            drawn = lot(row, occupant, firm_id, parcel_id, idle_key, quarter, key)
            if drawn < rate:
                rows[found] = row
                found += 1
    return found


@kernel
def recovered(  # type: ignore[no-untyped-def]
    first, use, area, occupant, parcel_id, per_mu_class, firm_id, idle_key, weights, share,
    pressure, quarter, key, rows, areas,
):  # fmt: skip
    """Write the plots that are recovered and the m2 that come free of each; return how many.

    Parameters
    ----------
    weights : ndarray, shape (5,)
        Relative hazard of plots of class A to D and without a class; idle plots have one.
    share : float
        Share of a held plot that comes free; an idle one comes free whole.
    pressure : float
        m2 expected to come free; no plot's hazard exceeds 0.9.
    rows, areas : ndarray of int, shape (parcels,)
    """
    mass = 0.0
    for row in range(first, len(use)):
        if use[row] == 0 and area[row] > 0 and occupant[row] >= -1:
            if occupant[row] < 0:
                mass += area[row]
            else:
                mass += weights[class_of(row, occupant, per_mu_class)] * area[row] * share
    found = 0
    for row in range(first, len(use)):
        if mass > 0.0 and use[row] == 0 and area[row] > 0 and occupant[row] >= -1:
            idle = occupant[row] < 0
            weight = 1.0 if idle else weights[class_of(row, occupant, per_mu_class)]
            hazard = min(pressure / mass * weight, 0.9)
            if hazard == 0.0:
                continue
            drawn = lot(row, occupant, firm_id, parcel_id, idle_key, quarter, key)
            if drawn < hazard:
                rows[found] = row
                areas[found] = area[row] if idle else np.int64(np.floor(area[row] * share))
                found += 1
    return found


@kernel
def exposed(  # type: ignore[no-untyped-def]
    shared, first, use, area, occupant, district, protected, per_mu_class, urban, county, unit,
    weights, weight,
):  # fmt: skip
    """Write every parcel's relative hazard of conversion; return its mass and area in the city.

    Parameters
    ----------
    shared : int
        Rows before it are pools and estates, weighted by their place only.
    county, unit : float
        Factors outside the urban districts and inside the protected unit.
    weights : ndarray, shape (5,)
        Factor of plots of class A to D and without a class.
    weight : ndarray, shape (parcels,)
        Zero for parcels that cannot be converted.

    Returns
    -------
    mass, total : float
        Sum of weight times area, and of area, over the exposed parcels of urban districts.
    """
    mass = total = 0.0
    for row in range(len(use)):
        plot = row >= first and use[row] == 0 and area[row] > 0 and occupant[row] >= -1
        weight[row] = 0.0
        if row < shared or plot:
            here = (1.0 if urban[district[row]] else county) * (unit if protected[row] else 1.0)
            if plot:
                here *= weights[class_of(row, occupant, per_mu_class)]
            weight[row] = here
            if urban[district[row]]:
                mass += here * area[row]
                total += area[row]
    return mass, total


@kernel
def conversions(  # type: ignore[no-untyped-def]
    first, occupant, parcel_id, firm_id, idle_key, weight, unit, quarter, key, rows, lots,
):  # fmt: skip
    """Write plots whose lot is under `unit` times their weight, and the lots; return how many."""
    found = 0
    for row in range(first, len(weight)):
        if weight[row] > 0.0:
            drawn = lot(row, occupant, firm_id, parcel_id, idle_key, quarter, key)
            if drawn < unit * weight[row]:
                rows[found], lots[found] = row, drawn
                found += 1
    return found


@kernel
def converted(  # type: ignore[no-untyped-def]
    rows, allowance, urban, to, use, area, district, protected, occupant, land_class, land_area,
    lost, taken,
):  # fmt: skip
    """Convert plots (rows, in their order) to another use; write them and their holders' loss.

    Parameters
    ----------
    allowance : float
        m2 that the plots of urban districts in front of one, itself included, may add up to.
    to : int
        Code of the new use.
    land_area : ndarray of int, shape (firms,)
    lost : ndarray of int, shape (districts,)
        m2 inside the protected unit are added.
    taken : ndarray of int, shape (3, rows)
        Row, m2 and holder of each plot are written.

    Returns
    -------
    found, whole : int
        Number of plots and m2.
    """
    found = whole = in_front = 0
    for row in rows:
        here, size, owner = district[row], area[row], occupant[row]
        if urban[here]:
            in_front += size
            if in_front > allowance:
                continue
        taken[0, found], taken[1, found], taken[2, found] = row, size, owner
        found += 1
        whole += size
        if owner >= 0:
            land_area[owner] -= size
        if protected[row]:
            lost[here] += size
        use[row], protected[row], occupant[row], land_class[row] = to, False, -1, -1
    return found, whole


@kernel
def thinned(  # type: ignore[no-untyped-def]
    holders, areas, gain, highest, occupant, ratio, land_area, density, held, owners, before,
):  # fmt: skip
    """Take m2 of plots off their holders' land; what is left carries the capital, and more.

    Parameters
    ----------
    holders, areas : ndarray of int, shape (plots,)
        Who holds each plot (below zero: no firm), and m2 that it gave back.
    gain, highest : float
        What density rises by beyond that, and floor-area ratios on all plots of the holders up to
        the highest ratio.
    occupant, ratio : ndarray, shape (parcels,)
    land_area, density, held : ndarray, shape (firms,)
        `held` are cleared flags.
    owners, before : ndarray of int, shape (plots,)
        Room to work in.
    """
    found = 0
    for k in range(len(holders)):
        owner = holders[k]
        if owner >= 0:
            if not held[owner]:
                held[owner] = True
                owners[found], before[found] = owner, land_area[owner]
                found += 1
            land_area[owner] -= areas[k]
    for k in range(found):
        owner = owners[k]
        density[owner] *= before[k] / max(land_area[owner], 1)
        density[owner] *= 1.0 + gain
    for row in range(len(occupant)):
        owner = occupant[row]
        if gain > 0.0 and owner >= 0 and held[owner]:
            ratio[row] = min(ratio[row] * (1.0 + gain), highest)


@kernel
def plots_of(occupant, firms, held, plots, place):  # type: ignore[no-untyped-def]
    """Write the parcels that chosen firms hold and each one's place among them; return how many.

    `firms` are rows, rising; `held` is a cleared flag for each row of the city.
    """
    for k in range(len(firms)):
        held[firms[k]] = True
    found = 0
    for row in range(len(occupant)):
        owner = occupant[row]
        if owner >= 0 and held[owner]:
            low, high = 0, len(firms) - 1
            while low < high:
                middle = (low + high) // 2
                if firms[middle] < owner:
                    low = middle + 1
                else:
                    high = middle
            plots[found], place[found] = row, low
            found += 1
    return found


@kernel
def classify(occupant, per_mu_class, land_class):  # type: ignore[no-untyped-def]
    """Write the class of its holder on every parcel that a firm holds."""
    for row in range(len(occupant)):
        if occupant[row] >= 0:
            land_class[row] = per_mu_class[occupant[row]]


@kernel
def occupied(use, occupant, area, ratio):  # type: ignore[no-untyped-def]
    """Return floor space and area of industrial land (uses 0 and 1) that is not vacant, m2."""
    floor, ground = 0.0, 0
    for row in range(len(use)):
        if use[row] <= 1 and occupant[row] != -1:
            floor += area[row] * ratio[row]
            ground += area[row]
    return floor, ground


@kernel
def to_pools(rows, areas, district, platform, protected, districts, places, area):  # type: ignore[no-untyped-def]
    """Move area of plots (rows) to the pool of the same place and protection.

    Parameters
    ----------
    rows, areas : ndarray of int, shape (plots,)
        Plots, and m2 of each that are moved.
    district, platform, protected : ndarray, shape (parcels,)
        Place of each parcel; the first rows are the pools.
    districts, places : int
        Pools outside platforms stand before those of platforms; `places` is the distance from a
        pool to that of the same place inside the protected unit.
    area : ndarray of int, shape (parcels,)
    """
    for k in range(len(rows)):
        row = rows[k]
        place = np.int64(district[row])
        if platform[row] >= 0:
            place = districts + platform[row]
        area[row] -= areas[k]
        area[place + places * protected[row]] += areas[k]


@kernel
def pay_holders(rows, areas, holders, district, price, markup, cash, paid):  # type: ignore[no-untyped-def]
    """Pay the holders of plots (rows) that are firms for m2 of them; return how many those are.

    Yuan per m2 are `price` of the district times `markup`; what is paid for each plot that a
    firm holds is written to `paid`, shape (plots,), one after the other.
    """
    found = 0
    for k in range(len(rows)):
        owner = holders[k]
        if owner >= 0:
            paid[found] = areas[k] * price[district[rows[k]]] * markup
            cash[owner] += paid[found]
            found += 1
    return found
