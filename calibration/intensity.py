"""Listings as Poisson counts whose log intensity wanders: every uncertainty in the prediction.

``count(q) ~ Poisson(exposure(q) * exp(log_rate + level_sd * z(q)))`` with ``z`` a first-order
autoregression of unit variance (a parameter-driven count model: Zeger 1988, Biometrika 75,
621-629; Chan and Ledolter 1995, JASA 90, 242-252). The state is filtered exactly on a grid, and the
three parameters are integrated over their priors by quasi-random points, so that a
prediction from few quarters carries the doubt about rate, spread and persistence alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln, logit, ndtri
from scipy.stats import qmc

from calibration.specs import LISTING_PRIORS

Floats = NDArray[np.float64]
POINTS = 2048
"""Quasi-random points over the priors (a power of two)."""
GRID = np.linspace(-4.0, 4.0, 41)
"""Standardised states; between points the filter is smooth unless persistence exceeds 0.98."""


@dataclass(frozen=True)
class IntensityFit:
    """Posterior of the model on its quadrature, and the filtered state at the last quarter.

    Attributes
    ----------
    parameters : ndarray, shape (points, 3)
        In the order of :data:`calibration.specs.LISTING_PRIORS`, their own units.
    weights : ndarray, shape (points,)
        Posterior, adding up to one.
    state : ndarray, shape (points, grid)
        Filtered probabilities of the state given each point.
    quarter : int
        Of the filtered state.
    log_evidence : float
    """

    parameters: Floats
    weights: Floats
    state: Floats
    quarter: int
    log_evidence: float

    def mean(self) -> Floats:
        """Return posterior means of the parameters."""
        return np.asarray(self.weights @ self.parameters)

    def deviation(self) -> Floats:
        """Return posterior standard deviations of the parameters."""
        return np.asarray(np.sqrt(self.weights @ (self.parameters - self.mean()) ** 2))


def prior_points() -> Floats:
    """Return quasi-random points of the priors, shape (points, 3), the same at every call."""
    sequence = qmc.Sobol(len(LISTING_PRIORS), scramble=True, rng=np.random.default_rng(16))
    uniform = sequence.random(POINTS)
    columns = []
    for prior, scores in zip(LISTING_PRIORS, ndtri(uniform).T, strict=True):
        if prior.kind == "unit":
            columns.append(expit(logit(prior.centre) + prior.spread * scores))
        elif prior.kind == "positive":
            columns.append(prior.centre * np.exp(prior.spread * scores))
        else:
            columns.append(prior.centre + prior.spread * scores)
    return np.column_stack(columns)


def transition(persistence: Floats) -> Floats:
    """Return Markov matrices of the state on the grid, shape (points, grid, grid)."""
    spread = np.sqrt(1.0 - persistence**2)[:, None, None]
    gap = GRID[None, None, :] - persistence[:, None, None] * GRID[None, :, None]
    kernel = np.exp(-0.5 * (gap / spread) ** 2)
    return np.asarray(kernel / kernel.sum(axis=2, keepdims=True))


def fit_intensity(
    quarters: NDArray[np.int64], counts: Floats, exposure: Floats, last: int
) -> IntensityFit:
    """Filter counts through the model at every point of the priors.

    Parameters
    ----------
    quarters : ndarray of int, shape (n,)
        Rising quarter indices; gaps are bridged by the state's own dynamics. Without any the
        posterior is the prior.
    counts, exposure : ndarray, shape (n,)
    last : int
        Quarter to which the state is carried, not before the last one seen.
    """
    points = prior_points()
    kernel = transition(points[:, 2])
    rate = np.exp(points[:, :1] + points[:, 1:2] * GRID)
    at_rest = np.exp(-0.5 * GRID**2)
    state = np.tile(at_rest / at_rest.sum(), (len(points), 1))
    logs, now = np.zeros(len(points)), int(quarters[0]) if len(quarters) else last
    for quarter, count, share in zip(quarters.tolist(), counts, exposure, strict=True):
        state = carried(state, kernel, quarter - now)
        mean = share * rate
        state = state * np.exp(count * np.log(mean) - mean - gammaln(count + 1.0))
        total = state.sum(axis=1)
        logs += np.log(total)
        state, now = state / total[:, None], quarter
    state = carried(state, kernel, last - now)
    weights = np.exp(logs - logs.max())
    evidence = float(logs.max() + np.log(weights.mean()))
    return IntensityFit(points, weights / weights.sum(), state, last, evidence)


def carried(state: Floats, kernel: Floats, steps: int) -> Floats:
    """Return the state's probabilities a number of quarters later."""
    for _ in range(steps):
        state = np.einsum("ni,nij->nj", state, kernel)
    return state


def draw_intensity(
    fit: IntensityFit, count: int, generator: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return joint draws of the parameters, shape (count, 3), and of the last state, (count,).

    Points are resampled systematically and then shuffled; states lie evenly inside their cell.
    """
    place = (np.arange(count) + generator.random()) / count
    rows = np.minimum(np.searchsorted(np.cumsum(fit.weights), place), len(fit.weights) - 1)
    rows = generator.permutation(rows)
    below = np.cumsum(fit.state[rows], axis=1) < generator.random(count)[:, None]
    cell = np.minimum(below.sum(axis=1), len(GRID) - 1)
    inside = (generator.random(count) - 0.5) * (GRID[1] - GRID[0])
    return fit.parameters[rows], GRID[cell] + inside


def predict_counts(
    fit: IntensityFit,
    quarters: NDArray[np.int64],
    exposure: Floats,
    count: int,
    generator: np.random.Generator,
) -> Floats:
    """Return draws of later counts given the window, shape (count, quarters)."""
    parameters, state = draw_intensity(fit, count, generator)
    out, now = np.empty((count, len(quarters))), fit.quarter
    for column, (quarter, share) in enumerate(zip(quarters.tolist(), exposure, strict=True)):
        for _ in range(quarter - now):
            noise = np.sqrt(1.0 - parameters[:, 2] ** 2) * generator.standard_normal(count)
            state = parameters[:, 2] * state + noise
        now = quarter
        rate = np.exp(parameters[:, 0] + parameters[:, 1] * state)
        out[:, column] = generator.poisson(share * rate)
    return out
