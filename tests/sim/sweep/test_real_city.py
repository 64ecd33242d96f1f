"""The commands on the real city at a hundredth of its size: what no toy can show."""

from __future__ import annotations

import csv
from pathlib import Path

import xarray

import run

BASE = """name: small
city: hangzhou
plan: hangzhou_2018
as_of: 2018-04
start: 2018Q1
end: 2018Q4
members: 2
seed: 3
population: {scale: 0.01}
levers: plan
"""
SWEEP = """name: real
scenario: small.yaml
design: {kind: grid}
factors: {levers.cost_cut_rate: [0, 0.03], parameters.depreciation_rate: [0.08]}
members: 1
"""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_sweep_of_the_city(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "sweep.yaml").write_text(SWEEP, encoding="utf-8")
    out = tmp_path / "out"
    words = ["sweep", str(tmp_path / "sweep.yaml"), "--out", str(out), "--jobs", "1", "--quiet"]
    assert run.guarded([*words, "--cells", str(tmp_path / "cells"), "--no-report"]) == 0
    with xarray.open_dataset(out / "results.nc") as data:
        profit = data["industrial_profit_mean"].values[:, -1]
        assert profit[1] > profit[0] > 0.0  # costs are cut
        assert any(str(name).startswith("district_value_added") for name in data)
    assert run.guarded(["replay", str(out), "0", "--cell", "1"]) == 0


def test_the_city_against_itself_is_exactly_zero(tmp_path: Path) -> None:
    path, out = tmp_path / "small.yaml", tmp_path / "out"
    path.write_text(BASE, encoding="utf-8")
    words = ["compare", str(path), str(path), "--out", str(out), "--jobs", "1", "--quiet"]
    assert run.guarded([*words, "--no-report"]) == 0
    found = rows(out / "comparison.csv")
    assert len({row["id"] for row in found}) > 100
    assert {(row["difference"], row["difference_mc_error"]) for row in found} == {("0.0", "0.0")}
    assert rows(out / "inputs_diff.csv") == [{"key": "name", "a": "small", "b": "small_2"}]
