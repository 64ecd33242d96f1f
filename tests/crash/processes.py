"""Runs of the toy and of the real model as processes that are killed or meet a full disk."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MEMBER_COUNT = 12


def start(
    root: Path, out: Path, bundle: Path, *, jobs: int, simulation: str = "slow", limit: int = 0
) -> subprocess.Popen[str]:
    """Start the toy; `limit` is the largest file in bytes that the system lets it write."""

    def restrict() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "tests.sim.toy_run", str(out), str(bundle),
               str(MEMBER_COUNT), str(jobs), simulation]  # fmt: skip
    return subprocess.Popen(
        command, cwd=root, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True, preexec_fn=restrict if limit else None,
    )  # fmt: skip


def start_model(out: Path, *, jobs: int) -> subprocess.Popen[str]:
    """Start a small run of the real model, without its report."""
    command = [sys.executable, str(ROOT / "run.py"), str(ROOT / "scenarios" / "base.yaml"),
               "--members", "4", "--set", "population.scale=0.02", "--set", "end=2018Q3",
               "--out", str(out), "--jobs", str(jobs), "--quiet", "--no-report"]  # fmt: skip
    return subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip


def children(pid: int) -> list[int]:
    """Return the processes whose parent is `pid`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.name))
    return found


def alive(pids: list[int]) -> list[int]:
    """Return those that still run (a zombie does not)."""
    running = []
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            running.append(pid)
    return running


def wait_until_gone(pids: list[int], seconds: float) -> list[int]:
    """Wait for processes to end; return those that have not."""
    until = time.monotonic() + seconds
    while alive(pids) and time.monotonic() < until:
        time.sleep(0.05)
    return alive(pids)


def workers_of(pid: int) -> list[int]:
    """Return the worker processes of a driver (not Python's resource tracker)."""
    found = []
    for child in children(pid):
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(b"spawn_main" in word for word in words):
            found.append(child)
    return found


def leftovers(out: Path) -> list[str]:
    """Return what lies beside a finished run, or of its members inside it."""
    beside = sorted(p.name for p in out.parent.iterdir() if p.name != out.name)
    return beside + [p.name for p in out.iterdir() if p.name.startswith(".")]
