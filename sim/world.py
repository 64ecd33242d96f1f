"""What the outside world hands to the model: one member's quarters, and its past years.

Only data types live here; :mod:`sim.outside` draws them. Every array of a :class:`World` has one
entry per quarter, at position ``quarter - first``; rates are fractions of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shock:
    """What a scenario does to one driver of the outside world.

    Parameters
    ----------
    size : float
        Added over the window: log points of the *level* for ``industrial_demand``,
        ``export_demand``, ``ppi`` and ``purchase_prices`` (the level returns after `until`);
        points (fractions of one) for rates.
    first, until : int or None
        Quarter indices of the window, both included; ``None``: the first or last simulated.
    path : mapping of int to float
        Fixed path by quarter index, each value held until the next: year-on-year growth for
        demand, exports, prices and credit, the value itself for rates and the IPO window.
        An empty mapping means no fixed path.
    """

    size: float = 0.0
    first: int | None = None
    until: int | None = None
    path: Mapping[int, float] = field(default_factory=dict)


SHOCKABLE = (
    "industrial_demand",
    "export_demand",
    "ppi",
    "purchase_prices",
    "credit",
    "interest_rate",
    "vat_rate",
    "ipo_window",
    "ipo_pass_rate",
)
"""Names that a scenario's ``outside_world`` may shock or fix."""


@dataclass(frozen=True)
class World:
    """One member's outside world, quarters `first` to `last`, shape (quarters,) each.

    Attributes
    ----------
    industrial_growth_yoy : national above-scale industrial value added, real, year on year.
    industrial_log_growth : the same, quarter on quarter, logarithm, seasonally adjusted.
    export_growth_yoy, export_log_growth : exports of goods in US dollars less the part of
        producer prices that passes into export prices, year on year and quarter on quarter
        (logarithm).
    ppi : producer prices, index 2015 = 1.
    purchase_prices : purchase prices of industrial producers, index 2015 = 1.
    usual_price_gap : purchase prices over producer prices without the scenario's shocks.
    credit_growth : bank loans outstanding, year on year.
    interest_rate : lending rate to firms, a year.
    vat_rate : standard value-added tax rate of manufacturing.
    ipo_window : share of the quarter in which A-share listings are open, 0 to 1.
    ipo_pass_rate : share of reviewed applications that pass.
    city_log_growth : the city's above-scale industrial value added, real, quarter on quarter
        (logarithm, seasonally adjusted), under conditions before the plan.
    city_deviation : the part of `city_log_growth` not explained by national growth.
    listing_intensity : expected A-share listings of the city's firms in the quarter.
    overseas_listing_intensity, move_in_intensity, departure_intensity : expected counts.
    information_economy_log_growth : value added, nominal, quarter on quarter (logarithm).
    gdp_log_growth : the city's GDP, real, quarter on quarter (logarithm).
    gdp_deflator_log_growth : its deflator, quarter on quarter (logarithm).
    consumer_price_log_growth, wage_log_growth : quarter on quarter (logarithm).
    """

    first: int
    last: int
    industrial_growth_yoy: Floats
    industrial_log_growth: Floats
    export_growth_yoy: Floats
    export_log_growth: Floats
    ppi: Floats
    purchase_prices: Floats
    usual_price_gap: Floats
    credit_growth: Floats
    interest_rate: Floats
    vat_rate: Floats
    ipo_window: Floats
    ipo_pass_rate: Floats
    city_log_growth: Floats
    city_deviation: Floats
    listing_intensity: Floats
    overseas_listing_intensity: Floats
    move_in_intensity: Floats
    departure_intensity: Floats
    information_economy_log_growth: Floats
    gdp_log_growth: Floats
    gdp_deflator_log_growth: Floats
    consumer_price_log_growth: Floats
    wage_log_growth: Floats

    @cached_property
    def rises(self) -> tuple[list[float], list[float], list[float]]:
        """Rises against the mean of the first four quarters (the year before a member starts).

        Of purchase over producer prices, of the same without shocks, and of the tax rate;
        fractions by quarter.
        """
        gap, usual, tax = self.purchase_prices / self.ppi, self.usual_price_gap, self.vat_rate
        return _rise(gap), _rise(usual), _rise(tax)

    def position(self, quarter: int) -> int:
        """Return the array position of a quarter index.

        Raises
        ------
        IndexError
            If the quarter lies outside the sampled horizon.
        """
        if not self.first <= quarter <= self.last:
            raise IndexError(f"quarter {quarter} outside {self.first}..{self.last}")
        return quarter - self.first


def _rise(path: Floats) -> list[float]:
    """Return the rise against the mean of the first four quarters."""
    risen: list[float] = (path / path[:4].mean() - 1.0).tolist()
    return risen


HISTORY_SERIES = (
    "industrial_value_added_growth",
    "industrial_value_added",
    "industrial_revenue",
    "industrial_employment",
    "gdp_growth",
    "gdp",
    "energy_intensity_change",
    "water_intensity_change",
    "construction_land",
    "information_economy_value_added",
    "information_economy_revenue",
    "information_economy_growth",
)
"""Annual series of a :class:`History`: growth and changes as fractions of one a year, money in
yuan of the year, employment in persons, land in square metres."""


@dataclass(frozen=True)
class History:
    """One member's joint draw of the city's past, calendar years `first_year` to `last_year`.

    `values` maps each name of :data:`HISTORY_SERIES` to an array of shape (years,).
    """

    first_year: int
    last_year: int
    values: Mapping[str, Floats]

    def __getitem__(self, name: str) -> Floats:
        return self.values[name]

    def at(self, name: str, year: int) -> float:
        """Return one value.

        Raises
        ------
        IndexError
            If the year lies outside the drawn history.
        """
        if not self.first_year <= year <= self.last_year:
            raise IndexError(f"year {year} outside {self.first_year}..{self.last_year}")
        return float(self.values[name][year - self.first_year])

    def cumulative_change(self, name: str, base: int, year: int) -> float:
        """Return the compounded change of a growth series from `base` to `year` (fraction)."""
        first, last = base + 1 - self.first_year, year + 1 - self.first_year
        return float(np.prod(1.0 + self.values[name][first:last]) - 1.0)
