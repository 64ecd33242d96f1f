"""Compiled loops of the platforms: what firms add to their place, and what it gives them."""

from __future__ import annotations

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def place_sums(living, platform, district, employees, tax, platforms, districts):  # type: ignore[no-untyped-def]
    """Return employment of living industrial firms by platform, and tax by district.

    Parameters
    ----------
    living : ndarray of bool, shape (firms,)
        Living industrial firms.
    platform, district : ndarray of int, shape (firms,)
        Platform -1 is outside platforms.
    employees, tax : ndarray, shape (firms,)
    platforms, districts : int
        How many there are.

    Returns
    -------
    mass : ndarray, shape (platforms + 1,)
        Persons; the last entry is the whole city's.
    paid : ndarray, shape (districts,)
        Yuan, of all firms.
    """
    # Whoever is counted nowhere goes to spare entries at the end: no branch to mispredict.
    mass, paid, whole = np.zeros(platforms + 8), np.zeros(districts), 0.0
    for i in range(len(living)):
        paid[district[i]] += tax[i]
        whole += living[i] * employees[i]
        counted = living[i] & (platform[i] >= 0)
        mass[platform[i] if counted else platforms + i % 8] += employees[i]
    mass[platforms] = whole
    return mass[: platforms + 1], paid


@nb.njit(cache=True, nogil=True)
def add_gain(living, platform, change, log_tfp):  # type: ignore[no-untyped-def]
    """Add the change of a platform's gain to the log TFP of the living firms on it."""
    for i in range(len(living)):
        placed = living[i] & (platform[i] >= 0)
        log_tfp[i] += change[platform[i]] if placed else 0.0


@nb.njit(cache=True, nogil=True)
def totals(  # type: ignore[no-untyped-def]
    roster, platform, sector, real_output, value_added, value_added_rate, energy, pollutant,
    land_area, characteristic, high_tech, gain,
):  # fmt: skip
    """Return sums over above-scale firms: all, then those on platforms, shape (11,).

    Output of all; then output, that of characteristic and of high-tech industries, value added,
    real value added, energy, pollutants, land, value added on land of their own, gain times
    output.
    """
    out = np.zeros(11)
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
    return out
