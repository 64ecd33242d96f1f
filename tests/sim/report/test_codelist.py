"""The codelist of IAMC files: what is kept is what is declared."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

import run
from sim.report import CODELIST
from sim.report.codelist import variables, write_codelist
from sim.report.iamc import variable_names
from tests.sim.report.conftest import declared
from tests.sim.small_plan import target


def files(folder: Path) -> dict[str, str]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in found}


def test_the_kept_codelist_is_what_is_declared(root: Path, tmp_path: Path) -> None:
    words = ("codelist", str(root / "scenarios" / "base.yaml"), "--out", str(tmp_path / "codes"))
    assert run.guarded(words) == 0
    assert files(tmp_path / "codes") == files(root / "scenarios" / "iamc")


def test_variables_have_units_quantiles_and_no_forbidden_characters(tmp_path: Path) -> None:
    shares = declared("share", "1", "ratio")
    found = list(variables([shares], [target("listed")], {"share": "Firms|Share"}))
    assert found[0].names[:2] == ("Firms|Share", "Firms|Share|5th Percentile")
    assert found[1].names == ("Target Attainment|Listed|Plain",)
    write_codelist(found, {"smalltown": 'A town: "small"; known'}, tmp_path)
    read = YAML(typ="safe")
    entries = read.load((tmp_path / "variable" / "variables.yaml").read_text(encoding="utf-8"))
    assert [next(iter(entry)) for entry in entries] == [
        "Firms|Share", "Firms|Share|{Percentile}", "Target Attainment|Listed|Plain",
    ]  # fmt: skip
    assert entries[0]["Firms|Share"] == {"description": "Share", "unit": ["1"]}
    region = read.load((tmp_path / "region" / "regions.yaml").read_text(encoding="utf-8"))
    assert region == [{"City": [{"smalltown": {"description": "A town, 'small', known"}}]}]


def test_every_name_listed_is_an_indicator() -> None:
    from sim.indicators import INDICATORS

    assert set(variable_names(CODELIST)) <= set(INDICATORS)


def test_a_folder_that_cannot_be_made_is_told(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    base, out = str(root / "scenarios" / "base.yaml"), str(tmp_path / "file" / "codes")
    assert run.guarded(("codelist", base, "--out", out)) == 4
    assert len(capsys.readouterr().err.splitlines()) == 1
