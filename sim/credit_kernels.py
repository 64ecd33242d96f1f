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
OBSERVED = 128
"""Firms of a block whose credit and investment are observed at once."""


@apart
def observed(alive, industry, made, investment, upgrading, debt, lanes):  # type: ignore[no-untyped-def]
    """Add up investment of living firms of industry, its upgrading part, makers' debt, all debt.

    The first two are finite only if these columns are, of every firm.

    Parameters
    ----------
    lanes : ndarray, shape (4, OBSERVED)
        Added to: the sums in as many parts as a block has firms.
    """
    for start in range(0, len(debt), OBSERVED):
        for j in range(min(OBSERVED, len(debt) - start)):
            i = np.uint64(start + j)
            counted = 1.0 if alive[i] & industry[i] else 0.0
            lanes[0, j] += counted * investment[i]
            lanes[1, j] += counted * upgrading[i]
            lanes[2, j] += debt[i] if made[i] else 0.0
            lanes[3, j] += debt[i]


@part
def band_width(lowest, highest):  # type: ignore[no-untyped-def]
    """Return the width of a band of scores."""
    return (highest - lowest) / (BANDS - 1) if highest > lowest else 1.0


@part
def serve(bands, supplies):  # type: ignore[no-untyped-def]
    """Turn what bands of scores ask for, usual and present, into the share that is granted."""
    for k in range(2):
        left = supplies[k]
        for band in range(BANDS):
            wanted = bands[k, band]
            bands[k, band] = min(max(left / wanted, 0.0), 1.0) if wanted > 0.0 else 0.0
            left -= wanted


@part
def unserved(bands):  # type: ignore[no-untyped-def]
    """Return what firms of bands without loans lack, and the band that is served in part or -1."""
    missing, marginal = 0.0, -1
    for band in range(BANDS):
        missing += bands[2, band] if bands[0, band] == 0.0 else 0.0
        marginal = band if 0.0 < bands[0, band] < 1.0 else marginal
    return missing, marginal


@part
def last_served(shares):  # type: ignore[no-untyped-def]
    """Return the last band that is granted anything, or -1, and its share."""
    last, share = -1, 0.0
    for band in range(BANDS):
        if shares[band] > 0.0:
            last, share = band, shares[band]
    return last, share


@apart
def rationing(  # type: ignore[no-untyped-def]
    counted, limited, usual, price, own, asked_usual, asked, score, supplies, place, now, bands,
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
    now : ndarray of int16, shape (firms,)
        Gets each firm's band of scores in present conditions.
    bands : ndarray, shape (3, BANDS)
        Zeros; the first two rows get the share that is granted, usual and present.

    Returns
    -------
    wished, missing : float
        What counted firms usually plan to spend, and what of it neither they nor banks fund, yuan.
    last, share
        The last band that is served in present conditions, and its share.
    """
    lanes = np.empty((8, SHORT))
    for j in range(SHORT):
        lanes[0, j] = lanes[1, j] = lanes[2, j] = lanes[3, j] = np.inf
        lanes[4, j] = 0.0
    for start in range(0, len(score), SHORT):
        for j in range(min(SHORT, len(score) - start)):
            i = np.uint64(start + j)
            worth = score[i]
            some = limited[i] & (asked_usual[i] > 0.0)
            lanes[0, j] = min(lanes[0, j], worth if some else np.inf)
            lanes[1, j] = min(lanes[1, j], -worth if some else np.inf)
            some = limited[i] & (asked[i] > 0.0)
            lanes[2, j] = min(lanes[2, j], worth if some else np.inf)
            lanes[3, j] = min(lanes[3, j], -worth if some else np.inf)
    for k in range(4):
        for j in range(1, SHORT):
            lanes[k, 0] = min(lanes[k, 0], lanes[k, j])
    top, highest = -lanes[1, 0], -lanes[3, 0]
    usual_width, width = band_width(lanes[0, 0], top), band_width(lanes[2, 0], highest)
    for start in range(0, len(score), SHORT):
        size = min(SHORT, len(score) - start)
        for j in range(size):
            i = np.uint64(start + j)
            plan = usual[i] * price if counted[i] else 0.0
            lanes[4, j] += plan
            some = limited[i] & (asked_usual[i] > 0.0)
            place[i] = np.int32((top - score[i]) / usual_width if some else 0.0)
            lanes[5, j] = asked_usual[i] if some else 0.0
            lanes[6, j] = max(plan - own[i], 0.0) if some else 0.0
            some = limited[i] & (asked[i] > 0.0)
            now[i] = np.int16((highest - score[i]) / width if some else 0.0)
            lanes[7, j] = asked[i] if some else 0.0
        for j in range(size):
            band = np.uint64(place[np.uint64(start + j)])
            bands[0, band] += lanes[5, j]
            bands[1, np.uint64(now[np.uint64(start + j)])] += lanes[7, j]
            bands[2, band] += lanes[6, j]
    serve(bands, supplies)
    missing, marginal = unserved(bands)
    wished = 0.0
    for j in range(SHORT):
        wished += lanes[4, j]
    for row in range(len(score) if marginal >= 0 else 0):
        if place[row] == marginal and limited[row] and asked_usual[row] > 0.0 and counted[row]:
            lack = usual[row] * price - own[row] - asked_usual[row] * bands[0, marginal]
            missing += max(lack, 0.0)
    return wished, missing, *last_served(bands[1])


@part
def granted(asked, band, limited, served):  # type: ignore[no-untyped-def]
    """Return the loan that a firm gets.

    `served` are the band of scores that is served in part, and the part: limited firms of bands
    before it get what they ask for, those of later ones nothing; others are served in full.
    """
    marginal, share = served
    part = 1.0 if band < marginal else (share if band == marginal else 0.0)
    return asked * (part if limited else 1.0)


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
