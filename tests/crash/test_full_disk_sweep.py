"""A sweep whose disk fills: told in a line, earlier output untouched, the same command goes on."""

from __future__ import annotations

import shutil
import time
from functools import partial
from pathlib import Path

import pytest

from sim.digest import digest_directory
from sim.output_directory import MEMBERS
from tests.crash.disks import SPARE, fill, small_disk
from tests.crash.test_every_step import (
    DIED,
    NEVER,
    REFUSED,
    STRIDE,
    WENT_THROUGH,
    run_to_step,
)
from tests.crash.test_kill_sweep import start
from tests.sim import toy_sweep
from tests.sim.toy_sweep import FACTORS

OLD = {f"levers.{FACTORS[0]}": "[0, 1]"}
NEW = {f"levers.{FACTORS[0]}": "[0, 0.5, 1]", f"levers.{FACTORS[1]}": "[0.25, 0.75]"}
GRID = "{kind: grid}"


@pytest.fixture
def expected(tmp_path: Path) -> str:
    """Return the digest of the new sweep where nothing is in its way."""
    folder = tmp_path / "plain"
    folder.mkdir()
    return toy_sweep.run(toy_sweep.file(folder, GRID, NEW), folder / "out").digest


def earlier(folder: Path) -> tuple[Path, str]:
    """Leave a finished sweep of an older state of the file; return the edited one, and a digest."""
    before = toy_sweep.run(toy_sweep.file(folder, GRID, OLD), folder / "out").digest
    return toy_sweep.file(folder, GRID, NEW), before


def told(errors: str) -> bool:
    return len(errors.splitlines()) == 1 and "cannot write" in errors


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("limit", [300, 3_000, 30_000])
def test_a_file_that_does_not_fit(
    root: Path, tmp_path: Path, expected: str, jobs: int, limit: int
) -> None:
    path, before = earlier(tmp_path)
    process = start(root, path, tmp_path / "out", jobs, "extend", limit=limit)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 4, errors
    assert told(errors), errors
    assert digest_directory(tmp_path / "out") == before
    assert toy_sweep.run(path, tmp_path / "out", extend=True).digest == expected
    assert not (tmp_path / "out" / MEMBERS).exists()


@pytest.mark.parametrize("kilobytes", [0, 8, 24])
def test_a_disk_that_fills_after_the_first_cell(
    root: Path, tmp_path: Path, expected: str, kilobytes: int
) -> None:
    with small_disk(tmp_path / "disk", SPARE) as disk:
        # Where mounting is not allowed, files are limited to the size from the start.
        limit = 0 if disk else 1 + 1000 * kilobytes
        folder = tmp_path / "disk"
        path, before = earlier(folder)
        known = len(list(folder.glob("cells/*/*.npz")))
        gate = tmp_path / "gate"
        process = start(root, path, folder / "out", 1, "extend", limit=limit, gate=gate)
        while process.poll() is None and len(list(folder.glob("cells/*/*.npz"))) == known:
            time.sleep(0.01)
        if disk:
            fill(disk / "filler", kilobytes)
        gate.touch()
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 4, errors
        assert told(errors), errors
        assert digest_directory(folder / "out") == before
        (folder / "filler").unlink(missing_ok=True)
        again = toy_sweep.run(path, folder / "out", extend=True)
        assert again.digest == expected
        assert {p.name for p in folder.iterdir()} == {
            "base.yaml", "toy.yaml", "out", "cells", "bundle",
        }  # fmt: skip
        assert not any(p.name.startswith(".") for p in (folder / "cells").rglob("*"))


@pytest.mark.parametrize("dies", [True, False], ids=["killed", "disk full"])
def test_no_step_can_leave_a_wrong_or_untidy_directory(
    tmp_path: Path, expected: str, dies: bool
) -> None:
    start_from = tmp_path / "start"
    start_from.mkdir()
    path, before = earlier(start_from)
    trials = [NEVER]
    for step in trials:
        folder = tmp_path / f"runs{step}"
        shutil.copytree(start_from, folder)
        work = partial(toy_sweep.run, path, folder / "out", extend=True, finish=toy_sweep.tables)
        code = run_to_step(work, folder, tmp_path / "steps", step, dies=dies)
        if step == NEVER:
            assert code == WENT_THROUGH
            trials.extend(range(1, int((tmp_path / "steps").read_text()) + 1, 8 * STRIDE))
        assert code in (DIED, REFUSED, WENT_THROUGH)
        assert digest_directory(folder / "out") in (before, expected)
        again = toy_sweep.run(path, folder / "out", extend=True, finish=toy_sweep.tables)
        assert again.digest == expected
        assert (folder / "out" / "design.csv").is_file()
        assert not (folder / "out" / MEMBERS).exists()
        left = {entry.name for entry in folder.iterdir()}
        assert left == {"base.yaml", "toy.yaml", "out", "cells", "bundle"}
        assert not any(p.name.startswith(".") for p in (folder / "cells").rglob("*"))
    assert len(trials) > 80 / STRIDE / 8
