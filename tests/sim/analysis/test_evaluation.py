"""From paths to assessments, and why some targets have none."""

from __future__ import annotations

import numpy as np

from sim.analysis.evaluation import assess, evaluate, headline
from tests.sim.small_plan import QUARTERS, ending, ensemble, plan, target


def test_two_of_four_members_reach_the_target() -> None:
    run = ensemble({"firms": ending([9, 10, 12, 5])})
    found = assess(target(), run)
    assert found.probability == 0.5
    assert found.gap == -0.5  # margins -1, 0, 2, -5
    assert found.first_quarter == QUARTERS[-1]
    assert found.curve is not None
    assert found.curve.tolist() == [0.0] * 11 + [0.5]


def test_a_direction_target_uses_the_members_own_base_year() -> None:
    run = ensemble({"share": ending([5, 5, 5])}, baselines={"share": [4, 5, 3]})
    found = assess(target("share", operator=">", low=None, baseline="2017"), run)
    assert found.probability == 2 / 3
    assert found.bound == 4.0
    assert found.gap == 1.0


def test_every_obstacle_is_told_in_both_languages() -> None:
    run = ensemble({"firms": ending([1.0]), "hole": ending([np.nan])})
    obstacles = {
        "plan": target(assessable=False, reason="no baseline level"),
        "horizon": target(deadline=QUARTERS[-1] + 4),
        "window": target(window="cumulative", window_start=QUARTERS[0] - 1),
        "indicator": target("unknown"),
        "baseline": target(operator=">", low=None, baseline="2017"),
        "values": target("hole"),
        "year-end": target(window="each_year", window_start=QUARTERS[0], deadline=QUARTERS[2]),
    }
    for name, each in obstacles.items():
        found = assess(each, run)
        assert found.probability is None, name
        assert found.reason_en, name
        assert found.reason_zh, name
    assert assess(obstacles["plan"], run).reason_en == "no baseline level"
    assert "2021Q4" in assess(obstacles["horizon"], run).reason_zh


def test_a_member_without_a_value_does_not_reach_the_target() -> None:
    found = assess(target(), ensemble({"firms": ending([10, np.nan])}))
    assert found.probability == 0.5


def test_the_headline_has_default_readings_of_assessable_outcomes() -> None:
    paths = {
        "a": ending([10, 10, 0, 0]),
        "b": ending([10, 0, 10, 0]),
        "c": ending([0, 0, 0, 0]),
        "talent": ending([10, 10, 10, 0]),
    }
    targets = (
        target("a"),
        target("b"),
        target("b", indicator="c", reading="strict", default_reading=False),
        target("talent", target_class="commitment"),
        target("pollutants", assessable=False, reason="no data"),
    )
    found = evaluate(plan(*targets), ensemble(paths))
    assert len(found) == 5
    outcomes, everything = headline(found), headline(found, commitments=True)
    assert (outcomes.names, outcomes.probability) == (("a", "b"), 0.25)
    assert outcomes.left_out == ("pollutants",)
    assert (everything.names, everything.probability) == (("a", "b", "talent"), 0.25)
