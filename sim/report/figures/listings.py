"""Listed firms against the plan's number, and new listings against the IPO window."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from sim.analysis.attainment import quantiles
from sim.report.figures.fans import Chart, draw_chart
from sim.report.figures.panels import COLUMNS, Rows, of_quarters, told
from sim.report.figures.reading import indicator_name, single_quarters, spread
from sim.report.figures.registry import Page, figure
from sim.report.figures.style import (
    BLUE,
    ORANGE,
    SKY,
    grid,
    pick,
    positions,
    tidy_numbers,
    year_ticks,
)
from sim.report.material import Material
from sim.report.words import Language
from sim.results import Floats

FLOWS = ("new_listings", "new_listings_a_share")


@figure(
    "listings",
    "Listings against the IPO window",
    "上市与新股发行窗口",
    caption_en="Left: listed firms, history and projection, the green line is the target. Right: "
    "new listings in each single quarter, mean over the simulated cities, with the 80 % range "
    "of all; the orange line is the mean share of the quarter in which A-share listings are open.",
    caption_zh="左：上市公司数的历史与预测，绿线为目标。右：单季新增上市数的样本均值，"
    "黑线为合计的 80% 区间；橙线为该季度 A 股发行窗口开放比例的均值。",
)
def listings(material: Material, lang: Language) -> Sequence[Page]:
    """Draw the stock of listed firms and the flow of new ones."""
    stock = spread(material, "listed_firms")
    if stock is None or of_quarters(material, "new_listings") is None:
        return ()
    canvas, panels = grid(1, 2, 2.2, top=0.4, bottom=0.65, left=0.5, right=0.5, across=0.55)
    goal = [
        e.assessment.target.low for e in material.scorecard.default_entries
        if e.assessment.target.indicator == "listed_firms"
    ]  # fmt: skip
    title = indicator_name(material, "listed_firms", lang)
    chart = Chart("listed_firms", title, "", material.ensemble.quarters, stock,
                  goal[0] if goal else None)  # fmt: skip
    draw_chart(panels[0], material, chart)
    panels[0].set_title(title, loc="left")
    rows = told("stock", "listed_firms", material.ensemble.quarters, "firms", stock)
    rows += _flow(panels[1], material, lang)
    return [Page(canvas, COLUMNS, rows)]


def _mean(material: Material, name: str) -> Floats:
    """Return the mean over members of a flow's single quarters."""
    values = material.ensemble.indicators.get(name)
    if values is None:
        return np.zeros(len(material.ensemble.quarters))
    return np.asarray(
        np.nan_to_num(single_quarters(values, material.ensemble.quarters)).mean(axis=0)
    )


def _flow(panel: Axes, material: Material, lang: Language) -> Rows:
    quarters = material.ensemble.quarters
    x = positions(quarters)
    parts = {name: of_quarters(material, name) for name in FLOWS}
    means = {name: _mean(material, name) for name in FLOWS}
    home, every = means["new_listings_a_share"], means["new_listings"]
    panel.bar(x, home, 0.17, color=BLUE, alpha=0.85, label=pick(lang, "A shares", "境内A股"))
    panel.bar(x, every - home, 0.17, bottom=home, color=SKY, alpha=0.85,
              label=pick(lang, "overseas", "境外"))  # fmt: skip
    rows: Rows = []
    for name, values in parts.items():
        if values is not None:
            rows += told("flow", name, quarters, "firms", values)
    whole = parts["new_listings"]
    if whole is not None:
        panel.vlines(x, whole[2], whole[6], color="black", linewidth=0.8,
                     label=pick(lang, "80 % range of all", "合计的80%区间"))  # fmt: skip
    panel.set_title(pick(lang, "New listings in the quarter", "单季新增上市"), loc="left")
    year_ticks(panel, float(x[0]), float(x[-1]), 4)
    tidy_numbers(panel)
    handles, labels = panel.get_legend_handles_labels()
    window = material.ensemble.indicators.get("ipo_window")
    if window is not None:
        percent = 1.0 if material.units.get("ipo_window") == "%" else 100.0
        open_share = percent * window.mean(axis=0)
        other = panel.twinx()
        other.grid(visible=False)
        handles += other.plot(x, open_share, color=ORANGE, marker=".", markersize=4)
        labels.append(pick(lang, "A-share window open (right)", "A股发行窗口开放（右轴）"))
        other.set_ylim(0.0, 105.0)
        other.set_yticks([0.0, 50.0, 100.0], ["0", "50", "100 %"])
        rows += told("window", "ipo_window", quarters, "1", quantiles(window))
    panel.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, -0.1), ncol=2,
                 handlelength=1.2, fontsize=7.5)  # fmt: skip
    return rows
