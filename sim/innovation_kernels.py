"""Compiled loops of the innovation process: one pass over the firms each."""

from __future__ import annotations

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def relative_position(  # type: ignore[no-untyped-def]
    tfp, anchor, uniform, staff, sector, active, count, pull, imitation, scale, position
):
    """Fill the change of TFP by reversion, imitation and shocks, centred by sector on workers.

    `pull` is the share of the gap to the firm's own standing lost a quarter, `imitation` the
    share of the gap to the sector's front (0.8 above its mean) closed a quarter.
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
            centred = uniform[i] - 0.5
            tail = min(-np.log1p(-2.0 * abs(centred)), 8.0)
            change = scale * (tail if centred > 0.0 else -tail)
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


@nb.njit(cache=True, nogil=True)
def gaps(tfp, staff, sector, active, count, out):  # type: ignore[no-untyped-def]
    """Fill each firm's log TFP less its sector's worker-weighted mean."""
    total, mean = np.zeros(count), np.zeros(count)
    for i in range(len(tfp)):
        if active[i]:
            total[sector[i]] += staff[i]
            mean[sector[i]] += staff[i] * tfp[i]
    for i in range(len(tfp)):
        s = sector[i]
        out[i] = tfp[i] - (mean[s] / total[s] if total[s] > 0.0 else 0.0)


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
