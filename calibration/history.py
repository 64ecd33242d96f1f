"""Joint draws of the city's past years: levels, growth, intensities, land.

Draw i belongs to draw i of the city's growth path. Where no series exists (water, land, parts
of energy) the draw is a prior moved along, and the bundle says so in ``evidence``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.annual import fit_levels, level_draws
from calibration.latent import LatentFit, LatentModel, fit_latent
from calibration.measurement import Figure, Table
from calibration.priors import Prior
from calibration.regional import annual_growth
from sim.units import MU, WAN_YUAN, YI_YUAN

Floats = NDArray[np.float64]
Priors = Mapping[str, tuple[float, float]]
"""Name -> (value, standard deviation) of outside_priors.csv."""


class EnergyModel(LatentModel):
    """Falls of energy per GDP and per industrial value added, per cent a year.

    States: this year's fall per GDP and four lags, and industry's own deviation. A published
    mean over 2012, 2013, 2015 and 2016 is a second measurement of the lags.
    """

    def __init__(
        self, values: Floats, noise: Floats, priors: Sequence[Prior], closure: int, extra: float
    ) -> None:
        self.closure, self.extra = closure, extra
        super().__init__(values, 6, priors, k_posdef=2)
        covariance = np.zeros((3, 3, len(values)))
        for row in range(3):
            covariance[row, row] = noise[:, row] ** 2
        self["obs_cov"] = covariance
        self["selection", 0, 0] = self["selection", 5, 1] = 1.0
        self["transition", 1:5, 0:4] = np.eye(4)

    def assign(self, values: dict[str, float]) -> None:
        """Write the system matrices."""
        persistence, mean = values["persistence"], values["mean"]
        design = np.zeros((3, 6))
        design[0, 0] = 1.0
        design[1, [0, 1, 3, 4]] = 0.25
        design[2, 0], design[2, 5] = values["ratio"], 1.0
        self["design"] = design
        self["transition", 0, 0] = persistence
        intercept = np.zeros((6, self.nobs))
        intercept[0] = mean * (1.0 - persistence)
        observed = np.zeros((3, self.nobs))
        if 0 < self.closure < self.nobs:
            # The closing lowers one year's figure; the next year forgets it.
            intercept[0, self.closure - 1] += values["closure"]
            intercept[0, self.closure] -= persistence * values["closure"]
            observed[2, self.closure] = self.extra
        self["state_intercept"], self["obs_intercept"] = intercept, observed
        self["state_cov"] = np.diag([values["sd"] ** 2, values["sd_industry"] ** 2])
        start = np.full(6, mean)
        start[5] = 0.0
        self.ssm.initialize_known(start, np.diag([9.0] * 5 + [values["sd_industry"] ** 2]))


def energy_fit(table: Table, priors: Priors, first: int, last: int) -> LatentFit:
    """Fit the falls of energy intensity of the years `first` to `last` (MAP)."""
    names = (
        "energy_per_gdp_fall",
        "energy_per_gdp_fall_mean_2012_13_15_16",
        "energy_per_industrial_va_fall",
    )
    values, noise = np.full((last - first + 1, 3), np.nan), np.ones((last - first + 1, 3))
    for column, name in enumerate(names):
        for period, (value, deviation) in table.get((name, "city"), {}).items():
            if period.isdigit() and first <= int(period) <= last:
                values[int(period) - first, column] = value
                noise[int(period) - first, column] = max(deviation, 0.3)
    ratio, closure = priors["industry_energy_fall_ratio"], priors.get("closure_energy_per_gdp_2016")
    declared = (
        Prior("mean", "real", 4.8, 1.0, "targets of 3 to 6.4 a year, mostly met"),
        Prior("persistence", "unit", 0.2, 0.6, "annual falls scatter"),
        Prior("sd", "positive", 1.6, 0.4, "falls from 4.1 to 8.0 in the cited years"),
        Prior("ratio", "real", ratio[0], ratio[1], "outside_priors.csv"),
        Prior("sd_industry", "positive", 1.2, 0.4, "judgement: one cited year"),
        Prior("closure", "real", *(closure or (0.0, 1e-3)), reason="outside_priors.csv"),
    )
    year = 2016 - first if closure else -1
    extra = priors.get("closure_industry_extra_2016", (0.0, 0.0))[0]
    return fit_latent(EnergyModel(values, noise, declared, year, extra))


def intensity_draws(
    fit: LatentFit, priors: Priors, count: int, generator: np.random.Generator
) -> Floats:
    """Return annual changes of above-scale energy intensity (fractions), (draws, years)."""
    parameters, states = fit.draws(count, generator)
    ratio = parameters[:, fit.model.param_names.index("ratio")]
    falls = ratio[:, None] * states[:, 0] + states[:, 5]
    model = fit.model
    assert isinstance(model, EnergyModel)
    if 0 < model.closure < falls.shape[1]:
        centre, spread = priors.get("closure_industry_extra_2016", (0.0, 0.0))
        falls[:, model.closure] += centre + spread * generator.standard_normal(count)
    return np.asarray(-falls / 100.0)


def price_increments(table: Table, national: Mapping[int, float], years: Sequence[int]) -> Floats:
    """Return annual log producer-price growth: the province's where published, else national."""
    published: Mapping[str, Figure] = table.get(("ppi_index", "province"), {})
    return np.array(
        [
            np.log(published[str(y)][0] / 100.0) if str(y) in published else national[y]
            for y in years
        ]
    )


