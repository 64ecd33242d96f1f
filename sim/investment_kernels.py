"""Compiled loops of investment plans: output growth first, since it is felt against its mean.

What a firm plans it asks for in the same breath: the loop over plans adds requests for loans up.
Own funds and requests follow from the plan and the books, so that they are worked out again where
they are needed, which is quicker than keeping columns of them.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, exp, log, part
from sim.sector_sums import LANES, SHORT

OUTPUT, PAST, WEIGHTED, CAPITAL, ALL_DEBT = range(5)
DEBT, DUE, SOUND, USUALLY, ASKED, WISHED = range(6)


@part
def totals(lanes):  # type: ignore[no-untyped-def]
    """Return the sums of lanes, shape (sums, parts): neighbours are added to parts of their own."""
    sums = np.zeros(len(lanes))
    for k in range(len(lanes)):
        for j in range(lanes.shape[1]):
            sums[k] += lanes[k, j]
    return sums


@part
def due_now(debt, wanted, rate):  # type: ignore[no-untyped-def]
    """Return the loan that is not renewed: debt beyond what the firm wants, as it falls due."""
    return min(max(debt - wanted, 0.0), rate * debt)


@part
def own_funds(cash, revenue, debt, wanted, falling, buffer):  # type: ignore[no-untyped-def]
    """Return the loan not renewed, and the cash beyond it and `buffer` quarters of revenue."""
    due = due_now(debt, wanted, falling)
    return due, max(cash - buffer * revenue - due, 0.0)


@part
def asked_for(alive, wanted, kept, planned, own):  # type: ignore[no-untyped-def]
    """Return the loan asked for: up to the debt `wanted`, and what a plan lacks at least, yuan."""
    return (1.0 if alive else 0.0) * max(max(wanted - kept, planned - own), 0.0)


@part
def feel(i, j, alive, industry, output, capital, debt, memory, smoothed, felt, lanes):  # type: ignore[no-untyped-def]
    """Do what :func:`growth` does for firm i, added to part j of the sums."""
    on = alive[i] & (output[i] > 0.0) & (capital[i] > 0.0)
    before, counted = smoothed[i], 1.0 if industry[i] else 0.0
    producing = counted if on else 0.0
    rise = log(output[i] / max(before, 1e-9) if on else 1.0)
    felt[i] = rise
    lanes[OUTPUT, j] += producing * output[i]
    lanes[PAST, j] += producing * before
    lanes[WEIGHTED, j] += counted * (output[i] * rise)
    lanes[CAPITAL, j] += capital[i]
    lanes[ALL_DEBT, j] += debt[i]
    smoothed[i] = before + memory * (output[i] - before)


@apart
def growth(  # type: ignore[no-untyped-def]
    alive, industry, output, capital, debt, memory, smoothed, felt,
):  # fmt: skip
    """Fill the log of output over its smoothed past, zero for idle firms; move the past along.

    Returns sums of output, of its past and of output times growth over producing firms of
    industry, then of capital and of debt over all firms, shape (5,).
    """
    lanes, even = np.zeros((5, LANES)), len(output) - len(output) % LANES
    for start in range(0, even, LANES):
        for j in range(LANES):
            i, k = np.uint64(start + j), np.uint64(j)
            feel(i, k, alive, industry, output, capital, debt, memory, smoothed, felt, lanes)
    for row in range(even, len(output)):
        i, k = np.uint64(row), np.uint64(0)
        feel(i, k, alive, industry, output, capital, debt, memory, smoothed, felt, lanes)
    return totals(lanes)


@apart
def newcomers(known, debt, capital, price, typical, gearing):  # type: ignore[no-untyped-def]
    """Fill :func:`sim.credit.usual_gearing` of firms from row `known` on."""
    for row in range(known, len(debt)):
        i = np.uint64(row)
        own = min(debt[i] / max(capital[i] * price, 1.0), 10.0)
        gearing[i] = own if debt[i] > 0.0 else min(typical, 1.0)


@apart
def plan_and_ask(  # type: ignore[no-untyped-def]
    alive, industry, made, output, capital, debt, cash, revenue, profit, gearing, felt, allowed,
    lot, shifts, land, rule, upgrading, claiming, funds, price, bank, usual, desired, upgrade,
):  # fmt: skip
    """Fill what firms plan to invest, usually and now; add up what they ask banks for.

    Filled are usual and desired investment, and its upgrading part.

    Parameters
    ----------
    felt : ndarray, shape (firms,)
        Growth of output; `shifts` is added to it for producing and for idle firms.
    allowed, land
        What land allows each firm, and usually, over capital.
    rule : tuple
        Investment over capital a year at usual growth, its slope and the largest deviation.
    upgrading, claiming : tuple
        Share of upgrading and its response to claims; take-up now and before the plan, of which
        each firm's `lot` decides, and the two claim rates.
    funds : tuple
        Change of the cost of funds outside, cut of the spread on debt (of at most the capital),
        user cost, elasticity of investment to it.
    bank : tuple
        Debt that firms want over what they are used to, share of it that falls due, and quarters
        of revenue that are kept as cash.

    Returns
    -------
    ndarray, shape (6,)
        Debt of manufacturers `made`, what of it falls due, debt of the profitable among them; loans
        that manufacturers ask for in usual and in present conditions; what industry desires to
        invest.
    """
    level, slope, bound = rule
    share, response = upgrading
    now, before, rate, usual_rate = claiming
    outside, cut, cost, elasticity = funds
    lean, falling, buffer = bank
    shift, idle_shift = shifts
    factor, lanes = np.empty(SHORT), np.zeros((6, SHORT))
    per_cost, per_land = 1.0 / cost, 1.0 / land
    for start in range(0, len(capital), SHORT):
        size = min(SHORT, len(capital) - start)
        for j in range(size):
            i = np.uint64(start + j)
            geared = min(debt[i] / max(capital[i] * price, 1.0), 1.0)
            dearer = max((outside - cut * geared) * per_cost + 1.0, 0.2)
            factor[j] = log(dearer) * elasticity
        for j in range(size):
            i = np.uint64(start + j)
            cheaper = exp(factor[j])
            on = alive[i] & (output[i] > 0.0) & (capital[i] > 0.0)
            growth = min(max(felt[i] + (shift if on else idle_shift), -bound), bound)
            stock = capital[i] if on else 0.0
            wish = max(level + slope * growth, 0.0) / 4.0 * stock
            got = rate if lot[i] < now else 0.0
            claimed = got - (usual_rate if lot[i] < before else 0.0)
            renewal = max(wish * share * cheaper * (1.0 + response * claimed), 0.0)
            usual[i], upgrade[i] = wish, renewal
            whole = wish * (1.0 - share) * cheaper * allowed[i] * per_land + renewal
            desired[i] = whole
            lanes[WISHED, j] += whole if industry[i] else 0.0
        for j in range(size):  # apart: shorter steps, of which more are on the way at once
            i = np.uint64(start + j)
            wish, whole = usual[i], desired[i]
            value = gearing[i] * capital[i] * price
            due, own = own_funds(cash[i], revenue[i], debt[i], lean * value, falling, buffer)
            kept, maker = debt[i] - due, 1.0 if made[i] else 0.0
            lanes[DEBT, j] += maker * debt[i]
            lanes[DUE, j] += maker * due
            lanes[SOUND, j] += maker * debt[i] if alive[i] & (profit[i] > 0.0) else 0.0
            lanes[USUALLY, j] += maker * asked_for(alive[i], value, kept, wish * price, own)
            lanes[ASKED, j] += maker * asked_for(alive[i], lean * value, kept, whole * price, own)
    return totals(lanes)


@apart
def requests(  # type: ignore[no-untyped-def]
    alive, industry, made, capital, debt, cash, revenue, annual, profit, gearing, usual, desired,
    price, bank, sizes, lack, usually, asked, score,
):  # fmt: skip
    """Fill what :func:`plan_and_ask` added up, for banks that choose whom they lend to.

    Filled are what own funds lack for the usual plans of industry's manufacturers, the loans that
    manufacturers ask for in usual and in present conditions, and every firm's creditworthiness.

    Parameters
    ----------
    usual, desired : ndarray, shape (firms,)
        Planned investment.
    bank
        As :func:`plan_and_ask` needs it.
    sizes : tuple
        Smallest sales that count, and the log of those at which size says nothing.

    Returns
    -------
    wished : float
        What industry usually plans to spend, yuan.
    ends : tuple
        Highest and minus lowest score of firms that usually ask, then of those that ask now.
    """
    lean, falling, buffer = bank
    smallest, typical = sizes
    for row in range(len(capital)):
        i = np.uint64(row)
        value, planned = gearing[i] * capital[i] * price, usual[i] * price
        due, own = own_funds(cash[i], revenue[i], debt[i], lean * value, falling, buffer)
        kept, some = debt[i] - due, alive[i] & made[i]
        lack[i] = max(planned - own, 0.0) if some & industry[i] else 0.0
        usually[i] = asked_for(some, value, kept, planned, own)
        asked[i] = asked_for(some, lean * value, kept, desired[i] * price, own)
        margin = min(max(profit[i] / max(revenue[i], 1.0), -0.3), 0.3)
        cover = min(capital[i] * price / max(debt[i], 1.0), 3.0)
        size = log(max(annual[i], smallest)) - typical
        score[i] = 2.0 * margin + 0.15 * size + 0.1 * cover
    lanes = np.zeros((5, SHORT))
    for k in range(4):
        for j in range(SHORT):
            lanes[k, j] = -np.inf
    for start in range(0, len(capital), SHORT):
        for j in range(min(SHORT, len(capital) - start)):
            i = np.uint64(start + j)
            worth = score[i]
            lanes[0, j] = max(lanes[0, j], worth if usually[i] > 0.0 else -np.inf)
            lanes[1, j] = max(lanes[1, j], -worth if usually[i] > 0.0 else -np.inf)
            lanes[2, j] = max(lanes[2, j], worth if asked[i] > 0.0 else -np.inf)
            lanes[3, j] = max(lanes[3, j], -worth if asked[i] > 0.0 else -np.inf)
            lanes[4, j] += usual[i] * price if industry[i] else 0.0
    for k in range(4):
        for j in range(1, SHORT):
            lanes[k, 0] = max(lanes[k, 0], lanes[k, j])
    return totals(lanes)[4], (lanes[0, 0], lanes[1, 0], lanes[2, 0], lanes[3, 0])
