"""kill -9 of a sweep at random moments: the same command ends with the same digest."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.digest import digest_directory
from tests.sim import toy_sweep

TRIALS = int(os.environ.get("CRASH_TRIALS", "2"))
"""Kills at random moments; set CRASH_TRIALS for more."""
CELLS, MEMBERS = 12, 4


def start(
    root: Path, path: Path, out: Path, jobs: int, *more: str, limit: int = 0,
    gate: Path | None = None,
) -> subprocess.Popen[str]:  # fmt: skip
    """Start the toy's sweep; `limit` is the largest file in bytes that the system allows.

    With a `gate` all but the first cells wait until that file exists.
    """

    def restrict() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    simulation = "waiting" if gate else "slow"
    command = [sys.executable, "-m", "tests.sim.toy_sweep", str(path), str(out), str(jobs)]
    return subprocess.Popen(
        [*command, simulation, *more], cwd=root, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, preexec_fn=restrict if limit else None,
        env=os.environ | ({"TOY_GATE": str(gate)} if gate else {}),
    )  # fmt: skip


@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_at_random_moments_and_started_again(root: Path, tmp_path: Path, jobs: int) -> None:
    path = toy_sweep.file(tmp_path, f"{{kind: lhs, n: {CELLS}, seed: 6}}", members=MEMBERS)
    expected = toy_sweep.run(path, tmp_path / "plain" / "out").digest
    moments = random.Random(jobs)
    runs = tmp_path / "runs"
    runs.mkdir()
    kept: set[str] = set()
    stamps: dict[str, int] = {}
    for _ in range(TRIALS):
        process = start(root, path, runs / "out", jobs)
        time.sleep(moments.uniform(1.0, 3.0))
        process.kill()
        process.communicate()
        if (runs / "out" / "results.nc").exists():
            assert digest_directory(runs / "out") == expected
        now = {p.name: p.stat().st_mtime_ns for p in (runs / "cells").glob("*/*.npz")}
        assert kept <= now.keys()
        # No finished cell is simulated, or written, a second time.
        assert all(now[name] == stamps[name] for name in kept)
        kept, stamps = set(now), now
    last = start(root, path, runs / "out", jobs)
    told, errors = last.communicate(timeout=120)
    assert last.returncode == 0, errors
    simulated, digest = told.split()
    assert digest == expected == digest_directory(runs / "out")
    assert int(simulated) <= CELLS - len(kept)
    left = {entry.name for entry in runs.iterdir()}
    assert left == {"out", "cells", "bundle"}
    assert not any(p.name.startswith(".") for p in (runs / "cells").rglob("*"))


def test_a_second_start_is_turned_away_and_the_first_comes_through(
    root: Path, tmp_path: Path
) -> None:
    path = toy_sweep.file(tmp_path, f"{{kind: lhs, n: {CELLS}, seed: 6}}", members=MEMBERS)
    expected = toy_sweep.run(path, tmp_path / "plain" / "out").digest
    out = tmp_path / "out"
    first = start(root, path, out, 1)
    until = time.monotonic() + 30.0
    while not (tmp_path / "cells").exists() and time.monotonic() < until:
        time.sleep(0.02)
    first.send_signal(signal.SIGSTOP)  # it stays in the middle, however slow the second is
    second = start(root, path, out, 1)
    told, errors = second.communicate(timeout=60)
    first.send_signal(signal.SIGCONT)
    assert (second.returncode, told) == (5, "")
    assert errors == f"{out}: another run is writing here\n"
    told, errors = first.communicate(timeout=120)
    assert (first.returncode, told.split()) == (0, [str(CELLS), expected]), errors
