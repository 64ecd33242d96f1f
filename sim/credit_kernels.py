"""Compiled loops of the credit process: rationing, spending, and the books.

One pass over firms each. The plain rules beside them in :mod:`sim.credit` and
:mod:`sim.selection` are what the tests compare them with.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, part
from sim.investment_kernels import asked_for, own_funds, totals
from sim.sector_sums import LANES, SHORT

BANDS = 512
"""Bands of scores of equal width."""
PLACES = BANDS + SHORT
"""Bands, and behind them a place for each firm of a block that asks for nothing."""


@part
def bands_a_unit(highest, minus_lowest):  # type: ignore[no-untyped-def]
    """Return how many bands a unit of score spans, finite however close the scores are."""
    return (BANDS - 1) / max(highest + minus_lowest, 1e-300) if highest > -minus_lowest else 1.0


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
    lack, asked_usual, asked, score, ends, supplies, place, now, bands
):  # fmt: skip
    """Ration loans in usual and in present conditions; find what the usual ones leave unfunded.

    Firms are served by score until the supply ends, the marginal band of scores in part.

    Parameters
    ----------
    lack, asked_usual, asked, score, ends
        As :func:`sim.investment_kernels.requests` gives them.
    supplies : tuple
        Loans there are, in usual and in present conditions.
    place, now : ndarray of int16, shape (firms,)
        Get each firm's band of scores in usual and in present conditions, one behind all bands
        where it asks for nothing.
    bands : ndarray, shape (2, PLACES)
        Zeros; get what bands ask for, usually and at present.

    Returns
    -------
    missing : float
        What usual loans leave unfunded of what firms lack for their usual plans, yuan.
    last, share
        The last band that is served in present conditions, and its share.
    """
    top, highest, count, lanes = ends[0], ends[2], len(score), np.zeros((1, SHORT))
    per_usual, per = bands_a_unit(top, ends[1]), bands_a_unit(highest, ends[3])
    for start in range(0, count, SHORT):
        size = min(SHORT, count - start)
        for j in range(size):
            i = np.uint64(start + j)
            worth, behind = score[i], float(BANDS + j)  # in one for all, sums wait for each other
            place[i] = np.int16((top - worth) * per_usual if asked_usual[i] > 0.0 else behind)
            now[i] = np.int16((highest - worth) * per if asked[i] > 0.0 else behind)
        for j in range(size):
            i = np.uint64(start + j)
            bands[0, np.uint64(place[i])] += asked_usual[i]
            bands[1, np.uint64(now[i])] += asked[i]
    usually = last_served(bands, np.int64(0), supplies[0])
    for start in range(0, count, SHORT):
        for j in range(min(SHORT, count - start)):
            i = np.uint64(start + j)
            lanes[0, j] += max(lack[i] - granted(asked_usual[i], place[i], True, usually), 0.0)
    return totals(lanes)[0], *last_served(bands, np.int64(1), supplies[1])


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


@part
def settle(  # type: ignore[no-untyped-def]
    i, j, alive, made, revenue, profit, gearing, bank, desired, upgrade, lot, claiming, additional,
    band, served, rule, price, cash, debt, capital, investment, upgrade_investment, lanes,
):  # fmt: skip
    """Do what :func:`invest` does for firm i, added to part j of the sums."""
    now, before, claimed_now, claimed_before = claiming
    lean, falling, buffer = bank
    push, informal, scale, cap, keep, enough, payout = rule
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
    installed = paid * (1.0 / price)
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


@apart
def invest(  # type: ignore[no-untyped-def]
    alive, made, revenue, profit, gearing, bank, desired, upgrade, lot, claiming, additional, band,
    served, rule, price, cash, debt, capital, investment, upgrade_investment,
):  # fmt: skip
    """Lend, spend, book the firms' side and install the capital; return the sums of `BOOK`.

    Manufacturers are :func:`granted` what they ask for by their `band` of scores, and the
    profitable among them get a share of their debt. Firms spend what own funds and loans allow and
    part of the rest; owners add what is missing, and at the end draw part of the cash that firms
    need not keep. `bank` is as for :func:`sim.investment_kernels.plan_and_ask`.

    Parameters
    ----------
    claiming : tuple
        Take-up now and before the plan, of which each firm's `lot` decides, and the two rates: what
        would be claimed as before is added up, not paid.
    additional : ndarray, shape (firms,)
        What funds and grants add; spent, it is zero for the next quarter.
    rule : tuple
        Loans to the profitable over their debt; share of what is not funded that is spent all the
        same; factor on all spending; largest claim; share of the capital that is left after the
        quarter; quarters of revenue that are kept as cash; share of the rest that owners draw.
    """
    lanes, even = np.zeros((len(BOOK), LANES)), len(cash) - len(cash) % LANES
    for start in range(0, even, LANES):
        for j in range(LANES):  # each sum in as many parts as a register holds, which stays there
            settle(
                np.uint64(start + j), np.uint64(j), alive, made, revenue, profit, gearing, bank,
                desired, upgrade, lot, claiming, additional, band, served, rule, price, cash, debt,
                capital, investment, upgrade_investment, lanes,
            )  # fmt: skip
    for row in range(even, len(cash)):
        settle(
            np.uint64(row), np.uint64(0), alive, made, revenue, profit, gearing, bank, desired,
            upgrade, lot, claiming, additional, band, served, rule, price, cash, debt, capital,
            investment, upgrade_investment, lanes,
        )  # fmt: skip
    return totals(lanes)
