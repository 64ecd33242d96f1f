"""Compiled loops of the production process: four passes over the firms.

A sector's total has to be known before its firms can share it: hence a pass to survey, one to
grow, one to hire and one to settle. Every kernel is plain Python under its decorator
(``kernel.py_func``); the tests hold it against the numpy form.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, exp, log, part, total, zeros
from sim.inversion import laplace
from sim.rng import unit_open
from sim.sector_sums import LANES, SHORT, add_by_sector, joined

SURVEY = (
    "output", "advance", "extra", "capital", "pulled", "scored", "workers", "learned", "was", "now",
)  # fmt: skip
"""Rows of the sums that `survey` returns."""


@apart
def survey(  # type: ignore[no-untyped-def]
    alive, sector, count, output, tfp, quality, staff, capital, investment, usual, position,
    certified, annual, export_share, chain, purchases, small, shift, strength,
    old_tfp, old_quality, old_capital, felt, pressed,
):  # fmt: skip
    """Return what sectors are and what moved in them since last quarter, shape (10, sectors).

    `old_tfp`, `old_quality`, `old_capital` and `felt` (was certified) hold last quarter's values
    of the firms that were there, one entry for each firm now; rows of new firms hold NaN in
    `old_tfp`. All four are replaced by this quarter's. `position` is the part of the move of TFP
    that chance made. `purchases` is the pull of first purchases on certified firms now and last
    quarter. Each firm's pull plus `strength` times its score goes to `pressed`.

    The rows, sums over living firms by sector: output; output times the advance of TFP and
    quality, chance left out; investment beyond the usual; capital; output times pull; output
    times score; then of firms that stayed: workers, workers times the advance of TFP, capital
    before and now.
    """
    sums, entered = np.zeros((count, 10, LANES)), np.empty((10, SHORT))
    seen, had = len(chain), len(position)
    for start in range(0, len(output), SHORT):
        size = min(SHORT, len(output) - start)
        for row in range(size):
            entered[0, row] = entered[1, row] = 0.0
        for row in range(min(size, seen - start)):
            entered[0, row] = chain[np.uint64(start + row)]
        for row in range(min(size, had - start)):
            entered[1, row] = position[np.uint64(start + row)]
        for row in range(size):
            j = np.uint64(row)
            i = np.uint64(start) + j
            new = np.isnan(old_tfp[i])
            moved = (purchases[0] if certified[i] else 0.0) - (purchases[1] if felt[i] else 0.0)
            moved = 0.0 if new else moved
            moved += shift * export_share[i] if annual[i] < small else 0.0
            moved += entered[0, j]
            score = tfp[i] + quality[i]
            pressed[i] = strength * score + moved
            learned = 0.0 if new else tfp[i] - old_tfp[i] - entered[1, j]
            entered[1, j] = learned + (0.0 if new else quality[i] - old_quality[i])
            entered[4, j] = moved
            entered[5, j] = score
            entered[6, j] = 0.0 if new else 1.0
            entered[7, j] = learned
            old_tfp[i] = tfp[i]
            old_quality[i] = quality[i]
            felt[i] = certified[i]
        # Two loops of ten columns each: memory serves them sooner than one of twenty.
        for row in range(size):
            j = np.uint64(row)
            i = np.uint64(start) + j
            here = alive[i]
            made = output[i] if here else 0.0
            stayed = here & (entered[6, j] > 0.0) & (old_capital[i] > 0.0) & (staff[i] > 0.0)
            hands = staff[i] if stayed else 0.0
            entered[0, j] = made
            entered[1, j] *= made
            entered[2, j] = investment[i] - usual[i] if here else 0.0
            entered[3, j] = capital[i] if here else 0.0
            entered[4, j] *= made
            entered[5, j] *= made
            entered[6, j] = hands
            entered[7, j] *= hands
            entered[8, j] = old_capital[i] if stayed else 0.0
            entered[9, j] = capital[i] if stayed else 0.0
            old_capital[i] = capital[i]
        add_by_sector(sector, start, size, entered, sums)
    return joined(sums)


@part
def scales(totals, growth):  # type: ignore[no-untyped-def]
    """Return what each sector's total after the move lacks to have grown by `growth` (log)."""
    scale, total = np.zeros(len(growth)), joined(totals)
    for s in range(len(growth)):
        if total[1, s] > 0.0:
            scale[s] = total[0, s] * exp(growth[s]) / total[1, s]
    return scale


