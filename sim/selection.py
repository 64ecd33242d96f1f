"""Choosing few among many: keyed weighted orders, awards down a list, rationing by score.

The order of firms depends on their own random numbers and weights only, never on how much
money there is: with more money the same firms are served and others after them.
"""

from __future__ import annotations

import math

import numpy as np

from sim.rng import STRETCH, KeyedRandom
from sim.selection_kernels import BANDS, largest, soonest
from sim.state import Flags, Floats, Integers

_BUCKETS = 512
_SHORT = 200
"""Lists up to this length are sorted as quickly in one go."""


def weighted_order(
    random: KeyedRandom,
    stream: str,
    rows: Integers,
    ids: Integers,
    weights: Floats,
    quarter: int,
    first: int | None = None,
) -> Integers:
    """Return `rows` in the order of a weighted draw without replacement.

    Exponential race (Efraimidis and Spirakis 2006): each row waits an exponential time of
    rate equal to its weight; rows of weight zero are left out.

    Parameters
    ----------
    random : KeyedRandom
        Random numbers of the member.
    stream : str
        Name of the stream.
    rows, ids : ndarray of int, shape (candidates,)
        Row and id of each candidate.
    weights : ndarray, shape (candidates,)
        Relative chances, not negative.
    quarter : int
        Quarter index.
    first : int, optional
        Return only so many of the order's beginning.
    """
    number = len(rows) if first is None else min(first, len(rows))
    soon, order = race(random, stream, ids, weights, quarter, number)
    return np.asarray(rows[soon[order]])


def race(
    random: KeyedRandom, stream: str, ids: Integers, weights: Floats, quarter: int, number: int
) -> tuple[Integers, Integers]:
    """Return the first `number` of a weighted draw: :func:`weighted_order` by position.

    Returns
    -------
    soon : ndarray of int
        Positions, rising, of candidates that may be among the first.
    order : ndarray of int, at most `number` long
        Places in `soon` of those that are, the first one first.
    """
    if number <= 0:
        return ids[:0], ids[:0]
    found, ordered, table, waits = _soonest(random, stream, ids, weights, quarter, number)
    if ordered:
        return table[0, :found], table[1, :number]
    # Those beyond the last one wanted need no order.
    near = soonest_of(waits[0, :found], number)
    return table[0, near], rising(waits[0, near])[:number]


def _soonest(
    random: KeyedRandom, stream: str, ids: Integers, weights: Floats, quarter: int, number: int
) -> tuple[int, bool, Integers, Floats]:
    """Return what :func:`sim.selection_kernels.soonest` finds, and its tables."""
    table, waits = np.empty((4, len(ids) + 1), np.int64), np.empty((2, len(ids) + 1))
    words, key = np.empty((4, STRETCH), np.uint64), random.key(stream)
    found, ordered = soonest(ids, weights, number, quarter, key, words, table, waits)
    return found, ordered, table, waits


def chosen_by_weight(
    random: KeyedRandom, stream: str, rows: Integers, ids: Integers, weights: Floats,
    quarter: int, number: int,
) -> Integers:  # fmt: skip
    """Return the first `number` of :func:`weighted_order` as they stand in `rows`."""
    if number <= 0:
        return rows[:0]
    found, _, table, waits = _soonest(random, stream, ids, weights, quarter, number)
    return np.asarray(rows[table[0, soonest_of(waits[0, :found], number)]])


def soonest_of(waits: Floats, number: int) -> Integers:
    """Return positions, rising, of the `number` shortest waits, and of equals of the last one.

    Examples
    --------
    >>> soonest_of(np.array([3.0, 1.0, 2.0]), 2).tolist()
    [1, 2]
    """
    if number >= len(waits):
        return np.arange(len(waits))
    return np.flatnonzero(waits <= np.partition(waits, number - 1)[number - 1])


def largest_first(values: Floats, number: int, ids: Integers | None = None) -> Integers:
    """Return positions of the `number` largest values, largest first.

    Ties go by rising id or, without ids, by position.

    Examples
    --------
    >>> largest_first(np.array([1.0, 3.0, 3.0]), 2, np.array([7, 6, 5])).tolist()
    [2, 1]
    >>> largest_first(np.array([1.0, 3.0, 2.0]), 2).tolist()
    [1, 2]
    >>> largest_first(np.array([1.0, 3.0, 2.0, 4.0]), 0).tolist()
    []
    """
    if number <= 0:
        return np.empty(0, np.int64)
    first, minus = np.empty(len(values) + 1, np.int64), np.empty(len(values) + 1)
    found = largest(values, number, np.zeros(BANDS, np.int64), first, minus)
    places = first[:found]
    order = rising(minus[:found], None if ids is None else ids.take(places))
    return np.asarray(places.take(order[:number]))


