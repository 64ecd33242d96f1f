"""Sampling of the outside world from the statsmodels fits, without statsmodels.

Each part of the bundle holds a few hundred joint draws of parameters, last states and smoothed
past. A member takes one draw of each part (a permutation keyed by seed and part, so that
neighbouring members take different ones) and continues it with numbers keyed by quarter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import outside_paths as paths
from sim.errors import InputError, Problem
from sim.rng import KeyedRandom
from sim.units import quarter_index
from sim.world import HISTORY_SERIES, SHOCKABLE, History, Shock, World

__all__ = [
    "HISTORY_SERIES",
    "SHOCKABLE",
    "History",
    "Shock",
    "World",
    "WorldFits",
    "load_world_fits",
    "sample_history",
    "sample_world",
]
Floats = NDArray[np.float64]
PARTS = ("drivers", "city_path", "gdp", "history", "information_economy", "counts", "national")
BASE_YEAR = 2015
CYCLE_QUARTERS = 8
"""Quarters over which national growth is averaged to tell the cycle from the trend."""


@dataclass(frozen=True)
class WorldFits:
    """The parts of a fits bundle, arrays frozen; see :mod:`calibration.bundle` for contents."""

    parts: Mapping[str, Any]
    origin: int
    first: int

    def draws(self) -> int:
        """Return how many joint draws each part stores."""
        return len(self.parts["drivers"]["parameters"]["trend_sd"])


def frozen(content: Any) -> Any:
    """Turn lists of numbers into read-only arrays, null into not-a-number."""
    if isinstance(content, dict):
        return {key: frozen(value) for key, value in content.items()}
    if isinstance(content, list):
        array = np.array(content, dtype=np.float64)
        array.flags.writeable = False
        return array
    return content


def load_world_fits(bundle: Path) -> WorldFits:
    """Read a fits bundle.

    Parameters
    ----------
    bundle : Path
        Directory written by the calibration stage.

    Raises
    ------
    InputError
        If a part is missing or cannot be read; every such part is named.
    """
    parts, problems = {}, []
    for name in PARTS:
        path = bundle / f"{name}.json"
        try:
            parts[name] = frozen(json.loads(path.read_text(encoding="utf-8")))
        except OSError:
            problems.append(Problem(str(path), "", "missing part of the fits; run calibrate"))
        except (ValueError, TypeError):
            problems.append(Problem(str(path), "", "damaged part of the fits; run calibrate"))
    if problems:
        raise InputError(problems)
    drivers = parts["drivers"]
    return WorldFits(parts, quarter_index(drivers["origin"]), quarter_index(drivers["first"]))


def draw_number(random: KeyedRandom, part: str, count: int) -> int:
    """Return which stored draw a member takes.

    Members of one block of `count` take each draw once, in an order keyed by seed and part.
    """
    block, place = divmod(random.member, count)
    return int(_order_of_draws(random.seed, part, block, count)[place])


@lru_cache(maxsize=16)
def _order_of_draws(seed: int, part: str, block: int, count: int) -> NDArray[np.int64]:
    """Return the order in which the members of a block take draws, the same for all of them."""
    keys = KeyedRandom(seed, 0).uniforms(f"outside/draw/{part}", np.arange(count), quarter=block)[0]
    return np.asarray(np.argsort(keys, kind="stable"))


def known_table(table: Mapping[str, float]) -> dict[int, float]:
    """Return a dated table keyed by quarter index."""
    return {quarter_index(name): value for name, value in table.items()}


def sample_world(
    fits: WorldFits,
    random: KeyedRandom,
    first: int,
    last: int,
    shocks: Mapping[str, Shock] | None = None,
    begin: int | None = None,
) -> World:
    """Draw one member's outside world.

    Parameters
    ----------
    fits : WorldFits
    random : KeyedRandom
        The member's numbers.
    first, last : int
        Quarter indices of the horizon, both included; `first` may lie in the fitted past.
    shocks : mapping of str to Shock, optional
        By the names of :data:`sim.world.SHOCKABLE`.
    begin : int, optional
        Quarter index from which shocks act, the first of the simulation; `first` if not given.

    Returns
    -------
    World

    Raises
    ------
    InputError
        If `first` lies before the stored past or a shock's name is unknown.
    """
    shocks = shocks or {}
    check_request(fits, first, last, shocks)
    begin = first if begin is None else begin
    quarters = range(fits.first, last + 1)
    # The base year of the price indices must be inside whatever the horizon.
    longer = range(fits.first, max(last + 1, (BASE_YEAR + 1) * 4))
    draw = draw_number(random, "national", fits.draws())
    prior = {k: float(v[draw]) for k, v in fits.parts["national"]["priors"].items()}
    driver = national_growth(fits, random, longer, begin, shocks, prior)
    values = national_rates(fits, random, driver, longer, begin, shocks, prior)
    values |= city_paths(fits, random, driver, longer, prior)
    values |= listing_paths(fits, random, longer, begin, shocks, prior)
    start = first - fits.first
    arrays = {name: cut(path, start, len(quarters)) for name, path in values.items()}
    return World(first=first, last=last, **arrays)


def cut(path: Floats, start: int, stop: int) -> Floats:
    """Return the horizon's part of a path, read-only."""
    part = np.ascontiguousarray(path[start:stop], dtype=np.float64)
    part.flags.writeable = False
    return part


