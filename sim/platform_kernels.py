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
    mass, paid = np.zeros(platforms + 1), np.zeros(districts)
    for i in range(len(living)):
        paid[district[i]] += tax[i]
        if living[i]:
            mass[platforms] += employees[i]
            if platform[i] >= 0:
                mass[platform[i]] += employees[i]
    return mass, paid


@nb.njit(cache=True, nogil=True)
def add_gain(living, platform, change, log_tfp):  # type: ignore[no-untyped-def]
    """Add the change of a platform's gain to the log TFP of the living firms on it."""
    for i in range(len(living)):
        if living[i] and platform[i] >= 0:
            log_tfp[i] += change[platform[i]]
