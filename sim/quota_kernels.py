"""Compiled loops over the collective parcels: quota, pools, land M0 and the protected unit.

Areas are integer m2 and only move between rows. The rows stand as :class:`sim.parcels.Register`
lays them out: a place inside the protected unit is `places` rows behind the same place outside.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel, part

FINEST = 1e-6
"""Parts of a unit that count where whole units are split."""


@kernel
def share_out(total, weights, first, last, mass, parts, behind):  # type: ignore[no-untyped-def]
    """Split `total` by the weights from `first` to `last`, of sum `mass`, into `parts`.

    Largest remainders first, ties by position; nothing is split where `mass` or `total` is not
    positive. `behind` is room to work in. The time grows with the square of the length: for short
    lists. Shares count to :data:`FINEST`, so that last bits of the weights break no tie.
    """
    left = total if mass > 0.0 and total > 0 else np.int64(0)
    for i in range(first, last):
        exact = left * (weights[i] / mass) if left > 0 else 0.0
        parts[i] = np.int64(np.floor(exact + FINEST))
        behind[i] = np.rint((parts[i] - exact) / FINEST)
    for i in range(first, last):
        left -= parts[i]
    for _ in range(left):
        largest = first
        for i in range(first + 1, last):
            if behind[i] < behind[largest]:
                largest = i
        parts[largest] += 1
        behind[largest] = np.inf


@part
def move(area, source, target, asked):  # type: ignore[no-untyped-def]
    """Move area between two rows and return what was moved (no more than the source has)."""
    moved = max(min(asked, area[source]), 0)
    area[source] -= moved
    area[target] += moved
    return moved


@kernel
def place_quota(  # type: ignore[no-untyped-def]
    area, reserve, others, pools, first_pool, outside, inside, other, weights, places, into_unit,
    shares, behind, booked,
):  # fmt: skip
    """Move the quarter's quota from each district's reserve to pools and other built land.

    Parameters
    ----------
    area : ndarray of int, shape (parcels,)
    reserve, others : ndarray of int, shape (districts,)
        Rows of the reserve and of other built land.
    pools, first_pool : ndarray of int, shapes (pools,), (districts + 1,)
        Rows of the pools of each district: the one outside platforms, then its platforms'.
    outside, inside, other : ndarray of int, shape (districts,)
        m2 outside platforms, in them, and for other uses.
    weights : ndarray, shape (pools,)
        Relative size of what each platform gets.
    places : int
        Distance from a pool to that of the same place inside the protected unit.
    into_unit : float
        Share of new platform land that is declared protected.
    shares, behind : ndarray of int and float, shape (pools,)
        Room to work in.
    booked : ndarray of int
        What was moved is added: in platforms, outside them, for other uses.
    """
    for here in range(len(reserve)):
        first, last = first_pool[here] + 1, first_pool[here + 1]
        mass = 0.0
        for k in range(first, last):
            mass += weights[k]
        if mass > 0.0 and inside[here] > 0:
            share_out(inside[here], weights, first, last, mass, shares, behind)
            for k in range(first, last):
                moved = move(area, reserve[here], pools[k], shares[k])
                move(area, pools[k], pools[k] + places, np.int64(moved * into_unit))
                booked[0] += moved
        booked[1] += move(area, reserve[here], pools[first - 1], outside[here])
        booked[2] += move(area, reserve[here], others[here], other[here])


@kernel
def to_innovation(area, pools, first_pool, land, share, innovation, unused):  # type: ignore[no-untyped-def]
    """Turn serviced land into innovation-type land M0, district by district; return all of it.

    The pools outside the unit give it.

    Parameters
    ----------
    area : ndarray of int, shape (parcels,)
    pools, first_pool : ndarray of int, shapes (pools,), (districts + 1,)
        Rows of the pools of each district, in the order in which they are used.
    land, share : ndarray of int, shape (districts,), and float
        m2 of new land, and the share of it that is wanted.
    innovation : ndarray of int, shape (districts,)
        Rows of the land M0.
    unused : ndarray, shape (districts,)
        Floor space on land M0 that is not let; grows by what is moved.
    """
    whole = np.int64(0)
    for here in range(len(innovation)):
        wanted = left = np.int64(land[here] * share)
        for k in range(first_pool[here], first_pool[here + 1]):
            left -= move(area, pools[k], innovation[here], left)
        moved = wanted - left
        unused[here] += moved
        whole += moved
    return whole


@kernel
def balance(area, rows, first_row, places, cover, lost, swapped):  # type: ignore[no-untyped-def]
    """Make good what the protected unit lost: at home, then in other districts; return the latter.

    Parameters
    ----------
    area : ndarray of int, shape (parcels,)
    rows, first_row : ndarray of int, shapes (rows,), (districts + 1,)
        Pools and estates outside the unit, district by district; `places` further on stands the
        same place inside it.
    cover : float
        Share of the loss that is made good.
    lost : ndarray of int, shape (districts,)
        m2 lost; what is still to be made good afterwards.
    swapped : ndarray of int, shape (districts, districts)
        Zeros; m2 for the first district in the second one are written.
    """
    whole = 0
    for home in range(len(lost)):
        lost[home] = np.int64(np.ceil(max(lost[home], 0) * cover))
    for elsewhere in (False, True):
        for home in range(len(lost)):
            for other in range(len(lost)):
                if (other != home) != elsewhere:
                    continue
                for k in range(first_row[other], first_row[other + 1]):
                    moved = move(area, rows[k], rows[k] + places, lost[home])
                    lost[home] -= moved
                    swapped[home, other] += moved if elsewhere else 0
                    whole += moved if elsewhere else 0
    return whole


@kernel
def pooled(  # type: ignore[no-untyped-def]
    area, cell_district, reserve, home, place, asked, released, places, pieces,
):  # fmt: skip
    """Take quota of other districts for projects, one after the other; return how many plots.

    The area leaves the reserve at home and is returned to that of the districts that give it up.

    Parameters
    ----------
    area : ndarray of int, shape (parcels,)
        The first rows are the pools.
    cell_district : ndarray of int, shape (cells,)
        District of each pool; those from `places` on are inside the protected unit.
    reserve : ndarray of int, shape (districts,)
        Rows of the reserve.
    home, place, asked : ndarray of int, shape (projects,)
        District, place and m2 of each project.
    released : float
        Share of its stock that a pool may give up.
    pieces : ndarray of int, shape (3, 2 * projects)
        Position of the project, pool at its place and m2 are written.
    """
    found = 0
    for p in range(len(home)):
        left = min(asked[p], area[reserve[home[p]]])
        outside = inside = 0
        for cell in range(len(cell_district)):
            here = cell_district[cell]
            if here == home[p]:
                continue
            offered = np.int64(np.floor(area[cell] * released))
            taken = move(area, cell, reserve[here], min(offered, left))
            left -= taken
            if cell < places:
                outside += taken
            else:
                inside += taken
        for cell, taken in ((place[p], outside), (place[p] + places, inside)):
            if taken > 0:
                area[reserve[home[p]]] -= taken
                pieces[0, found], pieces[1, found], pieces[2, found] = p, cell, taken
                found += 1
    return found
