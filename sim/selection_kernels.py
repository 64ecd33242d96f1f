"""Compiled loops of draws by weight: how long each candidate waits, and where a lot falls."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, log
from sim.rng import philox_in_rows, unit_open


@apart
def race(ids, weights, quarter, key, taken, waits):  # type: ignore[no-untyped-def]
    """Write positions of candidates with a weight, and minus the time each waits; return how many.

    Times are exponential of rate equal to the weight, drawn by the candidate's id. Both arrays
    have room for one more than there are candidates.
    """
    found, (key_0, key_1) = 0, key
    for k in range(len(weights)):
        taken[found] = k  # kept only if the next line moves on: no branch to mispredict
        found += weights[k] > 0.0
    for row in range(found):
        j = np.uint64(row)
        words = philox_in_rows(ids[np.uint64(taken[j])], quarter, key_0, key_1)
        waits[j] = unit_open(words[0])
    for row in range(found):
        j = np.uint64(row)
        waits[j] = log(waits[j]) / weights[np.uint64(taken[j])]
    return found


@apart
def place_lots(edges, lots, scale, index):  # type: ignore[no-untyped-def]
    """Write for each lot the first edge that is at least `scale` times the lot.

    `edges` rise; a lot beyond the last one is counted to it. All lots of a block take the same
    step of the search before the next one, several at once.
    """
    for start in range(0, len(lots), BLOCK):
        count, before = min(BLOCK, len(lots) - start), np.uint64(start)
        for row in range(count):
            index[before + np.uint64(row)] = 0
        size = len(edges)
        while size > 1:
            half = size // 2
            for row in range(count):
                k = before + np.uint64(row)
                low = index[k]
                behind = edges[np.uint64(low + half - 1)] < scale * lots[k]
                index[k] = low + half * behind
            size -= half