def check_request(fits: WorldFits, first: int, last: int, shocks: Mapping[str, Shock]) -> None:
    """Raise InputError for a horizon outside the fits or an unknown shock."""
    problems = []
    if first < fits.first + 4:
        problems.append(Problem("fits", "start", "earlier than the fits' past"))
    if last < first:
        problems.append(Problem("fits", "end", "before start"))
    for name in shocks:
        if name not in SHOCKABLE:
            legal = ", ".join(SHOCKABLE)
            problems.append(Problem("scenario", f"outside_world.{name}", f"not one of {legal}"))
    if problems:
        raise InputError(problems)


def national_growth(
    fits: WorldFits,
    random: KeyedRandom,
    quarters: range,
    begin: int,
    shocks: Mapping[str, Shock],
    prior: Mapping[str, float],
) -> dict[str, Floats]:
    """Return the drivers' quarterly log growth (credit: year on year), shocks applied."""
    draw = draw_number(random, "drivers", fits.draws())
    raw = paths.driver_paths(fits.parts["drivers"], draw, fits.origin, quarters, random)
    out = {name: path / 100.0 for name, path in raw.items()}
    tariff = fits.parts["national"]["tariff"]
    strike = quarter_index(tariff["first"]) if tariff else 0
    loss = paths.tariff_loss(tariff, strike, quarters, random)
    sampled = out["exports"]
    out["exports"] = paths.impose_growth(
        sampled - loss, shocks.get("export_demand"), quarters, begin
    )
    # What a tariff or a scenario takes from exports reaches industry by its export share.
    share = max(prior["export_industry_share"], 0.0)
    out["industrial"] = out["industrial"] + share * (out["exports"] - sampled)
    loading = prior["purchase_price_loading"]
    out["usual_gap"] = (loading - 1.0) * out["ppi"]
    for name, shock in (("industrial", "industrial_demand"), ("ppi", "ppi")):
        out[name] = paths.impose_growth(out[name], shocks.get(shock), quarters, begin)
    purchase = loading * out["ppi"]
    out["purchase"] = paths.impose_growth(purchase, shocks.get("purchase_prices"), quarters, begin)
    out["exports_real"] = out["exports"] - prior["export_price_passthrough"] * out["ppi"]
    return out


def year_on_year(growth: Floats) -> Floats:
    """Return the sum of four quarters of log growth as a rate; NaN for the first three."""
    total = np.convolve(growth, np.ones(4))[: len(growth)]
    total[:3] = np.nan
    return np.asarray(np.expm1(total))


def price_index(growth: Floats, first: int) -> Floats:
    """Return the index of cumulated log growth with the mean of 2015 as one."""
    level = np.exp(np.cumsum(growth))
    start = BASE_YEAR * 4 - first
    return np.asarray(level / level[start : start + 4].mean())


def national_rates(
    fits: WorldFits,
    random: KeyedRandom,
    driver: Mapping[str, Floats],
    quarters: range,
    begin: int,
    shocks: Mapping[str, Shock],
    prior: Mapping[str, float],
) -> dict[str, Floats]:
    """Return national growth, prices, credit, interest, tax rate and wages."""
    known = {k: known_table(v) for k, v in fits.parts["national"]["known"].items()}
    lending = paths.mean_reverting(
        {q: v / 100.0 for q, v in known["lending_rate"].items()},
        prior["lending_rate_mean"],
        0.9,
        prior["lending_rate_sd"],
        fits.origin - 1,
        quarters,
        "outside/lending_rate",
        random,
    )
    vat = paths.step_path(known["vat_rate"], quarters)
    wage = driver["cpi"] + prior["real_wage_growth"] / 400.0
    return {
        "industrial_growth_yoy": year_on_year(driver["industrial"]),
        "industrial_log_growth": driver["industrial"],
        "export_growth_yoy": year_on_year(driver["exports_real"]),
        "export_log_growth": driver["exports_real"],
        "ppi": price_index(driver["ppi"], quarters.start),
        "purchase_prices": price_index(driver["purchase"], quarters.start),
        "usual_price_gap": price_index(driver["usual_gap"], quarters.start),
        "credit_growth": paths.impose_value(
            driver["credit"], shocks.get("credit"), quarters, begin, -0.5, 1.0
        ),
        "interest_rate": paths.impose_value(
            np.clip(lending, 0.01, 0.2), shocks.get("interest_rate"), quarters, begin, 0.0, 0.5
        ),
        "vat_rate": paths.impose_value(vat, shocks.get("vat_rate"), quarters, begin, 0.0, 0.5),
        "consumer_price_log_growth": driver["cpi"],
        "wage_log_growth": wage + prior["wage_demand_link"] * cycle(driver["industrial"]),
    }


