"""Talent and skills: known answers, paired draws, no effect at the reference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim import talent
from sim.policy import NEUTRAL
from sim.state import CityState
from tests.sim.small_city import small_model


@pytest.fixture
def city() -> CityState:
    """Return the city at half its size, one quarter into the projection."""
    model = small_model("no_plan", **{"population.scale": "0.5"})
    model.step()
    state: CityState = model.state
    state.counts.clear()
    return state


RATES = {
    "talent_overseas_per_year": 600.0, "talent_national_per_year": 10.0,
    "talent_designers_per_year": 6.0, "talent_teams_per_year": 2.0,
    "national_per_overseas": 0.01, "designers_per_overseas": 0.01,
}  # fmt: skip


def test_arrivals_before_the_plan_are_the_usual_ones() -> None:
    before = replace(NEUTRAL, talent_inflow=550.0, talent_teams=2.0)
    assert talent.arrival_rates(before, before, RATES).tolist() == [600.0, 10.0, 6.0, 2.0]
    plan = replace(before, talent_inflow=850.0, talent_teams=3.0)
    assert talent.arrival_rates(plan, before, RATES).tolist() == [900.0, 13.0, 9.0, 3.0]
    assert talent.arrival_rates(NEUTRAL, before, RATES).min() >= 0.0


def test_skills_gain_nothing_at_the_reference() -> None:
    terms = replace(NEUTRAL, management_gain=0.002, skill_growth=0.02)
    assert talent.yearly_skill_gain(terms, terms, 0.25, 0.6) == 0.0
    assert talent.yearly_skill_gain(terms, NEUTRAL, 0.25, 0.6) == pytest.approx(0.002 + 0.003)


def test_talent_gains_add_up_over_quarters() -> None:
    staff, zero = np.array([60.0]), np.array([0.0])
    one, three = np.array([1.0]), np.array([3.0])
    first = talent.productivity_gain(zero, one, staff, 0.3)
    second = talent.productivity_gain(one, three, staff, 0.3)
    whole = talent.productivity_gain(zero, three, staff, 0.3)
    assert first + second == pytest.approx(whole)
    assert whole[0] == pytest.approx(0.3 * np.log(2.0))


def test_the_reference_leaves_no_gain(city: CityState) -> None:
    city.terms = city.reference
    city.quarter += 1
    talent.step(city)
    assert np.abs(city.arrays["talent.rd_gain"]).max() == 0.0
    assert city.memory["talent.tfp_gain"] == 0.0
    assert city.counts["talent_overseas"] > 0.0


def test_more_talent_arrives_and_raises_research_on_paired_draws() -> None:
    seen = []
    for inflow in (550.0, 3000.0):
        model = small_model("no_plan", **{"population.scale": "0.5"})
        state = model.state
        state.quarter += 1
        state.terms = replace(state.reference, talent_inflow=inflow)
        talent.step(state)
        gain = state.arrays["talent.rd_gain"] - 0.0
        seen.append((state.counts["talent_overseas"], gain.sum(), state.firms.talent.copy()))
    assert seen[1][0] > seen[0][0]
    assert seen[1][1] > seen[0][1]
    assert (seen[1][2] >= seen[0][2]).all()


def test_people_join_firms_with_research(city: CityState) -> None:
    joined = city.firms.talent.copy()
    city.quarter += 1
    talent.step(city)
    new = city.firms.talent > joined
    assert new.any()
    assert (city.firms.rd_ratio[new] > 0.0).all()
    assert city.firms.alive[new].all()
