"""Compiled loops of funds and grants: who may apply, money placed, shares sold and bought."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, log, part
from sim.investment_kernels import totals
from sim.rng import two_lots
from sim.sector_sums import SHORT


@apart
def seekers(  # type: ignore[no-untyped-def]
    alive, tier, lowest, roster, able, annual, smallest, memory, supported, chosen
):  # fmt: skip
    """Flag living firms with sales that may be supported: by tier, roster or, `able` ones, size.

    On the way support of the past is remembered by `memory`.
    """
    for row in range(len(alive)):
        i = np.uint64(row)
        some = (tier[i] > lowest) | roster[i] | (able[i] & (annual[i] > smallest))
        chosen[i] = some & alive[i] & (annual[i] > 0.0)
        supported[i] *= memory


ALIKE = 1e-9
"""Standard deviation of logarithms up to which applicants count as equal: a billionth of their
productivity or sales. Rounding leaves a millionth of that."""
ASKING, IDS, CELLS, GRANTED, GRANT_IDS, MAKERS, MAKER_IDS = range(7)
RELATIVE, WEIGHTS = -2, -1


@apart
def apply(  # type: ignore[no-untyped-def]
    rows, firm_id, tier, lowest, sector, stage, listed, roster, made, able, annual, smallest, ratio,
    least, tfp, chance, by_sector, table, numbers, places,
):  # fmt: skip
    """Find who asks the funds, who may get grants and who makes first sets, among `rows`.

    Parameters
    ----------
    chance : ndarray, shape (funds, tiers * sectors)
    by_sector : ndarray, shape (2, sectors)
        Zeros; gets number and sum of log TFP of those that may get grants.
    table : ndarray of int, shape (7, len(rows))
        Gets rows, ids, and tier and sector as one number, of those above the tier `lowest` and in
        none of two `listed` stages; rows and ids on the roster, of sectors `made`; and of sectors
        `able`, sales above `smallest`, R&D above `least` of sales.
    numbers : ndarray, shape (funds + 2, len(rows))
        Gets the first ones' chances with each fund; log TFP of the second less their sector's
        mean; the third ones' relative chance, R&D over sales times the root of sales.
    places : ndarray of int, shape (funds,)
        Gets how many have a chance with each fund.

    Returns
    -------
    asking, granted, making : int
        How many there are of the three.
    """
    asking, granted, making, sectors = 0, 0, 0, by_sector.shape[1]
    for row in range(len(rows)):
        i = np.uint64(rows[np.uint64(row)])
        s, own = np.uint64(np.uint16(sector[i])), firm_id[i]
        k = np.uint64(asking)
        table[ASKING, k], table[IDS, k], table[CELLS, k] = i, own, sectors * tier[i] + sector[i]
        asking += (tier[i] > lowest) & (stage[i] != listed[0]) & (stage[i] != listed[1])
        g = np.uint64(granted)
        table[GRANTED, g], table[GRANT_IDS, g] = i, own
        if roster[i] & made[s]:
            granted += 1
            by_sector[0, s] += 1.0
            by_sector[1, s] += tfp[i]
        if able[s] & (annual[i] > smallest):
            m = np.uint64(making)
            table[MAKERS, m], table[MAKER_IDS, m] = i, own
            numbers[WEIGHTS, m] = ratio[i] * np.sqrt(annual[i])
            making += ratio[i] > least
    for fund in range(len(places)):
        count = 0
        for row in range(asking):
            k = np.uint64(row)
            found = chance[fund, np.uint64(table[CELLS, k])]
            numbers[fund, k] = found
            count += found > 0.0
        places[fund] = count
    for row in range(granted):
        k = np.uint64(row)
        i = np.uint64(table[GRANTED, k])
        s = np.uint64(np.uint16(sector[i]))
        numbers[RELATIVE, k] = tfp[i] - by_sector[1, s] / by_sector[0, s]
    return asking, granted, making


@part
def spread_of(squares, count):  # type: ignore[no-untyped-def]
    """Return the standard deviation behind a sum of squares; infinity where all are :data:`ALIKE`.

    What is divided by it is then zero, not what rounding has left of equal numbers.
    """
    spread = np.sqrt(squares / count)
    return spread if spread > ALIKE else np.inf


@apart
def grade(rows, annual, targeting, luck, potential, size, score):  # type: ignore[no-untyped-def]
    """Fill the scores by which grants are given; :mod:`sim.grants` has the rules with numpy.

    Parameters
    ----------
    rows : ndarray of int, shape (applicants,)
    targeting : tuple
        Correlation of the score with productivity, and of the score with all else.
    luck : ndarray, shape (applicants,)
        Standard normal numbers.
    potential : ndarray, shape (applicants,)
        Log TFP less its sector's mean; gets it standardised.
    size, score : ndarray, shape (applicants,)
        The first is worked in.
    """
    count, lanes = len(rows), np.zeros((5, SHORT))
    for start in range(0, count, SHORT):
        for j in range(min(SHORT, count - start)):
            i = np.uint64(start + j)
            size[i] = log(max(annual[np.uint64(rows[i])], 1.0))
            lanes[0, j] += potential[i]
            lanes[1, j] += size[i]
    sums = totals(lanes)
    mean, mean_size = sums[0] / count, sums[1] / count
    for start in range(0, count, SHORT):
        for j in range(min(SHORT, count - start)):
            i = np.uint64(start + j)
            potential[i] -= mean
            size[i] -= mean_size
            lanes[2, j] += potential[i] * potential[i]
            lanes[3, j] += potential[i] * size[i]
    sums = totals(lanes)
    scale = spread_of(sums[2], count)
    explained = sums[3] / scale / count
    for start in range(0, count, SHORT):
        for j in range(min(SHORT, count - start)):
            i = np.uint64(start + j)
            potential[i] /= scale
            size[i] -= explained * potential[i]
            lanes[4, j] += size[i] * size[i]
    size_scale = spread_of(totals(lanes)[4], count)
    for row in range(count):
        i = np.uint64(row)
        rest = 0.6 * (size[i] / size_scale) + 0.8 * luck[i]
        score[i] = targeting[0] * potential[i] + targeting[1] * rest


@part
def pay(i, k, pools, sizes, additionality, cash, additional, supported):  # type: ignore[no-untyped-def]
    """Pay firm `i` what place `k` of a list gets from the first of two pools, the second is usual.

    Returns what is paid, and what would be usually, yuan (:func:`sim.selection.awards`).
    """
    paid = min(max(pools[0] - sizes[0] * k, 0.0), sizes[0])
    usually = min(max(pools[1] - sizes[1] * k, 0.0), sizes[1])
    cash[i] += paid
    additional[i] += additionality * (paid - usually)
    if paid > usually:
        supported[i] = 1.0
    return paid, usually


@apart
def give_grants(  # type: ignore[no-untyped-def]
    rows, order, potential, pools, sizes, additionality, gain, cash, additional, supported, tfp,
):  # fmt: skip
    """Pay two pools out in grants down a list; the second is what is usual.

    Parameters
    ----------
    rows, order : ndarray of int
        Applicants, and positions of those who are served, the first one first.
    potential : ndarray, shape (applicants,)
        Standardised productivity.
    pools, sizes : tuple
        Yuan of each, and its grant: :func:`sim.selection.awards` is the plain form.
    additionality : float
        Share of what is not usual that adds to investment.
    gain : float
        Added to the log TFP of who gets more than usual, taken from who gets less.

    Returns
    -------
    total, usual, weighted : float
        What is paid, what would be usually, yuan, and the sum of what is paid times `potential`.
    """
    total = usual = weighted = 0.0
    for k in range(len(order)):
        i = np.uint64(rows[order[k]])
        paid, usually = pay(i, k, pools, sizes, additionality, cash, additional, supported)
        total += paid
        usual += usually
        weighted += paid * potential[order[k]]
        if paid != usually:
            tfp[i] += gain if paid > usually else -gain
    return total, usual, weighted


@part
def place(  # type: ignore[no-untyped-def]
    rows, soon, order, placing, cash, additional, supported, fresh, bought,
):  # fmt: skip
    """Pay a fund's pool out in tickets; fill rows, rising, and value of the shares bought.

    Returns what is paid, yuan, and how many firms are served.
    """
    pools, sizes, additionality, own_share = placing
    total, served = 0.0, 0
    for k in range(len(soon)):
        bought[k] = -1.0
    for k in range(len(order)):
        i = np.uint64(rows[soon[order[k]]])
        paid, _ = pay(i, k, pools, sizes, additionality, cash, additional, supported)
        total += paid
        bought[order[k]] = own_share * paid
    for k in range(len(soon)):
        fresh[served], bought[served] = rows[soon[k]], bought[k]
        served += bought[served] >= 0.0
    return total, served


@apart
def turn_over(  # type: ignore[no-untyped-def]
    applicants, soon, order, placing, rows, shares, marked, firm_id, quarter, key, write_off, sale,
    multiple, alive, stage, listed, annual, cash, additional, supported, fresh, bought, held,
    worth, marks,
):  # fmt: skip
    """Place a fund's pool; mark its shares to sales, write off what is lost, sell, join the new.

    Parameters
    ----------
    applicants, soon, order : ndarray of int
        Rows, rising; positions, rising, of those that may be served; places in `soon` of those
        that are, the first one first.
    placing : tuple
        Pools, now and usually, and their tickets as :func:`pay` takes them; share of what
        is not usual that adds to investment; share of what is paid that is the fund's own.
    rows, shares, marked : ndarray, shape (firms held,)
        Rows, rising, the shares' value in yuan, and the sales at which they were valued.
    key : tuple
        Of the stream of each firm's lots of write-off and of sale.
    sale : tuple
        Chance of a sale in the quarter, listed at home or abroad and not.
    multiple : float
        Price of shares in listed firms over their value.
    fresh, bought : ndarray, shape (len(soon) + 1,)
        Get rows, rising, and value of new shares.
    held, worth, marks : ndarray, shape (firms held + firms bought,)
        Get rows, rising, each once, value and sales of all shares that are held now.

    Returns
    -------
    placed : float
        What is paid from the pool, yuan.
    bought_back, from_others : float
        Proceeds from firms that are not listed, which pay themselves, and from listed ones, yuan.
    lost, gained, value : float
        Cost of what is lost, gains of what is not, value of all shares held now, yuan.
    sold, found : int
        Firms sold and firms held now.
    """
    placed, new = place(
        applicants, soon, order, placing, cash, additional, supported, fresh, bought
    )
    bought_back, from_others, lost, gained, value = 0.0, 0.0, 0.0, 0.0, 0.0
    sold, found, at = 0, 0, 0
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        while at < new and fresh[at] < rows[k]:
            held[found], worth[found] = fresh[at], bought[at]
            found += 1
            at += 1
        quoted = (stage[i] == listed[0]) | (stage[i] == listed[1])
        present = shares[k] * min(max(annual[i] / max(marked[k], 1.0), 0.8), 1.25)
        stays = False
        loss, leave = two_lots(firm_id[i], quarter, key)
        if (not alive[i]) | (loss < write_off):
            lost += shares[k]
        elif leave < (sale[0] if quoted else sale[1]):
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
        again = at < new and fresh[at] == rows[k]
        if stays or again:
            held[found] = rows[k]
            worth[found] = (present if stays else 0.0) + (bought[at] if again else 0.0)
            found += 1
        at += again
    for k in range(at, new):
        held[found], worth[found] = fresh[k], bought[k]
        found += 1
    for k in range(found):
        marks[k] = annual[np.uint64(held[k])]
        value += worth[k]
    return placed, bought_back, from_others, lost, gained, value, sold, found
