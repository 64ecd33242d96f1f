"""A small copy of the real city for tests: the same code and data, fewer firms."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from calibration.fits import ensure
from sim.city import City, load_city
from sim.plan import Plan
from sim.scenario import Scenario, load_with_plan, project_root

if TYPE_CHECKING:
    from sim.model import CityModel


@lru_cache(maxsize=8)
def scenario_of(name: str = "base", **overrides: str) -> tuple[Scenario, Plan]:
    """Load a scenario of the project at a twentieth of the city's size."""
    chosen = {"population.scale": "0.05", "members": "2"} | overrides
    return load_with_plan(project_root() / "scenarios" / f"{name}.yaml", chosen)


@lru_cache(maxsize=2)
def city_of(as_of: str = "2018-04") -> City:
    """Load the calibrated city."""
    return load_city(ensure("hangzhou", as_of, project_root()))


def small_model(name: str = "base", member: int = 0, **overrides: str) -> CityModel:
    """Return a model of the small city at its start."""
    from sim.model import CityModel
    from sim.outside import load_world_fits

    scenario, plan = scenario_of(name, **overrides)
    city = city_of(scenario.as_of)
    return CityModel(scenario, plan, city, load_world_fits(city.bundle), member)
