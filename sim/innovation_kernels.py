"""Compiled loops of the innovation process: two passes over the firms, and one small choice."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, kernel, log_each
from sim.inversion import laplace
from sim.rng import lower_unit, unit_open
from sim.sector_sums import LANES, RUN, SHORT, add_by_sector, alike, joined

_LOWER = np.uint64(0xFFFFFFFF)


@apart
def learn(  # type: ignore[no-untyped-def]
    word, alive, sector, tier, leading, mean, workers, made, staff, tfp, pull, imitation, scale,
    ratio, trend, revenue, price, keep, certified, claimed, done, grant, response, helped, talent,
    anchor, position, stock, cash, output,
):  # fmt: skip
    """Fill each firm's move within its sector, do the research, add its own gain to TFP.

    The move (`position`) is Laplace luck of the firms' random `word`, less the share `pull` of
    the gap to the firm's own standing `anchor`, plus the share `imitation` of the gap to the
    sector's front, 0.8 above its mean. The R&D `ratio` grows by the factor `trend`; R&D
    accumulates in `stock`. Firms in the rows `certified`, rising, report `claimed` times and do
    `done` times what they would without the change of grants, and get `grant` of what they
    report. Firms in the rows `helped` gain by `talent` if they do research.

    Returns
    -------
    shift, gained : ndarray, shape (sectors,)
        Means over living firms: of the move, weighted by workers, and of the gain of research,
        weighted by output.
    reported : float
        R&D outlays that certified firms report, yuan.
    large : int
        Living firms of the tier `leading`.
    """
    sums, entered, kept = np.zeros((len(mean), 1, LANES)), np.empty((1, BLOCK)), np.empty(BLOCK)
    more, added, moved = np.empty(BLOCK), np.empty(BLOCK), entered[0]
    gained, reported, real, last, large = np.zeros(len(mean)), 0.0, 1.0 / price, 0, 0
    for start in range(0, len(tfp), BLOCK):
        size, first = min(BLOCK, len(tfp) - start), last
        for j in range(size):
            i = np.uint64(start + j)
            gap = tfp[i] - mean[np.uint16(sector[i])]
            change = scale * min(max(laplace(unit_open(word[i])), -8.0), 8.0)
            change += imitation * max(0.8 - gap, 0.0) - pull * (gap - anchor[i])
            change = change if alive[i] else 0.0
            large += alive[i] & (tier[i] == leading)
            position[i] = change
            moved[j] = staff[i] * change
            share = ratio[i] * trend
            ratio[i] = share
            kept[j] = keep * stock[i]
            usual = max(kept[j] + share * (revenue[i] * real), 1.0)
            stock[i] = usual if alive[i] & (share > 0.0) else stock[i]
        # One firm in twenty is certified and has a log to itself.
        while last < len(certified) and certified[last] < start + size:
            i, k = np.uint64(certified[last]), np.uint64(last - first)
            before, flow = kept[i - np.uint64(start)], revenue[i] * real
            more[k] = max(before + ratio[i] * done * flow, 1.0)
            added[k] = more[k] / max(before + ratio[i] * flow, 1.0)
            last += 1
        log_each(added, last - first)
        for row in range(first, last):
            i, k = np.uint64(certified[row]), np.uint64(row - first)
            if alive[i] and ratio[i] > 0.0:
                stock[i] = more[k]
                outlay = ratio[i] * revenue[i] * claimed
                cash[i] += grant * outlay
                reported += outlay
                tfp[i] += response * added[k]
                gained[np.uint16(sector[i])] += output[i] * (response * added[k])
        add_by_sector(sector, start, size, entered, sums)
    for row in helped:
        i = np.uint64(row)
        if alive[i] and ratio[i] > 0.0:
            tfp[i] += response * talent[i]
            gained[np.uint16(sector[i])] += output[i] * (response * talent[i])
    shift = joined(sums)[0]
    for s in range(len(mean)):
        shift[s] /= max(workers[s], 1e-300)
        gained[s] /= max(made[s], 1e-300)
    return shift, gained, reported, large


@apart
def advance(  # type: ignore[no-untyped-def]
    word, alive, sector, open_to, chances, gains, productivity, upgraded,
    ratio, tier, leading, shift, public, gained, social, support, link, everywhere, quality, drift,
    output, roster, pace, usual_pace, digital_gain, spill,
    position, level, tfp, quality_level, rate,
):  # fmt: skip
    """Upgrade firms, centre the moves, spread digital technology, add up gains of TFP, in place.

    Parameters
    ----------
    word, open_to : ndarray
        Living firms of sectors `open_to` that have not `upgraded` take it up by a lot, half of
        their random word.
    chances, gains : tuple
        Probability of taking it up, and what the value-added rate gains: now and usually. What
        would usually have happened is part of the trend and is taken off.
    productivity : float
        Gain of log TFP by upgrading.
    shift, public, gained, social, support : ndarray, shape (sectors,), or float
        `shift` centres the moves; `public` is the gain of log TFP of firms that do research;
        `social` times `gained` reaches every firm of a sector, `support` those that spend more
        than a hundredth of revenue on research.
    link, everywhere : float
        Gains of log TFP of firms of the tier `leading`, and of all.
    pace, usual_pace : float
        Digital levels rise by `pace` times level times what is missing to one.

    Returns
    -------
    extra : float
        Output-weighted mean of adoption beyond `usual_pace` on the roster.
    counted : int
        Firms of the roster that took up upgrading.
    """
    # Row j of every block is added to part j of a sum: several rows are still taken at once.
    lanes, faster, counted = np.zeros((2, SHORT)), pace - usual_pace, 0
    # The half word below which a lot is low enough: one firm in fifty.
    low = np.uint64(max(np.ceil(max(chances[0], chances[1]) * 4294967296.0 - 0.5), 0.0))
    # What the sector gives stands beside each row of a block: neighbours mostly share it, and it is
    # looked up where it changes.
    own, last = np.empty((3, SHORT)), -1
    for start in range(0, len(tfp), SHORT):
        size, first = min(SHORT, len(tfp) - start), np.uint64(start)
        same = size == RUN and alike(sector, first)
        if not same or sector[first] != last:
            last = sector[first] if same else -1
            for row in range(size):
                j = np.uint64(row)
                s = np.uint16(sector[first + j])
                own[0, j] = shift[s]
                own[1, j] = social * gained[s] + everywhere
                own[2, j] = support[s]
        closed = same and not open_to[np.uint16(sector[first])]
        for row in range(0 if closed else size):
            i = np.uint64(start + row)
            taken = (word[i] & _LOWER) < low and alive[i] and not upgraded[i]
            if taken and open_to[np.uint16(sector[i])]:
                lot = lower_unit(word[i])
                now, usual = lot < chances[0], lot < chances[1]
                rate[i] += (gains[0] if now else 0.0) - (gains[1] if usual else 0.0)
                tfp[i] += ((1.0 if now else 0.0) - (1.0 if usual else 0.0)) * productivity
                upgraded[i] = now
                counted += now & roster[i]
        for row in range(size):
            j = np.uint64(row)
            i = first + j
            chance = position[i] - (own[0, j] if alive[i] else 0.0)
            position[i] = chance
            gain = own[1, j] + (own[2, j] if ratio[i] > 0.01 else 0.0) + chance
            gain += public if ratio[i] > 0.0 else 0.0
            gain += link if tier[i] == leading else 0.0
            reached = level[i]
            room = reached * (1.0 - reached)
            gain = gain + digital_gain * faster * room + spill * reached
            tfp[i] += gain if alive[i] else 0.0
            level[i] = min(reached + pace * room, 0.98) if alive[i] else reached
            weight = output[i] if alive[i] and roster[i] else 0.0
            lanes[0, j] += weight * faster * room
            lanes[1, j] += weight
            quality_level[i] += quality if alive[i] else 0.0
            better = min(max(rate[i] + drift + quality * (1.0 - rate[i]), 0.02), 0.92)
            rate[i] = better if alive[i] else rate[i]
    extra, weights = 0.0, 0.0
    for row in range(SHORT):
        extra += lanes[0, row]
        weights += lanes[1, row]
    return extra / weights if weights > 0.0 else 0.0, counted


@apart
def may_win(  # type: ignore[no-untyped-def]
    alive, sector, open_to, ratio, least, revenue, largest, rows,
):  # fmt: skip
    """Write the rows of the firms that may win a frontier draw, rising; return how many they are.

    They live, are of sectors `open_to` them, spend more than `least` of revenue on research and
    sell less than `largest`. `rows` has room for one more than there are firms.
    """
    found = 0
    for row in range(len(alive)):
        i = np.uint64(row)
        rows[np.uint64(found)] = row  # kept only if the next line moves on
        small = (ratio[i] > least) & (revenue[i] < largest)
        found += alive[i] & small & open_to[np.uint16(sector[i])]
    return found


@kernel
def reported(roster, digital, ratio, revenue, certified, claimed):  # type: ignore[no-untyped-def]
    """Return the sum of the digital levels of the roster's firms, and their R&D outlays, yuan.

    Parameters
    ----------
    roster : ndarray of int, shape (rows,)
        Rising.
    certified : ndarray of bool, shape (firms when outlays were made,)
        Who reports `claimed` times what it does. Firms that came later have spent nothing yet.
    """
    levels = outlay = 0.0
    known = np.uint64(len(certified))
    for row in range(len(roster)):
        i = np.uint64(roster[np.uint64(row)])
        levels += digital[i]
        if i < known:
            outlay += ratio[i] * revenue[i] * (claimed if certified[i] else 1.0)
    return levels, outlay
