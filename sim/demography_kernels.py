"""Compiled loops of entry and exit: one pass over the firms each."""

from __future__ import annotations

import numpy as np

from sim.compiled import LANES, kernel
from sim.lots import EVENTS
from sim.rng import upper_unit


@kernel
def exit_candidates(  # type: ignore[no-untyped-def]
    words, alive, stage, listed, revenue, largest, tfp, sector, sectors, bound,
):  # fmt: skip
    """Look at the lot of every firm at risk; return who may be hit and the sectors' mean TFP.

    At risk are living firms that are not listed and not too large. Only lots below `bound`,
    above which no hazard reaches, need a closer look.

    Returns
    -------
    rows : ndarray of int, shape (candidates,)
    lots : ndarray, shape (candidates,)
    mean : ndarray, shape (sectors,)
        Mean log TFP of the firms at risk.
    """
    rows, lots = np.empty(len(alive), np.int64), np.empty(len(alive))
    sums, found = np.zeros((sectors, LANES, 2)), 0
    for i in range(len(alive)):
        free = stage[i] != listed[0] and stage[i] != listed[1]
        risky = alive[i] and revenue[i] <= largest and free
        s, lane = np.uint16(sector[i]), i & (LANES - 1)
        sums[s, lane, 0] += tfp[i] if risky else 0.0
        sums[s, lane, 1] += 1.0 if risky else 0.0
        lot = upper_unit(words[EVENTS, i])
        if lot < bound and risky:
            rows[found], lots[found] = i, lot
            found += 1
    mean, number = sums[:, :, 0].sum(axis=1), sums[:, :, 1].sum(axis=1)
    return rows[:found], lots[:found], mean / np.maximum(number, 1.0)


@kernel
def sums_of_living(  # type: ignore[no-untyped-def]
    alive, sector, sectors, wage, energy, water, pollutant, digital, staff, turnover
):
    """Return, by sector: living firms, then sums of the seven columns, shape (8, sectors)."""
    out = np.zeros((sectors, LANES, 8))
    for i in range(len(alive)):
        s, lane, here = np.uint16(sector[i]), i & (LANES - 1), 1.0 if alive[i] else 0.0
        out[s, lane, 0] += here
        out[s, lane, 1] += here * wage[i]
        out[s, lane, 2] += here * energy[i]
        out[s, lane, 3] += here * water[i]
        out[s, lane, 4] += here * pollutant[i]
        out[s, lane, 5] += here * digital[i]
        out[s, lane, 6] += here * staff[i]
        out[s, lane, 7] += here * turnover[i]
    return out.sum(axis=1).T
