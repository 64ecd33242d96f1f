"""Compiled loops of the credit process: requests, rationing, spending, and the books.

One pass over firms each. The plain rules beside them in :mod:`sim.credit` and
:mod:`sim.selection` are what the tests compare them with.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, kernel, log, part, total, zeros

BANDS = 512


@part
def due_now(debt, wanted, rate):  # type: ignore[no-untyped-def]
    """Return the loan that is not renewed: debt beyond what the firm wants, as it falls due."""
    return min(max(debt - wanted, 0.0), rate * debt)


@apart
def requests(  # type: ignore[no-untyped-def]
    alive, made, cash, debt, revenue, annual, profit, capital, gearing, lean, usual, desired, price,
    buffer, rate, sizes, own, asked_usual, asked, score,
):  # fmt: skip
    """Fill own funds, loans asked for in usual and in present conditions, and creditworthiness.

    `sizes` are the smallest sales that count, and the log of those at which size says nothing.

    Returns
    -------
    stock : ndarray, shape (4,)
        Debt of all firms; of manufacturers `made`; what of theirs falls due; debt of the
        profitable among them.
    demand : ndarray, shape (2, 3)
        Manufacturers' demand, lowest and highest score among those who ask; usual and present.
    """
    all_debt, debts, dues, sound = zeros(), zeros(), zeros(), zeros()
    wanted, first_low, first_high = zeros(), zeros() + np.inf, zeros() - np.inf
    more, low, high = zeros(), zeros() + np.inf, zeros() - np.inf
    for start in range(0, len(cash), BLOCK):
        size = min(BLOCK, len(cash) - start)
        for j in range(size):
            i = np.uint64(start + j)
            value = gearing[i] * capital[i] * price
            due = due_now(debt[i], lean * value, rate)
            kept, here = debt[i] - due, 1.0 if alive[i] else 0.0
            free = max(cash[i] - buffer * revenue[i] - due, 0.0)
            own[i] = free
            usually = here * max(max(value - kept, usual[i] * price - free), 0.0)
            now = here * max(max(lean * value - kept, desired[i] * price - free), 0.0)
            asked_usual[i], asked[i] = usually, now
            margin = min(max(profit[i] / max(revenue[i], 1.0), -0.3), 0.3)
            cover = min(capital[i] * price / max(debt[i], 1.0), 3.0)
            size_here = log(max(annual[i], sizes[0])) - sizes[1]
            worth = 2.0 * margin + 0.15 * size_here + 0.1 * cover
            score[i] = worth
            maker = 1.0 if made[i] else 0.0
            all_debt[j] += debt[i]
            debts[j] += maker * debt[i]
            dues[j] += maker * due
            sound[j] += maker * debt[i] if alive[i] and profit[i] > 0.0 else 0.0
            want = maker * usually
            wanted[j] += want
            lo, hi = worth if want > 0.0 else np.inf, worth if want > 0.0 else -np.inf
            first_low[j] = min(first_low[j], lo)
            first_high[j] = max(first_high[j], hi)
            want = maker * now
            more[j] += want
            lo, hi = worth if want > 0.0 else np.inf, worth if want > 0.0 else -np.inf
            low[j] = min(low[j], lo)
            high[j] = max(high[j], hi)
    stock, demand = np.empty(4), np.empty((2, 3))  # a list of them takes long to compile
    stock[0], stock[1] = total(all_debt), total(debts)
    stock[2], stock[3] = total(dues), total(sound)
    demand[0, 0], demand[0, 1], demand[0, 2] = total(wanted), first_low[0], first_high[0]
    demand[1, 0], demand[1, 1], demand[1, 2] = total(more), low[0], high[0]
    for j in range(1, BLOCK):
        demand[0, 1] = min(demand[0, 1], first_low[j])
        demand[0, 2] = max(demand[0, 2], first_high[j])
        demand[1, 1] = min(demand[1, 1], low[j])
        demand[1, 2] = max(demand[1, 2], high[j])
    return stock, demand


@kernel
def observed(alive, industry, made, investment, upgrading, debt):  # type: ignore[no-untyped-def]
    """Return investment of living firms of industry, its upgrading part, and makers' debt."""
    invested, upgraded, owed = zeros(), zeros(), zeros()
    for start in range(0, len(debt), BLOCK):
        for j in range(min(BLOCK, len(debt) - start)):
            i = np.uint64(start + j)
            counted = 1.0 if alive[i] and industry[i] else 0.0
            invested[j] += counted * investment[i]
            upgraded[j] += counted * upgrading[i]
            owed[j] += debt[i] if made[i] else 0.0
    return total(invested), total(upgraded), total(owed)


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


