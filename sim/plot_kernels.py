"""Compiled loops over the parcels: who leaves, which plots are hit, what is recovered and built.

A plot is a parcel from row `first` on that is in industrial use (use 0) and is held by one firm
or by nobody. It draws under its holder's id, an idle one under a key of its own. Its kind is its
holder's class, 0 to 3, 4 where the holder has none, 5 of an idle one. Results are written into
arrays of the caller: what a loop allocates itself costs compile time.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel, part
from sim.plot_parts import is_plot, lacking, lot_of, pool_of


@kernel
def begin(  # type: ignore[no-untyped-def]
    first, use, area, occupant, land_class, parcel_id, district, platform, protected, places, alive,
    land_area, firm_id, per_mu_class, holds, idle_key, rate, quarter, key, rows, ids, kinds,
    by_kind, industrial,
):  # fmt: skip
    """Leave plots of dead firms vacant, bring some idle plots to pools, and list what plots are.

    Idle plots whose lot is under `rate` go to the pool of their place.

    Parameters
    ----------
    use, area, occupant, land_class, parcel_id, district, platform, protected : ndarray
        Columns of the parcels; the first rows are the pools (:func:`pool_of`).
    alive, land_area, firm_id, per_mu_class, holds : ndarray, shape (firms,)
        `holds` is set for all who hold land.
    rows, ids, kinds : ndarray of int, shape (parcels,)
        Parcel, id under which it draws, and kind of each plot are written.
    by_kind : ndarray of int, shape (6,)
        Zeros; m2 of plots.
    industrial : ndarray of int, shape (districts,)
        Zeros; m2 of all industrial land (uses 0 and 1).

    Returns
    -------
    found, vacated, unit : int
        Number of plots; m2 left by dead firms, and of industrial land inside the protected unit.
    """
    found, vacated, unit = 0, 0, 0
    for row in range(len(use)):
        holder = occupant[row]
        owner = np.uint64(holder)  # looked at only where there is one
        if use[row] <= 1:
            unit += area[row] if protected[row] else 0
            industrial[np.uint16(district[row])] += area[row]
        if holder >= 0:
            if alive[owner]:
                if not holds[owner]:
                    holds[owner] = land_area[owner] > 0
            else:
                land_area[owner] = 0
                occupant[row] = land_class[row] = holder = -1
                vacated += area[row]
        if not is_plot(row, first, use, area, occupant):
            continue
        rows[found] = row
        if holder >= 0:
            ids[found] = firm_id[owner]
            kinds[found] = per_mu_class[owner] if per_mu_class[owner] >= 0 else 4
        else:
            ids[found], kinds[found] = idle_key + parcel_id[row], 5
            if lot_of(ids[found], quarter, key) < rate:
                pool = pool_of(row, district, platform, protected, len(industrial), places)
                area[pool] += area[row]
                area[row] = 0
        by_kind[kinds[found]] += area[row]
        found += area[row] > 0
    return found, vacated, unit


@kernel
def recover(  # type: ignore[no-untyped-def]
    rows, kinds, by_kind, industrial, area, occupant, district, platform, protected, ratio,
    places, land_area, density, cash, weights, share, rate, gain, highest, price, markup, lots,
    held, owners, freed,
):  # fmt: skip
    """Bring idle plots and parts of low-use plots back to the pools; pay their holders.

    What is left to a holder carries its capital, and more.

    Parameters
    ----------
    rows, kinds : ndarray of int, shape (plots,)
    by_kind, industrial : ndarray of int, shapes (6,), (districts,)
        m2 of plots, and of all industrial land.
    area, occupant, district, platform, protected, ratio : ndarray, shape (parcels,)
    places : int
        Distance from a pool to that of the same place inside the protected unit.
    land_area, density, cash : ndarray, shape (firms,)
    weights : ndarray, shape (6,)
        Relative hazard of plots by kind.
    share : float
        Share of a held plot that comes free; an idle one comes free whole.
    rate : float
        Share of all industrial land expected to come free; no plot's hazard exceeds 0.9.
    gain, highest : float
        What the holders' density rises by beyond that, and floor-area ratios on all their plots
        up to the highest ratio.
    price, markup : ndarray, shape (districts,), and float
        Yuan per m2 are their product.
    lots : ndarray, shape (plots,)
        A uniform of each plot.
    held : ndarray of bool, shape (firms,)
        Cleared flags.
    owners : ndarray of int, shape (2, plots)
        Room to work in.
    freed : ndarray of int, shape (districts,)
        Zeros; m2 that came free.

    Returns
    -------
    float
        Yuan paid to holders.
    """
    mass, stock = 0.0, 0
    for kind in range(len(by_kind)):
        mass += weights[kind] * by_kind[kind] * (share if kind < 5 else 1.0)
    for here in range(len(industrial)):
        stock += industrial[here]
    pressure = rate * stock / mass if mass > 0.0 else 0.0
    paid, number = 0.0, 0
    for k in range(len(rows)):
        if lots[k] >= min(pressure * weights[kinds[k]], 0.9):
            continue
        row, owner = rows[k], occupant[rows[k]]
        given = area[row]
        if owner >= 0:
            given = np.int64(np.floor(area[row] * share))
            due = given * price[district[row]] * markup
            cash[owner] += due
            paid += due
            if not held[owner]:
                held[owner] = True
                owners[0, number], owners[1, number] = owner, land_area[owner]
                number += 1
            land_area[owner] -= given
        area[row] -= given
        area[pool_of(row, district, platform, protected, len(industrial), places)] += given
        freed[district[row]] += given
    for k in range(number):
        owner = owners[0, k]
        density[owner] *= owners[1, k] / max(land_area[owner], 1)
        density[owner] *= 1.0 + gain
    for k in range(len(rows) if gain > 0.0 else 0):
        row = rows[k]
        if kinds[k] < 5 and held[occupant[row]]:
            ratio[row] = min(ratio[row] * (1.0 + gain), highest)
    return paid


@part
def plots_of(rows, occupant, firms, count, held, plots, place):  # type: ignore[no-untyped-def]
    """Write which of the plots chosen firms hold and each one's place among them; return how many.

    The first `count` of `firms` are rows, rising; `held` are cleared flags of all firms.
    """
    for k in range(count):
        held[firms[k]] = True
    found = 0
    for row in rows:
        owner = occupant[row]
        if owner >= 0 and held[owner]:
            low, high = 0, count - 1
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
def upwards(  # type: ignore[no-untyped-def]
    users, capital, land_area, leased, density, trend, room, cash, rows, occupant, area,
    ratio, rate, unforced, gain, highest, building, lots, held, chosen, plots, costs,
):  # fmt: skip
    """Let some landholders build more floors on their land 零土地技改.

    Parameters
    ----------
    users : ndarray of int, shape (users,)
        Rows that hold all landholders; the next arguments are those of
        :func:`sim.plot_parts.lacking`.
    cash : ndarray, shape (firms,)
    rows : ndarray of int, shape (plots,)
    occupant, area, ratio : ndarray, shape (parcels,)
    rate, unforced : float
        Chance of a firm that lacks land, and that of others relative to it.
    gain, highest : float
        What floor space and density rise by; highest floor-area ratio.
    building : float
        Yuan per m2 of floor.
    lots : ndarray, shape (users,)
        A uniform of each.
    held : ndarray of bool, shape (firms,)
        Cleared flags.
    chosen, plots, costs : ndarray, shapes (users,), (2, plots), (users,)
        Room to work in.

    Returns
    -------
    able : int
        Number of those that did.
    paid : float
        Yuan that they paid.
    """
    asked, forced, other = np.int64(0), rate / 4.0, unforced * rate / 4.0
    for k in range(len(users)):
        i = np.uint64(users[k])
        new = (density[i] <= 0.0) & (land_area[i] > 0)  # is to get a density in any case
        if new | (lots[k] < max(forced, other)):
            lacks = lacking(i, capital, land_area, leased, density, trend, room)
            if lacks >= 0.0 and lots[k] < (forced if lacks > 0.0 else other):
                chosen[asked], costs[asked] = users[k], 0.0
                asked += 1
    found = plots_of(rows, occupant, chosen, asked, held, plots[0], plots[1])
    for k in range(found):
        row = plots[0, k]
        costs[plots[1, k]] += area[row] * ratio[row]
    able, paid = 0, 0.0
    for k in range(asked):
        i, cost = chosen[k], gain * costs[k] * building
        held[i] = cash[i] > cost and cost > 0.0
        if held[i]:
            cash[i] -= cost
            density[i] *= 1.0 + gain
            paid += cost
            able += 1
    for k in range(found):
        row = plots[0, k]
        if held[occupant[row]]:
            ratio[row] = min(ratio[row] * (1.0 + gain), highest)
    return able, paid


@kernel
def survey(use, district, protected, occupant, area, ratio, urban, table, out):  # type: ignore[no-untyped-def]
    """Add area by use, district and protection to `table`, and write sums of it, m2.

    Parameters
    ----------
    table : ndarray of int, shape (4, districts, 2)
        Zeros.
    out : ndarray, shape (10 + districts,)
        Area by use; the same in urban districts; floor space and area of industrial land (uses 0
        and 1) that is not vacant; then industrial land by district.
    """
    floor, ground = 0.0, 0
    for row in range(len(area)):
        table[use[row], district[row], np.int64(protected[row])] += area[row]
        if use[row] <= 1 and occupant[row] != -1:
            floor += area[row] * ratio[row]
            ground += area[row]
    out[:] = 0.0
    for k in range(4):
        for here in range(len(urban)):
            whole = table[k, here, 0] + table[k, here, 1]
            out[k] += whole
            out[4 + k] += whole if urban[here] else 0
            out[10 + here] += whole if k <= 1 else 0
    out[8], out[9] = floor, ground
