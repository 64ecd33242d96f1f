"""Compiled loops of the production process: three passes over the firms, one over the sectors.

A sector's total has to be known before its firms can share it: hence a pass to grow, one to hire
and one to settle, and demand met by sector after the first. Every kernel is plain Python under its
decorator (``kernel.py_func``); the tests hold it against the numpy form.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, exp, exp_beyond_one, log
from sim.inversion import laplace
from sim.rng import unit_open
from sim.sector_sums import LANES, SHORT, add_by_sector, joined

(
    OUTPUT, GROWN, ADVANCE, EXTRA, CAPITAL, PULLED, WORKERS, LEARNED, WAS, NOW,
) = range(10)  # fmt: skip
"""Rows of the sums that `grow` returns."""
LEAST_RATE, HIGHEST_RATE = 0.01, 0.95
"""Bounds of a firm's value-added rate, fraction of sales."""


@apart
def size_spread(revenue, scale, exponent, known, spread):  # type: ignore[no-untyped-def]
    """Fill the size factor of growth shocks from row `known` on: a power of scaled revenue."""
    for row in range(known, len(spread)):
        i = np.uint64(row)
        spread[i] = exp(exponent * log(max(revenue[i] * scale, 0.02)))


@apart
def grow(  # type: ignore[no-untyped-def]
    lasting_word, passing_word, alive, sector, count, tfp, quality, staff, capital, investment,
    usual, position, certified, annual, export_share, chain, purchases, small, shift, strength,
    spread, permanent, passing_scale, old_tfp, old_quality, old_capital, felt, passing, output,
):  # fmt: skip
    """Move output by score, pull and chance; return what sectors are and what moved in them.

    A firm's log output moves by `strength` times its score, by its pull and by a shock made of
    two random words: a permanent part and the change of a passing part (`passing` holds last
    quarter's). Outputs are still to be scaled to their sectors' totals, so that what all firms
    of a sector have in common does not matter.

    `old_tfp`, `old_quality`, `old_capital` and `felt` (was certified) hold last quarter's values
    of the firms that were there, one entry for each firm now; rows of new firms hold NaN in
    `old_tfp`. All four, `passing` and `output` are replaced by this quarter's. `position` is the
    part of the move of TFP that chance made. `purchases` is the pull of first purchases on
    certified firms now and last quarter.

    Returns sums of shape (10, sectors) over living firms: output before and after its move;
    output before times the advance of TFP and quality, chance left out; investment beyond the
    usual; capital; output before times pull; then of firms that stayed: workers, workers times
    the advance of TFP, capital before and now.
    """
    sums, entered = np.zeros((count, 10, LANES)), np.empty((10, SHORT))
    move = np.empty(SHORT)
    for start in range(0, len(output), SHORT):
        size = min(SHORT, len(output) - start)
        for row in range(size):
            j = np.uint64(row)
            i = np.uint64(start) + j
            lasting = permanent * spread[i] * laplace(unit_open(lasting_word[i]))
            now = passing_scale * spread[i] * laplace(unit_open(passing_word[i]))
            move[j] = min(max(lasting + now - passing[i], -1.5), 1.5)
            passing[i] = now
            new = np.isnan(old_tfp[i])
            pull = (purchases[0] if certified[i] else 0.0) - (purchases[1] if felt[i] else 0.0)
            pull = 0.0 if new else pull
            pull += shift * export_share[i] if annual[i] < small else 0.0
            pull += chain[i]
            move[j] += strength * (tfp[i] + quality[i]) + pull
            learned = 0.0 if new else tfp[i] - old_tfp[i] - position[i]
            entered[ADVANCE, j] = learned + (0.0 if new else quality[i] - old_quality[i])
            entered[PULLED, j] = pull
            entered[WORKERS, j] = 0.0 if new else 1.0
            entered[LEARNED, j] = learned
            old_tfp[i] = tfp[i]
            old_quality[i] = quality[i]
            felt[i] = certified[i]
        # Two loops of a dozen columns each: memory serves them sooner than one of twenty.
        for row in range(size):
            j = np.uint64(row)
            i = np.uint64(start) + j
            here = alive[i]
            made = output[i] if here else 0.0
            stayed = here & (entered[WORKERS, j] > 0.0) & (old_capital[i] > 0.0) & (staff[i] > 0.0)
            hands = staff[i] if stayed else 0.0
            grown = made * exp(move[j])
            output[i] = grown
            entered[OUTPUT, j] = made
            entered[GROWN, j] = grown
            entered[ADVANCE, j] *= made
            entered[EXTRA, j] = investment[i] - usual[i] if here else 0.0
            entered[CAPITAL, j] = capital[i] if here else 0.0
            entered[PULLED, j] *= made
            entered[WORKERS, j] = hands
            entered[LEARNED, j] *= hands
            entered[WAS, j] = old_capital[i] if stayed else 0.0
            entered[NOW, j] = capital[i] if stayed else 0.0
            old_capital[i] = capital[i]
        add_by_sector(sector, start, size, entered, sums)
    return joined(sums)


