"""Listings in Chinese: every unit and heading, and none that nothing declares."""

from __future__ import annotations

import pytest

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
