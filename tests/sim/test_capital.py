"""Funds, banks and investment: known answers, identities, and what the levers do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim import capital, credit, credit_kernels, funds, grants, investment
from sim.accounting import undeclared
from sim.applicants import applicants
from sim.flows import holders, holdings
from sim.model import CityModel, read_fits
from sim.policy import NEUTRAL
from sim.selection import awards, hits, rationed, weighted_order
from sim.state import CityState
from sim.uncertainty import sources
from tests.sim.small_city import city_of, scenario_of, small_model


@pytest.fixture
def city() -> CityState:
    """Return the small city one quarter into the projection, before any plan."""
    model = small_model("no_plan")
    model.step()
    state: CityState = model.state
    state.ledger.flows.clear()
    state.counts.clear()
    return state


def test_rationing_serves_the_best_scores_first_and_lends_the_whole_supply() -> None:
    asked = np.array([10.0, 10.0, 10.0, 10.0])
    scores = np.array([0.1, 0.9, 0.5, 0.3])
    assert rationed(asked, scores, 25.0).tolist() == [0.0, 10.0, 10.0, 5.0]
    assert rationed(asked, scores, 400.0).tolist() == asked.tolist()
    assert rationed(asked, scores, -1.0).tolist() == [0.0, 0.0, 0.0, 0.0]


def loans(
    asked: list[float], scores: list[float], limited: list[bool], supply: float
) -> list[float]:
    """Return what firms get from the compiled rationing."""
    wanted, score, some = np.array(asked), np.array(scores), np.array(limited)
    place, band = np.empty((2, len(wanted)), np.int16)
    limited_ask, ends = np.where(some, wanted, 0.0), 2 * (score[some].max(), -score[some].min())
    _, last, share = credit_kernels.rationing(
        np.zeros(len(wanted)), limited_ask, limited_ask, score, ends, (supply, supply), place, band,
        np.zeros((2, credit_kernels.PLACES)),
    )  # fmt: skip
    return [
        credit_kernels.granted(*firm, (last, share))
        for firm in zip(wanted, band, some, strict=True)
    ]


def test_only_manufacturers_are_rationed() -> None:
    given = loans([4.0, 4.0, 4.0], [1.0, 0.0, 2.0], [True, False, True], 4.0)
    assert given == [0.0, 4.0, 4.0]


def test_equal_borrowers_are_rationed_alike() -> None:
    assert loans([4.0, 4.0], [1.0, 1.0], [True, True], 4.0) == [2.0, 2.0]


def test_awards_pay_out_the_pool_and_more_money_only_adds() -> None:
    small, large = awards(5, 25.0, 10.0), awards(5, 45.0, 10.0)
    assert small.sum() == 25.0
    assert large.tolist() == [10.0, 10.0, 10.0, 10.0, 5.0]
    assert (large >= small).all()
    assert awards(2, 100.0, 10.0).tolist() == [50.0, 50.0]
    assert awards(0, 100.0, 10.0).tolist() == []


def test_the_order_of_firms_does_not_depend_on_other_firms(city: CityState) -> None:
    ids, weights = np.arange(100, 160), np.linspace(0.0, 2.0, 60)
    rows = np.arange(60)
    whole = weighted_order(city.random, "test", rows, ids, weights, 8100)
    half = weighted_order(city.random, "test", rows[::2], ids[::2], weights[::2], 8100)
    assert 0 not in whole
    assert [row for row in whole if row % 2 == 0] == half.tolist()


def test_hits_share_out_an_expected_number() -> None:
    uniforms = np.array([0.2, 0.2, 0.2])
    assert hits(uniforms, 1.0, np.array([1.0, 1.0, 6.0])).tolist() == [False, False, True]
    assert not hits(uniforms, 0.0, np.ones(3)).any()


def test_the_quota_keeps_the_share_when_nothing_shifts() -> None:
    assert credit.quota_growth(0.2, 0.0, 0.12) == pytest.approx(0.12)
    assert credit.quota_growth(0.2, 0.01, 0.12) == pytest.approx(1.05 * 1.12 - 1.0)


def test_the_fund_calls_a_fixed_share_of_what_is_not_drawn() -> None:
    drawn = 0.0
    for _ in range(8):
        drawn += funds.draw_call(100.0, drawn, 0.4)
    assert drawn == pytest.approx(100.0 * (1.0 - 0.9**8))
    assert funds.draw_call(50.0, 60.0, 0.4) == 0.0


def test_perfect_targeting_ranks_by_productivity_alone() -> None:
    productivity = np.array([-1.0, 0.0, 1.0])
    size, luck = np.array([3.0, 0.0, -3.0]), np.array([1.0, -1.0, 0.5])
    assert grants.targeting_score(productivity, size, luck, 1.0).tolist() == [-1.0, 0.0, 1.0]
    assert grants.targeting_score(productivity, size, luck, 0.0).argmax() == 0


def test_who_claims_incentives_is_a_firm_s_luck_not_part_of_the_opening() -> None:
    scenario, plan = scenario_of()
    random = sources(scenario.seed, 0, {"chance": 9})
    town = city_of()
    model = CityModel(scenario, plan, town, read_fits(town.bundle), 0, random)
    model.step()
    attention = model.state.arrays["investment.attention"]  # entrants' is drawn when they plan
    ids = model.state.firms.firm_id[: len(attention)]
    drawn = sources(scenario.seed, 9).chance.uniforms("investment/take_up", ids)[0]
    assert len(ids) > 1000
    assert attention.tolist() == drawn.tolist()


def test_investment_replaces_capital_and_follows_its_trend_without_deviation() -> None:
    rate = investment.base_rate(np.array([0.06]), 0.06, 0.05, 0.10, 0.3)
    assert rate[0] * 4.0 - 0.10 == pytest.approx(0.05)


def test_a_subsidy_at_its_reference_changes_nothing() -> None:
    now = replace(NEUTRAL, upgrade_subsidy=0.1)
    assert investment.take_up_share(now, now, 0.2, 0.5) == 0.2
    assert investment.claim_rate(0.0, 0.2) == 0.0
    assert investment.claim_rate(0.3, 0.2) == investment.LARGEST_RATE


def test_capital_grows_by_its_trend_in_a_usual_year() -> None:
    """With no deviation from the reference, industry's capital follows `capital_trend`."""
    city = small_model("no_plan").state
    city.quarter += 1
    city.world = replace(
        city.world,
        credit_growth=np.full_like(city.world.credit_growth, city.memory["credit.usual_growth"]),
        interest_rate=np.full_like(city.world.interest_rate, city.memory["investment.usual_rate"]),
    )
    industry = city.city.sectors.industry[city.firms.sector]
    before = city.firms.capital_stock.copy()
    capital.step(city)
    growth = city.firms.capital_stock[industry].sum() / before[industry].sum() - 1.0
    assert 4.0 * growth == pytest.approx(city.parameters["capital_trend"], abs=0.003)


