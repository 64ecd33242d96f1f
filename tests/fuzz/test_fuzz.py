"""Some hundred cases of the fuzzer; thousands by ``python -m tests.fuzz``."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration.schemas import SCHEMAS
from tests.fuzz.cases import PLAN, SCENARIO, TABLES, Case, case
from tests.fuzz.judge import judge

SHARES = {"scenario": 56, "plan": 168, "table": 196}


@pytest.mark.parametrize("kind", SHARES)
def test_every_case_is_read_or_refused_at_its_line(kind: str, tmp_path: Path) -> None:
    typos = answered = 0
    for number in range(SHARES[kind]):
        chosen = case(kind, number)
        folder = tmp_path / str(number)
        folder.mkdir()
        verdict = judge(chosen, folder)
        if verdict.typo_answered is not None:
            typos += 1
            answered += verdict.typo_answered
        if verdict.typo_answered is not False:
            assert verdict.faults == [], chosen.name
    assert typos >= 8
    assert answered / typos >= 0.95 - 1.0 / typos  # one miss of few is no twentieth


def test_the_files_that_are_changed_are_without_fault(tmp_path: Path) -> None:
    for kind, text in (("scenario", SCENARIO), ("plan", PLAN)):
        folder = tmp_path / kind
        folder.mkdir()
        verdict = judge(Case(kind, "unchanged", text.encode(), "run"), folder)
        assert (verdict.outcome, verdict.faults) == ("accepted", [])


def test_the_judge_sees_what_is_wrong(tmp_path: Path) -> None:
    """A fuzzer that finds nothing must be able to find: wrong line, not refused, refused."""
    wrong_line = Case("plan", "x", PLAN.replace("date:", "dte:").encode(), "refuse", line=9)
    for number, (chosen, said) in enumerate((
        (wrong_line, "line 9 is not named"),
        (Case("plan", "x", PLAN.encode(), "refuse"), "accepted"),
        (Case("plan", "x", b"name: [", "run"), "refused"),
    )):  # fmt: skip
        folder = tmp_path / str(number)
        folder.mkdir()
        assert any(said in fault for fault in judge(chosen, folder).faults)


def test_every_table_of_a_city_is_among_the_cases() -> None:
    tried = {case("table", number).table for number in range(SHARES["table"])}
    assert tried == set(TABLES) == set(SCHEMAS)


def test_a_case_is_the_same_each_time() -> None:
    assert [case("scenario", n) for n in range(30)] == [case("scenario", n) for n in range(30)]
