"""Compiled loop of companies and quotations: who may convert or be quoted, and their lots."""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.rng import philox, unit_open


@kernel
def candidates(  # type: ignore[no-untyped-def]
    alive, stage, listed, revenue, smallest, joint, quoted, firm_id, quarter, key,
):  # fmt: skip
    """Return living firms above a size that are not listed or both already, with two lots.

    Returns
    -------
    rows : ndarray of int, shape (candidates,)
    lots : ndarray, shape (2, candidates)
        For conversion and for quotation.
    sizes : ndarray, shape (2, candidates)
        Square root of sales: zero for those that are joint-stock companies already, and of all.
    """
    rows = np.empty(len(alive), np.int64)
    lots, sizes = np.empty((2, len(alive))), np.empty((2, len(alive)))
    found, zero = 0, np.uint64(0)
    for i in range(len(alive)):
        free = (stage[i] != listed[0]) & (stage[i] != listed[1]) & (not (joint[i] & quoted[i]))
        if not (alive[i] & (revenue[i] > smallest) & free):
            continue
        words = philox(np.uint64(firm_id[i]), np.uint64(quarter), zero, zero, key[0], key[1])
        rows[found] = i
        lots[0, found], lots[1, found] = unit_open(words[0]), unit_open(words[1])
        size = np.sqrt(revenue[i])
        sizes[0, found], sizes[1, found] = 0.0 if joint[i] else size, size
        found += 1
    return rows[:found], lots[:, :found], sizes[:, :found]
