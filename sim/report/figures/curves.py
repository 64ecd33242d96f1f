"""Attainment curves of several scenarios in one panel: a page for each target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.plan import Target
from sim.report.figures.reading import target_name
from sim.report.figures.registry import Page
from sim.report.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    grid,
    percent_axis,
    pick,
    plain,
    positions,
    styled,
    wrap,
    year_ticks,
)
from sim.report.scorecard import Cell
from sim.report.words import Language, percent
from sim.results import Floats
from sim.store import safe_name, told
from sim.units import quarter_name

COLOURS = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, BLACK)
DASHES: tuple[object, ...] = ("solid", (0, (5, 2)), (0, (1.5, 1.5)))
COLUMNS = ("target_id", "reading", "scenario", "quarter", "probability")


@dataclass(frozen=True)
class Curves:
    """A target's attainment in several scenarios.

    Attributes
    ----------
    target : Target
        The reading shown.
    shares : tuple of (str, ndarray)
        Scenario and its share of members by quarter, up to the deadline.
    """

    target: Target
    shares: tuple[tuple[str, Floats], ...]


def draw_curves(
    found: Sequence[Curves], quarters: Sequence[int], folder: Path, lang: Language, svg: bool
) -> tuple[str, ...]:
    """Draw one page per target and write it with its data.

    Parameters
    ----------
    found : sequence of Curves
        What to draw.
    quarters : sequence of int
        Quarter indices from the first of all curves.
    folder : Path
        Where ``attainment_<target>.png`` and ``.csv`` go; created.
    lang : {"en", "zh"}
        Language of labels.
    svg : bool
        Whether SVG is written too.

    Returns
    -------
    tuple of str
        Names of the pages.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    from sim.report.figures import write_page

    with told(folder, "create the directory"):
        folder.mkdir(parents=True, exist_ok=True)
    names = []
    with styled(lang) as drawable:
        for one in found:
            names.append(safe_name(f"attainment_{one.target.id}"))
            write_page(_page(one, quarters, drawable), folder, names[-1], svg)
    return tuple(names)


def _page(found: Curves, quarters: Sequence[int], lang: Language) -> Page:
    below = 0.35 + 0.17 * (1 + len(found.shares) // 2)
    canvas, (panel,) = grid(1, 1, 2.4, top=0.5, bottom=below, left=0.7, right=0.2)
    panel.axhline(0.5, color=GREY, linewidth=0.7, linestyle=(0, (4, 3)))
    rows: list[tuple[Cell, ...]] = []
    for place, (scenario, curve) in enumerate(found.shares):
        shown = quarters[: len(curve)]
        dash = DASHES[place % len(DASHES)]
        panel.plot(
            positions(shown), curve, color=COLOURS[place % len(COLOURS)], linestyle=dash,
            marker="." if len(curve) <= 4 else "", clip_on=False,
            label=wrap(f"{plain(scenario)}: {percent(float(curve[-1]))}", 50, 1),
        )  # fmt: skip
        rows += [
            (found.target.id, found.target.reading, scenario, quarter_name(quarter), float(share))
            for quarter, share in zip(shown, curve, strict=True)
        ]
    longest = max(len(curve) for _, curve in found.shares)
    x = positions(quarters[:longest])
    percent_axis(panel)
    year_ticks(panel, float(x[0]), float(x[-1]))
    panel.set_ylabel(pick(lang, "share of members", "达标样本占比"))
    panel.set_title(
        wrap(f"{found.target.clause} {target_name(found.target, lang)}", 90, 2), loc="left"
    )
    panel.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.1), ncol=2, handlelength=2.2, fontsize=7.5
    )
    return Page(canvas, COLUMNS, rows)
