"""Compiled loops of the innovation process: three passes over the firms, and two small choices."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, LANES, joined, kernel, log, total, zeros
from sim.inversion import laplace_each
from sim.rng import lower_unit, philox, unit_open


@kernel
def standing(alive, sector, count, staff, tfp, tier, leading):  # type: ignore[no-untyped-def]
    """Return sectors' worker-weighted mean TFP, their workers, and firms of the tier `leading`."""
    sums = np.zeros((count, LANES, 2))
    leaders = 0
    for i in range(len(tfp)):
        hands = staff[i] if alive[i] else 0.0
        code, lane = np.uint16(sector[i]), i & (LANES - 1)
        sums[code, lane, 0] += hands
        sums[code, lane, 1] += hands * tfp[i]
        leaders += 1 if alive[i] and tier[i] == leading else 0
    found = joined(sums)
    for s in range(count):
        found[1, s] /= found[0, s] if found[0, s] > 0.0 else 1.0
    return found[1], found[0], leaders


@kernel
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
    sums = np.zeros((len(mean), LANES, 3))
    grants = 0.0
    luck, had = np.empty(BLOCK), len(talent)
    for start in range(0, len(tfp), BLOCK):
        size = min(BLOCK, len(tfp) - start)
        for j in range(size):
            luck[j] = unit_open(word[np.uint64(start + j)])
        laplace_each(luck, size)
        for j in range(size):
            i = np.uint64(start + j)
            s, lane = np.uint16(sector[i]), j & (LANES - 1)
            gap = tfp[i] - mean[s]
            anchor[i] = gap if np.isnan(anchor[i]) else anchor[i]
            change = scale * min(max(luck[j], -8.0), 8.0)
            change += imitation * max(0.8 - gap, 0.0) - pull * (gap - anchor[i])
            change = change if alive[i] else 0.0
            position[i] = change
            sums[s, lane, 0] += staff[i] * change
            doing = alive[i] and ratio[i] > 0.0
            flow, kept = revenue[i] / price, keep * stock[i]
            usual = max(kept + ratio[i] * flow, 1.0)
            reported = ratio[i] * revenue[i] if doing else 0.0
            gain = response * talent[i] if doing and start + j < had else 0.0
            if doing and certified[i]:
                reported *= claimed
                cash[i] += grant * reported
                grants += grant * reported
                if done != 1.0:
                    more = max(kept + ratio[i] * done * flow, 1.0)
                    gain += response * log(more / usual)
                    usual = more
            stock[i] = usual if doing else stock[i]
            outlay[i] = reported
            own[i] = gain
            made = output[i] if alive[i] else 0.0
            sums[s, lane, 1] += made
            sums[s, lane, 2] += made * gain
    return joined(sums), grants


@kernel
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
    extra, outputs = zeros(), zeros()
    common, lent, faster = np.empty(BLOCK), np.empty(BLOCK), pace - usual_pace
    for start in range(0, len(tfp), BLOCK):
        size = min(BLOCK, len(tfp) - start)
        for j in range(size):
            i = np.uint64(start + j)
            s = np.uint16(sector[i])
            lent[j], common[j] = shift[s], spread[s] + everywhere
            common[j] += support[s] if ratio[i] > 0.01 else 0.0
        for j in range(size):
            i = np.uint64(start + j)
            position[i] -= lent[j] if alive[i] else 0.0
            gain = common[j] + own[i] + position[i]
            gain += public if ratio[i] > 0.0 else 0.0
            common[j] = gain + (link if tier[i] == leading else 0.0)
        for j in range(size):
            i = np.uint64(start + j)
            reached = level[i]
            room = reached * (1.0 - reached)
            gain = common[j] + digital_gain * faster * room + spill * reached
            tfp[i] += gain if alive[i] else 0.0
            level[i] = min(reached + pace * room, 0.98) if alive[i] else reached
            weight = output[i] if alive[i] and roster[i] else 0.0
            extra[j] += weight * faster * room
            outputs[j] += weight
        for j in range(size):
            i = np.uint64(start + j)
            quality_level[i] += quality if alive[i] else 0.0
            moved = min(max(rate[i] + drift + quality * (1.0 - rate[i]), 0.02), 0.92)
            rate[i] = moved if alive[i] else rate[i]
    weights = total(outputs)
    return total(extra) / weights if weights > 0.0 else 0.0


@kernel
def luckiest(  # type: ignore[no-untyped-def]
    alive, sector, open_to, ratio, least, revenue, largest, firm_id, quarter, key, number,
):  # fmt: skip
    """Return rows of the `number` highest draws, highest first, among firms that may try.

    They live, are of sectors `open_to` them, spend more than `least` of revenue on research and
    sell less than `largest`.
    """
    rows, draws = np.empty(number, np.int64), np.zeros(number)
    found, zero = 0, np.uint64(0)
    for i in range(len(alive)):
        small = (ratio[i] > least) & (revenue[i] < largest)
        if not (alive[i] & small & open_to[np.uint16(sector[i])]):
            continue
        words = philox(np.uint64(firm_id[i]), np.uint64(quarter), zero, zero, key[0], key[1])
        draw = unit_open(words[0])
        if draw <= draws[number - 1]:
            continue
        place = number - 1
        while place > 0 and draws[place - 1] < draw:
            draws[place], rows[place] = draws[place - 1], rows[place - 1]
            place -= 1
        draws[place], rows[place] = draw, i
        found = min(found + 1, number)
    return rows[:found]


@kernel
def takers(word, alive, sector, open_to, done, bound):  # type: ignore[no-untyped-def]
    """Return rows and lots below `bound` of living firms of sectors `open_to` that have not `done`.

    Returns
    -------
    rows : ndarray of int, shape (takers,)
    lots : ndarray, shape (takers,)
    """
    rows, lots = np.empty(len(alive), np.int64), np.empty(len(alive))
    found = 0
    for i in range(len(alive)):
        lot = lower_unit(word[i])
        if lot < bound and alive[i] and not done[i] and open_to[sector[i]]:
            rows[found], lots[found] = i, lot
            found += 1
    return rows[:found], lots[:found]
