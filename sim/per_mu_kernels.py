"""Compiled loops of the per-mu evaluation: over the firms evaluated, and over the plots."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart


@apart
def indicators(  # type: ignore[no-untyped-def]
    rows, land_area, tax, value_added, employees, energy_intensity, real_output, rd_ratio, out,
):  # fmt: skip
    """Write tax and value added per m2, value added per head and per tce, and the R&D ratio.

    Parameters
    ----------
    rows : ndarray of int, shape (rows,)
        Firms with land.
    out : ndarray, shape (5, rows)
        Staff and energy count from one person and one tce.
    """
    for row in range(len(rows)):
        k = np.uint64(row)
        i = np.uint64(rows[k])
        area, value = np.float64(land_area[i]), value_added[i]
        out[0, k] = tax[i] / area
        out[1, k] = value / area
        out[2, k] = value / max(employees[i], 1.0)
        out[3, k] = value / max(energy_intensity[i] * real_output[i], 1.0)
        out[4, k] = rd_ratio[i]


@apart
def scores(indicators, weights, cap, mean, out):  # type: ignore[no-untyped-def]
    """Write the weighted score of each firm, see :func:`sim.per_mu.scores`.

    Parameters
    ----------
    weights : ndarray, shape (indicators,)
        Of sum one.
    mean : ndarray, shape (indicators,)
        Zeros; receives the mean of each indicator, losses counted as zero.
    """
    number = indicators.shape[1]
    for row in range(number):
        for k in range(len(weights)):
            mean[k] += max(indicators[k, row], 0.0)
        out[row] = 0.0
    for k in range(len(weights)):
        mean[k] /= number
        if mean[k] > 0.0:
            for row in range(number):
                out[row] += weights[k] * min(max(indicators[k, row] / mean[k], 0.0), cap)


@apart
def land_by_class(land_class, area, found):  # type: ignore[no-untyped-def]
    """Add the area of plots, m2, to `found`: of holders without a class, then of class A to D."""
    for row in range(len(area)):
        k = np.uint64(row)
        found[np.uint64(land_class[k] + 1)] += area[k]
