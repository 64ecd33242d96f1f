"""All tables of a run's directory, from its ``results.nc``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.errors import OutputError
from sim.report import write_tables
from sim.report.material import Material, gather
from sim.results import write_dataset


def test_a_run_on_disk_gives_the_same_assessment(
    material: Material, small_run: Any, tmp_path: Path
) -> None:
    write_dataset(small_run, tmp_path / "results.nc")
    found = gather(tmp_path, material.plan, material.city)
    assert found.scenario == "small"
    assert found.units["share"] == "%"
    assert set(found.ensemble.indicators) == {
        "emissions", "listed_firms", "share", "talent", "weekly",
    }  # fmt: skip
    assert list(found.ensemble.baselines) == ["share"]
    assert list(found.ensemble.parameters) == ["pull"]
    assert found.scorecard.outcomes == material.scorecard.outcomes


def test_every_table_is_written(material: Material, tmp_path: Path) -> None:
    write_tables(material, tmp_path, "zh")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "attainment.csv",
        "indicators.csv",
        "information.csv",
        "joint.csv",
        "scenarios_iamc.csv",
        "scorecard.csv",
        "tables.xlsx",
    ]
    assert "无预测业绩" in (tmp_path / "scorecard.csv").read_text(encoding="utf-8")


def test_a_missing_run_is_told_in_one_line(material: Material, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot read the results"):
        gather(tmp_path, material.plan, material.city)