@apart
def usually_spent(  # type: ignore[no-untyped-def]
    counted, wish, price, own, asked, score, limited, rations, informal,
):  # fmt: skip
    """Return what counted firms wish to spend and what they reach with the usual loans, yuan."""
    wished, reached = zeros(), zeros()
    for start in range(0, len(wish), BLOCK):
        for j in range(min(BLOCK, len(wish) - start)):
            i = np.uint64(start + j)
            lent = granted(asked[i], score[i], limited[i], rations)
            spent = spending(wish[i] * price, own[i] + lent, informal)
            wished[j] += wish[i] if counted[i] else 0.0
            reached[j] += spent if counted[i] else 0.0
    return price * total(wished), total(reached)


BOOK = (
    "loan", "repayment", "owners", "outlay", "claimed", "usually_claimed", "drawn", "debt",
    "made_debt",
)  # fmt: skip
"""Entries of the sums that `invest` returns."""


@apart
def invest(  # type: ignore[no-untyped-def]
    alive, made, revenue, profit, gearing, lean, rate, desired, upgrade, claim_rate, usually,
    additional, own, asked, score, rations, push, informal, scale, cap, price, keep, buffer, payout,
    cash, debt, capital, investment, upgrade_investment,
):  # fmt: skip
    """Lend, spend, book the firms' side and install the capital; return the sums of `BOOK`.

    Loans are what is granted plus `push` times the debt of profitable manufacturers. Firms spend
    what own funds and loans allow and part of the rest, times `scale`; owners add what is
    missing, and at the end draw the share `payout` of cash beyond `buffer` quarters of revenue.
    `usually` holds the firms' lots, the share of firms that claimed before the plan (those of
    the lowest lots) and their rate: what they would claim now is added up, not paid.
    """
    lot, claimers, usual_rate = usually
    real = 1.0 / price
    loans, repayments, owners, outlays = zeros(), zeros(), zeros(), zeros()
    claims, usual_claims, draws = zeros(), zeros(), zeros()
    all_debt, debts = zeros(), zeros()
    for start in range(0, len(cash), BLOCK):
        for j in range(min(BLOCK, len(cash) - start)):
            i = np.uint64(start + j)
            lent = granted(asked[i], score[i], made[i], rations)
            spent = scale * spending(desired[i] * price, own[i] + lent, informal)
            added = max(spent - own[i] - lent, 0.0)
            paid = max(spent + (additional[i] if alive[i] else 0.0), 0.0)
            lent += push * debt[i] if made[i] and alive[i] and profit[i] > 0.0 else 0.0
            repaid = due_now(debt[i], lean * gearing[i] * capital[i] * price, rate)
            share = min(upgrade[i] / desired[i], 1.0) if desired[i] > 0.0 else 0.0
            claimed = min(claim_rate[i] * paid * share, cap)
            installed = paid * real
            investment[i] = installed
            upgrade_investment[i] = installed * share
            capital[i] = keep * capital[i] + installed
            usual = min(usual_rate * paid * share, cap)
            usual_claims[j] += usual if lot[i] < claimers else 0.0
            owners[j] += added
            claims[j] += claimed
            added += claimed
            money = cash[i] + (added + lent - repaid - paid)
            drawn = payout * max(money - buffer * revenue[i], 0.0) if alive[i] else 0.0
            cash[i] = money - drawn
            draws[j] += drawn
            owed = debt[i] + lent - repaid
            debt[i] = owed
            loans[j] += lent
            repayments[j] += repaid
            outlays[j] += paid
            all_debt[j] += owed
            debts[j] += owed if made[i] else 0.0
    return np.array([
        total(loans), total(repayments), total(owners), total(outlays),
        total(claims), total(usual_claims), total(draws), total(all_debt), total(debts),
    ])  # fmt: skip
