"""Approximate Bayesian computation with regression adjustment.

Beaumont, Zhang and Balding 2002 (Genetics 162, 2025-2035): accept the simulations nearest to
the observation and shift their parameters along a local-linear regression on the summaries.
Nearness is measured in the regression's own fitted parameters (Fearnhead and Prangle 2012, JRSS
B 74, 419-474), so that summaries that say nothing do not blur it. Parameters are standard-normal
scores of their priors: the prior is N(0, I) and bounds hold by construction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ACCEPTED = 0.25
"""Share of the bank that is accepted: with a linear adjustment a wide net loses little bias and
keeps the variance of the regression small."""


NORMAL_OVER_MAD = 1.4826
"""Standard deviation over median absolute deviation of a normal distribution."""
WIDEST = 3.0
"""Robust standard deviations at which a summary is cut, in the bank and in the observation alike:
one firm that leaves a small city would otherwise carry the regression far outside the bank."""


@dataclass(frozen=True)
class Sample:
    """A weighted sample of the posterior.

    Attributes
    ----------
    scores : ndarray, shape (accepted, parameters)
        Adjusted parameters.
    weights : ndarray, shape (accepted,)
        Add up to one.
    rows : ndarray of int, shape (accepted,)
        Their rows in the bank.
    """

    scores: Floats
    weights: Floats
    rows: NDArray[np.int64]

    @property
    def mean(self) -> Floats:
        """Weighted mean of each parameter."""
        return np.asarray(self.weights @ self.scores)

    @property
    def variance(self) -> Floats:
        """Weighted variance of each parameter."""
        return np.asarray(self.weights @ (self.scores - self.mean) ** 2)

    @property
    def effective_size(self) -> float:
        """Kish's effective sample size of the weights."""
        return float(1.0 / (self.weights @ self.weights))

    def below(self, values: Floats) -> Floats:
        """Return the posterior probability below each parameter's value."""
        return np.asarray(self.weights @ (self.scores < values))

    def quantiles(self, probabilities: tuple[float, ...]) -> Floats:
        """Return weighted quantiles, shape (probabilities, parameters)."""
        out = np.empty((len(probabilities), self.scores.shape[1]))
        for column, values in enumerate(self.scores.T):
            order = np.argsort(values, kind="stable")
            place = np.cumsum(self.weights[order]) - 0.5 * self.weights[order]
            out[:, column] = np.interp(probabilities, place, values[order])
        return out

    def resampled(self, count: int) -> Floats:
        """Return `count` equally weighted draws by systematic resampling from the middle."""
        edges = np.cumsum(self.weights)
        place = (np.arange(count) + 0.5) / count * edges[-1]
        return np.asarray(self.scores[np.minimum(np.searchsorted(edges, place), len(edges) - 1)])


def epanechnikov(distance: Floats, width: float) -> Floats:
    """Return kernel weights that add up to one; zero at `width` and beyond.

    Examples
    --------
    >>> epanechnikov(np.array([0.0, 1.0, 2.0]), 2.0).round(4)
    array([0.5714, 0.4286, 0.    ])
    """
    weight = np.maximum(1.0 - (distance / width) ** 2, 0.0)
    return np.asarray(weight / weight.sum())


def linear_fit(summaries: Floats, scores: Floats, weights: Floats) -> Floats:
    """Return coefficients of weighted least squares with a constant, shape (1 + k, parameters)."""
    design = np.column_stack([np.ones(len(summaries)), summaries])
    root = np.sqrt(weights)[:, None]
    return np.asarray(np.linalg.lstsq(root * design, root * scores, rcond=None)[0])


def estimate(
    scores: Floats, summaries: Floats, observed: Floats, accepted: float = ACCEPTED
) -> Sample:
    """Return the regression-adjusted posterior sample of one observation.

    Parameters
    ----------
    scores : ndarray, shape (simulations, parameters)
        Prior draws.
    summaries : ndarray, shape (simulations, k)
        What each simulation gives, measurement error included.
    observed : ndarray, shape (k,)
    accepted : float
        Share of the simulations that is used.

    Raises
    ------
    ValueError
        If fewer simulations would be accepted than the regression has coefficients, twice over.
    """
    count = max(round(accepted * len(scores)), 1)
    if count < 2 * (summaries.shape[1] + 1):
        raise ValueError(f"{count} accepted simulations are too few for {summaries.shape[1]} terms")
    centre = np.median(summaries, axis=0)
    spread = NORMAL_OVER_MAD * np.median(np.abs(summaries - centre), axis=0)
    spread = np.where(spread > 0.0, spread, 1.0)
    scaled = np.clip((summaries - centre) / spread, -WIDEST, WIDEST)
    gap = scaled - np.clip((observed - centre) / spread, -WIDEST, WIDEST)
    overall = linear_fit(scaled, scores, np.ones(len(scores)))
    distance = np.sqrt(((gap @ overall[1:]) ** 2).sum(axis=1))
    order = np.argsort(distance, kind="stable")[: count + 1]
    width = max(float(distance[order[-1]]), 1e-300)
    rows = np.sort(order[:count])
    weights = epanechnikov(distance[rows], width)
    local = linear_fit(gap[rows], scores[rows], weights)
    residual = scores[rows] - local[0] - gap[rows] @ local[1:]
    effective = 1.0 / float(weights @ weights)
    # Least squares fits its own noise: residuals are too small by the terms it has.
    lost = effective / max(effective - summaries.shape[1] - 1.0, 1.0)
    return Sample(local[0] + np.sqrt(lost) * residual, weights, rows)
