"""Sweep files: every fault is told with its place, nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

import run
from sim.errors import InputError
from sim.sweep.cells import cells_of
from sim.sweep.files import read_sweep
from tests.sim import toy_sweep

ONE = {"levers.sei_support_bias": "[0, 0.5]"}
BAD_FACTORS = [
    ("levers.sei_support_bia", "[0]", "unknown lever 'sei_support_bia'; did you mean"),
    ("levers.energy_price_surcharge.E", "[0]", "unknown class 'E'; legal: A, B, C, D"),
    ("outside_world.exports.shock", "[0]", "did you mean 'export_demand'?"),
    ("outside_world.export_demand", "[0]", "cannot be varied; legal: levers.*"),
    ("parameters.depreciation_rat", "[0]", "did you mean 'depreciation_rate'?"),
    ("lever.sei_support_bias", "[0]", "did you mean 'levers'?"),
    ("members", "[1, 2]", "cannot be varied"),
    ("levers.sei_support_bias", "[0, 1.5]", "1.5 is outside the legal range 0 to 1"),
    ("levers.sei_support_bias", "{low: 0, high: 3}", "3.0 is outside the legal range 0 to 1"),
    ("levers.sei_support_bias", "{low: 0.5, high: 0.5}", "high 0.5 must be above low 0.5"),
    ("levers.sei_support_bias", "{low: 0, hihg: 1}", "did you mean 'high'?"),
    ("levers.sei_support_bias", "[]", "0 levels; legal range 1 to 1000"),
    ("levers.sei_support_bias", "0.5", "write {low: a, high: b} or a list of levels"),
    ("levers.sei_support_bias", "[.nan]", ".nan must be finite"),
    ("parameters.depreciation_rate", "[50]", "50.0 is outside the legal range 0 to"),
    ("population.scale", "[0]", "0.0 is outside the legal range 0.0001"),
]
"""Key, value, and what is told of it."""
BAD_DESIGNS = [
    ("{kind: grids}", "'grids' is not known; did you mean 'grid'?"),
    ("{kind: lhs}", "design.n: missing"),
    ("{kind: lhs, n: 0}", "0 is outside the legal range 1 to 20000"),
    ("{kind: lhs, n: 1e9}", "outside the legal range 1 to 20000"),
    ("{kind: sobol, n: 100}", "100 must be a power of two, such as 64 or 128"),
    ("{kind: sobol, n: 16384}", "cells are outside the legal range 1 to 20000"),
    ("{kind: grid, n: 5}", "design.n: does not apply to kind grid"),
    ("{kind: grid, seed: 5}", "design.seed: does not apply to kind grid"),
    ("{kind: grid, points: 5}", "unknown key"),
    ("{kind: csv, file: none.csv}", "no such file"),
]
"""Design, and what is told of it."""


def told(tmp_path: Path, design: str, factors: dict[str, str] | None = None) -> str:
    path = toy_sweep.file(tmp_path, design, factors or ONE)
    with pytest.raises(InputError) as raised:
        cells_of(read_sweep(str(path)))
    return str(raised.value)


@pytest.mark.parametrize(("key", "value", "fragment"), BAD_FACTORS)
def test_a_faulty_factor(tmp_path: Path, key: str, value: str, fragment: str) -> None:
    design = "{kind: grid, n: 2}" if value.startswith("{") else "{kind: grid}"
    found = told(tmp_path, design, {key: value})
    assert fragment in found
    assert all(line.startswith(f"{tmp_path / 'toy.yaml'}:5:") for line in found.splitlines())


@pytest.mark.parametrize(("design", "fragment"), BAD_DESIGNS)
def test_a_faulty_design(tmp_path: Path, design: str, fragment: str) -> None:
    assert fragment in told(tmp_path, design)


def test_all_problems_at_once(tmp_path: Path) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text("nam: x\nscenario: gone.yaml\ndesign: {kind: lhs, n: 0}\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_sweep(str(path))
    text = str(raised.value)
    for fragment in ("nam: unknown key", "name: missing", "no such file", "design.n", "factors"):
        assert fragment in text


def test_one_factor_within_another_is_refused(tmp_path: Path) -> None:
    both = {"levers.energy_price_surcharge": "[0]", "levers.energy_price_surcharge.D": "[0]"}
    assert "lies within levers.energy_price_surcharge" in told(tmp_path, "{kind: grid}", both)


def test_more_work_than_is_allowed_is_refused(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, "{kind: lhs, n: 20000}", members=1_000_000)
    with pytest.raises(InputError, match=r"cells need about .* hours; limit 1000 hours"):
        cells_of(read_sweep(str(path)))


def test_a_table_of_points(tmp_path: Path) -> None:
    (tmp_path / "design.csv").write_text(
        "levers.sei_support_bias,population.scale\n0.5,0.1\n,0.2\n0.5,0.1\n", encoding="utf-8"
    )
    path = tmp_path / "toy.yaml"
    toy_sweep.file(tmp_path, "{kind: grid}", ONE)
    path.write_text(
        "name: t\nscenario: base.yaml\ndesign: {kind: csv, file: design.csv}\n", "utf-8"
    )
    grid = cells_of(read_sweep(str(path)))
    assert [cell.point for cell in grid.cells] == [(0.5, 0.1), (None, 0.2)]
    assert grid.rows == (0, 1, 0)  # the row that occurs twice is one cell
    assert [cell.scenario.population_scale for cell in grid.cells] == [0.1, 0.2]
    assert grid.cells[1].scenario.levers == read_sweep(str(path)).base.levers


def test_a_faulty_table_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "toy.yaml"
    toy_sweep.file(tmp_path, "{kind: grid}", ONE)
    path.write_text("name: t\nscenario: base.yaml\ndesign: {kind: csv, file: d.csv}\n", "utf-8")
    (tmp_path / "d.csv").write_text("levers.sei_support_bias\n0.5\nhalf\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"d\.csv:3:1: levers.sei_support_bias: 'half' must be"):
        read_sweep(str(path))
    (tmp_path / "d.csv").write_text("levers.sei_suport_bias\n0.5\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"d\.csv:2:1: .* did you mean 'sei_support_bias'"):
        read_sweep(str(path))


def test_the_command_refuses_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = toy_sweep.file(tmp_path, "{kind: grid, n: 1}", ONE)
    out = tmp_path / "out"
    assert run.guarded(("sweep", str(path), "--out", str(out))) == 2
    assert run.guarded(("sensitivity", str(path), "--out", str(out))) == 2
    assert not out.exists()
    good = toy_sweep.file(tmp_path, "{kind: lhs, n: 4}", name="good")
    assert run.guarded(("sensitivity", str(good))) == 2
    assert "design.kind: sensitivity needs kind sobol or morris, is lhs" in capsys.readouterr().err
    assert run.guarded(("sweep", str(good), "--map", "levers.x,members")) == 2
    assert "--map: 'levers.x' is no factor" in capsys.readouterr().err


def test_a_dry_run_counts_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = toy_sweep.file(tmp_path, "{kind: sobol, n: 8}")
    words = ("sweep", str(path), "--dry-run", "--out", str(tmp_path / "out"), "--jobs", "2")
    assert run.guarded(words) == 0
    shown = capsys.readouterr().out
    assert "cells (rows of the design): 48 (48)" in shown
    assert "members of each cell: 3" in shown
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("name", "cells"), [("land_energy", 299), ("overnight", 500)])
def test_the_project_s_own_sweeps_can_be_read(
    root: Path, capsys: pytest.CaptureFixture[str], name: str, cells: int
) -> None:
    path = root / "scenarios" / "sweeps" / f"{name}.yaml"
    assert run.guarded(("sweep", str(path), "--dry-run")) == 0
    assert f"cells (rows of the design): {cells} (" in capsys.readouterr().out


def test_every_sweep_of_the_project_is_among_them(root: Path) -> None:
    found = {path.stem for path in (root / "scenarios" / "sweeps").iterdir()}
    assert found == {"land_energy", "overnight"}