@apart
def meet_demand(  # type: ignore[no-untyped-def]
    sums, service, electronics, traits, tilts, left, plants, growth, gains, labour, gap, scale,
    move,
):  # fmt: skip
    """Share the city's demand among its sectors; return the advance of industry and electronics.

    Parameters
    ----------
    sums : ndarray, shape (10, sectors)
        Of :func:`grow`.
    service, electronics : ndarray of bool, shape (sectors,)
    traits, tilts : tuple of three
        Strategic emerging, high-tech and export shares by sector, and how the growth of demand
        rises with each: the output-weighted mean of industry stays at the city's path.
    left : tuple of ndarray, shape (sectors,)
        Output of firms that left last quarter and that others take over, and the part of it that
        differs from usual exits.
    plants : ndarray, shape (sectors,)
        Capital of large plants beyond the usual.
    growth : tuple
        Log growth of industry, of services, and of the value-added rate by itself.
    gains : tuple
        Market gained for an advance of TFP and quality; share of capital; trend of TFP a quarter.
    labour : tuple
        Growth that needs no hands, log; part of the gap to the wanted staff that closes.
    gap : ndarray, shape (sectors,)
        Log gap to the wanted staff; moved along in place.
    scale, move : ndarray, shape (sectors,)
        Filled with what brings the sector's grown output to its demand, and with log growth of
        its staff.

    Returns
    -------
    tuple of float
        Output-weighted growth beyond the city's path of industry and of electronics, log.
    """
    emerging, high_tech, exports = traits
    industry, services, rate_growth = growth
    gain, share, trend = gains
    unhired, speed = labour
    made, tilted = 0.0, 0.0
    for s in range(len(scale)):
        tilt = tilts[0] * emerging[s] + tilts[1] * high_tech[s] + tilts[2] * exports[s]
        scale[s] = tilt
        made += 0.0 if service[s] else sums[OUTPUT, s]
        tilted += 0.0 if service[s] else sums[OUTPUT, s] * tilt
    mean = tilted / max(made, 1e-300)
    advanced, electronic, weight = 0.0, 0.0, 0.0
    for s in range(len(scale)):
        output, demand = sums[OUTPUT, s], services
        total, worked = max(output, 1e-300), max(sums[WORKERS, s], 1e-300)
        if not service[s]:
            # The trends contain what the policy before the plan achieved: only more gains market.
            built = (sums[EXTRA, s] + plants[s]) / max(sums[CAPITAL, s], 1.0)
            ahead = sums[ADVANCE, s] / total - trend if output > 0.0 else 0.0
            ahead = gain * (ahead + share * min(max(built, -0.1), 0.1)) + sums[PULLED, s] / total
            differs = min(max(left[1][s] / total, -0.5), 1.0) if output > 0.0 else 0.0
            demand = industry + scale[s] - mean + ahead
            advanced += output * (ahead + differs)
            electronic += output * ahead if electronics[s] else 0.0
            weight += output if electronics[s] else 0.0
        # Work follows value added: what only moves between output and inputs needs no other hands.
        # The staff of leavers is not hired again: the trend is that of firms that stay.
        capital = log(max(sums[NOW, s], 1.0) / max(sums[WAS, s], 1.0))
        hands = demand + rate_growth - unhired - sums[LEARNED, s] / worked
        hands = (hands - share * min(max(capital, -0.2), 0.2)) / (1.0 - share)
        gap[s] += 0.5 * demand if service[s] else hands
        move[s] = speed * gap[s]
        gap[s] -= move[s]
        # Demand leads: the market of leavers goes to the others, who make room for entrants.
        if output > 0.0:
            demand += log(1.0 + min(max(left[0][s] / total, -0.5), 1.0))
        scale[s] = output * exp(demand) / sums[GROWN, s] if sums[GROWN, s] > 0.0 else 0.0
    return advanced / max(made, 1e-300), electronic / max(weight, 1e-300)


