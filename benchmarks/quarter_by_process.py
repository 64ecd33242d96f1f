"""Time of a quarter by process, speed and memory of one member at full population.

python benchmarks/quarter_by_process.py [--members 5] [--scale 1.0]

The first member is simulated several times in this process; of every process the quickest time
counts, since other work on the machine only adds. The load average tells how busy it was. Firms
are living firms, mean over the quarters: rows of firms that left are worked on and not counted.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sim.threads import available_cores, pin_threads, prepare_heap

pin_threads()
prepare_heap()
SCENARIO = "base"
METHODS = (
    ("_move_outside_world_and_terms", "policy_terms"),
    ("_observe", "bureau"),
)
"""Parts of a quarter beside the processes: method of the model and name shown."""


def timed(name: str, step: Callable[..., Any], spent: dict[str, float]) -> Callable[..., Any]:
    """Return `step` so that its CPU seconds are added up under `name`."""

    def wrapped(*arguments: Any) -> Any:
        began = time.process_time()
        try:
            return step(*arguments)
        finally:
            spent[name] = spent.get(name, 0.0) + time.process_time() - began

    return wrapped


def instrument(spent: dict[str, float]) -> None:
    """Time every process of a quarter."""
    from sim import accounting, model

    steps = tuple((name, timed(name, step, spent)) for name, step in model.STEPS)
    vars(model)["STEPS"] = steps
    for method, name in METHODS:
        setattr(model.CityModel, method, timed(name, getattr(model.CityModel, method), spent))
    paid = timed("payments", model.pay_for_levers, spent)
    vars(model)["pay_for_levers"] = paid
    for method in ("check", "stocks"):
        setattr(accounting, method, timed("identities", getattr(accounting, method), spent))


def measure(members: int, scale: float) -> tuple[dict[str, float], int, float]:
    """Simulate a member often; return the least seconds by process, quarters and living firms.

    Parameters
    ----------
    members : int
        How many times it is timed, after one time that loads the compiled loops.
    scale : float
        ``population.scale`` of the scenario.
    """
    from calibration.fits import ensure
    from sim.city import load_city
    from sim.model import CityModel, forget
    from sim.outside import load_world_fits
    from sim.scenario import load_with_plan, project_root

    root = project_root()
    path = root / "scenarios" / f"{SCENARIO}.yaml"
    scenario, plan = load_with_plan(path, {"population.scale": str(scale)})
    city = load_city(ensure(scenario.city, scenario.as_of, root))
    fits = load_world_fits(city.bundle)
    spent: dict[str, float] = {}
    instrument(spent)
    best: dict[str, float] = {}
    living = 0
    for once in range(members + 1):
        spent.clear()
        began = time.process_time()
        model = CityModel(scenario, plan, city, fits, 0)
        spent["opening"] = time.process_time() - began
        for _ in scenario.quarters:
            timed("all quarters", model.step, spent)()
            living += int(model.state.firms.alive.sum()) if once == 0 else 0
        forget(model)
        if once:
            best = {name: min(best.get(name, value), value) for name, value in spent.items()}
    return best, len(scenario.quarters), living / len(scenario.quarters)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--members", type=int, default=5, help="times that a member is timed (default 5)"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="size of the city (default 1)")
    given = parser.parse_args()
    before = os.getloadavg()[0]
    best, quarters, firms = measure(max(given.members, 1), given.scale)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    memory *= 1 if platform.system() == "Darwin" else 1024
    opening, total = best.pop("opening"), best.pop("all quarters")
    print(f"{'process':<16}{'ms a quarter':>14}{'share':>9}")
    for name, seconds in sorted(best.items(), key=lambda item: -item[1]):
        print(f"{name:<16}{1000.0 * seconds / quarters:>14.2f}{seconds / total:>9.1%}")
    print(f"{'all':<16}{1000.0 * total / quarters:>14.2f}{1.0:>9.1%}")
    print(f"opening of a member: {1000.0 * opening:.0f} ms of CPU")
    print(f"a member: {opening + total:.2f} s of CPU, {firms:.0f} firms x {quarters} quarters")
    print(f"speed: {firms * quarters / total / 1e6:.2f} million firm-quarters a second and core")
    print(f"peak memory: {memory / 2**20:.0f} MiB")
    load = f"{before:.1f} before, {os.getloadavg()[0]:.1f} after"
    print(f"load average: {load}, on {available_cores()} cores; best of {given.members}")


if __name__ == "__main__":
    main()
