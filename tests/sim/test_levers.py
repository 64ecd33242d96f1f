"""What every lever owes by being declared: range, neutrality, purity, its own indicator, sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from sim import innovation
from sim.analysis.lever_ends import before_plan_scenario, scenario_at
from sim.indicators import INDICATORS
from sim.levers import LEVERS, Lever
from sim.levers.declare import lever as declare
from sim.model import CityModel
from sim.outside import load_world_fits
from sim.parameters import PARAMETERS
from sim.policy import NEUTRAL, terms_in_force
from sim.units import quarter_index
from tests.sim.small_city import city_of, scenario_of, small_model

each_lever = pytest.mark.parametrize("lever", LEVERS.values(), ids=LEVERS)
TERMS = {field.name for field in fields(NEUTRAL)}


@pytest.fixture(scope="module")
def parameters() -> Mapping[str, float]:
    central = {name: parameter.central for name, parameter in PARAMETERS.items()}
    priors = {name: prior.central for name, prior in city_of().priors.items()}
    return MappingProxyType(central | priors)


def _value(lever: Lever, value: float) -> Any:
    """Return the value as the lever's effect takes it: a tuple for a lever by class."""
    return (value,) * len(lever.classes) if lever.classes else value


def _keys(lever: Lever, value: float) -> dict[tuple[str, str], float]:
    return {(lever.name, part): value for part in lever.classes or ("",)}


def test_every_clause_of_the_plan_has_a_lever() -> None:
    assert {lever.clause for lever in LEVERS.values()} == set(range(1, 31))
    assert [lever.clause for lever in LEVERS.values()] == sorted(
        lever.clause for lever in LEVERS.values()
    )


@each_lever
def test_declaration_is_complete(lever: Lever) -> None:
    assert lever.low < lever.high
    assert lever.low <= lever.neutral <= lever.high
    assert lever.indicator in INDICATORS
    assert lever.direction in (-1, 1)
    assert lever.minimum_effect > 0.0
    for text in (
        lever.unit, lever.source, lever.mechanism, lever.mechanism_zh, lever.long_name,
        lever.long_name_zh,
    ):  # fmt: skip
        assert text.strip() == text != ""


@each_lever
def test_neutral_equals_absence(lever: Lever, parameters: Mapping[str, float]) -> None:
    absent = terms_in_force({}, parameters)
    assert repr(terms_in_force(_keys(lever, lever.neutral), parameters)) == repr(absent)
    assert absent == NEUTRAL


@each_lever
def test_neutral_is_no_jump(lever: Lever, parameters: Mapping[str, float]) -> None:
    at_neutral = replace(NEUTRAL, **lever.effect(_value(lever, lever.neutral), parameters))
    assert at_neutral == NEUTRAL


@each_lever
def test_both_ends_change_the_terms_unless_neutral(
    lever: Lever, parameters: Mapping[str, float]
) -> None:
    for end in (lever.low, lever.high):
        terms = terms_in_force(_keys(lever, end), parameters)
        assert (terms == NEUTRAL) == (end == lever.neutral)


@each_lever
def test_effect_is_pure(lever: Lever, parameters: Mapping[str, float]) -> None:
    # The parameters are read-only here: an effect that changed them would fail.
    value = _value(lever, lever.high)
    first, second = lever.effect(value, parameters), lever.effect(value, parameters)
    assert first == second
    assert first is not second
    assert set(first) <= TERMS


def test_no_two_levers_set_the_same_term(parameters: Mapping[str, float]) -> None:
    # Otherwise the order of the declarations would matter.
    owners: dict[str, list[str]] = {}
    for name, lever in LEVERS.items():
        for term in lever.effect(_value(lever, lever.high), parameters):
            owners.setdefault(term, []).append(name)
    assert {term: names for term, names in owners.items() if len(names) > 1} == {}
    assert set(owners) == TERMS


def test_declaring_twice_or_outside_the_range_is_refused() -> None:
    words: dict[str, Any] = {
        "moves": ("gdp", 1, 1.0), "en": "x", "zh": "x", "mechanism": "x", "mechanism_zh": "x",
        "source": "x",
    }  # fmt: skip

    def upgrade_rate(value: Any, parameters: Mapping[str, float]) -> dict[str, Any]:
        return {}

    with pytest.raises(ValueError, match="declared twice: upgrade_rate"):
        declare(4, "x", 0.0, 1.0, 0.0, **words)(upgrade_rate)
    upgrade_rate.__name__ = "new_lever"
    with pytest.raises(ValueError, match="neutral value outside"):
        declare(4, "x", 0.0, 1.0, 2.0, **words)(upgrade_rate)
    assert "new_lever" not in LEVERS


