"""Compiled loops of funds and grants: who may apply, money placed, shares sold and bought."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart


@apart
def unlisted_above(alive, tier, lowest, stage, listed, annual, chosen):  # type: ignore[no-untyped-def]
    """Flag living firms with sales above a tier and in none of two `listed` stages."""
    for row in range(len(alive)):
        i = np.uint64(row)
        free = (stage[i] != listed[0]) & (stage[i] != listed[1])
        chosen[i] = (tier[i] > lowest) & alive[i] & (annual[i] > 0.0) & free


@apart
def apply(rows, firm_id, tier, sector, chance, ids, chances, places):  # type: ignore[no-untyped-def]
    """Fill ids of the firms in `rows` and their chances with each fund; count those with any.

    Parameters
    ----------
    chance : ndarray, shape (funds, tiers, sectors)
    chances : ndarray, shape (funds, len(rows))
    places : ndarray of int, shape (funds,)
        Zeros; gets how many have a chance with each fund.
    """
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        t, s = np.uint64(np.uint16(tier[i])), np.uint64(np.uint16(sector[i]))
        ids[k] = firm_id[i]
        for fund in range(len(places)):
            chances[fund, k] = chance[fund, t, s]
            places[fund] += chance[fund, t, s] > 0.0


@apart
def applicants(  # type: ignore[no-untyped-def]
    rows, alive, annual, roster, sector, made, able, smallest, ratio, least, tfp, by_sector, grants,
    makers, relative,
):  # fmt: skip
    """Find living firms with sales that may get grants, and that make first sets, among `rows`.

    Parameters
    ----------
    by_sector : ndarray, shape (2, sectors)
        Zeros; gets number and sum of log TFP of those that may get grants.
    grants : ndarray of int, shape (len(rows),)
        Gets the rows on the roster, of sectors `made`.
    makers : ndarray of int, shape (len(rows),)
        Gets the rows of sectors `able`, sales above `smallest`, R&D above `least` of sales.
    relative : ndarray, shape (len(rows),)
        Gets the log TFP of `grants` less their sector's mean.

    Returns
    -------
    granted, making : int
        How many there are of both.
    """
    granted, making = 0, 0
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        s = np.uint16(sector[i])
        if roster[i] and alive[i] and made[s] and annual[i] > 0.0:
            grants[granted] = i
            by_sector[0, s] += 1.0
            by_sector[1, s] += tfp[i]
            granted += 1
        if annual[i] > smallest and alive[i] and able[s] and ratio[i] > least:
            makers[making] = i
            making += 1
    for k in range(granted):
        i = np.uint64(grants[k])
        s = np.uint16(sector[i])
        relative[k] = tfp[i] - by_sector[1, s] / by_sector[0, s]
    return granted, making


@apart
def pay_tickets(  # type: ignore[no-untyped-def]
    order, pools, sizes, additionality, cash, additional, supported, paid, extra,
):  # fmt: skip
    """Pay two pools out in tickets down the list `order`; the second is what is usual.

    Parameters
    ----------
    pools, sizes : tuple
        Yuan of each, and its ticket: :func:`sim.selection.awards` is the plain form.
    additionality : float
        Share of what is not usual that adds to investment.
    paid, extra : ndarray, shape (len(order),)
        Get what each firm is paid, and how much more than usual, yuan.

    Returns
    -------
    total, usual : float
        What is paid, and what would be usually, yuan.
    """
    total = usual = 0.0
    for k in range(len(order)):
        i = np.uint64(order[k])
        paid[k] = min(max(pools[0] - sizes[0] * k, 0.0), sizes[0])
        usually = min(max(pools[1] - sizes[1] * k, 0.0), sizes[1])
        extra[k] = paid[k] - usually
        total += paid[k]
        usual += usually
        cash[i] += paid[k]
        additional[i] += additionality * extra[k]
        if extra[k] > 0.0:
            supported[i] = 1.0
    return total, usual


@apart
def turn_over(  # type: ignore[no-untyped-def]
    rows, shares, marked, lots, write_off, sale, multiple, alive, stage, listed, annual, cash,
    fresh, bought, held, worth, marks,
):  # fmt: skip
    """Mark a fund's shares to sales, write off what is lost, sell what can be sold, join the new.

    Parameters
    ----------
    rows, shares, marked : ndarray, shape (firms held,)
        Rows, rising, the shares' value in yuan, and the sales at which they were valued.
    lots : tuple of ndarray, shape (firms held,)
        Of write-offs and of sales.
    sale : tuple
        Chance of a sale in the quarter, listed at home or abroad and not.
    multiple : float
        Price of shares in listed firms over their value.
    fresh, bought : ndarray, shape (firms bought,)
        Rows, rising, and value of new shares.
    held, worth, marks : ndarray, shape (firms held + firms bought,)
        Get rows, rising, each once, value and sales of all shares that are held now.

    Returns
    -------
    bought_back, from_others : float
        Proceeds from firms that are not listed, which pay themselves, and from listed ones, yuan.
    lost, gained, value : float
        Cost of what is lost, gains of what is not, value of all shares held now, yuan.
    sold, found : int
        Firms sold and firms held now.
    """
    bought_back, from_others, lost, gained, value = 0.0, 0.0, 0.0, 0.0, 0.0
    sold, found, at = 0, 0, 0
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        while at < len(fresh) and fresh[at] < rows[k]:
            held[found], worth[found] = fresh[at], bought[at]
            found += 1
            at += 1
        quoted = (stage[i] == listed[0]) | (stage[i] == listed[1])
        present = shares[k] * min(max(annual[i] / max(marked[k], 1.0), 0.8), 1.25)
        stays = False
        if (not alive[i]) | (lots[0][k] < write_off):
            lost += shares[k]
        elif lots[1][k] < (sale[0] if quoted else sale[1]):
            got = present * (multiple if quoted else 1.0)
            sold += 1
            gained += got - shares[k]
            if quoted:
                from_others += got
            else:
                bought_back += got
                cash[i] -= got
        else:
            gained += present - shares[k]
            stays = True
        again = at < len(fresh) and fresh[at] == rows[k]
        if stays or again:
            held[found] = rows[k]
            worth[found] = (present if stays else 0.0) + (bought[at] if again else 0.0)
            found += 1
        at += again
    for k in range(at, len(fresh)):
        held[found], worth[found] = fresh[k], bought[k]
        found += 1
    for k in range(found):
        marks[k] = annual[np.uint64(held[k])]
        value += worth[k]
    return bought_back, from_others, lost, gained, value, sold, found
