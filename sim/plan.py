"""A plan as data: dated targets, and clauses with their levers, plan values and unit costs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sim.checking import Checker, join
from sim.lever_paths import LeverSteps, read_steps
from sim.reading import MapNode, Node, read_mapping

OPERATORS = (">=", "<=", ">", "<", "between")
TARGET_CLASSES = ("outcome", "commitment")
WINDOWS = ("deadline", "cumulative", "each_year")
STATUSES = ("plan", "cited", "derived", "memory", "derived_mem", "assumed", "prior")
MAX_COST = 1e13
"""Largest legal cost per unit of a lever, yuan a year (ten times the city's GDP of 2017)."""


@dataclass(frozen=True)
class Target:
    """One reading of one target.

    Attributes
    ----------
    id : str
        Target; several readings share it.
    clause : int
        Clause of the plan.
    reading, default_reading : str, bool
        Name of this reading, and whether it is the one that counts.
    indicator, unit : str
        Name in ``sim.indicators`` and the unit of `low` and `high`.
    operator : str
        One of ``>= <= > < between``.
    low, high : float or None
        Bounds; both ``None`` where the bound is the level of the baseline year.
    baseline : str or None
        Year (``2015``) or quarter from which change is measured.
    deadline : int
        Quarter index at which the target is due.
    window : str
        ``deadline``: the value at the deadline; ``cumulative``: summed from `window_start`;
        ``each_year``: in every year from `window_start`.
    window_start : int or None
        Quarter index where the window begins.
    target_class : str
        ``outcome`` (produced by agents) or ``commitment`` (what government chooses to do).
    assessable, reason, reason_zh : bool, str, str
        Whether data or model can say anything, and if not, why.
    label_en, label_zh, quote, status, department, note : str
        What it is, the plan's words, where the number is from, who leads, remarks.
    """

    id: str
    clause: int
    reading: str
    default_reading: bool
    indicator: str
    operator: str
    low: float | None
    high: float | None
    unit: str
    baseline: str | None
    deadline: int
    window: str
    window_start: int | None
    target_class: str
    assessable: bool
    reason: str
    label_en: str
    label_zh: str
    quote: str
    status: str
    department: str
    note: str
    reason_zh: str = ""


@dataclass(frozen=True)
class PlanLever:
    """What the plan does with one lever.

    Attributes
    ----------
    lever : str
        Name in ``sim.levers``.
    steps : Mapping
        Class ("" for a scalar lever) to steps; a step without quarter holds from `start`.
    start : int
        Quarter index from which the plan value holds.
    cost : float
        Yuan a year per unit of the lever above its before-plan value.
    cost_basis, status, reason : str
        What the cost is per and where it comes from; ``plan`` where the text states the value,
        else ``prior``; why this value.
    """

    lever: str
    steps: LeverSteps
    start: int
    cost: float
    cost_basis: str
    status: str
    reason: str


@dataclass(frozen=True)
class Clause:
    """One clause: title, lead department, its words and its levers."""

    number: int
    title_en: str
    title_zh: str
    department: str
    quote: str
    levers: Mapping[str, PlanLever] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """A plan: targets in the order of the file, clauses by number."""

    name: str
    label_en: str
    label_zh: str
    date: str
    published: str
    source: str
    acts_from: int
    targets: tuple[Target, ...]
    clauses: Mapping[int, Clause]

    @property
    def levers(self) -> dict[str, PlanLever]:
        """All levers of all clauses by name."""
        return {name: lever for c in self.clauses.values() for name, lever in c.levers.items()}

    @property
    def deadline(self) -> int:
        """The last deadline of the plan's targets, a quarter index."""
        return max(target.deadline for target in self.targets)

    def default_targets(self) -> tuple[Target, ...]:
        """Return the default reading of every target."""
        return tuple(target for target in self.targets if target.default_reading)


def load_plan(path: str | Path, shown: str | None = None) -> Plan:
    """Read and check a plan file.

    Parameters
    ----------
    path : str or Path
        The plan's YAML file.
    shown : str, optional
        The path for messages; by default as given.

    Raises
    ------
    InputError
        With every problem found.
    """
    checker = Checker()
    root = read_mapping(Path(path), shown or str(path), checker.problems)
    checker.keys(root, "", _PLAN_KEYS)
    name = checker.name(checker.required(root, "", "name"), "name") or ""
    label = checker.label(checker.required(root, "", "label"), "label")
    date = checker.text(checker.required(root, "", "date"), "date", 10) or ""
    published = checker.text(root.entries.get("published"), "published", 10) or date
    source = checker.text(root.entries.get("source"), "source") or ""
    acts_from = checker.quarter(checker.required(root, "", "acts_from"), "acts_from") or 0
    clauses = _clauses(checker, root, acts_from)
    targets = _targets(checker, root, clauses)
    checker.stop()
    return Plan(
        name, label["en"], label["zh"], date, published, source, acts_from, targets, clauses
    )


_PLAN_KEYS = ("name", "label", "date", "published", "source", "acts_from", "clauses", "targets")
_CLAUSE_KEYS = ("title", "department", "quote", "levers")
_LEVER_KEYS = ("plan", "from", "cost", "cost_basis", "status", "reason")
_TARGET_KEYS = ("clause", "class", "department", "status", "quote", "default_reading", "readings")
_READING_KEYS = (
    "indicator", "label", "operator", "value", "low", "high", "unit", "baseline", "deadline",
    "window", "from", "assessable", "reason", "note",
)  # fmt: skip


def _clauses(checker: Checker, root: MapNode, acts_from: int) -> dict[int, Clause]:
    clauses: dict[int, Clause] = {}
    seen: dict[str, int] = {}
    node = checker.mapping(checker.required(root, "", "clauses"), "clauses")
    for text, child in (node.entries if node else {}).items():
        key = f"clauses.{text}"
        if node and not (text.isascii() and text.isdigit() and 1 <= int(text) <= 999):
            checker.add(node.key_place(text), key, "a clause is a number from 1 to 999")
            continue
        body = checker.mapping(child, key)
        if body is None:
            continue
        checker.keys(body, key, _CLAUSE_KEYS)
        title = checker.label(checker.required(body, key, "title"), f"{key}.title")
        department = checker.text(body.entries.get("department"), f"{key}.department") or ""
        quote = checker.text(body.entries.get("quote"), f"{key}.quote", 2000) or ""
        levers = _plan_levers(checker, body, key, acts_from, int(text), seen)
        titles = (title.get("en", ""), title.get("zh", ""))
        clauses[int(text)] = Clause(int(text), *titles, department, quote, levers)
    return dict(sorted(clauses.items()))


def _plan_levers(
    checker: Checker, body: MapNode, key: str, acts_from: int, clause: int, seen: dict[str, int]
) -> dict[str, PlanLever]:
    from sim.levers import LEVERS

    found: dict[str, PlanLever] = {}
    node = checker.mapping(body.entries.get("levers"), f"{key}.levers")
    if node is None:
        return found
    checker.keys(node, f"{key}.levers", LEVERS)
    for name, child in node.entries.items():
        here = f"{key}.levers.{name}"
        entry = checker.mapping(child, here)
        lever = LEVERS.get(name)
        if entry is None or lever is None:
            continue
        if name in seen:
            checker.add(node.key_place(name), here, f"already set by clause {seen[name]}")
        elif lever.clause != clause:
            checker.add(node.key_place(name), here, f"is a lever of clause {lever.clause}")
        seen[name] = clause
        checker.keys(entry, here, _LEVER_KEYS)
        value = checker.required(entry, here, "plan")
        steps = read_steps(value, f"{here}.plan", lever, checker) if value else {}
        cost = checker.required(entry, here, "cost")
        start = checker.quarter(entry.entries.get("from"), f"{here}.from")
        found[name] = PlanLever(
            lever=name,
            steps=steps,
            start=acts_from if start is None else start,
            cost=checker.number(cost, f"{here}.cost", 0.0, MAX_COST, "yuan") or 0.0,
            cost_basis=checker.text(
                checker.required(entry, here, "cost_basis"), f"{here}.cost_basis") or "",
            status=checker.choice(
                checker.required(entry, here, "status"), f"{here}.status", STATUSES) or "",
            reason=checker.text(
                checker.required(entry, here, "reason"), f"{here}.reason", 1000) or "",
        )  # fmt: skip
    return found


def _targets(checker: Checker, root: MapNode, clauses: Mapping[int, Clause]) -> tuple[Target, ...]:
    targets: list[Target] = []
    node = checker.mapping(checker.required(root, "", "targets"), "targets")
    for name, child in (node.entries if node else {}).items():
        key = f"targets.{name}"
        body = checker.mapping(child, key)
        if node is None or body is None:
            continue
        checker.keys(body, key, _TARGET_KEYS)
        clause = checker.integer(checker.required(body, key, "clause"), f"{key}.clause", 1, 999)
        if clause is not None and clause not in clauses:
            checker.add(body.entries["clause"], f"{key}.clause", "no such clause in this plan")
        readings = checker.mapping(checker.required(body, key, "readings"), f"{key}.readings")
        default = checker.choice(
            checker.required(body, key, "default_reading"),
            f"{key}.default_reading",
            readings.entries if readings else (),
        )
        shared = _Shared(
            name,
            clause or 0,
            checker.choice(checker.required(body, key, "class"), f"{key}.class", TARGET_CLASSES)
            or "",
            checker.choice(checker.required(body, key, "status"), f"{key}.status", STATUSES) or "",
            checker.text(body.entries.get("department"), f"{key}.department") or "",
            checker.text(checker.required(body, key, "quote"), f"{key}.quote", 2000) or "",
        )
        for reading, entry in (readings.entries if readings else {}).items():
            here = f"{key}.readings.{reading}"
            target = _reading(checker, entry, here, shared, reading, reading == default)
            if target is not None:
                targets.append(target)
    return tuple(targets)


@dataclass(frozen=True)
class _Shared:
    """What the readings of one target have in common."""

    id: str
    clause: int
    target_class: str
    status: str
    department: str
    quote: str


def _reading(
    checker: Checker, node: Node, key: str, shared: _Shared, reading: str, default: bool
) -> Target | None:
    body = checker.mapping(node, key)
    if body is None:
        return None
    checker.keys(body, key, _READING_KEYS)
    get = body.entries.get

    def text(name: str, limit: int = 1000) -> str:
        return checker.text(get(name), join(key, name), limit) or ""

    label = checker.label(checker.required(body, key, "label"), f"{key}.label")
    checker.required(body, key, "unit")
    indicator = checker.name(checker.required(body, key, "indicator"), f"{key}.indicator")
    operator = checker.choice(checker.required(body, key, "operator"), f"{key}.operator", OPERATORS)
    low, high = _bounds(checker, body, key, operator)
    deadline = checker.quarter(checker.required(body, key, "deadline"), f"{key}.deadline")
    window = checker.choice(get("window"), f"{key}.window", WINDOWS) or "deadline"
    start = checker.quarter(get("from"), f"{key}.from")
    if window != "deadline" and "from" not in body.entries:
        checker.add(body, f"{key}.from", f"missing; a window {window!r} needs its first quarter")
    if start is not None and deadline is not None and start > deadline:
        lines = f"from (line {body.key_place('from').line}) is after the deadline"
        checker.add(body.key_place("deadline"), f"{key}.deadline", lines)
    assessable = checker.boolean(get("assessable"), f"{key}.assessable")
    if assessable is False and "reason" not in body.entries:
        checker.add(body, f"{key}.reason", "missing; say why the target is not assessable")
    reason = checker.label(get("reason"), f"{key}.reason") if "reason" in body.entries else {}
    return Target(
        shared.id, shared.clause, reading, default, indicator or "", operator or "", low, high,
        text("unit"), text("baseline") or None, deadline or 0, window, start,
        shared.target_class, assessable is not False, reason.get("en", ""),
        label.get("en", ""), label.get("zh", ""), shared.quote, shared.status,
        shared.department, text("note"),
        reason.get("zh", ""),
    )  # fmt: skip


def _bounds(
    checker: Checker, body: MapNode, key: str, operator: str | None
) -> tuple[float | None, float | None]:
    """Return (low, high) of a reading: `value`, both bounds, or neither (baseline level)."""
    low = checker.number(body.entries.get("low"), f"{key}.low")
    high = checker.number(body.entries.get("high"), f"{key}.high")
    value = checker.number(body.entries.get("value"), f"{key}.value")
    if operator == "between":
        for name in ("low", "high"):
            checker.required(body, key, name)
        if low is not None and high is not None and low > high:
            lines = f"low {low:g} (line {body.key_place('low').line}) is above high {high:g}"
            checker.add(body.key_place("high"), f"{key}.high", lines)
        return low, high
    if "value" not in body.entries and "baseline" not in body.entries:
        checker.add(body, f"{key}.value", "missing; give a value, or a baseline to rise above")
    return (value, None) if operator in (">=", ">") else (None, value)


def content_hash(plan: Plan) -> str:
    """Return the SHA-256 of the plan's content: key order, comments and bytes do not matter."""
    content = asdict(plan)
    content["targets"] = sorted(
        content["targets"], key=lambda target: (target["id"], target["reading"])
    )
    for clause in content["clauses"].values():
        for lever in clause["levers"].values():
            lever["steps"] = {
                name: [(step["quarter"], step["value"]) for step in steps]
                for name, steps in lever["steps"].items()
            }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
