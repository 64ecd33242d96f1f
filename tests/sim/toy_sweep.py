"""Sweeps small enough to be counted by hand: real files, scenarios and engine, a toy member.

The member's output is Ishigami's function of three levers, plus luck that is the same in every
cell, plus noise of a known variance that is keyed by the cell's levers. A fourth lever is inert.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import pi
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import ModelBreach, UserError
from sim.levers import LEVERS
from sim.report.sweeps import write_sweep
from sim.results import Layout, MemberResult
from sim.rng import KeyedRandom
from sim.sweep.files import SweepFile, read_sweep
from sim.sweep.running import local_tasks
from sim.sweep.sweeping import Options, SweepOutcome, SweptCells, run_sweep
from tests.sim import toy_run
from tests.sim.small_plan import target

LAYOUT = Layout(toy_run.LAYOUT.indicators, ())
FACTORS = ("sei_support_bias", "screen_strictness", "quality_programme", "spatial_focus")
NOISE = 1.0
"""Standard deviation of a member's noise."""
BASE = """name: small
city: hangzhou
plan: hangzhou_2018
as_of: 2018-04
start: 2018Q1
end: 2018Q4
members: {members}
seed: 3
population: {{scale: 0.1}}
levers: before_plan
"""
TARGETS = (
    target("output", low=0.0, unit="亿元", deadline=8075),
    target("land", low=103.0, unit="km2", deadline=8075),
)


def unit(scenario: Any, name: str) -> float:
    """Return where a lever stands in its range, 0 to 1."""
    lever = LEVERS[name]
    return float((scenario.levers[name][-1] - lever.low) / (lever.high - lever.low))


def ishigami(scenario: Any) -> float:
    """Return Ishigami's function (a = 7, b = 0.1) of the first three levers."""
    x, y, z = (pi * (2.0 * unit(scenario, name) - 1.0) for name in FACTORS[:3])
    return float(np.sin(x) + 7.0 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))


def simulate(scenario: Any, _plan: Any, _city: Any, member: int) -> MemberResult:
    """Return output = Ishigami + luck + noise in every quarter, and land 100 + member."""
    random = KeyedRandom(scenario.seed, member)
    active = [scenario.levers[name][-1] for name in FACTORS[:3]]
    cell = zlib.crc32(np.array(active).tobytes())
    noise = NOISE * random.normal("toy/noise", agent=cell)
    value = ishigami(scenario) + 5.0 * random.normal("toy/luck") + noise
    quarters = len(scenario.quarters)
    rows = np.array([np.full(quarters, 100.0 + member), np.full(quarters, value)])
    return MemberResult(member, rows, rows, np.zeros((0, quarters)), {"drift": 0.0}, {"land": 0.0})


def slow(scenario: Any, plan: Any, city: Any, member: int) -> MemberResult:
    """Take a fiftieth of a second."""
    time.sleep(0.02)
    return simulate(scenario, plan, city, member)


def waiting(scenario: Any, plan: Any, city: Any, member: int) -> MemberResult:
    """Where the first lever is not low, wait for the file named by TOY_GATE, a minute at most."""
    until = time.monotonic() + 60.0
    gate = Path(os.environ["TOY_GATE"])
    while unit(scenario, FACTORS[0]) > 0.1 and not gate.exists() and time.monotonic() < until:
        time.sleep(0.01)
    return simulate(scenario, plan, city, member)


def breaking(scenario: Any, plan: Any, city: Any, member: int) -> MemberResult:
    """Break an identity in every member where the first lever is high, in member 1 where low."""
    if unit(scenario, FACTORS[0]) > 0.9:
        raise ModelBreach("2018Q2", "land", 1.5)
    if unit(scenario, FACTORS[0]) < 0.1 and member == 1:
        raise ModelBreach("2018Q3", "money", 2.5)
    return simulate(scenario, plan, city, member)


def dying(scenario: Any, plan: Any, city: Any, member: int) -> MemberResult:
    """Kill the process it runs in at member 1, once."""
    mark = city.bundle.parent / "died"
    if member == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return simulate(scenario, plan, city, member)


def span(name: str) -> str:
    """Return a lever's whole range as a sweep file writes it."""
    return f"{{low: {LEVERS[name].low!r}, high: {LEVERS[name].high!r}}}"


def file(
    folder: Path, design: str, factors: Mapping[str, str] | None = None, members: int = 3,
    name: str = "toy",
) -> Path:  # fmt: skip
    """Write a sweep file and its scenario; by default over the four levers' whole ranges."""
    chosen = factors or {f"levers.{name}": span(name) for name in FACTORS}
    (folder / "base.yaml").write_text(BASE.format(members=members), encoding="utf-8")
    lines = ["name: " + name, "scenario: base.yaml", f"design: {design}", "factors:"]
    lines += [f"  {key}: {value}" for key, value in chosen.items()]
    path = folder / f"{name}.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def load(path: Path) -> SweepFile:
    """Return a sweep over the toy's plan."""
    found = read_sweep(str(path))
    return replace(found, plan=replace(found.plan, targets=TARGETS))


def run(
    path: Path, out: Path, *, jobs: int = 1, simulation: Any = simulate, **more: Any
) -> SweepOutcome:
    """Sweep into a directory; finished cells beside it."""
    options: dict[str, Any] = {"quiet": True, "layout": LAYOUT, "lang": "en"}
    options["run_tasks"] = local_tasks(jobs, simulation)
    options.update(more)
    city = toy_run.city(out.parent / "bundle")
    return run_sweep(load(path), city, out, out.parent / "cells", Options(**options))


def tables(folder: Path, swept: SweptCells) -> None:
    """Write the tables of a sweep, without figures."""
    write_sweep(swept, folder, "en", figures=False)


def main(words: Sequence[str]) -> int:
    """Run as a command, for tests that kill it; prints cells simulated and the digest."""
    path, out, jobs, simulation, *more = words
    try:
        outcome = run(
            Path(path), Path(out), jobs=int(jobs), simulation=globals()[simulation],
            extend="extend" in more, finish=tables,
        )  # fmt: skip
    except UserError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(outcome.simulated, outcome.digest)
    return outcome.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
