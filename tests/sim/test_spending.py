"""What a lever costs: beyond its before-plan value, saved when it is cut, also to nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim import capital, innovation, ladder, listing
from sim.flows import PAID_TO_FIRMS
from sim.policy import NEUTRAL, Policy, Terms
from sim.spending import bill, paid_beyond, pay_for_levers
from sim.state import CityState
from sim.units import YI_YUAN
from tests.sim.small_city import small_model

REFERENCE = {
    "special_fund": 40 * YI_YUAN, "upgrade_subsidy": 0.02, "rd_grant": 0.02, "top_reward": 1e5,
    "listing_reward": 1e6, "insurance_share": 0.4,
}  # fmt: skip
"""Terms of the six levers, in their order, that the tests take for those before the plan."""


def paid(terms: dict[str, float]) -> CityState:
    """Run a fourth quarter's payments to firms under terms, against the reference."""
    model = small_model("no_plan", **{"population.scale": "0.2", "end": "2018Q4"})
    for _ in range(2):
        model.step()
    state = model.state
    state.quarter += 2
    state.ledger.flows.clear()
    state.counts.clear()
    base: Terms = state.terms
    state.reference = replace(base, **REFERENCE)
    state.terms = replace(base, **(REFERENCE | terms))
    # So that this small city has some of each in one quarter.
    state.memory["listing.entry"] = 20.0
    state.parameters = dict(state.parameters) | {"first_sets_per_year": 1000.0}
    for process in (innovation, capital, listing, ladder):
        process.step(state)
    return state


@pytest.fixture(scope="module")
def cut() -> CityState:
    return paid(dict.fromkeys(REFERENCE, 0.0))


@pytest.mark.parametrize("lever", PAID_TO_FIRMS)
def test_a_lever_cut_to_nothing_saves_what_it_would_have_paid(cut: CityState, lever: str) -> None:
    assert cut.ledger.total(f"lever:{lever}") == 0.0
    usual = cut.counts.get(f"usual_payment.{lever}", 0.0)
    assert usual > 0.0
    assert paid_beyond(cut, lever) == -usual


def test_unchanged_levers_cost_nothing_more_and_dearer_ones_do() -> None:
    state = paid({"special_fund": 60 * YI_YUAN, "top_reward": 3e5})
    beyond = {lever: paid_beyond(state, lever) for lever in PAID_TO_FIRMS}
    twenty = 20 * YI_YUAN / 4.0 * state.scale
    assert beyond.pop("special_fund_size") == pytest.approx(twenty, rel=1e-9)
    assert beyond.pop("top100_reward") == pytest.approx(2e5 * 100 * state.scale)
    assert set(beyond.values()) == {0.0}


def test_a_quarter_without_payments_costs_nothing() -> None:
    """The top hundred are paid in the fourth quarter: no unit cost is booked in the others."""
    model = small_model("base", **{"population.scale": "0.02", "end": "2018Q4"})
    spent = []
    for _ in model.scenario.quarters:
        model.step()
        spent.append(model.state.counts["spending.top100_reward"])
    assert spent[:3] == [0.0, 0.0, 0.0]
    assert spent[3] == model.state.counts["top_rewards"] > 0.0


def test_a_programme_costs_the_plans_unit_cost_of_the_change() -> None:
    model = small_model("base", **{"population.scale": "0.02", "end": "2018Q1"})
    state, plan = model.state, model.plan
    before = dict.fromkeys(model.scenario.before_plan_values(state.quarter), 0.0)
    unit = next(c for c in plan.clauses.values() if "quality_programme" in c.levers)
    values = before | {("quality_programme", ""): 0.5}
    policy = Policy(values, before, NEUTRAL, NEUTRAL, 1.0)
    pay_for_levers(state, bill({n: v.cost for n, v in plan.levers.items()}, policy, state.scale))
    quarter = 0.25 * 0.5 * unit.levers["quality_programme"].cost * state.scale
    assert state.counts["spending.quality_programme"] == pytest.approx(quarter)
    booked = state.ledger.flows["government", "outside", "programme:quality_programme"]
    assert booked == state.counts["spending.quality_programme"]
