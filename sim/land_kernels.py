"""Compiled loops over parcels, landholders and claims: one pass each, areas in integers.

Sums of money and need run in the order of the rows; every loop has a numpy form in the tests.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel, part


@kernel
def gaps(  # type: ignore[no-untyped-def]
    users, capital, land_area, leased, density, trend, room, rows, area, lacking,
):  # fmt: skip
    """Write rows of landholders, their effective area and what they lack, m2; return how many.

    A holder without a density yet gets that of its capital with `room` to spare.
    """
    found = 0
    for i in users:
        if land_area[i] <= 0:
            continue
        if density[i] <= 0.0:
            density[i] = room * capital[i] / land_area[i]
        if density[i] > 0.0:
            rows[found] = i
            area[found] = land_area[i] + leased[i]
            lacking[found] = max(capital[i] / (density[i] * trend) - area[found], 0.0)
            found += 1
    return found


@kernel
def lease(  # type: ignore[no-untyped-def]
    rows, gap, high_tech, tier, startup, district, unused, leased, wanted,
):  # fmt: skip
    """Let high-tech firms and start-ups short of land share the floor space free in their district.

    Space is shared in proportion to what they lack; `unused` and `leased` change. Returns m2.
    """
    wanted[:] = 0.0
    whole = 0.0
    for k in range(len(rows)):
        i = rows[k]
        if gap[k] > 0.0 and (high_tech[i] or tier[i] == startup):
            wanted[district[i]] += gap[k]
    for k in range(len(rows)):
        i = rows[k]
        here = district[i]
        if gap[k] > 0.0 and unused[here] > 0.0 and (high_tech[i] or tier[i] == startup):
            part = gap[k] * min(unused[here] / wanted[here], 1.0)
            leased[i] += part
            whole += part
    for here in range(len(unused)):
        unused[here] = max(unused[here] - wanted[here], 0.0)
    return whole


@kernel
def area_table(use, district, protected, area, out):  # type: ignore[no-untyped-def]
    """Add area by use, district and protection to `out`, shape (4, districts, 2), m2."""
    for row in range(len(area)):
        out[use[row], district[row], np.int64(protected[row])] += area[row]


@kernel
def share_out(total, weights, first, last, mass, parts, behind):  # type: ignore[no-untyped-def]
    """Split `total` by the weights from `first` to `last`, of sum `mass`, into `parts`.

    Largest remainders first, ties by position; `behind` is room to work in. The time grows with
    the square of the length: for short lists.
    """
    left = total
    for i in range(first, last):
        exact = total * (weights[i] / mass)
        parts[i] = np.int64(np.floor(exact))
        behind[i] = parts[i] - exact
        left -= parts[i]
    for _ in range(left):
        largest = first
        for i in range(first + 1, last):
            if behind[i] < behind[largest]:
                largest = i
        parts[largest] += 1
        behind[largest] = 1.0


@part
def move(area, source, target, asked):  # type: ignore[no-untyped-def]
    """Move area between two rows and return what was moved (no more than the source has)."""
    moved = max(min(asked, area[source]), 0)
    area[source] -= moved
    area[target] += moved
    return moved


@kernel
def move_down(area, sources, targets, asked):  # type: ignore[no-untyped-def]
    """Move area from each source to its target, in their order, up to `asked`; return it."""
    left = asked
    for k in range(len(sources)):
        left -= move(area, sources[k], targets[k], left)
    return asked - left


@kernel
def protect(area, rows, first_row, places, asked):  # type: ignore[no-untyped-def]
    """Take the m2 `asked` of each district into the protected unit; what is not there is left.

    `rows` outside the unit stand district by district, the first ones at `first_row`; `places`
    further on stands the same place inside it.
    """
    for here in range(len(asked)):
        for k in range(first_row[here], first_row[here + 1]):
            asked[here] -= move(area, rows[k], rows[k] + places, asked[here])


@kernel
def pooled(  # type: ignore[no-untyped-def]
    area, cell_district, reserve, home, place, asked, released, places, pieces,
):  # fmt: skip
    """Take quota of other districts for projects, one after the other; return how many plots.

    The area leaves the reserve at home and is returned to that of the districts that give it up.

    Parameters
    ----------
    area : ndarray of int, shape (parcels,)
        The first rows are the pools.
    cell_district : ndarray of int, shape (cells,)
        District of each pool; those from `places` on are inside the protected unit.
    reserve : ndarray of int, shape (districts,)
        Rows of the reserve.
    home, place, asked : ndarray of int, shape (projects,)
        District, place and m2 of each project.
    released : float
        Share of its stock that a pool may give up.
    pieces : ndarray of int, shape (3, 2 * projects)
        Pool at the project's place, m2 and position of the project are written.
    """
    found = 0
    for p in range(len(home)):
        left = min(asked[p], area[reserve[home[p]]])
        outside = inside = 0
        for cell in range(len(cell_district)):
            here = cell_district[cell]
            if here == home[p]:
                continue
            offered = np.int64(np.floor(area[cell] * released))
            taken = move(area, cell, reserve[here], min(offered, left))
            left -= taken
            if cell < places:
                outside += taken
            else:
                inside += taken
        for cell, taken in ((place[p], outside), (place[p] + places, inside)):
            if taken > 0:
                area[reserve[home[p]]] -= taken
                pieces[0, found], pieces[1, found], pieces[2, found] = cell, taken, p
                found += 1
    return found


@kernel
def to_innovation(area, pools, first_pool, asked, innovation, unused):  # type: ignore[no-untyped-def]
    """Turn serviced land into innovation-type land M0, district by district; return all of it.

    Parameters
    ----------
    area : ndarray of int, shape (parcels,)
    pools, first_pool : ndarray of int, shapes (pools,), (districts + 1,)
        Rows of the pools of each district, in the order in which they are used.
    asked : ndarray of int, shape (districts,)
    innovation : ndarray of int, shape (districts,)
        Rows of the land M0.
    unused : ndarray, shape (districts,)
        Floor space on land M0 that is not let; grows by what is moved.
    """
    whole = 0
    for here in range(len(asked)):
        left = asked[here]
        for k in range(first_pool[here], first_pool[here + 1]):
            left -= move(area, pools[k], innovation[here], left)
        moved = asked[here] - left
        unused[here] += moved
        whole += moved
    return whole


@kernel
def place_quota(  # type: ignore[no-untyped-def]
    area, reserve, others, pools, first_pool, outside, inside, other, weights, places, into_unit,
    shares, behind, booked,
):  # fmt: skip
    """Move the quarter's quota from each district's reserve to pools and other built land.

    Parameters
    ----------
    area : ndarray of int, shape (parcels,)
    reserve, others : ndarray of int, shape (districts,)
        Rows of the reserve and of other built land.
    pools, first_pool : ndarray of int, shapes (pools,), (districts + 1,)
        Rows of the pools of each district: the one outside platforms, then its platforms'.
    outside, inside, other : ndarray of int, shape (districts,)
        m2 outside platforms, in them, and for other uses.
    weights : ndarray, shape (pools,)
        Relative size of what each platform gets.
    places : int
        Distance from a pool to that of the same place inside the protected unit.
    into_unit : float
        Share of new platform land that is declared protected.
    shares, behind : ndarray of int and float, shape (pools,)
        Room to work in.
    booked : ndarray of int, shape (3,)
        What was moved is added: in platforms, outside them, for other uses.
    """
    for here in range(len(reserve)):
        first, last = first_pool[here] + 1, first_pool[here + 1]
        mass = 0.0
        for k in range(first, last):
            mass += weights[k]
        if mass > 0.0 and inside[here] > 0:
            share_out(inside[here], weights, first, last, mass, shares, behind)
            for k in range(first, last):
                moved = move(area, reserve[here], pools[k], shares[k])
                move(area, pools[k], pools[k] + places, np.int64(moved * into_unit))
                booked[0] += moved
        booked[1] += move(area, reserve[here], pools[first - 1], outside[here])
        booked[2] += move(area, reserve[here], others[here], other[here])


@kernel
def ration(claim, weight, supply, size, granted, weighted_left):  # type: ignore[no-untyped-def]
    """Ration `size` claims that stand by falling weight, all positive; write `granted`.

    `weighted_left` is room to work in.
    """
    above = 0.0
    for i in range(size - 1, -1, -1):
        above += weight[i] * claim[i]
        weighted_left[i] = above
    met = 0.0
    for i in range(size):
        factor = (supply - met) / weighted_left[i]
        if factor * weight[i] < 1.0:
            for j in range(i, size):
                granted[j] = claim[j] * min(factor * weight[j], 1.0)
            return
        granted[i] = claim[i]
        met += claim[i]


@part
def lay_over(wanted, order, begin, end, stock, cells, first, last, pieces, found):  # type: ignore[no-untyped-def]
    """Lay wanted areas, in their order, end to end over the stock of cells; take them from it.

    Those wanted stand at `begin` to `end` of `order`, the cells at `first` to `last` of `cells`.
    Writes (position of the wanted, cell, area) of each piece and returns how many there are.
    """
    at = first
    for k in range(begin, end):
        which = order[k]
        left = wanted[which]
        while left > 0 and at < last:
            taken = min(left, stock[cells[at]])
            if taken > 0:
                pieces[0, found], pieces[1, found], pieces[2, found] = which, cells[at], taken
                stock[cells[at]] -= taken
                left -= taken
                found += 1
            if stock[cells[at]] == 0:
                at += 1
    return found


@part
def grant(order, begin, end, area, weight, large, supply, smallest, granted, work, wanting):  # type: ignore[no-untyped-def]
    """Ration `supply` among claimants by falling weight; return what of it is left.

    Grants are whole m2; those under the smallest plot are dropped unless the claim is `large`.
    """
    if supply <= 0.0:
        return supply
    number = np.int64(0)
    for place in range(begin, end):
        k = order[place]
        if area[k] > 0.0 and weight[k] > 0.0:
            wanting[number], work[0, number], work[1, number] = k, area[k], weight[k]
            number += 1
    ration(work[0], work[1], supply, number, work[2], work[3])
    for place in range(number):
        plot = np.int64(np.floor(work[2, place]))
        if plot >= smallest or large[wanting[place]]:
            granted[wanting[place]] = plot
            supply -= plot
    return supply


@kernel
def hand_out(  # type: ignore[no-untyped-def]
    district, area, weight, large, by_weight, by_place, stock, cells, first_cell, released,
    uptake, smallest, granted, pieces, work, wanting,
):  # fmt: skip
    """Meet the claims of every district from the stock of its cells; return the number of pieces.

    Parameters
    ----------
    district, area, weight, large : ndarray, shape (claims,)
        `large` claims (of projects) may get less than the smallest plot.
    by_weight, by_place : ndarray of int, shape (claims,)
        Orders of the claims, district by district: by falling weight, and as they are laid out.
    stock : ndarray of int, shape (cells,)
        m2 in the pools; what is left afterwards.
    cells, first_cell : ndarray of int, shapes (cells,), (districts + 1,)
        Cells of each district in the order in which they are used.
    released, uptake : float
        Share of the stock on offer, and of the rest of it that estates take up.
    smallest : int
        m2 of the smallest plot.
    granted : ndarray of int, shape (claims,)
        Zeros.
    pieces : ndarray of int, shape (3, claims + 2 * cells)
        Claim (-1: the estate of the cell), cell and m2 are written here.
    work, wanting : ndarray, shapes (4, n), (n,)
        Room to work in, n at least the number of claims and of cells.
    """
    # A plain 0 handed on would have every loop below compiled twice: for the constant as well.
    found = start = np.int64(0)
    while start < len(district):
        here, stop = district[by_weight[start]], start
        while stop < len(district) and district[by_weight[stop]] == here:
            stop += 1
        first, last = first_cell[here], first_cell[here + 1]
        whole = 0
        for c in range(first, last):
            whole += stock[cells[c]]
        spare = grant(
            by_weight, start, stop, area, weight, large, np.floor(released * whole), smallest,
            granted, work, wanting,
        )  # fmt: skip
        found = lay_over(
            granted, by_place, start, stop, stock, cells, first, last, pieces, found
        )  # fmt: skip
        whole = 0
        for c in range(first, last):
            work[0, c - first] = stock[cells[c]]
            whole += stock[cells[c]]
        taken = np.int64(uptake * spare)
        if taken > 0 and whole > 0:
            number = last - first
            share_out(taken, work[0], np.int64(0), number, np.float64(whole), wanting, work[1])
            for c in range(number):
                cell = cells[first + c]
                pieces[0, found], pieces[1, found] = -1, cell
                pieces[2, found] = min(wanting[c], stock[cell])
                found += 1
        start = stop
    return found


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
