"""Compiled loops of companies and quotations: who may convert or be quoted, and who does."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, kernel
from sim.rng import philox, philox_in_rows, unit_open


@apart
def candidates(  # type: ignore[no-untyped-def]
    alive, stage, listed, revenue, smallest, joint, quoted, firm_id, quarter, key,
):  # fmt: skip
    """Return living firms above a size that are not listed or both already, with two lots.

    Returns
    -------
    rows : ndarray of int, shape (candidates,)
    drawn : ndarray, shape (candidates, 3)
        Lots for conversion and for quotation, square root of sales.
    total : float
        Sum of the square roots of those that are no joint-stock companies yet.
    """
    rows, found = np.empty(len(alive) + 1, np.int64), 0
    chosen, key_0, key_1 = np.empty(BLOCK, np.int64), key[0], key[1]
    for start in range(0, len(alive), BLOCK):
        size = min(BLOCK, len(alive) - start)
        for j in range(size):
            i = np.uint64(start + j)
            free = (stage[i] != listed[0]) & (stage[i] != listed[1])
            both = joint[i] & quoted[i]
            chosen[j] = 1 if alive[i] & (revenue[i] > smallest) & free & (not both) else 0
        for j in range(size):
            rows[found] = start + j  # kept only if the next line moves on: no branch to mispredict
            found += chosen[j]
    drawn, total = np.empty((found, 3)), 0.0
    for row in range(found):
        k = np.uint64(row)
        i = np.uint64(rows[k])
        words = philox_in_rows(firm_id[i], quarter, key_0, key_1)
        drawn[k, 0], drawn[k, 1] = unit_open(words[0]), unit_open(words[1])
        drawn[k, 2] = np.sqrt(revenue[i])
    for row in range(found):
        total += 0.0 if joint[rows[row]] else drawn[row, 2]
    return rows[:found], drawn, total


@kernel
def convert_and_quote(rows, drawn, total, conversions, quotes, joint, quoted):  # type: ignore[no-untyped-def]
    """Convert candidates, then quote them, each to an expected number; return both numbers.

    Chances are in proportion to the square root of sales, `total` that of candidates to
    convert; joint-stock companies, those just converted included, are three times as likely to
    be quoted.
    """
    likely = 0.0
    converted = new = 0
    for k in range(len(rows)):
        i = rows[k]
        if (not joint[i]) & (drawn[k, 0] * total < conversions * drawn[k, 2]):
            joint[i] = True
            converted += 1
        likely += 0.0 if quoted[i] else drawn[k, 2] * (3.0 if joint[i] else 1.0)
    for k in range(len(rows)):
        i = rows[k]
        weight = drawn[k, 2] * (3.0 if joint[i] else 1.0)
        if (not quoted[i]) & (drawn[k, 1] * likely < quotes * weight):
            quoted[i] = True
            new += 1
    return converted, new


@kernel
def end_quotations(alive, quoted, firm_id, rate, quarter, key):  # type: ignore[no-untyped-def]
    """End quotations of living firms at a `rate`; return how many were quoted before."""
    number, zero = 0, np.uint64(0)
    for i in range(len(alive)):
        if alive[i] & quoted[i]:
            number += 1
            words = philox(np.uint64(firm_id[i]), np.uint64(quarter), zero, zero, key[0], key[1])
            if unit_open(words[0]) < rate:
                quoted[i] = False
    return number
