"""Steps of handing out land: claims in order, rationed, and laid out over the pools."""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel, part

NO_CLASS, PROJECT = 4, 5
"""Weights of claims stand by class of the firm, 0 to 3; then firms without one and estates, then
projects."""


@part
def in_order(cell, key, count, ends, order):  # type: ignore[no-untyped-def]
    """Write positions by cell, then key, then position; quick where keys of a cell nearly rise.

    `ends` is room to work in, longer by one than there are cells.
    """
    for c in range(len(ends)):
        ends[c] = 0
    for k in range(count):
        ends[cell[k] + 1] += 1
    for c in range(len(ends) - 1):
        ends[c + 1] += ends[c]
    for k in range(count):
        order[ends[cell[k]]] = k
        ends[cell[k]] += 1
    for behind in range(1, count):
        k, at = order[behind], behind
        while at > 0 and cell[order[at - 1]] == cell[k] and key[order[at - 1]] > key[k]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = k


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
def grant(  # type: ignore[no-untyped-def]
    order, begin, end, area, code, weights, supply, smallest, granted, work, wanting,
):  # fmt: skip
    """Ration `supply` among claimants by falling weight; return what of it is left.

    Grants are whole m2; those under the smallest plot are dropped but for projects.
    """
    if supply <= 0.0:
        return supply
    number = np.int64(0)
    for place in range(begin, end):
        k = order[place]
        if area[k] > 0.0 and weights[code[k]] > 0.0:
            wanting[number], work[0, number], work[1, number] = k, area[k], weights[code[k]]
            number += 1
    ration(work[0], work[1], supply, number, work[2], work[3])
    for place in range(number):
        plot = np.int64(np.floor(work[2, place]))
        if plot >= smallest or code[wanting[place]] == PROJECT:
            granted[wanting[place]] = plot
            supply -= plot
    return supply
