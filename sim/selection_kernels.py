"""Compiled loops of draws by weight: who waits the shortest time, and where a lot falls."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, log


@apart
def soonest(taken, lots, weights, total, number, first, waits):  # type: ignore[no-untyped-def]
    """Write positions of candidates that may be among the soonest, and minus the time each waits.

    Times are exponential of rate equal to the weight. Some `number` plus four standard
    deviations are expected to come by a time that the sum of weights tells; who comes later is
    left out, and the time doubled until `number` have come by then.

    Parameters
    ----------
    taken, lots : ndarray, shape (with a weight,)
        Positions of candidates with a weight, and a uniform each.
    weights : ndarray, shape (candidates,)
    total : float
        Their sum.
    number : int
        How many are wanted.
    first, waits : ndarray, shape (with a weight + 1,)
        Written: positions of those that may be among the soonest, in the order of candidates,
        and minus the time each waits.

    Returns
    -------
    int
        How many may be: at least `number`, or all with a weight.
    """
    end = np.inf
    if 2 * number < len(taken) and 0.0 < total < np.inf:
        end = (number + 4.0 * np.sqrt(number) + 4.0) / total
    while True:
        kept = came = 0
        bar = end * (1.0 + 1e-9)
        for m in range(len(taken)):
            first[kept] = taken[m]
            waits[kept] = lots[m]
            # A wait of log(1 / lot) / weight is never shorter than (1 - lot) / weight.
            kept += 1.0 - lots[m] < bar * weights[taken[m]]
        for row in range(kept):
            j = np.uint64(row)
            waits[j] = log(waits[j]) / weights[np.uint64(first[j])]
            came += -waits[j] < end
        if came >= number or kept == len(taken) or end == np.inf:
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
