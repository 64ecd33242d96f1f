"""Compiled loops of entry and exit: one pass over the firms each."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, LANES, apart, exp, joined, kernel
from sim.rng import upper_unit


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
    sums, risk = np.zeros((sectors, LANES, 2)), np.empty(BLOCK)
    for start in range(0, len(alive), BLOCK):
        size = min(BLOCK, len(alive) - start)
        for j in range(size):
            i = np.uint64(start + j)
            free = (stage[i] != listed[0]) & (stage[i] != listed[1])
            risky = alive[i] & (revenue[i] <= largest) & free
            near[i] = risky & (upper_unit(word[i]) < bound)
            risk[j] = 1.0 if risky else 0.0
        for j in range(size):
            i = np.uint64(start + j)
            s, lane = np.uint16(sector[i]), j & (LANES - 1)
            sums[s, lane, 0] += tfp[i] if risk[j] > 0.0 else 0.0
            sums[s, lane, 1] += risk[j]
    total = joined(sums)
    for row in range(sectors):
        total[0, row] /= max(total[1, row], 1.0)
    return total[0]


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
