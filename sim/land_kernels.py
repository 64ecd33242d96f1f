"""Compiled loops of the claims on land: what firms lack, who asks, who gets what, who holds it.

Sums of money and need run in the order of the rows; every loop has a numpy form in the tests.
"""

from __future__ import annotations

import numpy as np

from sim.claim_parts import NO_CLASS, PROJECT, grant, in_order, lay_over
from sim.compiled import kernel, part
from sim.plot_parts import lacking
from sim.quota_kernels import pooled, share_out

SHARED = -2
"""Occupant of the shared estates of small firms."""
LARGEST_FIRST = 30_000.0
"""m2; most that a firm without land asks for."""


@part
def ask(  # type: ignore[no-untyped-def]
    i, gap, found, cash, cash_share, price, markup, smallest, district, platform, firm_id,
    per_mu_class, who, area,
):  # fmt: skip
    """Enter the claim of a firm (row) that lacks `gap` m2 and can pay; return the new number."""
    here = district[i]
    area[found] = min(gap, max(cash[i], 0.0) * cash_share / (price[here] * markup))
    if area[found] < smallest:
        return found
    who[0, found], who[1, found], who[2, found] = i, here, platform[i]
    who[3, found], who[4, found] = per_mu_class[i] if per_mu_class[i] >= 0 else NO_CLASS, firm_id[i]
    return found + 1


@kernel
def claims(  # type: ignore[no-untyped-def]
    users, capital, land_area, leased, density, trend, room, high_tech, tier, startup, unused,
    wanted, lack, new, threshold, first_share, cash, cash_share, price, markup, smallest, district,
    platform, firm_id, per_mu_class, who, area,
):  # fmt: skip
    """Let floor space on land M0 and enter claims of firms that still lack land, and of newcomers.

    High-tech firms and start-ups share the space free in their district in proportion to what
    they lack.

    Parameters
    ----------
    users : ndarray of int, shape (users,)
        Rows that hold all landholders; the others ask for a first plot. The next arguments are
        those of :func:`sim.plot_parts.lacking`.
    high_tech, tier : ndarray, shape (firms,)
    unused, wanted : ndarray, shape (districts,)
        m2 of floor space that is free, and room to work in.
    lack, new : ndarray, shape (users,)
        Room to work in.
    threshold : float
        Share of its land from which a firm asks for more.
    first_share : float
        Land of a first plot over what the capital of landholders stands on.
    cash_share : float
        Share of its cash that a firm spends on land.
    price, markup : ndarray, shape (districts,), and float
        Yuan per m2 are their product.
    smallest : float
        m2 of the smallest plot.
    who, area : ndarray, shapes (5, claims), (claims,)
        Row of the firm, district, platform, number of its weight and id are written, and m2.

    Returns
    -------
    found : int
        Number of claims.
    let : float
        m2 of floor space.
    """
    found, fresh, ground, whole, let = 0, 0, 0, 0.0, 0.0
    for here in range(len(wanted)):
        wanted[here] = 0.0
    for k in range(len(users)):
        i = users[k]
        lack[k] = lacking(i, capital, land_area, leased, density, trend, room)
        if land_area[i] > 0:
            ground += land_area[i]
            whole += capital[i]
        else:
            new[fresh] = i
            fresh += 1
        if lack[k] > 0.0 and (high_tech[i] or tier[i] == startup):
            wanted[district[i]] += lack[k]
    for k in range(len(users)):
        i, gap = users[k], lack[k]
        if gap <= 0.0:
            continue
        free = unused[district[i]]
        if free > 0.0 and (high_tech[i] or tier[i] == startup):
            got = gap * min(free / wanted[district[i]], 1.0)
            leased[i] += got
            let += got
            gap = lacking(i, capital, land_area, leased, density, trend, room)
        if gap >= max(threshold * (land_area[i] + leased[i]), smallest):
            found = ask(
                i, gap, found, cash, cash_share, price, markup, smallest, district, platform,
                firm_id, per_mu_class, who, area,
            )  # fmt: skip
    mean = max(whole / max(ground, 1), 1e-9)
    for k in range(fresh):
        i = new[k]
        found = ask(
            i, min(first_share * capital[i] / mean, LARGEST_FIRST), found, cash, cash_share, price,
            markup, smallest, district, platform, firm_id, per_mu_class, who, area,
        )  # fmt: skip
    for here in range(len(wanted)):
        unused[here] = max(unused[here] - wanted[here], 0.0)
    return found, let


