"""A scenario: what is run, from which date, with which levers and outside world."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.checking import Checker
from sim.inheritance import merge_chain, override, read_chain
from sim.lever_paths import LeverPath, LeverSteps, PolicyHistory, build_path, value_at
from sim.plan import Plan
from sim.scenario_sections import KEYS, SWITCHES, FilesRead, SectionReader, resources
from sim.shocks import read_outside_world
from sim.units import month_index, month_name, quarter_index, quarter_name
from sim.world import Shock


@dataclass(frozen=True)
class Scenario:
    """A scenario, complete and checked; nothing in it changes after loading.

    Attributes
    ----------
    name, label_en, label_zh : str
        File name of its outputs, and what readers see.
    city, plan : str
        Names of the city's data folder and of the plan file.
    as_of : str
        Information date, a month such as ``2018-04``.
    start, end : str
        First and last quarter, such as ``2018Q1``.
    members, seed, population_scale : int, int, float
        Size of the ensemble, root seed, firms simulated over real firms.
    levers_from : str
        ``plan`` or ``before_plan``: what holds where no value is given.
    levers, before_plan : Mapping
        Every declared lever to its path over `quarters` in the lever's unit, by class where it
        has classes; `before_plan` as it would be without the plan.
    outside_world : Mapping
        Driver to shock or fixed path; absent drivers are sampled.
    parameters_from : str
        ``posterior`` or ``prior``; see :data:`sim.scenario_sections.PARAMETERS_FROM`.
    switches : Mapping
        See :data:`sim.scenario_sections.SWITCHES`.
    report : Mapping
        Options that change what is written but no number: ``lang``, ``svg``.
    source : str
        The path it was read from.
    parameters : Mapping
        Behavioural parameter or prior to the value that every member has; others are drawn.
    """

    name: str
    label_en: str
    label_zh: str
    city: str
    plan: str
    as_of: str
    start: str
    end: str
    members: int
    seed: int
    population_scale: float
    levers_from: str
    levers: Mapping[str, LeverPath]
    before_plan: Mapping[str, LeverPath]
    outside_world: Mapping[str, Shock]
    parameters_from: str
    switches: Mapping[str, bool]
    report: Mapping[str, Any]
    source: str
    parameters: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def first(self) -> int:
        """Quarter index of the start."""
        return quarter_index(self.start)

    @cached_property
    def last(self) -> int:
        """Quarter index of the end."""
        return quarter_index(self.end)

    @cached_property
    def quarters(self) -> range:
        """Quarter indices of the horizon."""
        return range(self.first, self.last + 1)

    @property
    def as_of_month(self) -> int:
        """Month index of the information date."""
        return month_index(self.as_of)

    def lever_values(self, quarter: int) -> Mapping[tuple[str, str], float]:
        """Return (lever, class) to value in a quarter; class is "" for scalar levers.

        Read only: quarters with the same values return the same mapping.
        """
        return self._by_quarter[0][quarter - self.first]

    def before_plan_values(self, quarter: int) -> Mapping[tuple[str, str], float]:
        """Return the same as it would be without the plan."""
        return self._by_quarter[1][quarter - self.first]

    @cached_property
    def _by_quarter(self) -> tuple[list[dict[tuple[str, str], float]], ...]:
        """Lever values of every quarter, in force and without the plan."""
        positions = range(len(self.quarters))
        return tuple(_values(levers, positions) for levers in (self.levers, self.before_plan))


def _values(
    levers: Mapping[str, LeverPath], positions: range
) -> list[dict[tuple[str, str], float]]:
    """Return the values by quarter; quarters in which nothing moves share them."""
    found: list[dict[tuple[str, str], float]] = []
    for position in positions:
        values: dict[tuple[str, str], float] = {}
        for name, path in levers.items():
            if isinstance(path, Mapping):
                values.update({(name, c): of_class[position] for c, of_class in path.items()})
            else:
                values[name, ""] = path[position]
        found.append(found[-1] if found and found[-1] == values else values)
    return found


def project_root() -> Path:
    """Return the folder that holds ``scenarios`` and ``calibration``."""
    return Path(__file__).resolve().parents[1]


def load_scenario(
    path: str | Path, overrides: Mapping[str, str] | None = None, root: Path | None = None
) -> Scenario:
    """Read and check a scenario file, what it extends, its plan and its city's policy history.

    Parameters
    ----------
    path : str or Path
        The scenario file.
    overrides : Mapping, optional
        Key path to value as on the command line, such as ``{"members": "20"}``.
    root : Path, optional
        The project's folder; by default the one this package lies in.

    Raises
    ------
    InputError
        With every problem found.
    """
    return load_with_plan(path, overrides, root)[0]


def load_with_plan(
    path: str | Path,
    overrides: Mapping[str, str] | None = None,
    root: Path | None = None,
    files: FilesRead | None = None,
) -> tuple[Scenario, Plan]:
    """Return the scenario and its plan.

    Parameters
    ----------
    path, overrides, root
        As for :func:`load_scenario`.
    files : FilesRead, optional
        Keeps what is read for the next variant of the same scenario, which is then ready in a
        few milliseconds.

    Raises
    ------
    InputError
        With every problem found.
    """
    home = project_root() if root is None else root
    checker, files = Checker(), files or FilesRead()
    source = Path(path)
    tree = files.once(
        f"scenario {path}", lambda: merge_chain(read_chain(source, str(path), home, checker))
    )
    tree = override(tree, overrides or {}, checker)
    checker.keys(tree, "", KEYS)
    sections = SectionReader(checker, tree, home, str(path), files)
    name = sections.name()
    label = checker.label(tree.entries.get("label"), "label")
    city = sections.existing("city", home / "calibration" / "data", "")
    plan_name = sections.existing("plan", home / "scenarios" / "plans", ".yaml")
    as_of = sections.as_of()
    quarters, horizon = sections.horizon(as_of)
    members, seed, scale = sections.size(len(quarters))
    outside = read_outside_world(tree.entries.get("outside_world"), quarters, horizon, checker)
    parameters = sections.parameters(city)
    switches, report = sections.switches(), sections.report()
    drawn_from = sections.parameters_from()
    plan, history = sections.plan(plan_name), sections.history(city)
    base, steps = sections.levers(quarters, horizon)
    checker.stop()
    assert plan is not None
    assert history is not None
    levers, before = _resolve(base, steps, plan, history, quarters, as_of)
    scenario = Scenario(
        name, label.get("en", name), label.get("zh", name), city, plan_name,
        month_name(as_of), quarter_name(quarters[0]), quarter_name(quarters[-1]), members,
        seed, scale, base, levers, before, outside, drawn_from, switches, report, str(path),
        parameters,
    )  # fmt: skip
    return scenario, plan


def _resolve(
    base: str,
    own: Mapping[str, LeverSteps],
    plan: Plan,
    history: PolicyHistory,
    quarters: range,
    as_of: int,
) -> tuple[dict[str, LeverPath], dict[str, LeverPath]]:
    """Return every lever's path in force, and its path without the plan."""
    from sim.levers import LEVERS

    planned = plan.levers if base == "plan" else {}
    levers: dict[str, LeverPath] = {}
    before: dict[str, LeverPath] = {}
    for name, lever in LEVERS.items():

        def without(part: str, quarter: int, lever: Any = lever) -> float:
            return history.value(lever, part, quarter, as_of)

        def in_force(part: str, quarter: int, lever: Any = lever) -> float:
            value = without(part, quarter, lever)
            entry = planned.get(lever.name)
            if entry is not None and quarter >= entry.start:
                value = value_at(entry.steps.get(part, ()), quarter, value)
            return value_at(own.get(lever.name, {}).get(part, ()), quarter, value)

        before[name] = build_path(lever, quarters, without)
        levers[name] = build_path(lever, quarters, in_force)
    return levers, before


