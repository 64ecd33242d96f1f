"""Outputs of a sweep: tables, IAMC file, figures, and the sensitivity of what came out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.attainment import Floats
from sim.report import CODELIST
from sim.report.sweep_tables import write_sweep_tables
from sim.report.words import Language
from sim.sweep.dataset import together
from sim.sweep.factors import Factor

if TYPE_CHECKING:
    from sim.plan import Target
    from sim.sweep.sweeping import SweptCells

CURVES_SHOWN = 200
"""So many cells at most, evenly taken, are drawn as curves."""


@dataclass(frozen=True)
class Surface:
    """What the figures of a sweep show.

    Attributes
    ----------
    factors : tuple of Factor
        What was varied.
    settings : ndarray, shape (cells, factors)
        Values; NaN is the scenario's own.
    targets : tuple of Target
        Default readings that can be assessed, by clause.
    chances : ndarray, shape (cells, targets)
        Probability at each target's deadline; NaN in a failed cell.
    joint : ndarray, shape (cells,)
        Probability of all outcomes together.
    quarters : tuple of int
        Of the curves.
    shown : ndarray, shape (curves,)
        Cells whose curves are drawn.
    curves : ndarray, shape (curves, targets, quarters)
        Attainment by quarter.
    """

    factors: tuple[Factor, ...]
    settings: Floats
    targets: tuple[Target, ...]
    chances: Floats
    joint: Floats
    quarters: tuple[int, ...]
    shown: Floats
    curves: Floats


def write_sweep(
    swept: SweptCells,
    folder: Path,
    lang: Language,
    *,
    svg: bool = False,
    sensitivity: bool = False,
    pair: tuple[str, str] | None = None,
    figures: bool = True,
) -> None:
    """Write everything that people read from a sweep into its directory.

    Parameters
    ----------
    swept : SweptCells
        A sweep whose cells all have records.
    folder : Path
        The directory, not yet published.
    lang : {"en", "zh"}
        Language of labels.
    svg, sensitivity : bool
        SVG beside PNG; ``sensitivity.csv`` and its figures.
    pair : tuple of (str, str), optional
        The factors of the maps; by default each target's two strongest.
    figures : bool
        Figures at all.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    write_sweep_tables(swept, folder, CODELIST)
    if figures:
        from sim.report.figures.sweeps import draw_sweep

        draw_sweep(surface_of(swept), folder / "figures", lang, svg, pair)
    if sensitivity:
        from sim.report.sensitivity_report import write_sensitivity

        write_sensitivity(swept, folder, lang, svg, figures=figures)


def surface_of(swept: SweptCells) -> Surface:
    """Return what the figures show; records pass one at a time."""
    plan, cells = swept.sweep.plan, swept.grid.cells
    quarters = swept.results.quarters
    rows = [
        row for row, target in enumerate(plan.targets)
        if target.default_reading and target.deadline in quarters
    ]  # fmt: skip
    rows.sort(key=lambda row: plan.targets[row].clause)
    ends = [quarters.index(plan.targets[row].deadline) for row in rows]
    step = -(-len(cells) // CURVES_SHOWN)
    chances = np.full((len(cells), len(rows)), np.nan)
    joint, curves = np.full(len(cells), np.nan), []
    for place, record in enumerate(swept.results.records()):
        if len(record.members):
            chances[place] = record.curves[rows, ends]
            joint[place] = together(record, plan.targets, commitments=False)
        if place % step == 0:
            blank = np.full((len(rows), len(quarters)), np.nan)
            curves.append(record.curves[rows] if len(record.members) else blank)
    known = np.flatnonzero(~np.isnan(chances).all(axis=0)) if len(rows) else np.zeros(0, dtype=int)
    settings = [[np.nan if value is None else value for value in cell.point] for cell in cells]
    return Surface(
        swept.sweep.factors, np.array(settings), tuple(plan.targets[rows[k]] for k in known),
        chances[:, known], joint, quarters, np.arange(0, len(cells), step, dtype=np.float64),
        np.stack(curves)[:, known],
    )  # fmt: skip
