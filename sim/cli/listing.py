"""``list``: levers, targets, indicators, scenarios and parameters, as a table or as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sim.cli.console import table
from sim.cli.units_zh import HEADINGS_ZH, UNITS_ZH
from sim.errors import InputError
from sim.lever_paths import LeverPath
from sim.report.words import unit_label
from sim.scenario import load_scenario, load_with_plan, project_root
from sim.units import quarter_name

Row = dict[str, Any]
DEFAULT_SCENARIO = "base.yaml"


def main(what: str, *, as_json: bool, lang: str) -> int:
    """Print one of the listings."""
    rows = list(LISTINGS[what](lang))
    if as_json:
        print(json.dumps([_plain(row) for row in rows], ensure_ascii=False, indent=1))
        return 0
    columns: tuple[str, ...] = SHOWN[what]
    shown = [[_cell(row.get(column)) for column in columns] for row in rows]
    if lang == "zh":
        shown = [_in_chinese(columns, cells) for cells in shown]
        columns = tuple(HEADINGS_ZH[column] for column in columns)
    print(table(columns, shown))
    return 0


def _in_chinese(columns: tuple[str, ...], cells: list[Any]) -> list[Any]:
    """Return cells with the unit in Chinese; names and codes are what files are written with."""
    return [
        UNITS_ZH.get(cell, unit_label(cell, "zh")) if column == "unit" else cell
        for column, cell in zip(columns, cells, strict=True)
    ]


def _plain(row: Row) -> Row:
    """Return a row that is legal JSON: no infinities, no NaN."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in row.items()
    }


def _cell(value: Any) -> Any:
    if isinstance(value, Mapping):
        return " ".join(f"{key}:{number:g}" for key, number in value.items())
    return value


def levers(lang: str) -> Iterable[Row]:
    """Yield every declared lever with its values before the plan and under the plan."""
    from sim.levers import LEVERS

    scenario, plan = load_with_plan(project_root() / "scenarios" / DEFAULT_SCENARIO)
    planned = plan.levers
    for name, lever in LEVERS.items():
        entry = planned.get(name)
        start = scenario.first if entry is None else entry.start
        yield {
            "name": name,
            "clause": lever.clause,
            "unit": lever.unit,
            "low": lever.low,
            "high": lever.high,
            "neutral": lever.neutral,
            "before_plan": _at(scenario.before_plan[name], start - scenario.first),
            "plan": None if entry is None else _at(scenario.levers[name], -1),
            "cost": None if entry is None else entry.cost,
            "mechanism": lever.mechanism_zh if lang == "zh" else lever.mechanism,
            "source": lever.source,
            "long_name": lever.long_name_zh if lang == "zh" else lever.long_name,
            "classes": list(lever.classes),
            "cost_basis": None if entry is None else entry.cost_basis,
            "plan_status": None if entry is None else entry.status,
            "reason": None if entry is None else entry.reason,
        }


def _at(path: LeverPath, position: int) -> Any:
    if isinstance(path, Mapping):
        return {name: values[position] for name, values in path.items()}
    return path[position]


def targets(lang: str) -> Iterable[Row]:
    """Yield every reading of every target of the base scenario's plan."""
    _, plan = load_with_plan(project_root() / "scenarios" / DEFAULT_SCENARIO)
    for target in plan.targets:
        start = target.window_start
        yield {
            "target_id": target.id,
            "clause": target.clause,
            "class": target.target_class,
            "indicator": target.indicator,
            "reading": target.reading,
            "default_reading": target.default_reading,
            "operator": target.operator,
            "target_low": target.low,
            "target_high": target.high,
            "unit": target.unit,
            "baseline": target.baseline,
            "deadline": quarter_name(target.deadline),
            "window": target.window,
            "window_start": None if start is None else quarter_name(start),
            "assessable": target.assessable,
            "reason": target.reason_zh if lang == "zh" else target.reason,
            "label": target.label_zh if lang == "zh" else target.label_en,
            "department": target.department,
            "status": target.status,
            "quote": target.quote,
        }


def indicators(lang: str) -> Iterable[Row]:
    """Yield every declared indicator."""
    from sim.indicators import INDICATORS

    for name, entry in INDICATORS.items():
        yield {
            "name": name,
            "unit": entry.unit,
            "kind": entry.kind,
            "long_name": entry.long_name_zh if lang == "zh" else entry.long_name,
            "source": entry.source,
        }


def parameters(lang: str) -> Iterable[Row]:
    """Yield every declared behavioural parameter with its prior."""
    from sim.parameters import PARAMETERS

    for name, entry in PARAMETERS.items():
        yield {
            "name": name,
            "unit": entry.unit,
            "central": entry.central,
            "low": entry.low,
            "high": entry.high,
            "status": entry.status,
            "identified": entry.identified,
            "long_name": entry.long_name_zh if lang == "zh" else entry.long_name,
            "source": entry.source,
        }


def scenarios(lang: str) -> Iterable[Row]:
    """Yield every scenario file of the project's folder; a faulty one with its first problem."""
    folder = project_root() / "scenarios"
    for path in sorted(folder.glob("*.yaml")):
        row: Row = {"name": path.stem, "file": f"scenarios/{path.name}"}
        try:
            found = load_scenario(path)
        except InputError as error:
            yield {**row, "label": str(error.problems[0]), "valid": False}
            continue
        yield {
            **row,
            "name": found.name,
            "label": found.label_zh if lang == "zh" else found.label_en,
            "city": found.city,
            "plan": found.plan,
            "as_of": found.as_of,
            "start": found.start,
            "end": found.end,
            "members": found.members,
            "levers": found.levers_from,
            "valid": True,
        }


LISTINGS: dict[str, Callable[[str], Iterable[Row]]] = {
    "levers": levers,
    "targets": targets,
    "indicators": indicators,
    "scenarios": scenarios,
    "parameters": parameters,
}
SHOWN: dict[str, tuple[str, ...]] = {
    "levers": ("name", "clause", "unit", "low", "high", "neutral", "before_plan", "plan", "cost"),
    "targets": (
        "target_id", "reading", "clause", "class", "operator", "target_low", "target_high",
        "unit", "deadline", "default_reading", "assessable", "label",
    ),
    "indicators": ("name", "unit", "kind", "long_name"),
    "scenarios": ("name", "label", "city", "plan", "as_of", "start", "end", "members", "file"),
    "parameters": ("name", "unit", "central", "low", "high", "status", "long_name"),
}  # fmt: skip
