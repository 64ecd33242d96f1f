"""Paired differences, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.comparison import Side, compare, paired, paired_shares
from sim.analysis.evaluation import evaluate
from tests.sim.small_plan import QUARTERS, ending, ensemble, plan, target


def side(name: str, last: list[float], members: list[int] | None = None) -> Side:
    found = ensemble({"firms": ending(last)})
    numbers = np.array(members or range(len(last)))
    return Side(name, numbers, found, evaluate(plan(target()), found), content=name)


def test_a_difference_is_taken_within_each_member() -> None:
    # Values 8 and 12 become 11 and 13: the members differ by 3 and 1, mean 2, error 1.
    rows = list(compare([side("a", [8.0, 12.0]), side("b", [11.0, 13.0])]))
    [one] = [r for r in rows if r.kind == "indicator" and r.quarter == "2020Q4"]
    assert one[:8] == ("indicator", "firms", None, "2020Q4", "a", "b", 10.0, 12.0)
    assert (one.difference, one.difference_mc_error) == (2.0, 1.0)
    # The target is ten firms: reached by one of two members, then by both.
    [goal] = [r for r in rows if r.kind == "target" and r.quarter == "2020Q4"]
    assert (goal.a, goal.b, goal.difference, goal.difference_mc_error) == (0.5, 1.0, 0.5, 0.5)
    [joint] = [r for r in rows if r.kind == "joint" and r.id == "outcomes"]
    assert (joint.a, joint.b, joint.difference) == (0.5, 1.0, 0.5)
    assert len(rows) == 2 * len(QUARTERS) + 2


def test_the_pairing_beats_two_separate_runs() -> None:
    luck = np.random.default_rng(1).normal(0.0, 10.0, 400)
    own = np.random.default_rng(2).normal(0.0, 1.0, 400)
    found = paired(luck[:, None], (luck + 1.0 + own)[:, None])
    separate = np.sqrt((luck.var(ddof=1) + (luck + own).var(ddof=1)) / 400)
    assert found.error[0] < separate / 10.0
    assert abs(found.difference[0] - 1.0) < 3.0 * found.error[0]


def test_only_members_of_both_runs_count() -> None:
    rows = compare([side("a", [8.0, 12.0, 50.0], [0, 1, 7]), side("b", [9.0, 15.0], [1, 0])])
    [one] = [r for r in rows if r.kind == "indicator" and r.quarter == "2020Q4"]
    assert (one.a, one.b, one.difference) == (10.0, 12.0, 2.0)  # 8 -> 15 and 12 -> 9
    assert one.difference_mc_error == 5.0


def test_a_scenario_against_itself_is_exactly_zero() -> None:
    one = side("a", [8.0, 0.1, 1.0 / 3.0])
    for row in compare([one, replace(one, name="again")]):
        assert (row.difference, row.difference_mc_error) == (0.0, 0.0)
        assert row.a == row.b


def test_no_changed_member_is_no_certainty() -> None:
    same = np.ones((9, 1))
    assert paired_shares(same, same, identical=False).error.item() == pytest.approx(0.05)
    assert paired_shares(same, same, identical=True).error.item() == 0.0


def test_values_that_do_not_exist_leave_the_pair() -> None:
    gone = np.nan
    found = paired(np.array([[1.0, gone], [2.0, gone]]), np.array([[4.0, 1.0], [gone, 1.0]]))
    assert (found.a[0], found.b[0], found.difference[0]) == (1.0, 4.0, 3.0)
    assert np.isnan(found.error[0])
    assert np.isnan(found.difference[1])


def test_three_scenarios_are_three_pairs() -> None:
    rows = compare([side(name, [1.0, 2.0]) for name in "abc"])
    assert {row[4:6] for row in rows} == {("a", "b"), ("a", "c"), ("b", "c")}
