"""Compiled loops of the credit process: rationing, spending, and the books.

One pass over firms each. The plain rules beside them in :mod:`sim.credit` and
:mod:`sim.selection` are what the tests compare them with.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, kernel, part, total, zeros
from sim.investment_kernels import due_now

BANDS = 512


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
def rationing(asked, score, limited, demand, supply, share):  # type: ignore[no-untyped-def]
    """Fill what share of the loans asked for is granted by band of scores; return their width.

    Limited firms are served by score until the supply ends; `demand` are their demand, lowest
    and highest score. `share` holds zeros, one for each of the bands.
    """
    low, high = demand[1], demand[2]
    width = (high - low) / (len(share) - 1) if high > low else 1.0
    for i in range(len(asked)):
        if limited[i] and asked[i] > 0.0:
            share[int((high - score[i]) / width)] += asked[i]
    left = supply
    for band in range(len(share)):
        wanted = share[band]
        if wanted > 0.0:
            share[band] = min(max(left / wanted, 0.0), 1.0)
            left -= wanted
    return width


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
    alive, made, revenue, profit, gearing, lean, rate, desired, upgrade, lot, claiming, additional,
    own, asked, score, rations, push, informal, scale, cap, price, keep, buffer, payout,
    cash, debt, capital, investment, upgrade_investment,
):  # fmt: skip
    """Lend, spend, book the firms' side and install the capital; return the sums of `BOOK`.

    Loans are what is granted plus `push` times the debt of profitable manufacturers. Firms spend
    what own funds and loans allow and part of the rest, times `scale`; owners add what is
    missing, and at the end draw the share `payout` of cash beyond `buffer` quarters of revenue.
    `claiming` are take-up now and before the plan, of which each firm's `lot` decides, and the two
    rates: what would be claimed as before is added up, not paid.
    """
    now, before, claimed_now, claimed_before = claiming
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
            claimed = min((claimed_now if lot[i] < now else 0.0) * paid * share, cap)
            installed = paid * real
            investment[i] = installed
            upgrade_investment[i] = installed * share
            capital[i] = keep * capital[i] + installed
            usual = min(claimed_before * paid * share, cap)
            usual_claims[j] += usual if lot[i] < before else 0.0
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