def level_priors(priors: Priors, names: Mapping[str, tuple[str, float]]) -> list[Prior]:
    """Return drift and shock priors of each series: name -> (prior row, shock sd)."""
    declared = []
    for name, (row, shock) in names.items():
        value, spread = priors[row]
        declared.append(Prior(f"drift_{name}", "real", value / 100.0, spread / 100.0, row))
        declared.append(Prior(f"sd_{name}", "positive", shock, 0.3, "judgement: few years"))
    return declared


def levels(table: Table, priors: Priors, name: str, factor: float) -> dict[str, Figure]:
    """Return a city level series in base units with relative standard deviations.

    A row ``<name>_<year>`` of outside_priors.csv stands in where that year is not published.
    """
    found = {
        key.removeprefix(name + "_"): (value * factor, spread / value)
        for key, (value, spread) in priors.items()
        if key.startswith(name + "_") and key.removeprefix(name + "_").isdigit()
    }
    published = table.get((name, "city"), {})
    return found | {p: (value * factor, spread) for p, (value, spread) in published.items()}


def history_draws(
    table: Table,
    priors: Priors,
    city: Floats,
    gdp: Floats,
    path_first: int,
    years: Sequence[int],
    national_prices: Mapping[int, float],
    generator: np.random.Generator,
) -> tuple[dict[str, Floats], dict[str, Any]]:
    """Draw all annual series jointly.

    Parameters
    ----------
    table : Table
        Growth figures with standard deviations in points, levels with relative ones.
    city, gdp : array, shape (draws, quarters)
        Quarterly log growth draws from quarter `path_first`.
    years : sequence of int

    Returns
    -------
    values : dict of name to array, shape (draws, years)
    fits : dict of name to LatentFit
    """
    count, first, last = len(city), years[0], years[-1]
    growth = np.stack([annual_growth(city, path_first, y) for y in years], axis=1)
    gdp_growth = np.stack([annual_growth(gdp, path_first, y) for y in years], axis=1)
    increments = np.log1p(growth) + price_increments(table, national_prices, years)[None, :]
    money = fit_levels(
        [
            levels(table, priors, "industrial_revenue", YI_YUAN),
            levels(table, priors, "industrial_value_added", YI_YUAN),
        ],
        increments,
        first,
        ("revenue", "rate"),
        level_priors(
            priors, {"revenue": ("revenue_wedge", 0.02), "rate": ("value_added_rate_drift", 0.012)}
        ),
    )
    revenue, value_added = level_draws(money, increments, generator)
    none = np.zeros_like(increments)
    staff = fit_levels(
        [levels(table, priors, "industrial_employment", WAN_YUAN)],
        none,
        first,
        ("employment",),
        level_priors(priors, {"employment": ("employment_drift", 0.015)}),
    )
    (employment,) = level_draws(staff, none, generator)
    output = fit_levels(
        [levels(table, priors, "gdp", YI_YUAN)],
        np.log1p(gdp_growth),
        first,
        ("deflator",),
        [
            Prior("drift_deflator", "real", 0.02, 0.02, "GDP deflator near 2 % a year"),
            Prior("sd_deflator", "positive", 0.02, 0.4, "judgement"),
        ],
    )
    (gdp_level,) = level_draws(output, np.log1p(gdp_growth), generator)
    energy = energy_fit(table, priors, first, last)
    values = {
        "industrial_value_added_growth": growth,
        "industrial_value_added": value_added,
        "industrial_revenue": revenue,
        "industrial_employment": employment,
        "gdp_growth": gdp_growth,
        "gdp": gdp_level,
        "energy_intensity_change": intensity_draws(energy, priors, count, generator),
        "water_intensity_change": water_draws(priors, count, len(years), generator),
        "construction_land": land_draws(priors, count, years, generator),
    }
    return values, {"money": money, "employment": staff, "gdp_level": output, "energy": energy}


def water_draws(priors: Priors, count: int, years: int, generator: np.random.Generator) -> Floats:
    """Return annual changes of water intensity: a common fall and annual scatter (prior)."""
    centre, spread = priors["water_per_value_added_fall"]
    common = centre + spread * generator.standard_normal((count, 1))
    return np.asarray(-(common + spread * generator.standard_normal((count, years))) / 100.0)


def land_draws(
    priors: Priors, count: int, years: Sequence[int], generator: np.random.Generator
) -> Floats:
    """Return construction land at each year's end, square metres (prior)."""
    level, spread = priors["construction_land_2012"]
    growth, growth_spread = priors["construction_land_growth"]
    base = level * WAN_YUAN * MU * np.exp(spread / level * generator.standard_normal((count, 1)))
    rate = (growth + growth_spread * generator.standard_normal((count, 1))) / 100.0
    return np.asarray(base * np.exp(rate * (np.array(years)[None, :] - 2012)))
