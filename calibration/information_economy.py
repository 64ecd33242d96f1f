"""The information economy 信息经济 as its own module: growth that slows by an unknown step.

A city total mostly outside manufacturing, never summed with the firms. Annual growth of the
level is a random walk with a downward drift; the published (comparable-price) rate is a second
measurement through an offset. Three figures inform it: priors carry much of the weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.annual import fit_levels, level_draws
from calibration.history import levels
from calibration.latent import LatentFit, LatentModel, fit_latent
from calibration.measurement import Figure, Table
from calibration.priors import Prior
from calibration.specs import INFORMATION_ECONOMY_PRIORS
from sim.units import YI_YUAN

Floats = NDArray[np.float64]
LEVEL_NOISE = 1.5
"""Points by which the ratio of two levels misses growth (vintages of the scope)."""


class GrowthModel(LatentModel):
    """Annual growth with drift, seen as a ratio of levels and as a published rate."""

    def __init__(self, values: Floats, noise: Floats) -> None:
        super().__init__(values, 1, INFORMATION_ECONOMY_PRIORS, k_posdef=1)
        covariance = np.zeros((2, 2, len(values)))
        covariance[0, 0], covariance[1, 1] = noise[:, 0] ** 2, noise[:, 1] ** 2
        self["obs_cov"] = covariance
        self["design"], self["transition"] = np.ones((2, 1)), np.eye(1)
        self["selection"] = np.eye(1)
        self.ssm.initialize_known(np.array([24.0]), np.array([[36.0]]))

    def assign(self, values: dict[str, float]) -> None:
        """Write drift, offset and variance."""
        self["state_intercept"] = np.array([[-values["deceleration"]]])
        self["obs_intercept"] = np.array([[0.0], [values["offset"]]])
        self["state_cov"] = np.array([[values["sd"] ** 2]])


def growth_figures(table: Table, first: int, last: int) -> tuple[Floats, Floats]:
    """Return level growth and published growth by year (per cent) with their noise."""
    totals = table.get(("information_economy_value_added", "city"), {})
    rates = table.get(("information_economy_growth", "city"), {})
    values, noise = np.full((last - first + 1, 2), np.nan), np.ones((last - first + 1, 2))
    for year in range(first, last + 1):
        now, before = totals.get(str(year)), totals.get(str(year - 1))
        if now and before:
            values[year - first, 0] = 100.0 * (now[0] / before[0] - 1.0)
            noise[year - first, 0] = np.hypot(100.0 * np.hypot(now[1], before[1]), LEVEL_NOISE)
        if str(year) in rates:
            values[year - first, 1], noise[year - first, 1] = rates[str(year)]
    return values, noise


def fit_growth(table: Table, first: int, last: int) -> LatentFit:
    """Fit annual growth of the years `first` to `last` (MAP)."""
    return fit_latent(GrowthModel(*growth_figures(table, first, last)))


def export_information_economy(
    table: Table,
    priors: Mapping[str, Figure],
    first: int,
    last: int,
    count: int,
    generator: np.random.Generator,
) -> tuple[dict[str, Any], LatentFit]:
    """Return the bundle's entry and the fit.

    Entry: ``deceleration``, ``sd`` (points a year), ``growth`` (draws, years; fractions),
    ``value_added`` (draws, years; yuan, current), ``revenue_ratio`` and ``national_link``
    (draws,).
    """
    fit = fit_growth(table, first, last)
    parameters, states = fit.draws(count, generator)
    growth = states[:, 0] / 100.0
    figures = levels(table, priors, "information_economy_value_added", YI_YUAN)
    level = fit_levels(
        [figures],
        np.log1p(growth),
        first,
        ("level",),
        [
            Prior("drift_level", "real", 0.0, 0.005, "growth is already in the increments"),
            Prior("sd_level", "positive", 0.01, 0.3, "vintages of the scope"),
        ],
    )
    (value_added,) = level_draws(level, np.log1p(growth), generator)
    ratio, link = (
        priors["information_economy_revenue_ratio"],
        priors["information_economy_national_link"],
    )
    return {
        "first_year": first,
        "deceleration": parameters[:, 0],
        "sd": parameters[:, 1],
        "growth": growth,
        "value_added": value_added,
        "revenue_ratio": ratio[0] + ratio[1] * generator.standard_normal(count),
        "national_link": link[0] + link[1] * generator.standard_normal(count),
    }, fit