def rising(values: Floats, ids: Integers | None = None) -> Integers:
    """Return positions by rising value, ties by rising id or, without ids, by position.

    Numpy's quick sort works on eight numbers at a time and its stable one does not: half the
    time where no two values are equal, which is looked at.

    Examples
    --------
    >>> rising(np.array([2.0, 1.0, 2.0, 0.5])).tolist()
    [3, 1, 0, 2]
    >>> rising(np.array([2.0, 1.0, 2.0, 0.5]), np.array([8, 7, 6, 5])).tolist()
    [3, 1, 2, 0]
    """
    if len(values) > _SHORT:
        order = values.argsort()
        if bool((np.diff(values.take(order)) > 0.0).all()):
            return np.asarray(order)
    return values.argsort(kind="stable") if ids is None else np.lexsort((ids, values))


def awards(places: int, pool: float, ticket: float, first: int | None = None) -> Floats:
    """Return what each place on a list gets when `pool` is paid out in tickets from the top.

    The last one served gets the rest. If the pool exceeds one ticket for each, tickets grow.

    Parameters
    ----------
    places : int
        Length of the list.
    pool, ticket : float
        Yuan.
    first : int, optional
        Return only so many of the list's beginning.

    Returns
    -------
    ndarray, shape (places,)
        Yuan; over the whole list sums to `pool` unless the list is empty.

    Examples
    --------
    >>> awards(4, 25.0, 10.0).tolist()
    [10.0, 10.0, 5.0, 0.0]
    """
    shown = places if first is None else min(first, places)
    size = ticket_size(places, pool, ticket)
    return np.asarray(np.minimum(np.maximum(pool - size * np.arange(shown), 0.0), size))


def ticket_size(places: int, pool: float, ticket: float) -> float:
    """Return what each place on a list gets at most; nothing without places or a pool.

    Examples
    --------
    >>> ticket_size(4, 25.0, 10.0), ticket_size(2, 25.0, 10.0), ticket_size(4, 0.0, 10.0)
    (10.0, 12.5, 0.0)
    """
    return max(ticket, pool / places) if places > 0 and pool > 0.0 else 0.0


def places_paid(places: int, pools: tuple[float, float], ticket: float) -> int:
    """Return how many places of a list get something from the larger of two pools.

    Examples
    --------
    >>> places_paid(4, (25.0, 12.0), 10.0)
    3
    """
    pool = max(pools)
    size = ticket_size(places, pool, ticket)
    return min(math.ceil(pool / size), places) if size > 0.0 else 0


def joined(rows: Integers, others: Integers) -> Integers:
    """Return the rows that stand in either of two lists, rising, each once.

    Few rows of many firms: sorting both together is quicker than ``numpy.union1d``'s table.

    Examples
    --------
    >>> joined(np.array([1, 5, 9]), np.array([7, 5])).tolist()
    [1, 5, 7, 9]
    """
    both = np.sort(np.concatenate([rows, others]))
    fresh = np.ones(len(both), dtype=np.bool_)
    np.not_equal(both[1:], both[:-1], out=fresh[1:])
    return np.asarray(both[fresh])


def rationed(applications: Floats, scores: Floats, supply: float) -> Floats:
    """Return credit granted: best scores first in full, the marginal score band pro rata.

    Scores are sorted into bands, so that the cost is linear in the number of firms;
    :func:`sim.credit_kernels.rationing` is the compiled form.

    Parameters
    ----------
    applications : ndarray, shape (firms,)
        Yuan asked for, not negative.
    scores : ndarray, shape (firms,)
        Creditworthiness, higher is better.
    supply : float
        Yuan to be lent.

    Returns
    -------
    ndarray, shape (firms,)
        Yuan granted; sums to the smaller of demand and supply.

    Examples
    --------
    >>> rationed(np.array([4.0, 4.0, 4.0]), np.array([0.0, 2.0, 1.0]), 6.0).tolist()
    [0.0, 4.0, 2.0]
    """
    demand = float(applications.sum())
    if demand <= supply:
        return applications.copy()
    asking = applications > 0.0
    low, high = float(scores[asking].min()), float(scores[asking].max())
    width = (high - low) / (_BUCKETS - 1) if high > low else 1.0
    band = np.zeros(len(scores), dtype=np.int64)
    band[asking] = ((high - scores[asking]) / width).astype(np.int64)
    asked = np.bincount(band, weights=applications, minlength=_BUCKETS)
    before = np.cumsum(asked) - asked
    share = np.clip((max(supply, 0.0) - before) / np.where(asked > 0.0, asked, 1.0), 0.0, 1.0)
    return np.asarray(applications * share[band])


def hits(uniforms: Floats, expected: float, weights: Floats) -> Flags:
    """Return which candidates are hit when `expected` hits are shared out by weight.

    Parameters
    ----------
    uniforms : ndarray, shape (candidates,)
        One keyed uniform each.
    expected : float
        Expected number of hits as long as no probability exceeds one.
    weights : ndarray, shape (candidates,)
        Relative chances, not negative.
    """
    total = float(weights.sum())
    if total <= 0.0 or expected <= 0.0:
        return np.zeros(len(weights), dtype=np.bool_)
    return np.asarray(uniforms < expected * weights / total)
