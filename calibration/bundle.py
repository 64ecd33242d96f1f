"""Everything that is fitted, in order, and how it is written."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration import city_path, counts, drivers, history, information_economy, national, prices
from calibration.diagnostics import choose_driver_spec, report_intensity, report_latent
from calibration.intensity import IntensityFit, fit_intensity
from calibration.specs import DRAWS, DRIVERS, HISTORY_FIRST
from calibration.tables import Tables
from sim.units import last_full_year, quarter_index, quarter_name

Floats = NDArray[np.float64]
CITY_FIRST = "2009Q1"
"""First quarter of the city's latent path: a year before the history that is kept, so that its
first annual growth rate is defined."""
SEEDS = {
    "drivers": 11,
    "city": 12,
    "gdp": 13,
    "history": 14,
    "information": 15,
    "counts": 16,
    "prices": 17,
    "national": 18,
}
"""Seeds of the stored draws; changing one changes every result, so they are declared."""


def generator(name: str) -> np.random.Generator:
    """Return the random generator of one part of the bundle."""
    return np.random.Generator(np.random.PCG64(SEEDS[name]))


def annual_prices(data: drivers.DriverData, name: str) -> dict[int, float]:
    """Return annual log price growth (fraction) from the quarterly figures of a driver."""
    column = DRIVERS.index(name)
    return {
        year: float(np.mean(data.values[4 * year - data.first :][:4, column])) / 100.0
        for year in range(data.first // 4, (data.last + 1) // 4)
    }


def build(tables: Tables) -> dict[str, Any]:
    """Fit every part of the outside world.

    Returns
    -------
    dict
        File name (without suffix) to content, arrays included.
    """
    data = drivers.driver_data(tables.drivers)
    spec, scores = choose_driver_spec(data)
    fit = drivers.fit_drivers(data, spec)
    first = quarter_index(HISTORY_FIRST)
    out: dict[str, Any] = {
        "drivers": drivers.export_draws(fit, data, DRAWS, generator("drivers"), first)
    }
    start = quarter_index(CITY_FIRST)
    nation = city_path.national_path(data)[start - data.first :]
    city_fit = city_path.fit_city(tables.city, nation, start)
    gdp_fit = city_path.fit_gdp(tables.city, nation, start)
    out["city_path"], city = city_path.export_path(city_fit, DRAWS, generator("city"))
    out["gdp"], gdp = city_path.export_path(gdp_fit, DRAWS, generator("gdp"))
    for name, growth in (("city_path", city), ("gdp", gdp)):
        out[name] |= {"first": quarter_name(first), "growth": growth[:, first - start :]}
    years = range(first // 4, last_full_year(tables.as_of) + 1)
    producer, consumer = annual_prices(data, "ppi"), annual_prices(data, "cpi")
    values, fits = history.history_draws(
        tables.city, tables.priors, city, gdp, start, years, producer, generator("history")
    )
    out["history"] = {"first_year": years[0], "last_year": years[-1], "values": values}
    out["gdp"]["deflator"] = prices.export_deflator(
        *prices.deflator_rows(
            tables.city["gdp", "city"], tables.city["gdp_growth", "city"], producer, consumer
        ),
        DRAWS,
        generator("prices"),
    )
    out["information_economy"], information_fit = information_economy.export_information_economy(
        tables.city, tables.priors, years[0], years[-1], DRAWS, generator("information")
    )
    intensity, listed, out["counts"] = fit_listings(tables, data.last)
    out["national"] = national_entry(tables, data.last)
    latent = {
        "drivers": fit,
        "city_path": city_fit,
        "gdp": gdp_fit,
        "information_economy": information_fit,
    } | fits
    out["diagnostics"] = {
        "drivers_candidates": scores,
        "listing_candidates": counts.count_scores(listed),
        "listings": report_intensity(intensity, listed),
        "models": {name: report_latent(each) for name, each in latent.items()},
    }
    return out


def fit_listings(
    tables: Tables, last: int
) -> tuple[IntensityFit, counts.CountData, dict[str, Any]]:
    """Fit the listings model; return it with what it saw and its entry."""
    pauses = national.known_pauses(tables.as_of)
    # Without recollected rows only the survivors' count is left, seats of today included.
    adjusted = tables.city["a_share_ipos_adjusted", "city"]
    seen = adjusted or tables.city["a_share_ipos_survivors", "city"]
    listings = {period: value for period, (value, _) in seen.items()}
    data = counts.count_data(listings, tables.drivers["CN_equity_raised_q"], pauses)
    fit = fit_intensity(data.quarters, data.counts, data.exposure, last)
    draws = generator("counts")
    hazards = counts.window_hazards(pauses, quarter_index("2004Q1"), last, DRAWS, draws)
    entry = counts.export_counts(fit, tables.priors, hazards, DRAWS, draws)
    past = range(quarter_index(HISTORY_FIRST), last + 1)
    entry["window"] = np.array([national.open_share(q, pauses) for q in past])
    # A quarter may be open in part and end in a pause: the state is the information date's.
    entry["window_open"] = national.window_open(tables.as_of)
    return fit, data, entry


def national_entry(tables: Tables, origin: int) -> dict[str, Any]:
    """Return dated national facts known at the information date, and draws of priors."""
    draws = generator("national")
    paths = {
        "lending_rate": national.LENDING_RATES,
        "pass_rate": national.PASS_RATES,
        "vat_rate": national.VAT_RATES,
    }
    known = {
        name: {quarter_name(q): v for q, v in national.known_path(p, tables.as_of).items()}
        for name, p in paths.items()
    }
    wage = tables.priors["real_wage_growth"]
    priors = {
        name: p.centre + p.spread * draws.standard_normal(DRAWS)
        for name, p in sorted(national.PRIORS.items())
    }
    priors["real_wage_growth"] = wage[0] + wage[1] * draws.standard_normal(DRAWS)
    entry: dict[str, Any] = {"known": known, "priors": priors, "tariff": None}
    if tables.as_of >= national.TARIFF_KNOWN:
        entry["tariff"] = {name: [p.centre, p.spread] for name, p in national.TARIFF.items()}
        entry["tariff"]["first"] = quarter_name(origin + 2)
    return entry
