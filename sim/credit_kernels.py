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
            counted = 1.0 if alive[i] & industry[i] else 0.0
            invested[j] += counted * investment[i]
            upgraded[j] += counted * upgrading[i]
            owed[j] += debt[i] if made[i] else 0.0
    return total(invested), total(upgraded), total(owed)


@part
def least(lanes):  # type: ignore[no-untyped-def]
    """Return the least of the lanes."""
    found = lanes[0]
    for j in range(1, BLOCK):
        found = min(found, lanes[j])
    return found


@part
def band_width(lowest, highest):  # type: ignore[no-untyped-def]
    """Return the width of a band of scores."""
    return (highest - lowest) / (BANDS - 1) if highest > lowest else 1.0


@part
def serve(asked, supply, share):  # type: ignore[no-untyped-def]
    """Fill the share of what each band asks for that is granted: the first bands first."""
    left = supply
    for band in range(BANDS):
        share[band] = min(max(left / asked[band], 0.0), 1.0) if asked[band] > 0.0 else 0.0
        left -= asked[band]


@apart
def rationing(  # type: ignore[no-untyped-def]
    counted, limited, usual, price, own, asked_usual, asked, score, supplies, place, bands,
):  # fmt: skip
    """Ration loans in usual and in present conditions; find what the usual ones leave unfunded.

    Limited firms are served by score until the supply ends, the marginal band in part; others
    get what they ask for. What they ask for is all that own funds lack for usual plans.

    Parameters
    ----------
    supplies : tuple
        Loans there are for limited firms, in usual and in present conditions.
    place : ndarray of int32, shape (firms,)
        To work in.
    bands : ndarray, shape (4, BANDS)
        Zeros; the last two rows get the share that is granted, usual and present.

    Returns
    -------
    highest, width : float
        Highest score of those who ask in present conditions, and the width of a band.
    wished, missing : float
        What counted firms usually plan to spend, and what of it neither they nor banks fund, yuan.
    """
    low, high = zeros() + np.inf, zeros() + np.inf  # of the scores, and of minus the scores
    low_now, high_now = zeros() + np.inf, zeros() + np.inf
    for start in range(0, len(score), BLOCK):
        for j in range(min(BLOCK, len(score) - start)):
            i = np.uint64(start + j)
            worth = score[i]
            some = limited[i] & (asked_usual[i] > 0.0)
            low[j] = min(low[j], worth if some else np.inf)
            high[j] = min(high[j], -worth if some else np.inf)
            some = limited[i] & (asked[i] > 0.0)
            low_now[j] = min(low_now[j], worth if some else np.inf)
            high_now[j] = min(high_now[j], -worth if some else np.inf)
    top, highest = -least(high), -least(high_now)
    usual_width, width = band_width(least(low), top), band_width(least(low_now), highest)
    lent, short, unfunded = np.empty(BLOCK), np.empty(BLOCK), np.zeros(BANDS)
    more, place_now, wished = np.empty(BLOCK), np.empty(BLOCK, np.int32), zeros()
    for start in range(0, len(score), BLOCK):
        size = min(BLOCK, len(score) - start)
        for j in range(size):
            i = np.uint64(start + j)
            plan = usual[i] * price if counted[i] else 0.0
            wished[j] += plan
            some = limited[i] & (asked_usual[i] > 0.0)
            place[i] = np.int32((top - score[i]) / usual_width if some else 0.0)
            lent[j] = asked_usual[i] if some else 0.0
            short[j] = max(plan - own[i], 0.0) if some else 0.0
            some = limited[i] & (asked[i] > 0.0)
            place_now[j] = np.int32((highest - score[i]) / width if some else 0.0)
            more[j] = asked[i] if some else 0.0
        for j in range(size):
            here, now = np.uint64(place[np.uint64(start + j)]), np.uint64(place_now[j])
            bands[0, here] += lent[j]
            bands[1, now] += more[j]
            unfunded[here] += short[j]
    serve(bands[0], supplies[0], bands[2])
    serve(bands[1], supplies[1], bands[3])
    missing, marginal = 0.0, -1
    for band in range(BANDS):
        if bands[2, band] > 0.0:
            marginal = band if bands[2, band] < 1.0 else marginal
        else:
            missing += unfunded[band]
    for row in range(len(score) if marginal >= 0 else 0):
        if place[row] == marginal and limited[row] and asked_usual[row] > 0.0 and counted[row]:
            lack = usual[row] * price - own[row] - asked_usual[row] * bands[2, marginal]
            missing += max(lack, 0.0)
    return highest, width, total(wished), missing


@part
def granted(asked, score, limited, rations):  # type: ignore[no-untyped-def]
    """Return the loan that a firm gets: limited firms by their band, others in full."""
    high, width, share = rations
    if limited & (asked > 0.0):
        return asked * share[int((high - score) / width)]
    return asked


@part
def spending(planned, funds, informal):  # type: ignore[no-untyped-def]
    """Return what is spent of a plan: what funds allow, and a share `informal` of the rest."""
    paid = min(planned, funds)
    return paid + informal * (planned - paid)


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
            lent += push * debt[i] if made[i] & alive[i] & (profit[i] > 0.0) else 0.0
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
