"""Chinese where tables and a parser used to speak English: units, headings, broken YAML."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import run
from sim.cli.listing import SHOWN, main
from sim.cli.units_zh import HEADINGS_ZH, UNITS_ZH
from sim.levers import LEVERS
from sim.parameters import PARAMETERS


def test_every_unit_of_levers_and_parameters_is_told_in_chinese() -> None:
    declared = {entry.unit for entry in (*LEVERS.values(), *PARAMETERS.values())}
    assert declared == set(UNITS_ZH)
    assert {column for columns in SHOWN.values() for column in columns} == set(HEADINGS_ZH)


@pytest.mark.parametrize("what", ["levers", "parameters", "targets", "indicators", "scenarios"])
def test_a_listing_in_chinese_has_no_english_heading_or_unit(
    what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(what, as_json=False, lang="zh") == 0
    heading, _, *rows = capsys.readouterr().out.splitlines()
    assert rows
    assert not any("a" <= letter <= "z" for letter in heading)
    printed = "\n".join(rows)
    assert not any(f"  {unit}  " in printed for unit in UNITS_ZH if unit.isascii() and " " in unit)


@pytest.mark.parametrize("text", [
    "name: x\nlevers: [1, 2\n", "name: x\n  levers: 3\n", 'name: "x\n', "a: b: c\n", "name: @x\n",
    "- a\nb: c\n", "a: {b: 1]\n", "a: 'x' y\n", 'a: "\\q"\n', "a: |x\n  y\n",
    "%YAML 3.0\n---\na: 1\n",
    "a: - b\n", "a: 'x\n---\n", "a: %x\n", "a: !<b> 1\n",
])  # fmt: skip
def test_what_yaml_complains_of_is_told_in_chinese(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(text, encoding="utf-8")
    assert run.guarded(["check", str(path), "--lang", "zh"]) == 2
    told = capsys.readouterr().err.replace(str(path), "").replace("YAML", "")
    assert re.search("[一-龥]", told), told
    assert not re.search(r"\b(found|expected|could|not|allowed|here|unexpected)\b", told), told
