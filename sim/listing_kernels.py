"""Compiled loops of listings: who may enter the pipeline, who does, who moves through it; values.

Market values of listed firms move in one loop with the funds that are raised on them.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, exp, kernel, log, part
from sim.inversion import one_normal
from sim.rng import two_lots

MOST_FELT = 0.2
"""Log growth of a firm's sales beyond the usual that its market value follows in a quarter."""
LARGEST_OFFER = 0.05
"""Most that a listed firm raises in a quarter over its yearly sales."""


@part
def appeal(revenue, previous, high_tech, largest):  # type: ignore[no-untyped-def]
    """Return a firm's relative chance: larger, faster-growing, high-tech firms come first."""
    growth = min(max(revenue / max(previous, 1.0), 0.5), 2.0)
    return np.sqrt(min(revenue, largest)) * growth * (0.5 + high_tech)


@apart
def candidates(  # type: ignore[no-untyped-def]
    large, none, stage, revenue, previous, profit, birth, sector, high_tech, floor, born_by,
    least, largest, rows, weights,
):  # fmt: skip
    """Write firms in no stage that are large, old and sound enough; return how many there are.

    Parameters
    ----------
    large : ndarray of int, shape (firms,)
        Rows of the firms looked at.
    none : int
        Code of firms in no stage.
    stage, revenue, previous, profit, birth, sector : ndarray, shape (rows of the city,)
    high_tech : ndarray, shape (sectors,)
    floor : float
        Least yearly revenue, yuan.
    born_by : int
        Last quarter of birth.
    least, largest : float
        Least profit; yearly revenue beyond which size brings no firm nearer; yuan.
    rows, weights : ndarray, shape (firms + 1,)
        Rows and relative chances are written.
    """
    found = 0
    for row in large:
        i = np.uint64(row)
        rows[found] = row  # kept only if the count moves on: no branch to mispredict
        grown = (revenue[i] >= floor) & (birth[i] <= born_by)
        found += (stage[i] == none) & grown & (profit[i] >= least)
    for k in range(found):
        i = np.uint64(rows[k])
        weights[k] = appeal(revenue[i], previous[i], high_tech[np.uint16(sector[i])], largest)
    return found


@apart
def enter(rows, lots, weights, expected, stage, since, joint, begun, quarter, chosen):  # type: ignore[no-untyped-def]
    """Let an expected number of candidates begin the stage `begun`; return how many do.

    Their rows are written to `chosen`, shape (candidates,).
    """
    total, found = 0.0, 0
    for k in range(len(rows)):
        total += weights[k]
    for k in range(len(rows)):
        if lots[k] < expected * weights[k] / total:
            i = rows[k]
            stage[i], since[i], joint[i] = begun, quarter, True
            chosen[found] = i
            found += 1
    return found


@kernel
def advance(  # type: ignore[no-untyped-def]
    staged, lots, alive, stage, since, quarter, first, none, gone_for_good, forward, leave, passed,
    listed,
):  # fmt: skip
    """Move firms a stage on or out of the pipeline; take those that are dead off the list.

    Parameters
    ----------
    staged, lots : ndarray, shape (firms in a stage or listed,)
        Rows and uniforms.
    alive, stage, since : ndarray, shape (rows of the city,)
        Stage of every firm, and the quarter in which it began.
    quarter, first, none, gone_for_good : int
        Present quarter; code of the first of three stages, of none and of firms taken off.
    forward, leave : tuple of float
        Chances to move on and to leave, by stage.
    passed, listed : ndarray of int, shape (firms in a stage or listed,)
        Written: rows of those that pass the last stage, and of those listed before.

    Returns
    -------
    passed, gone, listed : int
        Numbers of firms that pass, that leave the pipeline, and listed before.
    """
    ahead = gone = old = 0
    for k in range(len(staged)):
        i = staged[k]
        at = stage[i] - first
        if not alive[i]:
            stage[i] = gone_for_good
        elif at > 2:
            listed[old] = i
            old += 1
        elif lots[k] < forward[at]:
            stage[i] += 1
            since[i] = quarter
            passed[ahead] = i
            ahead += at == 2
        elif lots[k] < forward[at] + leave[at]:
            stage[i] = none
            since[i] = quarter
            gone += 1
    return ahead, gone, old


@part
def value_change(common, luck, sales_growth, usual_growth, volatility, common_share):  # type: ignore[no-untyped-def]
    """Return the log change of a firm's market value in a quarter.

    Parameters
    ----------
    common, luck : float
        Standard normal numbers of the market and of the firm.
    sales_growth : float
        Growth of the firm's smoothed sales in the quarter, log.
    usual_growth : float
        Growth of all listed firms, which the index contains, log per quarter.
    volatility : float
        Standard deviation of yearly log changes.
    common_share : float
        Share of the variance that all firms have in common.
    """
    chance = np.sqrt(common_share) * common + np.sqrt(1.0 - common_share) * luck
    felt = min(max(sales_growth - usual_growth, -MOST_FELT), MOST_FELT)
    return 0.5 * volatility * chance + felt


@kernel
def revalue(  # type: ignore[no-untyped-def]
    staged, alive, stage, unlisted, valued, ids, quarter, key, revenue, common, spread, drift,
    offer, smallest, amount, largest, value, sales, cash, listed, growth,
):  # fmt: skip
    """Move market values by the market, own sales and chance; pay listed firms what they raise.

    Parameters
    ----------
    staged : ndarray of int
        Rows of firms in a listing stage.
    alive, stage : ndarray, shape (firms,)
    unlisted : int
        Last stage before a listing.
    valued : ndarray of int
        Rows of firms that had a market value: who is not listed any more has none, and none to
        come back to.
    ids, quarter, key
        What a firm's luck hangs on.
    revenue : ndarray, shape (firms,)
        Yearly sales, yuan.
    common : float
        Standard normal number of the market.
    spread : tuple of float
        Yearly volatility and the share of its variance that is common.
    drift : float
        Log change of a quarter besides.
    offer, smallest : float
        Market value of newly listed firms over yearly sales, and in yuan at least.
    amount, largest : float
        Yuan raised; offerings follow value up to `largest`, since the largest firms rarely ask
        shareholders, and are bounded by sales.
    value, sales, cash : ndarray, shape (firms,)
        Changed: market values, sales at the last valuation, cash; yuan.
    listed : ndarray of int, shape (staged,)
        Rows of the living listed firms are written.
    growth : ndarray, shape (staged,)
        To work in.

    Returns
    -------
    int, float
        Listed firms; yuan that they raised.
    """
    number, total, usual = 0, 0.0, 0.0
    for i in staged:
        if alive[i] and stage[i] > unlisted:
            listed[number] = i
            growth[number] = log(max(revenue[i], 1.0) / max(sales[i], 1.0))
            total += value[i]
            usual += growth[number] * value[i]
            number += 1
    usual /= total if total > 0.0 else 1.0
    for k in range(number):
        i = listed[k]
        if value[i] > 0.0:
            luck = one_normal(two_lots(ids[i], quarter, key)[0])
            change = value_change(common, luck, growth[k], usual, spread[0], spread[1])
            growth[k] = value[i] * exp(change + drift)
        else:
            growth[k] = max(offer * revenue[i], smallest)
    for i in valued:
        value[i] = 0.0
    total = raised = 0.0
    for k in range(number):
        i = listed[k]
        value[i], sales[i] = growth[k], revenue[i]
        total += min(value[i], largest)
    for k in range(number):
        i = listed[k]
        own = min(amount * min(value[i], largest) / total, LARGEST_OFFER * revenue[i])
        cash[i] += own
        raised += own
    return number, raised
