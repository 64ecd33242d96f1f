"""Compiled loops of companies and quotations: who may convert or be quoted, and who does."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, list_set, total, zeros
from sim.rng import STRETCH, draw_words, unit_open

QUOTED_WHEN_JOINT = 3.0
"""Chance of a joint-stock company to be quoted over that of another firm of its size (prior)."""
WORD = 64
"""Flags that are listed at a time."""


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
    rows, ids, quarter, key, to_convert, to_quote, sums, conversions, quotes, joint, quoted, words,
    is_low, near, low, lots,
):  # fmt: skip
    """Convert candidates, then quote them, each to an expected number; return both numbers.

    Parameters
    ----------
    rows, ids : ndarray of int, shape (candidates,)
    quarter, key
        What their lots hang on: one for conversion, one for quotation.
    to_convert, to_quote : ndarray, shape (candidates,)
        Relative chances; those to be quoted rise for the converted.
    sums : tuple of float
        Their sums.
    conversions, quotes : float
        Expected numbers.
    words : ndarray of uint64, shape (4, STRETCH)
    is_low, near : ndarray of bool and int, shape (STRETCH + WORD,)
    low, lots : ndarray, shapes (candidates + 1,), (2, candidates + 1)
        To work in.
    """
    share, likely = sums
    found = converted = new = 0
    for start in range(0, len(rows), STRETCH):
        size = min(STRETCH, len(rows) - start)
        draw_words(words, 0, ids, start, size, quarter, 0, key)
        for row in range(size):  # the few that may be chosen, should they have converted before
            j, k = np.uint64(row), np.uint64(start) + np.uint64(row)
            chance = QUOTED_WHEN_JOINT * quotes * to_quote[k]
            converts = unit_open(words[0, j]) * share < conversions * to_convert[k]
            is_low[j] = converts | (unit_open(words[1, j]) * likely < chance)
        for row in range(size, size + -size % WORD):
            is_low[np.uint64(row)] = False
        number = 0
        for row in range(0, size, WORD):
            number = list_set(is_low, row, near, number)
        for m in range(number):
            j = np.uint64(near[m])
            low[found] = start + near[m]
            lots[0, found], lots[1, found] = unit_open(words[0, j]), unit_open(words[1, j])
            found += 1
    for m in range(found):
        k = low[m]
        if lots[0, m] * share < conversions * to_convert[k]:
            joint[rows[k]] = True
            likely += (QUOTED_WHEN_JOINT - 1.0) * to_quote[k]
            to_quote[k] *= QUOTED_WHEN_JOINT
            converted += 1
    for m in range(found):
        k = low[m]
        if lots[1, m] * likely < quotes * to_quote[k]:
            quoted[rows[k]] = True
            new += 1
    return converted, new