@apart
def grow(  # type: ignore[no-untyped-def]
    lasting_word, passing_word, alive, sector, pressed, usual_pressure, base, spread, permanent,
    passing_scale, passing, output,
):  # fmt: skip
    """Move output by pull, score and shocks, in place; return what scales sectors to their total.

    A log sales shock, made of two random words, has a permanent part and the change of a
    passing part: `passing` holds last quarter's and is replaced by this quarter's.
    `usual_pressure` is the pressure of a firm of its sector's mean score. Each sector's output
    is to grow by `base` (log): outputs times the factors returned do.
    """
    totals, moves = np.zeros((len(base), 2, LANES)), np.empty((2, BLOCK))
    before, after = moves
    for start in range(0, len(output), BLOCK):
        size = min(BLOCK, len(output) - start)
        for j in range(size):
            i = np.uint64(start + j)
            lasting = permanent * spread[i] * laplace(unit_open(lasting_word[i]))
            now = passing_scale * spread[i] * laplace(unit_open(passing_word[i]))
            shock = lasting + now - passing[i]
            passing[i] = now
            after[j] = pressed[i] + min(max(shock, -1.5), 1.5)
        for j in range(size):
            i = np.uint64(start + j)
            before[j] = output[i] if alive[i] else 0.0
            after[j] = before[j] * exp(after[j] - usual_pressure[np.uint16(sector[i])])
            output[i] = after[j]
        add_by_sector(sector, start, size, moves, totals)
    return scales(totals, base)


@apart
def hire(  # type: ignore[no-untyped-def]
    alive, sector, scale, capital, tfp, share, speed, growth, offset, output, staff,
):  # fmt: skip
    """Scale output to the sectors' totals and move staff towards what it needs, both in place.

    What output needs solves output = TFP * capital**share * staff**(1 - share); the gap is the
    log of that staff over the present one. `offset` is the gap that a firm is laid out for; a
    new firm's is NaN and becomes its gap. Each sector's staff is to grow by `growth` (log):
    staff times the factors returned do.
    """
    totals, moves = np.zeros((len(growth), 2, LANES)), np.empty((2, BLOCK))
    before, after = moves
    steep = 1.0 / (1.0 - share)
    for start in range(0, len(output), BLOCK):
        size = min(BLOCK, len(output) - start)
        for j in range(size):
            i = np.uint64(start + j)
            made = output[i] * (scale[np.uint16(sector[i])] if alive[i] else 1.0)
            output[i] = made
            each = 1.0 / max(staff[i], 1.0)
            plant = share * log(max(capital[i], 1.0) * each)
            gap = (log(max(made, 1.0) * each) - tfp[i] - plant) * steep
            usual = gap if np.isnan(offset[i]) else offset[i]
            offset[i] = usual
            after[j] = speed * min(max(gap - usual, -1.5), 1.5)
        for j in range(size):
            i = np.uint64(start + j)
            before[j] = staff[i] if alive[i] else 0.0
            after[j] = before[j] * exp(after[j])
            staff[i] = after[j]
        add_by_sector(sector, start, size, moves, totals)
    return scales(totals, growth)


ACCOUNT = (
    "revenue", "inputs", "wages", "tax", "interest", "fees", "surcharge", "payout",
)  # fmt: skip
"""Rows of the sums that `settle` returns."""


@apart
def settle(  # type: ignore[no-untyped-def]
    active, service, sector, output, rate, hired, staff, raised, wage, debt, capital, energy,
    high_tech, group, revenue, value_added, annual, profit, tax, cash, class_price, price, squeeze,
    vat_change, turnover, interest_rate, fee, energy_price, depreciation, taxes, payout_share,
):  # fmt: skip
    """Settle the current account of every firm in place; return the eight sums of `ACCOUNT`.

    Staff is scaled by its sector's factor `hired` and wages by `raised` before.
    """
    sold, inputs, wages, taxed = zeros(), zeros(), zeros(), zeros()
    interests, fees, surcharges, payouts = zeros(), zeros(), zeros(), zeros()
    for start in range(0, len(output), BLOCK):
        # No branch on who lives: a firm that left sells, owes and owns nothing.
        for j in range(min(BLOCK, len(output) - start)):
            i = np.uint64(start + j)
            s, here = np.uint16(sector[i]), 1.0 if active[i] else 0.0
            wage[i] *= raised
            staff[i] *= hired[s] * here
            burden = (class_price[np.uint16(group[i] + 1)] - 1.0) * energy_price * here
            burden *= energy[i] * output[i]
            worked = wage[i] * staff[i]
            sales = output[i] * (here if service[s] else here * price)
            revenue[i] = sales
            share = rate[i] - (1.0 - rate[i]) * squeeze + vat_change
            added = sales * min(max(share, 0.01), 0.95)
            value_added[i] = added
            annual[i] = 0.75 * annual[i] + sales if active[i] else 0.0
            owed = interest_rate * debt[i] if active[i] else 0.0
            fee_paid = fee * sales
            before = added - (worked + turnover * sales + owed + fee_paid + burden)
            before -= depreciation * capital[i] if active[i] else 0.0
            profit[i] = before
            income_tax = (taxes[1] if high_tech[i] else taxes[0]) * max(before, 0.0)
            payout = payout_share * max(before - income_tax, 0.0)
            due = turnover * sales + income_tax
            tax[i] = due
            cash[i] += added - (worked + (owed + fee_paid + burden)) - due - payout
            sold[j] += sales
            inputs[j] += sales - added
            wages[j] += worked
            taxed[j] += due
            interests[j] += owed
            fees[j] += fee_paid
            surcharges[j] += burden
            payouts[j] += payout
    return np.array([
        total(sold), total(inputs), total(wages), total(taxed),
        total(interests), total(fees), total(surcharges), total(payouts),
    ])  # fmt: skip
