"""CSV tables and the workbook: names, columns, history, and text that stays text."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from sim.report.explanations import EXPLANATIONS
from sim.report.material import Material
from sim.report.tables import (
    all_tables,
    attainment_table,
    indicators_table,
    joint_table,
    write_table,
)
from sim.report.words import LANGUAGES, Language
from sim.report.workbook import workbook


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_files_and_columns_are_those_of_the_contract(material: Material, tmp_path: Path) -> None:
    for table in all_tables(material, "en"):
        write_table(table, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "attainment.csv",
        "indicators.csv",
        "information.csv",
        "joint.csv",
        "scorecard.csv",
    ]
    quantiles = ["q025", "q05", "q10", "q25", "median", "q75", "q90", "q95", "q975"]
    columns = {
        "attainment": ["target_id", "reading", "quarter", "probability"],
        "indicators": ["indicator", "quarter", "unit", *quantiles, "mean"],
        "joint": ["set", "target_a", "target_b", "probability", "mc_error"],
    }
    for name, expected in columns.items():
        assert list(read(tmp_path / f"{name}.csv")[0]) == expected
    scores = read(tmp_path / "scorecard.csv")
    assert scores[0]["probability"] == "0.5"
    assert scores[4]["probability"] == ""
    assert scores[0]["operator"] == ">="


def test_attainment_has_a_row_for_each_reading_and_quarter(material: Material) -> None:
    table = attainment_table(material.scorecard.assessments, material.ensemble.quarters)
    assert len(table.rows) == 4 * 12  # the fifth cannot be assessed
    assert table.rows[0] == ("listed", "plain", "2018Q1", 0.0)
    assert table.rows[11] == ("listed", "plain", "2020Q4", 0.5)


def test_history_stands_before_the_projection_with_equal_quantiles(material: Material) -> None:
    published = {"listed_firms": {"2017": (160.0, "cited"), "2017Q3": (155.0, "cited"),
                                  "2018-04": (165.0, "cited")}}  # fmt: skip
    table = indicators_table(material.ensemble, material.units, published)
    rows = [row for row in table.rows if row[0] == "listed_firms"]
    assert rows[0] == ("listed_firms", "2017Q3", "firms", *[155.0] * 10)
    assert rows[1] == ("listed_firms", "2017Q4", "firms", *[160.0] * 10)
    assert rows[2][:3] == ("listed_firms", "2018Q1", "firms")
    assert len(rows) == 2 + 12
    assert rows[-1][7] == 138.5
    assert rows[-1][-1] == pytest.approx(138.5)


def test_an_indicator_without_values_has_empty_cells(material: Material) -> None:
    table = indicators_table(material.ensemble, material.units)
    rows = [row for row in table.rows if row[0] == "emissions"]
    assert len(rows) == 12
    assert rows[0][-1] is None


def test_joint_by_hand(material: Material) -> None:
    rows = {row[:3]: row[3] for row in joint_table(material.scorecard).rows}
    assert rows["outcomes", None, None] == 0.5
    assert rows["all", None, None] == 0.25
    assert rows["pair", "listed", "share_up"] == 0.5
    assert rows["given", "listed", "share_up"] == pytest.approx(4 / 6)
    assert rows["given", "share_up", "listed"] == 1.0
    assert len(rows) == 2 + 3 + 6


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_workbook_holds_the_tables_as_text_and_numbers(
    material: Material, lang: Language
) -> None:
    from openpyxl import load_workbook

    tables = all_tables(material, lang)
    book = load_workbook(io.BytesIO(workbook(tables, lang)))
    assert len(book.sheetnames) == 6
    sheet = book[book.sheetnames[1]]
    heads = [cell.value for cell in sheet[1]]
    assert heads == list(tables[0].columns)
    assert sheet.freeze_panes == "A2"
    probability = sheet.cell(2, heads.index("probability") + 1)
    assert (probability.value, probability.number_format) == (0.5, "0.0%")
    evidence = sheet.cell(6, heads.index("evidence") + 1).value
    assert evidence == {"en": "not assessable", "zh": "无法评估"}[lang]
    assert all(cell.data_type != "f" for each in book for line in each for cell in line)


def test_a_formula_in_a_label_stays_text() -> None:
    from openpyxl import load_workbook

    from sim.report.tables import Table

    table = Table("joint", ("set", "probability"), (("=1+1", 0.5), ("a\x07b", None)))
    sheet = load_workbook(io.BytesIO(workbook([table], "en")))["Joint"]
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].value == "=1+1"
    assert sheet["A3"].value == "a\\x07b"
    assert sheet["B3"].value is None


def test_explained_columns_exist(material: Material) -> None:
    columns = {table.name: set(table.columns) for table in all_tables(material, "en")}
    assert set(EXPLANATIONS) == set(columns)
    for name, explained in EXPLANATIONS.items():
        assert set(explained) <= columns[name]
