"""What the commands that simulate scenarios begin with: fits, city, and the place of a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.scenario import project_root
from sim.store import writable

if TYPE_CHECKING:
    from sim.city import City
    from sim.scenario import Scenario

Ensure = Callable[..., Path]
"""``calibration.fits.ensure``: (city, as_of, root, drop_memory) to the bundle of fits. It is
handed in, because the simulation never imports the calibration."""


def city_of(scenario: Scenario, ensure: Ensure) -> City:
    """Return the city as the fits at the scenario's information date have it, fitted if needed.

    Raises
    ------
    InputError
        If the city's data are faulty.
    """
    from sim.city import load_city

    dropped = scenario.switches["drop_memory"]
    return load_city(ensure(scenario.city, scenario.as_of, project_root(), dropped))


def place_of_table(out: str | None, name: str) -> Path:
    """Return where a command writes its table, its folder made before anything is simulated.

    Raises
    ------
    OutputError
        If the path cannot become a file.
    """
    target = Path(out) if out else project_root() / "outputs" / name
    writable(target)
    return target
