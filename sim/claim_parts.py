"""Steps of handing out land: claims rationed by weight, and plots laid out over the pools."""

from __future__ import annotations

import numpy as np

from sim.compiled import part


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
    order, begin, end, area, weight, large, supply, smallest, granted, work, wanting,
):  # fmt: skip
    """Ration `supply` among claimants by falling weight; return what of it is left.

    Each gets its claim times its weight times one common factor, never more than the claim, so
    that the supply is used up or all claims are met. Grants are whole m2; those under the smallest
    plot are dropped unless the claim is `large`.
    """
    number, above = 0, 0.0
    for place in range(begin, end):
        k = order[place]
        if area[k] > 0.0 and weight[k] > 0.0:
            wanting[number] = k
            number += 1
    for place in range(number - 1, -1, -1):
        k = wanting[place]
        above += weight[k] * area[k]
        work[place] = above
    left, met, factor, short = supply, 0.0, 0.0, False
    for place in range(number if supply > 0.0 else 0):
        k = wanting[place]
        # What leaves one claim short is the factor of all behind it, whose weight is less.
        if not short:
            factor = (supply - met) / work[place]
            short = factor * weight[k] < 1.0
        plot = area[k] * min(factor * weight[k], 1.0)
        met += plot
        # One claimant of a whole supply gets all of it, whatever the last bits of its share.
        plot = np.int64(np.floor(plot + 1e-6))
        if plot >= smallest or large[k]:
            granted[k] = plot
            left -= plot
    return left
