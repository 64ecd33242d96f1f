"""The pipeline of large projects: signed, started, producing, against the plan's numbers."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from sim.report.figures.panels import COLUMNS, Rows, legend_below, lines, told
from sim.report.figures.reading import spread
from sim.report.figures.registry import Page, figure
from sim.report.figures.style import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    VERMILLION,
    band,
    grid,
    pick,
    positions,
    tidy_numbers,
    year_ticks,
)
from sim.report.material import Material
from sim.report.words import Language

BANDS = {
    "projects_ge_2bn": ("2 bn yuan and more", "20亿元以上"),
    "projects_5_10bn": ("5 to 10 bn yuan", "50—100亿元"),
    "projects_ge_10bn": ("10 bn yuan and more", "100亿元以上"),
}
OTHERS = {
    "project_pipeline": (BLUE, "under way", "推进中"),
    "projects_producing": (GREEN, "producing", "已投产"),
    "projects_displaced": (ORANGE, "from neighbours", "来自周边城市"),
    "projects_abandoned": (PURPLE, "given up", "撤项"),
    "projects_vetoed": (VERMILLION, "vetoed", "否决"),
}
"""Indicator to colour and short name."""


@figure(
    "projects",
    "Pipeline of large projects",
    "重大项目进展",
    caption_en="New projects since the first quarter by size: signed (blue) and construction "
    "started (orange), median and 80 % band; the green line is the plan's number. Lower right: "
    "projects under way at the quarter's end, and since the start those producing, drawn from "
    "neighbouring cities, given up after signing, and vetoed.",
    caption_zh="自首季起按投资规模的新项目：签约（蓝）与开工（橙），中位数与 80% 区间；绿线为方案"
    "目标数。右下：季末在谈、签约与在建项目，以及累计投产、来自周边城市、签约后撤项与一票否决的项目。",
)
def projects(material: Material, lang: Language) -> Sequence[Page]:
    """Draw the size bands and what became of projects."""
    if spread(material, "projects_ge_2bn") is None:
        return ()
    canvas, panels = grid(
        2, 2, 1.6, top=0.35, bottom=0.65, left=0.5, right=0.25, across=0.55, down=0.75
    )
    rows: Rows = []
    for panel, name in zip(panels, BANDS, strict=False):
        rows += _size(panel, material, name, lang)
    legend_below(panels[2], 3)
    rows += lines(
        panels[3], material, {name: look[0] for name, look in OTHERS.items()}, lang,
        pick(lang, "What becomes of projects", "项目去向"),
        {name: pick(lang, *look[1:]) for name, look in OTHERS.items()},
    )  # fmt: skip
    legend_below(panels[3], 3)
    return [Page(canvas, COLUMNS, rows)]


def _size(panel: Axes, material: Material, name: str, lang: Language) -> Rows:
    quarters = material.ensemble.quarters
    x = positions(quarters)
    rows: Rows = []
    for indicator, colour, en, zh in (
        (name, BLUE, "signed", "签约"),
        (f"{name}_construction_started", ORANGE, "construction started", "开工"),
    ):
        values = spread(material, indicator)
        if values is not None:
            band(panel, x, values, colour, pick(lang, en, zh))
            rows += told("size", indicator, quarters, "projects", values)
    wanted = [
        e.assessment.target.low for e in material.scorecard.default_entries
        if e.assessment.target.indicator == name and e.assessment.target.low is not None
    ]  # fmt: skip
    for bound in wanted:
        panel.axhline(bound, color=GREEN, linewidth=1.4, label=pick(lang, "target", "目标"))
        rows.append(("size", "target", None, "projects", bound, bound, bound))
    panel.set_ylim(bottom=0.0)
    year_ticks(panel, float(x[0]), float(x[-1]), 4)
    tidy_numbers(panel)
    panel.set_title(pick(lang, *BANDS[name]), loc="left")
    return rows
