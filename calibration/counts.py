"""Counts of the city: A-share listings by a log-linear model, the rarer events by priors.

Listings per quarter are Poisson or negative binomial with the open share of the quarter as
exposure. Covariates beyond the origin are held at their last value: extrapolating a trend in
listings would credit the future with the reopening of 2016.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.special import gammaln

from calibration.national import Pause, open_share
from sim.units import quarter_index

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CountSpec:
    """One candidate: its family and covariate (``none``, ``trend`` or ``market``)."""

    name: str
    dispersed: bool
    covariate: str


COUNT_CANDIDATES = (
    CountSpec("poisson", False, "none"),
    CountSpec("poisson_trend", False, "trend"),
    CountSpec("negative_binomial", True, "none"),
    CountSpec("negative_binomial_trend", True, "trend"),
    CountSpec("negative_binomial_market", True, "market"),
)


@dataclass(frozen=True)
class CountData:
    """Listings by quarter with exposure and covariates, shape (quarters,) each."""

    quarters: NDArray[np.int64]
    counts: Floats
    exposure: Floats
    trend: Floats
    market: Floats

    def until(self, last: int) -> CountData:
        """Return the rows up to and including quarter `last`."""
        keep = self.quarters <= last
        return CountData(
            self.quarters[keep],
            self.counts[keep],
            self.exposure[keep],
            self.trend[keep],
            self.market[keep],
        )


def count_data(
    listings: Mapping[str, float], equity: Mapping[str, float], pauses: tuple[Pause, ...]
) -> CountData:
    """Arrange listings {quarter: count} and equity raised {quarter: value} from 2007 on.

    Quarters less than a tenth open are left out: what lists in them (a share swap) did not
    come through the window.
    """
    quarters = sorted(quarter_index(k) for k in listings if "Q" in k and k >= "2007Q1")
    by_index = {quarter_index(k): v for k, v in listings.items() if "Q" in k}
    raised = {quarter_index(k): v for k, v in equity.items()}
    exposure = np.array([open_share(q, pauses) for q in quarters])
    market = np.array(
        [
            np.log(np.mean([raised[p] for p in range(q - 4, q) if p in raised] or [1.0]))
            for q in quarters
        ]
    )
    keep = exposure >= 0.1
    index = np.array(quarters)[keep]
    return CountData(
        index,
        np.array([by_index[q] for q in quarters])[keep],
        exposure[keep],
        (index - quarter_index("2013Q1")) / 4.0,
        market[keep] - np.log(4000.0),
    )


def design(data: CountData, spec: CountSpec) -> Floats:
    """Return the design matrix: a constant and, where the spec has one, the covariate."""
    columns = [np.ones(len(data.counts))]
    if spec.covariate != "none":
        columns.append(data.trend if spec.covariate == "trend" else data.market)
    return np.column_stack(columns)


@dataclass(frozen=True)
class CountFit:
    """A fitted candidate: coefficients, their covariance, dispersion (variance/mean²)."""

    spec: CountSpec
    coefficients: Floats
    covariance: Floats
    dispersion: float
    converged: bool

    def log_score(self, data: CountData) -> Floats:
        """Return the log predictive density of each count at the point estimate."""
        mean = data.exposure * np.exp(design(data, self.spec) @ self.coefficients)
        return count_log_density(data.counts, mean, self.dispersion)


def count_log_density(counts: Floats, mean: Floats, dispersion: float) -> Floats:
    """Return the log density of Poisson (dispersion 0) or negative binomial counts."""
    if dispersion <= 0.0:
        return np.asarray(counts * np.log(mean) - mean - gammaln(counts + 1.0))
    size = 1.0 / dispersion
    return np.asarray(
        gammaln(counts + size)
        - gammaln(size)
        - gammaln(counts + 1.0)
        + size * np.log(size / (size + mean))
        + counts * np.log(mean / (size + mean))
    )


def fit_counts(data: CountData, spec: CountSpec) -> CountFit:
    """Fit one candidate by ``statsmodels`` GLM; dispersion by moments of the Poisson fit."""
    matrix, offset = design(data, spec), np.log(data.exposure)
    result = sm.GLM(data.counts, matrix, family=sm.families.Poisson(), offset=offset).fit()
    dispersion = 0.0
    if spec.dispersed:
        mean = result.mu
        excess = np.sum((data.counts - mean) ** 2 - mean) / np.sum(mean**2)
        dispersion = float(max(excess, 0.02))
        family = sm.families.NegativeBinomial(alpha=dispersion)
        result = sm.GLM(data.counts, matrix, family=family, offset=offset).fit()
    return CountFit(
        spec,
        np.asarray(result.params),
        np.asarray(result.cov_params()),
        dispersion,
        bool(result.converged),
    )


def count_scores(data: CountData, origins: int = 8, horizon: int = 8) -> dict[str, float]:
    """Return each candidate's mean rolling-origin log score, covariates held at the origin."""
    scores: dict[str, list[float]] = {spec.name: [] for spec in COUNT_CANDIDATES}
    for origin in data.quarters[-(origins + 1) : -1]:
        past = data.until(int(origin))
        later = (data.quarters > origin) & (data.quarters <= origin + horizon)
        if past.counts.sum() < 10:
            continue
        ahead = CountData(
            data.quarters[later],
            data.counts[later],
            data.exposure[later],
            np.full(later.sum(), past.trend[-1]),
            np.full(later.sum(), past.market[-1]),
        )
        for spec in COUNT_CANDIDATES:
            scores[spec.name].extend(fit_counts(past, spec).log_score(ahead).tolist())
    return {name: float(np.mean(values)) for name, values in scores.items() if values}


def gamma_draws(value: float, spread: float, count: int, generator: np.random.Generator) -> Floats:
    """Return positive draws with the given mean and standard deviation (gamma)."""
    shape = (value / spread) ** 2
    return np.asarray(generator.gamma(shape, value / shape, count))


def window_hazards(
    pauses: tuple[Pause, ...], first: int, last: int, count: int, generator: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return draws of the quarterly hazards of closing and reopening (conjugate gamma)."""
    shares = np.array([open_share(q, pauses) for q in range(first, last + 1)])
    start, end = (first // 4, last // 4 + 1)
    closings = sum(start <= p.start.year < end for p in pauses)
    reopenings = sum(p.end.year < end and p.end.year >= start for p in pauses)
    closing = generator.gamma(closings + 0.5, 1.0 / (shares.sum() + 1.0), count)
    reopening = generator.gamma(reopenings + 0.5, 1.0 / ((1.0 - shares).sum() + 1.0), count)
    return np.asarray(closing), np.asarray(reopening)


def export_counts(
    fit: CountFit,
    data: CountData,
    priors: Mapping[str, tuple[float, float]],
    hazards: tuple[Floats, Floats],
    count: int,
    generator: np.random.Generator,
) -> dict[str, Any]:
    """Return the bundle's entry: rates per open quarter and per quarter, each (draws,)."""
    root = np.linalg.cholesky(fit.covariance)
    noise = generator.standard_normal((count, len(fit.coefficients)))
    draws = fit.coefficients + noise @ root.T
    at_origin = design(data, fit.spec)[-1]
    return {
        "candidate": fit.spec.name,
        "dispersion": fit.dispersion,
        "listings_per_open_quarter": np.exp(draws @ at_origin),
        "closing_hazard": hazards[0],
        "reopening_hazard": hazards[1],
    } | {
        name: gamma_draws(*priors[name + "_per_year"], count, generator) / 4.0
        for name in ("overseas_listings", "move_ins", "departures")
    }
