"""Competitors, all by statsmodels: normal forecasts of one series from the same data.

A competitor is a function ``(data, steps) -> Normal``; registering it enters it into every
comparison. It raises :class:`calibration.backtest.flags.Flagged` instead of returning a number
that means nothing.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.tsa.api import VAR
from statsmodels.tsa.statespace.dynamic_factor_mq import DynamicFactorMQ
from statsmodels.tsa.statespace.exponential_smoothing import ExponentialSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.statespace.structural import UnobservedComponents
from statsmodels.tsa.stattools import kpss

from calibration.backtest.flags import (
    LEAST_PER_PARAMETER,
    Flag,
    Flagged,
    need_convergence,
    need_independent,
    need_stationary,
    need_variation,
)

Floats = NDArray[np.float64]
MOST_ITERATIONS = 500


@dataclass(frozen=True)
class Sample:
    """What a competitor sees of one series at one origin.

    Parameters
    ----------
    values : array, shape (quarters,)
        The series up to its origin, NaN where nothing was published.
    pair : array, shape (rows, k)
        For the vector autoregression: complete rows, the series first.
    stride : int
        Quarters between rows of `pair` (four for an annual series).
    panel : array, shape (quarters, m)
        For the dynamic factor: the series first, NaN allowed.
    """

    values: Floats
    pair: Floats
    stride: int
    panel: Floats


@dataclass(frozen=True)
class Normal:
    """Means and standard deviations of the quarters ahead, shape (steps,) each."""

    mean: Floats
    deviation: Floats

    def quantiles(self, count: int) -> Floats:
        """Return `count` equally likely points of each quarter's density, (count, steps)."""
        from scipy.special import ndtri

        points = ndtri((np.arange(count) + 0.5) / count)
        return np.asarray(self.mean + points[:, None] * self.deviation)


Competitor = Callable[[Sample, int], Normal]
COMPETITORS: dict[str, Competitor] = {}


def competitor(function: Competitor) -> Competitor:
    """Register a competitor under its function's name."""
    COMPETITORS[function.__name__] = function
    return function