@part
def enter_others(  # type: ignore[no-untyped-def]
    who, wanted, found, projects, growth, area, cells, cell_district, places, districts,
):  # fmt: skip
    """Enter the claims of projects, and of the estate of each place; return how many there are."""
    for p in range(len(projects)):
        who[0, found], who[1, found], who[2, found] = projects[p, 0], projects[p, 1], projects[p, 2]
        who[3, found], who[4, found], wanted[found] = PROJECT, projects[p, 0], projects[p, 3]
        found += 1
    for place in range(places):
        who[0, found], who[1, found], who[2, found] = SHARED, cell_district[place], -1
        if place >= districts:
            who[2, found] = place - districts
        who[3, found], who[4, found] = NO_CLASS, SHARED
        wanted[found] = (area[cells + place] + area[cells + places + place]) * growth
        found += 1
    return found


@part
def in_both_orders(  # type: ignore[no-untyped-def]
    who, found, weights, places, districts, ends, cell, by_weight, by_place,
):  # fmt: skip
    """Write the order of claims in which they are met, and that in which plots lie.

    Both go district by district: the first by falling weight, the second platforms first, the
    last one in front, and by ids.
    """
    for k in range(found):
        higher = 0
        for c in range(len(weights)):
            higher += weights[c] > weights[who[3, k]]
        cell[k] = who[1, k] * len(weights) + higher
    in_order(cell, cell, found, ends, by_weight)
    for k in range(found):
        cell[k] = (who[1, k] + 1) * (places - districts + 1) - 2 - who[2, k]
    in_order(cell, who[4], found, ends, by_place)


@part
def settle(  # type: ignore[no-untyped-def]
    pieces, number, who, first_project, cells, area, cell_district, price, markup, land_area, cash,
    plots, bill, got, to_class,
):  # fmt: skip
    """Hand pieces of pools over: estates grow, firms pay; return plots of firms and projects."""
    sold, placed = 0, 0
    for k in range(number):
        which, pool, size = pieces[0, k], pieces[1, k], pieces[2, k]
        owner, code, at = who[0, which], who[3, which], sold + placed
        cost = size * (price[cell_district[pool]] * markup)
        if owner == SHARED:
            area[cells + pool] += size
            continue
        if code == PROJECT:
            got[which - first_project] += size
            bill[1, placed] = cost
            placed += 1
        else:
            land_area[owner] += size
            cash[owner] -= cost
            to_class[code] += size
            bill[0, sold] = cost
            sold += 1
        plots[0, at], plots[1, at], plots[2, at] = pool, size, owner
    return sold, placed


