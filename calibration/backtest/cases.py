"""Single cases: figures with too few outcomes to be scored, shown one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calibration.backtest.design import ENGINE, LAST_OUTCOME, MEMBERS, OUTCOMES_AS_OF
from calibration.backtest.forecasts import OriginForecasts
from calibration.backtest.rows import Row
from calibration.backtest.vintages import read_vintage, vintage_of_origin, whole_quarters
from calibration.history import EnergyModel, energy_fit
from calibration.series import load_series
from calibration.tables import Tables, figures
from sim.units import quarter_name

Floats = NDArray[np.float64]
LEVELS = {"q025": 0.025, "q10": 0.1, "median": 0.5, "q90": 0.9, "q975": 0.975}
INDUSTRY = {"city_industry": "city", "zhejiang_industry": "province"}
ENERGY = "energy_per_gdp_fall"
ENERGY_FIRST = 2010


def single_case_rows(home: Path, city: str, forecasts: Sequence[OriginForecasts]) -> Iterator[Row]:
    """Yield quantiles and outcome of each single case, a year ahead from each fourth quarter.

    The outcome is the annual figure as first released; ``origin_set`` names the origin.
    """
    final = read_vintage(home, city, OUTCOMES_AS_OF).tables.city
    totals = whole_quarters(figures(load_series(home, OUTCOMES_AS_OF), "listed_firms", city))
    for each in forecasts:
        target = each.origin + 4
        if each.origin % 4 != 3 or target > LAST_OUTCOME:
            continue
        outcomes = {
            name: whole_quarters(final["industrial_value_added_growth", region]).get(target)
            for name, region in INDUSTRY.items()
        }
        densities = {name: each.cases[name][3] for name in outcomes}
        outcomes["listed_total"] = totals.get(target)
        outcomes[ENERGY] = whole_quarters(final[ENERGY, "city"]).get(target)
        for name, outcome in outcomes.items():
            if outcome is None:
                continue
            if name == "listed_total":
                found = listed_ahead(home, city, each)
            elif name == ENERGY:
                found = energy_ahead(vintage_of_origin(home, city, each.origin).tables, target)
            else:
                found = densities[name]
            if found is not None:
                yield from one_case(name, each, found, outcome)


def one_case(name: str, each: OriginForecasts, draws: Floats, outcome: float) -> Iterator[Row]:
    """Yield the quantiles of one density a year ahead with the outcome beside them."""
    head = (name, ENGINE, f"single_{quarter_name(each.origin)}", "4")
    for metric, level in LEVELS.items():
        yield (*head, metric, float(np.quantile(draws, level)), None, None, 1)
    yield (*head, "outcome", float(outcome), None, None, 1)


def listed_ahead(home: Path, city: str, each: OriginForecasts) -> Floats | None:
    """Return draws of the listed total a year ahead.

    Last total seen plus known listings plus what is drawn; None where no total was published.
    """
    vintage = vintage_of_origin(home, city, each.origin)
    known = whole_quarters(figures(load_series(home, vintage.as_of), "listed_firms", city))
    if not known:
        return None
    last = max(known)
    since = sum(v for q, v in vintage.figures["listings"].items() if last < q <= each.origin)
    quarters = each.origin + 4 - last
    others = each.cases["other_listings"][:quarters].sum(axis=0)
    return np.asarray(known[last] + since + each.cases["listings_path"][:4].sum(axis=0) + others)


def energy_ahead(tables: Tables, target: int) -> Floats:
    """Return draws of the fall of energy per GDP in the target's year, per cent."""
    fit = energy_fit(tables.city, tables.priors, ENERGY_FIRST, target // 4)
    generator = np.random.Generator(np.random.PCG64(target))
    assert isinstance(fit.model, EnergyModel)
    return np.asarray(fit.draws(MEMBERS, generator)[1][:, 0, -1])
