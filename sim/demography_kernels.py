"""Compiled loops of entry and exit: one pass over the firms each."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, exp, log
from sim.rng import upper_unit
from sim.sector_sums import LANES, RUN, add_by_sector, add_chosen, alike, joined


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
def means_of_living(  # type: ignore[no-untyped-def]
    alive, sector, sectors, wage, energy, water, pollutant, digital, staff, turnover
):
    """Return by sector what an entrant copies of living firms: the first six of eight rows.

    Means of wage, energy, water, pollutant and digital level; sales per head. The other two are
    staff and sales.
    """
    sums = np.zeros((sectors, 8, LANES))
    for start in range(0, len(alive), RUN):
        size, first = min(RUN, len(alive) - start), np.uint64(start)
        if size == RUN and alike(sector, first):
            # Neighbours of one sector are added straight from the columns.
            code, living = np.uint64(np.uint16(sector[first])), 0
            for row in range(RUN):
                living += alive[first + np.uint64(row)]
            sums[code, 0, 0] += living
            add_chosen(sums, code, np.uint64(1), wage, alive, first)
            add_chosen(sums, code, np.uint64(2), energy, alive, first)
            add_chosen(sums, code, np.uint64(3), water, alive, first)
            add_chosen(sums, code, np.uint64(4), pollutant, alive, first)
            add_chosen(sums, code, np.uint64(5), digital, alive, first)
            add_chosen(sums, code, np.uint64(6), staff, alive, first)
            add_chosen(sums, code, np.uint64(7), turnover, alive, first)
        else:
            for row in range(size):
                j = np.uint64(row)
                i, lane = first + j, j % np.uint64(LANES)
                code, here = np.uint64(np.uint16(sector[i])), 1.0 if alive[i] else 0.0
                sums[code, 0, lane] += here
                sums[code, 1, lane] += here * wage[i]
                sums[code, 2, lane] += here * energy[i]
                sums[code, 3, lane] += here * water[i]
                sums[code, 4, lane] += here * pollutant[i]
                sums[code, 5, lane] += here * digital[i]
                sums[code, 6, lane] += here * staff[i]
                sums[code, 7, lane] += here * turnover[i]
    means = joined(sums)
    for s in range(sectors):
        number = max(means[0, s], 1.0)
        for k in range(5):
            means[k, s] = means[k + 1, s] / number
        means[5, s] = means[7, s] / max(means[6, s], 1.0)
    return means


@apart
def exit_chances(  # type: ignore[no-untyped-def]
    rows, word, sector, service, roster, tfp, mean, supported, birth, latest, rates, slopes, widest,
    young, relief, reached, lot, now, usual,
):  # fmt: skip
    """Find the firms among `rows` that their lot may take out; fill their chances to close.

    Chances within the quarter lie below a fourth of the yearly hazard. Age and support, columns
    that no loop has touched lately, are looked at where the lot lies below what youth without
    support would allow.

    Parameters
    ----------
    latest : int
        Last quarter of birth of firms that are no longer young.
    rates : tuple
        Yearly hazards of above-scale, of small and of service firms.
    slopes : tuple
        Log change per 0.6 of TFP above the sector's `mean`, at most `widest` times, and when
        `supported`, at most once.
    young : float
        Factor on the hazard of young firms outside the roster.
    relief : float
        Factor on all hazards now.
    reached, lot, now, usual : ndarray, shape (len(rows),)
        Rows found, their lots, and the chances now and as they were before the plan.

    Returns
    -------
    int
        How many were found.
    """
    most = 0.25 * young * max(relief, 1.0) * max(exp(slopes[1]), 1.0) * (1.0 + 1e-9)
    for row in range(len(rows)):
        k = np.uint64(row)
        i = np.uint64(rows[k])
        s = np.uint64(np.uint16(sector[i]))
        base = rates[0] if roster[i] else rates[1]
        base = rates[2] if service[s] else base
        gap = min(max((tfp[i] - mean[s]) / 0.6, -widest), widest)
        now[k], lot[k] = base * exp(slopes[0] * gap), upper_unit(word[i])
    found = 0
    for row in range(len(rows)):
        k = np.uint64(row)
        reached[found], usual[found], lot[found] = rows[k], now[k], lot[k]
        found += lot[k] < most * now[k]
    for row in range(found):
        k = np.uint64(row)
        i = np.uint64(reached[k])
        recent = (birth[i] > latest) & (not roster[i])
        usual[k] *= young if recent else 1.0
        now[k] = supported[i]
    for row in range(found):
        k = np.uint64(row)
        hazard = usual[k] * exp(slopes[1] * now[k])
        now[k] = 1.0 - exp(-0.25 * relief * hazard)
        usual[k] = 1.0 - exp(-0.25 * hazard)
    return found


@apart
def depart(  # type: ignore[no-untyped-def]
    rows, lot, now, usual, lost, stage, listed, largest, roster, energy, tier, sector, left, freed,
    beyond, alive, cash, debt, output, staff, revenue, added, profit, tax, capital, investment,
    upgrading, annual,
):  # fmt: skip
    """Take out the firms among `rows` whose lot lies below their chance.

    Only who lives, is not listed and has sales of at most `largest` can be hit. The market of
    leavers goes to their sectors' other firms: the city's fitted growth contains the usual exits.
    Of a firm that leaves beyond these (`lot` between the chances) the share `lost` goes to
    nobody; one that stays where it usually would have left adds as much.

    Parameters
    ----------
    lot, now, usual : ndarray, shape (len(rows),)
        Uniform lots, and the chances to leave now and before the plan.
    left : ndarray of int, shape (tiers, sectors)
        Counts leavers.
    freed, beyond : ndarray, shape (sectors,)
        Output left to others, and what of it is beyond the usual; added to.

    Returns
    -------
    tuple
        Firms that left, those on the roster, their cash, debt and energy used.
    """
    number, above, owned, owed, used = 0, 0, 0.0, 0.0, 0.0
    for k in range(len(rows)):
        leaves, expected = lot[k] < now[k], lot[k] < usual[k]
        if leaves | expected:
            i = np.uint64(rows[k])
            free = (stage[i] != listed[0]) & (stage[i] != listed[1])
            if alive[i] & free & (annual[i] <= largest):
                s = sector[i]
                other = (lost if expected else 0.0) - (lost if leaves else 0.0)
                freed[s] += ((1.0 if leaves else 0.0) + other) * output[i]
                beyond[s] += other * output[i]
                if leaves:
                    number += 1
                    above += roster[i]
                    left[tier[i], s] += 1
                    owned += cash[i]
                    owed += debt[i]
                    used += energy[i] * output[i]
                    alive[i] = False
                    cash[i] = debt[i] = output[i] = staff[i] = revenue[i] = added[i] = 0.0
                    profit[i] = tax[i] = capital[i] = investment[i] = upgrading[i] = 0.0
                    annual[i] = 0.0
    return number, above, owned, owed, used


@apart
def shares_of_entry(  # type: ignore[no-untyped-def]
    firm_share, made, service, emerging, gain, offered, more, passed_on, platform_share, focus,
    district_share, sector_edges, place_edges, displacing,
):  # fmt: skip
    """Fill cumulated chances of sectors and places to get an entrant, and what rivals lose to it.

    Manufacturing gets entrants by its firms, emerging sectors more of them; the first service
    sector gets the weight `offered`. Entrants come where small firms are.

    Parameters
    ----------
    gain : float
        Log change of a sector's weight per share of emerging industry.
    more : float
        Entrants in all over those before the plan.
    passed_on : float
        Share of further entrants' sales that rivals lose; of usual ones' they lose all.
    focus : float
        Factor on platforms' shares.
    sector_edges : ndarray, shape (sectors,)
    place_edges : ndarray, shape (platforms + districts,)
    displacing : ndarray, shape (sectors,)
    """
    before, now, first = 0.0, 0.0, True
    for s in range(len(firm_share)):
        usual = firm_share[s] if made[s] else 0.0
        weight = usual * exp(gain * emerging[s])
        if service[s] and first:
            usual, weight, first = offered, offered, False
        before, now = before + usual, now + weight
        sector_edges[s] = now
        displacing[s] = usual / weight if weight > 0.0 else 1.0
    for s in range(len(firm_share)):
        sector_edges[s] /= now
        displacing[s] = 1.0 - (1.0 - displacing[s] * now / before / more) * (1.0 - passed_on)
    platforms, total = len(platform_share), 0.0
    for k in range(platforms):
        total += min(platform_share[k] * focus, 1.0)
        place_edges[k] = total
    rest = max(1.0 - total, 0.05)
    for k in range(len(district_share)):
        total += district_share[k] * rest
        place_edges[platforms + k] = total
    for k in range(len(place_edges)):
        place_edges[k] /= total


@apart
def settle_entrants(  # type: ignore[no-untyped-def]
    first, chosen, starting, lot, noise, sizes, least, service, price, high_tech, capital_output,
    value_added_rate, exported, means, research_memory, share, place, platforms, start_up,
    displacing, entered, freed, beyond, sector, platform, district, tier, annual, previous, revenue,
    cash, output, staff, capital, tfp, rate, added, wage, energy, water, pollutant, research, stock,
    digital, export,
):  # fmt: skip
    """Fill the rows of newcomers, from row `first` on: small copies of their sector's firms.

    Parameters
    ----------
    chosen : ndarray of int, shape (count,)
        Sector of each.
    starting : float
        Start-ups, of tier `start_up`, among entrants of a sector of mean technology.
    lot, noise : ndarray, shapes (count,) and (8, count)
        Uniform lots of being a start-up; standard normal numbers.
    sizes, least : tuple and float
        Typical and largest sales; least sales per head that they are staffed by.
    service, high_tech, capital_output, value_added_rate, exported : ndarray, shape (sectors,)
        Facts of the sectors; all but services sell at the `price` of producers.
    means : ndarray, shape (6, sectors)
        As of :func:`means_of_living`.
    share : float
        Elasticity of output with respect to capital.
    place : ndarray of int, shape (count,)
        Row of a platform, or behind these, of a district; `platforms` are the former's districts.
    displacing : ndarray, shape (sectors,)
        Share of an entrant's sales that rivals lose.
    entered : ndarray of int, shape (tiers, sectors)
        Counts them.
    freed, beyond : ndarray, shape (sectors,)
        Output that entrants take from rivals, and what they sell beyond it; added to.

    Returns
    -------
    tuple
        Cash and capital of all of them.
    """
    for row in range(len(chosen)):
        k = np.uint64(row)
        i, s, at = np.uint64(first) + k, np.uint64(chosen[k]), place[k]
        new = lot[k] < starting * (0.3 + 2.0 * high_tech[s])
        sector[i], tier[i] = s, start_up if new else 0
        platform[i] = at if at < len(platforms) else -1
        district[i] = platforms[at] if at < len(platforms) else at - len(platforms)
    for row in range(len(chosen)):
        k = np.uint64(row)
        i, s = np.uint64(first) + k, np.uint64(chosen[k])
        new = tier[i] == start_up
        size = min(sizes[0] * exp(0.9 * noise[0, k]), sizes[1])
        annual[i], previous[i], revenue[i], cash[i] = size, size * 0.7, size / 4.0, 0.3 * size
        sold = size / 4.0 / (1.0 if service[s] else price)
        hands = max(size / max(0.7 * means[5, s], least), 1.0)
        plant = size * capital_output[s] * exp(0.4 * noise[1, k])
        output[i], staff[i], capital[i] = sold, hands, plant
        usual = log(sold) - share * log(plant) - (1.0 - share) * log(hands)
        tfp[i] = usual + 0.2 * noise[2, k]
        rate[i] = min(max(value_added_rate[s] + 0.05 * noise[3, k], 0.05), 0.8)
        added[i], wage[i] = size / 4.0 * rate[i], means[0, s]
        intensity = exp(0.3 * noise[4, k])
        energy[i], water[i] = means[1, s] * intensity, means[2, s] * intensity
        pollutant[i] = means[3, s] * intensity
        research[i] = 0.07 * exp(0.4 * noise[5, k]) if new else 0.0
        stock[i] = research[i] * size / research_memory
        level = means[4, s] + 0.1 * noise[6, k] + (0.15 if new else 0.0)
        digital[i] = min(max(level, 0.02), 0.95)
        export[i] = exported[s] if noise[7, k] > 1.0 else 0.0
    money, plants = 0.0, 0.0
    for row in range(len(chosen)):
        i = np.uint64(first + row)
        s = sector[i]
        entered[tier[i], s] += 1
        freed[s] -= displacing[s] * output[i]
        beyond[s] += (1.0 - displacing[s]) * output[i]
        money += cash[i]
        plants += capital[i]
    return money, plants
