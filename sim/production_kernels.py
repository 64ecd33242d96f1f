"""Compiled loops of the production process: one pass over the firms each.

Every kernel is plain Python under its decorator (``kernel.py_func``), which the tests hold
against the numpy form.
"""

from __future__ import annotations

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def shocks(laplace, passing, spread, permanent, temporary, shock):  # type: ignore[no-untyped-def]
    """Fill log sales shocks: a permanent part and the change of a passing part.

    `passing` holds last quarter's passing part and is replaced by this quarter's.
    """
    for i in range(len(shock)):
        now = temporary * spread[i] * laplace[1, i]
        moved = permanent * spread[i] * laplace[0, i] + now - passing[i]
        passing[i] = now
        shock[i] = min(max(moved, -1.5), 1.5)


@nb.njit(cache=True, nogil=True)
def sums_by_sector(value, sector, active, count):  # type: ignore[no-untyped-def]
    """Return sums over living firms by sector."""
    out = np.zeros(count)
    for i in range(len(value)):
        if active[i]:
            out[sector[i]] += value[i]
    return out


@nb.njit(cache=True, nogil=True)
def advance(level, last, position, weight, sector, active, count):  # type: ignore[no-untyped-def]
    """Return output-weighted sums of the change of technology by sector, chance left out."""
    out = np.zeros(count)
    for i in range(len(last)):
        if active[i]:
            chance = position[i] if i < len(position) else 0.0
            out[sector[i]] += weight[i] * (level[i] - last[i] - chance)
    return out


@nb.njit(cache=True, nogil=True)
def pulls(  # type: ignore[no-untyped-def]
    high_tech, purchase, last_purchase, annual, small, shift, export_share, chain, tfp, quality,
    output, sector, active, count, pull, score,
):  # fmt: skip
    """Fill demand pulls and competitive scores; return output-weighted sums of both by sector.

    `purchase` is the pull of first purchases on certified firms; what a firm felt of it last
    quarter stands in `last_purchase`, whose length tells the firms that were there.
    """
    pulled, scored = np.zeros(count), np.zeros(count)
    for i in range(len(output)):
        level = purchase if high_tech[i] else 0.0
        moved = 0.0
        if i < len(last_purchase):
            moved = level - last_purchase[i]
        if annual[i] < small:
            moved += shift * export_share[i]
        if i < len(chain):
            moved += chain[i]
        pull[i] = moved
        score[i] = tfp[i] + quality[i]
        if active[i]:
            pulled[sector[i]] += output[i] * moved
            scored[sector[i]] += output[i] * score[i]
    return pulled, scored


@nb.njit(cache=True, nogil=True)
def pressure(score, mean, sector, strength, shock, pull, out):  # type: ignore[no-untyped-def]
    """Fill each firm's log growth before its sector's total is kept."""
    for i in range(len(score)):
        out[i] = strength * (score[i] - mean[sector[i]]) + shock[i] + pull[i]


@nb.njit(cache=True, nogil=True)
def grow(output, sector, active, factor, base):  # type: ignore[no-untyped-def]
    """Move output by the firms' factors, in place; each sector's total grows by `base` (log)."""
    count = len(base)
    before, after = np.zeros(count), np.zeros(count)
    for i in range(len(output)):
        if active[i]:
            before[sector[i]] += output[i]
            output[i] *= factor[i]
            after[sector[i]] += output[i]
    for s in range(count):
        after[s] = before[s] * np.exp(base[s]) / after[s] if after[s] > 0.0 else 0.0
    for i in range(len(output)):
        if active[i]:
            output[i] *= after[sector[i]]


@nb.njit(cache=True, nogil=True)
def since_last(level, stock, old_level, old_stock, position, staff, sector, active, count):  # type: ignore[no-untyped-def]
    """Return, by sector: workers, worker-weighted change of TFP, capital before and now."""
    out = np.zeros((4, count))
    for i in range(len(old_level)):
        if active[i] and old_stock[i] > 0.0 and staff[i] > 0.0:
            s = sector[i]
            chance = position[i] if i < len(position) else 0.0
            out[0, s] += staff[i]
            out[1, s] += staff[i] * (level[i] - old_level[i] - chance)
            out[2, s] += old_stock[i]
            out[3, s] += stock[i]
    return out


