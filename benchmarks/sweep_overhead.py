"""What a sweep costs beyond the model's own time, and whether its memory stays flat.

    python -m benchmarks.sweep_overhead [cells] [members] [scale]

Runs a Latin hypercube over two levers in this process and compares the CPU time of the members with
that of everything else between the first and the last cell. The goal is at most 10 % at 50 members
and full population; memory is the largest so far, after each quarter of the cells.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from calibration.fits import ensure
from sim.city import load_city
from sim.model import simulate_member
from sim.results import MemberResult
from sim.scenario import project_root
from sim.sweep.files import read_sweep
from sim.sweep.running import local_tasks
from sim.sweep.sweeping import Options, run_sweep
from sim.workers import Done

FILE = """name: overhead
scenario: {base}
design: {{kind: lhs, n: {cells}, seed: 1}}
factors: {{levers.redevelopment_rate: {{low: 0, high: 0.05}}, population.scale: [{scale}]}}
members: {members}
"""
spent = {"model": 0.0}


def timed(scenario: Any, plan: Any, city: Any, member: int) -> MemberResult:
    began = time.process_time()
    try:
        return simulate_member(scenario, plan, city, member)
    finally:
        spent["model"] += time.process_time() - began


def watched(cells: int, members: int) -> Any:
    """Return the running of members in this process, telling the memory as it goes."""
    inner, seen = local_tasks(1, timed), {"members": 0}

    def run(runs: Sequence[Any], city: Any, tasks: Sequence[Any]) -> Generator[Done, None, None]:
        for done in inner(runs, city, tasks):
            seen["members"] += 1
            if seen["members"] % max(1, cells * members // 4) == 0:
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(
                    f"  after {seen['members']} members: largest memory {peak:,.0f} MB", flush=True
                )
            yield done

    return run


def main(cells: int, members: int, scale: float) -> None:
    root = project_root()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "overhead.yaml"
        base = root / "scenarios" / "base.yaml"
        text = FILE.format(base=base, cells=cells, members=members, scale=scale)
        path.write_text(text, encoding="utf-8")
        sweep = read_sweep(str(path))
        city = load_city(ensure(sweep.base.city, sweep.base.as_of, root, False))
        simulate_member(sweep.base, sweep.plan, city, 0)  # compiles
        options = Options(watched(cells, members), quiet=True)
        wall, cpu = time.monotonic(), time.process_time()
        run_sweep(sweep, city, Path(folder) / "out", Path(folder) / "cells", options)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    other = cpu - spent["model"]
    print(f"{cells} cells of {members} members at scale {scale:g}: {cpu:.1f} s of CPU, of which "
          f"model {spent['model']:.1f} s; beyond it {other:.1f} s = {other / spent['model']:.1%}; "
          f"{60 * cells / wall:.2g} cells a minute on this one process")  # fmt: skip


if __name__ == "__main__":
    words = sys.argv[1:]
    main(int((words or ["12"])[0]), int((words[1:] or ["10"])[0]), float((words[2:] or ["0.1"])[0]))
