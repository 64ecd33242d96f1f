"""One deliberately broken scenario file per promised message (tests/inputs/bad)."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import load_scenario

BAD = Path(__file__).parent / "bad"
FILES = sorted(path for path in BAD.glob("*.yaml") if path.name != "good.yaml")


def expectations(path: Path) -> list[str]:
    """Return what the first lines of a file promise."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("# expect: ") for line in lines if line.startswith("# expect: ")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_refused_with_the_promised_line(path: Path) -> None:
    with pytest.raises(InputError) as raised:
        load_scenario(path)
    told = str(raised.value)
    expected = expectations(path)
    assert expected
    for fragment in expected:
        assert fragment in told
    assert all(len(line) < 900 and line.isprintable() for line in told.splitlines())


def test_a_place_is_file_line_and_column() -> None:
    with pytest.raises(InputError) as raised:
        load_scenario(BAD / "typo.yaml")
    [problem] = raised.value.problems
    assert problem.where == f"{BAD / 'typo.yaml'}:3:1"


def test_all_problems_at_once_and_nothing_else() -> None:
    with pytest.raises(InputError) as raised:
        load_scenario(BAD / "many_problems.yaml")
    assert len(raised.value.problems) == 4


def test_a_file_without_fault_is_loaded() -> None:
    assert load_scenario(BAD / "good.yaml").members == 20