@nb.njit(cache=True, nogil=True)
def labour_gaps(logs, tfp, offset, share, speed, change):  # type: ignore[no-untyped-def]
    """Fill the log change of staff towards what output needs; return the firms' new offsets.

    `logs` holds the logs of output, capital and staff, shape (3, firms). A new firm is laid out
    for the staff that it has: its offset is its gap.
    """
    new = np.empty(len(tfp))
    for i in range(len(tfp)):
        level = logs[0, i] - tfp[i] - share * logs[1, i]
        gap = level / (1.0 - share) - logs[2, i]
        if i < len(offset):
            new[i] = offset[i]
            gap -= offset[i]
        else:
            new[i] = gap
            gap = 0.0
        change[i] = speed * min(max(gap, -1.5), 1.5)
    return new


@nb.njit(cache=True, nogil=True)
def hire(staff, factor, sector, active, move):  # type: ignore[no-untyped-def]
    """Move staff by the firms' factors, in place; each sector's total grows by `move` (log)."""
    count = len(move)
    total, moved = np.zeros(count), np.zeros(count)
    for i in range(len(staff)):
        if active[i]:
            s = sector[i]
            total[s] += staff[i]
            staff[i] *= factor[i]
            moved[s] += staff[i]
        else:
            staff[i] = 0.0
    for s in range(count):
        if moved[s] > 0.0:
            moved[s] = total[s] * np.exp(move[s]) / moved[s]
    for i in range(len(staff)):
        if active[i]:
            staff[i] *= moved[sector[i]]


ACCOUNT = (
    "revenue", "inputs", "wages", "tax", "interest", "fees", "surcharge", "payout",
)  # fmt: skip
"""Rows of the sums that `settle` returns."""


@nb.njit(cache=True, nogil=True)
def settle(  # type: ignore[no-untyped-def]
    active, service, sector, output, rate, staff, wage, debt, capital, energy, high_tech, group,
    revenue, value_added, annual, profit, tax, cash, class_price, price, squeeze, vat_change,
    turnover, interest_rate, fee, energy_price, depreciation, taxes, payout_share,
):  # fmt: skip
    """Settle the current account of every firm in place; return the eight sums of `ACCOUNT`."""
    sums = np.zeros(8)
    for i in range(len(output)):
        if not active[i]:
            revenue[i] = value_added[i] = annual[i] = profit[i] = tax[i] = 0.0
            continue
        revenue[i] = output[i] * (1.0 if service[sector[i]] else price)
        share = rate[i] - (1.0 - rate[i]) * squeeze + vat_change
        value_added[i] = revenue[i] * min(max(share, 0.01), 0.95)
        annual[i] = 0.75 * annual[i] + revenue[i]
        wages = wage[i] * staff[i]
        turnover_tax = turnover * revenue[i]
        interest = interest_rate * debt[i]
        fees = fee * revenue[i]
        surcharge = (class_price[group[i] + 1] - 1.0) * energy_price * energy[i] * output[i]
        before = value_added[i] - wages - turnover_tax - interest - fees - surcharge
        before -= depreciation * capital[i]
        income_tax = (taxes[1] if high_tech[i] else taxes[0]) * max(before, 0.0)
        payout = payout_share * max(before - income_tax, 0.0)
        inputs = revenue[i] - value_added[i]
        profit[i] = before
        tax[i] = turnover_tax + income_tax
        cash[i] += revenue[i] - inputs - wages - tax[i] - interest - fees - surcharge - payout
        sums[0] += revenue[i]
        sums[1] += inputs
        sums[2] += wages
        sums[3] += tax[i]
        sums[4] += interest
        sums[5] += fees
        sums[6] += surcharge
        sums[7] += payout
    return sums
