"""The status of the figures that an indicator starts from, looked up in the city's own data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from sim.analysis.evidence import worst_status
from sim.parameters.declare import Parameter
from sim.plan import Target
from sim.units import last_full_year

PRODUCTIVITY = ("industrial_value_added_growth", "industrial_employment")
LARGE_PROJECTS = ("large_projects_per_year",)
BASE_FIGURES: dict[str, tuple[str, ...]] = {
    "information_economy_revenue": ("information_economy_revenue_ratio",),
    "value_added_rate": ("industrial_value_added", "industrial_revenue", "value_added_rate"),
    "value_added_rate_industry": (
        "industrial_value_added",
        "industrial_revenue",
        "value_added_rate",
    ),
    "labour_productivity_growth": PRODUCTIVITY,
    "labour_productivity_growth_since_2017": PRODUCTIVITY,
    "labour_productivity_growth_each_year": PRODUCTIVITY,
    "labour_productivity_growth_manufacturing": (*PRODUCTIVITY, "manufacturing_employment"),
    "projects_ge_2bn": LARGE_PROJECTS,
    "projects_ge_2bn_construction_started": (*LARGE_PROJECTS, "project_start_lag"),
    "projects_5_10bn": (*LARGE_PROJECTS, "project_size_exponent"),
    "projects_5_10bn_construction_started": (*LARGE_PROJECTS, "project_start_lag"),
    "projects_ge_10bn": (*LARGE_PROJECTS, "project_size_exponent"),
    "projects_ge_10bn_construction_started": (*LARGE_PROJECTS, "project_start_lag"),
    "high_tech_firms_ratio": ("high_tech_firms",),
    "firms_market_cap_ge_20bn": ("market_cap_ge_20bn",),
    "firms_market_cap_ge_50bn": ("market_cap_ge_50bn",),
    "firms_market_cap_ge_100bn": ("market_cap_ge_100bn",),
    "energy_intensity_change": ("industrial_value_added_growth", "energy_intensity_change"),
    "water_intensity_change": ("industrial_value_added_growth", "water_intensity_change"),
    "water_intensity_change_all_industry": ("industrial_value_added", "water_intensity_change"),
    "gdp_per_construction_land_ratio": ("gdp", "construction_land"),
    "gdp_per_construction_land_ratio_real": ("gdp", "gdp_growth", "construction_land"),
    "talent_national": ("talent_national_per_year",),
    "talent_designers": ("talent_designers_per_year",),
    "talent_teams": ("talent_teams_per_year",),
    "talent_overseas": ("talent_overseas_per_year",),
}
"""Indicator to the figures that it starts from; an indicator not named starts from its own."""
NOT_PUBLISHED = "not_published"
DATED = re.compile(r"_\d{4}(q[1-4])?$")
"""End of the name of a figure that belongs to one year or quarter."""


class Known(Protocol):
    """What is asked of a city: published series and priors, each with its status."""

    @property
    def as_of(self) -> str:
        """Information date, as ``2018-04``."""

    @property
    def published(self) -> Mapping[str, Mapping[str, tuple[float, str]]]:
        """Series to {period: (value, status)}."""

    @property
    def priors(self) -> Mapping[str, Parameter]:
        """City-level unknowns by name."""


def figures_of(indicator: str) -> tuple[str, ...]:
    """Return the names of the figures that an indicator starts from."""
    return BASE_FIGURES.get(indicator, (indicator,))


def baseline_status(target: Target, city: Known) -> str:
    """Return the worst status among the figures that a target's indicator starts from.

    A published series counts with its values from the target's base year on, or with its last
    value where there is no base year. A series that has no value in the base year, or none since
    the last full year before the information date, is at best ``not_published``: a figure that is
    taken away never makes a better grade. Where nothing is published the city's priors of that name
    (or that name and a date, such as ``industrial_land_2017``) count. A figure found nowhere is
    a prior.
    """
    return worst_status([_status(name, target, city) for name in figures_of(target.indicator)])


def _status(name: str, target: Target, city: Known) -> str:
    series = city.published.get(name)
    if series:
        periods = sorted(series, key=last_month)
        since = [p for p in periods if target.baseline and p[:4] >= target.baseline[:4]]
        missing = [NOT_PUBLISHED] * (not _starts(target, periods, city.as_of))
        return worst_status([series[period][1] for period in since or periods[-1:]] + missing)
    named = [
        prior.status for key, prior in city.priors.items() if name in (key, DATED.sub("", key))
    ]
    return worst_status(named)


def _starts(target: Target, periods: Sequence[str], as_of: str) -> bool:
    """Say whether a series has the base year and goes on to the last full year that is out."""
    first = target.baseline[:4] if target.baseline else periods[-1][:4]
    in_base_year = any(period[:4] == first for period in periods)
    return in_base_year and int(periods[-1][:4]) >= last_full_year(as_of)


def last_month(period: str) -> int:
    """Return the index of the month in which a period (year, quarter or month) ends.

    Examples
    --------
    >>> sorted(["2016", "2017Q2", "2016-10"], key=last_month)
    ['2016-10', '2016', '2017Q2']
    """
    year, within = int(period[:4]), period[4:]
    if not within:
        return 12 * year + 12
    return 12 * year + (3 * int(within[1]) if within[0] == "Q" else int(within[1:3]))


def history_length(target: Target, city: Known) -> int:
    """Return how many values of the indicator (or of the figures behind it) were published.

    Where the indicator starts from several series, the shortest counts.
    """
    own = city.published.get(target.indicator)
    if own:
        return len(own)
    return min(len(city.published.get(name, {})) for name in figures_of(target.indicator))
