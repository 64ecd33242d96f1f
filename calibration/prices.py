"""The city's GDP deflator, explained by national producer and consumer prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PRIOR = np.array([0.004, 0.25, 0.5])
PRIOR_SD = np.array([0.006, 0.15, 0.4])
"""Constant, producer prices, consumer prices: industry is about a third of GDP; a dozen years
do not separate the two prices, so a ridge towards shares of output is used."""


def deflator_rows(
    levels: Mapping[str, tuple[float, float]],
    growth: Mapping[str, tuple[float, float]],
    producer: Mapping[int, float],
    consumer: Mapping[int, float],
) -> tuple[Floats, Floats]:
    """Return deflator growth and its regressors by year (fractions, logarithms)."""
    target, matrix = [], []
    for period, (value, _) in sorted(levels.items()):
        before = str(int(period) - 1) if period.isdigit() else ""
        if before in levels and period in growth and int(period) in producer:
            real = np.log1p(growth[period][0] / 100.0)
            target.append(np.log(value / levels[before][0]) - real)
            matrix.append([1.0, producer[int(period)], consumer[int(period)]])
    return np.array(target), np.array(matrix)


def fit_deflator(target: Floats, matrix: Floats) -> tuple[Floats, Floats, float]:
    """Fit the deflator by least squares with prior rows (Theil's mixed estimation).

    Returns
    -------
    coefficients, covariance, residual standard deviation
    """
    scale = 0.012
    for _ in range(3):
        prior_rows = np.diag(scale / PRIOR_SD)
        stacked = np.vstack([matrix.reshape(-1, 3), prior_rows])
        response = np.concatenate([target, PRIOR * scale / PRIOR_SD])
        result = sm.OLS(response, stacked).fit()
        scale = float(np.sqrt(max(result.ssr / max(len(target), 1), 0.004**2)))
    covariance = np.asarray(result.normalized_cov_params) * scale**2
    return np.asarray(result.params), covariance, scale


def export_deflator(
    target: Floats, matrix: Floats, count: int, generator: np.random.Generator
) -> dict[str, Any]:
    """Return draws of the deflator's coefficients and residual standard deviation."""
    coefficients, covariance, scale = fit_deflator(target, matrix)
    noise = generator.standard_normal((count, 3)) @ np.linalg.cholesky(covariance).T
    draws = coefficients + noise
    freedom = max(len(target), 4)
    spread = scale * np.sqrt(freedom / generator.chisquare(freedom, count))
    return {"constant": draws[:, 0], "producer": draws[:, 1], "consumer": draws[:, 2], "sd": spread}
