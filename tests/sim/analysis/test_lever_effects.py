"""The table of lever effects: known answers on members made by hand, the command on real ones."""

from __future__ import annotations

import csv
from dataclasses import replace
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

import run
from sim.analysis.inert import CLAUSES_THAT_MOVE, CLAUSES_THAT_MOVE_ONLY, breaches_of, may_move
from sim.analysis.lever_effects import LeverEffect, Pairs, effect_of, moved_most
from sim.analysis.lever_ends import ends_of
from sim.analysis.lever_runs import lever_effects
from sim.city import City
from sim.indicators import INDICATORS
from sim.levers import LEVERS, Lever
from sim.plan import Plan
from sim.results import MemberResult, indicator_names
from sim.scenario import Scenario
from tests.sim.small_city import city_of, scenario_of

NAMES = indicator_names(city_of())
TEAMS = replace(LEVERS["talent_teams"], minimum_effect=5.0)
DELAY = LEVERS["mega_decision_delay"]


def made(member: int, **values: float) -> MemberResult:
    """Return a member of two quarters: the given indicators at the last, 10 elsewhere."""
    published = np.full((len(NAMES), 2), 10.0)
    for name, value in values.items():
        published[NAMES.index(name), -1] = value
    return MemberResult(member, published, published.copy(), np.zeros((0, 2)))


def pairs(own: str, low: list[float], high: list[float]) -> Pairs:
    ends = [[made(m, **{own: v}) for m, v in enumerate(end)] for end in (low, high)]
    return Pairs(tuple(ends[0]), tuple(ends[1]))


def test_effect_is_the_mean_paired_difference_with_its_error() -> None:
    effect = effect_of(TEAMS, pairs("talent_teams", [1.0, 2.0, 3.0], [7.0, 9.0, 11.0]), NAMES)
    assert (effect.members, effect.mean, effect.median) == (3, 7.0, 7.0)
    assert effect.mc_error == pytest.approx(1.0 / sqrt(3.0))
    assert (effect.share_right, effect.share_wrong) == (1.0, 0.0)
    assert effect.passes


def test_direction_size_and_noise_are_told_apart() -> None:
    def problems(lever: Lever, low: list[float], high: list[float]) -> tuple[str, ...]:
        return effect_of(lever, pairs(lever.indicator, low, high), NAMES).problems

    assert problems(TEAMS, [0.0, 0.0], [4.0, 4.0]) == ("size",)
    assert problems(TEAMS, [0.0, 0.0], [-9.0, -9.0]) == ("direction", "size", "noise")
    assert problems(TEAMS, [0.0, 0.0, 0.0], [0.0, 20.0, 0.0]) == ("noise",)
    assert problems(TEAMS, [0.0, 0.0], [0.0, 0.0]) == ("direction", "size")
    assert DELAY.direction == -1
    assert problems(DELAY, [3.0, 3.0], [1.0, 1.0]) == ()
    assert problems(DELAY, [1.0, 1.0], [3.0, 3.0]) == ("direction", "size", "noise")


def test_members_without_the_indicator_and_failed_ones_are_left_out() -> None:
    nan = float("nan")
    effect = effect_of(TEAMS, pairs("talent_teams", [1.0, nan, 1.0], [9.0, 9.0, 9.0]), NAMES)
    assert (effect.members, effect.mean) == (2, 8.0)
    empty = effect_of(TEAMS, Pairs((), (), ("0: broken",)), NAMES)
    assert empty.members == 0
    assert "failed" in empty.problems
    assert not empty.passes


def test_what_moved_most_is_measured_in_spreads_between_members() -> None:
    low = np.array([[0.0, 0.0, 5.0], [2.0, 200.0, 5.0]])
    high = low + np.array([3.0, 50.0, 1.0])
    found = moved_most(low, high, ["a", "b", "constant"])
    assert [(m.indicator, m.difference, m.in_spreads) for m in found] == [
        ("a", 3.0, 3.0), ("b", 50.0, 0.5)
    ]  # fmt: skip
    assert [m.indicator for m in moved_most(low, high, ["a", "b", "c"], leave_out="a")] == ["b"]


# Inert indicators ---------------------------------------------------------------------------


def test_inert_tables_name_what_exists_and_let_every_lever_move_its_own() -> None:
    listed = set(CLAUSES_THAT_MOVE).union(*CLAUSES_THAT_MOVE_ONLY.values())
    assert listed <= set(INDICATORS)
    assert set().union(*CLAUSES_THAT_MOVE.values(), CLAUSES_THAT_MOVE_ONLY) <= set(range(1, 31))
    for name, lever in LEVERS.items():
        assert may_move(lever, lever.indicator)
        assert may_move(lever, f"public_spending_by_lever_{name}")
        assert not may_move(lever, "ipo_window")


