"""Compiled loops of the credit process: rationing, spending, and the books.

One pass over firms each. The plain rules beside them in :mod:`sim.credit` and
:mod:`sim.selection` are what the tests compare them with.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, part
from sim.investment_kernels import asked_for, own_funds, totals
from sim.sector_sums import SHORT

BANDS = 512


@part
def band_width(highest, minus_lowest):  # type: ignore[no-untyped-def]
    """Return the width of a band of scores."""
    return (highest + minus_lowest) / (BANDS - 1) if highest > -minus_lowest else 1.0


@part
def last_served(asked, k, supply):  # type: ignore[no-untyped-def]
    """Return the last band that is granted anything of what bands ask for in row k, or -1."""
    left, last, share = supply, -1, 0.0
    for band in range(BANDS):
        wanted = asked[k, band]
        if wanted > 0.0 and left > 0.0:
            last, share = band, min(left / wanted, 1.0)
            left -= wanted
    return last, share


@part
def granted(asked, band, limited, served):  # type: ignore[no-untyped-def]
    """Return the loan that a firm gets.

    `served` are the band of scores that is served in part, and the part: limited firms of bands
    before it get what they ask for, those of later ones nothing; others are served in full.
    """
    marginal, share = served
    part = 1.0 if band < marginal else (share if band == marginal else 0.0)
    return asked * (part if limited else 1.0)


@apart
def rationing(  # type: ignore[no-untyped-def]
    counted, usual, price, lack, asked_usual, asked, score, supplies, place, now, bands
):  # fmt: skip
    """Ration loans in usual and in present conditions; find what the usual ones leave unfunded.

    Firms are served by score until the supply ends, the marginal band of scores in part.

    Parameters
    ----------
    counted, usual, price
        Firms of industry, usual plans at constant prices, and their price.
    lack, asked_usual, asked, score
        As :func:`sim.investment_kernels.requests` gives them.
    supplies : tuple
        Loans there are, in usual and in present conditions.
    place, now : ndarray of int16, shape (firms,)
        Get each firm's band of scores in usual and in present conditions.
    bands : ndarray, shape (2, BANDS)
        Zeros; get what bands ask for, usually and at present.

    Returns
    -------
    wished, missing : float
        What counted firms usually plan to spend, and what usual loans leave unfunded of what firms
        lack for it, yuan.
    last, share
        The last band that is served in present conditions, and its share.
    """
    lanes = np.zeros((6, SHORT))  # highest and minus lowest scores, usual and present; two sums
    for k in range(4):
        for j in range(SHORT):
            lanes[k, j] = -np.inf
    for start in range(0, len(score), SHORT):
        for j in range(min(SHORT, len(score) - start)):
            i = np.uint64(start + j)
            worth = score[i]
            lanes[0, j] = max(lanes[0, j], worth if asked_usual[i] > 0.0 else -np.inf)
            lanes[1, j] = max(lanes[1, j], -worth if asked_usual[i] > 0.0 else -np.inf)
            lanes[2, j] = max(lanes[2, j], worth if asked[i] > 0.0 else -np.inf)
            lanes[3, j] = max(lanes[3, j], -worth if asked[i] > 0.0 else -np.inf)
    for k in range(4):
        for j in range(1, SHORT):
            lanes[k, 0] = max(lanes[k, 0], lanes[k, j])
    top, highest = lanes[0, 0], lanes[2, 0]
    usual_width, width = band_width(top, lanes[1, 0]), band_width(highest, lanes[3, 0])
    for start in range(0, len(score), SHORT):
        size = min(SHORT, len(score) - start)
        for j in range(size):
            i = np.uint64(start + j)
            worth = score[i]
            gap = (top - worth) / usual_width
            place[i] = np.int16(gap if asked_usual[i] > 0.0 else 0.0)
            now[i] = np.int16((highest - worth) / width if asked[i] > 0.0 else 0.0)
        for j in range(size):
            i = np.uint64(start + j)
            bands[0, np.uint64(place[i])] += asked_usual[i]
            bands[1, np.uint64(now[i])] += asked[i]
    usually = last_served(bands, np.int64(0), supplies[0])
    for start in range(0, len(score), SHORT):
        for j in range(min(SHORT, len(score) - start)):
            i = np.uint64(start + j)
            lanes[4, j] += usual[i] * price if counted[i] else 0.0
            lanes[5, j] += max(lack[i] - granted(asked_usual[i], place[i], True, usually), 0.0)
    sums = totals(lanes)
    return sums[4], sums[5], *last_served(bands, np.int64(1), supplies[1])


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
LOAN, REPAYMENT, OWNERS, OUTLAY, CLAIMED, USUALLY_CLAIMED, DRAWN, DEBT, MADE_DEBT = range(len(BOOK))


@apart
def invest(  # type: ignore[no-untyped-def]
    alive, made, revenue, profit, gearing, bank, desired, upgrade, lot, claiming, additional,
    band, served, push, informal, scale, cap, price, keep, enough, payout, cash, debt, capital,
    investment, upgrade_investment,
):  # fmt: skip
    """Lend, spend, book the firms' side and install the capital; return the sums of `BOOK`.

    Manufacturers are :func:`granted` what they ask for by their `band` of scores, and the
    profitable among them get `push` times their debt. Firms spend what own funds and loans allow
    and part of the rest, times `scale`; owners add what is missing, and at the end draw the share
    `payout` of cash beyond `enough` quarters of revenue. `bank` is as for
    :func:`sim.investment_kernels.plan_and_ask`.
    `additional` is what funds and grants add; spent, it is zero for the next quarter.
    `claiming` are take-up now and before the plan, of which each firm's `lot` decides, and the two
    rates: what would be claimed as before is added up, not paid.
    """
    now, before, claimed_now, claimed_before = claiming
    lean, falling, buffer = bank
    real = 1.0 / price
    lanes = np.zeros((len(BOOK), SHORT))
    for start in range(0, len(cash), SHORT):
        for j in range(min(SHORT, len(cash) - start)):
            i = np.uint64(start + j)
            wanted, planned = lean * (gearing[i] * capital[i] * price), desired[i] * price
            repaid, own = own_funds(cash[i], revenue[i], debt[i], wanted, falling, buffer)
            asked = asked_for(alive[i], wanted, debt[i] - repaid, planned, own)
            lent = granted(asked, band[i], made[i], served)
            spent = scale * spending(planned, own + lent, informal)
            added = max(spent - own - lent, 0.0)
            paid = max(spent + (additional[i] if alive[i] else 0.0), 0.0)
            additional[i] = 0.0
            lent += push * debt[i] if made[i] & alive[i] & (profit[i] > 0.0) else 0.0
            share = min(upgrade[i] / desired[i], 1.0) if desired[i] > 0.0 else 0.0
            claimed = min((claimed_now if lot[i] < now else 0.0) * paid * share, cap)
            installed = paid * real
            investment[i] = installed
            upgrade_investment[i] = installed * share
            capital[i] = keep * capital[i] + installed
            usual = min(claimed_before * paid * share, cap)
            lanes[USUALLY_CLAIMED, j] += usual if lot[i] < before else 0.0
            lanes[OWNERS, j] += added
            lanes[CLAIMED, j] += claimed
            added += claimed
            money = cash[i] + (added + lent - repaid - paid)
            drawn = payout * max(money - enough * revenue[i], 0.0) if alive[i] else 0.0
            cash[i] = money - drawn
            lanes[DRAWN, j] += drawn
            owed = debt[i] + lent - repaid
            debt[i] = owed
            lanes[LOAN, j] += lent
            lanes[REPAYMENT, j] += repaid
            lanes[OUTLAY, j] += paid
            lanes[DEBT, j] += owed
            lanes[MADE_DEBT, j] += owed if made[i] else 0.0
    return totals(lanes)
