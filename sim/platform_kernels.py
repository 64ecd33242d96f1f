"""Compiled loops of the platforms: who moves, what firms add to their place, what it gives them."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, LANES, apart, kernel, log, part
from sim.rng import two_lots

FARTHEST_REACH = 3.0
"""Neighbours count for at most this multiple of a platform's own mass: distance limits them."""


@apart
def steer(  # type: ignore[no-untyped-def]
    first, born, share, alive, birth, industry, project, land_area, firm_id, key, edges,
    platform_district, gain, district, platform, log_tfp,
):  # fmt: skip
    """Steer new firms onto platforms, or off them with a negative `share`; return how many join.

    Parameters
    ----------
    first, born : int
        First row looked at; quarter of birth of the firms meant.
    share : float
        Chance of those outside platforms to join one; if negative, minus the chance of those on
        one to stay outside.
    alive, birth, industry, project, land_area, firm_id : ndarray, shape (firms,)
        Only industrial firms without land that are no plant of a project are steered.
    edges, platform_district, gain : ndarray, shape (platforms,)
        Running sum of the platforms' weights, their district, and log TFP that each is worth.
    district, platform, log_tfp : ndarray, shape (firms,)
        Changed.
    """
    joined = 0
    for i in range(first, len(alive)):
        young = alive[i] & (birth[i] == born) & industry[i]
        if young & (project[i] < 0) & (land_area[i] == 0):
            lot, choice = two_lots(firm_id[i], 0, key)
            if platform[i] < 0 and lot < share:
                p = 0
                while p < len(edges) - 1 and edges[p] <= choice * edges[-1]:
                    p += 1
                platform[i], district[i] = p, platform_district[p]
                log_tfp[i] += gain[p]
                joined += 1
            elif platform[i] >= 0 and lot < -share:
                platform[i] = -1
    return joined


@apart
def place_sums(alive, industry, platform, district, employees, tax, mass, paid):  # type: ignore[no-untyped-def]
    """Add up employment of living industrial firms by platform, and tax by district.

    Neighbours add to different lanes: a sum would wait for itself.

    Parameters
    ----------
    alive, industry, platform, district : ndarray, shape (firms,)
        Platform -1 is outside platforms.
    employees, tax : ndarray, shape (firms,)
    mass : ndarray, shape (LANES, platforms + 1)
        Added to: persons outside platforms, then by platform.
    paid : ndarray, shape (LANES, districts)
        Added to: yuan, of all firms.
    """
    staff = np.empty(BLOCK)
    for start in range(0, len(alive), BLOCK):
        size = min(BLOCK, len(alive) - start)
        for j in range(size):
            i = np.uint64(start + j)
            staff[j] = employees[i] if alive[i] & industry[i] else 0.0
        for j in range(size):  # unsigned: an index below zero would be looked for every time
            i, lane = np.uint64(start + j), np.uint64(j % LANES)
            mass[lane, np.uint16(platform[i] + 1)] += staff[j]
            paid[lane, np.uint16(district[i])] += tax[i]


@part
def mass_with(own, zone, district, links):  # type: ignore[no-untyped-def]
    """Return effective employment: own, and what `links` let in of corridor and district.

    Neighbours count for at most FARTHEST_REACH times the platform's own mass each.
    """
    bound = FARTHEST_REACH * own
    return own + links[0] * min(zone, bound) + links[1] * min(district, bound)


@kernel
def agglomerate(  # type: ignore[no-untyped-def]
    mass, start, zone, district, city, links, usual, elasticity, speed, gain, change,
):  # fmt: skip
    """Move the platforms' gains towards what their density is worth in log TFP.

    Parameters
    ----------
    mass, start, zone, district : ndarray, shape (platforms,)
        Employment now and at the start; numbers of zone and district.
    city : tuple of float
        Employment of the whole city now and at the start.
    links, usual : tuple of float
        (share of the corridor within reach, share of the district merged), under the terms in
        force and under the terms before the plan.
    elasticity, speed : float
        Log TFP per log density; share of the gap closed in a quarter.
    gain, change : ndarray, shapes (platforms,), (platforms + 1,)
        Changed; by how much is written, outside platforms first.
    """
    around = log(max(city[0], 1.0) / max(city[1], 1.0))
    change[0] = 0.0
    for p in range(len(mass)):
        corridor = same = 0.0
        for other in range(len(mass)):
            if other != p:
                corridor += mass[other] if zone[other] == zone[p] else 0.0
                same += mass[other] if district[other] == district[p] else 0.0
        own = max(mass[p], 1.0)
        growth = min(max(log(own / max(start[p], 1.0)) - around, -1.0), 1.0)
        denser = mass_with(own, corridor, same, links) / mass_with(own, corridor, same, usual)
        change[p + 1] = speed * (elasticity * (log(denser) + growth) - gain[p])
        gain[p] += change[p + 1]


@apart
def add_gain(alive, industry, platform, change, log_tfp):  # type: ignore[no-untyped-def]
    """Add the change of a platform's gain to the log TFP of living industrial firms.

    `change` has the shape (platforms + 1,): outside platforms, then by platform.
    """
    for row in range(len(alive)):
        i = np.uint64(row)
        log_tfp[i] += (alive[i] & industry[i]) * change[np.uint16(platform[i] + 1)]


@apart
def totals(  # type: ignore[no-untyped-def]
    roster, platform, sector, real_output, value_added, value_added_rate, energy, pollutant,
    land_area, characteristic, high_tech, gain, out,
):  # fmt: skip
    """Add sums over above-scale firms to `out`: all, then those on platforms, shape (11,).

    Output of all; then output, that of characteristic and of high-tech industries, value added,
    real value added, energy, pollutants, land, value added on land of their own, gain times
    output.
    """
    for i in roster:
        output = real_output[i]
        out[0] += output
        if platform[i] >= 0:
            out[1] += output
            out[2] += output * characteristic[sector[i]]
            out[3] += output * high_tech[sector[i]]
            out[4] += value_added[i]
            out[5] += output * value_added_rate[i]
            out[6] += output * energy[i]
            out[7] += output * pollutant[i]
            out[8] += land_area[i]
            out[9] += value_added[i] * (land_area[i] > 0)
            out[10] += output * gain[platform[i]]
