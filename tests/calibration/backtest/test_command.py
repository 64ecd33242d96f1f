"""The command on two origins: files, columns, provenance, single cases."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from calibration.backtest.command import backtest
from calibration.backtest.rows import COLUMNS
from calibration.bundle_files import load_json
from sim.errors import InputError

ROOT = Path(__file__).resolve().parents[3]


def test_quick_run_writes_table_and_provenance(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backtest("hangzhou", ROOT, quick=True, jobs=1, lang="zh", out=tmp_path) == 0
    assert "已写入" in capsys.readouterr().err
    with (tmp_path / "backtest.csv").open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = list(reader)
    assert tuple(reader.fieldnames or ()) == COLUMNS
    about = load_json(tmp_path / "backtest.json")
    assert about["quick"]
    assert about["origins"] == {"2012Q4": "2013-01", "2015Q4": "2016-01"}
    assert about["training_as_of"] == "2014-12"
    # Three horizons of the first origin are training, two of five series' horizons came later.
    pairs = {
        (row["series"], row["origin_set"]): int(row["n"]) for row in rows
        if row["metric"] == "crps_skill" and row["horizon"] == "all"
    }  # fmt: skip
    assert pairs["industrial", "training"] == 3
    assert pairs["industrial", "between"] == 2
    assert pairs["industrial", "test"] == 4
    assert pairs["pooled", "training"] == 5 * 3 + 1
    # Every interval holds its value.
    for row in rows:
        if row["interval_low"] and row["metric"].startswith("coverage"):
            low, high = float(row["interval_low"]), float(row["interval_high"])
            assert low <= float(row["value"]) <= high
    assert about["flags"]["ar city_gdp too_short"] == ["2012Q4"]
    shown = {row["series"] for row in rows if row["origin_set"] == "single_2015Q4"}
    agents = {name for name in shown if name.startswith("agents_")}
    assert agents >= {"agents_employment", "agents_rd_intensity"}
    assert [look["reason"][:9] for look in about["looks"]] == ["first run", "second lo"]
    assert shown - agents == {
        "city_industry",
        "zhejiang_industry",
        "listed_total",
        "guangzhou_productivity",
    }


def test_unknown_city_names_the_known_ones() -> None:
    with pytest.raises(InputError, match="hangzhou"):
        backtest("atlantis", ROOT, quick=True)
