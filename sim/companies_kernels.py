"""Compiled loops of companies and quotations: who may convert or be quoted, and who does."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, total, zeros

QUOTED_WHEN_JOINT = 3.0
"""Chance of a joint-stock company to be quoted over that of another firm of its size (prior)."""


@apart
def candidates(alive, stage, listed, revenue, smallest, joint, quoted, chosen):  # type: ignore[no-untyped-def]
    """Flag living firms above a size that are not listed, nor companies and quoted already.

    Flags only: a loop that does no more than this works on many firms at once.
    """
    for row in range(len(alive)):
        i = np.uint64(row)
        free = (stage[i] != listed[0]) & (stage[i] != listed[1])
        large = alive[i] & (revenue[i] > smallest) & free
        chosen[i] = large & (not (joint[i] & quoted[i]))


@apart
def weigh(rows, ending, lots, rate, revenue, joint, quoted, to_convert, to_quote):  # type: ignore[no-untyped-def]
    """End quotations of the firms `ending` at a `rate`, then weigh candidates and add weights up.

    Parameters
    ----------
    ending, lots : ndarray, shape (quoted firms,)
        Rows of the living quoted firms, and a uniform each.
    to_convert, to_quote : ndarray, shape (candidates,)
        Written: chances of the firms in `rows`, in proportion to the square root of sales;
        zero where there is nothing to convert, or to quote.

    Returns
    -------
    tuple of float
        Their sums.
    """
    for m in range(len(ending)):
        quoted[np.uint64(ending[m])] = lots[m] >= rate
    share, likely = zeros(), zeros()
    for start in range(0, len(rows), BLOCK):
        count, before = min(BLOCK, len(rows) - start), np.uint64(start)
        for row in range(count):
            j = np.uint64(row)
            i = np.uint64(rows[before + j])
            size = np.sqrt(revenue[i])
            to_convert[before + j] = convert = 0.0 if joint[i] else size
            quote = 0.0 if quoted[i] else size * (QUOTED_WHEN_JOINT if joint[i] else 1.0)
            to_quote[before + j] = quote
            share[j] += convert
            likely[j] += quote
    return total(share), total(likely)


@apart
def convert_and_quote(  # type: ignore[no-untyped-def]
    rows, lots, to_convert, to_quote, sums, conversions, quotes, joint, quoted, low,
):  # fmt: skip
    """Convert candidates, then quote them, each to an expected number; return both numbers.

    Parameters
    ----------
    rows : ndarray of int, shape (candidates,)
    lots : tuple of ndarray, shape (candidates,)
        For conversion and for quotation.
    to_convert, to_quote : ndarray, shape (candidates,)
        Relative chances; those to be quoted rise for the converted.
    sums : tuple of float
        Their sums.
    conversions, quotes : float
        Expected numbers.
    low : ndarray of int, shape (candidates + 1,)
        To work in.
    """
    share, likely = sums
    found = converted = new = 0
    for row in range(len(rows)):
        k = np.uint64(row)
        low[found] = row  # the few that may be chosen, should they have converted before
        chance = QUOTED_WHEN_JOINT * quotes * to_quote[k]
        found += (lots[0][k] * share < conversions * to_convert[k]) | (lots[1][k] * likely < chance)
    for m in range(found):
        k = low[m]
        if lots[0][k] * share < conversions * to_convert[k]:
            joint[rows[k]] = True
            likely += (QUOTED_WHEN_JOINT - 1.0) * to_quote[k]
            to_quote[k] *= QUOTED_WHEN_JOINT
            converted += 1
    for m in range(found):
        k = low[m]
        if lots[1][k] * likely < quotes * to_quote[k]:
            quoted[rows[k]] = True
            new += 1
    return converted, new
