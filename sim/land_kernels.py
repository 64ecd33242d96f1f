"""Compiled loops of the claims on land: what firms lack, who asks, who gets what, who holds it.

Sums of money and need run in the order of the rows; every loop has a numpy form in the tests.
"""

from __future__ import annotations

import numpy as np

from sim.claim_parts import grant, lay_over
from sim.compiled import apart, kernel, part
from sim.plot_parts import lacking
from sim.quota_kernels import share_out

SHARED = -2
"""Occupant of the shared estates of small firms."""
LARGEST_FIRST = 30_000.0
"""m2; most that a firm without land asks for."""


@part
def add_collective(projects, large, estates, area, growth, who, asked, found):  # type: ignore[no-untyped-def]
    """Enter the claims of projects and of estates behind `found` others; return how many all are.

    The arguments are those of :func:`claims`.
    """
    for k in range(projects.shape[1]):
        who[0, found], who[1, found], who[2, found] = projects[0, k], projects[1, k], projects[2, k]
        who[3, found], asked[0, found], asked[1, found] = projects[0, k], projects[3, k], large
        found += 1
    places = estates.shape[1]
    for k in range(places):
        who[0, found], who[1, found], who[2, found] = estates[0, k], estates[1, k], estates[2, k]
        size = area[2 * places + k] + area[3 * places + k]
        who[3, found], asked[0, found], asked[1, found] = estates[3, k], size * growth, 1.0
        found += 1
    return found


@kernel
def claims(  # type: ignore[no-untyped-def]
    users, capital, land_area, leased, density, trend, room, high_tech, tier, startup, unused,
    wanted, lack, fresh, rows, threshold, first_share, cash, cash_share, price, markup, smallest,
    district, platform, firm_id, per_mu_class, weights, projects, large, estates, area, growth, who,
    asked,
):  # fmt: skip
    """Let floor space on land M0 and enter claims of firms, of projects that wait, and of estates.

    Firms that still lack land claim it, and newcomers. High-tech firms and start-ups share the
    space free in their district in proportion to what they lack.

    Parameters
    ----------
    users : ndarray of int, shape (users,)
        Rows that hold all landholders; the others ask for a first plot. The next arguments are
        those of :func:`sim.plot_parts.lacking`.
    high_tech, tier : ndarray, shape (firms,)
    unused, wanted : ndarray, shape (districts,)
        m2 of floor space that is free, and room to work in.
    lack, fresh : ndarray, shape (users,)
        Room to work in: what landholders lack; newcomers.
    rows : ndarray of int, shape (users,)
        Written: landholders that lack land, then newcomers.
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
    weights : ndarray, shape (5,)
        Priority of firms of class A to D and without a class.
    projects : ndarray of int, shape (4, projects)
        Occupant, district, platform and m2 of the projects that wait.
    large : float
        Their priority.
    estates : ndarray of int, shape (4, places)
        Occupant, district, platform and key of the estate of each place, whose priority is one.
    area : ndarray of int, shape (parcels,)
        The first rows are the pools, then the estates, each outside and inside the unit.
    growth : float
        m2 that an estate claims over those it has.
    who : ndarray of int, shape (4, claims + 1)
        Occupant, district, platform and the key by which plots are laid out are written: of firms,
        projects, estates.
    asked : ndarray, shape (2, claims + 1)
        m2 and weight are written.

    Returns
    -------
    found : int
        Number of claims.
    let : float
        m2 of floor space.
    looked_at : int
        How many `rows` are written.
    """
    ground, whole, let, short, newcomers = 0, 0.0, 0.0, 0, 0
    for here in range(len(wanted)):
        wanted[here] = 0.0
    for row in users:  # without branches on chance: who lacks land is kept if the count moves on
        i, next_one = np.uint64(row), np.uint64(short)
        gap = lacking(i, capital, land_area, leased, density, trend, room)
        if land_area[i] > 0:
            ground += land_area[i]
            whole += capital[i]
            rows[next_one], lack[next_one] = row, gap
            short += gap > 0.0
        else:
            fresh[newcomers] = row
            newcomers += 1
        entitled = (gap > 0.0) & (high_tech[i] | (tier[i] == startup))
        wanted[np.uint16(district[i])] += gap if entitled else 0.0
    mean, found = max(whole / max(ground, 1), 1e-9), 0
    for k in range(short + newcomers):
        new = k >= short
        row = rows[k] = fresh[k - short] if new else rows[k]
        i = np.uint64(row)
        here, least = district[i], smallest
        if new:
            gap = min(first_share * capital[i] / mean, LARGEST_FIRST)
        else:
            gap = lack[k]
            if unused[here] > 0.0 and (high_tech[i] or tier[i] == startup):
                got = gap * min(unused[here] / wanted[here], 1.0)
                leased[i] += got
                let += got
                gap = max(capital[i] / (density[i] * trend) - (land_area[i] + leased[i]), 0.0)
            least = max(threshold * (land_area[i] + leased[i]), smallest)
        size = min(gap, max(cash[i], 0.0) * cash_share / (price[here] * markup))
        who[0, found], who[1, found], who[2, found] = row, here, platform[i]
        who[3, found], asked[0, found] = firm_id[i], size
        asked[1, found] = weights[per_mu_class[i] if per_mu_class[i] >= 0 else 4]
        found += (gap >= least) & (size >= smallest)
    for here in range(len(wanted)):
        unused[here] = max(unused[here] - wanted[here], 0.0)
    found = add_collective(projects, large, estates, area, growth, who, asked, found)
    return found, let, short + newcomers


