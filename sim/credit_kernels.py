"""Compiled loops of the credit process: requests, scores, rationing, spending.

One pass over firms each, so that a quarter of a member stays in cache. The plain rules beside
them in :mod:`sim.credit` and :mod:`sim.selection` are what the tests compare them with.
"""

from __future__ import annotations

import numba as nb
import numpy as np

BANDS = 512


@nb.njit(cache=True, nogil=True)
def requests(  # type: ignore[no-untyped-def]
    alive, cash, debt, revenue, capital, gearing, lean, usual, desired, price, buffer, rate,
    due, own, asked_usual, asked,
):  # fmt: skip
    """Fill repayments, own funds, and the loans asked for in usual and in present conditions."""
    for i in range(len(cash)):
        value = gearing[i] * capital[i] * price
        due[i] = min(max(debt[i] - lean * value, 0.0), rate * debt[i])
        own[i] = max(cash[i] - buffer * revenue[i] - due[i], 0.0)
        if alive[i]:
            kept = debt[i] - due[i]
            asked_usual[i] = max(max(value - kept, usual[i] * price - own[i]), 0.0)
            asked[i] = max(max(lean * value - kept, desired[i] * price - own[i]), 0.0)
        else:
            asked_usual[i] = 0.0
            asked[i] = 0.0


LOG_TYPICAL = np.log(20e6)
"""Log of the revenue at which size says nothing, yuan a year."""


@nb.njit(cache=True, nogil=True)
def scores(usual, asked, profit, revenue, capital, debt, price, score):  # type: ignore[no-untyped-def]
    """Turn logs of yearly revenue into the creditworthiness of firms that ask for loans."""
    for i in range(len(asked)):
        if usual[i] > 0.0 or asked[i] > 0.0:
            margin = min(max(profit[i] / max(revenue[i], 1.0), -0.3), 0.3)
            cover = min(capital[i] * price / max(debt[i], 1.0), 3.0)
            score[i] = 2.0 * margin + 0.15 * (score[i] - LOG_TYPICAL) + 0.1 * cover


@nb.njit(cache=True, nogil=True)
def ration(asked, score, limited, supply, granted):  # type: ignore[no-untyped-def]
    """Fill granted loans: limited firms by score until the supply ends, others in full."""
    demand, low, high = 0.0, np.inf, -np.inf
    for i in range(len(asked)):
        granted[i] = asked[i]
        if limited[i] and asked[i] > 0.0:
            demand += asked[i]
            low = min(low, score[i])
            high = max(high, score[i])
    if demand <= supply:
        return demand
    width = (high - low) / (BANDS - 1) if high > low else 1.0
    wanted = np.zeros(BANDS)
    for i in range(len(asked)):
        if limited[i] and asked[i] > 0.0:
            wanted[int((high - score[i]) / width)] += asked[i]
    share = np.zeros(BANDS)
    left = supply
    for band in range(BANDS):
        if wanted[band] > 0.0:
            share[band] = min(max(left / wanted[band], 0.0), 1.0)
            left -= wanted[band]
    lent = 0.0
    for i in range(len(asked)):
        if limited[i] and asked[i] > 0.0:
            granted[i] = asked[i] * share[int((high - score[i]) / width)]
            lent += granted[i]
    return lent


@nb.njit(cache=True, nogil=True)
def spending(  # type: ignore[no-untyped-def]
    wish, price, own, loans, informal, scale, counted, spent, owners
):
    """Fill spending and what owners add to it (yuan); return spending of counted firms."""
    total = 0.0
    for i in range(len(wish)):
        planned = wish[i] * price
        paid = min(planned, own[i] + loans[i])
        spent[i] = scale * (paid + informal * (planned - paid))
        if counted[i]:
            total += spent[i]
        owners[i] = max(spent[i] - own[i] - loans[i], 0.0)
    return total


@nb.njit(cache=True, nogil=True)
def install(  # type: ignore[no-untyped-def]
    alive, spent, additional, desired, upgrade, claim_rate, cap, price, keep, owners, loans, due,
    cash, debt, capital, investment, upgrade_investment,
):  # fmt: skip
    """Book the firm's side: owners' money, loans, outlay, claims; install the capital.

    Returns outlay and claimed subsidies, yuan.
    """
    outlays, claims = 0.0, 0.0
    for i in range(len(spent)):
        extra = additional[i] if alive[i] else 0.0
        outlay = max(spent[i] + extra, 0.0)
        share = min(upgrade[i] / desired[i], 1.0) if desired[i] > 0.0 else 0.0
        claimed = min(claim_rate[i] * outlay * share, cap)
        cash[i] += owners[i] + loans[i] - due[i] + claimed - outlay
        debt[i] += loans[i] - due[i]
        investment[i] = outlay / price
        upgrade_investment[i] = outlay * share / price
        capital[i] = keep * capital[i] + investment[i]
        outlays += outlay
        claims += claimed
    return outlays, claims


@nb.njit(cache=True, nogil=True)
def distribute(alive, revenue, kept, share, cash):  # type: ignore[no-untyped-def]
    """Let owners draw a share of the cash beyond `kept` quarters of revenue; return the total."""
    total = 0.0
    for i in range(len(cash)):
        if alive[i]:
            drawn = share * max(cash[i] - kept * revenue[i], 0.0)
            cash[i] -= drawn
            total += drawn
    return total
