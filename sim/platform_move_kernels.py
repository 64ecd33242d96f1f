"""Compiled loops of moves on and off platforms: who may move, and what goes along."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, kernel, part
from sim.rng import STRETCH, draw_words, unit_open


@apart
def open_to_moves(  # type: ignore[no-untyped-def]
    rows, alive, on_roster, industry, platform, district, per_mu_class, land_area, weights, dear,
    low, outside, far, area,
):  # fmt: skip
    """List users of land by what may happen to them; return how many stand on each list.

    Parameters
    ----------
    rows : ndarray of int, shape (users,)
        All but living above-scale industrial firms with land are passed over.
    alive, on_roster, industry, platform, district, per_mu_class, land_area : ndarray, (firms,)
    weights : ndarray, shape (5,)
        Relative hazard of leaving a platform, by class A to D and without one.
    dear : ndarray of bool, shape (districts,)
        Districts whose firms may relocate.
    low, outside, far : ndarray of int, shape (users + 1,)
        Written: rows of those that may leave their platform, that may move onto one of their
        district, that may relocate.
    area : ndarray of int, shape (5,)
        Added to: m2 of the users on platforms, by class.
    """
    leaving = entering = going = 0
    for row in rows:
        i = np.uint64(row)
        holds = alive[i] & on_roster[i] & industry[i] & (land_area[i] > 0)
        on, kind = platform[i] >= 0, per_mu_class[i]
        area[kind] += land_area[i] * (holds & on)
        low[leaving] = outside[entering] = far[going] = row  # kept only if the counts move on
        leaving += holds & on & (weights[kind] > 0.0)
        entering += holds & (not on)
        going += holds & dear[np.uint16(district[i])]
    return leaving, entering, going


@apart
def hit(rows, firm_id, code, hazard, quarter, key, ids, words, low, lots):  # type: ignore[no-untyped-def]
    """Draw who of the firms in `rows` is hit this quarter; return how many are.

    Parameters
    ----------
    rows : ndarray of int, shape (firms looked at,)
    firm_id, code : ndarray of int, shape (firms,)
        Ids, and the code that a firm's chance hangs on (-1: the last entry).
    hazard : ndarray, shape (codes,)
        Chances of the quarter.
    quarter, key
        What the lots hang on.
    ids, words : ndarray of int, shape (firms looked at,), and of uint64, shape (4, STRETCH)
        To work in.
    low, lots : ndarray, shapes (firms looked at + 1,), (2, firms looked at + 1)
        Written: rows of those that are hit, their lots, and another uniform of each.
    """
    found = 0
    for start in range(0, len(rows), STRETCH):
        size = min(STRETCH, len(rows) - start)
        for k in range(start, start + size):
            ids[k] = firm_id[np.uint64(rows[k])]
        draw_words(words, 0, ids, start, size, quarter, 0, key)
        for row in range(size):
            i, lot = rows[start + row], unit_open(words[0, np.uint64(row)])
            if lot < hazard[code[np.uint64(i)]]:
                low[found], lots[0, found] = i, lot
                lots[1, found] = unit_open(words[1, np.uint64(row)])
                found += 1
    return found


@part
def choose(lot, home, cheaper, weights, platform_district, price):  # type: ignore[no-untyped-def]
    """Return the platform that a uniform picks by weight among those within reach; -1 without any.

    Those of the firm's own district; of a firm that relocates those of districts with cheaper
    land, the more likely the cheaper.
    """
    total, edge, wanted = 0.0, 0.0, 0.0
    for turn in range(2):
        for p in range(len(weights)):
            there = platform_district[p]
            if cheaper:
                weight = weights[p] / price[there] if price[there] < price[home] else 0.0
            else:
                weight = weights[p] if there == home else 0.0
            if turn == 0:
                total += weight
            else:
                edge += weight
                if edge > wanted:
                    return p
        if total <= 0.0:
            return -1
        wanted = lot * total
    return len(weights) - 1


@part
def give_back(  # type: ignore[no-untyped-def]
    i, first, following, pieces, price, markup, places, parcel_district, parcel_platform,
    protected, area, occupant, land_class, home, cash,
):  # fmt: skip
    """Return a firm's plots to the pools of their place; return the yuan that government pays.

    Of a firm that moved in just now the plot is not laid out yet: its pieces stand instead.
    """
    paid, plot = 0.0, first[i]
    first[i] = -1
    while plot >= 0:
        back = np.int64(parcel_district[plot])
        paid += area[plot] * price[back] * markup
        if parcel_platform[plot] >= 0:
            back = len(price) + parcel_platform[plot]
        area[back + places * protected[plot]] += area[plot]
        area[plot] = 0
        occupant[plot] = land_class[plot] = -1
        plot = following[plot]
    k = -3 - plot
    while k >= 0 and pieces[2, k] == i:
        paid += pieces[1, k] * price[home] * markup
        area[pieces[0, k]] += pieces[1, k]
        pieces[1, k] = 0
        pieces[2, k] = -1
        k += 1
    cash[i] += paid
    return paid


@part
def chain_plots(movers, occupant, first, following):  # type: ignore[no-untyped-def]
    """Chain the plots of each mover, from its first one to -1, by rising row."""
    for m in range(len(movers)):
        first[movers[m]] = -1
    for back in range(len(occupant)):
        plot = len(occupant) - 1 - back
        owner = occupant[plot]
        if owner >= 0 and first[owner] > -2:
            following[plot], first[owner] = first[owner], plot


@part
def room_on(p, wanted, area, districts, places):  # type: ignore[no-untyped-def]
    """Return m2 taken from a platform's pools outside and inside the unit; none without room."""
    near = area[districts + p]
    if p < 0 or wanted <= 0 or near + area[districts + p + places] < wanted:
        return np.int64(0), np.int64(0)
    outside = near if near < wanted else wanted
    return outside, wanted - outside


