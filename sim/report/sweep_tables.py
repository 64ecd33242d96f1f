"""Tables of a sweep: design, attainment curves and the IAMC file, written cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.attainment import QUANTILES
from sim.report.iamc import (
    HEAD,
    MODEL,
    attainment_name,
    statistics,
    variable_name,
    variable_names,
    year_ends,
)
from sim.report.scorecard import Cell as Value
from sim.store import write_csv
from sim.units import quarter_name, year_of

if TYPE_CHECKING:
    from sim.sweep.cells import Cell
    from sim.sweep.record import CellRecord
    from sim.sweep.sweeping import SweptCells

RANGE = (0.1, 0.9)
"""Quantiles written beside the median."""


def write_sweep_tables(swept: SweptCells, folder: Path, codelist: Path) -> None:
    """Write ``design.csv``, ``attainment.csv`` and ``scenarios_iamc.csv``.

    Parameters
    ----------
    swept : SweptCells
        A sweep whose cells all have records; they pass one at a time.
    folder : Path
        Where the files go.
    codelist : Path
        Indicator to IAMC variable.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    factors = [factor.key for factor in swept.sweep.factors]
    write_csv(folder / "design.csv", ("cell", "status", *factors), _design(swept))
    columns = ("cell", "target_id", "reading", "quarter", "probability")
    write_csv(folder / "attainment.csv", columns, _attainment(swept))
    years = sorted({year_of(quarter) for quarter in swept.results.quarters})
    names = variable_names(codelist)
    write_csv(folder / "scenarios_iamc.csv", (*HEAD, *map(str, years)), _iamc(swept, names, years))


def _cells(swept: SweptCells) -> Iterator[tuple[Cell, CellRecord]]:
    return zip(swept.grid.cells, swept.results.records(), strict=True)


def _design(swept: SweptCells) -> Iterator[Sequence[Value]]:
    for cell, record in _cells(swept):
        yield (cell.number, record.status, *cell.point)


def _attainment(swept: SweptCells) -> Iterator[Sequence[Value]]:
    quarters = [quarter_name(quarter) for quarter in swept.results.quarters]
    for cell, record in _cells(swept):
        for target, curve in zip(swept.sweep.plan.targets, record.curves, strict=False):
            for quarter, share in zip(quarters, curve.tolist(), strict=True):
                if not np.isnan(share):
                    yield (cell.number, target.id, target.reading, quarter, share)


def scenario_name(sweep: str, cell: int) -> str:
    """Return the name of a cell in an IAMC file.

    Examples
    --------
    >>> scenario_name("land_energy", 7)
    'land_energy 00007'
    """
    return f"{sweep} {cell:05d}"


def _iamc(
    swept: SweptCells, names: Mapping[str, str], years: Sequence[int]
) -> Iterator[Sequence[Value]]:
    """Yield the year values of every cell: medians, 80 % ranges and attainment."""
    quarters, region = swept.results.quarters, swept.sweep.base.city
    for cell, record in _cells(swept):
        head = (MODEL, scenario_name(swept.sweep.name, cell.number), region)
        for row, indicator in enumerate(record.indicators):
            declared = swept.results.indicators[indicator]
            if declared.kind == "quarter":
                continue
            for level, name in statistics(variable_name(indicator, names), RANGE):
                values = record.quantiles[QUANTILES.index(level), row]
                yield from _year_row((*head, name, declared.unit), quarters, values, years)
        for target, curve in zip(swept.sweep.plan.targets, record.curves, strict=False):
            yield from _year_row((*head, attainment_name(target), "1"), quarters, curve, years)


def _year_row(
    head: Sequence[Value], quarters: Sequence[int], values: np.ndarray, years: Iterable[int]
) -> Iterator[Sequence[Value]]:
    cells = year_ends(dict(zip(quarters, values.tolist(), strict=True)), years)
    if not all(cell is None or np.isnan(cell) for cell in cells):
        yield (*head, "Year", *cells)
