"""Compiled loops of entry and exit: one pass over the firms each."""

from __future__ import annotations

import numba as nb
import numpy as np

from sim.rng import philox, unit_open


@nb.njit(cache=True, nogil=True)
def exit_candidates(  # type: ignore[no-untyped-def]
    alive, stage, listed, revenue, largest, tfp, sector, sectors, firm_id, quarter, key, bound,
):  # fmt: skip
    """Draw the lot of every firm at risk; return who may be hit and the sectors' mean TFP.

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
    total, number, found = np.zeros(sectors), np.zeros(sectors), 0
    zero = np.uint64(0)
    for i in range(len(alive)):
        if not alive[i] or revenue[i] > largest:
            continue
        if stage[i] == listed[0] or stage[i] == listed[1]:
            continue
        total[sector[i]] += tfp[i]
        number[sector[i]] += 1.0
        words = philox(np.uint64(firm_id[i]), np.uint64(quarter), zero, zero, key[0], key[1])
        lot = unit_open(words[0])
        if lot < bound:
            rows[found], lots[found] = i, lot
            found += 1
    for s in range(sectors):
        total[s] /= max(number[s], 1.0)
    return rows[:found], lots[:found], total


@nb.njit(cache=True, nogil=True)
def sums_of_living(  # type: ignore[no-untyped-def]
    alive, sector, sectors, wage, energy, water, pollutant, digital, staff, turnover
):
    """Return, by sector: living firms, then sums of the seven columns, shape (8, sectors)."""
    out = np.zeros((8, sectors))
    for i in range(len(alive)):
        if alive[i]:
            s = sector[i]
            out[0, s] += 1.0
            out[1, s] += wage[i]
            out[2, s] += energy[i]
            out[3, s] += water[i]
            out[4, s] += pollutant[i]
            out[5, s] += digital[i]
            out[6, s] += staff[i]
            out[7, s] += turnover[i]
    return out
