"""A sweep file: scenario, design and factors; read strictly, all problems at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.checking import Checker
from sim.errors import InputError
from sim.fixed_parameters import Range, legal_ranges
from sim.plan import Plan
from sim.reading import MapNode, Node, read_mapping
from sim.scenario import FilesRead, Scenario, load_with_plan, project_root
from sim.scenario_sections import MAX_MEMBERS
from sim.sweep.designs import KINDS, MAX_CELLS, SAMPLED, Design, Point, size
from sim.sweep.factors import Factor, misnamed, read_factor
from sim.tables import column_names, read_table

KEYS = ("name", "scenario", "design", "factors", "members")
DESIGN_KEYS = ("kind", "n", "seed", "file")
MAX_FACTORS = 200


@dataclass(frozen=True)
class SweepFile:
    """A sweep as its file states it.

    Attributes
    ----------
    name : str
        Name of its directory.
    base, plan : Scenario, Plan
        The scenario that is varied, with the sweep's members, and its plan.
    source : str
        Path of the scenario file.
    design, factors : Design, tuple of Factor
        What is tried.
    files : FilesRead
        What was read, for the cells' scenarios.
    """

    name: str
    base: Scenario
    plan: Plan
    source: str
    design: Design
    factors: tuple[Factor, ...]
    files: FilesRead


def read_sweep(path: str, root: Path | None = None) -> SweepFile:
    """Read and check a sweep file; single cells are checked by :func:`sim.sweep.cells.cells_of`.

    Parameters
    ----------
    path : str
        The file.
    root : Path, optional
        The project's folder.

    Raises
    ------
    InputError
        With every problem found.
    """
    home, checker = root or project_root(), Checker()
    tree = read_mapping(Path(path), path, checker.problems)
    checker.keys(tree, "", KEYS)
    name = checker.name(checker.required(tree, "", "name"), "name") or ""
    source = _scenario_path(path, checker.text(checker.required(tree, "", "scenario"), "scenario"))
    members = checker.integer(tree.entries.get("members"), "members", 1, MAX_MEMBERS)
    body = checker.mapping(checker.required(tree, "", "design"), "design")
    kind = _kind(body, checker)
    files = FilesRead()
    base, plan, ranges = _base(source, members, home, files, checker)
    if kind == "csv":
        factors, rows = _from_table(path, tree, body, ranges, checker)
    else:
        factors, rows = _factors(tree, ranges, checker), ()
    design = _design(kind, body, factors, rows, checker)
    checker.stop()
    assert base is not None
    assert plan is not None
    return SweepFile(name, base, plan, source, design, factors, files)


def _scenario_path(path: str, text: str | None) -> str:
    return os.path.normpath(Path(path).parent / text) if text else ""


def _kind(body: MapNode | None, checker: Checker) -> str:
    if body is None:
        return ""
    checker.keys(body, "design", DESIGN_KEYS)
    return checker.choice(checker.required(body, "design", "kind"), "design.kind", KINDS) or ""


def _base(
    source: str, members: int | None, home: Path, files: FilesRead, checker: Checker
) -> tuple[Scenario | None, Plan | None, Mapping[str, Range]]:
    """Return the scenario to be varied, its plan, and which parameters it may hold."""
    if not source:
        return None, None, {}
    given = {} if members is None else {"members": str(members)}
    try:
        base, plan = load_with_plan(source, given, home, files)
    except InputError as error:
        checker.problems.extend(error.problems)
        return None, None, {}
    folder = home / "calibration" / "data" / base.city
    return base, plan, files.once(f"priors {base.city}", lambda: legal_ranges(folder, checker))


def _factors(tree: MapNode, ranges: Mapping[str, Range], checker: Checker) -> tuple[Factor, ...]:
    section = checker.mapping(checker.required(tree, "", "factors"), "factors")
    if section is None:
        return ()
    if not 1 <= len(section.entries) <= MAX_FACTORS:
        message = f"{len(section.entries)} factors; legal range 1 to {MAX_FACTORS}"
        checker.add(section, "factors", message)
        return ()
    found = (read_factor(key, node, ranges, checker) for key, node in section.entries.items())
    factors = tuple(factor for factor in found if factor is not None)
    for one in factors:
        for other in factors:
            if other.key.startswith(one.key + "."):
                checker.add(other.place, f"factors.{other.key}", f"lies within {one.key}")
    return factors


def _from_table(
    path: str,
    tree: MapNode,
    body: MapNode | None,
    ranges: Mapping[str, Range],
    checker: Checker,
) -> tuple[tuple[Factor, ...], tuple[Point, ...]]:
    """Read factors and points from the CSV file that the design names.

    An empty field is the scenario's own value.
    """
    if "factors" in tree.entries:
        message = "cannot stand beside kind csv: the file's columns are the factors"
        checker.add(tree.key_place("factors"), "factors", message)
    text = checker.text(checker.required(body, "design", "file"), "design.file") if body else None
    if text is None:
        return (), ()
    shown = os.path.normpath(Path(path).parent / text)
    columns = column_names(Path(shown), shown)
    rows = read_table(Path(shown), shown, checker, columns)
    found: list[Point] = []
    for row in rows:
        found.append(tuple(
            row.number(name, checker) if row.cells[name].strip() else None for name in columns
        ))  # fmt: skip
    factors = []
    for place, name in enumerate(columns):
        where = rows[0].place(name) if rows else tree.place
        if wrong := misnamed(name, ranges):
            checker.add(where, name, wrong)
        values = [value for point in found if (value := point[place]) is not None]
        if values:
            levels = tuple(dict.fromkeys(values))
            factors.append(Factor(name, min(values), max(values), levels, where))
        else:
            checker.add(where, name, "no value in any row")
    return tuple(factors), tuple(found)


def _design(
    kind: str,
    body: MapNode | None,
    factors: Sequence[Factor],
    rows: tuple[Point, ...],
    checker: Checker,
) -> Design:
    """Return the design after checking that it has points, and not too many."""
    if body is None or not kind:
        return Design("csv")
    sound = not checker.problems  # else it is not known whether n is needed
    ranged = any(not factor.levels for factor in factors)
    counted = kind in SAMPLED or (kind in ("grid", "oat") and ranged)
    node: Node | None = checker.required(body, "design", "n") if counted else None
    least = 1 if kind in SAMPLED else 2
    n = checker.integer(node, "design.n", least, MAX_CELLS) or 0
    seed = checker.integer(body.entries.get("seed"), "design.seed", 0, 2**32 - 1)
    for name, apply in (("n", counted), ("seed", kind in SAMPLED), ("file", kind == "csv")):
        if name in body.entries and not apply and sound:
            checker.add(body.key_place(name), f"design.{name}", f"does not apply to kind {kind}")
    if kind == "sobol" and n and n & (n - 1):
        near = 2 ** (n.bit_length() - 1)
        message = f"{n} must be a power of two, such as {near} or {2 * near}"
        checker.add(body.key_place("n"), "design.n", message)
    design = Design(kind, n, 1 if seed is None else seed, rows)
    cells = size(design, factors)
    if factors and not checker.problems and not 1 <= cells <= MAX_CELLS:
        message = f"{cells} cells are outside the legal range 1 to {MAX_CELLS}"
        checker.add(body.key_place("n"), "design", message)
    return design
