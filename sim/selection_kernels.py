"""Compiled loops of draws by weight: how long each candidate waits, and where a lot falls."""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel, log_each
from sim.rng import philox, unit_open


@kernel
def race(ids, weights, quarter, key, taken, waits):  # type: ignore[no-untyped-def]
    """Write positions of candidates with a weight, and minus the time each waits; return how many.

    Times are exponential of rate equal to the weight, drawn by the candidate's id. Both arrays
    have room for one more than there are candidates.
    """
    found, zero = 0, np.uint64(0)
    for k in range(len(weights)):
        taken[found] = k  # kept only if the next line moves on: no branch to mispredict
        found += weights[k] > 0.0
    for j in range(found):
        words = philox(np.uint64(ids[taken[j]]), np.uint64(quarter), zero, zero, key[0], key[1])
        waits[j] = unit_open(words[0])
    log_each(waits, found)
    for j in range(found):
        waits[j] /= weights[taken[j]]
    return found


@kernel
def place_lots(edges, lots, scale, index):  # type: ignore[no-untyped-def]
    """Write for each lot the first edge that is at least `scale` times the lot.

    `edges` rise; a lot beyond the last one is counted to it. Without a branch on the lot: it
    would be mispredicted at every step of the search.
    """
    for k in range(len(lots)):
        wanted, low, size = scale * lots[k], 0, len(edges)
        while size > 1:
            half = size // 2
            low += half * (edges[low + half - 1] < wanted)
            size -= half
        index[k] = low