def run_competitor(name: str, sample: Sample, steps: int) -> Normal:
    """Forecast with a registered competitor.

    Raises
    ------
    Flagged
        If it cannot forecast; numerical errors of libraries and infinite results are flags too.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = COMPETITORS[name](sample, steps)
        except (np.linalg.LinAlgError, ValueError, ZeroDivisionError, IndexError) as error:
            raise Flagged(Flag.FAILED, str(error)) from error
    if not (np.isfinite(found.mean).all() and (found.deviation > 0.0).all()):
        raise Flagged(Flag.FAILED, "forecast without a finite density")
    return found


def _forecast(result: Any, steps: int) -> Normal:
    ahead = result.get_forecast(steps)
    return Normal(np.asarray(ahead.predicted_mean), np.asarray(ahead.se_mean))


def fitted(model: Any) -> Any:
    """Fit by L-BFGS and, where that stops early, by Nelder–Mead from there.

    Raises
    ------
    Flagged
        If neither converges.
    """
    result = model.fit(disp=False, maxiter=MOST_ITERATIONS)
    if not result.mle_retvals["converged"]:
        result = model.fit(
            result.params, method="nm", disp=False, maxiter=20 * MOST_ITERATIONS, xtol=1e-4
        )
    need_convergence(result)
    return result


def fit_arima(values: Floats, order: tuple[int, int, int]) -> Any:
    """Fit an ARIMA with a constant by exact maximum likelihood (missing values allowed)."""
    need_variation(values, sum(order) - order[1] + 2)
    result = SARIMAX(values, order=order, trend="c").fit(disp=False, maxiter=MOST_ITERATIONS)
    need_convergence(result)
    return result


def choose_arima(values: Floats, orders: list[tuple[int, int, int]]) -> Any:
    """Return the fit of lowest BIC among orders of equal differencing; flags of all if none."""
    fits, last = [], Flagged(Flag.FAILED)
    for order in orders:
        try:
            fits.append(fit_arima(values, order))
        except Flagged as flagged:
            last = flagged
    if not fits:
        raise last
    return min(fits, key=lambda fit: fit.bic)


@competitor
def random_walk_drift(sample: Sample, steps: int) -> Normal:
    """Random walk with drift (holes are bridged by the Kalman filter)."""
    need_variation(sample.values, 2)
    return _forecast(
        fitted(UnobservedComponents(sample.values, level="rwdrift", use_exact_diffuse=True)), steps
    )


@competitor
def ets(sample: Sample, steps: int) -> Normal:
    """Additive exponential smoothing with a damped trend; without trend where values are few."""
    known = int(np.isfinite(sample.values).sum())
    trend = known >= LEAST_PER_PARAMETER * 6
    need_variation(sample.values, 6 if trend else 3)
    model = ExponentialSmoothing(
        sample.values, trend=trend, damped_trend=trend, initialization_method="estimated"
    )
    return _forecast(fitted(model), steps)


@competitor
def ar(sample: Sample, steps: int) -> Normal:
    """Autoregression with a constant, one to five lags by BIC."""
    result = choose_arima(sample.values, [(p, 0, 0) for p in range(1, 6)])
    need_stationary(np.asarray(result.arparams))
    return _forecast(result, steps)


@competitor
def arima(sample: Sample, steps: int) -> Normal:
    """ARIMA: one difference where KPSS rejects stationarity at 5 %, orders to (2, 2) by BIC."""
    known = sample.values[np.isfinite(sample.values)]
    need_variation(sample.values, 2)
    difference = int(kpss(known, regression="c", nlags="auto")[1] <= 0.05)
    orders = [(p, difference, q) for p in range(3) for q in range(3) if p or q or difference]
    return _forecast(choose_arima(sample.values, orders), steps)


@competitor
def var(sample: Sample, steps: int) -> Normal:
    """Vector autoregression with related series, one or two lags by BIC."""
    rows, size = sample.pair, sample.pair.shape[1]
    need_variation(rows[:, 0], size + 1)
    need_independent(rows)
    lags = [k for k in (1, 2) if len(rows) - k >= LEAST_PER_PARAMETER * (size * k + 1)]
    if not lags:
        raise Flagged(Flag.TOO_SHORT, f"{len(rows)} rows of {size} series")
    model = VAR(rows)
    result = min((model.fit(k, trend="c") for k in lags), key=lambda fit: float(fit.bic))
    need_stationary(np.asarray(result.coefs))
    count = -(-steps // sample.stride)
    mean = result.forecast(rows[-result.k_ar :], count)[:, 0]
    deviation = np.sqrt(result.forecast_cov(count)[:, 0, 0])
    return Normal(
        np.repeat(mean, sample.stride)[:steps], np.repeat(deviation, sample.stride)[:steps]
    )


@competitor
def unobserved_components(sample: Sample, steps: int) -> Normal:
    """Local level plus a first-order autoregression."""
    need_variation(sample.values, 4)
    model = UnobservedComponents(
        sample.values, level="llevel", autoregressive=1, use_exact_diffuse=True
    )
    return _forecast(fitted(model), steps)


@competitor
def dynamic_factor(sample: Sample, steps: int) -> Normal:
    """One factor of two lags behind a panel, autoregressive idiosyncratic parts, by EM."""
    need_variation(sample.values, 4)
    complete = sample.panel[np.isfinite(sample.panel[:, 1:]).all(axis=1)]
    need_independent(complete[:, 1:])
    index = pd.period_range("2000Q1", periods=len(sample.panel), freq="Q")
    frame = pd.DataFrame(sample.panel, index=index)
    model = DynamicFactorMQ(frame, factors=1, factor_orders=2, idiosyncratic_ar1=True)
    result = model.fit(disp=False, maxiter=MOST_ITERATIONS, tolerance=1e-5)
    if result.mle_retvals.iter >= MOST_ITERATIONS:
        raise Flagged(Flag.NOT_CONVERGED, f"{MOST_ITERATIONS} iterations of EM")
    ahead = result.get_prediction(start=len(frame), end=len(frame) + steps - 1)
    return Normal(
        np.asarray(ahead.predicted_mean)[:, 0], np.asarray(ahead.se_mean).reshape(steps, -1)[:, 0]
    )
