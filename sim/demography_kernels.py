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


@apart
def pass_on(rows, leaves, usual, lost, sector, output, freed, beyond):  # type: ignore[no-untyped-def]
    """Add to the sectors' markets what firms leave, and what of it is beyond usual exits.

    `lost` is the share of a leaver's sales that no rival in the city takes over.
    """
    for k in range(len(rows)):
        if leaves[k] | usual[k]:
            i = rows[k]
            other = (lost if usual[k] else 0.0) - (lost if leaves[k] else 0.0)
            freed[sector[i]] += ((1.0 if leaves[k] else 0.0) + other) * output[i]
            beyond[sector[i]] += other * output[i]


@apart
def take_out(  # type: ignore[no-untyped-def]
    rows, roster, stage, listed, energy, tier, sector, had, left, alive, cash, debt, output, staff,
    revenue, added, profit, tax, capital, investment, upgrading, annual,
):  # fmt: skip
    """Take firms out; note their cash, debt and energy used in `had`, shape (3, len(rows)).

    They are counted in `left`, by tier and sector. Returns how many stood on the roster and how
    many were listed.
    """
    above, quoted = 0, 0
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        above += roster[i]
        left[tier[i], sector[i]] += 1
        quoted += (stage[i] == listed[0]) | (stage[i] == listed[1])
        had[0, k], had[1, k], had[2, k] = cash[i], debt[i], energy[i] * output[i]
        alive[i] = False
        cash[i] = debt[i] = output[i] = staff[i] = revenue[i] = added[i] = 0.0
        profit[i] = tax[i] = capital[i] = investment[i] = upgrading[i] = annual[i] = 0.0
    return above, quoted


@apart
def settle_entrants(  # type: ignore[no-untyped-def]
    first, chosen, start_up_below, lot, noise, swing, sizes, means, research_memory, place,
    platforms, start_up, entered, sector, platform, district, tier, annual, previous, revenue,
    cash, output, staff, capital, rate, added, wage, energy, water, pollutant, research, stock,
    digital, export,
):  # fmt: skip
    """Fill the rows of newcomers, from row `first` on: small copies of their sector's firms.

    Parameters
    ----------
    chosen : ndarray of int, shape (count,)
        Sector of each.
    start_up_below : ndarray, shape (sectors,)
        Lots below it make a start-up, of tier `start_up`.
    lot, noise : ndarray, shapes (count,) and (8, count)
        Uniform lots of being a start-up; standard normal numbers.
    swing : ndarray, shape (4, count)
        Factors on sales, capital, intensities and R&D.
    sizes : tuple
        Typical and largest sales.
    means : ndarray, shape (10, sectors)
        Price, sales per head, capital per sales, value-added rate, wage, energy, water, pollutant,
        digital level and export share.
    place : ndarray of int, shape (count,)
        Row of a platform, or behind these, of a district; `platforms` are the former's districts.
    entered : ndarray of int, shape (tiers, sectors)
        Counts them.
    """
    for k in range(len(chosen)):
        i, s = np.uint64(first + k), np.uint64(chosen[k])
        sector[i], new = s, lot[k] < start_up_below[s]
        inside = place[k] < len(platforms)
        platform[i] = place[k] if inside else -1
        district[i] = platforms[place[k]] if inside else place[k] - len(platforms)
        tier[i] = start_up if new else 0
        entered[tier[i], s] += 1
        size = min(sizes[0] * swing[0, k], sizes[1])
        annual[i], previous[i], revenue[i], cash[i] = size, size * 0.7, size / 4.0, 0.3 * size
        output[i], staff[i] = size / 4.0 / means[0, s], max(size / means[1, s], 1.0)
        capital[i] = size * means[2, s] * swing[1, k]
        rate[i] = min(max(means[3, s] + 0.05 * noise[3, k], 0.05), 0.8)
        added[i], wage[i] = size / 4.0 * rate[i], means[4, s]
        energy[i], water[i] = means[5, s] * swing[2, k], means[6, s] * swing[2, k]
        pollutant[i] = means[7, s] * swing[2, k]
        research[i] = 0.07 * swing[3, k] if new else 0.0
        stock[i] = research[i] * size / research_memory
        level = means[8, s] + 0.1 * noise[6, k] + (0.15 if new else 0.0)
        digital[i] = min(max(level, 0.02), 0.95)
        export[i] = means[9, s] if noise[7, k] > 1.0 else 0.0
