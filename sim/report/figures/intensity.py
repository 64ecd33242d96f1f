"""Energy and water per unit of value added: how far they fall, and why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from sim.analysis.attainment import quantiles
from sim.report.figures.fans import Chart, draw_chart
from sim.report.figures.panels import COLUMNS, Rows, told
from sim.report.figures.reading import has_all, spread, year_end_positions
from sim.report.figures.registry import Page, figure
from sim.report.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    grid,
    pick,
    tidy_numbers,
)
from sim.report.material import Material
from sim.report.words import Language
from sim.results import Floats
from sim.units import year_of

RESOURCES = {
    "energy": ("Energy per value added, change since 2015, %", "单位增加值能耗比2015年，%"),
    "water": ("Water per value added, change since 2015, %", "单位增加值用水量比2015年，%"),
}
PARTS = {
    "technology": ("technology within sectors", "行业内技术", BLUE),
    "structure": ("shift between sectors", "行业结构", ORANGE),
    "turnover": ("entry and exit", "企业进出", GREEN),
}
ACCOUNT = {
    "use": ("use", "用量", ORANGE),
    "value": ("value added (minus sign)", "增加值（取负）", GREEN),
}


@figure(
    "intensity",
    "Energy and water intensity, and what moves them",
    "能耗与水耗强度及其驱动因素",
    caption_en="Left: change of energy and water per unit of industrial value added since 2015, "
    "with the target in green. Right: what the change since the year before the start consists "
    "of (medians, log points): better technology within sectors, a shift between sectors, and "
    "firms that came and went; the black mark is the whole change with its 80 % range. Where a run "
    "does not hold these parts, the change since the first year is split into use and value added.",
    caption_zh="左：单位工业增加值能耗与用水量比 2015 年的变化，绿线为目标。右：较起点前一年的"
    "变化构成（中位数，对数百分点）：行业内技术进步、行业结构变动与企业进出；黑色标记为总变化及 "
    "80% 区间。若结果中没有这些构成，则将较首年的变化分解为用量与增加值。",
)
def intensity(material: Material, lang: Language) -> Sequence[Page]:
    """Draw the change of each intensity and its parts."""
    shown = [r for r in RESOURCES if spread(material, f"{r}_intensity_change") is not None]
    if not shown:
        return ()
    canvas, panels = grid(
        len(shown), 2, 1.6, top=0.4, bottom=0.6, left=0.5, right=0.25, across=0.6, down=0.85
    )
    rows: Rows = []
    for place, resource in enumerate(shown):
        rows += _level(panels[2 * place], material, resource, lang)
        rows += _parts(panels[2 * place + 1], material, resource, lang)
    return [Page(canvas, COLUMNS, rows)]


def _level(panel: Axes, material: Material, resource: str, lang: Language) -> Rows:
    name = f"{resource}_intensity_change"
    values = spread(material, name)
    assert values is not None
    goals = [
        e.assessment.target.high for e in material.scorecard.default_entries
        if e.assessment.target.indicator == name
    ]  # fmt: skip
    quarters = material.ensemble.quarters
    chart = Chart(name, "", "", quarters, values, None, goals[0] if goals else None)
    draw_chart(panel, material, chart)
    panel.set_title(pick(lang, *RESOURCES[resource]), loc="left")
    return told("level", name, quarters, "%", values)


def _parts(panel: Axes, material: Material, resource: str, lang: Language) -> Rows:
    names = {part: f"{resource}_intensity_effect_{part}" for part in PARTS}
    ends: Sequence[int] = year_end_positions(material.ensemble.quarters)
    if has_all(material, list(names.values())):
        table = {part: material.ensemble.indicators[name][:, ends] for part, name in names.items()}
        look = PARTS
        title = pick(lang, "What moved it since the start", "起点以来变化的构成")
    else:
        table, ends = _account(material, resource, ends)
        look = ACCOUNT
        title = pick(lang, "Since the first year", "较首年")
    if not table:
        panel.set_axis_off()
        return []
    rows = _bars(panel, material, ends, table, look, lang)
    panel.set_title(pick(lang, f"{title}, log points", f"{title}，对数百分点"), loc="left")
    return rows


def _account(
    material: Material, resource: str, ends: Sequence[int]
) -> tuple[dict[str, Floats], Sequence[int]]:
    """Return log changes of use and of value added (sign turned) since the first year end."""
    use = material.ensemble.indicators.get(f"industrial_{resource}")
    level = material.ensemble.indicators.get(f"{resource}_intensity")
    if use is None or level is None or len(ends) < 2:
        return {}, ends
    logs = 100.0 * np.log(use[:, ends] / use[:, ends[:1]])
    intensity_logs = 100.0 * np.log(level[:, ends] / level[:, ends[:1]])
    return {"use": logs[:, 1:], "value": (intensity_logs - logs)[:, 1:]}, ends[1:]


def _bars(
    panel: Axes,
    material: Material,
    ends: Sequence[int],
    table: dict[str, Floats],
    look: dict[str, tuple[str, str, str]],
    lang: Language,
) -> Rows:
    quarters = [material.ensemble.quarters[end] for end in ends]
    x = np.arange(len(ends), dtype=float)
    rows: Rows = []
    above, below = np.zeros(len(ends)), np.zeros(len(ends))
    for part, values in table.items():
        middle = quantiles(values)
        height = np.nan_to_num(middle[4])
        base = np.where(height >= 0.0, above, below)
        en, zh, colour = look[part]
        panel.bar(x, height, 0.5, bottom=base, color=colour, alpha=0.85, label=pick(lang, en, zh))
        above += np.maximum(height, 0.0)
        below += np.minimum(height, 0.0)
        rows += told("parts", part, quarters, "log points", middle)
    total = quantiles(np.sum(list(table.values()), axis=0))
    panel.errorbar(x, total[4], [total[4] - total[2], total[6] - total[4]], fmt="D", color=BLACK,
                   markersize=4, elinewidth=1.0, capsize=3,
                   label=pick(lang, "whole change", "总变化"))  # fmt: skip
    rows += told("parts", "total", quarters, "log points", total)
    panel.axhline(0.0, color=BLACK, linewidth=0.6)
    panel.set_xlim(-0.6, len(ends) - 0.4)
    panel.set_xticks(x, [str(year_of(quarter)) for quarter in quarters])
    tidy_numbers(panel)
    panel.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncol=2, handlelength=1.0,
                 columnspacing=0.9, fontsize=7.5)  # fmt: skip
    return rows
