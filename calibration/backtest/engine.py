"""The engine's own forecasts at an origin: its fits, made anew, and its own sampler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration import bundle, city_path, drivers
from calibration.backtest.design import MEMBERS, REACH, SEED
from calibration.backtest.province import province_paths
from calibration.backtest.vintages import Vintage
from calibration.diagnostics import choose_driver_spec
from calibration.regional import SPAN, year_to_date_weights
from calibration.specs import DRAWS, HISTORY_FIRST, DriverSpec
from sim import outside
from sim.outside import WorldFits
from sim.outside_paths import regional_path
from sim.rng import KeyedRandom
from sim.units import quarter_index

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class EngineFits:
    """Fits of one origin in the bundle's own layout.

    Parameters
    ----------
    world : WorldFits
        With ``province_growth`` beside the city's past growth in both regional parts.
    spec : str
        Driver candidate in force.
    """

    world: WorldFits
    spec: str


def fit_engine(vintage: Vintage, spec: DriverSpec | None = None) -> EngineFits:
    """Fit drivers, GDP path and listings to a vintage, as the calibration stage does.

    Parameters
    ----------
    vintage : Vintage
    spec : DriverSpec, optional
        A fixed driver candidate; by default the rolling-origin choice of the calibration.
    """
    data, tables = vintage.drivers, vintage.tables
    spec = choose_driver_spec(data)[0] if spec is None else spec
    first, start = quarter_index(HISTORY_FIRST), quarter_index(bundle.CITY_FIRST)
    fit = drivers.fit_drivers(data, spec)
    parts: dict[str, Any] = {
        "drivers": drivers.export_draws(fit, data, DRAWS, bundle.generator("drivers"), first)
    }
    nation = city_path.national_path(data)[start - data.first :]
    for name, fitted in (
        ("city_path", city_path.fit_city(tables.city, nation, start)),
        ("gdp", city_path.fit_gdp(tables.city, nation, start)),
    ):
        seed = "city" if name == "city_path" else name
        parts[name], growth = city_path.export_path(fitted, DRAWS, bundle.generator(seed))
        parts[name] |= {"growth": growth[:, first - start :]}
        # The same generator gives the same draws: the province that belongs to each city path.
        states = fitted.draws(DRAWS, bundle.generator(seed))[1]
        parts[name]["province_growth"] = states[:, fitted.model.head(0), first - start :]
    parts["counts"] = bundle.fit_listings(tables, data.last)[2]
    parts["national"] = bundle.national_entry(tables, data.last)
    world = WorldFits(parts, data.last, first)
    return EngineFits(world, spec.name)


def year_on_year(growth: Floats) -> Floats:
    """Return the sum of four quarters of log growth, shape kept; the first three are NaN."""
    total = np.cumsum(growth, axis=-1)
    out = np.full_like(growth, np.nan)
    out[..., 3] = total[..., 3]
    out[..., 4:] = total[..., 4:] - total[..., :-4]
    return out


def year_to_date(growth: Floats, first: int, quarters: range) -> Floats:
    """Return year-to-date growth (100 * log) at each of `quarters`.

    Parameters
    ----------
    growth : array, shape (..., time)
        Quarterly log growth, per cent, from quarter `first` on.

    Examples
    --------
    >>> year_to_date(np.full(8, 2.0), 8040, range(8047, 8048)).tolist()
    [8.0]
    """
    columns = []
    for quarter in quarters:
        place = quarter - first
        window = growth[..., place - SPAN + 1 : place + 1][..., ::-1]
        columns.append(window @ year_to_date_weights(quarter))
    return np.stack(columns, axis=-1)


def sample_engine(fits: EngineFits, members: int = MEMBERS) -> dict[str, Floats]:
    """Draw the densities of all scored series and of the single cases.

    Returns
    -------
    dict
        Series -> array (members, REACH): per cent, or counts.
    """
    found: dict[str, list[Floats]] = {}
    for member in range(members):
        for name, path in sample_member(fits, KeyedRandom(SEED, member)).items():
            found.setdefault(name, []).append(path)
    return {name: np.array(paths) for name, paths in found.items()}


def sample_member(fits: EngineFits, random: KeyedRandom) -> dict[str, Floats]:
    """Draw one member's future with the sampler that projections use."""
    world = fits.world
    ahead = range(world.origin + 1, world.origin + REACH + 1)
    quarters = range(world.first, ahead.stop)
    draw = outside.draw_number(random, "national", DRAWS)
    prior = {k: float(v[draw]) for k, v in world.parts["national"]["priors"].items()}
    path = outside.national_growth(world, random, quarters, ahead.start, {}, prior)
    drivers_pct = {name: 100.0 * values for name, values in path.items()}
    out = {
        name: rates(year_on_year(drivers_pct[name])[-REACH:])
        for name in ("industrial", "ppi", "exports")
    }
    national = drivers_pct["industrial"]
    place = outside.draw_number(random, "city", DRAWS)
    for region, part, stream in (
        ("gdp", "gdp", "outside/gdp"),
        ("industry", "city_path", "outside/city"),
    ):
        entry = world.parts[part]
        growth, _ = regional_path(
            entry, entry["growth"], place, world.origin, national, quarters, stream, random
        )
        out[f"city_{region}"] = rates(year_to_date(growth, world.first, ahead))
        real = province_paths(entry, place, national, quarters, world.origin, stream, random)
        out[f"zhejiang_real_{region}_log"] = year_to_date(real, world.first, ahead)
    out["zhejiang_industry"] = rates(out["zhejiang_real_industry_log"])
    for name in ("ppi", "cpi"):
        out[f"{name}_year_to_date_log"] = mean_to_date(year_on_year(drivers_pct[name]), ahead)
    window = outside.listing_paths(world, random, quarters, ahead.start, {}, prior)
    intensity = window["listing_intensity"][-REACH:]
    out["listings"] = np.array(
        [
            float(
                random.poissons(
                    "backtest/listings", intensity[k : k + 1], np.zeros(1, dtype=np.int64), q
                )[0]
            )
            for k, q in enumerate(ahead)
        ]
    )
    out["other_listings"] = other_listings(window, ahead, random)
    return out


