"""One member of the real city: repeatable, a prefix of itself, in balance, usable from Mesa."""

from __future__ import annotations

import doctest
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import production
from sim.accounting import MONEY, MONEY_TOLERANCE
from sim.bureau import matched_staff_change
from sim.ensemble import simulate_in_memory
from sim.errors import ModelBreach
from sim.indicators import INDICATORS
from sim.model import PROCESSES, STEPS, simulate_member
from sim.population import synthesise
from sim.results import MemberResult, indicator_names
from sim.scenario import Scenario
from sim.state import CityState, Firms
from sim.uncertainty import sources
from sim.units import quarter_index, year_profile
from sim.world import Shock
from tests.sim.small_city import city_of, scenario_of, small_model

TINY = {"population.scale": "0.02", "end": "2018Q4"}
NAMES = indicator_names(city_of())


@lru_cache(maxsize=16)
def member(name: str = "base", number: int = 0, **overrides: str) -> MemberResult:
    """Simulate one member of a scenario of the project at a fiftieth of its size."""
    scenario, plan = scenario_of(name, **(TINY | overrides))
    return simulate_member(scenario, plan, city_of(scenario.as_of), number)


def of_scenario(scenario: Scenario, number: int = 0) -> MemberResult:
    return simulate_member(scenario, scenario_of()[1], city_of(), number)


def content(result: MemberResult, quarters: int | None = None) -> list[bytes]:
    """Return the bytes of everything a member yields, of its first quarters only if wanted."""
    arrays = (result.published, result.true_state, result.lever_values)
    return [np.ascontiguousarray(array[:, :quarters]).tobytes() for array in arrays]


def column_bytes(state: CityState) -> dict[str, bytes]:
    return {name: getattr(state.firms, name).tobytes() for name in Firms.__annotations__}


# Repeatability ------------------------------------------------------------------------------


def test_a_member_is_the_same_alone_and_among_others() -> None:
    scenario, plan = scenario_of("base", **TINY)
    among = simulate_in_memory(scenario, plan, city_of(), members=[2, 0, 1])
    assert [result.member for result in among] == [2, 0, 1]
    assert content(among[1]) == content(member())
    assert dict(among[1].scalars) == dict(member().scalars)


def test_members_differ() -> None:
    scenario, plan = scenario_of("base", **TINY)
    other = simulate_member(scenario, plan, city_of(), 1)
    assert content(other) != content(member())
    assert other.scalars["tfp_wrt_rd"] != member().scalars["tfp_wrt_rd"]
    reseeded = of_scenario(replace(scenario, seed=scenario.seed + 1))
    assert content(reseeded) != content(member())


def test_a_shorter_horizon_is_a_prefix() -> None:
    longer = member(end="2019Q3")
    assert longer.published.shape[1] == 7
    assert content(longer, 4) == content(member())


def test_draws_of_another_stream_move_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def curious(state: CityState) -> None:
        drawn = state.random.uniforms("curiosity", state.firms.firm_id, state.quarter, 3)
        state.memory["curiosity.mean"] = float(drawn.mean())
        production.step(state)

    steps = tuple((n, curious if n == "production" else step) for n, step in STEPS)
    monkeypatch.setattr("sim.model.STEPS", steps)
    scenario, plan = scenario_of("base", **TINY)
    assert content(simulate_member(scenario, plan, city_of(), 0)) == content(member())


def test_the_plan_changes_nothing_before_it_acts() -> None:
    with_plan, without = small_model("base", **TINY), small_model("no_plan", **TINY)
    with_plan.step()
    without.step()
    assert column_bytes(with_plan.state) == column_bytes(without.state)
    assert content(member("base"), 1) == content(member("no_plan"), 1)
    with_plan.step()
    without.step()
    assert column_bytes(with_plan.state) != column_bytes(without.state)


def test_without_the_plan_the_terms_are_the_reference() -> None:
    model = small_model("no_plan", **TINY)
    for _ in model.scenario.quarters:
        model.step()
        assert model.state.terms == model.state.reference


# Outside world ------------------------------------------------------------------------------


def shocked(size: float) -> MemberResult:
    scenario, _ = scenario_of("base", **TINY)
    shock = Shock(size=size, first=quarter_index("2018Q2"), until=quarter_index("2018Q3"))
    return of_scenario(replace(scenario, outside_world={"export_demand": shock}))


