"""Land: balance by use, flows by year, per-mu classes."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from sim.analysis.attainment import quantiles
from sim.report.figures.panels import COLUMNS, Rows, legend_below, lines, told, year_bars
from sim.report.figures.reading import has_all, spread
from sim.report.figures.registry import Page, figure
from sim.report.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SKY,
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
from sim.units import quarter_name

USES = {
    "other_built": ("Other built-up", "其他建设用地", GREY),
    "industrial": ("Industrial", "工业用地", BLUE),
    "innovation": ("Innovation M0", "创新型 M0", ORANGE),
    "reserve": ("Reserve", "储备用地", GREEN),
}
FLOWS = {
    "new_land_quota": VERMILLION,
    "new_industrial_quota": BLUE,
    "land_allocated_to_firms": SKY,
    "redeveloped_land": GREEN,
    "industrial_land_converted": ORANGE,
}
"""Yearly land flows in mu that are drawn where the run has them."""
CLASSES = {
    "land_by_class_A": BLUE,
    "land_by_class_B": SKY,
    "land_by_class_C": ORANGE,
    "land_by_class_D": VERMILLION,
}


@figure(
    "land",
    "Land balance and per-mu classes",
    "土地平衡与亩均分类",
    caption_en="Upper left: land by use (medians, stacked). Upper right: its change since the "
    "first quarter, with 80 % bands. Lower left: land that changed hands in each year, with 80 % "
    "ranges. Lower right: land held by firms of the per-mu classes A (best) to D.",
    caption_zh="左上：各类用地（中位数叠加）。右上：较首季的变化及 80% 区间。左下：各年土地"
    "流量及 80% 区间。"
    "右下：亩均评价 A（最优）至 D 类企业的用地。",
)
def land(material: Material, lang: Language) -> Sequence[Page]:
    """Draw stocks, changes, flows and classes."""
    if not has_all(material, [f"land_by_use_{use}" for use in USES]):
        return ()
    canvas, panels = grid(
        2, 2, 1.85, top=0.35, bottom=0.8, left=0.6, right=0.25, across=0.65, down=0.85
    )
    rows = _uses(panels[0], material, lang)
    rows += _changes(panels[1], material, lang)
    rows += _flows(panels[2], material, lang)
    rows += _classes(panels[3], material, lang)
    return [Page(canvas, COLUMNS, rows)]


def _uses(panel: Axes, material: Material, lang: Language) -> Rows:
    quarters = material.ensemble.quarters
    x = positions(quarters)
    spreads = {use: spread(material, f"land_by_use_{use}") for use in USES}
    known = {use: values for use, values in spreads.items() if values is not None}
    panel.stackplot(
        x, [values[4] for values in known.values()],
        colors=[USES[use][2] for use in known], alpha=0.75,
        labels=[pick(lang, *USES[use][:2]) for use in known], linewidth=0,
    )  # fmt: skip
    year_ticks(panel, float(x[0]), float(x[-1]), 4)
    tidy_numbers(panel)
    panel.set_title(pick(lang, "Land by use, km²", "各类用地，平方公里"), loc="left")
    panel.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncol=4, handlelength=0.8,
                 columnspacing=0.8, handletextpad=0.4, fontsize=7.5)  # fmt: skip
    return [
        row for use, values in known.items()
        for row in told("use", f"land_by_use_{use}", quarters, "km2", values)
    ]  # fmt: skip


def _changes(panel: Axes, material: Material, lang: Language) -> Rows:
    quarters = material.ensemble.quarters
    x = positions(quarters)
    rows: Rows = []
    for use, (en, zh, colour) in USES.items():
        values = material.ensemble.indicators[f"land_by_use_{use}"]
        change = quantiles(values - values[:, :1])
        band(panel, x, change, colour, pick(lang, en, zh))
        rows += told("change", f"land_by_use_{use}", quarters, "km2", change)
    panel.axhline(0.0, color="black", linewidth=0.6)
    year_ticks(panel, float(x[0]), float(x[-1]), 4)
    tidy_numbers(panel)
    first = quarter_name(quarters[0])
    title = pick(lang, f"Change since {first}, km²", f"较 {first} 变化，平方公里")
    panel.set_title(title, loc="left")
    return rows


def _flows(panel: Axes, material: Material, lang: Language) -> Rows:
    title = pick(lang, "Land flows of the year, mu", "当年土地流量，亩")
    rows = year_bars(panel, material, FLOWS, lang, title)
    if rows:
        legend_below(panel)
    return rows


def _classes(panel: Axes, material: Material, lang: Language) -> Rows:
    title = pick(lang, "Land by per-mu class, km²", "亩均分类用地，平方公里")
    rows = lines(panel, material, CLASSES, lang, title)
    panel.set_ylim(bottom=0.0)
    handles, _ = panel.get_legend_handles_labels()
    panel.legend(handles, [name[-1] for name in CLASSES], loc="upper center", ncol=4,
                 bbox_to_anchor=(0.5, -0.13), handlelength=1.2, fontsize=7.5)  # fmt: skip
    return rows
