"""Loops compiled before the first member: the list is true, and whoever compiles, results agree."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from sim import compile_ahead
from sim.checkpoints import load_member
from sim.compile_ahead import Loop, compile_share, listed, share_of
from sim.ensemble import simulate_in_memory
from sim.scenario import project_root
from sim.threads import CompiledLoops
from sim.workers import Crew, Run, run_tasks
from tests.sim.small_city import city_of, scenario_of


def test_a_member_calls_no_loop_that_is_not_listed() -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/compiled_loops.py"],
        cwd=project_root(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, ""), (
        "renew the list: python benchmarks/compiled_loops.py --write\n" + done.stdout + done.stderr
    )


def test_every_listed_loop_exists_and_takes_so_many_arguments() -> None:
    from numba.core.sigutils import normalize_signature

    for loop in listed():
        module, function = loop.name.split(".")
        dispatcher = getattr(importlib.import_module(f"sim.{module}"), function)
        kinds, _ = normalize_signature(loop.types)
        assert len(kinds) == dispatcher.py_func.__code__.co_argcount, loop.name


@pytest.mark.parametrize("workers", [1, 2, 7, 200])
def test_shares_hold_every_loop_once_and_weigh_alike(workers: int) -> None:
    loops = listed()
    shares = [share_of(loops, worker, workers) for worker in range(workers)]
    assert sorted(loop.name + loop.types for share in shares for loop in share) == sorted(
        loop.name + loop.types for loop in loops
    )
    weights = [sum(loop.seconds for loop in share) for share in shares]
    mean, longest = sum(weights) / workers, max(loop.seconds for loop in loops)
    assert max(abs(weight - mean) for weight in weights) <= longest


def test_a_list_out_of_date_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    from numba import int64

    good = next(loop for loop in listed() if loop.name == "sums.chosen_sum")
    stale = [
        Loop("no_such_module.loop", "()", 3.0),
        Loop("sums.no_such_loop", "()", 3.0),
        Loop("sums.chosen_sum", "(int64,)", 3.0),
        Loop("sums.chosen_sum", "(NoSuchType,)", 3.0),
    ]
    monkeypatch.setattr(compile_ahead, "listed", lambda: [*stale, good])
    usual = gc.get_threshold()
    compile_share(0, 1)
    from sim.sums import chosen_sum

    assert chosen_sum.signatures
    assert (int64,) not in chosen_sum.signatures
    assert gc.get_threshold() == usual


def test_what_was_compiled_ahead_is_found_by_a_call(tmp_path: Path) -> None:
    """Two processes: one compiles ahead, the other calls."""
    ahead = (
        "from sim import compile_ahead as c; loops = c.listed();"
        "c.listed = lambda: [loop for loop in loops if loop.name == 'rows.found_rows'];"
        "c.compile_share(0, 1)"
    )
    call = (
        "import numpy as np; from sim import rows; rows.rows_where(np.array([True]));"
        "seen = rows.found_rows.stats; assert seen.cache_hits and not seen.cache_misses, seen"
    )
    for program in (ahead, call):
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=project_root(), env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}, check=True,
        )  # fmt: skip


@pytest.mark.parametrize("killed", [False, True])
def test_workers_take_the_place_of_what_compiled_and_give_the_same_members(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    """Loops of a share that was cut short are compiled when called."""
    monkeypatch.setattr(CompiledLoops, "known", lambda _: False)
    scenario, plan = scenario_of(**{"population.scale": "0.02", "members": "3", "end": "2018Q2"})
    city = city_of()
    with Crew() as crew:
        crew.start(2)
        compiling = {process.pid for process in multiprocessing.active_children()}
        if killed:
            multiprocessing.active_children()[0].kill()
        done = []
        for one in run_tasks(
            [Run(scenario, plan, tmp_path)], city, [(0, m) for m in range(3)], workers=2, crew=crew
        ):
            done.append(one)
            assert not compiling & {process.pid for process in multiprocessing.active_children()}
    assert len(compiling) == 2
    assert sorted((d.member, d.failed) for d in done) == [(0, None), (1, None), (2, None)]
    for alone in simulate_in_memory(scenario, plan, city):
        kept = load_member(tmp_path, alone.member)
        assert kept is not None
        np.testing.assert_array_equal(kept.published, alone.published)
        np.testing.assert_array_equal(kept.true_state, alone.true_state)


def _runs(process: Path) -> bool:
    """Return whether a process, given by its folder in /proc, has not ended."""
    try:
        return (process / "stat").read_text(encoding="ascii").rsplit(")")[-1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_what_compiles_ends_with_its_driver(tmp_path: Path) -> None:
    program = (
        "import multiprocessing, time\nfrom sim.workers import Crew\n"
        "if __name__ == '__main__':\n"
        " crew = Crew(); crew.start(2)\n"
        " print(*(p.pid for p in multiprocessing.active_children()), flush=True)\n"
        " time.sleep(60)\n"
    )
    (tmp_path / "driver.py").write_text(program, encoding="utf-8")
    environment = {
        **os.environ,
        "NUMBA_CACHE_DIR": str(tmp_path / "empty"),
        "PYTHONPATH": str(project_root()),
    }
    command = [sys.executable, str(tmp_path / "driver.py")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as driver:
        assert driver.stdout is not None
        compiling = [Path("/proc") / number for number in driver.stdout.readline().split()]
        deadline = time.monotonic() + 30.0
        while not any((tmp_path / "empty").rglob("*.nbc")) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(compiling) == 2
        assert all(_runs(process) for process in compiling)
        driver.kill()
    deadline = time.monotonic() + 10.0
    while any(_runs(process) for process in compiling) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(_runs(process) for process in compiling)
