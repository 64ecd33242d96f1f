"""Pictures with one row per target: the names on the left, an axis of shares on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.report.figures.reading import target_name
from sim.report.figures.style import GREY, grid, wrap
from sim.report.scorecard import Entry
from sim.report.words import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

ROW = 0.185
"""Inches per target."""
NAMES = 3.5
"""Inches for clauses and names of targets."""
TICKS = {0.0: "0", 0.25: "25", 0.5: "50", 0.75: "75", 1.0: "100 %"}


TITLE_PAD = 22.0
"""Points from the panel to its title, above the marks of the axis."""


def target_rows(
    entries: Sequence[Entry],
    lang: Language,
    *,
    ticks: dict[float, str] = TICKS,
    top: float = 0.35,
    bottom: float = 0.5,
    right: float = 0.6,
) -> tuple[Canvas, Axes]:
    """Return a page whose only panel has one row per target, named, and an axis from 0 to 1.

    Parameters
    ----------
    entries : sequence of Entry
        From top to bottom; those of one clause stand together.
    lang : {"en", "zh"}
        Language of names.
    ticks : dict
        Marks of the axis.
    top, bottom, right : float
        Margins, inches.
    """
    from matplotlib.transforms import blended_transform_factory

    canvas, (panel,) = grid(
        1, 1, ROW * len(entries) + 0.1, top=top, bottom=bottom, left=NAMES, right=right
    )
    panel.set_ylim(len(entries) - 0.4, -0.6)
    panel.set_xlim(-0.02, 1.02)
    panel.set_xticks(list(ticks), list(ticks.values()))
    panel.set_yticks([])
    panel.xaxis.tick_top()
    panel.spines[["left", "bottom", "top"]].set_visible(False)
    panel.tick_params(top=False)
    place_of = blended_transform_factory(canvas.dpi_scale_trans, panel.transData)
    clause = None
    for place, entry in enumerate(entries):
        target = entry.assessment.target
        if target.clause != clause:
            panel.text(0.24, place, str(target.clause), transform=place_of, ha="right",
                       va="center", fontsize=7.5)  # fmt: skip
            if place:
                panel.plot([0.06, NAMES + 0.02], [place - 0.5] * 2, transform=place_of,
                           color=GREY, linewidth=0.3, clip_on=False)  # fmt: skip
        clause = target.clause
        panel.text(0.34, place, wrap(target_name(target, lang), 61, 1), transform=place_of,
                   ha="left", va="center", fontsize=7.5)  # fmt: skip
    return canvas, panel
