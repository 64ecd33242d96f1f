"""The IAMC wide format: one row per variable, one column per year.

The columns are Model, Scenario, Region, Variable, Unit, Subannual and the years. ``Subannual`` is
``Year`` for the year's value (year-to-date flows and stocks at the fourth quarter) and ``Q1`` to
``Q4`` for the quarters. A variable stands for the median over members, ``|10th Percentile`` and
the like for its quantiles. Variable names come from ``scenarios/iamc_variables.csv``; an indicator
that is not listed there is named after itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.attainment import QUANTILES, Floats, quantiles
from sim.analysis.evaluation import Assessment, Ensemble
from sim.checking import Checker
from sim.report.scorecard import Cell
from sim.report.tables import Table
from sim.tables import read_table
from sim.units import QUARTERS_PER_YEAR, year_of

if TYPE_CHECKING:
    from sim.plan import Target

MODEL = "regional-plan-simulator"
PERCENTILES = {
    0.05: "5th Percentile",
    0.1: "10th Percentile",
    0.9: "90th Percentile",
    0.95: "95th Percentile",
}
"""Quantile to the last part of its variable's name; the median has none."""
SUBANNUAL = {
    "Year": "The year's value: flows from January to December, stocks at its end",
    **{
        f"Q{n}": f"Quarter {n}: flows from January to its end, stocks at its end"
        for n in range(1, QUARTERS_PER_YEAR + 1)
    },
}
"""What the column ``Subannual`` may hold, and what it means."""
HEAD = ("Model", "Scenario", "Region", "Variable", "Unit", "Subannual")
UNLISTED = "Plan Indicator|"
ATTAINMENT = "Target Attainment|"


@dataclass(frozen=True)
class Block:
    """What one scenario puts into the file.

    Attributes
    ----------
    scenario, region : str
        Names of the scenario and of the city.
    ensemble : Ensemble
        The run's arrays.
    units, kinds : Mapping
        Indicator to unit and kind.
    assessments : tuple of Assessment
        Targets whose attainment curves are written beside the indicators.
    """

    scenario: str
    region: str
    ensemble: Ensemble
    units: Mapping[str, str]
    kinds: Mapping[str, str]
    assessments: tuple[Assessment, ...]


def variable_names(path: Path) -> dict[str, str]:
    """Return indicator to IAMC variable as listed in a codelist file.

    Parameters
    ----------
    path : Path
        CSV with the columns ``indicator`` and ``variable``.

    Raises
    ------
    InputError
        With line and column of every fault.
    """
    checker = Checker()
    rows = read_table(path, path.name, checker, ("indicator", "variable"), ("description",))
    checker.stop()
    return {row.cells["indicator"].strip(): row.cells["variable"].strip() for row in rows}


def iamc_table(blocks: Sequence[Block], names: Mapping[str, str]) -> Table:
    """Return the rows of ``scenarios_iamc.csv`` for one or several scenarios.

    Parameters
    ----------
    blocks : sequence of Block
        One per scenario.
    names : Mapping
        Indicator to IAMC variable, see :func:`variable_names`.
    """
    years = sorted({year_of(q) for block in blocks for q in block.ensemble.quarters})
    rows: list[tuple[Cell, ...]] = []
    for block in blocks:
        for variable, unit, kind, values in _series(block, names):
            by_quarter = dict(zip(block.ensemble.quarters, values.tolist(), strict=False))
            head = (MODEL, block.scenario, block.region, variable, unit)
            rows += [(*head, *row) for row in _rows(by_quarter, kind, years)]
    return Table("scenarios_iamc", (*HEAD, *map(str, years)), tuple(rows))


def _series(block: Block, names: Mapping[str, str]) -> Iterator[tuple[str, str, str, Floats]]:
    """Yield (variable, unit, kind, values by quarter)."""
    for indicator, members in block.ensemble.indicators.items():
        spread = quantiles(members)
        unit, kind = block.units.get(indicator, ""), block.kinds.get(indicator, "")
        for level, name in statistics(variable_name(indicator, names), PERCENTILES):
            yield name, unit, kind, spread[QUANTILES.index(level)]
    for one in block.assessments:
        if one.curve is not None:
            yield attainment_name(one.target), "1", "ratio", one.curve


def _rows(
    by_quarter: Mapping[int, float], kind: str, years: Iterable[int]
) -> Iterator[tuple[Cell, ...]]:
    """Yield (subannual, value of each year) rows that hold at least one number."""
    years = list(years)
    for quarter in range(1, QUARTERS_PER_YEAR + 1):
        cells = tuple(by_quarter.get(year * QUARTERS_PER_YEAR + quarter - 1) for year in years)
        if all(cell is None or np.isnan(cell) for cell in cells):
            continue
        yield (f"Q{quarter}", *cells)
        if quarter == QUARTERS_PER_YEAR and kind != "quarter":
            yield ("Year", *cells)


def year_ends(by_quarter: Mapping[int, float], years: Iterable[int]) -> tuple[float | None, ...]:
    """Return the value of each year's fourth quarter."""
    return tuple(by_quarter.get(year * QUARTERS_PER_YEAR + 3) for year in years)


def variable_name(indicator: str, names: Mapping[str, str]) -> str:
    """Return the IAMC variable of an indicator, listed or not.

    Examples
    --------
    >>> variable_name("step_up_firms", {})
    'Plan Indicator|Step Up Firms'
    """
    return names.get(indicator, UNLISTED + title(indicator))


def statistics(variable: str, levels: Iterable[float]) -> Iterator[tuple[float, str]]:
    """Yield (cumulative probability, variable) of the median and of some quantiles, ascending.

    Examples
    --------
    >>> list(statistics("GDP", [0.9]))
    [(0.5, 'GDP'), (0.9, 'GDP|90th Percentile')]
    """
    for level in sorted({0.5, *levels}):
        yield level, variable if level == 0.5 else f"{variable}|{PERCENTILES[level]}"


def attainment_name(target: Target) -> str:
    """Return the IAMC variable of a reading's attainment curve."""
    return f"{ATTAINMENT}{title(target.id)}|{title(target.reading)}"


def title(name: str) -> str:
    """Return a name in the codelist's style.

    Examples
    --------
    >>> title("value_added_rate")
    'Value Added Rate'
    """
    return " ".join(word.capitalize() for word in name.split("_"))