def test_a_shock_of_size_zero_equals_its_absence() -> None:
    assert content(shocked(0.0)) == content(member())


def test_a_shock_without_from_acts_from_the_start_of_the_horizon() -> None:
    row = NAMES.index("export_output")
    alone = member(**{"outside_world.export_demand": "{shock: -0.1}"})
    assert content(alone) == content(
        member(**{"outside_world.export_demand": "{shock: -0.1, from: 2018Q1, until: 2018Q4}"})
    )
    # Three tenths to all of a change of the nation's exports reach the city's at once.
    ratio = alone.published[row] / member().published[row]
    assert ((ratio > 0.9 * 0.97) & (ratio < 1.0 - 0.3 * 0.1 * 0.8)).all()


def test_an_export_shock_lowers_exports_from_its_first_quarter() -> None:
    row = NAMES.index("export_output")
    fallen = shocked(-0.2).published[row] - member().published[row]
    assert fallen[0] == 0.0
    assert (fallen[1:] < 0.0).all()


# What is published --------------------------------------------------------------------------


def test_published_figures_follow_the_bureaus_rounding() -> None:
    growth = member().published[NAMES.index("industrial_value_added_growth")]
    assert growth.tolist() == [round(value, 1) for value in growth.tolist()]
    fields = member().published[NAMES.index("breakthrough_fields")]
    assert fields.tolist() == [float(int(value)) for value in fields.tolist()]
    level = member().published[NAMES.index("industrial_value_added")]
    quarterly = member().published[NAMES.index("industrial_value_added_quarter")]
    np.testing.assert_allclose(level, quarterly.cumsum(), rtol=1e-12)


def test_growth_is_value_on_the_matched_scope_over_the_same_months_of_last_year() -> None:
    model = small_model("base", **TINY)
    for _ in model.scenario.quarters:
        model.step()
    now, quarter = model.published.quarter_value, model.state.quarter
    ratio = now("matched_value_added_real", quarter)
    ratio /= now("matched_value_added_real_last_year", quarter)
    growth = INDICATORS["industrial_value_added_growth"].formula(model.published, quarter)
    assert growth == round(100.0 * (ratio - 1.0), 1)


def test_districts_add_up_to_the_city() -> None:
    found = dict(zip(NAMES, member().published, strict=True))
    codes = city_of().districts.code
    added = sum(found[f"district_value_added_{code}"] for code in codes)
    np.testing.assert_allclose(added, found["industrial_value_added"], rtol=1e-9)
    land = sum(found[f"district_industrial_land_{code}"] for code in codes)
    city = found["land_by_use_industrial"] + found["land_by_use_innovation"]
    np.testing.assert_allclose(land, city, rtol=1e-12)


def test_shares_and_counts_are_possible_and_finite() -> None:
    table: Mapping[str, Sequence[float]] = dict(
        zip(NAMES, member().published.tolist(), strict=True)
    )
    known = [name for name, values in table.items() if np.isfinite(values).all()]
    assert len(known) > 0.9 * len(NAMES)
    for name, entry in INDICATORS.items():
        if entry.unit in ("firms", "persons", "projects", "teams") and name in known:
            assert min(table[name]) >= 0.0, name
    tiers = [np.array(table[f"firms_by_tier_{t}"]) for t in ("supplier", "startup", "growth",
                                                             "backbone")]  # fmt: skip
    assert (sum(tiers) > 0.0).all()
    for name in ("value_added_rate", "strategic_emerging_share", "digital_adoption"):
        assert 0.0 < min(table[name]) <= max(table[name]) < 100.0


# Identities ---------------------------------------------------------------------------------


def test_identities_hold_in_every_quarter_of_several_members() -> None:
    for number in range(3):
        result = member(number=number)
        assert result.failed is None
        assert {"land area", "firms = firms + entries - exits"} <= set(result.checks)
        for identity, gap in result.checks.items():
            assert gap <= (MONEY_TOLERANCE if identity in MONEY else 0.0), identity


