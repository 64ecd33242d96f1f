"""Parallel coordinates: which settings reach all targets, one line per cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.report.figures.maps import short
from sim.report.figures.registry import Page
from sim.report.figures.style import BLUE, GREY, foot, grid, pick
from sim.report.scorecard import Cell
from sim.report.words import Language, number
from sim.results import Floats

if TYPE_CHECKING:
    from sim.report.sweeps import Surface

LIKELY = 0.5
BEST = 10
"""So many cells are marked where none reaches all targets."""
MOST_AXES = 12
DATA = ("cell", "factor", "value", "marked", "least_probability", "joint_probability")


def parallel(surface: Surface, lang: Language) -> list[Page]:
    """Draw the cells over their factors; those in which every outcome is likely are marked."""
    outcomes = [k for k, target in enumerate(surface.targets) if target.target_class == "outcome"]
    if not outcomes:
        return []
    least = surface.chances[:, outcomes].min(axis=1)
    marked, all_reached = marked_cells(surface.chances[:, outcomes], surface.joint)
    axes = min(len(surface.factors), MOST_AXES)
    canvas, (panel,) = grid(1, 1, 2.6, top=0.45, bottom=1.15, left=0.7, right=0.5)
    scaled = np.full((len(least), axes + 1), np.nan)
    for place, factor in enumerate(surface.factors[:axes]):
        spread = (factor.high - factor.low) or 1.0
        scaled[:, place] = (surface.settings[:, place] - factor.low) / spread
        panel.text(place, -0.06, number(factor.low), ha="center", va="top", fontsize=7)
        panel.text(place, 1.04, number(factor.high), ha="center", va="bottom", fontsize=7)
    scaled[:, axes] = least
    for cell in np.argsort(marked, kind="stable"):
        style = (BLUE, 0.9, 0.8) if marked[cell] else (GREY, 0.4, 0.25)
        panel.plot(range(axes + 1), scaled[cell], color=style[0], linewidth=style[1],
                   alpha=style[2])  # fmt: skip
    names = [short(factor.key) for factor in surface.factors[:axes]]
    names.append(pick(lang, "least likely outcome", "概率最低的结果性目标"))
    panel.set_xticks(range(axes + 1), names, rotation=20, ha="right", fontsize=7)
    panel.tick_params(axis="x", pad=12)
    panel.set_yticks([])
    panel.set_ylim(-0.02, 1.02)
    foot(canvas, _note(int(marked.sum()), len(least), all_reached, lang))
    rows: list[tuple[Cell, ...]] = [
        (cell, factor.key, _value(surface.settings[cell, place]), int(marked[cell]),
         _value(least[cell]), _value(surface.joint[cell]))
        for cell in range(len(least)) for place, factor in enumerate(surface.factors)
    ]  # fmt: skip
    return [Page(canvas, DATA, rows)]


def _value(number_: float) -> float | None:
    return None if np.isnan(number_) else float(number_)


def marked_cells(chances: Floats, joint: Floats) -> tuple[NDArray[np.bool_], bool]:
    """Return which cells are marked, and whether they reach all targets.

    Parameters
    ----------
    chances : ndarray, shape (cells, outcomes)
        Probability of each outcome.
    joint : ndarray, shape (cells,)
        Of all together.

    Examples
    --------
    >>> marked, every = marked_cells(np.array([[0.6, 0.4], [0.9, 0.5]]), np.array([0.2, 0.5]))
    >>> marked.tolist(), every
    ([False, True], True)
    """
    known = np.isfinite(chances.sum(axis=1))
    reached = known & (np.where(known[:, None], chances, 0.0) >= LIKELY).all(axis=1)
    if reached.any():
        return reached, True
    likely = np.where(known, (np.nan_to_num(chances) >= LIKELY).sum(axis=1), -1)
    order = np.lexsort((-np.nan_to_num(joint), -likely))
    marked = np.zeros(len(chances), dtype=bool)
    marked[order[:BEST]] = True
    return marked & known, False


def _note(marked: int, cells: int, every: bool, lang: Language) -> str:
    if every:
        return pick(
            lang, f"Blue: the {marked} of {cells} cells in which every assessable outcome has a "
            "probability of at least one half.",
            f"蓝色：{cells} 个单元中的 {marked} 个，各项可评估的结果性目标概率均不低于一半。",
        )  # fmt: skip
    return pick(
        lang, f"None of the {cells} cells makes every assessable outcome likely. Blue: the "
        f"{marked} with most outcomes likely.",
        f"{cells} 个单元中没有一个使各项可评估的结果性目标均达到一半概率。"
        f"蓝色：达标项最多的 {marked} 个。",
    )  # fmt: skip
