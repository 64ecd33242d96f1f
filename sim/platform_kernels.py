"""Compiled loops of the platforms: what firms add to their place, and what it gives them."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, kernel, part

FARTHEST_REACH = 3.0
"""Neighbours count for at most this multiple of a platform's own mass: distance limits them."""


@kernel
def place_sums(alive, industry, platform, district, employees, tax, mass, paid):  # type: ignore[no-untyped-def]
    """Add up employment of living industrial firms by platform, and tax by district.

    Parameters
    ----------
    alive, industry, platform, district : ndarray, shape (firms,)
        Platform -1 is outside platforms.
    employees, tax : ndarray, shape (firms,)
    mass : ndarray, shape (platforms + 1,)
        Zeros; persons by platform, then of the whole city, are written.
    paid : ndarray, shape (districts,)
        Added to: yuan, of all firms.
    """
    for i in range(len(alive)):  # unsigned: an index below zero would be looked for every time
        paid[np.uint16(district[i])] += tax[i]
        mass[np.uint16(platform[i] + 1)] += (alive[i] & industry[i]) * employees[i]
    last, whole = len(mass) - 1, 0.0
    for k in range(len(mass)):
        whole += mass[k]
    for k in range(last):
        mass[k] = mass[k + 1]
    mass[last] = whole


@kernel
def steer(  # type: ignore[no-untyped-def]
    known, born, alive, birth_quarter, industry, project, land_area, share, lots, edges,
    platform_district, gain, platform, district, log_tfp,
):  # fmt: skip
    """Bring new industrial firms outside platforms onto one, or keep some off; return how many.

    Parameters
    ----------
    known, born : int
        Firms from row `known` on are new if they were born in quarter `born`.
    alive, birth_quarter, industry, project, land_area : ndarray, shape (firms,)
        Plants of projects and holders of land stay where they are.
    share : float
        Share of those outside platforms that is brought in; below zero, of those on platforms
        that stays outside.
    lots : ndarray, shape (2, firms from row `known` on)
        Uniforms: whether a firm is steered, and to which platform.
    edges : ndarray, shape (platforms,)
        Running sum of the platforms' relative chances.
    platform_district, gain : ndarray, shape (platforms,)
        District, and log TFP that the platform is worth.
    platform, district, log_tfp : ndarray, shape (firms,)
        Changed.
    """
    number = 0
    for i in range(known, len(alive)):
        if lots[0, i - known] >= abs(share):
            continue
        new = alive[i] & industry[i] & (birth_quarter[i] == born) & (project[i] < 0)
        if not (new & (land_area[i] == 0) & ((platform[i] < 0) == (share > 0.0))):
            continue
        number += 1
        if share <= 0.0:
            platform[i] = -1
            continue
        chosen, wanted = 0, lots[1, i - known] * edges[-1]
        while chosen < len(edges) - 1 and edges[chosen] <= wanted:
            chosen += 1
        platform[i], district[i] = chosen, platform_district[chosen]
        log_tfp[i] += gain[chosen]
    return number


@part
def neighbours(p, mass, group):  # type: ignore[no-untyped-def]
    """Return the mass of the other platforms of a platform's group."""
    near = 0.0
    for other in range(len(group)):
        near += mass[other] if group[other] == group[p] else 0.0
    return near - mass[p]


@part
def density_worth(mass, growth, zone, district, links, links_reference, elasticity):  # type: ignore[no-untyped-def]
    """Return the log TFP gain that a platform's present density is worth.

    Parameters
    ----------
    mass : float
        Own employment.
    growth : float
        Log growth of own mass since the start beyond the city's.
    zone, district : float
        Mass of the other platforms of the corridor, and of the district.
    links, links_reference : tuple of float
        (share of the corridor within reach, share of the district merged), under the terms in
        force and under the terms before the plan.
    elasticity : float
        Log TFP per log density.
    """
    own = max(mass, 1.0)
    near, merged = min(zone, FARTHEST_REACH * own), min(district, FARTHEST_REACH * own)
    now = np.log(own + links[0] * near + links[1] * merged)
    before = np.log(own + links_reference[0] * near + links_reference[1] * merged)
    return elasticity * (now - before + growth)


@kernel
def close_gaps(  # type: ignore[no-untyped-def]
    mass, start, zone, district, links, links_reference, elasticity, speed, gain, change,
):  # fmt: skip
    """Move each platform's gain towards what its density is worth.

    Parameters
    ----------
    mass, start : ndarray, shape (platforms + 1,)
        Persons by platform and of the city, now and at the start.
    zone, district : ndarray of int, shape (platforms,)
        Corridor and district of each platform; the next three arguments are those of
        :func:`density_worth`.
    speed : float
        Share of the gap that is closed.
    gain, change : ndarray, shapes (platforms,), (platforms + 1,)
        Gain, changed; its change is written behind a zero for firms outside platforms.
    """
    last = len(gain)
    change[0], city = 0.0, np.log(max(mass[last], 1.0) / max(start[last], 1.0))
    for p in range(last):
        growth = np.log(max(mass[p], 1.0) / max(start[p], 1.0)) - city
        worth = density_worth(
            mass[p], min(max(growth, -1.0), 1.0), neighbours(p, mass, zone),
            neighbours(p, mass, district), links, links_reference, elasticity,
        )  # fmt: skip
        change[p + 1] = speed * (worth - gain[p])
        gain[p] += change[p + 1]


@apart
def add_gain(alive, industry, platform, change, log_tfp):  # type: ignore[no-untyped-def]
    """Add the change of a platform's gain to the log TFP of living industrial firms.

    `change` has the shape (platforms + 1,): outside platforms, then by platform.
    """
    for row in range(len(alive)):
        i = np.uint64(row)
        log_tfp[i] += (alive[i] & industry[i]) * change[np.uint16(platform[i] + 1)]


@kernel
def credit(moved, alive, origin, district, tax, kept, credited):  # type: ignore[no-untyped-def]
    """Credit the share `kept` of the tax of moved firms (rows) to the district of their origin.

    `credited` is what the districts get of the firms in them, shape (districts,), yuan.
    """
    for i in moved:
        if alive[i]:
            amount = kept * tax[i]
            credited[np.int64(origin[i])] += amount
            credited[district[i]] -= amount


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
    for row in range(len(roster)):
        i = np.uint64(roster[np.uint64(row)])
        output = real_output[i]
        out[0] += output
        if platform[i] >= 0:
            s = np.uint64(sector[i])
            out[1] += output
            out[2] += output * characteristic[s]
            out[3] += output * high_tech[s]
            out[4] += value_added[i]
            out[5] += output * value_added_rate[i]
            out[6] += output * energy[i]
            out[7] += output * pollutant[i]
            out[8] += land_area[i]
            out[9] += value_added[i] * (land_area[i] > 0)
            out[10] += output * gain[np.uint64(platform[i])]
