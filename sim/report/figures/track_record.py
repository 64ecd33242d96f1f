"""What earlier forecasts were worth: skill by horizon, calibration of densities, fans of cases."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from sim.report.figures.panels import Rows
from sim.report.figures.registry import Page, figure
from sim.report.figures.style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    grid,
    pick,
    tidy_numbers,
    wrap,
)
from sim.report.material import Material
from sim.report.scorecard import record_of
from sim.report.track_record import ALL, ENGINE, POOLED, TEST, TrackRecord
from sim.report.words import Language

COLUMNS = ("panel", "series", "origins", "horizon", "metric", "value", "interval_low",
           "interval_high", "n")  # fmt: skip
FAN = (("q025", "q975", 0.16), ("q10", "q90", 0.28), ("q25", "q75", 0.45))


@figure(
    "track_record",
    "Track record: what earlier forecasts were worth",
    "预测业绩：既往预测的检验",
    caption_en="First: CRPS skill against the benchmark chosen on earlier origins, by series and "
    "quarters ahead, test origins only (above zero: better; bars: 95 % block bootstrap of "
    "eight overlapping origins, so wide). Second: where outcomes fell within the forecast "
    "densities (PIT, test origins, all series): flat bars mean honest widths. Third: share of "
    "outcomes inside the intervals. Then fans given at a few origins (50, 80 and 95 %) with what "
    "came true (black).",
    caption_zh="第一格：以较早起点上选定的基准为参照的 CRPS 技巧，按序列与提前季度数，仅检验期起点"
    "（大于零表示更好；误差线为八个相互重叠起点的 95% 分块自助区间，故较宽）。"
    "第二格：实际值在预测分布中的位置（PIT，检验期，全部序列），柱形平齐表示区间宽度可信。"
    "第三格：实际覆盖率。其余：若干起点给出的扇形区间（50%、80%、95%）与实际值（黑点）。",
)
def track_record(material: Material, lang: Language) -> Sequence[Page]:
    """Draw skill, PIT and fans of the stored backtest."""
    record = record_of(material.city)
    if not record:
        return ()
    names = [str(name) for name in record.about.get("series", {})]
    canvas, panels = grid(
        1 + -(-len(names) // 3), 3, 1.25, top=0.4, bottom=0.4, left=0.5, right=0.2, across=0.5,
        down=0.62,
    )  # fmt: skip
    rows = _skill(panels[0], record, names, lang)
    rows += _pit(panels[1], record, lang)
    rows += _coverage(panels[2], record, lang)
    for place, panel in enumerate(panels[3:]):
        if place < len(names):
            rows += _fans(panel, record, names[place], lang)
        else:
            panel.remove()
    return [Page(canvas, COLUMNS, rows)]


SHORT_NAMES = {
    "city_gdp": ("city GDP", "全市GDP"),
    "zhejiang_gdp": ("Zhejiang GDP", "浙江GDP"),
    "industrial": ("industry", "全国工业"),
    "exports": ("exports", "出口"),
    "ppi": ("producer prices", "PPI"),
    "listings": ("listings", "新增上市"),
}
"""Names short enough for a legend; another series is called by its own name."""


def _skill(panel: Axes, record: TrackRecord, names: Sequence[str], lang: Language) -> Rows:
    rows: Rows = []
    colours = (BLUE, ORANGE, SKY, VERMILLION, GREY, PURPLE)
    for place, name in enumerate((*names, POOLED)):
        found = [
            r for r in record.find(series=name, model=ENGINE, metric="crps_skill", origins=TEST)
            if r.horizon != ALL
        ]  # fmt: skip
        if not found:
            continue
        if name == POOLED:
            x = np.arange(len(found), dtype=float)
            values = np.array([r.value for r in found])
            low = np.array([r.low if r.low is not None else r.value for r in found])
            high = np.array([r.high if r.high is not None else r.value for r in found])
            panel.errorbar(
                x, values, [values - low, high - values], fmt="D-", color=BLACK, markersize=3.5,
                capsize=2, label=pick(lang, "pooled", "合并"),
            )  # fmt: skip
            panel.set_xticks(x, [r.horizon for r in found])
        else:
            panel.plot(np.arange(len(found)), [r.value for r in found], marker="o", markersize=2.5,
                       linewidth=0.8, color=colours[place % len(colours)],
                       label=pick(lang, *SHORT_NAMES.get(name, (name, name))))  # fmt: skip
        rows += [("skill", name, r.origins, r.horizon, r.metric, r.value, r.low, r.high, r.n)
                 for r in found]  # fmt: skip
    panel.axhline(0.0, color=BLACK, linewidth=0.6)
    panel.set_ylim(-1.0, 1.0)
    panel.legend(fontsize=5.5, ncol=2, loc="lower left", handlelength=1.0)
    panel.set_title(pick(lang, "CRPS skill by quarters ahead", "CRPS 技巧与提前季度"), loc="left")
    return rows


def _pit(panel: Axes, record: TrackRecord, lang: Language) -> Rows:
    found = sorted(
        (r for r in record.find(series=POOLED, model=ENGINE, origins=TEST)
         if r.metric.startswith("pit_")),
        key=lambda r: r.metric,
    )  # fmt: skip
    if found:
        edges = (np.arange(len(found)) + 0.5) / len(found)
        panel.bar(edges, [r.value for r in found], 0.9 / len(found), color=BLUE, alpha=0.85)
        panel.axhline(1.0 / len(found), color=BLACK, linewidth=0.8, linestyle="--")
    panel.set_title(pick(lang, "PIT of the test outcomes", "检验期 PIT 分布"), loc="left")
    return [("pit", r.series, r.origins, r.horizon, r.metric, r.value, r.low, r.high, r.n)
            for r in found]  # fmt: skip


def _coverage(panel: Axes, record: TrackRecord, lang: Language) -> Rows:
    rows: Rows = []
    for nominal in (50, 80, 95):
        found = record.one(POOLED, f"coverage_{nominal}")
        if found is None or found.low is None or found.high is None:
            continue
        error = [[100 * (found.value - found.low)], [100 * (found.high - found.value)]]
        panel.errorbar([nominal], [100 * found.value], error, fmt="o", color=BLUE, capsize=3)
        rows.append(("coverage", POOLED, TEST, ALL, found.metric, found.value, found.low,
                     found.high, found.n))  # fmt: skip
    panel.plot([40, 100], [40, 100], color=BLACK, linewidth=0.6)
    panel.set_xticks([50, 80, 95])
    panel.set_title(pick(lang, "Covered against nominal, %", "实际与名义覆盖率，%"), loc="left")
    return rows


def _fans(panel: Axes, record: TrackRecord, name: str, lang: Language) -> Rows:
    rows: Rows = []
    cases: dict[str, dict[tuple[int, str], float]] = {}
    for r in record.find(series=name, model=ENGINE):
        if r.origins.startswith("case_"):
            cases.setdefault(r.origins, {})[int(r.horizon), r.metric] = r.value
            rows.append(("fan", name, r.origins, r.horizon, r.metric, r.value, None, None, r.n))
    for place, (_, values) in enumerate(sorted(cases.items())):
        horizons = sorted({h for h, _ in values})
        x = np.array(horizons) + 15.0 * place
        for low, high, alpha in FAN:
            panel.fill_between(x, [values[h, low] for h in horizons],
                               [values[h, high] for h in horizons], color=BLUE, alpha=alpha,
                               linewidth=0)  # fmt: skip
        panel.plot(x, [values[h, "median"] for h in horizons], color=BLUE, linewidth=1.0)
        known = [h for h in horizons if (h, "outcome") in values]
        panel.plot([h + 15.0 * place for h in known], [values[h, "outcome"] for h in known],
                   marker="o", markersize=2.5, linestyle="none", color=BLACK)  # fmt: skip
    panel.set_xticks(
        [1.0 + 15.0 * place for place in range(len(cases))],
        [case.removeprefix("case_") for case in sorted(cases)],
    )
    tidy_numbers(panel)
    panel.set_title(wrap(record.label(name, lang), 38, 2), loc="left", fontsize=7.0)
    return rows
