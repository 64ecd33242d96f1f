"""``python -m tests.fuzz --cases 3000 --processes 150``: the fuzzer at length, result stored.

Faulty files are read in this process and as processes of their own; legal ones are run.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.fuzz.cases import KINDS, ROOT, Case, case
from tests.fuzz.judge import faults_of_lines, judge
from tests.fuzz.legal import legal_scenario
from tests.stored import rate_bound, store

DATES = ("2018-04", "2018-04", "2016-04", "2018-10")
"""Information dates of the runs: the committed fits, fits of an earlier and of a later date."""


def in_process(number: int) -> tuple[Counter[str], list[str]]:
    """Read `number` cases of all kinds in this process; return counts and faults."""
    counts: Counter[str] = Counter()
    found: list[str] = []
    for index in range(number):
        chosen = case(KINDS[index % len(KINDS)], index // len(KINDS))
        with tempfile.TemporaryDirectory() as folder:
            try:
                verdict = judge(chosen, Path(folder))
            except Exception:
                found.append(f"{chosen.kind} {chosen.name}: {traceback.format_exc(limit=-2)}")
                counts["exceptions"] += 1
                continue
        counts[verdict.outcome] += 1
        counts["typos"] += verdict.typo_answered is not None
        counts["typos answered with the right key"] += verdict.typo_answered is True
        found += [f"{chosen.kind} {chosen.name}: {fault}" for fault in verdict.faults
                  if verdict.typo_answered is not False]  # fmt: skip
    return counts, found


def as_process(chosen: Case, folder: Path) -> tuple[list[str], float]:
    """Check one scenario as a process of its own; return faults and CPU seconds."""
    path = folder / "case.yaml"
    path.write_bytes(chosen.data)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(
            [sys.executable, str(ROOT / "run.py"), "check", str(path)], capture_output=True,
            cwd=folder, timeout=60, check=False, env=os.environ | {"HOME": str(folder)},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return ["hangs"], 60.0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = done.stderr.decode("utf-8", errors="replace")
    found = []
    if done.returncode not in (0, 2):
        found.append(f"exit code {done.returncode}: {told[-300:]}")
    if "Traceback" in told:
        found.append("traceback")
    if done.returncode == 2:
        pattern = rf"{re.escape(str(path))}:(\d+):\d+: "
        lines = {int(n) for n in re.findall(pattern, told)}
        found += faults_of_lines(chosen, lines, told)
    if [p.name for p in folder.iterdir()] != ["case.yaml"]:
        found.append(f"left files: {sorted(p.name for p in folder.iterdir())}")
    return found, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def as_run(number: int, folder: Path) -> list[str]:
    """Run one legal scenario; it must end well or be refused. Return faults."""
    path = folder / "legal.yaml"
    path.write_text(legal_scenario(number, DATES), encoding="utf-8")
    command = [sys.executable, str(ROOT / "run.py"), str(path), "--out", str(folder / "out"),
               "--jobs", "1", "--quiet"]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, cwd=folder, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        return ["hangs"]
    told = done.stderr.decode("utf-8", errors="replace")
    found = [] if done.returncode in (0, 2) else [f"exit code {done.returncode}: {told[-300:]}"]
    return found + ["traceback"] * ("Traceback" in told) + ["warning"] * ("Warning" in told)


def start_up() -> float:
    """Return the CPU seconds of ``run.py check`` on a file without fault (median of five)."""
    from tests.fuzz.cases import SCENARIO

    with tempfile.TemporaryDirectory() as folder:
        good = Case("scenario", "good", SCENARIO.encode(), "run")
        return sorted(as_process(good, Path(folder))[1] for _ in range(5))[2]


def main() -> int:
    """Run both parts, store and print the result; 0 when no fault was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--cases", type=int, default=3000, help="cases in this process")
    parser.add_argument("--processes", type=int, default=150, help="cases as whole processes")
    parser.add_argument("--runs", type=int, default=100, help="legal scenarios that are run")
    given = parser.parse_args()
    began = time.process_time()
    counts, found = in_process(given.cases)
    usual = start_up()
    costs = []
    for number in range(given.processes):
        chosen = case("scenario", 100_000 + number)
        with tempfile.TemporaryDirectory() as folder:
            faults, seconds = as_process(chosen, Path(folder))
        costs.append(seconds)
        found += [f"process {chosen.name}: {fault}" for fault in faults]
    for number in range(given.runs):
        with tempfile.TemporaryDirectory() as folder:
            found += [f"run {number}: {fault}" for fault in as_run(number, Path(folder))]
    share = counts["typos answered with the right key"] / max(counts["typos"], 1)
    dearest = max(costs, default=0.0) / max(usual, 1e-9)
    passed = not found and share >= 0.95 and dearest <= 2.0
    store("fuzz", passed, {
        "cases": given.cases, "processes": given.processes, "runs": given.runs,
        "faults": len(found),
        "rate_bound": rate_bound(given.cases + given.processes + given.runs),
        **{name: int(number) for name, number in sorted(counts.items())},
        "typos_answered_share": round(share, 4),
        "dearest_process_over_a_good_file": round(dearest, 2),
        "cpu_seconds_in_process": round(time.process_time() - began, 1),
        "findings": found[:20],
    }, f"python -m tests.fuzz --cases {given.cases} --processes {given.processes}")  # fmt: skip
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
