"""Compiled loops of the platforms: what firms add to their place, and what it gives them."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, kernel


@kernel
def place_sums(alive, industry, platform, district, employees, tax, mass, paid):  # type: ignore[no-untyped-def]
    """Add up employment of living industrial firms by platform, and tax by district.

    Parameters
    ----------
    alive, industry, platform, district : ndarray, shape (firms,)
        Platform -1 is outside platforms.
    employees, tax : ndarray, shape (firms,)
    mass : ndarray, shape (platforms + 1,)
        Added to: persons outside platforms, then by platform.
    paid : ndarray, shape (districts,)
        Added to: yuan, of all firms.
    """
    for i in range(len(alive)):  # unsigned: an index below zero would be looked for every time
        paid[np.uint16(district[i])] += tax[i]
        mass[np.uint16(platform[i] + 1)] += (alive[i] & industry[i]) * employees[i]


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
