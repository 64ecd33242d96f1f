"""Compiled loops of the platforms: what firms add to their place, and what it gives them."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, kernel, part


@kernel
def place_sums(living, platform, district, employees, tax, mass, paid):  # type: ignore[no-untyped-def]
    """Add up employment of living industrial firms by platform, and tax by district.

    Parameters
    ----------
    living : ndarray of bool, shape (firms,)
        Living industrial firms.
    platform, district : ndarray of int, shape (firms,)
        Platform -1 is outside platforms.
    employees, tax : ndarray, shape (firms,)
    mass : ndarray, shape (platforms + 1,)
        Added to: persons outside platforms, then by platform.
    paid : ndarray, shape (districts,)
        Added to: yuan, of all firms.
    """
    for i in range(len(living)):  # unsigned: an index below zero would be looked for every time
        paid[np.uint16(district[i])] += tax[i]
        mass[np.uint16(platform[i] + 1)] += living[i] * employees[i]


@kernel
def add_gain(living, platform, change, log_tfp):  # type: ignore[no-untyped-def]
    """Add the change of a platform's gain to the log TFP of living firms.

    `change` has the shape (platforms + 1,): outside platforms, then by platform.
    """
    for i in range(len(living)):
        log_tfp[i] += living[i] * change[np.uint16(platform[i] + 1)]


@part
def choose(lot, weights, reachable, home):  # type: ignore[no-untyped-def]
    """Return the platform that a uniform picks by weight among those reachable; -1 without any."""
    total = 0.0
    for p in range(len(weights)):
        total += weights[p] if reachable[home, p] else 0.0
    if total <= 0.0:
        return -1
    edge = 0.0
    for p in range(len(weights)):
        edge += weights[p] if reachable[home, p] else 0.0
        if edge > lot * total:
            return p
    return len(weights) - 1


@kernel
def resettle(  # type: ignore[no-untyped-def]
    rows, lots, owner, plots, first, weights, reachable, platform_district, gain, price, markup,
    places, smaller, friction, land_area, district, platform, cash, capital, log_tfp, density,
    area, parcel_district, parcel_platform, protected, occupant, land_class, target, pieces, paid,
):  # fmt: skip
    """Move firms with their land to platforms; return the number of plots to be laid out.

    Parameters
    ----------
    rows, lots : ndarray, shape (movers,)
        Firms in the order in which they move, and their uniforms.
    owner : ndarray of int, shape (movers,)
        Position of each mover on the list by which its plots are found.
    plots, first : ndarray of int, shapes (plots,), (movers + 1,)
        Plots of the movers, and where each one's begin.
    weights, reachable : ndarray, shapes (platforms,), (districts, platforms)
        Relative chance of each platform, and which ones firms of a district move to.
    platform_district, gain : ndarray, shape (platforms,)
        District, and log TFP that the platform is worth.
    price, markup : ndarray, shape (districts,), and float
        Yuan per m2 are their product.
    places : int
        Distance from a pool to that of the same place inside the protected unit.
    smaller, friction : float
        New plot over old one; cost of the move over capital.
    land_area, district, platform, cash, capital, log_tfp, density : ndarray, shape (firms,)
    area, parcel_district, parcel_platform, protected, occupant, land_class : ndarray
        Columns of the parcels; the first rows are the pools.
    target : ndarray of int, shape (movers,)
        -1; the platform is written for those that find room.
    pieces : ndarray of int, shape (3, 2 * movers)
        Pool, m2 and firm of each new plot are written.
    paid : ndarray, shape (3,)
        Added to: yuan for the old plots, for the new ones, and cost of moving.
    """
    found = 0
    for m in range(len(rows)):
        i = rows[m]
        p = choose(lots[m], weights, reachable, district[i])
        wanted = np.int64(smaller * land_area[i])
        if p < 0 or wanted <= 0:
            continue
        here = platform_district[p]
        pool = len(price) + p
        near = area[pool]
        if near + area[pool + places] < wanted:
            continue
        for k in range(first[owner[m]], first[owner[m] + 1]):
            plot = plots[k]
            amount = area[plot] * price[parcel_district[plot]] * markup
            cash[i] += amount
            paid[0] += amount
            back = parcel_district[plot]
            if parcel_platform[plot] >= 0:
                back = len(price) + parcel_platform[plot]
            area[back + places * protected[plot]] += area[plot]
            area[plot] = 0
            occupant[plot] = land_class[plot] = -1
        inside = max(wanted - near, 0)
        for cell, taken in ((pool, wanted - inside), (pool + places, inside)):
            if taken > 0:
                area[cell] -= taken
                pieces[0, found], pieces[1, found], pieces[2, found] = cell, taken, i
                found += 1
        cash[i] -= wanted * price[here] * markup
        paid[1] += wanted * price[here] * markup
        land_area[i] = wanted
        density[i] /= smaller
        log_tfp[i] += gain[p] - (gain[platform[i]] if platform[i] >= 0 else 0.0)
        district[i], platform[i] = here, p
        cost = min(friction * capital[i], max(cash[i], 0.0))
        cash[i] -= cost
        paid[2] += cost
        target[m] = p
    return found


@apart
def totals(  # type: ignore[no-untyped-def]
    roster, platform, sector, real_output, value_added, value_added_rate, energy, pollutant,
    land_area, characteristic, high_tech, gain, out,
):  # fmt: skip
    """Add sums over above-scale firms to `out`: all, then those on platforms, shape (11,).

    Output of all; then output, that of characteristic and of high-tech industries, value added,
    real value added, energy, pollutants, land, value added on land of their own, gain times
    output.
    """
    for i in roster:
        output = real_output[i]
        out[0] += output
        if platform[i] >= 0:
            out[1] += output
            out[2] += output * characteristic[sector[i]]
            out[3] += output * high_tech[sector[i]]
            out[4] += value_added[i]
            out[5] += output * value_added_rate[i]
            out[6] += output * energy[i]
            out[7] += output * pollutant[i]
            out[8] += land_area[i]
            out[9] += value_added[i] * (land_area[i] > 0)
            out[10] += output * gain[platform[i]]
