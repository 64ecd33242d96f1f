"""Compiled loops of the innovation process: three passes over the firms, and two small choices."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, kernel, log_each, total, zeros
from sim.inversion import laplace
from sim.rng import lower_unit, philox_in_rows, unit_open
from sim.sector_sums import LANES, add_by_sector, joined


@apart
def standing(alive, sector, count, staff, tfp, tier, leading):  # type: ignore[no-untyped-def]
    """Return sectors' worker-weighted mean TFP, their workers, and firms of the tier `leading`."""
    sums, entered = np.zeros((count, 2, LANES)), np.empty((2, BLOCK))
    leaders = 0
    for start in range(0, len(tfp), BLOCK):
        size = min(BLOCK, len(tfp) - start)
        for row in range(size):
            j = np.uint64(row)
            i = np.uint64(start) + j
            hands = staff[i] if alive[i] else 0.0
            entered[0, j] = hands
            entered[1, j] = hands * tfp[i]
            leaders += 1 if alive[i] & (tier[i] == leading) else 0
        add_by_sector(sector, start, size, entered, sums)
    found = joined(sums)
    for s in range(count):
        found[1, s] /= found[0, s] if found[0, s] > 0.0 else 1.0
    return found[1], found[0], leaders


@apart
def learn(  # type: ignore[no-untyped-def]
    word, alive, sector, mean, staff, tfp, pull, imitation, scale,
    ratio, certified, revenue, price, output, talent, keep, claimed, done, grant, response,
    anchor, position, stock, cash, outlay, own,
):  # fmt: skip
    """Fill each firm's move within its sector and what its research gains, do the research.

    The move (`position`) is Laplace luck of the firms' random `word`, less the share `pull` of
    the gap to the firm's own standing `anchor` (NaN for a new firm: where it stands becomes its
    own), plus the share `imitation` of the gap to the sector's front, 0.8 above its mean. R&D
    accumulates in `stock`; certified firms report `claimed` times and do `done` times what they
    would without the change of grants, and get `grant` of what they report.

    Returns
    -------
    sums : ndarray, shape (3, sectors)
        Over living firms: workers times move; output; output times gain of research.
    grants : float
        Yuan.
    """
    sums, entered = np.zeros((len(mean), 3, LANES)), np.empty((3, BLOCK))
    moved, made, gained = entered
    more, added, where = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK, np.int64)
    grants, had, real = 0.0, len(talent), 1.0 / price
    for start in range(0, len(tfp), BLOCK):
        size = min(BLOCK, len(tfp) - start)
        for j in range(size):
            i = np.uint64(start + j)
            gap = tfp[i] - mean[np.uint16(sector[i])]
            place = gap if np.isnan(anchor[i]) else anchor[i]
            anchor[i] = place
            change = scale * min(max(laplace(unit_open(word[i])), -8.0), 8.0)
            change += imitation * max(0.8 - gap, 0.0) - pull * (gap - place)
            change = change if alive[i] else 0.0
            position[i] = change
            moved[j] = staff[i] * change
        # One firm in twenty is certified and has the log to itself, before the rest is moved.
        found = 0
        for j in range(size):
            i = np.uint64(start + j)
            where[found] = j  # kept only if the next line moves on: no branch to mispredict
            found += alive[i] & (ratio[i] > 0.0) & certified[i]
        for k in range(found):
            i = np.uint64(start + where[k])
            flow, kept = revenue[i] * real, keep * stock[i]
            more[k] = max(kept + ratio[i] * done * flow, 1.0)
            added[k] = more[k] / max(kept + ratio[i] * flow, 1.0)
        log_each(added, found)
        for j in range(size):
            gained[j] = 0.0
        for j in range(min(size, had - start)):
            gained[j] = response * talent[np.uint64(start + j)]
        for j in range(size):
            i = np.uint64(start + j)
            doing = alive[i] & (ratio[i] > 0.0)
            usual = max(keep * stock[i] + ratio[i] * (revenue[i] * real), 1.0)
            stock[i] = usual if doing else stock[i]
            outlay[i] = ratio[i] * revenue[i] if doing else 0.0
            own[i] = gained[j] if doing else 0.0
        for k in range(found):
            i = np.uint64(start + where[k])
            stock[i] = more[k]
            outlay[i] *= claimed
            cash[i] += grant * outlay[i]
            grants += grant * outlay[i]
            own[i] += response * added[k]
        for j in range(size):
            i = np.uint64(start + j)
            made[j] = output[i] if alive[i] else 0.0
            gained[j] = made[j] * own[i]
        add_by_sector(sector, start, size, entered, sums)
    return joined(sums), grants


