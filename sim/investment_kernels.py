"""Compiled loops of investment plans: output growth first, since it is felt against its mean."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, exp, log, total, zeros


@apart
def growth(  # type: ignore[no-untyped-def]
    alive, industry, output, capital, allowed, memory, smoothed, felt,
):  # fmt: skip
    """Fill the log of output over its smoothed past, zero for idle firms; move the past along.

    Returns sums of output, of its past and of output times growth over producing firms of
    industry, then of capital and of capital times what plots allow over all firms.
    """
    made, past, weighted, stock, free = zeros(), zeros(), zeros(), zeros(), zeros()
    for start in range(0, len(output), BLOCK):
        for j in range(min(BLOCK, len(output) - start)):
            i = np.uint64(start + j)
            on = alive[i] and output[i] > 0.0 and capital[i] > 0.0
            before, counted = smoothed[i], 1.0 if industry[i] else 0.0
            producing = counted if on else 0.0
            rise = log(output[i] / max(before, 1e-9) if on else 1.0)
            felt[i] = rise
            made[j] += producing * output[i]
            past[j] += producing * before
            weighted[j] += counted * (output[i] * rise)
            stock[j] += capital[i]
            free[j] += capital[i] * allowed[i]
            smoothed[i] = before + memory * (output[i] - before)
    return total(made), total(past), total(weighted), total(stock), total(free)


@apart
def plan(  # type: ignore[no-untyped-def]
    alive, industry, output, capital, debt, felt, shift, idle_shift, allowed, land, lot, rule,
    upgrading, claiming, funds, price, usual, upgrade, desired, claim,
):  # fmt: skip
    """Fill usual, upgrading and desired investment and claim rates; return what industry desires.

    Parameters
    ----------
    felt, shift, idle_shift
        Growth of output, and what is added to it for producing and for idle firms.
    rule : tuple
        Investment over capital a year at usual growth, its slope and the largest deviation.
    upgrading, claiming : tuple
        Share of upgrading and its response to claims; take-up now and before the plan, and the
        two claim rates.
    funds : tuple
        Change of the cost of funds outside, cut of the spread on debt (of at most the capital),
        user cost, elasticity of investment to it.
    """
    level, slope, bound = rule
    share, response = upgrading
    now, before, rate, usual_rate = claiming
    outside, cut, cost, elasticity = funds
    factor, wished = np.empty(BLOCK), zeros()
    per_cost, per_land = 1.0 / cost, 1.0 / land
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
            on = alive[i] and output[i] > 0.0 and capital[i] > 0.0
            growth = min(max(felt[i] + (shift if on else idle_shift), -bound), bound)
            stock = capital[i] if on else 0.0
            wish = max(level + slope * growth, 0.0) / 4.0 * stock
            got = rate if lot[i] < now else 0.0
            claimed = got - (usual_rate if lot[i] < before else 0.0)
            renewal = max(wish * share * cheaper * (1.0 + response * claimed), 0.0)
            usual[i], claim[i], upgrade[i] = wish, got, renewal
            whole = wish * (1.0 - share) * cheaper * allowed[i] * per_land + renewal
            desired[i] = whole
            wished[j] += whole if industry[i] else 0.0
    return total(wished)