@apart
def hire(  # type: ignore[no-untyped-def]
    alive, sector, scale, capital, tfp, share, speed, growth, offset, output, staff,
):  # fmt: skip
    """Scale output to the sectors' totals and move staff towards what it needs, both in place.

    What output needs solves output = TFP * capital**share * staff**(1 - share); the gap is the
    log of that staff over the present one. `offset` is the gap that a firm is laid out for; a
    new firm's is NaN and becomes its gap. Each sector's staff is to grow by `growth` (log):
    staff times the factor that is returned does.

    Returns
    -------
    ndarray, shape (3, sectors)
        Factor of staff; then of living firms: TFP, mean weighted by staff, and staff.
    """
    totals, moves = np.zeros((len(growth), 3, LANES)), np.empty((3, SHORT))
    before, after, skilled = moves
    steep, part_speed = 1.0 / (1.0 - share), 0.25 * speed
    for start in range(0, len(output), SHORT):
        size = min(SHORT, len(output) - start)
        for j in range(size):
            i = np.uint64(start + j)
            made = output[i] * (scale[np.uint16(sector[i])] if alive[i] else 1.0)
            output[i] = made
            each = 1.0 / max(staff[i], 1.0)
            plant = share * log(max(capital[i], 1.0) * each)
            gap = (log(max(made, 1.0) * each) - tfp[i] - plant) * steep
            usual = gap if np.isnan(offset[i]) else offset[i]
            offset[i] = usual
            after[j] = part_speed * min(max(gap - usual, -1.5), 1.5)
        for j in range(size):
            i = np.uint64(start + j)
            before[j] = staff[i] if alive[i] else 0.0
            # A quarter of the move is at most 0.375: so near one the exponential needs no whole
            # powers of two.
            root = 1.0 + exp_beyond_one(after[j])
            root *= root
            after[j] = before[j] * (root * root)
            staff[i] = after[j]
            skilled[j] = after[j] * tfp[i]
        add_by_sector(sector, start, size, moves, totals)
    found = joined(totals)
    for s in range(len(growth)):
        was, now = found[0, s], found[1, s]
        found[0, s] = was * exp(growth[s]) / now if now > 0.0 else 0.0
        found[1, s] = found[2, s] / now if now > 0.0 else 0.0
        found[2, s] = found[0, s] * now
    return found


(
    SALES, INPUTS, WAGES, TAX, INTEREST, SURCHARGE, PAYOUT,
) = range(7)  # fmt: skip
"""Entries of the sums that `settle` returns."""


@apart
def settle(  # type: ignore[no-untyped-def]
    active, service, sector, output, rate, hired, staff, raised, wage, debt, capital, energy,
    high_tech, group, revenue, value_added, annual, profit, tax, cash, class_price, price, squeeze,
    vat_change, turnover, interest_rate, fee, energy_price, depreciation, taxes, payout_share,
):  # fmt: skip
    """Settle the current account of every firm in place; return the seven sums, yuan.

    Staff is scaled by its sector's factor `hired` and wages by `raised` before. Fees are the share
    `fee` of sales.
    """
    # Row j of every block is added to part j of a sum: the loop can still take several rows at
    # once, and so few parts leave the nearest cache to the columns.
    lanes = np.zeros((7, SHORT))
    for start in range(0, len(output), SHORT):
        # No branch on who lives: a firm that left sells, owes and owns nothing.
        for row in range(min(SHORT, len(output) - start)):
            j = np.uint64(row)
            i = np.uint64(start) + j
            s, here = np.uint16(sector[i]), 1.0 if active[i] else 0.0
            wage[i] *= raised
            staff[i] *= hired[s] * here
            burden = (class_price[np.uint16(group[i] + 1)] - 1.0) * energy_price * here
            burden *= energy[i] * output[i]
            worked = wage[i] * staff[i]
            sales = output[i] * (here if service[s] else here * price)
            revenue[i] = sales
            share = rate[i] - (1.0 - rate[i]) * squeeze + vat_change
            added = sales * min(max(share, LEAST_RATE), HIGHEST_RATE)
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
            lanes[SALES, j] += sales
            lanes[INPUTS, j] += sales - added
            lanes[WAGES, j] += worked
            lanes[TAX, j] += due
            lanes[INTEREST, j] += owed
            lanes[SURCHARGE, j] += burden
            lanes[PAYOUT, j] += payout
    sums = np.zeros(7)
    for k in range(7):
        for row in range(SHORT):
            sums[k] += lanes[k, row]
    return sums
