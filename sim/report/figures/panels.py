"""Panels that several figures share: lines of indicators, bars of year ends, single quarters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from sim.analysis.attainment import quantiles
from sim.report.figures.reading import (
    indicator_name,
    indicator_unit,
    single_quarters,
    spread,
    year_end_positions,
)
from sim.report.figures.style import band, positions, tidy_numbers, wrap, year_ticks
from sim.report.material import Material
from sim.report.scorecard import Cell
from sim.report.words import Language
from sim.results import Floats
from sim.units import quarter_name, year_of

Rows = list[tuple[Cell, ...]]
COLUMNS = ("panel", "indicator", "quarter", "unit", "q10", "median", "q90")


def told(panel: str, name: str, quarters: Sequence[int], unit: str, values: Floats) -> Rows:
    """Return the rows that a panel shows of one indicator; `values` has the shape (9, points)."""
    return [
        (panel, name, quarter_name(quarter), unit, *(float(values[k, i]) for k in (2, 4, 6)))
        for i, quarter in enumerate(quarters)
    ]


def legend_below(panel: Axes, columns: int = 2, down: float = 0.13) -> None:
    """Put the legend under the panel."""
    panel.legend(
        loc="upper center", bbox_to_anchor=(0.5, -down), ncol=columns, handlelength=1.1,
        columnspacing=0.9, handletextpad=0.4, fontsize=7.5,
    )  # fmt: skip


def lines(
    panel: Axes,
    material: Material,
    colours: Mapping[str, str],
    lang: Language,
    title: str,
    names: Mapping[str, str] | None = None,
) -> Rows:
    """Draw medians and 80 % bands of indicators that the run holds.

    Parameters
    ----------
    panel : matplotlib.axes.Axes
        Where to draw.
    material : Material
        The run.
    colours : Mapping
        Indicator to colour.
    lang : {"en", "zh"}
        Language of labels.
    title : str
        What the panel shows.
    names : Mapping, optional
        Indicator to a shorter name than its own.
    """
    quarters = material.ensemble.quarters
    x = positions(quarters)
    rows: Rows = []
    for name, colour in colours.items():
        values = spread(material, name)
        if values is not None:
            named = (names or {}).get(name) or indicator_name(material, name, lang)
            band(panel, x, values, colour, wrap(named, 40, 1))
            rows += told(title, name, quarters, indicator_unit(material, name, lang), values)
    year_ticks(panel, float(x[0]), float(x[-1]), 4)
    tidy_numbers(panel)
    panel.set_title(title, loc="left")
    return rows


def year_bars(
    panel: Axes, material: Material, colours: Mapping[str, str], lang: Language, title: str
) -> Rows:
    """Draw year totals side by side with 80 % ranges; parameters as in :func:`lines`."""
    quarters = material.ensemble.quarters
    ends = year_end_positions(quarters)
    names = [name for name in colours if spread(material, name) is not None]
    rows: Rows = []
    width = 0.8 / max(len(names), 1)
    for place, name in enumerate(names):
        values = spread(material, name)
        assert values is not None
        chosen = values[:, ends]
        aside = (place - (len(names) - 1) / 2) * width
        x = np.arange(len(ends), dtype=np.float64) + aside
        whiskers(panel, x, chosen, width * 0.9, colours[name],
                 label=wrap(indicator_name(material, name, lang), 40, 1))  # fmt: skip
        at = [quarters[end] for end in ends]
        rows += told(title, name, at, indicator_unit(material, name, lang), chosen)
    panel.set_xticks(range(len(ends)), [str(year_of(quarters[end])) for end in ends])
    tidy_numbers(panel)
    panel.set_title(title, loc="left")
    return rows


def whiskers(
    panel: Axes, x: Floats, values: Floats, width: float, colour: str, **more: Any
) -> None:
    """Draw bars of medians with their 80 % ranges; `values` has the shape (9, points)."""
    middle = values[4]
    panel.bar(x, middle, width, color=colour, alpha=0.85, **more)
    panel.errorbar(x, middle, [middle - values[2], values[6] - middle], fmt="none",
                   ecolor="black", elinewidth=0.8, capsize=2)  # fmt: skip


def of_quarters(material: Material, name: str) -> Floats | None:
    """Return the quantiles of the single quarters of a sum of the year so far."""
    values = material.ensemble.indicators.get(name)
    if values is None or bool(np.isnan(values).all()):
        return None
    return quantiles(single_quarters(values, material.ensemble.quarters))
