"""Compiled loops of the credit process: requests, rationing, spending, and the books.

One pass over firms each. The plain rules beside them in :mod:`sim.credit` and
:mod:`sim.selection` are what the tests compare them with.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, kernel, log_each, part

BANDS = 512
LOG_TYPICAL = np.log(20e6)
"""Log of the revenue at which size says nothing, yuan a year."""


@part
def due_now(debt, wanted, rate):  # type: ignore[no-untyped-def]
    """Return the loan that is not renewed: debt beyond what the firm wants, as it falls due."""
    return min(max(debt - wanted, 0.0), rate * debt)


@kernel
def requests(  # type: ignore[no-untyped-def]
    alive, made, cash, debt, revenue, annual, profit, capital, gearing, lean, usual, desired, price,
    buffer, rate, own, asked_usual, asked, score,
):  # fmt: skip
    """Fill own funds, loans asked for in usual and in present conditions, and creditworthiness.

    Returns
    -------
    stock : ndarray, shape (4,)
        Debt of all firms; of manufacturers `made`; what of theirs falls due; debt of the
        profitable among them.
    demand : ndarray, shape (2, 3)
        Manufacturers' demand, lowest and highest score among those who ask; usual and present.
    """
    stock = np.zeros(4)
    demand = np.zeros((2, 3))
    for row in range(2):
        demand[row, 1], demand[row, 2] = np.inf, -np.inf
    size_of = np.empty(BLOCK)
    for start in range(0, len(cash), BLOCK):
        size = min(BLOCK, len(cash) - start)
        for j in range(size):
            size_of[j] = max(annual[start + j], 1e5)
        log_each(size_of, size)
        for j in range(size):
            i = np.uint64(start + j)
            value = gearing[i] * capital[i] * price
            due = due_now(debt[i], lean * value, rate)
            own[i] = max(cash[i] - buffer * revenue[i] - due, 0.0)
            kept = debt[i] - due
            want = max(max(value - kept, usual[i] * price - own[i]), 0.0)
            more = max(max(lean * value - kept, desired[i] * price - own[i]), 0.0)
            asked_usual[i] = want = want if alive[i] else 0.0
            asked[i] = more = more if alive[i] else 0.0
            margin = min(max(profit[i] / max(revenue[i], 1.0), -0.3), 0.3)
            cover = min(capital[i] * price / max(debt[i], 1.0), 3.0)
            grade = 2.0 * margin + 0.15 * (size_of[j] - LOG_TYPICAL) + 0.1 * cover
            score[i] = grade
            stock[0] += debt[i]
            stock[1] += debt[i] if made[i] else 0.0
            stock[2] += due if made[i] else 0.0
            stock[3] += debt[i] if made[i] and alive[i] and profit[i] > 0.0 else 0.0
            demand[0, 0] += want if made[i] else 0.0
            demand[1, 0] += more if made[i] else 0.0
            first, second = made[i] and want > 0.0, made[i] and more > 0.0
            demand[0, 1] = min(demand[0, 1], grade if first else np.inf)
            demand[0, 2] = max(demand[0, 2], grade if first else -np.inf)
            demand[1, 1] = min(demand[1, 1], grade if second else np.inf)
            demand[1, 2] = max(demand[1, 2], grade if second else -np.inf)
    return stock, demand


@kernel
def rationing(asked, score, limited, demand, supply):  # type: ignore[no-untyped-def]
    """Return how loans are rationed: highest score, width of a band, share granted by band.

    Limited firms are served by score until the supply ends; `demand` is their demand, lowest
    and highest score. Without rationing there is one band, granted in full.
    """
    wanted, low, high = demand[0], demand[1], demand[2]
    if wanted <= supply:
        return 0.0, np.inf, np.ones(1)
    width = (high - low) / (BANDS - 1) if high > low else 1.0
    bands, share = np.zeros(BANDS), np.zeros(BANDS)
    for i in range(len(asked)):
        if limited[i] and asked[i] > 0.0:
            bands[int((high - score[i]) / width)] += asked[i]
    left = supply
    for band in range(BANDS):
        if bands[band] > 0.0:
            share[band] = min(max(left / bands[band], 0.0), 1.0)
            left -= bands[band]
    return high, width, share


@part
def granted(asked, score, limited, rations):  # type: ignore[no-untyped-def]
    """Return the loan that a firm gets: limited firms by their band, others in full."""
    high, width, share = rations
    if limited and asked > 0.0:
        return asked * share[int((high - score) / width)]
    return asked


@part
def spending(planned, funds, informal):  # type: ignore[no-untyped-def]
    """Return what is spent of a plan: what funds allow, and a share `informal` of the rest."""
    paid = min(planned, funds)
    return paid + informal * (planned - paid)


@kernel
def usually_spent(  # type: ignore[no-untyped-def]
    counted, wish, price, own, asked, score, limited, rations, informal,
):  # fmt: skip
    """Return what counted firms wish to spend and what they reach with the usual loans, yuan."""
    wished, reached = 0.0, 0.0
    for i in range(len(wish)):
        loan = granted(asked[i], score[i], limited[i], rations)
        spent = spending(wish[i] * price, own[i] + loan, informal)
        wished += wish[i] if counted[i] else 0.0
        reached += spent if counted[i] else 0.0
    return price * wished, reached


BOOK = ("loan", "repayment", "owners", "outlay", "claimed", "drawn", "debt", "made_debt")
"""Entries of the sums that `invest` returns."""


@kernel
def invest(  # type: ignore[no-untyped-def]
    alive, made, revenue, profit, gearing, lean, rate, desired, upgrade, claim_rate, additional,
    own, asked, score, rations, push, informal, scale, cap, price, keep, buffer, payout,
    cash, debt, capital, investment, upgrade_investment,
):  # fmt: skip
    """Lend, spend, book the firms' side and install the capital; return the sums of `BOOK`.

    Loans are what is granted plus `push` times the debt of profitable manufacturers. Firms spend
    what own funds and loans allow and part of the rest, times `scale`; owners add what is
    missing, and at the end draw the share `payout` of cash beyond `buffer` quarters of revenue.
    """
    sums = np.zeros(8)
    for i in range(len(cash)):
        loan = granted(asked[i], score[i], made[i], rations)
        planned = desired[i] * price
        spent = scale * spending(planned, own[i] + loan, informal)
        owners = max(spent - own[i] - loan, 0.0)
        loan += push * debt[i] if made[i] and alive[i] and profit[i] > 0.0 else 0.0
        due = due_now(debt[i], lean * gearing[i] * capital[i] * price, rate)
        outlay = max(spent + (additional[i] if alive[i] else 0.0), 0.0)
        share = min(upgrade[i] / desired[i], 1.0) if desired[i] > 0.0 else 0.0
        claimed = min(claim_rate[i] * outlay * share, cap)
        money = cash[i] + (owners + loan - due + claimed - outlay)
        drawn = payout * max(money - buffer * revenue[i], 0.0) if alive[i] else 0.0
        cash[i] = money - drawn
        debt[i] += loan - due
        investment[i] = outlay / price
        upgrade_investment[i] = outlay * share / price
        capital[i] = keep * capital[i] + investment[i]
        sums[0] += loan
        sums[1] += due
        sums[2] += owners
        sums[3] += outlay
        sums[4] += claimed
        sums[5] += drawn
        sums[6] += debt[i]
        sums[7] += debt[i] if made[i] else 0.0
    return sums
