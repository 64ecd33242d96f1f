"""The scored figures as published by a month: history of an origin, or outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calibration.backtest.design import (
    HORIZONS,
    LAST_OUTCOME,
    NAMES,
    ORIGINS,
    OUTCOMES_AS_OF,
    SERIES,
    TRAINING_AS_OF,
    information_date,
)
from calibration.city_path import quarter_of_period
from calibration.drivers import DriverData, driver_data
from calibration.series import load_drivers
from calibration.specs import DRIVERS
from calibration.tables import Tables, read_tables, values_of
from sim.units import quarter_index

Floats = NDArray[np.float64]
Figures = Mapping[int, float]
"""Quarter index -> published figure."""
PROVINCE_GDP = "ZJ_GDP_nominal_cum_yoy"
EQUITY = "CN_equity_raised_q"


@dataclass(frozen=True)
class Vintage:
    """What was published by the end of `as_of`.

    Parameters
    ----------
    figures : mapping
        Scored series -> quarter -> figure in the unit of the design.
    panel : mapping
        Other series competitors may use, by quarter.
    """

    as_of: str
    tables: Tables
    drivers: DriverData
    figures: Mapping[str, Figures]
    panel: Mapping[str, Figures]


def read_vintage(home: Path, city: str, as_of: str) -> Vintage:
    """Read the city's tables and lay every scored series out by quarter."""
    tables = read_tables(home, city, as_of, False)
    data = driver_data(tables.drivers)
    complete = _complete(data, tables, as_of)
    figures: dict[str, Figures] = {
        series.name: growth_rates(complete[series.driver]) for series in SERIES if series.driver
    }
    province = values_of(load_drivers(home, as_of), PROVINCE_GDP)
    figures["zhejiang_gdp"] = {quarter_index(p): v for p, v in province.items()}
    figures["listings"] = listings(tables)
    figures["city_gdp"] = whole_quarters(tables.city["gdp_growth", "city"])
    equity = {quarter_index(p): v for p, v in tables.drivers[EQUITY].items()}
    panel: dict[str, Figures] = {
        "cpi": growth_rates(complete["cpi"]),
        "credit": complete["credit"],
        "orders": complete["orders"],
        "equity": {q: float(np.log(max(v, 1.0))) for q, v in equity.items()},
    }
    return Vintage(as_of, tables, data, figures, panel)


def _complete(data: DriverData, tables: Tables, as_of: str) -> dict[str, Figures]:
    """Return each driver's quarters that were over by `as_of` (a running one is no figure)."""
    over = (int(as_of[:4]) * 12 + int(as_of[5:7]) - 1) // 3 - 1
    return {
        name: {
            data.first + row: float(value)
            for row, value in enumerate(data.values[:, column])
            if np.isfinite(value) and data.first + row <= over
        }
        for column, name in enumerate(DRIVERS)
    }


def growth_rates(logs: Figures) -> dict[int, float]:
    """Return 100 * log growth as per cent.

    Examples
    --------
    >>> round(growth_rates({0: 100.0 * np.log(1.08)})[0], 9)
    8.0
    """
    return {quarter: float(100.0 * np.expm1(value / 100.0)) for quarter, value in logs.items()}


def listings(tables: Tables) -> dict[int, float]:
    """Return listings by quarter from 2007 on, where the engine's own count begins."""
    seen = tables.city["a_share_ipos_adjusted", "city"]
    seen = seen or tables.city["a_share_ipos_survivors", "city"]
    return {quarter_index(p): value for p, (value, _) in seen.items() if "Q" in p and p >= "2007Q1"}


def whole_quarters(table: Mapping[str, tuple[float, float]]) -> dict[int, float]:
    """Return year-to-date figures by quarter; a year is its fourth quarter, months are left."""
    return {
        quarter_of_period(p)[0]: value for p, (value, _) in table.items() if len(p) == 4 or "Q" in p
    }


@dataclass(frozen=True)
class Outcomes:
    """What came true: arrays of shape (series, origins, horizons), NaN where nothing did.

    Parameters
    ----------
    values : array
    training : array of bool
        Whether the outcome was released by the end of the training set.
    """

    origins: tuple[int, ...]
    values: Floats
    training: NDArray[np.bool_]


def read_outcomes(home: Path, city: str, origins: tuple[int, ...] = tuple(ORIGINS)) -> Outcomes:
    """Read the outcomes of all origins, as first released."""
    final = read_vintage(home, city, OUTCOMES_AS_OF).figures
    early = read_vintage(home, city, TRAINING_AS_OF).figures
    shape = (len(NAMES), len(origins), len(HORIZONS))
    values, training = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    for row, name in enumerate(NAMES):
        for column, origin in enumerate(origins):
            for place, horizon in enumerate(HORIZONS):
                quarter = origin + horizon
                if quarter <= LAST_OUTCOME and quarter in final[name]:
                    values[row, column, place] = final[name][quarter]
                    training[row, column, place] = quarter in early[name]
    return Outcomes(origins, values, training)


def vintage_of_origin(home: Path, city: str, origin: int) -> Vintage:
    """Return what was known at an origin's information date."""
    return read_vintage(home, city, information_date(origin))
