"""The section ``parameters`` of a scenario: behavioural parameters and priors held at a value.

A parameter named there is not drawn: every member has the value given. All others keep the draws
that they would have had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path

from sim.checking import Checker
from sim.reading import MapNode
from sim.tables import read_table

WIDTHS = 5.0
"""Widths of the prior's 90 % range that a value may lie beyond it: a slip of unit lies further."""
CALIBRATION_ONLY = frozenset({
    "capital_output", "construction_land_2010", "construction_land_growth",
    "gdp_per_construction_land_2010", "industrial_employment_2017", "industrial_revenue_2017",
    "labour_share", "strategic_emerging_share_2017", "tax_per_mu_2017", "value_added_per_mu_2017",
    "value_added_rate_2017",
})  # fmt: skip
"""Priors of a city that work through the fits alone: held in a scenario they would move nothing."""
SIZES = ("below_scale_revenue", "project_output_per_investment")
"""Priors that sales of firms are multiples of, which other priors may be zero."""
ELSEWHERE = (
    "works through the calibration alone; edit calibration/data/<city>/priors.csv, "
    "then run calibrate"
)
COLUMNS = ("name", "central", "low", "high", "unit", "status", "source", "note", "long_name",
           "long_name_zh", "lowest", "highest")  # fmt: skip


@dataclass(frozen=True)
class Range:
    """Legal values of a parameter, and its unit."""

    low: float
    high: float
    unit: str


def read_fixed_parameters(
    section: MapNode, ranges: Mapping[str, Range], checker: Checker
) -> dict[str, float]:
    """Read the section.

    Parameters
    ----------
    section : MapNode
        The section.
    ranges : Mapping
        Legal values by name, see :func:`legal_ranges`.
    checker : Checker
        Receives problems.
    """
    checker.keys(section, "parameters", (*ranges, *CALIBRATION_ONLY))
    fixed: dict[str, float] = {}
    for name, node in section.entries.items():
        if name in CALIBRATION_ONLY:
            checker.add(section.key_place(name), f"parameters.{name}", ELSEWHERE)
        elif name in ranges:
            legal = ranges[name]
            value = checker.number(node, f"parameters.{name}", legal.low, legal.high, legal.unit)
            if value is not None:
                fixed[name] = value
    # Weights of the per-mu evaluation are scaled to a sum of one, which all at zero have not.
    first, *others = [name for name in ranges if name.startswith("per_mu_weight_")]
    if all(fixed.get(name) == 0.0 for name in (first, *others)):
        message = f"zero like {', '.join(others)}; one of the weights must be above zero"
        checker.add(section.entries[first], f"parameters.{first}", message)
    # Technology is the logarithm of output over inputs: firms that sell nothing have none.
    for name in SIZES:
        if fixed.get(name) == 0.0:
            message = "must be above zero: firms that sell nothing have no productivity"
            checker.add(section.entries[name], f"parameters.{name}", message)
    return dict(sorted(fixed.items()))


def legal_ranges(city: Path, checker: Checker) -> dict[str, Range]:
    """Return the range of every behavioural parameter and of every prior of the city.

    Parameters
    ----------
    city : Path
        The city's data folder, whose ``priors.csv`` declares the city-level unknowns.
    checker : Checker
        Receives problems.
    """
    from sim.parameters import PARAMETERS

    ranges = {
        name: legal_range(p.low, p.high, p.lowest, p.highest, p.unit)
        for name, p in PARAMETERS.items()
    }
    path = city / "priors.csv"
    if path.is_file():
        shown = f"calibration/data/{city.name}/priors.csv"
        for row in read_table(path, shown, checker, COLUMNS):
            low, high = row.number("low", checker), row.number("high", checker)
            least = row.number("lowest", checker) if row.cells["lowest"].strip() else -inf
            most = row.number("highest", checker) if row.cells["highest"].strip() else inf
            if None not in (low, high, least, most):
                assert low is not None
                assert high is not None
                bounds = (-inf if least is None else least, inf if most is None else most)
                ranges[row.cells["name"]] = legal_range(low, high, *bounds, row.cells["unit"])
    return {name: legal for name, legal in ranges.items() if name not in CALIBRATION_ONLY}


def legal_range(low: float, high: float, lowest: float, highest: float, unit: str) -> Range:
    """Return the legal values of a parameter whose prior has these 5 and 95 % points and bounds.

    Examples
    --------
    >>> legal_range(1.0, 2.0, 0.0, float("inf"), "share")
    Range(low=0.0, high=7.0, unit='share')
    """
    slack = WIDTHS * (high - low) if high > low else inf
    return Range(max(lowest, low - slack), min(highest, high + slack), unit)
