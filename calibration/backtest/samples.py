"""What each competitor is given: the series, related series, and the transformation of counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from calibration.backtest.competitors import Normal, Sample
from calibration.backtest.design import MEMBERS, SERIES, Series
from calibration.backtest.vintages import Figures, Vintage
from sim.units import quarter_index

Floats = NDArray[np.float64]
RELATED = {
    "industrial": ("ppi", "exports"),
    "ppi": ("industrial", "exports"),
    "exports": ("industrial", "ppi"),
    "zhejiang_gdp": ("industrial", "ppi"),
    "listings": ("equity",),
    "city_gdp": ("industrial",),
}
"""Companions of each series in its vector autoregression."""
PANEL = ("industrial", "ppi", "exports", "cpi", "credit", "orders", "zhejiang_gdp")
"""Series behind the factor, the forecast one put first."""
FIRST = {"listings": quarter_index("2007Q1")}
DEFAULT_FIRST = quarter_index("2005Q1")


def grid(figures: Figures, first: int, last: int) -> Floats:
    """Lay figures on quarters, NaN where there is none."""
    return np.array([figures.get(q, np.nan) for q in range(first, last + 1)])


def sample_of(vintage: Vintage, series: Series, origin: int) -> Sample:
    """Return what competitors see of a series at an origin.

    Parameters
    ----------
    vintage : Vintage
    series : Series
    origin : int
        Last quarter over; figures end there, missing ones stay missing.
    """
    table = {**vintage.panel, **vintage.figures}
    if series.count:
        table[series.name] = {q: float(np.sqrt(v)) for q, v in table[series.name].items()}
    first = FIRST.get(series.name, DEFAULT_FIRST)
    own = grid(table[series.name], first, origin)
    related = np.column_stack([grid(table[n], first, origin) for n in RELATED[series.name]])
    rows = np.column_stack([own, related])
    stride = 1
    if series.name == "city_gdp":
        # Annual figures stand in the fourth quarter; the companion is the year's mean.
        stride = 4
        rows = annual_rows(own, related, first)
    rows = rows[np.isfinite(rows).all(axis=1)]
    names = [n for n in PANEL if n != series.name]
    panel = np.column_stack([own, *(grid(table[n], first, origin) for n in names)])
    return Sample(own, rows, stride, panel)


def annual_rows(own: Floats, related: Floats, first: int) -> Floats:
    """Return one row a year: the fourth quarter's figure and the companions' annual means."""
    ends = [k for k in range(3, len(own)) if (first + k) % 4 == 3]
    means = np.array([related[k - 3 : k + 1].mean(axis=0) for k in ends])
    return np.column_stack([own[ends], means.reshape(len(ends), -1)])


def in_unit(normal: Normal, series: Series) -> Floats:
    """Return equally likely points in the series' unit, (members, steps); counts are whole."""
    points = normal.quantiles(MEMBERS)
    if not series.count:
        return points
    return np.asarray(np.round(np.maximum(points, 0.0) ** 2))


def annual_shift(series: Series, origin: int, vintage: Vintage) -> int:
    """Return how many quarters lie between an annual sample's last row and the origin."""
    if series.name != "city_gdp":
        return 0
    years = [q for q in vintage.figures[series.name] if q % 4 == 3]
    return origin - max(years)


__all__ = ["PANEL", "RELATED", "SERIES", "annual_shift", "in_unit", "sample_of"]
