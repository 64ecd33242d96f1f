"""Levels of the year before the start that a member draws from the fits: figures of a yearbook."""

from __future__ import annotations

import numpy as np

from sim.analysis.attainment import Floats
from sim.analysis.baselines import Known
from sim.analysis.evaluation import Ensemble
from sim.parameters.declare import Parameter

LEVELS: dict[str, tuple[str, str]] = {
    "industrial_revenue": ("Main revenue of above-scale industry", "规上工业主营业务收入"),
    "industrial_value_added": ("Value added of above-scale industry", "规上工业增加值"),
    "industrial_employment": ("Employment of above-scale industry", "规上工业用工"),
    "gdp": ("Gross domestic product", "地区生产总值"),
    "information_economy_value_added": (
        "Value added of the information economy", "信息经济增加值",
    ),
}  # fmt: skip
"""Level to its names; a run holds the draws as ``margin_<level>_target``."""


def drawn_levels(ensemble: Ensemble, city: Known) -> tuple[dict[str, Floats], dict[str, Parameter]]:
    """Return the draws of each level and its figure, both by ``<level>_<year>``.

    The status is that of the published figure, or ``derived`` where the fits carry earlier
    figures on.
    """
    year = ensemble.quarters[0] // 4 - 1
    values: dict[str, Floats] = {}
    figures: dict[str, Parameter] = {}
    for name, (english, chinese) in LEVELS.items():
        drawn = ensemble.parameters.get(f"margin_{name}_target")
        if drawn is None or np.isnan(drawn).any():
            continue
        key = f"{name}_{year}"
        low, central, high = (float(value) for value in np.quantile(drawn, (0.05, 0.5, 0.95)))
        seen = city.published.get(name, {}).get(str(year))
        figures[key] = Parameter(
            key, central, low, high, "1", "fits", "derived" if seen is None else seen[1],
            f"{english} {year}", f"{year}年{chinese}",
        )  # fmt: skip
        values[key] = drawn
    return values, figures
