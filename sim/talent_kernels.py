"""Compiled loops of the talent process: where people arrive, and whose research they help."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, kernel
from sim.rng import philox, unit_open

STRETCH = 32
"""Firms of which the line that lots fall on knows the end; within them it is walked."""


@kernel
def put_in(order, known, new, ids, ordered):  # type: ignore[no-untyped-def]
    """Put the rows `new`, rising by id, among the first `known` of `order`, rising by id too.

    Returns how many rows at the beginning are rows 0, 1, 2 ...; so far it were `ordered`.
    """
    last = known - 1
    for k in range(len(new) - 1, -1, -1):
        while last >= 0 and ids[order[last]] > ids[new[k]]:
            order[last + k + 1] = order[last]
            last -= 1
        order[last + k + 1] = new[k]
    ordered = min(ordered, last + 1)
    while ordered < len(order) and order[ordered] == ordered:
        ordered += 1
    return ordered


@apart
def line_up(order, ordered, alive, made, ratio, revenue, edges):  # type: ignore[no-untyped-def]
    """Lay living firms of a kind of sector (flags `made`) on a line, as long as their R&D outlays.

    They lie in the `order` of rows given, of which the first `ordered` are rows 0, 1, 2 ...; the
    ends of stretches of the line go to the first of `edges`, shape (firms,).
    """
    end, line, whole = 0.0, np.empty(STRETCH), ordered // STRETCH
    for b in range(whole):
        for j in range(STRETCH):
            i = np.uint64(b * STRETCH + j)
            line[j] = ratio[i] * revenue[i] * (alive[i] & made[i])
        for j in range(STRETCH // 2):
            line[j] += line[j + STRETCH // 2]
        here = 0.0
        for j in range(STRETCH // 4):
            here += line[j] + line[j + STRETCH // 4]
        end += here
        edges[b] = end
    for b in range(whole, (len(order) + STRETCH - 1) // STRETCH):
        for k in range(b * STRETCH, min((b + 1) * STRETCH, len(order))):
            i = np.uint64(order[k])
            end += ratio[i] * revenue[i] * (alive[i] & made[i])
        edges[b] = end


@kernel
def find_hosts(  # type: ignore[no-untyped-def]
    order, alive, made, ratio, revenue, edges, arrivals, keys, quarter, hosts,
):  # fmt: skip
    """Fill the row of the firm on whose part of the line each arrival's lot falls.

    The same for the same arrival, however many others come. The line is that of :func:`line_up`.

    Parameters
    ----------
    arrivals : ndarray of int, shape (kinds,)
    keys : tuple of (uint64, uint64), one per kind
        Of the streams of lots.
    hosts : ndarray of int, shape (arrivals,)
        Kind after kind; -1 where nobody does research.
    """
    found, stretches = 0, (len(order) + STRETCH - 1) // STRETCH
    length = edges[stretches - 1] if stretches > 0 else 0.0
    for kind in range(len(arrivals)):
        key_0, key_1 = keys[kind]
        for arrival in range(arrivals[kind]):
            zero = np.uint64(0)
            words = philox(np.uint64(arrival), np.uint64(quarter), zero, zero, key_0, key_1)
            place, low, size = unit_open(words[0]) * length, 0, stretches
            while size > 1:
                half = size // 2
                low += half if edges[low + half - 1] <= place else 0
                size -= half
            reached, host = edges[low - 1] if low > 0 else 0.0, -1
            for k in range(low * STRETCH, min((low + 1) * STRETCH, len(order))):
                i = np.uint64(order[k])
                if length > 0.0 and alive[i] & made[i] and ratio[i] > 0.0:
                    reached, host = reached + ratio[i] * revenue[i], order[k]
                if reached > place:
                    break
            hosts[found] = host
            found += 1


@kernel
def join(  # type: ignore[no-untyped-def]
    hosts, came, usual, persons, alive, staff, ratio, bounds, response, talent, extra, gain,
    helped, moved, work,
):  # fmt: skip
    """Let people join their hosts; set what people beyond the usual give to the hosts' research.

    :func:`sim.talent.productivity_gain` is the plain form of the gain.

    Parameters
    ----------
    hosts : ndarray of int, shape (arrivals,)
        Row of each arrival's firm, or -1, kind after kind: of each the larger of its counts.
    came, usual : ndarray of int, shape (kinds,)
        Arrivals now, and before the plan: those between them are gained, or missed.
    persons : tuple of float
        By kind.
    bounds : tuple of float
        R&D staff over employees per unit of the R&D ratio, and at most; staff to one talent.
    response : float
        Log gain per log of (1 + talents per so many staff).
    helped : ndarray of int
        Rows that gained last quarter.
    moved, work : ndarray, shape (arrivals,) and (2, arrivals)
        To work in; `moved` holds the rows that gain now when it returns.

    Returns
    -------
    int
        How many gain.
    """
    for row in helped:
        gain[row] = 0.0
    at = moves = number = 0
    for kind in range(len(came)):
        least = min(came[kind], usual[kind])
        for arrival in range(max(came[kind], usual[kind])):
            row, comes = hosts[at], arrival < came[kind]
            at += 1
            if row >= 0:
                talent[row] += persons[kind] if comes else 0.0
                moved[moves], work[0, moves] = row, extra[row]
                work[1, moves] = persons[kind] if comes else -persons[kind]
                moves += arrival >= least
    for k in range(moves):
        extra[moved[k]] += work[1, k]
    # A firm that several people join stands here as often, and counts once.
    for k in range(moves):
        row = moved[k]
        if alive[row] and extra[row] != work[0, k] and gain[row] == 0.0:
            people = max(staff[row] * min(bounds[0] * ratio[row], bounds[1]), bounds[2])
            groups = people / bounds[2]
            now, then = max(extra[row] / groups, -0.9), max(work[0, k] / groups, -0.9)
            gain[row] = response * (np.log1p(now) - np.log1p(then))
            moved[number] = row
            number += 1
    return number
