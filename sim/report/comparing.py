"""Outputs of a comparison: tables, IAMC file, one figure per target, and the page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.comparison import Row, Side, compare
from sim.checkpoints import flat
from sim.report.figures.curves import Curves, draw_curves
from sim.report.iamc import Block, iamc_table, variable_names
from sim.report.material import Material
from sim.report.tables import Table, write_table
from sim.report.words import Language
from sim.scenario import resolved

if TYPE_CHECKING:
    from sim.scenario import Scenario

COLUMNS = Row._fields
ABSENT = "absent"
IDENTITY = ("name", "label", "report", "members")
"""Keys that change no member's numbers."""


@dataclass(frozen=True)
class Compared:
    """Finished runs to be compared.

    Attributes
    ----------
    scenarios, materials : tuple
        The scenarios, named apart, and their runs, in the order given.
    rows : tuple of Row
        Content of ``comparison.csv``.
    inputs : tuple of tuple
        Content of ``inputs_diff.csv``: key, then the value in each scenario.
    """

    scenarios: tuple[Scenario, ...]
    materials: tuple[Material, ...]
    rows: tuple[Row, ...]
    inputs: tuple[tuple[str, ...], ...]


def compared(scenarios: Sequence[Scenario], materials: Sequence[Material]) -> Compared:
    """Compare finished runs of one horizon, pair by pair."""
    sides = [side_of(s, m) for s, m in zip(scenarios, materials, strict=True)]
    return Compared(
        tuple(scenarios), tuple(materials), tuple(compare(sides)), tuple(inputs_diff(scenarios))
    )


def side_of(scenario: Scenario, material: Material) -> Side:
    """Return what the analysis of pairs needs of a run."""
    content = {k: v for k, v in resolved(scenario).items() if k not in IDENTITY}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return Side(
        scenario.name,
        np.asarray(material.dataset["member"].values),
        material.ensemble,
        material.scorecard.assessments,
        hashlib.sha256(text.encode("utf-8")).hexdigest(),
    )


def inputs_diff(scenarios: Sequence[Scenario]) -> list[tuple[str, ...]]:
    """Return every key of the resolved scenarios that is not the same in all, names first.

    Parameters
    ----------
    scenarios : sequence of Scenario
        At least two.
    """
    trees = [flat(resolved(scenario)) for scenario in scenarios]
    keys = sorted({key for tree in trees for key in tree} - {"name"})
    rows = [("name", *(scenario.name for scenario in scenarios))]
    for key in keys:
        values = tuple(_in_force(tree, key) for tree in trees)
        if len(set(values)) > 1 and not key.startswith(("label.", "report.")):
            rows.append((key, *values))
    return rows


def _in_force(tree: Mapping[str, str], key: str) -> str:
    """Return the value of a key; of a quarter that a path does not name, the value held."""
    if key in tree:
        return tree[key]
    above, _, last = key.rpartition(".")
    if key.startswith("levers.") and last[:4].isdigit():
        earlier = [k for k in tree if k.rpartition(".")[0] == above and k < key]
        if earlier:
            return tree[max(earlier)]
    return ABSENT


def tables_of(found: Compared) -> tuple[Table, Table]:
    """Return ``comparison.csv`` and ``inputs_diff.csv``; a third scenario is column ``c``."""
    letters = tuple(_letter(place) for place in range(len(found.scenarios)))
    return (
        Table("comparison", COLUMNS, found.rows),
        Table("inputs_diff", ("key", *letters), found.inputs),
    )


def _letter(place: int) -> str:
    """Return a, b, ... z, aa, ab, ...

    Examples
    --------
    >>> [_letter(place) for place in (0, 2, 25, 26)]
    ['a', 'c', 'z', 'aa']
    """
    ahead, last = divmod(place, len(ascii_lowercase))
    return (_letter(ahead - 1) if ahead else "") + ascii_lowercase[last]


def block_of(name: str, material: Material) -> Block:
    """Return what a run puts into an IAMC file."""
    return Block(
        name, material.city.name, material.ensemble, material.units, material.kinds,
        material.scorecard.assessments,
    )  # fmt: skip


def curves_of(found: Compared) -> list[Curves]:
    """Return the attainment curves of every default reading that some scenario can assess."""
    curves = []
    for entry in found.materials[0].scorecard.default_entries:
        target = entry.assessment.target
        shares: list[tuple[str, np.ndarray]] = []
        for scenario, material in zip(found.scenarios, found.materials, strict=True):
            curve = material.scorecard.entry(target.id).assessment.curve
            if curve is not None:
                shares.append((scenario.name, curve))
        if shares:
            curves.append(Curves(target, tuple(shares)))
    return curves


def write_comparison(found: Compared, folder: Path, lang: Language, svg: bool) -> None:
    """Write everything that people read from a comparison into its directory.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    from sim.report import CODELIST
    from sim.report.comparison_page import write_page

    for table in tables_of(found):
        write_table(table, folder)
    blocks = [block_of(s.name, m) for s, m in zip(found.scenarios, found.materials, strict=True)]
    write_table(iamc_table(blocks, variable_names(CODELIST)), folder)
    quarters = found.materials[0].ensemble.quarters
    draw_curves(curves_of(found), quarters, folder / "figures", lang, svg)
    write_page(found, folder, lang)