@kernel
def hand_out(  # type: ignore[no-untyped-def]
    district, wanted, weight, large, by_weight, by_place, area, cells, first_cell, released,
    uptake, smallest, granted, pieces, work, wanting,
):  # fmt: skip
    """Meet the claims of every district from its pools; return the number of pieces.

    Parameters
    ----------
    district, wanted, weight, large : ndarray, shape (claims,)
        `large` claims (of projects) may get less than the smallest plot.
    by_weight, by_place : ndarray of int, shape (claims,)
        Orders of the claims, district by district: by falling weight, and as they are laid out.
    area : ndarray of int, shape (parcels,)
        The first rows are the pools, then their estates, which take up some of what is left.
    cells, first_cell : ndarray of int, shapes (cells,), (districts + 1,)
        Cells of each district in the order in which they are used.
    released, uptake : float
        Share of the stock on offer, and of the rest of it that estates take up.
    smallest : int
        m2 of the smallest plot.
    granted : ndarray of int, shape (claims,)
        Zeros.
    pieces : ndarray of int, shape (3, claims + cells)
        Claim, cell and m2 are written here.
    work, wanting : ndarray, shapes (2, n), (n,)
        Room to work in, n at least the number of claims and of cells.
    """
    # A plain 0 handed on would have every loop below compiled twice: for the constant as well.
    found = start = np.int64(0)
    while start < len(district):
        here, stop = district[by_weight[start]], start
        while stop < len(district) and district[by_weight[stop]] == here:
            stop += 1
        first, last, stock = first_cell[here], first_cell[here + 1], 0
        for c in range(first, last):
            stock += area[cells[c]]
        spare = grant(
            by_weight, start, stop, wanted, weight, large, np.floor(released * stock), smallest,
            granted, work[0], wanting,
        )  # fmt: skip
        found = lay_over(granted, by_place, start, stop, area, cells, first, last, pieces, found)
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
    return found


@kernel
def settle(  # type: ignore[no-untyped-def]
    pieces, cells, area, cell_district, price, markup, per_mu_class, land_area, cash, to_class,
):  # fmt: skip
    """Hand pieces of pools over: estates grow, firms get land and pay for it.

    Parameters
    ----------
    pieces : ndarray of int, shape (3, pieces)
        Occupant (row of the firm, `SHARED` of an estate, below it of a project), pool and m2;
        those of plots to be laid out are moved to the beginning.
    cells : int
        Estates stand so many rows behind their pools.
    area, cell_district : ndarray of int, shapes (parcels,), (cells,)
    price, markup : ndarray, shape (districts,), and float
        Yuan per m2 are their product.
    per_mu_class, land_area, cash : ndarray, shape (firms,)
    to_class : ndarray of int, shape (5,)
        Zeros; m2 of firms of class A to D and without a class.

    Returns
    -------
    plots, placed : int
        Number of plots, and m2 of those of projects.
    paid, invested : float
        Yuan for plots of firms, and of projects.
    """
    plots, placed, paid, invested = 0, 0, 0.0, 0.0
    for k in range(pieces.shape[1]):
        owner, pool, size = pieces[0, k], pieces[1, k], pieces[2, k]
        if owner == SHARED:
            area[cells + pool] += size
            continue
        cost = size * (price[cell_district[pool]] * markup)
        pieces[0, plots], pieces[1, plots], pieces[2, plots] = owner, pool, size
        plots += 1
        if owner >= 0:
            land_area[owner] += size
            cash[owner] -= cost
            to_class[per_mu_class[owner] if per_mu_class[owner] >= 0 else 4] += size
            paid += cost
        else:
            placed += size
            invested += cost
    return plots, placed, paid, invested


@kernel
def record(  # type: ignore[no-untyped-def]
    users, capital, land_area, leased, density, trend, room, strength, allowed, occupant,
    per_mu_class, land_class, area, spaces,
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
    occupant, land_class, area : ndarray, shape (parcels,)
    spaces : ndarray of int, shape (districts,)
        Rows of the land M0.

    Returns
    -------
    int
        m2 of the land M0.
    """
    space = 0
    for row in spaces:
        space += area[row]
    for user in users:  # no gap, or none because the firm holds no land, leaves a one
        i = np.uint64(user)
        gap = max(lacking(i, capital, land_area, leased, density, trend, room), 0.0)
        allowed[i] = 1.0 / (1.0 + strength * gap / max(land_area[i] + leased[i], 1.0))
    for row in range(len(occupant)):
        if occupant[row] >= 0:
            land_class[row] = per_mu_class[np.uint64(occupant[row])]
    return space


@apart
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
    for row in range(len(users)):
        i = np.uint64(users[np.uint64(row)])
        here = np.uint64(np.uint16(district[i]))
        if on_roster[i] & (here < len(by_district)):  # one outside is told by the identities
            by_district[here] += value_added[i]
        if land_area[i] > 0:
            k = np.uint64(per_mu_class[i] if per_mu_class[i] >= 0 else 4)
            weight = max(capital[i], 1.0)
            by_class[0, k] += land_area[i]
            by_class[1, k] += value_added[i]
            by_class[2, k] += tax[i]
            by_class[3, k] += weight
            by_class[4, k] += weight * allowed[i]
