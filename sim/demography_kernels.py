"""Compiled loops of entry and exit: one pass over the firms each."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, exp
from sim.rng import upper_unit
from sim.sector_sums import LANES, SHORT, add_by_sector, joined


@apart
def exit_candidates(  # type: ignore[no-untyped-def]
    word, alive, stage, listed, revenue, largest, tfp, sector, sectors, bound, near,
):  # fmt: skip
    """Look at the lot of every firm at risk; fill who may be hit, return the sectors' mean TFP.

    At risk are living firms that are not listed and not too large. Only lots below `bound`,
    above which no hazard reaches, need a closer look: `near` is set for them.

    Returns
    -------
    mean : ndarray, shape (sectors,)
        Mean log TFP of the firms at risk.
    """
    sums, entered = np.zeros((sectors, 2, LANES)), np.empty((2, BLOCK))
    for start in range(0, len(alive), BLOCK):
        size = min(BLOCK, len(alive) - start)
        for j in range(size):
            i = np.uint64(start + j)
            free = (stage[i] != listed[0]) & (stage[i] != listed[1])
            risky = alive[i] & (revenue[i] <= largest) & free
            near[i] = risky & (upper_unit(word[i]) < bound)
            entered[0, np.uint64(j)] = tfp[i] if risky else 0.0
            entered[1, np.uint64(j)] = 1.0 if risky else 0.0
        add_by_sector(sector, start, size, entered, sums)
    total = joined(sums)
    for row in range(sectors):
        total[0, row] /= max(total[1, row], 1.0)
    return total[0]


@apart
def sums_of_living(  # type: ignore[no-untyped-def]
    alive, sector, sectors, wage, energy, water, pollutant, digital, staff, turnover
):
    """Return, by sector: living firms, then sums of the seven columns, shape (8, sectors)."""
    out, entered = np.zeros((sectors, 8, LANES)), np.empty((8, SHORT))
    for start in range(0, len(alive), SHORT):
        size = min(SHORT, len(alive) - start)
        for row in range(size):
            j = np.uint64(row)
            i = np.uint64(start) + j
            here = 1.0 if alive[i] else 0.0
            entered[0, j] = here
            entered[1, j] = here * wage[i]
            entered[2, j] = here * energy[i]
            entered[3, j] = here * water[i]
            entered[4, j] = here * pollutant[i]
            entered[5, j] = here * digital[i]
            entered[6, j] = here * staff[i]
            entered[7, j] = here * turnover[i]
        add_by_sector(sector, start, size, entered, out)
    return joined(out)


@apart
def exit_hazards(  # type: ignore[no-untyped-def]
    rows, sector, service, roster, tfp, mean, supported, birth, latest, rates, slopes, widest,
    young,
):  # fmt: skip
    """Return yearly hazards of closure of the firms in `rows`.

    Parameters
    ----------
    latest : int
        Last quarter of birth of firms that are no longer young.
    rates : tuple
        Hazards of above-scale, of small and of service firms.
    slopes : tuple
        Log change per 0.6 of TFP above the sector's `mean`, at most `widest` times, and when
        `supported`, a column that newer firms are not in.
    young : float
        Factor on the hazard of young firms outside the roster.
    """
    out, had = np.empty(len(rows)), len(supported)
    for row in range(len(rows)):
        k = np.uint64(row)
        i = np.uint64(rows[k])
        s, above = np.uint16(sector[i]), roster[i]
        base = rates[0] if above else rates[1]
        base = rates[2] if service[s] else base
        gap = min(max((tfp[i] - mean[s]) / 0.6, -widest), widest)
        change = slopes[0] * gap + (slopes[1] * supported[i] if i < had else 0.0)
        recent = (birth[i] > latest) & (not above)
        out[k] = base * exp(change) * (young if recent else 1.0)
    return out
