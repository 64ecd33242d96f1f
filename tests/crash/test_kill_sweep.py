"""kill -9 of a sweep at random moments: the same command ends with the same digest."""

from __future__ import annotations

import os
import random
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


def start(root: Path, path: Path, out: Path, jobs: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.sim.toy_sweep", str(path), str(out), str(jobs), "slow"]
    return subprocess.Popen(
        command, cwd=root, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


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