def _stocks(state: CityState) -> tuple[float, float]:
    return float(state.firms.cash.sum()), float(state.firms.debt.sum())


def test_every_yuan_of_the_quarter_has_a_payer_and_a_payee(city: CityState) -> None:
    cash, debt = _stocks(city)
    capital.step(city)
    new_cash, new_debt = _stocks(city)
    assert new_cash - cash == pytest.approx(city.ledger.net_inflow("firms"), rel=1e-9)
    lent = city.ledger.total("loan") - city.ledger.total("repayment")
    assert new_debt - debt == pytest.approx(lent, rel=1e-9)
    assert undeclared(city.ledger) == (0.0, "")
    assert city.ledger.total("investment") > 0.0


def test_terms_at_the_reference_add_no_fund_money_to_investment(city: CityState) -> None:
    city.terms = city.reference
    among = applicants(city)
    funds.step(city, among)
    grants.step(city, among)
    assert np.abs(city.arrays["capital.additional"]).max() == 0.0
    assert city.ledger.total("lever:special_fund_size") == pytest.approx(
        city.reference.special_fund * city.scale / 4.0
    )


def test_a_larger_fund_adds_its_additional_share_to_investment(city: CityState) -> None:
    city.terms = replace(city.reference, fund_size=city.reference.fund_size + 100e8)
    funds.step(city, applicants(city))
    extra = city.arrays["capital.additional"].sum()
    p = city.parameters
    fund = city.fund("guidance_fund")
    called = p["fund_draw_rate"] / 4.0 * 100e8 * city.scale
    platform = p["platform_capital_ratio"] * (1.0 - p["platform_project_share"])
    moved = called * (1.0 + city.terms.fund_leverage + platform)
    assert fund.leverage == city.terms.fund_leverage
    assert extra == pytest.approx(p["fund_additionality"] * moved, rel=1e-6)


def test_write_offs_and_exits_leave_the_holding(city: CityState) -> None:
    fund = city.fund("venture")
    rows, (before, _) = holders(city, "venture"), holdings(city, "venture")
    assert len(rows) > 0
    lost, (gone, cost) = fund.written_off, (rows[0], before[0])
    city.firms.alive[gone] = False
    funds.step(city, applicants(city))
    assert gone not in holders(city, "venture")
    assert fund.written_off - lost >= cost
    assert fund.value == pytest.approx(holdings(city, "venture")[0].sum())


def test_better_targeting_moves_grants_to_productive_firms(city: CityState) -> None:
    means = []
    for targeting in (0.0, 0.5, 1.0):
        city.counts.clear()
        city.terms = replace(city.reference, targeting=targeting)
        grants.step(city, applicants(city))
        means.append(city.counts["grant_weighted_productivity"] / city.counts["grants_paid"])
    assert means[0] < means[1] < means[2]


def test_more_credit_for_manufacturing_raises_loans_and_investment() -> None:
    totals = []
    for shift in (0.0, 0.05):
        model = small_model("no_plan")
        model.step()
        state = model.state
        state.terms = replace(state.reference, credit_shift=shift)
        capital.step(state)
        seen = credit.observe(state)
        totals.append((seen["manufacturing_credit"], seen["industrial_investment"]))
    assert totals[1][0] > totals[0][0]
    assert totals[1][1] >= totals[0][1]
