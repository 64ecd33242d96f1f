"""Attainment curves of all targets, and the scorecard as a picture."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from sim.report.figures.reading import assessable, not_assessable, target_name
from sim.report.figures.registry import Page, figure
from sim.report.figures.style import (
    BLUE,
    GREY,
    VERMILLION,
    foot,
    grid,
    percent_axis,
    pick,
    positions,
    wrap,
    year_ticks,
)
from sim.report.material import Material
from sim.report.scorecard import Cell, Entry
from sim.report.words import Language, percent, say
from sim.results import Floats
from sim.units import quarter_name

COLUMNS, PANELS = 4, 24


@figure(
    "attainment",
    "Attainment curves of the targets",
    "各目标达标曲线",
    caption_en="Each panel is one target, with the number of its clause: the share of simulated "
    "cities that meet it at each quarter by its own definition. The dashed line marks one half; "
    "the number is the probability at the deadline. Blue: outcomes; red: commitments, which are "
    "largely the government's own choice. A mark on the time axis is the end of that year.",
    caption_zh="每格为一项目标（编号为条款号）：各季度按目标自身定义达标的模拟城市占比。虚线为一半；"
    "数字为期限时的概率。蓝色为结果性目标，红色为主要由政府自行决定的承诺性目标。"
    "时间轴刻度为该年年末。",
)
def attainment(material: Material, lang: Language) -> Sequence[Page]:
    """Draw one small panel per target, by clause."""
    entries = assessable(material)
    if not entries:
        return ()
    pages = [entries[first : first + PANELS] for first in range(0, len(entries), PANELS)]
    left_out = not_assessable(material)
    return [_page(material, part, left_out if part is pages[-1] else [], lang) for part in pages]


def _page(
    material: Material, entries: Sequence[Entry], left_out: Sequence[Entry], lang: Language
) -> Page:
    rows = -(-len(entries) // COLUMNS)
    canvas, panels = grid(rows, COLUMNS, 0.68, top=0.42, bottom=0.75 if left_out else 0.3,
                          left=0.42, right=0.26, across=0.3, down=0.62)  # fmt: skip
    data: list[tuple[Cell, ...]] = []
    for place, panel in enumerate(panels):
        if place >= len(entries):
            panel.remove()
            continue
        data += _panel(panel, material, entries[place], lang)
        if place % COLUMNS:
            panel.tick_params(labelleft=False)
    if left_out:
        names = say("list_separator", lang).join(
            target_name(entry.assessment.target, lang) for entry in left_out
        )
        foot(canvas, pick(lang, f"Not assessable: {names}", f"无法评估：{names}"))
    return Page(canvas, ("target_id", "clause", "reading", "quarter", "probability"), data)


def _panel(panel: Axes, material: Material, entry: Entry, lang: Language) -> list[tuple[Cell, ...]]:
    one, target = entry.assessment, entry.assessment.target
    assert one.curve is not None
    assert one.probability is not None
    quarters = material.ensemble.quarters[: len(one.curve)]
    x = positions(quarters)
    colour = BLUE if target.target_class == "outcome" else VERMILLION
    panel.axhline(0.5, color=GREY, linewidth=0.7, linestyle=(0, (4, 3)))
    panel.fill_between(x, 0.0, one.curve, color=colour, alpha=0.15, linewidth=0)
    panel.plot(x, one.curve, color=colour)
    percent_axis(panel)
    year_ticks(panel, float(x[0]), float(x[-1]), 4)
    panel.tick_params(axis="x", labelsize=7.5)
    panel.set_title(
        wrap(f"{target.clause} {target_name(target, lang)}", 32, 2), fontsize=7.5, loc="left",
        pad=4, linespacing=1.05,
    )  # fmt: skip
    _number(panel, one.curve, percent(one.probability), colour)
    return [
        (target.id, target.clause, target.reading, quarter_name(quarter), float(share))
        for quarter, share in zip(quarters, one.curve, strict=True)
    ]


def _number(panel: Axes, curve: Floats, text: str, colour: str) -> None:
    """Write the probability where the curve leaves room: above or below its first half."""
    start = curve[: max(len(curve) // 2, 1)]
    low, left = (0.9, 0.04) if start.max() < 0.6 else (0.12, 0.04)
    if start.max() >= 0.6 and start.min() <= 0.4:
        low, left = 0.12, 0.97
    panel.text(
        left, low, text, transform=panel.transAxes, ha="left" if left < 0.5 else "right",
        va="top" if low > 0.5 else "bottom", fontsize=8.5, color=colour,
    )  # fmt: skip