@kernel
def settle(  # type: ignore[no-untyped-def]
    movers, lots, leaving, inward, weights, platform_district, gain, price, markup, places,
    smaller, friction, land_area, district, platform, cash, capital, log_tfp, density, origin,
    area, parcel_district, parcel_platform, protected, occupant, land_class, first, following,
    target, pieces, paid,
):  # fmt: skip
    """Let firms leave their platforms, then move others onto platforms, one after the other.

    Who moves gives its plots back, takes one on the platform that its lot picks, and pays. It
    stays where no platform is within reach or the picked one lacks room.

    Parameters
    ----------
    movers, lots : ndarray, shape (movers,)
        Firms in the order in which they move, and their uniforms.
    leaving, inward : int
        So many movers give up platform and land; those from there to `inward` stay in their
        district; the others go to cheaper ones.
    weights, platform_district, gain : ndarray, shape (platforms,)
        Relative chance, district, and log TFP that the platform is worth.
    price, markup : ndarray, shape (districts,), and float
        Yuan per m2 are their product.
    places : int
        Distance from a pool to that of the same place inside the protected unit.
    smaller, friction : float
        New plot over old one; cost of the move over capital.
    land_area, district, platform, cash, capital, log_tfp, density, origin : ndarray, (firms,)
        `origin`: the district that a firm relocated from.
    area, parcel_district, parcel_platform, protected, occupant, land_class : ndarray
        Columns of the parcels; the first rows are the pools.
    first, following : ndarray of int, shapes (firms,), (parcels,)
        To work in: -2, and so again at the end; and whatever. `first` holds a mover's first plot,
        -1 without, and -3 minus its first piece once it has moved.
    target : ndarray of int, shape (movers,)
        The platform is written, -1 for those that stay.
    pieces : ndarray of int, shape (3, 2 * movers + 1)
        Pool, m2 and firm of each new plot are written, -1 for the firm behind the last.
    paid : ndarray, shape (4,)
        Added to: yuan for the old plots, for the new ones, and cost of moving; m2 of those that
        give up platform and land.

    Returns
    -------
    int
        Number of plots to be laid out.
    """
    chain_plots(movers, occupant, first, following)
    found = 0
    for m in range(len(movers)):
        i, p, outside, inside = movers[m], -1, np.int64(0), np.int64(0)
        target[m] = -1
        if m < leaving:
            paid[3] += land_area[i]
        else:
            p = choose(lots[m], district[i], m >= inward, weights, platform_district, price)
            outside, inside = room_on(
                p, np.int64(smaller * land_area[i]), area, len(price), places
            )  # fmt: skip
            if outside + inside == 0:
                continue
        paid[0] += give_back(
            i, first, following, pieces, price, markup, places, parcel_district,
            parcel_platform, protected, area, occupant, land_class, district[i], cash,
        )  # fmt: skip
        log_tfp[i] -= gain[platform[i]] if platform[i] >= 0 else 0.0
        land_area[i], platform[i], target[m] = outside + inside, p, p
        density[i] = density[i] / smaller if p >= 0 else 0.0
        if p >= 0:
            here, pool = platform_district[p], len(price) + p
            first[i] = -3 - found
            for cell, taken in ((pool, outside), (pool + places, inside)):
                if taken > 0:
                    area[cell] -= taken
                    pieces[0, found], pieces[1, found], pieces[2, found] = cell, taken, i
                    found += 1
            pieces[2, found] = -1
            cash[i] -= land_area[i] * price[here] * markup
            paid[1] += land_area[i] * price[here] * markup
            log_tfp[i] += gain[p]
            if m >= inward:
                origin[i] = district[i]
            district[i] = here
        cost = min(friction * capital[i], max(cash[i], 0.0))
        cash[i] -= cost
        paid[2] += cost
    for i in movers:
        first[i] = -2
    return found