def cycle(growth: Floats) -> Floats:
    """Return growth less its mean over the last quarters: the demand cycle."""
    total = np.concatenate([[0.0], np.cumsum(growth)])
    index = np.arange(len(growth)) + 1
    start = np.maximum(index - CYCLE_QUARTERS, 0)
    return np.asarray(growth - (total[index] - total[start]) / (index - start))


def city_paths(
    fits: WorldFits,
    random: KeyedRandom,
    driver: Mapping[str, Floats],
    quarters: range,
    prior: Mapping[str, float],
) -> dict[str, Floats]:
    """Return the city's industry, GDP, deflator and information economy."""
    draw = draw_number(random, "city", fits.draws())
    national = 100.0 * driver["industrial"]
    city, gdp = fits.parts["city_path"], fits.parts["gdp"]
    growth, deviation = paths.regional_path(
        city, city["growth"], draw, fits.origin, national, quarters, "outside/city", random
    )
    gdp_growth, _ = paths.regional_path(
        gdp, gdp["growth"], draw, fits.origin, national, quarters, "outside/gdp", random
    )
    deflator = {name: float(values[draw]) for name, values in gdp["deflator"].items()}
    noise = random.normals_by_quarter("outside/deflator", quarters)
    module = fits.parts["information_economy"]
    place = draw_number(random, "information_economy", fits.draws())
    information = paths.module_growth(
        module["growth"][place],
        int(module["first_year"]),
        float(module["deceleration"][place]),
        float(module["sd"][place]),
        float(module["national_link"][place]),
        cycle(driver["industrial"]),
        quarters,
        random,
    )
    return {
        "city_log_growth": growth / 100.0,
        "city_deviation": deviation / 100.0,
        "gdp_log_growth": gdp_growth / 100.0,
        # A year's residual is spread over four independent quarters of half its deviation.
        "gdp_deflator_log_growth": deflator["constant"] / 4.0
        + deflator["producer"] * driver["ppi"]
        + deflator["consumer"] * driver["cpi"]
        + 0.5 * deflator["sd"] * noise,
        "information_economy_log_growth": information,
    }


def listing_paths(
    fits: WorldFits,
    random: KeyedRandom,
    quarters: range,
    begin: int,
    shocks: Mapping[str, Shock],
    prior: Mapping[str, float],
) -> dict[str, Floats]:
    """Return the IPO window, the pass rate and the intensities of listings and moves."""
    counts = fits.parts["counts"]
    draw = draw_number(random, "counts", fits.draws())
    window = paths.window_path(
        counts["window"],
        bool(counts["window_open"]),
        float(counts["closing_hazard"][draw]),
        float(counts["reopening_hazard"][draw]),
        fits.origin,
        quarters,
        random,
    )
    window = paths.impose_value(window, shocks.get("ipo_window"), quarters, begin, 0.0, 1.0)
    rate = paths.pass_rate_path(
        known_table(fits.parts["national"]["known"]["pass_rate"]),
        prior["pass_rate_mean"],
        prior["pass_rate_persistence"],
        prior["pass_rate_sd"],
        fits.origin,
        quarters,
        random,
    )
    steady = np.ones(len(quarters))
    listings = paths.wandering_rate(
        {n: float(counts[n][draw]) for n in ("log_rate", "level_sd", "persistence", "last")},
        fits.origin,
        quarters,
        "outside/listings",
        random,
    )
    return {
        "ipo_window": window,
        "ipo_pass_rate": paths.impose_value(
            rate, shocks.get("ipo_pass_rate"), quarters, begin, 0.0, 1.0
        ),
        "listing_intensity": listings * window,
        "overseas_listing_intensity": float(counts["overseas_listings"][draw]) * steady,
        "move_in_intensity": float(counts["move_ins"][draw]) * steady,
        "departure_intensity": float(counts["departures"][draw]) * steady,
    }


def sample_history(fits: WorldFits, random: KeyedRandom) -> History:
    """Draw one member's past years: the draw that its city path continues.

    Returns
    -------
    History
        Series of :data:`sim.world.HISTORY_SERIES`.
    """
    part, module = fits.parts["history"], fits.parts["information_economy"]
    draw = draw_number(random, "city", fits.draws())
    place = draw_number(random, "information_economy", fits.draws())
    values = {name: table[draw] for name, table in part["values"].items()}
    value_added = module["value_added"][place]
    values["information_economy_growth"] = module["growth"][place]
    values["information_economy_value_added"] = value_added
    values["information_economy_revenue"] = value_added * module["revenue_ratio"][place]
    return History(int(part["first_year"]), int(part["last_year"]), values)
