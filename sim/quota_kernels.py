"""Compiled loops over the collective parcels: quota, pools, land M0 and the protected unit.

Areas are integer m2 and only move between rows. The rows stand as :class:`sim.parcels.Register`
lays them out: a place inside the protected unit is `places` rows behind the same place outside.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel, part
from sim.inversion import one_normal
from sim.rng import two_lots


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


@part
def split_by_use(total, size, own, reserved, industry, other, behind):  # type: ignore[no-untyped-def]
    """Split new land into industrial and other use, district by district (both are written).

    Parameters
    ----------
    total : int
        New construction land of the quarter, m2.
    size : ndarray, shape (districts,)
        Relative size of each district's quota.
    own : ndarray, shape (districts,)
        Industrial share that a district would choose by itself.
    reserved : float
        Share reserved for industry (0: nothing); a district may do more.
    """
    mass = 0.0
    for here in range(len(size)):
        mass += size[here]
    share_out(total, size, np.int64(0), len(size), mass, other, behind)
    for here in range(len(size)):
        share = min(max(own[here], max(reserved, 0.0)), 0.95)
        # Rounded up: a reserved share is a floor, kept to the square metre.
        industry[here] = min(np.int64(np.ceil(other[here] * share)), other[here])
        other[here] -= industry[here]


@part
def catch_up(missing, share, urban, industry, other, room, extra, behind):  # type: ignore[no-untyped-def]
    """Shift `share` of the urban quota for other use to industry, at most `missing` m2."""
    whole = 0.0
    for here in range(len(urban)):
        room[here] = other[here] if urban[here] else 0
        whole += room[here]
    most = np.int64(share * whole)
    share_out(min(np.int64(missing), most), room, np.int64(0), len(room), whole, extra, behind)
    for here in range(len(urban)):
        moved = min(extra[here], np.int64(room[here]))
        industry[here] += moved
        other[here] -= moved


@part
def split_by_place(industry, market, complies, has_platform, outside, inside, takers, behind):  # type: ignore[no-untyped-def]
    """Split industrial quota into land outside platforms and in them (both are written).

    A district that complies places all of it in platforms, another the share `market`; a complying
    one without platforms hands its quota to the platforms of the others, in proportion to theirs.
    """
    whole, handed = 0.0, np.int64(0)
    for here in range(len(industry)):
        takers[here] = industry[here] if has_platform[here] else 0
        whole += takers[here]
    for here in range(len(industry)):
        leaves = complies[here] and not has_platform[here] and whole > 0.0
        outside[here] = 0 if leaves else industry[here]
        handed += industry[here] if leaves else 0
    share_out(handed, takers, np.int64(0), len(takers), whole, inside, behind)
    for here in range(len(industry)):
        if has_platform[here]:
            own = np.int64(np.rint(outside[here] * (1.0 if complies[here] else market)))
            outside[here] -= own
            inside[here] += own


@kernel
def hand_down(  # type: ignore[no-untyped-def]
    area, reserve, others, innovation, pools, first_pool, has_platform, urban, size, weights,
    places, total, own_share, own_spread, reserved, floor, most, alone, in_platforms, complying,
    into_unit, to_space, year, share_key, rule_key, industrial, unused, complies, m2, work, shares,
    behind, booked,
):  # fmt: skip
    """Hand down new land: split it by district, use and place, and move it from the reserve.

    Parameters
    ----------
    area : ndarray of int, shape (parcels,)
    reserve, others, innovation : ndarray of int, shape (districts,)
        Rows of the reserve, of other built land and of land M0.
    pools, first_pool : ndarray of int, shapes (pools,), (districts + 1,)
        Rows of the pools of each district: the one outside platforms, then its platforms'.
    has_platform, urban, size : ndarray, shape (districts,)
        `size` is the relative size of the quota.
    weights : ndarray, shape (pools,)
        Relative size of what each platform gets.
    places : int
        Distance from a pool to that of the same place inside the protected unit.
    total : int
        m2 of the quarter; no more than the reserve.
    own_share, own_spread : float
        Industrial share that a district would choose by itself, and its log spread over them.
    reserved : float
        Share reserved for industry.
    floor, most : float
        m2 of urban industrial land that there shall be, and share of other urban quota that is
        shifted to it below that.
    alone, in_platforms, complying : float
        Share of industrial quota for stand-alone plots; share of the rest that districts place in
        platforms by themselves; share of districts that place all of it there.
    into_unit, to_space : float
        Share of new platform land declared protected; share of new land that becomes land M0.
    year, share_key, rule_key
        A district's industrial share and whether it complies are drawn once a year.
    industrial : ndarray of int, shape (districts,)
        m2 of industrial land, land M0 included: grows by what is handed down.
    unused : ndarray, shape (districts,)
        Floor space on land M0 that is not let; grows by what is moved.
    complies, m2, work, shares, behind : ndarray
        Room to work in: flags of the shape (districts,), integers (6, districts), numbers
        (2, districts), integers and numbers (pools,).
    booked : ndarray of int, shape (5,)
        Zeros; m2 in platforms, outside them, for other uses, of land M0, and stand-alone are added.
    """
    industry, other, outside, inside, extra, single = m2[0], m2[1], m2[2], m2[3], m2[4], m2[5]
    stock, missing = 0, floor
    for here in range(len(reserve)):
        stock += area[reserve[here]]
        missing -= industrial[here] if urban[here] else 0
        taste = one_normal(two_lots(here, year, share_key)[0])
        work[1, here] = own_share * np.exp(own_spread * taste)
        complies[here] = two_lots(here, year, rule_key)[0] < complying
    split_by_use(min(total, stock), size, work[1], reserved, industry, other, behind)
    if missing > 0.0:
        catch_up(missing, most, urban, industry, other, work[0], extra, behind)
    for here in range(len(reserve)):
        single[here] = np.int64(industry[here] * alone)
        industry[here] -= single[here]
        booked[4] += single[here]
    split_by_place(
        industry, in_platforms, complies, has_platform, outside, inside, work[0], behind
    )  # fmt: skip
    for here in range(len(reserve)):
        other[here] = max(other[here] + industry[here] - outside[here] - inside[here], 0)
        outside[here] += single[here]
        industrial[here] += area[reserve[here]] + area[others[here]]
    place_quota(
        area, reserve, others, pools, first_pool, outside, inside, other, weights, places,
        into_unit, shares, behind, booked,
    )  # fmt: skip
    for here in range(len(reserve)):  # what left the reserve and is not other land is industrial
        industrial[here] -= area[reserve[here]] + area[others[here]]
        outside[here] += inside[here]
    booked[3] += to_innovation(area, pools, first_pool, outside, to_space, innovation, unused)


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
