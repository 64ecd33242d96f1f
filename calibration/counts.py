"""Counts of the city: A-share listings by quarter, the rarer events by priors.

Listings per quarter have the open share of the quarter as exposure. The model in force is
:mod:`calibration.intensity`; Poisson and negative-binomial regressions by ``statsmodels`` are
scored beside it at rolling origins. Their covariates beyond the origin are held at the last
value: extrapolating a trend in listings would credit the future with the reopening of 2016.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray

from calibration.intensity import IntensityFit, draw_intensity, fit_intensity, predict_counts
from calibration.national import Pause, open_share
from calibration.specs import COUNT_CANDIDATES, CountSpec
from sim.units import quarter_index

Floats = NDArray[np.float64]


IN_FORCE = "autoregressive_intensity"
"""Chosen on counts released by the end of 2014 (decision 0012): a constant rate was too sure of
totals over years, because quarters with many listings come together."""
LEAST_LISTINGS = 10
"""Listings before an origin from which on it is scored."""


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
        return self.only(self.quarters <= last)

    def only(self, keep: NDArray[np.bool_]) -> CountData:
        """Return the chosen rows."""
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

    def predict(self, data: CountData, exposure: Floats, count: int) -> Floats:
        """Return draws of later counts, shape (count, quarters), coefficients drawn as well.

        Parameters
        ----------
        data : CountData
            What the fit saw; covariates stay at their last value.
        exposure : ndarray, shape (quarters,)
        """
        generator = np.random.Generator(np.random.PCG64(int(data.quarters[-1])))
        root = np.linalg.cholesky(self.covariance)
        noise = generator.standard_normal((count, len(self.coefficients)))
        rate = np.exp((self.coefficients + noise @ root.T) @ design(data, self.spec)[-1])
        mean = rate[:, None] * exposure
        if self.dispersion > 0.0:
            shape = 1.0 / self.dispersion
            mean = mean * generator.gamma(shape, self.dispersion, mean.shape)
        return np.asarray(generator.poisson(mean), dtype=np.float64)


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


def sample_crps(draws: Floats, value: float) -> float:
    """Return the continuous ranked probability score of equally likely draws (lower is better).

    Examples
    --------
    >>> sample_crps(np.array([0.0, 2.0]), 1.0)
    0.5
    """
    ordered, count = np.sort(draws), len(draws)
    spread = float((2.0 * np.arange(1, count + 1) - count - 1.0) @ ordered) / count**2
    return float(np.abs(ordered - value).mean()) - spread


def predictions(past: CountData, ahead: CountData, count: int) -> dict[str, Floats]:
    """Return every model's draws of the counts ahead, given the window, (count, quarters).

    A regression whose covariate does not vary yet is left out.
    """
    last = int(past.quarters[-1])
    fit = fit_intensity(past.quarters, past.counts, past.exposure, last)
    generator = np.random.Generator(np.random.PCG64(last))
    found = {IN_FORCE: predict_counts(fit, ahead.quarters, ahead.exposure, count, generator)}
    for spec in COUNT_CANDIDATES:
        matrix = design(past, spec)
        if np.linalg.matrix_rank(matrix) == matrix.shape[1]:
            found[spec.name] = fit_counts(past, spec).predict(past, ahead.exposure, count)
    return found


def count_scores(data: CountData, horizon: int = 12, count: int = 512) -> dict[str, Any]:
    """Return each model's rolling-origin scores, the window known.

    Parameters
    ----------
    data : CountData
    horizon : int
        Quarters ahead that are scored.
    count : int
        Draws of a prediction.

    Returns
    -------
    dict
        Model -> ``crps_quarter`` (single quarters), ``crps_total`` (their running totals) and
        ``total_inside_80`` (share of totals inside the central 80 % interval); ``origins`` and
        ``pairs``; ``collinear`` names those left out because a covariate did not vary at some
        origin. Empty while ten listings have not been seen before any origin.
    """
    found: dict[str, list[tuple[float, float, bool]]] = {}
    origins = 0
    for origin in data.quarters[:-1].tolist():
        past = data.until(origin)
        rows = (data.quarters > origin) & (data.quarters <= origin + horizon)
        if past.counts.sum() < LEAST_LISTINGS or not rows.any():
            continue
        origins += 1
        truth = data.counts[rows]
        for name, draws in predictions(past, data.only(rows), count).items():
            totals = draws.cumsum(axis=1)
            for column, total in enumerate(truth.cumsum()):
                low, high = np.quantile(totals[:, column], (0.1, 0.9))
                found.setdefault(name, []).append(
                    (sample_crps(draws[:, column], float(truth[column])),
                     sample_crps(totals[:, column], float(total)), bool(low <= total <= high))
                )  # fmt: skip
    if not found:
        return {}
    names = ("crps_quarter", "crps_total", "total_inside_80")
    means = {
        model: dict(zip(names, np.mean(values, axis=0).tolist(), strict=True))
        for model, values in found.items()
        if len(values) == len(found[IN_FORCE])
    }
    return {
        "models": means,
        "collinear": [spec.name for spec in COUNT_CANDIDATES if spec.name not in means],
        "origins": origins,
        "pairs": len(found[IN_FORCE]),
    }


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
    fit: IntensityFit,
    priors: Mapping[str, tuple[float, float]],
    hazards: tuple[Floats, Floats],
    count: int,
    generator: np.random.Generator,
) -> dict[str, Any]:
    """Return the bundle's entry: the intensity's joint draws and rates per quarter, (draws,)."""
    parameters, state = draw_intensity(fit, count, generator)
    return {
        "candidate": IN_FORCE,
        "log_rate": parameters[:, 0],
        "level_sd": parameters[:, 1],
        "persistence": parameters[:, 2],
        "last": state,
        "closing_hazard": hazards[0],
        "reopening_hazard": hazards[1],
    } | {
        name: gamma_draws(*priors[name + "_per_year"], count, generator) / 4.0
        for name in ("overseas_listings", "move_ins", "departures")
    }
