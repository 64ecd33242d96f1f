"""The opening of a member: the city at its start quarter, and the year before it in the books."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.bureau import matched_staff_change
from sim.policy import Terms
from sim.population import synthesise
from sim.state import CityState, Floats
from sim.units import year_of, year_profile

if TYPE_CHECKING:
    from sim.city import City
    from sim.outside import History, World
    from sim.rng import KeyedRandom
    from sim.scenario import Scenario


def open_city(
    model: Any,
    city: City,
    parameters: Mapping[str, float],
    world: World,
    history: History,
    random: KeyedRandom,
    scenario: Scenario,
    reference: Terms,
) -> CityState:
    """Return the city in the last quarter before the start, terms as before the plan."""
    first = scenario.first
    price = float(world.ppi[:4].mean())
    firms = synthesise(city, history, parameters, random, first, price, scenario.population_scale)
    state = CityState(
        city=city, parameters=parameters, world=world, history=history, random=random,
        first=first, quarter=first - 1, terms=reference, reference=reference, firms=firms,
        parcels=None, model=model, scale=scenario.population_scale,  # type: ignore[arg-type]
    )  # fmt: skip
    year = year_of(first) - 1
    real = history.at("gdp", year) / 4.0
    growth = history.at("gdp_growth", year)
    profile = year_profile(growth)
    state.memory["model.gdp_real"] = real * profile[3]
    state.memory["model.gdp_price"] = 1.0
    share = history.at("industrial_value_added", year) / history.at("gdp", year)
    state.memory["model.industry_share"] = share
    return state


def history_years(
    history: History,
) -> tuple[Callable[[CityState], dict[str, Floats]], dict[str, float]]:
    """Return what the year before the start held by quarter, and base-year scalars."""

    def opening(state: CityState) -> dict[str, Floats]:
        year = year_of(state.first) - 1
        shape = np.array(year_profile(history.at("gdp_growth", year)))
        digital = np.array(year_profile(history.at("information_economy_growth", year)))
        level = history.at("gdp", year) / 4.0
        value = history.at("information_economy_value_added", year) / 4.0
        return {
            "gdp": level * shape,
            "gdp_real": level * shape,
            "information_economy_value_added": value * digital,
            "price_since_2015": np.full(4, float(state.world.ppi[:4].mean())),
            "implementation_mean_factor": np.zeros(4),
            "ipo_window": state.world.ipo_window[:4],
        }

    scalars = {
        f"history_{name}_{year}": history.at(name, year)
        for name in ("gdp", "industrial_value_added", "construction_land")
        for year in range(history.first_year, history.last_year + 1)
    }
    return opening, scalars


def opening_year(
    history: History, parameters: Mapping[str, float], first: int
) -> dict[tuple[str, int], float]:
    """Return drawn annual history by (name, year) for the years before the start.

    Productivity of the past is real growth over the change of employment on the matched scope.
    """
    years: dict[tuple[str, int], float] = {}
    for year in range(history.first_year, min(history.last_year, year_of(first) - 1) + 1):
        for name in ("energy_intensity_change", "water_intensity_change", "gdp_growth",
                     "construction_land", "gdp", "industrial_employment",
                     "industrial_value_added_growth"):  # fmt: skip
            years[name, year] = history.at(name, year)
        if year > history.first_year:
            staff = matched_staff_change(history, parameters, year)
            value = 1.0 + history.at("industrial_value_added_growth", year)
            years["productivity_growth", year] = value / (1.0 + staff) - 1.0
    level = history.at("gdp", history.last_year)
    for year in range(history.last_year, history.first_year - 1, -1):
        years["gdp_real", year] = level
        level /= 1.0 + history.at("gdp_growth", year)
    return years


def margins(state: CityState, opened: Mapping[str, float]) -> dict[str, float]:
    """Return what the opening city reproduces: totals and the member's own targets for them.

    Parameters
    ----------
    state : CityState
        At its opening.
    opened : Mapping
        Aggregates of the opening quarter at full size.

    Returns
    -------
    dict
        ``margin_<name>`` and ``margin_<name>_target`` in the unit of the target.
    """
    year = year_of(state.first) - 1
    history, p = state.history, state.parameters
    found = {
        "industrial_revenue": (4.0 * opened["revenue"], history.at("industrial_revenue", year)),
        "industrial_value_added": (
            4.0 * opened["value_added"], history.at("industrial_value_added", year)
        ),
        "industrial_employment": (
            opened["employment"], history.at("industrial_employment", year)
        ),
        "above_scale_firms": (opened["above_scale_firms"], p["above_scale_firms_2017"]),
        "rd_outlay": (
            4.0 * opened["rd_outlay"],
            p["rd_intensity_2017"] / 100.0 * history.at("industrial_revenue", year),
        ),
        "gdp": (4.0 * opened["gdp"], history.at("gdp", year)),
        "information_economy_value_added": (
            4.0 * opened["information_economy_value_added"],
            history.at("information_economy_value_added", year),
        ),
        "listed_firms_a_share": (opened["listed_firms_a_share"], p["listed_a_share_2017"]),
        "listed_firms": (
            opened["listed_firms"], p["listed_a_share_2017"] + p["overseas_listed_2017"]
        ),
        "high_tech_firms": (opened["high_tech_firms"], p["high_tech_firms_2017"]),
        "industrial_land_urban_km2": (
            opened["industrial_land_urban"] / 1e6, p["industrial_land_2017"]
        ),
        "urban_construction_land_km2": (
            opened["construction_land_urban"] / 1e6, p["urban_construction_land_2017"]
        ),
    }  # fmt: skip
    out: dict[str, float] = {}
    for name, (reached, target) in found.items():
        out[f"margin_{name}"], out[f"margin_{name}_target"] = reached, target
    return out
