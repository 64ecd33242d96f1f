"""Compiled loops over parcels, landholders and claims: one pass each, areas in integers.

Sums of money and need run in the order of the rows; every loop has a numpy form in the tests.
"""

from __future__ import annotations

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def gaps(users, capital, land_area, leased, density, trend, room):  # type: ignore[no-untyped-def]
    """Return rows of landholders, their effective area and what they lack, m2.

    A holder without a density yet gets that of its capital with `room` to spare.
    """
    rows, found = np.empty(len(users), np.int64), 0
    area, lacking = np.empty(len(users)), np.empty(len(users))
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
    return rows[:found], area[:found], lacking[:found]


@nb.njit(cache=True, nogil=True)
def single_plots(first, use, area, occupant, parcel_id, per_mu_class, firm_id, idle_key):  # type: ignore[no-untyped-def]
    """Return rows of single industrial plots (use 0), their class (4 without) and keys."""
    size = len(use) - first
    rows, code, key = np.empty((3, size), np.int64)
    found = 0
    for row in range(first, len(use)):
        owner = occupant[row]
        if use[row] != 0 or area[row] <= 0 or owner < -1:
            continue
        rows[found], code[found], key[found] = row, 4, idle_key + parcel_id[row]
        if owner >= 0:
            key[found] = firm_id[owner]
            if per_mu_class[owner] >= 0:
                code[found] = per_mu_class[owner]
        found += 1
    return rows[:found], code[:found], key[:found]


@nb.njit(cache=True, nogil=True)
def area_table(use, district, protected, area, districts):  # type: ignore[no-untyped-def]
    """Return area by use, district and protection, shape (4, districts, 2), m2."""
    out = np.zeros((4, districts, 2), np.int64)
    for row in range(len(area)):
        out[use[row], district[row], np.int64(protected[row])] += area[row]
    return out


@nb.njit(cache=True, nogil=True)
def share_out(total, weights, mass):  # type: ignore[no-untyped-def]
    """Split `total` by `weights` of sum `mass`; largest remainders first, ties by position.

    The time grows with the square of the length: for short lists.
    """
    size = len(weights)
    parts, behind = np.empty(size, np.int64), np.empty(size)
    left = total
    for i in range(size):
        exact = total * (weights[i] / mass)
        parts[i] = np.int64(np.floor(exact))
        behind[i] = parts[i] - exact
        left -= parts[i]
    for _ in range(left):
        largest = 0
        for i in range(1, size):
            if behind[i] < behind[largest]:
                largest = i
        parts[largest] += 1
        behind[largest] = 1.0
    return parts


@nb.njit(cache=True, nogil=True)
def ration(claim, weight, supply, granted):  # type: ignore[no-untyped-def]
    """Ration claims that stand by falling weight, all positive; write `granted`."""
    size = len(claim)
    weighted_left = np.empty(size)
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


@nb.njit(cache=True, nogil=True)
def lay_over(wanted, order, stock, cells, pieces, found):  # type: ignore[no-untyped-def]
    """Lay wanted areas, in their order, end to end over the stock of cells; take them from it.

    Writes (position of the wanted, cell, area) of each piece and returns how many there are.
    """
    at = 0
    for which in order:
        left = wanted[which]
        while left > 0 and at < len(cells):
            part = min(left, stock[cells[at]])
            if part > 0:
                pieces[0, found], pieces[1, found], pieces[2, found] = which, cells[at], part
                stock[cells[at]] -= part
                left -= part
                found += 1
            if stock[cells[at]] == 0:
                at += 1
    return found


@nb.njit(cache=True, nogil=True)
def grants(claimants, area, weight, large, supply, smallest, granted):  # type: ignore[no-untyped-def]
    """Ration `supply` among claimants by falling weight; return what of it is left.

    Grants are whole m2; those under the smallest plot are dropped unless the claim is `large`.
    """
    if supply <= 0.0:
        return supply
    wanting, number = np.empty(len(claimants), np.int64), 0
    asked, priority, met = np.empty((3, len(claimants)))
    for k in claimants:
        if area[k] > 0.0 and weight[k] > 0.0:
            wanting[number], asked[number], priority[number] = k, area[k], weight[k]
            number += 1
    ration(asked[:number], priority[:number], supply, met)
    for place in range(number):
        plot = np.int64(np.floor(met[place]))
        if plot >= smallest or large[wanting[place]]:
            granted[wanting[place]] = plot
            supply -= plot
    return supply


@nb.njit(cache=True, nogil=True)
def stock_of(mine, stock):  # type: ignore[no-untyped-def]
    """Return the stock of each of some cells and their sum, in floating point (exact)."""
    each, whole = np.empty(len(mine)), 0.0
    for c in range(len(mine)):
        each[c] = stock[mine[c]]
        whole += each[c]
    return each, whole


@nb.njit(cache=True, nogil=True)
def hand_out(  # type: ignore[no-untyped-def]
    district, area, weight, large, by_weight, by_place, stock, cells, first_cell, released,
    uptake, smallest,
):  # fmt: skip
    """Meet the claims of every district from the stock of its cells.

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

    Returns
    -------
    pieces : ndarray of int, shape (3, pieces)
        Claim (-1: the estate of the cell), cell and m2.
    """
    size = len(district)
    granted = np.zeros(size, np.int64)
    pieces = np.empty((3, size + 2 * len(cells)), np.int64)
    found = start = 0
    while start < size:
        here, stop = district[by_weight[start]], start
        while stop < size and district[by_weight[stop]] == here:
            stop += 1
        mine = cells[first_cell[here] : first_cell[here + 1]]
        supply = np.floor(released * stock_of(mine, stock)[1])
        spare = grants(by_weight[start:stop], area, weight, large, supply, smallest, granted)
        found = lay_over(granted, by_place[start:stop], stock, mine, pieces, found)
        rest, whole = stock_of(mine, stock)
        taken = np.int64(uptake * spare)
        if taken > 0 and whole > 0.0:
            parts = share_out(taken, rest, whole)
            for c in range(len(mine)):
                part = min(parts[c], stock[mine[c]])
                pieces[0, found], pieces[1, found], pieces[2, found] = -1, mine[c], part
                found += 1
        start = stop
    return pieces[:, :found]


@nb.njit(cache=True, nogil=True)
def holdings(  # type: ignore[no-untyped-def]
    users, land_area, on_roster, district, per_mu_class, value_added, tax, capital, allowed,
    districts,
):  # fmt: skip
    """Sum up land users: landholders by class, above-scale firms by district.

    Returns
    -------
    by_class : ndarray, shape (5, 5)
        Land, value added, tax, capital, and capital times allowed share of investment (rows) of
        firms of class A to D and without a class (columns); capital counts from one yuan.
    by_district : ndarray, shape (districts,)
        Value added.
    """
    by_class, by_district = np.zeros((5, 5)), np.zeros(districts)
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
    return by_class, by_district
