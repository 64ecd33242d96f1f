"""The IAMC file: one row per variable, a column per year."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.report import CODELIST
from sim.report.iamc import Block, iamc_table, variable_names
from sim.report.material import Material


def block(material: Material) -> Block:
    return Block(
        "small",
        "smalltown",
        material.ensemble,
        material.units,
        material.kinds,
        material.scorecard.assessments,
    )


def test_years_and_quarters_by_hand(material: Material) -> None:
    table = iamc_table([block(material)], {"listed_firms": "Firms|Listed"})
    assert table.columns == (
        "Model", "Scenario", "Region", "Variable", "Unit", "Subannual", "2018", "2019", "2020",
    )  # fmt: skip
    rows = {(row[3], row[5]): row for row in table.rows}
    # Members are 100 + k t with k = 0..7: the median at step t is 100 + 3.5 t.
    assert rows["Firms|Listed", "Year"][4:] == ("firms", "Year", 110.5, 124.5, 138.5)
    assert rows["Firms|Listed", "Q1"][6:] == (100.0, 114.0, 128.0)
    assert rows["Firms|Listed|90th Percentile", "Year"][8] == pytest.approx(100 + 6.3 * 11)
    assert rows["Target Attainment|Listed|Plain", "Year"][6:] == (0.0, 0.125, 0.5)
    assert ("Plan Indicator|Share", "Year") in rows
    assert ("Plan Indicator|Weekly", "Q4") in rows
    assert ("Plan Indicator|Weekly", "Year") not in rows  # one quarter's flow is no year's
    assert not any("Emissions" in variable for variable, _ in rows)
    assert len(rows) == len(table.rows)


def test_two_scenarios_share_the_file(material: Material) -> None:
    one = block(material)
    other = Block("other", one.region, one.ensemble, one.units, one.kinds, ())
    table = iamc_table([one, other], {})
    assert {row[1] for row in table.rows} == {"small", "other"}


def test_the_codelist_names_every_variable_once() -> None:
    names = variable_names(CODELIST)
    assert len(names) > 30
    assert len(set(names.values())) == len(names)


def test_a_faulty_codelist_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("indicator,variable\ngdp,GDP,extra\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"codes\.csv:2"):
        variable_names(path)
