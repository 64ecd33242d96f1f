"""``python -m tests.crash``: kills and full disks at length, result stored.

A hundred kills of the driver and thirty of a worker at random moments, some of the real model;
after each the same command must end with the same digest, and nothing may be left. Twenty sizes
of full disk need the right to mount a file system in memory (root); without it files are limited
in size instead.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sim.digest import digest_directory
from tests.crash.disks import SPARE, fill, small_disk
from tests.crash.processes import (
    MEMBER_COUNT,
    ROOT,
    leftovers,
    start,
    start_model,
    wait_until_gone,
    workers_of,
)
from tests.sim.toy_run import run, scenario
from tests.stored import rate_bound, store

Start = Callable[[int], "subprocess.Popen[str]"]


class Trials:
    """Counts trials and what went wrong in them."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.found: list[str] = []

    def expect(self, holds: bool, said: str) -> None:
        """Note a fault unless it holds."""
        if not holds:
            self.found.append(said)
            print("FAULT:", said, file=sys.stderr)

    def finish(self, begin: Start, jobs: int, out: Path, expected: str, name: str) -> None:
        """Run the same command to its end: same digest, nothing left."""
        process = begin(jobs)
        _, errors = process.communicate(timeout=600)
        self.expect(process.returncode == 0, f"{name}: exit {process.returncode}: {errors[-300:]}")
        self.expect(digest_directory(out) == expected, f"{name}: another digest")
        self.expect(leftovers(out) == [], f"{name}: left {leftovers(out)}")

    def kill_driver(
        self, begin: Start, jobs: int, out: Path, expected: str, moment: float, name: str
    ) -> None:
        """Kill the driver at a moment, look at what is there, then run the same command."""
        process = begin(jobs)
        time.sleep(moment)
        workers = workers_of(process.pid)
        running = process.poll() is None
        process.kill()
        process.communicate()
        self.expect(wait_until_gone(workers, 20.0) == [], f"{name}: orphans")
        if (out / "results.nc").exists():
            self.expect(digest_directory(out) == expected, f"{name}: openable and wrong")
        self.finish(begin, jobs, out, expected, name)
        self.counts["kills of the driver" if running else "came too late"] += 1

    def kill_worker(
        self, begin: Start, out: Path, expected: str, chance: random.Random, name: str
    ) -> None:
        """Kill a worker at a moment: its member is tried again, the run ends as ever."""
        process = begin(2)
        until = time.monotonic() + 60.0
        while not (workers := workers_of(process.pid)) and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(chance.uniform(0.0, 1.5))
        workers = workers_of(process.pid)
        if workers:
            os.kill(chance.choice(workers), 9)
            self.counts["kills of a worker"] += 1
        _, errors = process.communicate(timeout=600)
        self.expect(process.returncode == 0, f"{name}: exit {process.returncode}: {errors[-300:]}")
        self.expect(digest_directory(out) == expected, f"{name}: another digest")
        self.expect(leftovers(out) == [], f"{name}: left {leftovers(out)}")


def kills(trials: Trials, driver: int, worker: int, folder: Path) -> None:
    """Kill the toy: its members take a twentieth of a second each."""
    bundle = folder / "bundle"
    expected = run(folder / "plain" / "out", bundle, scenario(MEMBER_COUNT)).digest
    chance = random.Random(1)
    while trials.counts["kills of the driver"] < driver:
        number = trials.counts["kills of the driver"] + trials.counts["came too late"]
        out = folder / f"driver{number}" / "out"
        trials.kill_driver(
            lambda jobs, out=out: start(ROOT, out, bundle, jobs=jobs), 1 + number % 2, out,
            expected, chance.uniform(0.3, 2.6), f"driver {number}",
        )  # fmt: skip
        shutil.rmtree(out.parent)
    for number in range(2 * worker):
        if trials.counts["kills of a worker"] >= worker:
            break
        out = folder / f"worker{number}" / "out"
        trials.kill_worker(
            lambda jobs, out=out: start(ROOT, out, bundle, jobs=jobs), out, expected, chance,
            f"worker {number}",
        )  # fmt: skip
        shutil.rmtree(out.parent)


