"""Which compiled loops one member of the base scenario calls, and with which types.

python benchmarks/compiled_loops.py            what is called and missing in the list
python benchmarks/compiled_loops.py --write    write the list anew (from an empty folder of loops)

Workers compile the listed loops side by side before the first member (``sim/compile_ahead.py``).
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sim.threads import pin_threads


def called() -> dict[tuple[str, str], float]:
    """Simulate a member; return the CPU seconds of compiling each loop by name and types."""
    from numba.core import event
    from numba.core.dispatcher import Dispatcher

    from sim.compile_ahead import spelled

    spent: dict[tuple[str, str], float] = {}

    class Clock(event.Listener):  # type: ignore[misc]
        def __init__(self) -> None:
            self.began: list[float] = []

        def on_start(self, happening: Any) -> None:
            self.began.append(time.process_time())

        def on_end(self, happening: Any) -> None:
            seconds, loop = time.process_time() - self.began.pop(), happening.data["dispatcher"]
            module = loop.py_func.__module__.removeprefix("sim.")
            key = f"{module}.{loop.py_func.__name__}", str(happening.data["args"])
            spent[key] = spent.get(key, 0.0) + seconds

    event.register("numba:compile", Clock())
    simulate()
    found: dict[tuple[str, str], float] = {}
    for module in [name for name in sys.modules if name.startswith("sim.")]:
        for loop in vars(sys.modules[module]).values():
            # A part lives in the loops that call it; a loop belongs to the module that defines it.
            if not isinstance(loop, Dispatcher) or loop.__module__ != module:
                continue
            if loop.targetoptions.get("forceinline"):
                continue
            name = f"{module.removeprefix('sim.')}.{loop.__name__}"
            for types in loop.signatures:
                text = f"({''.join(f'{spelled(kind)},' for kind in types)})"
                found[name, text] = spent.get((name, str(types)), 0.0)
    return found


def simulate() -> None:
    """Simulate the first member: a small city would not meet every rare case."""
    from calibration.fits import ensure
    from sim.city import load_city
    from sim.model import simulate_member
    from sim.scenario import load_with_plan, project_root

    root = project_root()
    scenario, plan = load_with_plan(root / "scenarios" / "base.yaml", {})
    simulate_member(scenario, plan, load_city(ensure(scenario.city, scenario.as_of, root)), 0)


def write() -> None:
    """Write the list from an empty folder of compiled loops."""
    from sim.compile_ahead import COLUMNS, LIST

    with LIST.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for (name, types), seconds in sorted(called().items()):
            writer.writerow((name, types, f"{seconds:.1f}"))


def main() -> int:
    """List or write; return 1 when the list lacks a loop."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the list anew")
    if parser.parse_args().write:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["NUMBA_CACHE_DIR"] = folder
            pin_threads()
            write()
        return 0
    pin_threads()
    from sim.compile_ahead import listed

    missing = sorted(set(called()) - {(loop.name, loop.types) for loop in listed()})
    for name, types in missing:
        print(f"{name} {types}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