def other_listings(window: Mapping[str, Floats], ahead: range, random: KeyedRandom) -> Floats:
    """Return quarterly net changes of the listed total that are no A-share listings."""
    total = np.zeros(len(ahead))
    for name, sign in (("overseas_listing", 1), ("move_in", 1), ("departure", -1)):
        rate = window[f"{name}_intensity"][-len(ahead) :]
        stream = f"backtest/{name}"
        total += sign * np.array(
            [
                float(random.poissons(stream, rate[k : k + 1], np.zeros(1, dtype=np.int64), q)[0])
                for k, q in enumerate(ahead)
            ]
        )
    return total


def mean_to_date(rate: Floats, ahead: range) -> Floats:
    """Return the mean of a year's quarterly rates so far, at each quarter of `ahead`."""
    shift = len(rate) - len(ahead)
    return np.array([rate[shift + k - q % 4 : shift + k + 1].mean() for k, q in enumerate(ahead)])


def rates(logs: Floats) -> Floats:
    """Turn 100 * log growth into per cent."""
    return np.asarray(100.0 * np.expm1(logs / 100.0))


def engine_forecasts(
    vintage: Vintage, spec: DriverSpec | None = None, members: int = MEMBERS
) -> tuple[dict[str, Floats], Mapping[str, str]]:
    """Return the engine's densities at a vintage, and what it chose by itself."""
    from calibration.backtest.province import nominal_growth

    fits = fit_engine(vintage, spec)
    draws = sample_engine(fits, members)
    draws["zhejiang_gdp"] = nominal_growth(vintage, draws, fits.world.origin)
    kept = {k: v for k, v in draws.items() if not k.endswith("_log")}
    return kept, {"drivers": fits.spec, "listings": str(fits.world.parts["counts"]["candidate"])}
