"""Attainment curves of all cells of a sweep, coloured by the factor that moves each target most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes

from sim.report.figures.maps import chosen, short
from sim.report.figures.reading import target_name
from sim.report.figures.registry import Page
from sim.report.figures.style import (
    GREY,
    foot,
    grid,
    percent_axis,
    pick,
    positions,
    wrap,
    year_ticks,
)
from sim.report.scorecard import Cell
from sim.report.words import Language
from sim.units import quarter_name

if TYPE_CHECKING:
    from sim.report.sweeps import Surface

COLUMNS, PANELS = 3, 18
DATA = ("cell", "target_id", "reading", "quarter", "probability")


def spaghetti(surface: Surface, lang: Language) -> list[Page]:
    """Draw one panel per target, one line per cell."""
    count = len(surface.targets)
    return [
        _page(surface, range(first, min(first + PANELS, count)), lang)
        for first in range(0, count, PANELS)
    ]


def _page(surface: Surface, targets: Sequence[int], lang: Language) -> Page:
    canvas, axes = grid(-(-len(targets) // COLUMNS), COLUMNS, 1.05, top=0.45, bottom=0.7, left=0.5,
                        right=0.15, across=0.4, down=0.75)  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for panel in axes[len(targets) :]:
        panel.remove()
    for panel, place in zip(axes, targets, strict=False):
        rows += _panel(panel, surface, place, lang)
    foot(canvas, pick(
        lang, "Share of members for which the target holds, one line per cell; colour: the factor "
        "named, from low (dark) to high (bright).",
        "各单元一条曲线：达标样本占比；颜色表示所注因素由低（深）到高（亮）。",
    ))  # fmt: skip
    return Page(canvas, DATA, rows)


def _panel(panel: Axes, surface: Surface, place: int, lang: Language) -> list[tuple[Cell, ...]]:
    target = surface.targets[place]
    factor = chosen(surface, surface.chances[:, place], None)[0] if len(surface.factors) > 1 else 0
    shown = surface.shown.astype(int)
    values = surface.settings[shown, factor]
    ends = surface.factors[factor]
    share = (values - ends.low) / ((ends.high - ends.low) or 1.0)
    x = positions(surface.quarters)
    colours = colormaps["viridis"](np.clip(np.nan_to_num(share, nan=0.5), 0.0, 1.0))
    rows: list[tuple[Cell, ...]] = []
    panel.axhline(0.5, color=GREY, linewidth=0.6, linestyle=(0, (4, 3)))
    for line, cell in enumerate(shown):
        curve = surface.curves[line, place]
        panel.plot(x, curve, color=colours[line], linewidth=0.7, alpha=0.8)
        rows += [
            (int(cell), target.id, target.reading, quarter_name(quarter), float(chance))
            for quarter, chance in zip(surface.quarters, curve, strict=True)
            if not np.isnan(chance)
        ]
    percent_axis(panel)
    year_ticks(panel, float(x[0]), float(x[-1]), 3)
    panel.tick_params(labelsize=7)
    panel.set_title(wrap(f"{target.clause} {target_name(target, lang)}", 38, 2), fontsize=7.5,
                    loc="left")  # fmt: skip
    panel.set_xlabel(short(ends.key), fontsize=7, labelpad=1)
    return rows
