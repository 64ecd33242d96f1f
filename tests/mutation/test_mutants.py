"""The seeded bugs fit the code of the day, and one of them is caught here as by the command."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutation.__main__ import caught, copy_project
from tests.mutation.mutants import MUTANTS, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.why)
def test_a_bug_can_be_seeded(mutant: Mutant, root: Path) -> None:
    text = (root / mutant.file).read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1
    assert mutant.new != mutant.old
    ast.parse(text.replace(mutant.old, mutant.new))
    assert all((root / test).exists() for test in mutant.tests)


def test_there_are_thirty_one_different_bugs() -> None:
    assert len({(m.file, m.old) for m in MUTANTS}) == 31


def test_a_seeded_bug_is_caught_and_a_harmless_change_is_not(tmp_path: Path) -> None:
    copy_project(tmp_path)
    joint = next(m for m in MUTANTS if m.file == "sim/analysis/joint.py")
    tests = ("tests/sim/analysis/test_joint.py",)
    assert caught(tmp_path, Mutant(joint.file, joint.old, joint.new, joint.why, tests))
    harmless = Mutant(joint.file, joint.old, joint.old + "  # same", "nothing changes", tests)
    assert not caught(tmp_path, harmless)
    with pytest.raises(ValueError, match="occurs 0 times"):
        caught(tmp_path, Mutant(joint.file, "no such text", "", "", ()))