def test_a_last_bit_in_any_quarter_is_a_breach() -> None:
    first, second = made(0), made(0)
    assert breaches_of(TEAMS, [first], [second], NAMES) == ()
    window = NAMES.index("ipo_window")
    second.true_state[window, 0] = np.nextafter(10.0, 11.0)
    assert breaches_of(TEAMS, [first], [second], NAMES) == ("ipo_window",)
    other = made(0, breakthrough_fields=11.0, gdp=11.0)
    assert breaches_of(TEAMS, [first], [other], NAMES) == ("breakthrough_fields",)
    assert breaches_of(LEVERS["fields_per_year"], [first], [other], NAMES) == ()
    together = LEVERS["coordination_effectiveness"]
    assert breaches_of(together, [first], [other], NAMES) == ("breakthrough_fields", "gdp")


def test_real_members_agree_where_a_lever_cannot_reach(tmp_path: Path) -> None:
    base, plan = scenario_of("base", **{"population.scale": "0.02", "end": "2018Q4"})
    chosen = [LEVERS["coordination_effectiveness"], TEAMS]
    found = list(lever_effects(base, plan, city_of(), chosen, tmp_path))
    assert [effect.lever.name for effect in found] == [lever.name for lever in chosen]
    assert [effect.inert_moved for effect in found] == [(), ()]
    assert found[0].moved == ()
    assert found[0].mean > 0.0
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


# Running ------------------------------------------------------------------------------------


def counted(scenario: Scenario, plan: Plan, city: City, member: int) -> MemberResult:
    """Stand for the model: the teams brought in are the lever's last value."""
    path = scenario.levers["talent_teams"]
    assert isinstance(path, tuple)
    if member == 1 and path[-1] == TEAMS.high:
        raise ZeroDivisionError("nothing to divide")
    return made(member, talent_teams=path[-1] + member)


def effects_of(levers: list[Lever], folder: Path, told: list[bool]) -> list[LeverEffect]:
    base, plan = scenario_of("base", end="2018Q4")
    base = replace(base, members=3)
    return list(
        lever_effects(base, plan, city_of(), levers, folder, simulate=counted, advance=told.append)
    )


def test_an_end_at_the_before_plan_value_is_simulated_once_for_all(tmp_path: Path) -> None:
    base, plan = scenario_of("base", end="2018Q4")
    at_before = [LEVERS[n] for n in ("export_demand_shift", "spread_cut", "targeting_precision")]
    scenarios, places = ends_of(base, plan, at_before)
    assert places == {
        "export_demand_shift": (0, 1), "spread_cut": (0, 2), "targeting_precision": (3, 4)
    }  # fmt: skip
    assert len(scenarios) == 5
    told: list[bool] = []
    effects_of(at_before[:2], tmp_path, told)
    assert told == [False] * 9


def test_a_member_that_fails_at_one_end_leaves_the_pair(tmp_path: Path) -> None:
    told: list[bool] = []
    (effect,) = effects_of([TEAMS], tmp_path, told)
    assert effect.members == 2
    assert effect.mean == TEAMS.high - TEAMS.low
    assert len(effect.failed) == 1
    assert effect.failed[0].startswith("1: ZeroDivisionError: nothing to divide")
    assert effect.problems == ("failed",)
    assert sum(told) == 1


def test_the_command_writes_a_table_and_its_exit_code_tells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "effects.csv"
    words = ["lever-effects", "--members", "2", "--scale", "0.02", "--jobs", "1", "--out", str(out)]
    words += ["--lever", "assessment_weight", "--lever", "talent_teams"]
    code = run.guarded(words)
    with out.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["lever"] for row in rows] == ["talent_teams", "assessment_weight"]
    assert [row["clause"] for row in rows] == ["22", "30"]
    assert code == (0 if all(row["passes"] == "true" for row in rows) else 3)
    assert all(row["members"] == "2" and row["inert_moved"] == "" for row in rows)
    assert float(rows[0]["mean"]) > 0.0
    shown = capsys.readouterr().out
    assert "talent_teams" in shown
    assert str(out) in shown


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--lever", "talent_team"], "did you mean 'talent_teams'"),
        (["--members", "0"], "legal range"),
        (["--scale", "-1"], "legal range"),
        (["--jobs", "0"], "legal range"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(
    words: list[str], part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.guarded(["lever-effects", *words]) == 2
    assert part in capsys.readouterr().err


def test_a_path_that_cannot_be_written_is_found_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.guarded(["lever-effects", "--out", str(tmp_path)]) == 4
    assert str(tmp_path) in capsys.readouterr().err


def test_the_stored_table_is_of_these_levers_and_all_pass(root: Path) -> None:
    with (root / "docs" / "lever-effects.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["lever"] for row in rows] == list(LEVERS)
    page = (root / "docs" / "lever-effects.md").read_text(encoding="utf-8")
    for row, lever in zip(rows, LEVERS.values(), strict=True):
        assert (row["indicator"], int(row["direction"])) == (lever.indicator, lever.direction)
        assert int(row["members"]) >= 30
        assert lever.direction * float(row["mean"]) >= lever.minimum_effect
        assert row["passes"] == "true"
        assert f"| `{lever.name}` |" in page
