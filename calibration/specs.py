"""Candidate fits of the outside world, declared in one place.

Units: growth in per cent (logarithm times 100), quarters for persistence. A prior's spread is a
standard deviation in its unconstrained space (see :class:`calibration.priors.Prior`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from calibration.priors import Prior
from calibration.schemas import SOURCES
from sim.units import quarter_index

SPEC_VERSION = 3
"""Raised whenever a fit would change though the data did not."""
DRAWS = 256
DIGITS = 7
"""Significant digits at which every fitted number is stored."""
HISTORY_FIRST = "2010Q1"
"""First quarter of the stored past."""

GROWTHS = ("industrial", "exports", "ppi", "cpi")
"""Drivers seen as year-on-year growth, that is as sums of four quarterly log growths."""
DRIVERS = (*GROWTHS, "credit", "orders")
MEASUREMENT_SD = {
    "industrial": 0.20,
    "exports": 2.5,
    "ppi": 0.10,
    "cpi": 0.10,
    "credit": 0.20,
    "orders": 0.80,
}
"""Noise of a published quarterly figure, points: rounding, and for exports the moving New
Year holiday (the quarter's yoy moves by several points with it)."""

_FLAT = "weak: the data decide"


@dataclass(frozen=True)
class DriverSpec:
    """One candidate for the joint national drivers.

    Parameters
    ----------
    name : str
    first : str
        First quarter used.
    linked : tuple of str
        Drivers that a common factor moves together with industry (which then loads one).
    converging : bool
        Whether trend growth of industry and exports converges to a long-run rate (else it
        drifts as a random walk).
    """

    name: str
    first: str
    linked: tuple[str, ...]
    converging: bool


_DEMAND = ("industrial", "exports", "orders")
DRIVER_CANDIDATES = (
    DriverSpec("common_factor_since_2005", "2005Q1", DRIVERS, True),
    DriverSpec("common_factor", "2010Q1", DRIVERS, True),
    DriverSpec("demand_factor_drifting", "2010Q1", _DEMAND, False),
    DriverSpec("demand_factor", "2010Q1", _DEMAND, True),
    DriverSpec("independent", "2010Q1", (), True),
)
PATH_CANDIDATE = DRIVER_CANDIDATES[0]
"""The longest candidate: it smooths the nation's past for the city's model."""
LONG_RUN_GROWTH = (("2005Q1", 9.0), ("2011Q4", 8.0), ("2015Q4", 6.2))
"""Long-run industrial growth, per cent a year, as planned at a quarter: memory of the national
industrial plans for 2006-2010, 2011-2015 (8 %) and 2016-2020 (GDP 6.5 %, industry a little less).
It is the centre of a prior, one point wide."""


def long_run_growth(last: int) -> float:
    """Return the planned long-run growth known at quarter `last`, per cent a quarter."""
    known = [value for start, value in LONG_RUN_GROWTH if quarter_index(start) <= last]
    return (known or [LONG_RUN_GROWTH[0][1]])[-1] / 4.0


def driver_priors(last: int) -> tuple[Prior, ...]:
    """Return the priors of a candidate seen at quarter `last`, in stored order."""
    priors = [
        Prior(
            "trend_sd",
            "positive",
            0.06,
            0.4,
            "quarterly drift of trend growth: 0.24 points "
            "yoy a quarter, so 0.8 points over three years",
        ),
        Prior("trend_mean", "real", long_run_growth(last), 0.25, "LONG_RUN_GROWTH"),
        Prior("trend_persistence", "unit", 0.9, 0.5, "the slowdown of 2010-2015 took years"),
        Prior(
            "mean_exports",
            "real",
            -0.1,
            0.3,
            "exports and industry share their trend; world "
            "trade was expected to grow a little less than China's industry",
        ),
        Prior("mean_ppi", "real", 0.4, 0.5, "long-run producer inflation near 1.5 % a year"),
        Prior("mean_cpi", "real", 0.6, 0.3, "long-run consumer inflation near 2.5 % a year"),
        Prior("mean_credit", "real", 6.5, 2.0, "credit grows faster than real industry"),
        Prior("mean_orders", "real", 2.0, 2.0, "new-orders index minus 50, sample mean"),
        Prior("loading_exports", "real", 2.0, 1.5, _FLAT),
        Prior("loading_ppi", "real", 0.8, 1.0, _FLAT),
        Prior("loading_cpi", "real", 0.15, 0.4, _FLAT),
        Prior("loading_credit", "real", 0.0, 0.7, _FLAT),
        Prior("loading_orders", "real", 1.5, 1.0, _FLAT),
        Prior("factor_persistence", "unit", 0.7, 0.6, "business cycles last years"),
        Prior("factor_sd", "positive", 0.4, 0.7, _FLAT),
    ]
    persistence = {
        "industrial": 0.3,
        "exports": 0.3,
        "ppi": 0.6,
        "cpi": 0.4,
        "credit": 0.85,
        "orders": 0.5,
    }
    sd = {"industrial": 0.2, "exports": 2.0, "ppi": 0.6, "cpi": 0.3, "credit": 0.8, "orders": 1.2}
    for name in DRIVERS:
        priors.append(Prior(f"persistence_{name}", "unit", persistence[name], 0.8, _FLAT))
        priors.append(Prior(f"sd_{name}", "positive", sd[name], 0.7, _FLAT))
    return tuple(priors)


def chain_priors(
    name: str, spill: bool, mean: float, loading: float, persistence: float, shock: float
) -> list[Prior]:
    """Return the priors of one regional chain (see :mod:`calibration.regional`)."""
    priors = [
        Prior(
            f"mean_{name}",
            "real",
            mean,
            0.35,
            "growth apart from the nation's: a point or so a year either way",
        ),
        Prior(
            f"loading_{name}",
            "real",
            loading,
            0.25,
            "a province or city moves about one for one with the nation",
        ),
        Prior(
            f"persistence_{name}",
            "unit",
            persistence,
            0.5,
            "local deviations last quarters to years",
        ),
        Prior(
            f"sd_{name}",
            "positive",
            shock,
            0.3,
            "annual growth strays from the nation's "
            "part by one to two points (industry), by half of that (GDP)",
        ),
    ]
    if spill:
        priors.append(
            Prior(
                f"spill_{name}",
                "real",
                0.8,
                0.25,
                "a tenth to a fifth of the province's industry is the city's",
            )
        )
    return priors


CITY_PRIORS = (
    *chain_priors("province", False, -0.2, 1.0, 0.85, 0.30),
    *chain_priors("city", True, 0.0, 0.9, 0.75, 0.22),
    Prior(
        "offset_secondary_value_added_growth",
        "real",
        -1.0,
        0.7,
        "construction and small firms grow more slowly than above-scale industry",
    ),
    Prior("offset_all_industry_value_added_growth", "real", -0.4, 0.4, "small firms included"),
)
"""Above-scale industry of province and city: MAP; persistence, sd and spill of the city are
not identified by its dozen figures and rest on these priors."""
GDP_PRIORS = (
    *chain_priors("province", False, 0.5, 0.8, 0.8, 0.15),
    *chain_priors("city", True, 0.5, 0.8, 0.85, 0.15),
)
INFORMATION_ECONOMY_PRIORS = (
    Prior(
        "deceleration",
        "real",
        1.5,
        1.0,
        "growth of a young sector slows as it fills the "
        "economy: 25.0, 22.8, 21.8 in three years (memory)",
    ),
    Prior("sd", "positive", 1.5, 0.4, "a year's surprise"),
    Prior("offset", "real", 3.0, 2.5, "published rates exceed the ratio of published levels"),
)
"""Growth of the information economy: deceleration, a year's surprise, offset of published rates."""
LISTING_PRIORS = (
    Prior("log_rate", "real", math.log(3.0), 1.0,
          "weak: between half a listing and twenty in an open quarter"),
    Prior("level_sd", "positive", 0.5, 0.8,
          "a year with an open window has brought half to twice the usual number, at most"),
    Prior("persistence", "unit", 0.85, 1.0,
          "a quarter's: review committees and waves of listings last for a year or two"),
)  # fmt: skip
"""Rate, spread and persistence of the intensity of listings."""


@dataclass(frozen=True)
class CountSpec:
    """One candidate: its family and covariate (``none``, ``trend`` or ``market``)."""

    name: str
    dispersed: bool
    covariate: str


COUNT_CANDIDATES = (
    CountSpec("poisson", False, "none"),
    CountSpec("poisson_trend", False, "trend"),
    CountSpec("negative_binomial", True, "none"),
    CountSpec("negative_binomial_trend", True, "trend"),
    CountSpec("negative_binomial_market", True, "market"),
)
DRIVER_SERIES = (*(f"{stem}_m" for stem in SOURCES.values()), "CN_equity_raised_q")
"""Series that the fits read from drivers.csv."""
NEEDED = (
    ("industrial_value_added_growth", "city"),
    ("industrial_value_added_growth", "province"),
    ("secondary_value_added_growth", "city"),
    ("all_industry_value_added_growth", "city"),
    ("gdp_growth", "city"),
    ("gdp_growth", "province"),
    ("gdp", "city"),
    ("industrial_value_added", "city"),
    ("industrial_revenue", "city"),
    ("industrial_employment", "city"),
    ("ppi_index", "province"),
    ("energy_per_gdp_fall", "city"),
    ("energy_per_gdp_fall_mean_2012_13_15_16", "city"),
    ("energy_per_industrial_va_fall", "city"),
    ("information_economy_value_added", "city"),
    ("information_economy_growth", "city"),
    ("a_share_ipos_adjusted", "city"),
    ("a_share_ipos_survivors", "city"),
)
"""(series, region) that the fits read from series.csv."""
_PROVINCES = {"hangzhou": "zhejiang"}


def province_of(city: str) -> str:
    """Return the region under which the city's province stands (``province`` by default)."""
    return _PROVINCES.get(city, "province")


POSTERIOR_DRAWS = 512
"""Posterior draws that are stored, of which members take each in turn; a bank has as many hindcasts
at least."""
