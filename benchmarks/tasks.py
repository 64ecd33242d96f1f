"""Single measurements, each in a process of its own: ``python -m benchmarks.tasks NAME JSON``.

A process of its own gives each its peak memory and an empty heap. CPU time of the process, the
quickest of several tries: other work on the machine only adds. Prints one line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.threads import pin_threads, prepare_heap

pin_threads()
prepare_heap()

import numpy as np  # noqa: E402 - the libraries read the number of threads when they load

SCENARIO = "base"


def peak_memory() -> int:
    """Return the most memory that this process has held, bytes."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held * (1 if sys.platform == "darwin" else 1024)


def resident_memory() -> int:
    """Return the memory that this process holds now, bytes (where unknown: the most so far)."""
    table = Path("/proc/self/statm")
    if not table.exists():
        return peak_memory()
    return int(table.read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def cpu_of(work: Callable[[], Any]) -> float:
    """Return the CPU seconds of a call."""
    began = time.process_time()
    work()
    return time.process_time() - began


def member(scale: float) -> Any:
    """Return a model of the base scenario at its start; `scale` is one for the real city."""
    from calibration.fits import ensure
    from sim.city import load_city
    from sim.model import CityModel
    from sim.outside import load_world_fits
    from sim.scenario import load_with_plan, project_root

    root = project_root()
    path = root / "scenarios" / f"{SCENARIO}.yaml"
    scenario, plan = load_with_plan(path, {"population.scale": repr(scale)})
    city = load_city(ensure(scenario.city, scenario.as_of, root))
    return CityModel(scenario, plan, city, load_world_fits(city.bundle), 0)


def engine(scale: float, members: int) -> dict[str, Any]:
    """Return the time of a full quarter, all processes, and of each process."""
    from benchmarks.quarter_by_process import measure

    best, quarters, living = measure(members, scale)
    opening, total = best.pop("opening"), best.pop("all quarters")
    return {
        "firms": living, "quarter_s": total / quarters, "opening_s": opening,
        "rate": living * quarters / total / 1e6, "memory": peak_memory(),
        "process_ms": {name: 1e3 * seconds / quarters for name, seconds in best.items()},
    }  # fmt: skip


def beside(form: str, scale: float, quarters: int) -> dict[str, Any]:
    """Return the speed of another form of the rules and of the engine on the same processes.

    Parameters
    ----------
    form : str
        ``twin`` (Mesa objects) or ``numpy`` (columns).
    scale : float
        Size of the city, one for the real one.
    quarters : int
        How many are timed, from the first quarter of a year on.
    """
    from benchmarks.twin.columns import NumpyCity
    from benchmarks.twin.model import TwinModel
    from benchmarks.twin.restricted import COVERED, LOOPS, step, terms_by_quarter
    from sim.garbage import rarely_sought
    from sim.model import forget

    make, processes = (TwinModel, COVERED) if form == "twin" else (NumpyCity, LOOPS)
    # As in a worker, a member before has loaded the loops and had the memory's pages cleared.
    warm = member(scale)
    terms = terms_by_quarter(warm)
    for _ in terms:
        step(warm.state, terms, processes)
    forget(warm)
    model = member(scale)
    state, terms = model.state, terms_by_quarter(model)
    before = resident_memory()
    other: Any = make(state, terms)
    ours, theirs, living = [], [], []
    # The other form's objects would be looked through for garbage during the engine's quarters.
    with rarely_sought():
        for _ in range(quarters):
            ours.append(cpu_of(lambda: step(state, terms, processes)))
            theirs.append(cpu_of(other.step))
            living.append(int(np.count_nonzero(state.firms.alive)))
    # Whole years: the first quarter ranks, the last one reviews the ladder.
    firms, our, their = (float(np.mean(values)) for values in (living, ours, theirs))
    return {
        "firms": firms, "rate": firms / their / 1e6, "engine_rate": firms / our / 1e6,
        "quarter_s": their, "engine_quarter_s": our, "times_engine": their / our,
        "memory": resident_memory() - before,
        "processes": [module.__name__.split(".")[-1] for module in processes],
    }  # fmt: skip


def loops(scale: float, members: int) -> dict[str, Any]:
    """Return the compiled firm loops' speed and their share of the streaming limit."""
    from benchmarks.firm_kernels import cached_limit, measure, totals

    meters, quarters, rows = measure(members, scale)
    called, seconds, limit, size = totals(meters)
    return {
        "rows": rows, "limit_gb_s": size / limit / 1e9, "loops_gb_s": size / seconds / 1e9,
        "cached_gb_s": cached_limit(rows) / 1e9,
        "share": limit / seconds, "rate": rows * quarters / seconds / 1e6,
        "bytes_a_firm": size / quarters / rows,
        "limit_rate": rows * quarters / limit / 1e6,
        "loop_share": {one.name: one.limit / one.best for one in called},
    }  # fmt: skip


def growing(scale: float, quarters: int) -> dict[str, Any]:
    """Return time and memory of one member of a larger city, a few quarters or all twelve."""
    warm = member(0.01)
    for _ in range(4):
        warm.step()
    began = time.process_time()
    model = member(scale)
    opening = time.process_time() - began
    firms = int(np.count_nonzero(model.state.firms.alive))
    after_opening = peak_memory()
    seconds = [cpu_of(model.step) for _ in range(quarters)]
    return {
        "scale": scale, "firms": firms, "opening_s": opening, "quarters": quarters,
        "quarter_s": float(np.mean(seconds)), "slowest_quarter_s": max(seconds),
        "opening_memory": after_opening, "memory": peak_memory(),
    }  # fmt: skip


def reduced(form: str, firms: int, seconds: float) -> dict[str, Any]:
    """Return the speed of the reduced model, compiled or in numpy."""
    from benchmarks.reduced.measuring import quickest
    from benchmarks.reduced.numpy_form import Numpy, population

    if form == "numpy":
        model: Any = Numpy(population(firms))
    else:
        from benchmarks.reduced.compiled_form import Compiled

        model = Compiled(population(firms))
    return {"rate": firms / quickest(model.step, seconds) / 1e6, "memory": peak_memory()}


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    task.__name__: task for task in (engine, beside, loops, growing, reduced)
}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](**json.loads(sys.argv[2]))))
