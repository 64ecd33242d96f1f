"""Compiled loops of draws by weight: who waits the shortest time, and where a lot falls."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, log, part
from sim.rng import STRETCH, draw_words, unit_open

MOVES = 16
"""Steps a value by which an order is corrected, before that is left to numpy."""


@part
def put_in_order(values, count, start, end, order, before):  # type: ignore[no-untyped-def]
    """Fill in positions of the first `count` values by rising value, ties by position.

    As many stretches from `start` to `end` as there are values put them nearly in order, if they
    are spread evenly; neighbours then change places. Returns whether that was enough.

    Parameters
    ----------
    values : ndarray, shape (count,) or longer
        `start` or more.
    before : ndarray of int, shape (count + 1,) or longer
        Worked in.
    """
    per, last = count / (end - start) if end > start else 0.0, count - 1
    if per == np.inf:
        return False
    for k in range(count):
        before[np.uint64(k)] = 0
    for k in range(count):
        stretch = np.uint64(min((values[np.uint64(k)] - start) * per, last))
        before[stretch + np.uint64(1)] += 1
    for k in range(1, count):
        before[np.uint64(k)] += before[np.uint64(k - 1)]
    for k in range(count):
        stretch = np.uint64(min((values[np.uint64(k)] - start) * per, last))
        order[np.uint64(before[stretch])] = k
        before[stretch] += 1
    moves = MOVES * count
    for k in range(1, count):
        own, at = order[np.uint64(k)], k
        value = values[np.uint64(own)]
        while at > 0 and values[np.uint64(order[np.uint64(at - 1)])] > value:
            order[np.uint64(at)] = order[np.uint64(at - 1)]
            at -= 1
        order[np.uint64(at)] = own
        moves -= k - at
        if moves < 0:
            return False
    return True


@apart
def soonest(ids, weights, number, quarter, key, words, first, waits):  # type: ignore[no-untyped-def]
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
    words : ndarray of uint64, shape (4, STRETCH)
        To work in.
    first : ndarray of int, shape (4, candidates + 1)
        The first row gets positions of those that may be among the soonest, in the order of
        candidates; the second their places among these in the order in which they
        come; the others are worked in.
    waits : ndarray, shape (2, candidates + 1)
        The first row gets the time each of those waits; the second is worked in.

    Returns
    -------
    found : int
        How many may be: at least `number`, or all with a weight.
    ordered : bool
        Whether the second row of `first` is filled in.
    """
    taken, total = 0, 0.0
    for row in range(len(weights)):
        first[2, np.uint64(taken)], first[3, np.uint64(taken)] = row, ids[row]
        total += weights[row]
        taken += weights[row] > 0.0
    for start in range(0, taken, STRETCH):
        size = min(STRETCH, taken - start)
        draw_words(words, 0, first[3], start, size, quarter, 0, key)
        for row in range(size):
            waits[1, np.uint64(start + row)] = unit_open(words[0, np.uint64(row)])
    end = np.inf
    if 2 * number < taken and 0.0 < total < np.inf:
        end = (number + 4.0 * np.sqrt(number) + 4.0) / total
    while True:
        kept = came = 0
        bar = end * (1.0 + 1e-9)
        for row in range(taken):
            m, k = np.uint64(row), np.uint64(kept)
            candidate, lot = first[2, m], waits[1, m]
            first[0, k], waits[0, k] = candidate, lot
            # A wait of log(1 / lot) / weight is never shorter than (1 - lot) / weight.
            kept += 1.0 - lot < bar * weights[np.uint64(candidate)]
        for row in range(kept):
            j = np.uint64(row)
            waits[0, j] = -log(waits[0, j]) / weights[np.uint64(first[0, j])]
            came += waits[0, j] < end
        if came >= number or kept == taken or end == np.inf:
            ordered = end < np.inf and put_in_order(waits[0], kept, 0.0, end, first[1], first[2])
            return kept, ordered
        end *= 2.0


BANDS = 512


@apart
def largest(values, number, bands, first, minus):  # type: ignore[no-untyped-def]
    """Write positions of values that may be among the `number` largest, and minus these values.

    Bands of equal width tell where the bar lies. Returns how many may be: at least `number`, or
    all.

    Parameters
    ----------
    values : ndarray, shape (n,)
    bands : ndarray of int, shape (BANDS,)
        Zeros; to count in.
    first : ndarray of int, shape (n + 1,)
    minus : ndarray, shape (n + 1,)
    """
    count, low, high, total = len(values), np.inf, -np.inf, 0.0
    for k in range(count):
        low, high, total = min(low, values[k]), max(high, values[k]), total + values[k]
    per, bar = (BANDS - 1) / (high - low) if low < high else np.inf, BANDS - 1
    even = abs(total) < np.inf and 0.0 < per < np.inf
    if even and number < count:
        for k in range(count):
            bands[np.uint64((high - values[np.uint64(k)]) * per)] += 1
        bar, come = 0, bands[0]
        while come < number:
            bar += 1
            come += bands[bar]
    found = 0
    for k in range(count):
        first[np.uint64(found)], minus[np.uint64(found)] = k, -values[np.uint64(k)]
        found += (high - values[np.uint64(k)]) * per < bar + 1.0 if even else True
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
