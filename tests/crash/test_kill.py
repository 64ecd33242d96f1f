"""kill -9, signals and full disks: the same command afterwards gives the same digest."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from sim.digest import digest_directory
from sim.output_directory import MEMBERS
from tests.crash.processes import MEMBER_COUNT, children, start, wait_until_gone
from tests.sim.toy_run import run, scenario

TRIALS = 2
"""Kills at random moments; many more by ``python -m tests.crash``."""


def _wait_for_members(out: Path, count: int) -> None:
    until = time.monotonic() + 30.0
    while len(list(out.glob(f"{MEMBERS}/*/member-*.result"))) < count:
        assert time.monotonic() < until, "no member was finished in 30 s"
        time.sleep(0.02)


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


@needs_proc
@pytest.mark.parametrize("jobs", [1, 2])
def test_kill_at_random_moments_then_the_same_command(
    root: Path, tmp_path: Path, jobs: int
) -> None:
    expected = run(tmp_path / "plain", tmp_path / "bundle", scenario(MEMBER_COUNT)).digest
    moments = random.Random(jobs)
    runs = tmp_path / "runs"
    for _ in range(TRIALS):
        process = start(root, runs / "out", tmp_path / "bundle", jobs=jobs)
        time.sleep(moments.uniform(0.3, 2.2))
        workers = children(process.pid)
        process.kill()
        process.communicate()
        assert wait_until_gone(workers, 20.0) == []  # a starting one first ends its imports
        if (runs / "out" / "results.nc").exists():
            assert digest_directory(runs / "out") == expected
            shutil.rmtree(runs)  # it came through: begin again
    process = start(root, runs / "out", tmp_path / "bundle", jobs=jobs)
    printed, errors = process.communicate(timeout=60)
    assert (process.returncode, printed.strip()) == (0, expected), errors
    assert digest_directory(runs / "out") == expected
    assert [p.name for p in runs.iterdir()] == ["out"]
    assert not (runs / "out" / MEMBERS).exists()


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_a_run_with_workers_amid_long_members(
    root: Path, tmp_path: Path, number: signal.Signals
) -> None:
    out, bundle = tmp_path / "out", tmp_path / "bundle"
    process = start(root, out, bundle, jobs=2, simulation="very_slow")
    _wait_for_members(out, 1)
    workers = children(process.pid)
    began = time.monotonic()
    os.killpg(process.pid, number)  # as a terminal does: to driver and workers
    _, errors = process.communicate(timeout=10)
    assert time.monotonic() - began < 5.0
    assert process.returncode == 128 + number
    assert errors == "interrupted; the same command resumes after the members already finished\n"
    assert len(workers) >= 2
    assert wait_until_gone(workers, 2.0) == []
    assert len(list(out.rglob("member-*.result"))) == 1


@needs_proc
def test_workers_end_with_a_killed_driver_even_amid_a_member(root: Path, tmp_path: Path) -> None:
    process = start(root, tmp_path / "out", tmp_path / "bundle", jobs=2, simulation="very_slow")
    _wait_for_members(tmp_path / "out", 1)
    workers = children(process.pid)
    process.kill()
    process.communicate()
    assert len(workers) >= 2
    assert wait_until_gone(workers, 20.0) == []  # a starting one first ends its imports


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("limit", [300, 5000])
def test_a_file_that_does_not_fit_is_an_output_error(
    root: Path, tmp_path: Path, jobs: int, limit: int
) -> None:
    out, bundle = tmp_path / "out", tmp_path / "bundle"
    process = start(root, out, bundle, jobs=jobs, simulation="simulate", limit=limit)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 4, errors
    assert "cannot write" in errors
    assert "Traceback" not in errors
    assert not (out / "results.nc").exists()
    expected = run(tmp_path / "plain", bundle, scenario(MEMBER_COUNT)).digest
    assert run(out, bundle, scenario(MEMBER_COUNT)).digest == expected


def test_a_full_disk_leaves_the_previous_run_untouched(root: Path, tmp_path: Path) -> None:
    out, bundle = tmp_path / "out", tmp_path / "bundle"
    before = run(out, bundle, scenario(3)).digest
    process = start(root, out, bundle, jobs=1, simulation="simulate", limit=20_000)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 4, errors
    assert digest_directory(out) == before
