"""A sweep through the real engine: every cell once, whatever happens in between."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray

from sim.digest import digest_directory
from sim.errors import BusyError, InputError, OutputError
from sim.manifest import read_manifest
from sim.output_directory import MEMBERS, hold
from sim.results import MemberResult
from tests.sim import toy_sweep
from tests.sim.toy_sweep import FACTORS

TWO = {f"levers.{FACTORS[0]}": "[0, 0.5, 1]", f"levers.{FACTORS[1]}": "[0.25, 0.75]"}
GRID = "{kind: grid}"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def forbidden(*_: Any) -> MemberResult:
    raise AssertionError("simulated again")


class Killed(BaseException):
    """Stands for the end of the process."""


def test_the_dataset_has_the_design_as_coordinates(tmp_path: Path) -> None:
    outcome = toy_sweep.run(toy_sweep.file(tmp_path, GRID, TWO), tmp_path / "out")
    assert (outcome.cells, outcome.simulated, outcome.exit_code) == (6, 6, 0)
    with xarray.open_dataset(tmp_path / "out" / "results.nc") as data:
        assert dict(data.sizes)["cell"] == 6
        first = data["factor_levers_sei_support_bias"]
        assert first.values.tolist() == [0.0, 0.0, 0.5, 0.5, 1.0, 1.0]
        assert first.attrs["factor"] == "levers.sei_support_bias"
        # Members 0, 1, 2 have land 100, 101, 102: none reaches 103, the median is 101.
        assert data["land_quantile"].sel(quantile=0.5).values.tolist() == [[101.0] * 4] * 6
        assert data["land_mean"].values.tolist() == [[101.0] * 4] * 6
        assert data["probability"].sel(target=1).values.tolist() == [[0.0] * 4] * 6
        assert data["joint_outcomes"].values.tolist() == [0.0] * 6
        assert data["members"].values.tolist() == [3] * 6
        assert data.attrs["Conventions"] == "CF-1.8"
    assert digest_directory(tmp_path / "out") == outcome.digest
    left = {entry.name for entry in tmp_path.iterdir()}
    assert left == {"base.yaml", "toy.yaml", "out", "bundle", "cells"}
    assert not (tmp_path / "out" / MEMBERS).exists()


def test_a_second_time_nothing_is_simulated(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, GRID, TWO)
    first = toy_sweep.run(path, tmp_path / "out")
    again = toy_sweep.run(path, tmp_path / "out", simulation=forbidden)
    assert (again.reused, again.digest) == (True, first.digest)
    elsewhere = toy_sweep.run(path, tmp_path / "other", simulation=forbidden)
    assert (elsewhere.simulated, elsewhere.digest) == (0, first.digest)


def test_another_sweep_uses_the_cells_that_it_shares(tmp_path: Path) -> None:
    toy_sweep.run(toy_sweep.file(tmp_path, GRID, TWO), tmp_path / "out")
    more = {**TWO, f"levers.{FACTORS[1]}": "[0.75, 0.9]"}
    second = toy_sweep.file(tmp_path, GRID, more, name="second")
    assert toy_sweep.run(second, tmp_path / "two").simulated == 3


def test_serial_and_two_processes_agree_bit_for_bit(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, "{kind: lhs, n: 5, seed: 2}")
    one = toy_sweep.run(path, tmp_path / "a" / "out")
    two = toy_sweep.run(path, tmp_path / "b" / "out", jobs=2)
    assert one.digest == two.digest
    assert two.simulated == 5


def test_a_worker_that_dies_costs_no_cell(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, GRID, TWO)
    plain = toy_sweep.run(path, tmp_path / "a" / "out")
    (tmp_path / "b").mkdir()
    died = toy_sweep.run(path, tmp_path / "b" / "out", jobs=2, simulation=toy_sweep.dying)
    assert (died.digest, died.exit_code) == (plain.digest, 0)
    assert (tmp_path / "b" / "died").exists()


def test_an_interrupted_sweep_goes_on_with_the_member(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, GRID, TWO)
    plain = toy_sweep.run(path, tmp_path / "plain" / "out")
    seen: list[float] = []

    def counting(scenario: Any, plan: Any, city: Any, member: int) -> MemberResult:
        if len(seen) == 7:
            raise Killed
        seen.append(member)
        return toy_sweep.simulate(scenario, plan, city, member)

    with pytest.raises(Killed):
        toy_sweep.run(path, tmp_path / "out", simulation=counting)
    assert not (tmp_path / "out" / "results.nc").exists()
    del seen[:]
    # Two cells and one member are done: 11 of 18 members are left, in 4 of 6 cells.
    counts: list[int] = []

    def rest(scenario: Any, plan: Any, city: Any, member: int) -> MemberResult:
        counts.append(member)
        return toy_sweep.simulate(scenario, plan, city, member)

    after = toy_sweep.run(path, tmp_path / "out", simulation=rest)
    assert (len(counts), after.simulated, after.digest) == (11, 4, plain.digest)


def test_an_edited_file_is_refused_with_what_differs(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, GRID, TWO)
    toy_sweep.run(path, tmp_path / "out")
    before = digest_directory(tmp_path / "out")
    toy_sweep.file(tmp_path, GRID, {**TWO, f"levers.{FACTORS[1]}": "[0.25, 0.9]"})
    with pytest.raises(InputError) as raised:
        toy_sweep.run(path, tmp_path / "out")
    text = str(raised.value)
    assert "--extend" in text
    assert "factors.levers.screen_strictness: [0.25, 0.75] there, [0.25, 0.9] here" in text
    assert len(text.splitlines()) == 2
    assert digest_directory(tmp_path / "out") == before
    extended = toy_sweep.run(path, tmp_path / "out", extend=True)
    assert (extended.cells, extended.simulated) == (6, 3)
    assert toy_sweep.run(path, tmp_path / "out").reused


def test_an_interrupted_sweep_that_was_edited_is_refused(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, GRID, TWO)

    def dies(*_: Any) -> MemberResult:
        raise Killed

    with pytest.raises(Killed):
        toy_sweep.run(path, tmp_path / "out", simulation=dies)
    toy_sweep.file(tmp_path, GRID, TWO, members=4)
    with pytest.raises(InputError, match=r"scenario\.members: 3 there, 4 here"):
        toy_sweep.run(path, tmp_path / "out")
    assert toy_sweep.run(path, tmp_path / "out", fresh=True).simulated == 6


def test_failed_members_are_told_and_the_rest_is_complete(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, GRID, TWO)
    out = tmp_path / "out"
    outcome = toy_sweep.run(path, out, simulation=toy_sweep.breaking)
    assert outcome.exit_code == 3
    assert {cell: failed[0] for cell, failed in outcome.failed.items()} == {
        0: "partial", 1: "partial", 4: "failed", 5: "failed",
    }  # fmt: skip
    manifest = read_manifest(out)
    assert len(manifest["failed_cells"]) == 2 * 1 + 2 * 3
    entry = manifest["failed_cells"][0]
    assert (entry["cell"], entry["member"], entry["seed"]) == (0, 1, 3)
    assert entry["reason"] == "2018Q3: identity 'money' is off by 2.5"
    assert entry["replay"].endswith("/out 1 --cell 0")
    with xarray.open_dataset(out / "results.nc") as data:
        assert data["status"].values.tolist() == [1, 1, 0, 0, 2, 2]
        assert data["members"].values.tolist() == [2, 2, 3, 3, 0, 0]
        assert data["land_mean"].values[:, -1].tolist()[:4] == [101.0] * 4
        assert np.isnan(data["land_mean"].values[4:]).all()
    # A fault of the model is a result: it is not tried again.
    assert toy_sweep.run(path, tmp_path / "again", simulation=forbidden).exit_code == 3


def test_a_damaged_cell_is_simulated_again(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, GRID, TWO)
    first = toy_sweep.run(path, tmp_path / "out")
    record = sorted((tmp_path / "cells").glob("*/*.npz"))[0]
    record.write_bytes(record.read_bytes()[:-1] + b"?")
    again = toy_sweep.run(path, tmp_path / "other")
    assert (again.simulated, again.digest) == (1, first.digest)


def test_leftovers_of_a_killed_writer_are_cleared(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, GRID, TWO)
    toy_sweep.run(path, tmp_path / "out")
    stray = next((tmp_path / "cells").iterdir()) / ".abc.npz.123.tmp"
    stray.write_bytes(b"half")
    toy_sweep.run(path, tmp_path / "other")
    assert not stray.exists()


def test_a_second_sweep_in_the_directory_is_turned_away(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, GRID, TWO)
    with hold(tmp_path / "out"), pytest.raises(BusyError):
        toy_sweep.run(path, tmp_path / "out")


def test_a_store_that_is_no_folder_is_told(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, GRID, TWO)
    (tmp_path / "cells").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="is not a directory"):
        toy_sweep.run(path, tmp_path / "out")


def test_a_log_file_gets_the_progress(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, GRID, TWO)
    toy_sweep.run(path, tmp_path / "out", log=tmp_path / "log.txt")
    assert "cells 6/6, 0 failed" in (tmp_path / "log.txt").read_text(encoding="utf-8")


def test_the_manifest_states_the_sweep(tmp_path: Path) -> None:
    toy_sweep.run(toy_sweep.file(tmp_path, GRID, TWO), tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["kind"] == "sweep"
    assert manifest["sweep"]["factors"]["levers.screen_strictness"] == [0.25, 0.75]
    assert manifest["files"].keys() >= {"results.nc", "base.resolved.yaml"}
    assert (manifest["cells"], manifest["cells_simulated"]) == (6, 6)
