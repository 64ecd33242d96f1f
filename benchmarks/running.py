"""The parts of a comparison: which measurements they start, and how large."""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REAL_FIRMS = 55_000
"""Firms of the real city at the start, about: ``population.scale`` 1."""
PEERS = {
    "mesa-frames": ("mesa_frames", "with_mesa_frames.py", "pip install --pre mesa-frames"),
    "Starsim": ("starsim", "with_starsim.py", "pip install starsim"),
}
"""Framework, its module, our version of the reduced model, and how to install it."""
Options = Mapping[str, Any]


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Attributes
    ----------
    scale : float
        Size of the city of the comparison, 1 for the real one.
    members, quarters : int
        Members timed for the engine; quarters timed for the twins.
    growing : tuple
        Numbers of firms of the scaling in firms.
    ensembles : tuple
        Numbers of members of the scaling in members.
    base : int
        Members of the base run by phase.
    seconds : float
        How long each version of the reduced model is tried.
    """

    scale: float
    members: int
    quarters: int
    growing: tuple[int, ...]
    ensembles: tuple[int, ...]
    base: int
    seconds: float


FULL = Size(1.0, 5, 4, (1_000, 10_000, 100_000, 1_000_000), (25, 50, 100, 200), 200, 5.0)
QUICK = Size(0.01, 1, 4, (550, 1_100), (2, 4), 2, 0.1)


def task(name: str, **given: Any) -> Any:
    """Run one measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.tasks", name, json.dumps(given)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def write_json(path: Path, result: Mapping[str, Any]) -> None:
    """Write a result, readable and with a stable order."""
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def exponent(sizes: list[float], costs: list[float]) -> float:
    """Return the slope of log cost over log size by least squares.

    Examples
    --------
    >>> round(exponent([1.0, 10.0, 100.0], [2.0, 20.0, 200.0]), 6)
    1.0
    """
    import numpy as np

    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def forms(size: Size, _: Options) -> dict[str, Any]:
    """Measure the engine, its Mesa twin, its numpy reference, and the streaming limit."""
    return {
        "engine": task("engine", scale=size.scale, members=size.members),
        "twin": task("beside", form="twin", scale=size.scale, quarters=size.quarters),
        "numpy": task("beside", form="numpy", scale=size.scale, quarters=size.quarters),
        "loops": task("loops", scale=size.scale, members=size.members),
    }


def reduced(size: Size, options: Options) -> dict[str, Any]:
    """Measure the reduced model: compiled, numpy, and the frameworks that are there."""
    firms = round(REAL_FIRMS * size.scale)
    found = {
        form: task("reduced", form=form, firms=firms, seconds=size.seconds)
        for form in ("compiled", "numpy")
    }
    return found | {name: _peer(name, firms, size.seconds, options["peers"]) for name in PEERS}


KEPT_MEMORY = ":".join(
    f"glibc.malloc.{name}" for name in ("mmap_max=0", "trim_threshold=0x7fffffffffff", "hugetlb=1")
)
"""What `sim.threads.prepare_heap` does for the engine: frameworks get the same memory."""


def _peer(name: str, firms: int, seconds: float, interpreters: list[str]) -> dict[str, Any]:
    """Measure a framework's version with the first interpreter that has it."""
    module, script, install = PEERS[name]
    here = [sys.executable] if importlib.util.find_spec(module) else []
    for python in [*here, *interpreters]:
        has = [python, "-c", f"import {module}"]
        if subprocess.run(has, check=False, capture_output=True).returncode:
            continue
        command = [python, str(ROOT / "benchmarks" / "reduced" / script), str(firms), str(seconds)]
        environment = {**os.environ, "GLIBC_TUNABLES": KEPT_MEMORY}
        done = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, env=environment
        )
        return dict(json.loads(done.stdout.splitlines()[-1]))
    return {"not_installed": install}