@each_lever
def test_plan_and_history_stay_within_the_range(lever: Lever) -> None:
    scenario, plan = scenario_of("base")
    assert lever.name in plan.clauses[lever.clause].levers
    for quarter in scenario.quarters:
        for values in (scenario.lever_values(quarter), scenario.before_plan_values(quarter)):
            for part in lever.classes or ("",):
                assert lever.low <= values[lever.name, part] <= lever.high


def test_terms_are_the_reference_without_the_plan() -> None:
    model = small_model("no_plan", **{"population.scale": "0.02", "end": "2018Q3"})
    for _ in model.scenario.quarters:
        model.step()
        assert model.state.terms == model.state.reference
    planned = small_model("base", **{"population.scale": "0.02", "end": "2018Q2"})
    planned.step()
    assert planned.state.terms == planned.state.reference
    planned.step()
    assert planned.state.terms != planned.state.reference


SAMPLE = (
    "cloud_adoption_cost_cut", "upgrade_rate", "rd_grant_rate", "energy_quota_price",
    "industrial_quota_share", "talent_inflow", "guidance_fund_size", "cost_cut_rate",
    "coordination_effectiveness",
)  # fmt: skip
"""Levers of nine kinds of mechanism, whose indicators do not wait for rare events."""


@pytest.mark.parametrize("name", SAMPLE)
def test_more_of_a_lever_never_lowers_its_own_indicator(name: str) -> None:
    base, plan = scenario_of("base", **{"population.scale": "0.02", "end": "2019Q4"})
    lever, city = LEVERS[name], city_of()
    found = []
    for value in (lever.low, 0.5 * (lever.low + lever.high), lever.high):
        scenario = scenario_at(base, lever, value, plan.acts_from)
        model = CityModel(scenario, plan, city, load_world_fits(city.bundle), 1)
        for _ in scenario.quarters:
            model.step()
        formula = INDICATORS[lever.indicator].formula
        found.append(lever.direction * formula(model.published, scenario.last))
    assert found[0] <= found[1] <= found[2]
    assert found[0] < found[2]


def test_an_end_of_the_range_holds_from_the_plans_first_quarter_only() -> None:
    base, plan = scenario_of("base", end="2018Q4")
    assert plan.acts_from == quarter_index("2018Q2")
    surcharge = scenario_at(base, LEVERS["energy_price_surcharge"], 0.5, plan.acts_from)
    path = surcharge.levers["energy_price_surcharge"]
    assert isinstance(path, Mapping)
    assert path["D"] == (base.before_plan["energy_price_surcharge"]["D"][0], 0.5, 0.5, 0.5)  # type: ignore[index]
    assert path["A"][1:] == (0.5, 0.5, 0.5)
    others = dict(surcharge.levers)
    others["energy_price_surcharge"] = base.before_plan["energy_price_surcharge"]
    assert others == dict(before_plan_scenario(base).levers) == dict(base.before_plan)


def test_only_frontier_draws_beyond_the_usual_ones_move_technology() -> None:
    state = small_model("no_plan").state
    state.parameters = {**state.parameters, "frontier_success": 1.0}
    state.terms = state.reference = replace(state.reference, frontier_draws=1000.0)
    before = state.firms.log_tfp.copy()
    innovation._frontier(state)
    wins = state.counts.pop("frontier_breakthroughs")
    assert wins >= 1.0
    assert (state.firms.log_tfp == before).all()
    for now, usual, sign in ((1000.0, 0.0, 1.0), (0.0, 1000.0, -1.0)):
        state.terms = replace(state.reference, frontier_draws=now)
        state.reference = replace(state.reference, frontier_draws=usual)
        before = state.firms.log_tfp.copy()
        innovation._frontier(state)
        moved = np.flatnonzero(state.firms.log_tfp != before)
        assert len(moved) == wins
        jump = state.firms.log_tfp[moved] - before[moved]
        np.testing.assert_allclose(jump, sign * state.parameters["frontier_jump"])
        assert state.counts.pop("frontier_breakthroughs") == (wins if now else 0.0)
