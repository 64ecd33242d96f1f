"""Compiled loops of the innovation process: one pass over the firms each."""

from __future__ import annotations

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def relative_position(  # type: ignore[no-untyped-def]
    tfp, anchor, laplace, staff, sector, active, count, pull, imitation, scale, position
):
    """Fill the change of TFP by reversion, imitation and shocks, centred by sector on workers.

    `pull` is the share of the gap to the firm's own standing lost a quarter, `imitation` the
    share of the gap to the sector's front (0.8 above its mean) closed a quarter. Returns the
    sectors' worker-weighted mean TFP.
    """
    total, mean, shift = np.zeros(count), np.zeros(count), np.zeros(count)
    for i in range(len(tfp)):
        if active[i]:
            total[sector[i]] += staff[i]
            mean[sector[i]] += staff[i] * tfp[i]
    for s in range(count):
        if total[s] > 0.0:
            mean[s] /= total[s]
    for i in range(len(tfp)):
        position[i] = 0.0
        if active[i]:
            s = sector[i]
            gap = tfp[i] - mean[s]
            change = scale * min(max(laplace[i], -8.0), 8.0)
            change += imitation * max(0.8 - gap, 0.0)
            if i < len(anchor):
                change -= pull * (gap - anchor[i])
            position[i] = change
            shift[s] += staff[i] * change
    for s in range(count):
        if total[s] > 0.0:
            shift[s] /= total[s]
    for i in range(len(tfp)):
        if active[i]:
            position[i] -= shift[sector[i]]
    return mean


@nb.njit(cache=True, nogil=True)
def research(  # type: ignore[no-untyped-def]
    active, ratio, certified, revenue, price, output, sector, talent, keep, claimed, done, grant,
    response, stock, cash, outlay, gain, by_sector,
):  # fmt: skip
    """Accumulate R&D in place, pay grants, fill outlays and own gains; return the grants.

    `claimed` and `done` are the factors by which certified firms report and do more research
    than without the change of grants. `by_sector` gets output and output-weighted gains of
    living firms, shape (2, sectors).
    """
    grants = 0.0
    for i in range(len(active)):
        outlay[i] = 0.0
        gain[i] = 0.0
        if not active[i]:
            continue
        by_sector[0, sector[i]] += output[i]
        if ratio[i] <= 0.0:
            continue
        flow = revenue[i] / price
        kept = keep * stock[i]
        usual = max(kept + ratio[i] * flow, 1.0)
        outlay[i] = ratio[i] * revenue[i]
        stock[i] = usual
        own = 0.0
        if certified[i]:
            outlay[i] *= claimed
            paid = grant * outlay[i]
            cash[i] += paid
            grants += paid
            if done != 1.0:
                stock[i] = max(kept + ratio[i] * done * flow, 1.0)
                own = response * np.log(stock[i] / usual)
        if i < len(talent):
            own += response * talent[i]
        gain[i] = own
        by_sector[1, sector[i]] += output[i] * own
    return grants


@nb.njit(cache=True, nogil=True)
def advance(  # type: ignore[no-untyped-def]
    active, sector, ratio, tier, leading, own, digital, position, public, spread, support, link,
    everywhere, quality, drift, tfp, quality_level, rate,
):  # fmt: skip
    """Add up the gains of TFP and move quality and value-added rates, in place.

    `public` reaches firms that do research, `spread` (by sector) every firm of the sector,
    `support` (by sector) those that spend more than a hundredth of revenue on research, `link`
    the firms of the tier `leading`, `everywhere` all.
    """
    for i in range(len(active)):
        if not active[i]:
            continue
        s = sector[i]
        gain = digital[i] + own[i] + spread[s] + everywhere + position[i]
        if ratio[i] > 0.0:
            gain += public
        if ratio[i] > 0.01:
            gain += support[s]
        if tier[i] == leading:
            gain += link
        tfp[i] += gain
        quality_level[i] += quality
        moved = rate[i] + drift + quality * (1.0 - rate[i])
        rate[i] = min(max(moved, 0.02), 0.92)


@nb.njit(cache=True, nogil=True)
def spread_digital(level, active, weight, roster, pace, usual_pace, gain, spill, out):  # type: ignore[no-untyped-def]
    """Raise digital levels in place, fill gains of TFP; return extra adoption on the roster."""
    extra, total = 0.0, 0.0
    for i in range(len(level)):
        out[i] = 0.0
        if active[i]:
            room = level[i] * (1.0 - level[i])
            out[i] = gain * (pace - usual_pace) * room + spill * level[i]
            if roster[i]:
                extra += weight[i] * (pace - usual_pace) * room
                total += weight[i]
            level[i] = min(level[i] + pace * room, 0.98)
    return extra / total if total > 0.0 else 0.0