def test_a_breach_stops_the_member_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(state: CityState) -> None:
        production.step(state)
        if state.quarter == quarter_index("2018Q3"):
            state.firms.cash[state.firms.alive] += 1e6

    steps = tuple((n, forgetful if n == "production" else step) for n, step in STEPS)
    monkeypatch.setattr("sim.model.STEPS", steps)
    scenario, plan = scenario_of("base", **TINY)
    result = simulate_member(scenario, plan, city_of(), 0)
    assert result.failed is not None
    assert result.failed.startswith("2018Q3: ")
    assert "firms' cash = receipts - payments" in result.failed
    assert np.isnan(result.published).all()
    model = small_model("base", **TINY)
    for _ in range(2):
        model.step()
    with pytest.raises(ModelBreach, match="2018Q3"):
        model.step()


# Start, scale, Mesa -------------------------------------------------------------------------


def test_an_earlier_information_date_and_start_work() -> None:
    result = member("no_plan", as_of="2016-04", start="2016Q1", end="2016Q4")
    assert result.failed is None
    growth = result.published[NAMES.index("industrial_value_added_growth")]
    assert np.isfinite(growth).all()
    assert (np.abs(growth) < 25.0).all()


def test_totals_do_not_depend_on_the_scale() -> None:
    small, larger = member(), member(**{"population.scale": "0.06"})
    for name in ("industrial_value_added", "industrial_employment", "above_scale_firms"):
        row = NAMES.index(name)
        assert larger.published[row, 0] == pytest.approx(small.published[row, 0], rel=0.1)
    row = NAMES.index("gdp")
    assert larger.published[row, 0] == pytest.approx(small.published[row, 0], rel=0.02)


def test_spending_of_a_programme_does_not_depend_on_the_scale() -> None:
    row = NAMES.index("public_spending_by_lever_quality_programme")
    small, larger = member(), member(**{"population.scale": "0.06"})
    assert small.published[row, -1] > 0.0
    assert larger.published[row, -1] == pytest.approx(small.published[row, -1], rel=1e-9)


def test_the_quarter_is_a_flat_list_of_named_steps() -> None:
    assert PROCESSES[:2] == ("outside_world", "policy_terms")
    assert PROCESSES[2:-2] == tuple(name for name, _ in STEPS)
    assert PROCESSES[-2:] == ("bureau", "identities")


def test_firms_where_returns_rows_of_living_firms() -> None:
    state = (model := small_model("base", **TINY)).state
    roster = model.firms_where(on_roster=True)
    assert roster.tolist() == np.flatnonzero(state.firms.alive & state.firms.on_roster).tolist()
    state.firms.alive[roster[0]] = False
    assert roster[0] not in model.firms_where(on_roster=True)
    with pytest.raises(AttributeError):
        model.firms_where(colour="red")


def test_the_page_on_mesa_is_true(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    page: Any = doctest.testfile(
        str(root / "docs" / "how-to" / "use-as-a-mesa-model.md"), module_relative=False
    )
    assert (page.failed, page.attempted > 25) == (0, True)


def test_a_parameter_held_at_a_value_moves_no_other_draw() -> None:
    held = member(**{"parameters.depreciation_rate": "0.1"})
    assert held.scalars["depreciation_rate"] == 0.1 != member().scalars["depreciation_rate"]
    same = {k: v for k, v in held.scalars.items() if k != "depreciation_rate"}
    assert same.items() <= member().scalars.items()
    drawn = member().scalars["depreciation_rate"]
    assert content(member(**{"parameters.depreciation_rate": repr(drawn)})) == content(member())


def test_the_city_opens_with_the_staff_of_the_last_quarter() -> None:
    """Staff that fell through the year stands below its mean; output needs no more of it."""
    model = small_model()
    firms, city = model.state.firms, model.state
    level = model.bureau.staff_level
    change = matched_staff_change(city.history, city.parameters, 2017)
    assert level == pytest.approx(year_profile(change)[3])
    assert (level < 1.0) == (change < 0.0)
    unmoved = synthesise(
        city.city, city.history, city.parameters, sources(model.scenario.seed, 0).initial_state,
        city.first, float(city.world.ppi[:4].mean()), city.scale,
    )  # fmt: skip
    roster = np.flatnonzero(firms.alive & firms.on_roster)
    np.testing.assert_allclose(firms.employees[roster], level * unmoved.employees[roster])
    labour = 1.0 - city.parameters["capital_share"]
    potential, before = (
        of.log_tfp[roster] + labour * np.log(of.employees[roster]) for of in (firms, unmoved)
    )
    np.testing.assert_allclose(potential, before, rtol=1e-9)
