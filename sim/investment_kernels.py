"""Compiled loops of investment plans: output growth first, since it is felt against its mean.

Plans and requests for loans are one loop: what a firm plans it asks for in the same breath.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, exp, log, part, total, zeros


@part
def due_now(debt, wanted, rate):  # type: ignore[no-untyped-def]
    """Return the loan that is not renewed: debt beyond what the firm wants, as it falls due."""
    return min(max(debt - wanted, 0.0), rate * debt)


@apart
def growth(  # type: ignore[no-untyped-def]
    alive, industry, output, capital, debt, memory, smoothed, felt,
):  # fmt: skip
    """Fill the log of output over its smoothed past, zero for idle firms; move the past along.

    Returns sums of output, of its past and of output times growth over producing firms of
    industry, then of capital and of debt over all firms.
    """
    made, past, weighted, stock, owed = zeros(), zeros(), zeros(), zeros(), zeros()
    for start in range(0, len(output), BLOCK):
        for j in range(min(BLOCK, len(output) - start)):
            i = np.uint64(start + j)
            on = alive[i] & (output[i] > 0.0) & (capital[i] > 0.0)
            before, counted = smoothed[i], 1.0 if industry[i] else 0.0
            producing = counted if on else 0.0
            rise = log(output[i] / max(before, 1e-9) if on else 1.0)
            felt[i] = rise
            made[j] += producing * output[i]
            past[j] += producing * before
            weighted[j] += counted * (output[i] * rise)
            stock[j] += capital[i]
            owed[j] += debt[i]
            smoothed[i] = before + memory * (output[i] - before)
    return total(made), total(past), total(weighted), total(stock), total(owed)


@apart
def plan_and_ask(  # type: ignore[no-untyped-def]
    alive, industry, made, output, capital, debt, cash, revenue, annual, profit, gearing, felt,
    allowed, lot, shifts, land, rule, upgrading, claiming, funds, price, bank, sizes, usual,
    desired, upgrade, own, usually, asked, score,
):  # fmt: skip
    """Fill what firms plan to invest, usually and now, what they ask banks for, and their score.

    Filled are usual and desired investment, its upgrading part, own funds, loans asked for in
    usual and in present conditions, and creditworthiness.

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
    sizes : tuple
        Smallest sales that count, and the log of those at which size says nothing.

    Returns
    -------
    debts, due, sound : float
        Debt of manufacturers `made`, what of it falls due, debt of the profitable among them.
    wanted, more : float
        Loans that manufacturers ask for, in usual and in present conditions.
    wished : float
        What industry desires to invest.
    """
    level, slope, bound = rule
    share, response = upgrading
    now, before, rate, usual_rate = claiming
    outside, cut, cost, elasticity = funds
    lean, falling, buffer = bank
    shift, idle_shift = shifts
    smallest, typical = sizes
    factor = np.empty(BLOCK)
    per_cost, per_land = 1.0 / cost, 1.0 / land
    debts, dues, sound = zeros(), zeros(), zeros()
    wanted, more, wished = zeros(), zeros(), zeros()
    for start in range(0, len(capital), BLOCK):
        size = min(BLOCK, len(capital) - start)
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
            wished[j] += whole if industry[i] else 0.0
        for j in range(size):
            i = np.uint64(start + j)
            value = gearing[i] * capital[i] * price
            due = due_now(debt[i], lean * value, falling)
            kept, here = debt[i] - due, 1.0 if alive[i] else 0.0
            free = max(cash[i] - buffer * revenue[i] - due, 0.0)
            own[i] = free
            before_plan = here * max(max(value - kept, usual[i] * price - free), 0.0)
            present = here * max(max(lean * value - kept, desired[i] * price - free), 0.0)
            usually[i], asked[i] = before_plan, present
            margin = min(max(profit[i] / max(revenue[i], 1.0), -0.3), 0.3)
            cover = min(capital[i] * price / max(debt[i], 1.0), 3.0)
            size_here = log(max(annual[i], smallest)) - typical
            score[i] = 2.0 * margin + 0.15 * size_here + 0.1 * cover
            maker = 1.0 if made[i] else 0.0
            debts[j] += maker * debt[i]
            dues[j] += maker * due
            sound[j] += maker * debt[i] if alive[i] & (profit[i] > 0.0) else 0.0
            wanted[j] += maker * before_plan
            more[j] += maker * present
    return total(debts), total(dues), total(sound), total(wanted), total(more), total(wished)
