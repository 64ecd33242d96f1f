"""Compiled loops of draws by weight: who waits the shortest time, and where a lot falls."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, log
from sim.rng import philox_of_two, unit_open


@apart
def soonest(ids, weights, number, quarter, key, first, waits):  # type: ignore[no-untyped-def]
    """Write positions of candidates that may be among the soonest, and the time each waits.

    Times are exponential of rate equal to the weight. Some `number` plus four standard
    deviations are expected to come by a time that the sum of weights tells; who comes later is
    left out, and the time doubled until `number` have come by then.

    Parameters
    ----------
    ids, weights : ndarray, shape (candidates,)
    number : int
        How many are wanted.
    key : tuple
        Of the stream that the candidates' lots are drawn from.
    first : ndarray of int, shape (2, candidates + 1)
        The first row gets positions of those that may be among the soonest, in the order of
        candidates; the second is worked in.
    waits : ndarray, shape (2, candidates + 1)
        The first row gets the time each of those waits; the second is worked in.

    Returns
    -------
    int
        How many may be: at least `number`, or all with a weight.
    """
    taken, total = 0, 0.0
    for row in range(len(weights)):
        first[1, np.uint64(taken)] = row
        total += weights[row]
        taken += weights[row] > 0.0
    half = (taken + 1) // 2
    first[1, np.uint64(taken)] = 0  # stands beside the last one where their number is odd
    for row in range(half):
        j, k = np.uint64(row), np.uint64(row + half)
        own, other = ids[np.uint64(first[1, j])], ids[np.uint64(first[1, k])]
        one, two = philox_of_two(own, other, quarter, key[0], key[1])
        waits[1, j], waits[1, k] = unit_open(one[0]), unit_open(two[0])
    end = np.inf
    if 2 * number < taken and 0.0 < total < np.inf:
        end = (number + 4.0 * np.sqrt(number) + 4.0) / total
    while True:
        kept = came = 0
        bar = end * (1.0 + 1e-9)
        for row in range(taken):
            m, k = np.uint64(row), np.uint64(kept)
            candidate, lot = first[1, m], waits[1, m]
            first[0, k], waits[0, k] = candidate, lot
            # A wait of log(1 / lot) / weight is never shorter than (1 - lot) / weight.
            kept += 1.0 - lot < bar * weights[np.uint64(candidate)]
        for row in range(kept):
            j = np.uint64(row)
            waits[0, j] = -log(waits[0, j]) / weights[np.uint64(first[0, j])]
            came += waits[0, j] < end
        if came >= number or kept == taken or end == np.inf:
            return kept
        end *= 2.0


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
