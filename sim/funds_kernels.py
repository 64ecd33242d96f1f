"""Compiled loops of the capital funds: who may apply, shares that are sold, money placed."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart
from sim.rng import philox_in_rows, unit_open


@apart
def unlisted_above(alive, tier, lowest, stage, listed, annual, chosen):  # type: ignore[no-untyped-def]
    """Flag living firms with sales above a tier and in none of two `listed` stages."""
    for row in range(len(alive)):
        i = np.uint64(row)
        free = (stage[i] != listed[0]) & (stage[i] != listed[1])
        chosen[i] = (tier[i] > lowest) & alive[i] & (annual[i] > 0.0) & free


@apart
def applicants(  # type: ignore[no-untyped-def]
    alive, annual, roster, sector, made, able, smallest, ratio, least, tfp, by_sector, grants,
    makers, relative,
):  # fmt: skip
    """Find living firms with sales that may get grants, and that make first sets.

    Parameters
    ----------
    by_sector : ndarray, shape (2, sectors)
        Zeros; gets number and sum of log TFP of those that may get grants.
    grants : ndarray of int, shape (firms,)
        Gets the rows on the roster, of sectors `made`.
    makers : ndarray of int, shape (firms,)
        Gets the rows of sectors `able`, sales above `smallest`, R&D above `least` of sales.
    relative : ndarray, shape (firms,)
        Gets the log TFP of `grants` less their sector's mean.

    Returns
    -------
    granted, making : int
        How many there are of both.
    """
    granted, making = 0, 0
    for i in range(len(alive)):
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
        s = np.uint16(sector[grants[k]])
        relative[k] = tfp[grants[k]] - by_sector[1, s] / by_sector[0, s]
    return granted, making


@apart
def settle_shares(  # type: ignore[no-untyped-def]
    rows, ids, quarter, key, alive, stage, listed, annual, marked, write_off, sale, multiple,
    holding, cash, luck, noted, staying,
):  # fmt: skip
    """Mark a fund's holdings in `rows` to sales, write off what is lost, sell what can be sold.

    Parameters
    ----------
    sale : tuple
        Chance of a sale in the quarter, listed at home or abroad and not.
    multiple : float
        Price of shares in listed firms over their value.
    luck : ndarray, shape (2, len(rows))
        Table to work in.
    noted : ndarray, shape (6, len(rows))
        Gets yuan by firm: proceeds of all; of unlisted and of listed firms; cost of what is lost;
        gains of what is not; value of what stays. `staying` gets the rows of the last.

    Returns
    -------
    unlisted, lost, sold, stay : int
        Numbers of firms.
    """
    key_0, key_1 = key
    for row in range(len(rows)):
        j = np.uint64(row)
        words = philox_in_rows(ids[np.uint64(rows[j])], quarter, key_0, key_1)
        luck[0, j], luck[1, j] = unit_open(words[0]), unit_open(words[1])
    unlisted, lost, sold, stay = 0, 0, 0, 0
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        quoted = (stage[i] == listed[0]) | (stage[i] == listed[1])
        cost = holding[i]
        value = cost * min(max(annual[i] / max(marked[i], 1.0), 0.8), 1.25)
        gone = (not alive[i]) | (luck[0, k] < write_off)
        sells = (not gone) & (luck[1, k] < (sale[0] if quoted else sale[1]))
        got = value * (multiple if quoted else 1.0) if sells else 0.0
        noted[0, k] = got
        if quoted:
            noted[2, k - unlisted] = got
        else:
            noted[1, unlisted] = got
            cash[i] -= got
            unlisted += 1
        if gone:
            noted[3, lost] = cost
            lost += 1
        else:
            noted[4, k - lost] = (got if sells else value) - cost
        sold += sells
        holding[i] = 0.0 if gone or sells else value
        if not (gone or sells):
            noted[5, stay], staying[stay] = value, i
            stay += 1
    return unlisted, lost, sold, stay


@apart
def place_shares(  # type: ignore[no-untyped-def]
    order, pools, sizes, own, additionality, cash, holding, additional, supported, paid, held,
    fresh, joined,
):  # fmt: skip
    """Pay two pools out in tickets down the list `order`; the second is what is usual.

    Parameters
    ----------
    pools, sizes : tuple
        Yuan of each, and its ticket: :func:`sim.selection.awards` is the plain form.
    own : float
        Share of the pool that becomes the fund's holding.
    paid : ndarray, shape (len(order),)
        Gets what each firm is paid, yuan.
    held, fresh, joined : ndarray of int
        Rows in which the fund holds shares and those of the list, rising; gets both, each once.

    Returns
    -------
    int
        How many rows are joined.
    """
    for k in range(len(order)):
        i = np.uint64(order[k])
        paid[k] = min(max(pools[0] - sizes[0] * k, 0.0), sizes[0])
        extra = paid[k] - min(max(pools[1] - sizes[1] * k, 0.0), sizes[1])
        cash[i] += paid[k]
        holding[i] += own * paid[k]
        additional[i] += additionality * extra
        if extra > 0.0:
            supported[i] = 1.0
    found, at = 0, 0
    for row in held:
        while at < len(fresh) and fresh[at] < row:
            joined[found], at = fresh[at], at + 1
            found += 1
        at += at < len(fresh) and fresh[at] == row
        joined[found] = row
        found += 1
    for k in range(at, len(fresh)):
        joined[found] = fresh[k]
        found += 1
    return found