@kernel
def hand_out(  # type: ignore[no-untyped-def]
    who, wanted, found, projects, growth, weights, area, cells, first_cell, cell_district, reserve,
    places, released, uptake, smallest, pooling, pool_released, price, markup, land_area, cash,
    order, ends, granted, work, pieces, plots, bill, got, to_class,
):  # fmt: skip
    """Meet all claims from the pools of their district, then pool quota for large projects.

    Estates grow; firms and projects get plots, which are to be laid out, and firms pay for them.

    Parameters
    ----------
    who, wanted : ndarray, shapes (5, n), (n,)
        The first `found` are claims of firms, as :func:`claims` writes them, with room for those
        of projects and one of the estate of each place.
    projects : ndarray of int, shape (projects, 4)
        Occupant, district, platform and m2 wanted, by their numbers.
    growth : float
        m2 that an estate asks for over what it has.
    weights : ndarray, shape (6,)
        Priority of the claims.
    area : ndarray of int, shape (parcels,)
        The first rows are the pools, then their estates.
    cells, first_cell : ndarray of int, shapes (cells,), (districts + 1,)
        Cells of each district in the order in which they are used.
    cell_district, reserve : ndarray of int, shapes (cells,), (districts,)
    places : int
        Cells from there on are inside the protected unit.
    released, uptake : float
        Share of the stock on offer, and of the rest of it that estates take up.
    smallest : int
        m2 of the smallest plot; projects may get less.
    pooling, pool_released : float
        Share of what projects lack that is asked of other districts, and share of their stock
        that they may give up (:func:`sim.quota_kernels.pooled`).
    price, markup : ndarray, shape (districts,), and float
        Yuan per m2 are their product.
    land_area, cash : ndarray, shape (firms,)
    order, ends, granted, work : ndarray
        Room to work in, shapes (4, n), (longer than there are places and weights of all
        districts,), (n,), (4, n); n at least the number of cells.
    pieces : ndarray of int, shape (3, n + 2 * cells)
        Room to work in.
    plots : ndarray of int, shape (3, n + 2 * cells + 2 * projects)
        Pool, m2 and occupant of each plot are written.
    bill : ndarray, shape (2, plots)
        Yuan for plots of firms, and of projects.
    got : ndarray of int, shape (projects,)
        Zeros; m2 of each project.
    to_class : ndarray of int, shape (5,)
        Zeros; m2 of firms by class, the last one without.

    Returns
    -------
    sold, placed, lent : int
        Plots of firms, of projects, and of projects on quota of other districts.
    """
    first_project = found
    found = enter_others(
        who, wanted, found, projects, growth, area, len(cells), cell_district, places, len(reserve)
    )  # fmt: skip
    district, code = who[1], who[3]
    by_weight, by_place, wanting = order[1], order[2], order[3]
    in_both_orders(who, found, weights, places, len(reserve), ends, order[0], by_weight, by_place)
    for k in range(found):
        granted[k] = 0
    # A plain 0 handed on would have every loop below compiled twice: for the constant as well.
    number = start = np.int64(0)
    while start < found:
        here, stop = district[by_weight[start]], start
        while stop < found and district[by_weight[stop]] == here:
            stop += 1
        first, last, stock = first_cell[here], first_cell[here + 1], 0
        for c in range(first, last):
            stock += area[cells[c]]
        spare = grant(
            by_weight, start, stop, wanted, code, weights, np.floor(released * stock), smallest,
            granted, work, wanting,
        )  # fmt: skip
        number = lay_over(granted, by_place, start, stop, area, cells, first, last, pieces, number)
        stock = 0
        for c in range(first, last):
            work[0, c - first] = area[cells[c]]
            stock += area[cells[c]]
        share_out(
            np.int64(uptake * spare), work[0], np.int64(0), last - first, np.float64(stock),
            wanting, work[1],
        )  # fmt: skip
        for c in range(first, last):
            taken = min(wanting[c - first], area[cells[c]])
            area[cells[c]] -= taken
            area[len(cells) + cells[c]] += taken
        start = stop
    sold, placed = settle(
        pieces, number, who, first_project, len(cells), area, cell_district, price, markup,
        land_area, cash, plots, bill, got, to_class,
    )  # fmt: skip
    behind = sold + placed
    for p in range(len(projects)):
        lacks, home, at = projects[p, 3] - got[p], projects[p, 1], behind
        if pooling > 0.0 and lacks > 0:
            behind = pooled(
                area, cell_district, reserve, home,
                home if projects[p, 2] < 0 else len(reserve) + projects[p, 2],
                np.int64(np.ceil(pooling * lacks)), pool_released, places, plots, at,
                projects[p, 0],
            )  # fmt: skip
        for k in range(at, behind):
            got[p] += plots[1, k]
            bill[1, k - sold] = plots[1, k] * (price[home] * markup)
    return sold, placed, behind - sold - placed


@kernel
def record(  # type: ignore[no-untyped-def]
    users, capital, land_area, leased, density, trend, room, strength, allowed, occupant,
    per_mu_class, land_class,
):  # fmt: skip
    """Write the share of desired investment that land allows, and the class of plots' holders.

    Parameters
    ----------
    users : ndarray of int, shape (users,)
        Rows that hold all landholders; the next arguments are those of
        :func:`sim.plot_parts.lacking`.
    strength : float
        Fall of the share with what a firm lacks over what it has.
    allowed : ndarray, shape (firms,)
        Ones.
    occupant, land_class : ndarray, shape (parcels,)
    """
    for i in users:
        gap = lacking(i, capital, land_area, leased, density, trend, room)
        if gap > 0.0:
            allowed[i] = 1.0 / (1.0 + strength * gap / max(land_area[i] + leased[i], 1.0))
    for row in range(len(occupant)):
        if occupant[row] >= 0:
            land_class[row] = per_mu_class[occupant[row]]


@kernel
def holdings(  # type: ignore[no-untyped-def]
    users, land_area, on_roster, district, per_mu_class, value_added, tax, capital, allowed,
    by_class, by_district,
):  # fmt: skip
    """Add up land users: landholders by class, above-scale firms by district.

    Parameters
    ----------
    by_class : ndarray, shape (5, 5)
        Added to: land, value added, tax, capital, and capital times allowed share of investment
        (rows) of firms of class A to D and without a class (columns); capital counts from one
        yuan.
    by_district : ndarray, shape (districts,)
        Value added, added to.
    """
    for i in users:
        if on_roster[i]:
            by_district[district[i]] += value_added[i]
        if land_area[i] > 0:
            k = per_mu_class[i] if per_mu_class[i] >= 0 else 4
            weight = max(capital[i], 1.0)
            by_class[0, k] += land_area[i]
            by_class[1, k] += value_added[i]
            by_class[2, k] += tax[i]
            by_class[3, k] += weight
            by_class[4, k] += weight * allowed[i]
