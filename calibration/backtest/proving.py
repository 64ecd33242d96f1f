"""A second proving ground of the productivity mechanism: a sister city with a cited series.

The city's own productivity rests on two recollected levels; Guangzhou's is cited for 2005-2016. The
mechanism is the engine's: output per worker rides on national real growth and producer prices
(:class:`calibration.annual.LevelModel`), with a drift (employment, local growth) to be learned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calibration.annual import fit_levels, level_draws
from calibration.backtest.competitors import Sample, run_competitor
from calibration.backtest.design import ENGINE, MEMBERS, OUTCOMES_AS_OF
from calibration.backtest.flags import Flagged
from calibration.backtest.forecasts import OriginForecasts
from calibration.backtest.rows import Row
from calibration.backtest.vintages import vintage_of_origin
from calibration.bundle import annual_prices
from calibration.priors import Prior
from calibration.series import load_series
from calibration.tables import figures
from sim.units import quarter_name

Floats = NDArray[np.float64]
REGION, SERIES = "guangzhou", "labour_productivity"
NAME = "guangzhou_productivity"
FIRST_YEAR = 2006
PRIORS = (
    Prior(
        "drift_productivity", "real", 0.0, 0.05,
        "employment and local growth apart from the nation's: a few per cent a year either way",
    ),
    Prior(
        "sd_productivity", "positive", 0.04, 0.4,
        "the scope of the roster moves levels by some per cent",
    ),
)  # fmt: skip
LEVELS = {"q025": 0.025, "q10": 0.1, "median": 0.5, "q90": 0.9, "q975": 0.975}


def known_levels(home: Path, as_of: str) -> dict[str, tuple[float, float]]:
    """Return productivity by year as first released, yuan a person, with relative errors."""
    return figures(load_series(home, as_of), SERIES, REGION)


def increments(each: OriginForecasts, home: Path, city: str, last: int) -> Floats:
    """Return national real growth plus producer prices by year to `last`, (members, years)."""
    data = vintage_of_origin(home, city, each.origin).drivers
    total = np.zeros((MEMBERS, last - FIRST_YEAR + 1))
    for name in ("industrial", "ppi"):
        past = annual_prices(data, name)
        ahead = np.log1p(each.cases[f"{name}_path"][:4].mean(axis=0) / 100.0)
        for column, year in enumerate(range(FIRST_YEAR, last + 1)):
            total[:, column] += past[year] if year < last else ahead
    return total


def proving_rows(home: Path, city: str, forecasts: Sequence[OriginForecasts]) -> Iterator[Row]:
    """Yield quantiles of next year's level, the walk's too, and the outcome, by origin."""
    final = known_levels(home, OUTCOMES_AS_OF)
    for each in forecasts:
        year = each.origin // 4 + 1
        if each.origin % 4 != 3 or str(year) not in final:
            continue
        levels = known_levels(home, vintage_of_origin(home, city, each.origin).as_of)
        growth = increments(each, home, city, year)
        fit = fit_levels([levels], growth, FIRST_YEAR, ("productivity",), PRIORS)
        generator = np.random.Generator(np.random.PCG64(each.origin))
        (paths,) = level_draws(fit, growth, generator)
        where = f"single_{quarter_name(each.origin)}"
        for metric, level in LEVELS.items():
            value = float(np.quantile(paths[:, -1], level))
            yield NAME, ENGINE, where, "4", metric, value, None, None, 1
        walk = walk_ahead(levels, year)
        if walk is not None:
            for metric, level in LEVELS.items():
                value = float(np.quantile(walk, level))
                yield NAME, "random_walk_drift", where, "4", metric, value, None, None, 1
        yield NAME, ENGINE, where, "4", "outcome", final[str(year)][0], None, None, 1


def walk_ahead(levels: dict[str, tuple[float, float]], year: int) -> Floats | None:
    """Return points of a random walk with drift in log levels at a year, None if flagged."""
    years = sorted(int(y) for y in levels)
    values = np.log([levels[str(y)][0] for y in years])
    sample = Sample(values, values[:, None], 1, values[:, None])
    try:
        found = run_competitor("random_walk_drift", sample, year - years[-1])
    except Flagged:
        return None
    return np.asarray(np.exp(found.quantiles(MEMBERS)[:, -1]))
