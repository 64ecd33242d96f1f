"""The information economy 信息经济: its own module, mostly outside manufacturing.

Value added follows its own fitted path; growth of the city's electronics firms beyond the
sector's reference and digital adoption beyond the reference add to it. It is never summed with
industry: part of it is industry.
"""

from __future__ import annotations

import math

from sim.state import CityState
from sim.units import year_of, year_profile


def initialise(state: CityState) -> None:
    """Start from the last full year's value added."""
    year = year_of(state.first) - 1
    annual = state.history.at("information_economy_value_added", year)
    growth = state.history.at("information_economy_growth", year)
    state.memory["information.value_added"] = annual / 4.0 * year_profile(growth)[3]


def step(state: CityState) -> None:
    """Move value added by one quarter."""
    p = state.parameters
    manufactured = p["information_economy_manufacturing_share"]
    growth = float(state.world.information_economy_log_growth[state.now])
    growth += manufactured * state.memory.get("production.electronics_advance", 0.0)
    growth += p["digital_demand_link"] * state.memory.get("innovation.extra_adoption", 0.0)
    state.memory["information.value_added"] *= math.exp(growth)


def observe(state: CityState) -> dict[str, float]:
    """Return value added (yuan, current prices) of the quarter."""
    return {"information_economy_value_added": state.memory["information.value_added"]}
