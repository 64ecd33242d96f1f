"""Fan charts: history, target and projection of every indicator in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from sim.analysis.attainment import quantiles, since_window
from sim.report.figures.reading import (
    QUANTILE_COLUMNS,
    annual_only,
    assessable,
    indicator_name,
    indicator_unit,
    published,
    spread,
    target_name,
    year_end_positions,
)
from sim.report.figures.registry import Page, figure
from sim.report.figures.style import (
    BLUE,
    GREEN,
    GREY,
    STATUS_STYLE,
    fan,
    grid,
    pick,
    positions,
    tidy_numbers,
    wrap,
    year_position,
    year_ticks,
)
from sim.report.material import Material
from sim.report.scorecard import Cell, Entry, bounds
from sim.report.unit_words import unit_words
from sim.report.words import Language, say
from sim.results import Floats
from sim.units import quarter_name

COLUMNS, PANELS = 3, 15
HISTORY_YEARS = 10
"""So much of the past stands before the projection."""


@dataclass(frozen=True)
class Chart:
    """One panel: what is drawn and against which bounds."""

    name: str
    title: str
    unit: str
    quarters: tuple[int, ...]
    spread: Floats
    low: float | None = None
    high: float | None = None


@figure(
    "fans",
    "History, target and projection",
    "历史、目标与预测",
    caption_en="Bands hold 50, 80 and 95 % of the simulated cities, the line is their median; the "
    "green line is the target. Points are published figures by what they rest on: filled circle "
    "cited, square derived from others, red triangle from memory. Sums are shown per year, "
    "everything else by quarter. Panels without a green line are series with a history and no "
    "target of their own. No skill earned: earlier forecasts of the figure did not provably "
    "beat a benchmark, or nothing tests them (see the track record).",
    caption_zh="色带分别包含 50%、80%、95% 的模拟城市，实线为中位数；绿线为目标值。点为公布数字，"
    "按来源区分：实心圆有出处，方块由其他数字推算，红三角凭记忆。累计量按年显示，其余按季显示。"
    "没有绿线的格子是有历史数据而本身不设目标的序列。标有“未证明预测能力”者：其既往预测未能明确优于基准，"
    "或没有可供检验的数据（见预测业绩）。",
)
def fans(material: Material, lang: Language) -> Sequence[Page]:
    """Draw a fan for every target with a value, then for published series without a target."""
    charts = [_of_target(material, entry, lang) for entry in assessable(material)]
    targeted = {chart.name for chart in charts}
    for name in material.city.published:
        if name not in targeted and spread(material, name) is not None:
            charts.append(_of_indicator(material, name, lang))
    return [
        _page(material, charts[first : first + PANELS], lang)
        for first in range(0, len(charts), PANELS)
    ]


def _of_target(material: Material, entry: Entry, lang: Language) -> Chart:
    target = entry.assessment.target
    values = since_window(
        material.ensemble.indicators[target.indicator], material.ensemble.quarters, target
    )
    low, high = bounds(entry.assessment)
    title = f"{target.clause} {target_name(target, lang)}"
    if not entry.skill.earned:
        title += f" ({say('no_skill_mark', lang)})"
    return _chart(material, target.indicator, title, unit_words(target.unit, lang),
                  quantiles(values), low, high)  # fmt: skip


def _of_indicator(material: Material, name: str, lang: Language) -> Chart:
    values = spread(material, name)
    assert values is not None
    title = indicator_name(material, name, lang)
    return _chart(material, name, title, indicator_unit(material, name, lang), values)


def _chart(
    material: Material,
    name: str,
    title: str,
    unit: str,
    values: Floats,
    low: float | None = None,
    high: float | None = None,
) -> Chart:
    quarters = material.ensemble.quarters
    chosen = [place for place in range(len(quarters)) if not np.isnan(values[:, place]).any()]
    if annual_only(material, name):
        ends = [place for place in year_end_positions(quarters) if place in chosen]
        chosen = ends or chosen
    shown = tuple(quarters[place] for place in chosen)
    return Chart(name, title, unit, shown, values[:, chosen], low, high)


def _page(material: Material, charts: Sequence[Chart], lang: Language) -> Page:
    rows = -(-len(charts) // COLUMNS)
    canvas, panels = grid(
        rows, COLUMNS, 1.0, top=0.42, bottom=0.55, left=0.58, right=0.26, across=0.6, down=0.62
    )
    data: list[tuple[Cell, ...]] = []
    for place, panel in enumerate(panels):
        if place < len(charts):
            data += draw_chart(panel, material, charts[place])
        else:
            panel.remove()
    _legend(panels[0], canvas, lang)
    return Page(canvas, ("indicator", "what", "quarter", "unit", *QUANTILE_COLUMNS), data)


def draw_chart(panel: Axes, material: Material, chart: Chart) -> list[tuple[Cell, ...]]:
    """Draw one fan with its history and bounds; return the rows that it shows.

    Parameters
    ----------
    panel : matplotlib.axes.Axes
        Where to draw.
    material : Material
        The run, for the published history.
    chart : Chart
        What to draw.
    """
    x = positions(chart.quarters)
    since = chart.quarters[0] - 4 * HISTORY_YEARS
    past = [row for row in published(material, chart.name) if row[0] >= since]
    fan(panel, x, chart.spread)
    for bound in (chart.low, chart.high):
        if bound is not None:
            panel.axhline(bound, color=GREEN, linewidth=1.4)
    if past:
        _history(panel, past)
    begins = min([float(x[0]), *(year_position(quarter) for quarter, _, _ in past)])
    year_ticks(panel, begins, float(x[-1]), 5)
    tidy_numbers(panel)
    panel.set_title(
        wrap(f"{chart.title} ({chart.unit})" if chart.unit else chart.title, 39, 2),
        fontsize=7.5, loc="left", pad=4, linespacing=1.05,
    )  # fmt: skip
    return _rows(chart, past)


def _history(panel: Axes, past: Sequence[tuple[int, float, str]]) -> None:
    places = [year_position(quarter) for quarter, _, _ in past]
    panel.plot(places, [value for _, value, _ in past], color=GREY, linewidth=0.7)
    for status in sorted({status for _, _, status in past}):  # drawn in one order
        marker, edge, fill = STATUS_STYLE.get(status, ("x", GREY, GREY))
        chosen = [k for k, row in enumerate(past) if row[2] == status]
        panel.plot([places[k] for k in chosen], [past[k][1] for k in chosen], marker=marker,
                   markersize=3.6, color=edge, markerfacecolor=fill, linestyle="none",
                   markeredgewidth=0.9)  # fmt: skip


def _rows(chart: Chart, past: Sequence[tuple[int, float, str]]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = [
        (chart.name, status, quarter_name(quarter), chart.unit, *[value] * 9)
        for quarter, value, status in past
    ]
    for place, quarter in enumerate(chart.quarters):
        values = [float(value) for value in chart.spread[:, place]]
        rows.append((chart.name, "projection", quarter_name(quarter), chart.unit, *values))
    for what, bound in (("target_low", chart.low), ("target_high", chart.high)):
        if bound is not None:
            rows.append((chart.name, what, None, chart.unit, *[bound] * 9))
    return rows


def _legend(panel: Axes, canvas: object, lang: Language) -> None:
    """Explain points and lines once, at the foot of the page."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    words = {
        "cited": pick(lang, "cited", "有出处"),
        "derived": pick(lang, "derived", "推算"),
        "memory": pick(lang, "from memory", "凭记忆"),
    }
    handles: list[object] = []
    for status, word in words.items():
        marker, edge, fill = STATUS_STYLE[status]
        handles.append(Line2D([], [], marker=marker, color=edge, markerfacecolor=fill,
                              linestyle="none", markersize=4, label=word))  # fmt: skip
    handles.append(Line2D([], [], color=GREEN, label=pick(lang, "target", "目标")))
    handles.append(Line2D([], [], color=BLUE, label=pick(lang, "median", "中位数")))
    for share, opacity in (("50 %", 0.65), ("80 %", 0.4), ("95 %", 0.16)):
        handles.append(Patch(color=BLUE, alpha=opacity, linewidth=0, label=share))
    panel.figure.legend(handles=handles, loc="lower center", ncol=len(handles),
                        columnspacing=1.0, handletextpad=0.4, borderaxespad=0.2)  # fmt: skip