def resolved(scenario: Scenario) -> dict[str, Any]:
    """Return everything in force as plain values; written as YAML it loads as a scenario."""
    names = [quarter_name(quarter) for quarter in scenario.quarters]
    levers: dict[str, Any] = {"from": scenario.levers_from}
    for name, path in scenario.levers.items():
        if isinstance(path, Mapping):
            levers[name] = {c: _changes(names, found) for c, found in path.items()}
        else:
            levers[name] = _changes(names, path)
    return {
        "name": scenario.name,
        "label": {"en": scenario.label_en, "zh": scenario.label_zh},
        "city": scenario.city,
        "plan": scenario.plan,
        "as_of": scenario.as_of,
        "start": scenario.start,
        "end": scenario.end,
        "members": scenario.members,
        "seed": scenario.seed,
        "population": {"scale": scenario.population_scale},
        "levers": levers,
        "outside_world": {n: _shock(s) for n, s in sorted(scenario.outside_world.items())},
        "parameters": dict(sorted(scenario.parameters.items())),
        "parameters_from": scenario.parameters_from,
        "switches": dict(sorted(scenario.switches.items())),
        "report": dict(sorted(scenario.report.items())),
    }


def _changes(names: list[str], path: tuple[float, ...]) -> dict[str, float]:
    """Return the first value and every later change, by quarter."""
    return {
        name: value
        for position, (name, value) in enumerate(zip(names, path, strict=True))
        if position == 0 or value != path[position - 1]
    }


def _shock(shock: Shock) -> dict[str, Any]:
    if shock.path:
        return {"path": {quarter_name(q): value for q, value in shock.path.items()}}
    out: dict[str, Any] = {"shock": shock.size}
    if shock.first is not None:
        out["from"] = quarter_name(shock.first)
    if shock.until is not None:
        out["until"] = quarter_name(shock.until)
    return out


def content_hash(scenario: Scenario) -> str:
    """Return the SHA-256 of all that can change a number: not key order, comments or report."""
    content = resolved(scenario)
    del content["report"]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


__all__ = [
    "SWITCHES", "FilesRead", "Scenario", "Shock", "content_hash", "load_scenario", "load_with_plan",
    "resolved", "resources",
]  # fmt: skip
