"""The city's above-scale industry and its GDP as latent paths beside the province's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.drivers import DriverData, DriverModel, fit_drivers
from calibration.latent import LatentFit, fit_latent
from calibration.measurement import Table
from calibration.priors import Prior
from calibration.regional import Indicator, RegionalData, RegionalModel
from calibration.specs import CITY_PRIORS, GDP_PRIORS, PATH_CANDIDATE
from sim.units import month_index, quarter_index, quarter_name

Floats = NDArray[np.float64]
# Extra noise of the province: its roster of firms is redrawn within the year, so that successive
# year-to-date rates do not compare the same firms.
CITY_INDICATORS = (
    Indicator("industrial_value_added_growth", "province", 0, extra_noise=0.5),
    Indicator("industrial_value_added_growth", "city", 1, extra_noise=0.2),
    Indicator("secondary_value_added_growth", "city", 1, offset=True, extra_noise=0.7),
    Indicator("all_industry_value_added_growth", "city", 1, offset=True, extra_noise=0.6),
)
GDP_INDICATORS = (
    Indicator("gdp_growth", "province", 0, extra_noise=0.2),
    Indicator("gdp_growth", "city", 1, extra_noise=0.1),
)
OBSERVED_FROM = "2010Q1"
"""Figures before this are not used: in the crash of 2008-09 the province fell by eleven points
against the nation, a regime whose size would set the width of every later forecast."""
MONTH_NOISE = 0.4
"""Points added where a year-to-date figure of another month stands for the nearest quarter."""


def quarter_of_period(period: str) -> tuple[int, float]:
    """Return the quarter whose year-to-date rate a period measures, and its extra noise.

    A year is its fourth quarter; a month counts for the nearest quarter's end.

    Examples
    --------
    >>> quarter_of_period("2016-07") == (quarter_index("2016Q2"), MONTH_NOISE)
    True
    """
    if len(period) == 4:
        return int(period) * 4 + 3, 0.0
    if "Q" in period:
        return quarter_index(period), 0.0
    month = month_index(period) % 12 + 1
    nearest = max(1, round(month / 3))
    return int(period[:4]) * 4 + nearest - 1, 0.0 if month == 3 * nearest else MONTH_NOISE


def regional_data(
    table: Table, indicators: Sequence[Indicator], national: Floats, first: int
) -> RegionalData:
    """Lay published growth figures on the quarters from `first` as long as `national` runs.

    Where two figures fall on one quarter the more precise is kept: they are two views of one
    publication, not two measurements.
    """
    shape = (len(national), len(indicators))
    values, noise = np.full(shape, np.nan), np.full(shape, np.inf)
    for column, indicator in enumerate(indicators):
        for period, (value, deviation) in table.get((indicator.name, indicator.region), {}).items():
            quarter, extra = quarter_of_period(period)
            total = float(np.sqrt(deviation**2 + extra**2 + indicator.extra_noise**2))
            row = quarter - first
            used = quarter >= quarter_index(OBSERVED_FROM)
            if used and 0 <= row < shape[0] and total < noise[row, column]:
                values[row, column], noise[row, column] = 100.0 * np.log1p(value / 100.0), total
    return RegionalData(first, values, np.where(np.isfinite(noise), noise, 1.0), national)


def national_path(data: DriverData) -> Floats:
    """Return the smoothed quarterly log growth of national industry over all rows of `data`.

    The longest candidate is used, at its mode: the nation is measured so much better than the
    city that its own uncertainty may be left out here.
    """
    fit = fit_drivers(data, PATH_CANDIDATE)
    model = fit.model
    assert isinstance(model, DriverModel)
    smoothed = model.smooth(model.transform_params(fit.mode), cov_type="none").smoothed_state
    return np.asarray((model.rows(fit.parameters()) @ smoothed)[0])


def fit_path(
    table: Table,
    indicators: Sequence[Indicator],
    priors: Sequence[Prior],
    national: Floats,
    first: int,
) -> LatentFit:
    """Fit a province–city pair of growth paths (MAP)."""
    data = regional_data(table, indicators, national, first)
    return fit_latent(RegionalModel(data, ("province", "city"), indicators, priors))


def fit_city(table: Table, national: Floats, first: int) -> LatentFit:
    """Fit the above-scale industrial path of the city."""
    return fit_path(table, CITY_INDICATORS, CITY_PRIORS, national, first)


def fit_gdp(table: Table, national: Floats, first: int) -> LatentFit:
    """Fit the GDP path of the city."""
    return fit_path(table, GDP_INDICATORS, GDP_PRIORS, national, first)


def export_path(
    fit: LatentFit, count: int, generator: np.random.Generator
) -> tuple[dict[str, Any], Floats]:
    """Return the bundle's entry of a path and all its quarterly growth draws.

    Returns
    -------
    entry : dict
        ``origin``, ``parameters`` and ``last`` (deviations of province and city), each
        (draws,).
    growth : array, shape (draws, quarters)
        The city's quarterly log growth, per cent, from the model's first quarter.
    """
    parameters, states = fit.draws(count, generator)
    model = fit.model
    assert isinstance(model, RegionalModel)
    entry = {
        "origin": quarter_name(model.table.last),
        "parameters": dict(zip(model.param_names, parameters.T, strict=True)),
        "last": {"province": states[:, 0, -1], "city": states[:, 1, -1]},
    }
    return entry, np.asarray(states[:, model.head(1), :])
