"""``sensitivity.csv`` of a sweep, its figures, and what it could not use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sim.report.words import Language
from sim.store import atomic_write_text, write_csv
from sim.sweep.analysing import COLUMNS, Sensitivity, analyse

if TYPE_CHECKING:
    from sim.sweep.sweeping import SweptCells


def write_sensitivity(
    swept: SweptCells, folder: Path, lang: Language, svg: bool, *, figures: bool = True
) -> Sensitivity:
    """Analyse a sweep and write the table, a note on what it rests on, and the figures.

    Parameters
    ----------
    swept : SweptCells
        A sweep of kind ``sobol`` or ``morris``.
    folder : Path
        The sweep's directory, not yet published.
    lang : {"en", "zh"}
        Language of labels.
    svg, figures : bool
        SVG beside PNG; figures at all.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    found = analyse(swept)
    write_csv(folder / "sensitivity.csv", COLUMNS, found.rows)
    about = {
        "method": swept.sweep.design.kind,
        "blocks": found.blocks,
        "blocks_left_out": found.left_out,
        "outputs_that_do_not_vary": list(found.constant),
    }
    text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
    atomic_write_text(folder / "sensitivity.json", text)
    if figures and found.rows:
        from sim.report.figures.tornado import draw_sensitivity

        draw_sensitivity(found, swept, folder / "figures", lang, svg)
    return found
