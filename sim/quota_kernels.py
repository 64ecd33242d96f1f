"""Compiled loops over the collective parcels: quota, pools, land M0 and the protected unit.

Areas are integer m2 and only move between rows. The rows stand as :class:`sim.parcels.Register`
lays them out: a place inside the protected unit is `places` rows behind the same place outside.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel, part


@kernel
def share_out(total, weights, first, last, mass, parts, behind):  # type: ignore[no-untyped-def]
    """Split `total` by the weights from `first` to `last`, of sum `mass`, into `parts`.

    Largest remainders first, ties by position; nothing is split where `mass` or `total` is not
    positive. `behind` is room to work in. The time grows with the square of the length: for short
    lists.
    """
    left = total if mass > 0.0 and total > 0 else np.int64(0)
    for i in range(first, last):
        exact = left * (weights[i] / mass) if left > 0 else 0.0
        parts[i] = np.int64(np.floor(exact))
        behind[i] = parts[i] - exact
    for i in range(first, last):
        left -= parts[i]
    for _ in range(left):
        largest = first
        for i in range(first + 1, last):
            if behind[i] < behind[largest]:
                largest = i
        parts[largest] += 1
        behind[largest] = 1.0


@part
def move(area, source, target, asked):  # type: ignore[no-untyped-def]
    """Move area between two rows and return what was moved (no more than the source has)."""
    moved = max(min(asked, area[source]), 0)
    area[source] -= moved
    area[target] += moved
    return moved


@part
def split_quota(total, size, mass, market, reserved, quota, industry, behind):  # type: ignore[no-untyped-def]
    """Split new land by district (`quota`) and write the part of it that is for `industry`.

    Parameters
    ----------
    total : int
        New construction land of the quarter, m2.
    size : ndarray, shape (districts,)
        Relative size of each district's quota, of sum `mass`.
    market : ndarray, shape (districts,)
        Industrial share that a district would choose by itself.
    reserved : float
        Share reserved for industry (0: nothing); a district may do more.
    """
    number = np.int64(len(size))
    share_out(total, size, np.int64(0), number, mass, quota, behind)
    for here in range(number):
        share = min(max(max(market[here], reserved), 0.0), 0.95)
        # Rounded up: a reserved share is a floor, kept to the square metre.
        industry[here] = min(np.int64(np.ceil(quota[here] * share)), quota[here])


@part
def catch_up(missing, most_of_it, urban, quota, industry, room, extra, behind):  # type: ignore[no-untyped-def]
    """Shift quota of urban districts from other uses to `industry` for up to `missing` m2.

    At most the share `most_of_it` of what there is for other uses; `room`, `extra` and `behind`
    are room to work in.
    """
    number, whole = np.int64(len(urban)), 0.0
    for here in range(number):
        room[here] = quota[here] - industry[here] if urban[here] else 0
        whole += room[here]
    wanted = min(np.int64(missing), np.int64(most_of_it * whole))
    share_out(wanted, room, np.int64(0), number, whole, extra, behind)
    for here in range(number):
        industry[here] += min(extra[here], np.int64(room[here]))


@part
def into_platforms(industry, market, complies, first_pool, inside, takers, behind):  # type: ignore[no-untyped-def]
    """Split industrial quota by place: what is left in `industry` lies outside platforms.

    A district that complies places all of it in platforms, others the share `market`; one without
    platforms that complies hands its quota to the platforms of the others, in proportion to
    their own.

    Parameters
    ----------
    first_pool : ndarray of int, shape (districts + 1,)
        Where each district's pools begin: the one outside platforms, then one a platform.
    inside, takers, behind : ndarray, shape (districts,)
        m2 in platforms are written; room to work in.
    """
    number, mass, handed = np.int64(len(complies)), 0.0, np.int64(0)
    for here in range(number):
        takers[here] = industry[here] if first_pool[here + 1] - first_pool[here] > 1 else 0
        mass += takers[here]
    for here in range(number):
        without = first_pool[here + 1] - first_pool[here] == 1
        if complies[here] and without and mass > 0.0:
            handed += industry[here]
            industry[here] = 0
    share_out(handed, takers, np.int64(0), number, mass, inside, behind)
    for here in range(number):
        if first_pool[here + 1] - first_pool[here] > 1:
            own = np.int64(np.rint(industry[here] * (1.0 if complies[here] else market)))
            inside[here] += own
            industry[here] -= own


@part
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
    booked : ndarray of int, shape (3,)
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


@part
def to_innovation(area, pools, first_pool, asked, innovation, unused):  # type: ignore[no-untyped-def]
    """Turn serviced land into innovation-type land M0, district by district; return all of it.

    Parameters
    ----------
    area : ndarray of int, shape (parcels,)
    pools, first_pool : ndarray of int, shapes (pools,), (districts + 1,)
        Rows of the pools of each district, in the order in which they are used.
    asked : ndarray of int, shape (districts,)
    innovation : ndarray of int, shape (districts,)
        Rows of the land M0.
    unused : ndarray, shape (districts,)
        Floor space on land M0 that is not let; grows by what is moved.
    """
    whole = 0
    for here in range(len(innovation)):
        left = asked[here]
        for k in range(first_pool[here], first_pool[here + 1]):
            left -= move(area, pools[k], innovation[here], left)
        moved = asked[here] - left
        unused[here] += moved
        whole += moved
    return whole


@kernel
def add_quota(  # type: ignore[no-untyped-def]
    area, use, district, urban, reserve, others, innovation, pools, first_pool, places, total,
    size, mass, market, reserved, floor, most_of_it, complies, alone, market_inside, weights,
    into_unit, innovation_share, unused, work, behind, booked,
):  # fmt: skip
    """Turn reserve into serviced industrial land, innovation-type land and other built land.

    Parameters
    ----------
    use, district : ndarray of int, shape (parcels,)
    urban : ndarray of bool, shape (districts,)
    total : int
        m2 of new land wanted; no more than the reserve has.
    size, mass, market, reserved
        As in :func:`split_quota`.
    floor, most_of_it : float
        m2 of urban industrial land below which quota is shifted (:func:`catch_up`).
    complies : ndarray of bool, shape (districts,)
        Who places all in platforms (:func:`into_platforms`); others place `market_inside`.
    alone : float
        Share of industrial quota for projects that stand alone, outside platforms.
    innovation_share : float
        Share of it that is turned into land M0.
    work, behind : ndarray of int and float, shapes (3, pools), (2, pools)
        Room to work in. All other arguments are those of :func:`place_quota` and
        :func:`to_innovation`.
    booked : ndarray of int, shape (5,)
        Zeros; m2 in platforms, outside them, for other uses, that stand alone, of land M0.
    """
    left, built = 0, 0
    for here in range(len(reserve)):
        left += area[reserve[here]]
    for row in range(len(area)):
        built += area[row] if use[row] <= 1 and urban[district[row]] else 0
    quota, industry, inside, single, shares = work[0], work[1], work[2], work[3], work[4]
    split_quota(min(total, left), size, mass, market, reserved, quota, industry, behind[0])
    if floor > built:
        catch_up(floor - built, most_of_it, urban, quota, industry, behind[1], inside, behind[0])
    for here in range(len(reserve)):
        single[here] = np.int64(np.floor(industry[here] * alone))
        industry[here] -= single[here]
        booked[3] += single[here]
    into_platforms(industry, market_inside, complies, first_pool, inside, behind[1], behind[0])
    for here in range(len(reserve)):
        industry[here] += single[here]
        # What districts without platforms hand on raises the quota of the others.
        quota[here] = max(quota[here] - industry[here] - inside[here], 0)
    place_quota(
        area, reserve, others, pools, first_pool, industry, inside, quota, weights, places,
        into_unit, shares, behind[0], booked,
    )  # fmt: skip
    for here in range(len(reserve)):
        quota[here] = np.int64((inside[here] + industry[here]) * innovation_share)
    booked[4] = to_innovation(area, pools, first_pool, quota, innovation, unused)


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
        for k in range(first_row[home], first_row[home + 1]):
            lost[home] -= move(area, rows[k], rows[k] + places, lost[home])
    for home in range(len(lost)):
        for other in range(len(lost)):
            for k in range(first_row[other], first_row[other + 1]):
                moved = move(area, rows[k], rows[k] + places, lost[home])
                lost[home] -= moved
                swapped[home, other] += moved
                whole += moved
    return whole


@part
def pooled(  # type: ignore[no-untyped-def]
    area, cell_district, reserve, home, place, asked, released, places, pieces, found, which,
):  # fmt: skip
    """Take quota of other districts for a project; return how many plots there are then.

    The area leaves the reserve at home and is returned to that of the districts that give it up.

    Parameters
    ----------
    area : ndarray of int, shape (parcels,)
        The first rows are the pools.
    cell_district : ndarray of int, shape (cells,)
        District of each pool; those from `places` on are inside the protected unit.
    reserve : ndarray of int, shape (districts,)
        Rows of the reserve.
    home, place, asked : int
        District, place and m2 of the project.
    released : float
        Share of its stock that a pool may give up.
    pieces : ndarray of int, shape (3, plots)
        Pool at the project's place, m2 and `which` are written behind those `found`.
    """
    left = min(asked, area[reserve[home]])
    outside = inside = 0
    for cell in range(len(cell_district)):
        here = cell_district[cell]
        if here == home:
            continue
        offered = np.int64(np.floor(area[cell] * released))
        taken = move(area, cell, reserve[here], min(offered, left))
        left -= taken
        if cell < places:
            outside += taken
        else:
            inside += taken
    for cell, taken in ((place, outside), (place + places, inside)):
        if taken > 0:
            area[reserve[home]] -= taken
            pieces[0, found], pieces[1, found], pieces[2, found] = cell, taken, which
            found += 1
    return found