def growth(size: Size, options: Options) -> dict[str, Any]:
    """Measure one member of ever larger cities, and fit how time and memory grow."""
    wanted = [*size.growing, *([10_000_000] if options["ten_million"] else [])]
    # A larger city opens with as many firms as asked; twelve quarters are timed everywhere.
    found = [task("growing", scale=firms / REAL_FIRMS, quarters=12) for firms in wanted]
    large = found[-2:]
    return {
        "cities": found,
        "exponent": exponent([f["firms"] for f in found], [f["quarter_s"] for f in found]),
        "last_exponent": exponent([f["firms"] for f in large], [f["quarter_s"] for f in large]),
        "memory_exponent": exponent([f["firms"] for f in large], [f["memory"] for f in large]),
    }


def _run(members: int, jobs: int, size: Size, report: bool, cache: str | None = None) -> Any:
    """Run the base scenario as a user does; return its phases and the seconds of all of it."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        command = [sys.executable, "run.py", "scenarios/base.yaml", "--out", str(out), "--quiet"]
        command += ["--members", str(members), "--jobs", str(jobs)]
        command += ["--set", f"population.scale={size.scale}"]
        command += [] if report else ["--no-report"]
        environment = os.environ | ({"NUMBA_CACHE_DIR": cache} if cache else {})
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        held = _held_by(command, environment)
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
        phases = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["wall_time_s"]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "members": members, "jobs": jobs, "wall_s": wall, "cpu_s": cpu, "phases": phases,
        "memory": held,
    }  # fmt: skip


def _held_by(command: list[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end; return the most memory seen of it and its workers, bytes."""
    most = 0
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, memory_of_family(process.pid))
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.25)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return most


def memory_of_family(process: int) -> int:
    """Return the memory of a process and of those it started, bytes; 0 where the system is mute.

    A page that several of them share counts once in all (Linux: proportional set size).
    """
    home = Path("/proc") / str(process)
    try:
        lines = (home / "smaps_rollup").read_text(encoding="ascii").splitlines()
        started = [path.read_text(encoding="ascii") for path in home.glob("task/*/children")]
    except OSError:  # gone meanwhile, or no such table
        return 0
    own = sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return own + sum(memory_of_family(int(one)) for text in started for one in text.split())


def runs(size: Size, options: Options) -> dict[str, Any]:
    """Measure runs as a user starts them: phases, cold and warm, by workers and members."""
    with tempfile.TemporaryDirectory() as empty:
        cold = _run(size.base, 2, size, report=True, cache=empty)
    warm = _run(size.base, 2, size, report=True)
    wanted = [*size.ensembles, *([1_000] if options["thousand"] else [])]
    ensembles = [_run(members, 2, size, report=False) for members in wanted]
    few, many = size.ensembles[-2:]
    workers = [_run(n, jobs, size, report=False) for n in (few, many) for jobs in (1, 2)]
    less_one, less_two, one, two = (run["phases"]["simulate"] for run in workers)
    simulate = [run["phases"]["simulate"] for run in ensembles]
    return {
        "cold": cold, "warm": warm, "ensembles": ensembles, "workers": workers,
        "member_exponent": exponent([float(n) for n in wanted], simulate),
        "two_over_one": one / two,
        # What further members cost: the start of the workers is in both and falls out.
        "two_over_one_members": (one - less_one) / (two - less_two) if two > less_two else None,
    }  # fmt: skip


def starts(size: Size, _: Options) -> dict[str, Any]:
    """Measure CPU seconds of the commands that should answer at once."""
    tries = 3 if size.base > 2 else 1
    commands = {
        "interpreter with numpy and ruamel.yaml": ["-c", "import numpy, ruamel.yaml, argparse"],
        "--help": ["run.py", "--help"],
        "check": ["run.py", "check", "scenarios/base.yaml"],
    }
    found = {}
    for name, command in commands.items():
        seconds = []
        for _ in range(tries):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(
                [sys.executable, *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        found[name] = min(seconds)
    return found


SECTIONS: dict[str, Callable[[Size, Options], dict[str, Any]]] = {
    part.__name__: part for part in (forms, reduced, starts, runs, growth)
}
