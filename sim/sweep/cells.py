"""Cells: the settings of a design as scenarios, each known by the hash of all it depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sim
from sim.errors import InputError, Problem
from sim.manifest import hash_sources, hashes_of
from sim.scenario import Scenario, load_with_plan, project_root, resolved
from sim.scenario_sections import HOURS_LIMIT, resources
from sim.sweep.designs import Point, points
from sim.sweep.factors import Factor
from sim.sweep.files import SweepFile

if TYPE_CHECKING:
    from sim.city import City
    from sim.plan import Plan

RECORD = 1
"""Version of the content of a cell's record."""
NO_NUMBERS = ("name", "label", "report")
"""Parts of a scenario that change no number."""


@dataclass(frozen=True)
class Cell:
    """One setting.

    Attributes
    ----------
    number : int
        Its place among the cells.
    point : Point
        Value of every factor; ``None`` is the scenario's own.
    scenario : Scenario
        The scenario with these values.
    """

    number: int
    point: Point
    scenario: Scenario


@dataclass(frozen=True)
class Grid:
    """The cells of a sweep, and which of them each row of the design is.

    Attributes
    ----------
    cells : tuple of Cell
        Without repetition.
    rows : tuple of int
        The design's own order: number of the cell of each row.
    """

    cells: tuple[Cell, ...]
    rows: tuple[int, ...]


def cells_of(sweep: SweepFile, root: Path | None = None) -> Grid:
    """Return the cells of a sweep; points that occur twice are one cell.

    Parameters
    ----------
    sweep : SweepFile
        As read.
    root : Path, optional
        The project's folder.

    Raises
    ------
    InputError
        If a value is not legal in the scenario, at the factor's place in the sweep file; or if
        all cells together need more time than is allowed.
    """
    numbers: dict[Point, int] = {}
    rows = tuple(numbers.setdefault(p, len(numbers)) for p in points(sweep.design, sweep.factors))
    home = root or project_root()
    _check_values(sweep, home)
    hours = hours_of(sweep, list(numbers))
    if hours > HOURS_LIMIT:
        message = f"{len(numbers)} cells need about {hours:,.0f} hours; limit {HOURS_LIMIT:g} hours"
        raise InputError([Problem(sweep.source, "design", message)])
    cells = tuple(
        Cell(number, point, variant(sweep, point, home)) for point, number in numbers.items()
    )
    return Grid(cells, rows)


def hours_of(sweep: SweepFile, chosen: Sequence[Point]) -> float:
    """Return how many core-hours points need, roughly."""
    keys, base = [factor.key for factor in sweep.factors], sweep.base
    place = keys.index("population.scale") if "population.scale" in keys else None
    scales = [base.population_scale if place is None or p[place] is None else p[place]
              for p in chosen]  # fmt: skip
    return sum(resources(base.members, scale or 0.0, len(base.quarters))[1] for scale in scales)


def settings_of(factors: Sequence[Factor], point: Point) -> dict[str, str]:
    """Return key to value as on the command line.

    Examples
    --------
    >>> from sim.reading import Place
    >>> factor = Factor("population.scale", 0.1, 1.0, (), Place("s.yaml", 1, 1))
    >>> settings_of([factor], (0.5,)), settings_of([factor], (None,))
    ({'population.scale': '0.5'}, {})
    """
    return {
        factor.key: repr(value)
        for factor, value in zip(factors, point, strict=True)
        if value is not None
    }


def variant(sweep: SweepFile, point: Point, root: Path) -> Scenario:
    """Return the scenario with the values of a point."""
    given = {"members": str(sweep.base.members)} | settings_of(sweep.factors, point)
    return load_with_plan(sweep.source, given, root, sweep.files)[0]


def _check_values(sweep: SweepFile, root: Path) -> None:
    """Try the ends or levels of each factor alone, so that a fault is told once and in place."""
    problems: list[Problem] = []
    for place, factor in enumerate(sweep.factors):
        nothing: list[float | None] = [None] * len(sweep.factors)
        for value in factor.levels or (factor.low, factor.high):
            point = (*nothing[:place], value, *nothing[place + 1 :])
            try:
                variant(sweep, point, root)
            except InputError as error:
                problems += [
                    Problem(str(factor.place), f"factors.{factor.key}", p.message)
                    for p in error.problems
                ]
    if problems:
        raise InputError(dict.fromkeys(problems))


@lru_cache(maxsize=1)
def analysis_hash() -> str:
    """Return the hash of the sources that turn members into a cell's record."""
    package = Path(sim.__file__).resolve().parent
    return hash_sources(package / "analysis", (package / "analysis").rglob("*.py"))


def keys_of(cells: Iterable[Cell], plan: Plan, city: City) -> Iterator[str]:
    """Yield the hash of all that a cell's record depends on, for each cell.

    The same for a cell of another sweep; not the same once code, plan or data are changed.
    """
    hashes = {**hashes_of(plan, city), "analysis": analysis_hash(), "record": str(RECORD)}
    for cell in cells:
        yield hash_of({**content_of(cell.scenario), "hashes": hashes})


def content_of(scenario: Scenario) -> dict[str, Any]:
    """Return what of a scenario can change a number."""
    return {key: value for key, value in resolved(scenario).items() if key not in NO_NUMBERS}


def hash_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of plain values, whatever their order."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