@apart
def advance(  # type: ignore[no-untyped-def]
    alive, sector, ratio, tier, leading, own, shift, public, spread, support, link, everywhere,
    quality, drift, output, roster, pace, usual_pace, digital_gain, spill, position, level, tfp,
    quality_level, rate,
):  # fmt: skip
    """Centre the moves, spread digital technology and add up all gains of TFP, in place.

    `shift` centres by sector; `public` reaches firms that do research, `spread` (by sector)
    every firm of the sector, `support` (by sector) those that spend more than a hundredth of
    revenue on research, `link` the firms of the tier `leading`, `everywhere` all. Digital levels
    rise by `pace` times level times what is missing to one. Returns the output-weighted mean of
    adoption beyond `usual_pace` on the roster.
    """
    extra, outputs, faster = zeros(), zeros(), pace - usual_pace
    for start in range(0, len(tfp), BLOCK):
        for j in range(min(BLOCK, len(tfp) - start)):
            i = np.uint64(start + j)
            s = np.uint16(sector[i])
            common = spread[s] + everywhere
            common += support[s] if ratio[i] > 0.01 else 0.0
            chance = position[i] - (shift[s] if alive[i] else 0.0)
            position[i] = chance
            gain = common + own[i] + chance
            gain += public if ratio[i] > 0.0 else 0.0
            gain += link if tier[i] == leading else 0.0
            reached = level[i]
            room = reached * (1.0 - reached)
            gain = gain + digital_gain * faster * room + spill * reached
            tfp[i] += gain if alive[i] else 0.0
            level[i] = min(reached + pace * room, 0.98) if alive[i] else reached
            weight = output[i] if alive[i] and roster[i] else 0.0
            extra[j] += weight * faster * room
            outputs[j] += weight
            quality_level[i] += quality if alive[i] else 0.0
            better = min(max(rate[i] + drift + quality * (1.0 - rate[i]), 0.02), 0.92)
            rate[i] = better if alive[i] else rate[i]
    weights = total(outputs)
    return total(extra) / weights if weights > 0.0 else 0.0


@apart
def luckiest(  # type: ignore[no-untyped-def]
    alive, sector, open_to, ratio, least, revenue, largest, firm_id, quarter, key, number,
):  # fmt: skip
    """Return rows of the `number` highest draws, highest first, among firms that may try.

    They live, are of sectors `open_to` them, spend more than `least` of revenue on research and
    sell less than `largest`.
    """
    rows, draws = np.empty(number, np.int64), np.zeros(number)
    where, lots = np.empty(BLOCK + 1, np.int64), np.empty(BLOCK)
    found, key_0, key_1 = 0, key[0], key[1]
    for start in range(0, len(alive), BLOCK):
        tried = 0
        for j in range(min(BLOCK, len(alive) - start)):
            i = np.uint64(start + j)
            where[tried] = start + j  # kept only if the next line moves on
            small = (ratio[i] > least) & (revenue[i] < largest)
            tried += alive[i] & small & open_to[np.uint16(sector[i])]
        for k in range(tried):
            words = philox_in_rows(firm_id[np.uint64(where[k])], quarter, key_0, key_1)
            lots[k] = unit_open(words[0])
        for k in range(tried):
            if lots[k] <= draws[number - 1]:
                continue
            place = number - 1
            while place > 0 and draws[place - 1] < lots[k]:
                draws[place], rows[place] = draws[place - 1], rows[place - 1]
                place -= 1
            draws[place], rows[place] = lots[k], where[k]
            found = min(found + 1, number)
    return rows[:found]


@kernel
def take_up(  # type: ignore[no-untyped-def]
    word, alive, sector, open_to, chances, gains, productivity, roster, done, rate, tfp
):
    """Upgrade living firms of sectors `open_to` that have not `done`; count those on the roster.

    Parameters
    ----------
    chances, gains : tuple
        Probability of taking it up, and what the value-added rate gains: now and usually. What
        would usually have happened is part of the trend and is taken off.
    productivity : float
        Gain of log TFP.
    """
    bound, counted = max(chances[0], chances[1]), 0
    for i in range(len(alive)):
        lot = lower_unit(word[i])
        if lot < bound and alive[i] and not done[i] and open_to[sector[i]]:
            now, usual = lot < chances[0], lot < chances[1]
            rate[i] += (gains[0] if now else 0.0) - (gains[1] if usual else 0.0)
            tfp[i] += ((1.0 if now else 0.0) - (1.0 if usual else 0.0)) * productivity
            done[i] = now
            counted += now & roster[i]
    return counted
