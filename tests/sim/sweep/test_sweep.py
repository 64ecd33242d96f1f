"""A sweep through the real engine: every cell once, whatever happens in between."""

from __future__ import annotations

import csv
import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray

from sim.cli.results import settings_of_cell
from sim.cli.sweep import report, tell
from sim.digest import digest_directory
from sim.errors import BusyError, InputError, OutputError
from sim.manifest import read_manifest
from sim.output_directory import MEMBERS, hold
from sim.reading import Place
from sim.report.figures.maps import maps
from sim.report.figures.style import styled
from sim.report.sweeps import Surface
from sim.results import MemberResult
from sim.scenario import content_hash, load_scenario
from sim.sweep.cells import cells_of
from sim.sweep.factors import Factor
from sim.sweep.sweeping import SweepOutcome
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
    for outcome, folder in ((one, "a"), (two, "b")):
        assert outcome.members_cpu > 0.0
        kept = read_manifest(tmp_path / folder / "out")["cpu_time_s"]
        assert kept["members"] == pytest.approx(outcome.members_cpu, abs=0.001)
        assert 0.0 < kept["other"] <= outcome.other_cpu + 0.001


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("en", "CPU time: members 80 s, everything else 6 s (7.5 %)"),
        ("zh", "CPU 时间：样本 80 秒，其余 6 秒（7.5 %）"),
    ],
)
def test_the_end_tells_what_the_sweep_itself_cost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, line: str
) -> None:
    outcome = SweepOutcome(tmp_path, 2, {}, 2, "abc", members_cpu=80.0, other_cpu=6.0)
    assert tell(outcome, lang) == 0
    assert line in capsys.readouterr().out.splitlines()
    reused = SweepOutcome(tmp_path, 2, {}, 0, "abc", reused=True)
    assert tell(reused, lang) == 0
    assert "CPU" not in capsys.readouterr().out


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


def test_the_dataset_passes_the_checker_of_the_conventions(tmp_path: Path) -> None:
    from compliance_checker import runner

    toy_sweep.run(toy_sweep.file(tmp_path, "{kind: oat, n: 2}"), tmp_path / "out")
    runner.CheckSuite.load_all_available_checkers()
    passed, errors = runner.ComplianceChecker.run_checker(
        str(tmp_path / "out" / "results.nc"), ["cf:1.8"], 0, "normal",
        output_filename=str(tmp_path / "report.txt"), output_format=["text"],
    )  # fmt: skip
    told = (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert passed, told
    assert not errors
    assert "All tests passed" in told, told


def test_tables_and_figures_of_a_sweep(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, "{kind: grid}", TWO)
    out = tmp_path / "out"
    toy_sweep.run(
        path, out, simulation=toy_sweep.breaking, finish=report("zh", True, False, None, False)
    )
    design = rows(out / "design.csv")
    assert list(design[0]) == ["cell", "status", *TWO]
    assert [row["status"] for row in design] == ["partial"] * 2 + ["done"] * 2 + ["failed"] * 2
    assert design[2][f"levers.{FACTORS[0]}"] == "0.5"
    attainment = rows(out / "attainment.csv")
    assert list(attainment[0]) == ["cell", "target_id", "reading", "quarter", "probability"]
    assert {row["cell"] for row in attainment} == {"0", "1", "2", "3"}
    assert len(attainment) == 4 * 2 * 4  # cells with members, targets, quarters
    iamc = rows(out / "scenarios_iamc.csv")
    keys = [(row["Scenario"], row["Variable"], row["Subannual"]) for row in iamc]
    assert len(set(keys)) == len(keys)
    land = [row for row in iamc if row["Variable"] == "Plan Indicator|Land"]
    assert {row["Scenario"] for row in land} == {f"toy 0000{cell}" for cell in range(4)}
    assert {(row["Unit"], row["Region"], row["Subannual"]) for row in land} == {
        ("km2", "hangzhou", "Year")
    }
    drawn = {entry.name for entry in (out / "figures").iterdir()}
    assert drawn >= {"curves.png", "curves.svg", "parallel.png", "parallel.csv"}


def test_a_map_shows_means_over_the_other_factors() -> None:
    factors = tuple(
        Factor(f"levers.{name}", 0.0, 1.0, (0.0, 0.5, 1.0), Place("s.yaml", 1, 1)) for name in "abc"
    )
    settings = np.array(list(product((0.0, 0.5, 1.0), repeat=3)))
    chance = settings[:, 0] * settings[:, 2]  # the second factor moves nothing
    surface = Surface(
        factors, settings, toy_sweep.TARGETS[:1], chance[:, None], chance, (8075,),
        np.zeros(1), np.zeros((1, 1, 1)),
    )  # fmt: skip
    with styled("en") as lang:
        joint, one = (
            maps(surface, lang, pair)[0].rows for pair in (None, ("levers.b", "levers.a"))
        )
    shown = {(row[4], row[5]): row[6] for row in joint if row[0] == "output"}
    assert {row[2:4] for row in joint} == {("levers.a", "levers.c")}  # the two that move it
    assert shown[1.0, 1.0] == 1.0
    assert shown[0.5, 0.5] == 0.25
    assert {row[7] for row in joint} == {3}
    over_c = {(row[4], row[5]): row[6] for row in one if row[0] == "output"}
    assert over_c[0.0, 1.0] == over_c[1.0, 1.0] == 0.5  # mean of 0, 1/2 and 1


def test_a_failed_member_of_a_cell_can_be_played_again(tmp_path: Path) -> None:
    path = toy_sweep.file(
        tmp_path, "{kind: oat, n: 2}", {"population.scale": "{low: 0.1, high: 0.2}"}
    )
    out = tmp_path / "out"
    toy_sweep.run(path, out, finish=report("en", False, False, None, True))
    assert settings_of_cell(out / "design.csv", 0) == {}
    assert settings_of_cell(out / "design.csv", 2) == {"population.scale": "0.2"}
    with pytest.raises(InputError, match="--cell: 3 is outside the legal range 0 to 2"):
        settings_of_cell(out / "design.csv", 3)
    grid = cells_of(toy_sweep.load(path))
    restored = load_scenario(out / "base.resolved.yaml", settings_of_cell(out / "design.csv", 2))
    assert content_hash(restored) == content_hash(grid.cells[2].scenario)
