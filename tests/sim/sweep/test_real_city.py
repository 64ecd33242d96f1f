"""The commands on the real city at a hundredth of its size: what no toy can show."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import xarray

import run
from sim.city import City, load_city
from sim.report import CODELIST, write_tables
from sim.report.codelist import variables
from sim.report.iamc import HEAD, SUBANNUAL, variable_names
from sim.report.material import gather
from sim.results import declared_layout
from sim.scenario import load_with_plan, project_root

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


@pytest.fixture(scope="module")
def iamc_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the IAMC files of a run, a comparison and a sweep."""
    folder = tmp_path_factory.mktemp("iamc")
    small, other, sweep = (folder / name for name in ("small.yaml", "other.yaml", "sweep.yaml"))
    small.write_text(BASE, encoding="utf-8")
    other.write_text("name: other\nextends: small.yaml\nlevers: before_plan\n", encoding="utf-8")
    sweep.write_text(SWEEP, encoding="utf-8")
    outs = [folder / name for name in ("comparison", "sweep", "run")]
    words = ["--jobs", "1", "--quiet", "--no-report", "--out"]
    assert run.guarded(["compare", str(small), str(other), *words, str(outs[0])]) == 0
    cells = ["--cells", str(folder / "cells")]
    assert run.guarded(["sweep", str(sweep), *words, str(outs[1]), *cells]) == 0
    assert run.guarded([str(small), *words, str(outs[2])]) == 0
    _, plan = load_with_plan(str(small), {})
    write_tables(gather(outs[2], plan, city()), outs[2], "en")
    return [out / "scenarios_iamc.csv" for out in outs]


def city() -> City:
    return load_city(run.ensure_fits("hangzhou", "2018-04", project_root()))


def test_iamc_files_hold_what_the_codelist_lists(iamc_files: list[Path]) -> None:
    _, plan = load_with_plan(str(project_root() / "scenarios" / "base.yaml"), {})
    known = variables(declared_layout(city()).indicators, plan.targets, variable_names(CODELIST))
    units = {name: one.unit for one in known for name in one.names}
    for path in iamc_files:
        found = rows(path)
        assert len(found) > 500
        assert {row["Variable"]: row["Unit"] for row in found}.items() <= units.items()
        assert {row["Region"] for row in found} == {"hangzhou"}
        assert {row["Subannual"] for row in found} <= set(SUBANNUAL)
        assert len({tuple(row[column] for column in HEAD) for row in found}) == len(found)


IAMC_PYTHON = os.environ.get("IAMC_PYTHON") or (
    sys.executable if find_spec("pyam") and find_spec("nomenclature") else None
)
READ = """
import sys, pyam, nomenclature
definition = nomenclature.DataStructureDefinition(sys.argv[1])
for path in sys.argv[2:]:
    data = pyam.IamDataFrame(path)
    definition.validate(data)
    assert data.extra_cols == ["subannual"] and not data.data.duplicated(data.dimensions).any()
    assert {"\u4ebf\u5143", "km2", "1", "%"} <= set(data.unit)
"""


@pytest.mark.skipif(
    IAMC_PYTHON is None, reason="pyam and nomenclature are not installed: set IAMC_PYTHON"
)
def test_iamc_tools_read_the_files(iamc_files: list[Path]) -> None:
    words = [str(IAMC_PYTHON), "-c", READ, str(project_root() / "scenarios" / "iamc")]
    found = subprocess.run([*words, *map(str, iamc_files)], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr[-2000:]