def model_kills(trials: Trials, number: int, folder: Path) -> None:
    """Kill small runs of the real model."""
    plain = folder / "model" / "out"
    began = time.monotonic()
    start_model(plain, jobs=1).communicate(timeout=600)
    lasts = time.monotonic() - began
    expected = digest_directory(plain)
    chance = random.Random(2)
    for trial in range(number):
        out = folder / f"model{trial}" / "out"
        trials.kill_driver(
            lambda jobs, out=out: start_model(out, jobs=jobs), 1 + trial % 2, out, expected,
            chance.uniform(0.2, 1.0) * lasts, f"model {trial}",
        )  # fmt: skip
        trials.counts["of them of the real model"] += 1
        shutil.rmtree(out.parent)


def full_disk(trials: Trials, kilobytes: int, *, at_start: bool, folder: Path) -> None:
    """Run over an earlier result on a disk that is full, or becomes full after the first member."""
    name = f"{kilobytes} kB {'at the start' if at_start else 'left on the way'}"
    bundle = folder / "bundle"
    city = scenario(3, seed=1)
    with small_disk(folder / name.replace(" ", "_"), SPARE) as disk:
        if disk is None:
            out = folder / f"limited{kilobytes}" / "out"
            limit = max(kilobytes * 1000, 1)
        else:
            out, limit = disk / "out", 0
        before = run(out, bundle, city).digest
        filler = out.parent / ".filler"
        if disk is not None and at_start:
            fill(filler, kilobytes)
        process = start(ROOT, out, bundle, jobs=1, simulation="slow", limit=limit)
        if disk is not None and not at_start:
            while process.poll() is None and not list(out.glob(".members/*/member-*.result")):
                time.sleep(0.01)
            fill(filler, kilobytes)
        _, errors = process.communicate(timeout=120)
        trials.counts["full disks"] += 1
        if process.returncode == 0:
            trials.counts["of them with enough space left"] += 1
        else:
            trials.counts["of them refused or stopped"] += 1
            clear = len(errors.splitlines()) == 1 and (
                "cannot write" in errors or "needs about" in errors or "cannot" in errors
            )
            trials.expect(process.returncode == 4, f"{name}: exit {process.returncode}: {errors}")
            trials.expect(clear, f"{name}: {errors}")
            trials.expect(digest_directory(out) == before, f"{name}: earlier output touched")
        filler.unlink(missing_ok=True)
        again = run(out, bundle, scenario(MEMBER_COUNT)).digest
        plain = run(folder / "plain" / "out", bundle, scenario(MEMBER_COUNT)).digest
        trials.expect(again == plain, f"{name}: another digest afterwards")


def main() -> int:
    """Run all trials, store and print the result; 0 when nothing went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--driver", type=int, default=100, help="kills of the toy's driver")
    parser.add_argument("--worker", type=int, default=30, help="kills of a worker")
    parser.add_argument("--model", type=int, default=8, help="kills of the real model's driver")
    parser.add_argument("--disks", type=int, default=20, help="sizes of full disk")
    given = parser.parse_args()
    trials = Trials()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kills(trials, given.driver, given.worker, folder)
        if given.model:
            model_kills(trials, given.model, folder)
        for number in range(given.disks):
            # A quarter of the disks are full before the start; others leave 0 to 90 kB.
            full_disk(trials, 6 * number, at_start=number % 4 == 0, folder=folder)
    number = trials.counts["kills of the driver"] + trials.counts["kills of a worker"]
    passed = not trials.found
    store("crash", passed, {
        **{key: int(count) for key, count in sorted(trials.counts.items())},
        "faults": len(trials.found), "rate_bound_of_kills": rate_bound(max(number, 1)),
        "findings": trials.found[:20],
    }, f"python -m tests.crash --driver {given.driver} --worker {given.worker} "
       f"--model {given.model} --disks {given.disks}")  # fmt: skip
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
