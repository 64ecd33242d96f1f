"""Lever values: how a plan or scenario writes them and how they become one value per quarter.

A value is a number, a path ``{2018Q2: 0.10, 2019Q1: 0.15}`` whose steps hold until the next, or,
for a lever by per-mu class, a mapping from class to either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.checking import Checker, join
from sim.errors import nearest, printable
from sim.reading import MapNode, Node, Place
from sim.tables import Row, read_table
from sim.units import month_index, quarter_index

if TYPE_CHECKING:
    from sim.levers.declare import Lever


@dataclass(frozen=True)
class Step:
    """A value and the quarter from which it holds (``None``: from the start)."""

    quarter: int | None
    value: float
    place: Place


LeverSteps = Mapping[str, tuple[Step, ...]]
"""Class ("" for a scalar lever) to its steps, in the order of time."""
LeverPath = tuple[float, ...] | Mapping[str, tuple[float, ...]]
"""One value per quarter, or for a lever by class one such tuple per class."""


def is_quarter_key(text: str) -> bool:
    """Return whether a key looks like a quarter (it may still be an impossible one)."""
    return text[:4].isdigit()


def read_steps(node: Node, key: str, lever: Lever, checker: Checker) -> LeverSteps:
    """Read a lever's value as a plan or scenario writes it.

    Parameters
    ----------
    node : Node
        The value.
    key : str
        Its key path, for messages.
    lever : Lever
        Declaration: legal range, unit, classes.
    checker : Checker
        Receives problems; faulty parts are left out of the result.
    """
    by_class = isinstance(node, MapNode) and not any(map(is_quarter_key, node.entries))
    if not lever.classes or not by_class:
        steps = _class_steps(node, key, lever, checker)
        return dict.fromkeys(lever.classes or ("",), steps)
    assert isinstance(node, MapNode)
    checker.keys(node, key, lever.classes)
    return {
        name: _class_steps(node.entries[name], join(key, name), lever, checker)
        for name in lever.classes
        if name in node.entries
    }


def _class_steps(node: Node, key: str, lever: Lever, checker: Checker) -> tuple[Step, ...]:
    if not isinstance(node, MapNode):
        value = checker.number(node, key, lever.low, lever.high, lever.unit)
        return () if value is None else (Step(None, value, node.place),)
    if not node.entries:
        checker.add(node, key, "no value given; write a number or {2018Q2: number}")
    steps = []
    for name, child in node.entries.items():
        quarter = checker.quarter_text(name, node.key_place(name), join(key, name))
        value = checker.number(child, join(key, name), lever.low, lever.high, lever.unit)
        if quarter is not None and value is not None:
            steps.append(Step(quarter, value, node.key_place(name)))
    return tuple(sorted(steps, key=lambda step: step.quarter or 0))


def value_at(steps: Iterable[Step], quarter: int, otherwise: float) -> float:
    """Return the value of the last step not later than `quarter`, or `otherwise`."""
    value = otherwise
    for step in steps:
        if step.quarter is None or step.quarter <= quarter:
            value = step.value
    return value


def build_path(lever: Lever, quarters: range, value: Callable[[str, int], float]) -> LeverPath:
    """Return a lever's path from a function of (class, quarter)."""
    if not lever.classes:
        return tuple(value("", quarter) for quarter in quarters)
    return {name: tuple(value(name, quarter) for quarter in quarters) for name in lever.classes}


class PolicyHistory:
    """What was in force before the plan: ``calibration/data/<city>/policy_history.csv``.

    A value holds from its month until the next one of the same lever and class; before the
    first, the lever is neutral. Nothing later than the information date is seen.
    """

    def __init__(self, values: Mapping[tuple[str, str], tuple[tuple[int, float], ...]]) -> None:
        self._values = values

    def value(self, lever: Lever, name: str, quarter: int, as_of: int) -> float:
        """Return the value in force in a quarter as known at the month `as_of`."""
        last_month = min(quarter * 3 + 2, as_of)
        found = lever.neutral
        for month, value in self._values.get((lever.name, name), ()):
            if month <= last_month:
                found = value
        return found


def read_policy_history(
    path: Path, shown: str, levers: Mapping[str, Lever], checker: Checker
) -> PolicyHistory:
    """Read a city's policy history.

    Parameters
    ----------
    path : Path
        CSV with columns lever, class, from, value, unit, status, source, note.
    shown : str
        The path for messages.
    levers : Mapping
        Declarations by name.
    checker : Checker
        Receives faulty cells.

    Raises
    ------
    InputError
        If the file cannot be read as such a table.
    """
    required = ("lever", "class", "from", "value", "unit", "status", "source", "note")
    values: dict[tuple[str, str], dict[int, float]] = {}
    for row in read_table(path, shown, checker, required):
        lever = levers.get(row.cells["lever"])
        if lever is None:
            near = nearest(row.cells["lever"], levers)
            checker.add(row.place("lever"), row.cells["lever"], f"unknown lever{near}")
            continue
        classes = (row.cells["class"],) if row.cells["class"] else lever.classes or ("",)
        if not set(classes) <= set(lever.classes or ("",)):
            legal = ", ".join(lever.classes) or "none: the lever has no classes"
            checker.add(row.place("class"), lever.name, f"unknown class; legal: {legal}")
            continue
        if row.cells["unit"].strip() != lever.unit:
            unit = printable(row.cells["unit"], 60)
            checker.add(row.place("unit"), lever.name, f"unit {unit!r} must be {lever.unit!r}")
        month = _month(row, checker)
        value = checker.number(row.node("value"), lever.name, lever.low, lever.high, lever.unit)
        for name in classes:
            _note(values, lever.name, name, month, value, row, checker)
    return PolicyHistory({key: tuple(sorted(found.items())) for key, found in values.items()})


def _note(
    values: dict[tuple[str, str], dict[int, float]],
    lever: str,
    name: str,
    month: int | None,
    value: float | None,
    row: Row,
    checker: Checker,
) -> None:
    if month is None or value is None:
        return
    found = values.setdefault((lever, name), {})
    if month in found:
        checker.add(row.place("from"), lever, "a second value for the same lever, class and month")
    found[month] = value


def _month(row: Row, checker: Checker) -> int | None:
    """Return the month of a date written as 2014, 2014-01, 2014Q1 or 2014-01-15."""
    text = row.cells["from"].strip()
    try:
        if "Q" in text:
            return quarter_index(text) * 3
        return month_index(f"{text}-01" if len(text) == 4 else text[:7])
    except ValueError:
        message = f"{text[:40]!r} is not a date like 2014, 2014-01 or 2014Q1"
        checker.add(row.place("from"), "from", message)
        return None


def steps_outside(steps: LeverSteps, quarters: range) -> list[Step]:
    """Return the steps whose quarter lies outside the horizon."""
    return [
        step
        for found in steps.values()
        for step in found
        if step.quarter is not None and step.quarter not in quarters
    ]
