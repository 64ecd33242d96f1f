"""Intervals and tests for a handful of dependent pairs, and how far to trust them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.stats import binomtest
from scores.processing import block_bootstrap
from scores.stats.statistical_tests import diebold_mariano

from calibration.backtest.design import SEED

Floats = NDArray[np.float64]
BLOCK = 4
"""Origins in a block: four quarters, as long as year-on-year figures overlap."""
ITERATIONS = 2000
LEVEL = 0.95
REPLICATIONS = 2000
LEAST_PER_HORIZON = 2
"""A Diebold–Mariano test is shown where there are at least so many pairs for each horizon step and
eight in all: below, its size is far off and the statistic often undefined."""
LEAST_PAIRS = 8


def resample(
    values: xr.DataArray, block: int = BLOCK, iterations: int = ITERATIONS
) -> xr.DataArray:
    """Return circular block resamples over origins, all else kept together.

    Parameters
    ----------
    values : xarray.DataArray
        With a dimension ``origin``; NaN where no pair exists.

    Returns
    -------
    xarray.DataArray
        With a new dimension ``iteration``. Reproducible: the package draws from numpy's global
        state, which is set before and put back after.
    """
    state = np.random.get_state()  # noqa: NPY002 - the only state that scores can draw from
    np.random.seed(SEED)  # noqa: NPY002
    try:
        size = min(block, values.sizes["origin"])
        drawn = block_bootstrap(values, blocks={"origin": size}, n_iteration=iterations)
    finally:
        np.random.set_state(state)  # noqa: NPY002
    assert isinstance(drawn, xr.DataArray)
    return drawn


def bootstrap_interval(statistics: xr.DataArray) -> tuple[float, float]:
    """Return the central 95 % of resampled statistics, NaN where none is finite."""
    known = statistics.values[np.isfinite(statistics.values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def exact_interval(hits: int, pairs: int) -> tuple[float, float]:
    """Return the Clopper–Pearson 95 % interval of a share, for pairs that do not overlap.

    Examples
    --------
    >>> low, high = exact_interval(8, 8)
    >>> round(low, 3), high
    (0.631, 1.0)
    """
    found = binomtest(hits, pairs).proportion_ci(LEVEL, method="exact")
    return float(found.low), float(found.high)


@dataclass(frozen=True)
class Comparison:
    """Diebold–Mariano test: two-sided p value, and how often it rejects a true null at 5 %."""

    p_value: float
    size: float


def diebold_mariano_p(differences: Floats, horizon: int) -> Floats:
    """Return two-sided p values (HLN, Student's t), one for each row of differences.

    NaN where the estimated long-run variance is not positive.
    """
    array = xr.DataArray(
        differences,
        dims=("row", "time"),
        coords={"row": np.arange(len(differences)), "h": ("row", [horizon] * len(differences))},
    )
    found = diebold_mariano(array, "row", "h", method="HLN", statistic_distribution="t")
    confident = found["confidence_gt_0"].values
    return np.asarray(2.0 * np.minimum(confident, 1.0 - confident))


@cache
def measured_size(pairs: int, horizon: int) -> float:
    """Return the share of rejections at 5 % when both forecasts are equally good.

    Score differences are simulated as moving averages of `horizon` normal shocks, the dependence
    that optimal forecasts `horizon` steps ahead have; an undefined statistic does not reject.
    """
    generator = np.random.Generator(np.random.PCG64([SEED, pairs, horizon]))
    shocks = generator.standard_normal((REPLICATIONS, pairs + horizon - 1))
    windows = np.lib.stride_tricks.sliding_window_view(shocks, horizon, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        p_values = diebold_mariano_p(windows.sum(axis=-1), horizon)
    return float(np.mean(np.nan_to_num(p_values, nan=1.0) < 0.05))


def compare(differences: Floats, horizon: int) -> Comparison | None:
    """Test equal scores where the sample allows it, else return None.

    Parameters
    ----------
    differences : array, shape (pairs,)
        Score of one forecast less the other's, in order of origins.
    horizon : int
        Quarters ahead.
    """
    known = differences[np.isfinite(differences)]
    if len(known) < max(LEAST_PAIRS, LEAST_PER_HORIZON * horizon) or np.ptp(known) == 0.0:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        p_value = float(diebold_mariano_p(known[None, :], horizon)[0])
    return Comparison(p_value, measured_size(len(known), horizon))
