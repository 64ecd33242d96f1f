"""The wild-geese ladder 雁阵: firms on each tier, and flows between tiers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from sim.report.figures.reading import has_all, spread, year_end_positions
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
from sim.report.scorecard import Cell
from sim.report.words import Language, number
from sim.units import QUARTERS_PER_YEAR, quarter_name

TIERS = {
    "backbone": ("Leaders", "龙头骨干企业", BLUE, (0.5, 0.92)),
    "growth": ("Growth firms", "成长型企业", GREEN, (0.5, 0.50)),
    "startup": ("Start-ups", "科技型初创企业", ORANGE, (0.16, 0.08)),
    "supplier": ("Suppliers", "中小微配套企业", PURPLE, (0.84, 0.08)),
}
"""Tier to its names, its colour and its place in the formation."""
BEND = {
    ("startup", "backbone"): -0.45,
    ("backbone", "startup"): 0.62,
    ("supplier", "backbone"): 0.45,
    ("backbone", "supplier"): -0.62,
}
"""How far an arrow turns aside where it passes another tier; the others turn a little."""
RANK = {"supplier": 0, "startup": 1, "growth": 2, "backbone": 3}
WIDEST = 9.0
"""Line width of the largest flow, points."""


@figure(
    "ladder",
    "The wild-geese ladder: firms by tier and moves between tiers",
    "雁阵梯队：各梯队企业数与梯队间流动",
    caption_en="Left: firms on each tier over time (median and 80 % band). Right: firms that move "
    "between tiers in a year, median over simulated cities; blue arrows lead up, red ones down, "
    "their width grows with the number. New and closed firms are not shown.",
    caption_zh="左：各梯队企业数（中位数与 80% 区间）。右：每年在梯队之间移动的企业数（中位数）；"
    "蓝色为晋级，红色为降级，线宽随数量增大。未含新设与退出企业。",
)
def ladder(material: Material, lang: Language) -> Sequence[Page]:
    """Draw counts and yearly flows."""
    names = [f"firms_by_tier_{tier}" for tier in TIERS]
    if not has_all(material, names):
        return ()
    canvas, panels = grid(
        4, 2, 0.78, top=0.3, bottom=0.3, left=0.6, right=0.06, across=0.4, down=0.42
    )
    rows: list[tuple[Cell, ...]] = []
    for place, tier in enumerate(TIERS):
        rows += _count(panels[2 * place], material, tier, lang)
    box = panels[1].get_position()
    low = panels[-1].get_position()
    for panel in panels[1::2]:
        panel.remove()
    formation = canvas.add_axes((box.x0, low.y0, box.width, box.y1 - low.y0))
    rows += _formation(formation, material, lang)
    return [Page(canvas, ("what", "from", "to", "quarter", "q10", "median", "q90"), rows)]


def _count(panel: Axes, material: Material, tier: str, lang: Language) -> list[tuple[Cell, ...]]:
    en, zh, colour, _ = TIERS[tier]
    values = spread(material, f"firms_by_tier_{tier}")
    assert values is not None
    x = positions(material.ensemble.quarters)
    band(panel, x, values, colour, "")
    year_ticks(panel, float(x[0]), float(x[-1]), 5)
    tidy_numbers(panel, 3)
    panel.set_title(pick(lang, en, zh), loc="left", color=colour)
    return [
        ("firms", tier, None, quarter_name(quarter), *(float(values[k, i]) for k in (2, 4, 6)))
        for i, quarter in enumerate(material.ensemble.quarters)
    ]


def _yearly(material: Material, name: str) -> tuple[float, float, float] | None:
    """Return the 10, 50 and 90 % points of a flow per year, summed over the run's year ends."""
    values = material.ensemble.indicators.get(name)
    ends = year_end_positions(material.ensemble.quarters)
    if values is None or not ends:
        return None
    last = len(material.ensemble.quarters) - 1
    places = ends if last in ends else [*ends, last]
    total = np.nan_to_num(values[:, places]).sum(axis=1)
    years = len(material.ensemble.quarters) / QUARTERS_PER_YEAR
    low, middle, high = np.quantile(total / years, (0.1, 0.5, 0.9))
    return float(low), float(middle), float(high)


def _formation(panel: Axes, material: Material, lang: Language) -> list[tuple[Cell, ...]]:
    panel.set_axis_off()
    panel.set_xlim(0, 1)
    panel.set_ylim(0, 1)
    flows = {
        (start, end): _yearly(material, f"tier_flow_{start}_{end}")
        for start in TIERS for end in TIERS if start != end
    }  # fmt: skip
    known = {pair: flow for pair, flow in flows.items() if flow is not None}
    largest = max([flow[1] for flow in known.values()], default=0.0)
    boxes = {tier: _box(panel, material, tier, lang) for tier in TIERS}
    for (start, end), flow in known.items():
        if largest > 0.0 and flow[1] >= 0.5:
            _arrow(panel, (start, end), (boxes[start], boxes[end]), flow[1], largest)
    return [("moves a year", start, end, None, *flow) for (start, end), flow in known.items()]


def _box(panel: Axes, material: Material, tier: str, lang: Language) -> FancyBboxPatch:
    """Draw a tier with the number of its firms at the end."""
    en, zh, colour, (x, y) = TIERS[tier]
    values = spread(material, f"firms_by_tier_{tier}")
    assert values is not None
    box = FancyBboxPatch(
        (x - 0.15, y - 0.055), 0.3, 0.11, boxstyle="round,pad=0.005", facecolor="white",
        edgecolor=colour, linewidth=1.4, zorder=3,
    )  # fmt: skip
    panel.add_patch(box)
    panel.text(x, y, f"{pick(lang, en, zh)}\n{number(float(values[4, -1]), 3)}", ha="center",
               va="center", zorder=4, fontsize=8, linespacing=1.3)  # fmt: skip
    return box


def _arrow(
    panel: Axes,
    pair: tuple[str, str],
    boxes: tuple[FancyBboxPatch, FancyBboxPatch],
    flow: float,
    largest: float,
) -> None:
    """Draw one flow as an arc that leaves room for the opposite one."""
    start, end = pair
    first, last = np.array(TIERS[start][3]), np.array(TIERS[end][3])
    up = RANK[end] > RANK[start]
    bend = BEND.get(pair, 0.16)
    width = 0.8 + (WIDEST - 0.8) * (flow / largest) ** 0.5
    colour = BLUE if up else VERMILLION
    panel.add_patch(
        FancyArrowPatch(
            tuple(first), tuple(last), connectionstyle=f"arc3,rad={bend}", arrowstyle="-|>",
            mutation_scale=7 + width, linewidth=width, color=colour, alpha=0.6,
            patchA=boxes[0], patchB=boxes[1], shrinkA=2, shrinkB=3, zorder=1,
        )
    )  # fmt: skip
    middle, across = (first + last) / 2, last - first
    label = middle + bend * 0.5 * np.array([across[1], -across[0]])
    panel.text(
        label[0], label[1], number(flow, 2 if flow < 10 else 3),
        ha="center", va="center", fontsize=8, zorder=5, color=colour,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85},
    )  # fmt: skip
