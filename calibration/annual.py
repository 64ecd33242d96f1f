"""Annual levels that grow by known increments plus a drift, seen now and then.

Used for revenue with value added, and for employment: log levels follow
``level(t+1) = level(t) + increment(t+1) + drift + shock``; missing years are drawn by the
simulation smoother, one draw for each draw of the increments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from calibration.latent import LatentFit, LatentModel, fit_latent
from calibration.priors import Prior

Floats = NDArray[np.float64]


class LevelModel(LatentModel):
    """Log levels of several series, each riding on those before it.

    Series k moves with series k-1 (its drift and shock are the ratio's): with revenue first
    and value added second, the second pair is that of the value-added rate. Parameters
    ``drift_<name>`` and ``sd_<name>``, log points a year.

    Parameters
    ----------
    levels : array, shape (years, series)
        Log levels, NaN where not published.
    noise : array, shape (years, series)
    increments : array, shape (years,)
        Known log growth of each year (the first is not used).
    """

    def __init__(
        self,
        levels: Floats,
        noise: Floats,
        increments: Floats,
        names: Sequence[str],
        priors: Sequence[Prior],
    ) -> None:
        self.names, self.increments = tuple(names), increments
        count, length = len(self.names), len(levels)
        super().__init__(levels, count, priors, k_posdef=count)
        cumulated = np.tril(np.ones((count, count)))
        self["design"], self["selection"] = np.eye(count), cumulated
        self["transition"] = np.eye(count)
        covariance = np.zeros((count, count, length))
        for row in range(count):
            covariance[row, row] = noise[:, row] ** 2
        self["obs_cov"] = covariance
        known = [levels[np.isfinite(levels[:, k]), k].mean() for k in range(count)]
        self.ssm.initialize_known(np.array(known), np.eye(count) * 1.0)

    def assign(self, values: dict[str, float]) -> None:
        """Write drift, increments and shock variances."""
        drifts = np.cumsum([values[f"drift_{name}"] for name in self.names])
        ahead = np.append(self.increments[1:], 0.0)
        self["state_intercept"] = drifts[:, None] + ahead[None, :]
        self["state_cov"] = np.diag([values[f"sd_{name}"] ** 2 for name in self.names])


def observed_levels(
    figures: Sequence[Mapping[str, tuple[float, float]]], first: int, last: int
) -> tuple[Floats, Floats]:
    """Lay annual levels (value, relative standard deviation) on years as logs and noise."""
    shape = (last - first + 1, len(figures))
    levels, noise = np.full(shape, np.nan), np.ones(shape)
    for column, table in enumerate(figures):
        for period, (value, deviation) in table.items():
            if period.isdigit() and first <= int(period) <= last:
                row = int(period) - first
                levels[row, column], noise[row, column] = np.log(value), deviation
    return levels, noise


def level_draws(fit: LatentFit, increments: Floats, generator: np.random.Generator) -> Floats:
    """Return levels, shape (series, draws, years), one for each row of `increments`."""
    model = fit.model
    assert isinstance(model, LevelModel)
    count = len(increments)
    root = np.linalg.cholesky(fit.covariance)
    noise = generator.standard_normal((count, len(fit.mode)))
    smoother = model.simulation_smoother()
    levels = np.empty((model.k_states, *increments.shape))
    for draw in range(count):
        model.increments = increments[draw]
        model.update(model.transform_params(fit.mode + root @ noise[draw]))
        smoother.simulate(rng=generator)
        levels[:, draw] = smoother.simulated_state
    return np.exp(levels)


def fit_levels(
    figures: Sequence[Mapping[str, tuple[float, float]]],
    increments: Floats,
    first: int,
    names: Sequence[str],
    priors: Sequence[Prior],
) -> LatentFit:
    """Fit log levels riding on the mean of `increments` (shape (draws, years))."""
    levels, noise = observed_levels(figures, first, first + increments.shape[1] - 1)
    return fit_latent(LevelModel(levels, noise, increments.mean(axis=0), names, priors))
