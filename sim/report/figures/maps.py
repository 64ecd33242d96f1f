"""Attainment over two factors as a map, with the lines of 50, 80 and 95 %."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from sim.report.figures.reading import target_name
from sim.report.figures.registry import Page
from sim.report.figures.style import BLACK, foot, grid, pick, wrap
from sim.report.scorecard import Cell
from sim.report.words import Language
from sim.results import Floats

if TYPE_CHECKING:
    from sim.report.sweeps import Surface

LINES = (0.5, 0.8, 0.95)
BINS, CELLS_EACH = 8, 4
"""Classes at most along a factor that takes more values, and cells wanted in each of a map."""
COLUMNS, PANELS = 3, 12
DATA = ("target_id", "reading", "factor_x", "factor_y", "x", "y", "probability", "cells")
JOINT = "all_outcomes"


def maps(surface: Surface, lang: Language, pair: tuple[str, str] | None) -> list[Page]:
    """Draw a panel for the joint probability and for each target that the factors move.

    Parameters
    ----------
    surface : Surface
        The sweep.
    lang : {"en", "zh"}
        Language of labels.
    pair : tuple of (str, str), optional
        The factors across and upwards; by default the two that a panel's probability follows
        most.
    """
    keys = [factor.key for factor in surface.factors]
    if len(keys) < 2:
        return []
    panels: list[tuple[str, str, str, Floats]] = []
    for place, target in enumerate(surface.targets):
        title = f"{target.clause} {target_name(target, lang)}"
        panels.append((target.id, target.reading, title, surface.chances[:, place]))
    joint = pick(lang, "All outcomes together", "全部结果性目标同时实现")
    panels = [(JOINT, "", joint, surface.joint), *panels]
    moved = [panel for panel in panels if np.nanmax(panel[3], initial=0.0) > _least(panel[3])]
    pages = []
    for first in range(0, len(moved), PANELS):
        pages.append(_page(surface, moved[first : first + PANELS], pair, lang))
    return pages


def _least(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.min()) if known.size else np.inf


def _page(
    surface: Surface,
    panels: Sequence[tuple[str, str, str, Floats]],
    pair: tuple[str, str] | None,
    lang: Language,
) -> Page:
    columns = min(COLUMNS, len(panels))
    canvas, axes = grid(-(-len(panels) // columns), columns, 1.5, top=0.5, bottom=0.75, left=0.75,
                        right=0.15, across=0.75, down=0.95)  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for panel in axes[len(panels) :]:
        panel.remove()
    for panel, (name, reading, title, values) in zip(axes, panels, strict=False):
        across, upwards = chosen(surface, values, pair)
        panel.set_title(wrap(title, 36, 2), fontsize=7.5, loc="left")
        rows += _draw(panel, surface, (across, upwards), values, (name, reading))
    foot(canvas, pick(
        lang, "Share of members that reach the target at its deadline (blue 100 %, white 0 %), "
        "mean over the other factors; lines at 50, 80 and 95 %. The effect of levers is "
        "prior-predictive.",
        "期限时达标的样本占比（蓝 100%，白 0%），对其余因素取平均；等值线为 50%、80%、95%。"
        "措施的作用为先验预测。",
    ))  # fmt: skip
    return Page(canvas, DATA, rows)


def chosen(surface: Surface, values: Floats, pair: tuple[str, str] | None) -> tuple[int, int]:
    """Return the two factors of a map: those asked for, or those the values follow most."""
    keys = [factor.key for factor in surface.factors]
    if pair is not None:
        return keys.index(pair[0]), keys.index(pair[1])
    known = ~np.isnan(values)
    strength = []
    for place in range(len(keys)):
        classes, _ = classes_of(surface.settings[:, place])
        means = [values[known & (classes == k)].mean() for k in range(int(classes.max()) + 1)
                 if (known & (classes == k)).any()]  # fmt: skip
        strength.append(float(np.std(means)) if means else 0.0)
    first, second = sorted(range(len(keys)), key=lambda k: (-strength[k], k))[:2]
    return min(first, second), max(first, second)


def classes_of(settings: Floats) -> tuple[np.ndarray, Floats]:
    """Return each cell's class along a factor (-1: the scenario's own value), and their middles.

    Few values are classes of their own; many are put into equal ones.

    Examples
    --------
    >>> classes, middles = classes_of(np.array([0.0, 2.0, np.nan, 0.0]))
    >>> classes.tolist(), middles.tolist()
    ([0, 1, -1, 0], [0.0, 2.0])
    """
    known = ~np.isnan(settings)
    values = np.unique(settings[known])
    classes = np.full(len(settings), -1)
    if len(values) <= BINS + 1:
        classes[known] = np.searchsorted(values, settings[known])
        return classes, values
    bins = int(np.clip(np.sqrt(known.sum() / CELLS_EACH), 2, BINS))
    edges = np.linspace(values[0], values[-1], bins + 1)
    classes[known] = np.clip(np.searchsorted(edges, settings[known], side="right") - 1, 0, bins - 1)
    return classes, np.asarray((edges[1:] + edges[:-1]) / 2.0)


def _draw(
    panel: Axes,
    surface: Surface,
    pair: tuple[int, int],
    values: Floats,
    name: tuple[str, str],
) -> list[tuple[Cell, ...]]:
    """Draw one map and return its data."""
    (column, x), (row, y) = (classes_of(surface.settings[:, factor]) for factor in pair)
    means, counts = np.full((len(y), len(x)), np.nan), np.zeros((len(y), len(x)), dtype=int)
    for i in range(len(y)):
        for j in range(len(x)):
            inside = values[(row == i) & (column == j) & ~np.isnan(values)]
            counts[i, j] = len(inside)
            if len(inside):
                means[i, j] = inside.mean()
    panel.pcolormesh(_edges(x), _edges(y), means, cmap="Blues", vmin=0.0, vmax=1.0)
    panel.grid(visible=False)
    if min(means.shape) > 1 and not np.isnan(means).any():
        inside_lines = [line for line in LINES if means.min() < line < means.max()]
        if inside_lines:
            drawn = panel.contour(x, y, means, levels=inside_lines, colors=BLACK, linewidths=0.8)
            panel.clabel(drawn, fmt=lambda level: f"{100 * level:.0f} %", fontsize=7)
    keys = [surface.factors[factor].key for factor in pair]
    panel.set_xlabel(short(keys[0]), fontsize=7)
    panel.set_ylabel(short(keys[1]), fontsize=7)
    panel.tick_params(labelsize=7)
    return [
        (*name, *keys, float(x[j]), float(y[i]), float(means[i, j]), int(counts[i, j]))
        for i in range(len(y)) for j in range(len(x)) if counts[i, j]
    ]  # fmt: skip


def short(key: str) -> str:
    """Return a factor's key without its section, short enough for an axis.

    Examples
    --------
    >>> short("levers.energy_price_surcharge.D")
    'energy price surcharge.D'
    """
    return wrap(key.partition(".")[2].replace("_", " "), 32, 1)


def _edges(middles: Floats) -> Floats:
    """Return the borders between values, the outer ones as far out as the next within."""
    if len(middles) == 1:
        return np.array([middles[0] - 0.5, middles[0] + 0.5])
    between = (middles[1:] + middles[:-1]) / 2.0
    first, last = 2 * middles[0] - between[0], 2 * middles[-1] - between[-1]
    return np.concatenate([[first], between, [last]])
