"""Prior against posterior of the parameters that were asked of the city's past."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from sim.posterior import INFORMED_LEAST, Posterior
from sim.report.figures.registry import Page, figure
from sim.report.figures.style import BLUE, GREY, foot, grid, pick, wrap
from sim.report.material import Material
from sim.report.scorecard import Cell
from sim.report.words import Language, number, percent

COLUMNS = 3
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
POINTS = 121


@figure(
    "posterior",
    "What the city's past says of the parameters",
    "城市历史对参数的约束",
    caption_en="Grey: the prior of each parameter that was estimated on a simulation of the city's "
    "past. Blue: the posterior, from which this run draws. The percentage is the contraction, by "
    "which share the variance has fallen; where it is small the prior stands, its name grey. "
    "All other parameters keep their priors.",
    caption_zh="灰色：在城市历史回溯模拟上估计的各参数之先验。蓝色：本次模拟所用的后验。百分数为"
    "收缩率，即方差下降的份额；收缩率小则仍以先验为准，参数名为灰色。其余参数均保持先验。",
)
def posterior(material: Material, lang: Language) -> Sequence[Page]:
    """Draw both densities of every estimated parameter, where the run drew from a posterior."""
    known: Posterior | None = getattr(material.city, "posterior", None)
    if known is None or material.dataset.attrs.get("parameters_from") != "posterior":
        return ()
    rows = -(-len(known.names) // COLUMNS)
    canvas, panels = grid(
        rows, COLUMNS, 0.85, top=0.5, bottom=0.75, left=0.15, across=0.2, down=0.75
    )
    table: list[tuple[Cell, ...]] = []
    for place, panel in enumerate(panels):
        if place >= len(known.names):
            panel.set_visible(False)
            continue
        table += _panel(panel, known, place, material, lang)
    text = pick(
        lang,
        f"Estimated on {known.attributes['hindcast']} from what was known in "
        f"{known.information_date}; {known.attributes['simulations']} simulations, effective "
        f"sample size {float(known.attributes['effective_sample_size']):.0f}.",
        f"回溯期 {known.attributes['hindcast']}，信息截止 {known.information_date}；"
        f"模拟 {known.attributes['simulations']} 次，有效样本量 "
        f"{float(known.attributes['effective_sample_size']):.0f}。",
    )
    foot(canvas, text)
    columns = ("parameter", "distribution", *(f"q{round(100 * q):02d}" for q in QUANTILES),
               "contraction")  # fmt: skip
    return [Page(canvas, columns, table)]


def _panel(
    panel: Axes, known: Posterior, place: int, material: Material, lang: Language
) -> list[tuple[Cell, ...]]:
    name = known.names[place]
    before, after = known.prior[:, place], known.values[:, place]
    low, high = np.quantile(np.concatenate([before, after]), (0.002, 0.998))
    points = np.linspace(low, high, POINTS)
    for values, colour in ((before, GREY), (after, BLUE)):
        heights = density(values, points)
        panel.fill_between(points, heights, color=colour, alpha=0.3, linewidth=0)
        panel.plot(points, heights, color=colour, linewidth=1.2)
    contraction = known.contraction[name]
    figure_known = material.scorecard.figures.get(name)
    said = name if figure_known is None else pick(
        lang, figure_known.long_name, figure_known.long_name_zh
    )  # fmt: skip
    colour = "black" if contraction >= INFORMED_LEAST else "#777777"
    panel.set_title(
        f"{wrap(said, 34, 2)}\n{percent(max(contraction, 0.0))}", fontsize=7.5, color=colour, pad=3
    )
    panel.set_yticks([])
    ends = np.quantile(before, (0.05, 0.95))
    panel.set_xticks(list(ends), [number(float(end), 2) for end in ends])
    panel.set_ylim(bottom=0.0)
    spread = [(label, np.quantile(values, QUANTILES)) for label, values in
              (("prior", before), ("posterior", after))]  # fmt: skip
    return [(name, label, *map(float, found), contraction) for label, found in spread]


def density(values: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a Gaussian kernel density with Silverman's width."""
    width = 0.9 * max(float(values.std()), 1e-12) * len(values) ** -0.2
    gaps = (points[:, None] - values[None, :]) / width
    total = np.exp(-0.5 * gaps**2).sum(axis=1)
    return np.asarray(total / (len(values) * width * np.sqrt(2.0 * np.pi)))
