"""Tiers and certificates: rules, flows that add up, paired levers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim import certificates, ladder, tiers
from sim.state import BACKBONE, GROWTH, STARTUP, SUPPLIER, TIERS, CityState
from sim.units import quarter_index
from tests.sim.small_city import small_model


def _at_review(**terms: float) -> CityState:
    """Return the city at a fifth of its size in the fourth quarter, before the ladder's step."""
    model = small_model("no_plan", **{"population.scale": "0.2"})
    for _ in range(3):
        model.step()
    state: CityState = model.state
    state.quarter += 1
    state.counts.clear()
    state.ledger.flows.clear()
    state.terms = replace(state.reference, **terms)
    return state


def test_rules_of_the_ladder() -> None:
    none = np.zeros(1, dtype=bool)

    def due(revenue: float, growth: float, rd_ratio: float, age: float) -> int:
        facts = (np.array([value]) for value in (revenue, growth, rd_ratio, age))
        return int(tiers.due_tier(*facts, none)[0])

    assert due(1e9, -0.5, 0.0, 30.0) == BACKBONE
    assert due(9.9e8, 0.15, 0.03, 30.0) == GROWTH
    assert due(9.9e8, 0.14, 0.03, 30.0) == SUPPLIER
    assert due(5e6, 0.0, 0.05, 7.9) == STARTUP
    assert due(5e6, 0.0, 0.05, 8.0) == SUPPLIER


def test_a_firm_keeps_its_tier_by_a_softer_rule() -> None:
    tier = np.array([BACKBONE, BACKBONE, GROWTH, SUPPLIER], dtype=np.int16)
    revenue = np.array([0.85e9, 0.75e9, 3e7, 1.0])
    growth = np.array([0.0, 0.0, 0.06, -0.9])
    kept = tiers.keeps_tier(tier, revenue, growth, np.zeros(4), np.full(4, 20.0))
    assert kept.tolist() == [True, False, True, True]


def test_promotion_probability_under_boost() -> None:
    assert tiers.boosted(0.5, 1.0) == 0.5
    assert tiers.boosted(0.5, 0.0) == 0.0
    assert tiers.boosted(0.5, 3.0) == pytest.approx(0.875)


def test_moves_between_tiers_explain_the_change_of_each_tier() -> None:
    state = _at_review()
    before = tiers.observe(state)
    tiers.step(state)
    after = tiers.observe(state)
    assert after["tier_promotions"] > 0.0
    for name in TIERS:
        inward = sum(after[f"tier_flow_{old}_{name}"] for old in TIERS if old != name)
        outward = sum(after[f"tier_flow_{name}_{new}"] for new in TIERS if new != name)
        change = after[f"firms_by_tier_{name}"] - before[f"firms_by_tier_{name}"]
        assert change == inward - outward


def test_cultivation_promotes_more_with_the_same_draws() -> None:
    promoted = []
    for boost in (1.0, 2.0):
        state = _at_review(promotion_boost=boost)
        tiers.step(state)
        promoted.append(state.counts["tier_promotions"])
    assert promoted[1] > promoted[0]


def test_tiers_move_only_in_the_fourth_quarter() -> None:
    model = small_model("no_plan")
    model.step()
    assert tiers.observe(model.state)["tier_promotions"] == 0.0


def test_the_reward_is_paid_to_the_largest_manufacturers() -> None:
    state = _at_review(top_reward=1e6)
    cash = state.firms.cash.copy()
    tiers.step(state)
    paid = state.firms.cash - cash
    assert (paid > 0.0).sum() == round(tiers.TOP * state.scale)
    assert paid.sum() == pytest.approx(state.ledger.total("lever:top100_reward"))
    made = state.city.sectors.manufacturing[state.firms.sector] & state.firms.alive
    assert (
        state.firms.annual_revenue[paid > 0.0].min()
        >= np.sort(state.firms.annual_revenue[made])[-round(tiers.TOP * state.scale)]
    )


def test_suppliers_follow_the_lead_of_their_leader_only() -> None:
    pull = tiers.supplier_pull(np.array([0.5, 0.03, -0.02]), 0.03, 0.2)
    assert pull.tolist() == pytest.approx([0.2 * tiers.LARGEST_PULL, 0.0, -0.01])


def test_leaders_have_no_leader_and_followers_follow_backbones() -> None:
    state = small_model("no_plan").state
    firms = state.firms
    followers = np.flatnonzero(firms.leader >= 0)
    assert len(followers) > 0
    assert (firms.tier[firms.leader[followers]] >= GROWTH).all()
    assert (firms.leader[firms.tier == BACKBONE] == -1).all()


def test_the_rule_of_the_certificate_by_size_and_year() -> None:
    sales = np.array([5e7, 1e8, 3e8])
    new, old = quarter_index("2017Q1"), quarter_index("2015Q4")
    assert certificates.required_ratio(sales, new).tolist() == [0.05, 0.04, 0.03]
    assert certificates.required_ratio(sales, old).tolist() == [0.06, 0.04, 0.03]


def test_firms_far_below_the_rule_are_hardly_certified() -> None:
    ratio, sales, share = np.array([0.0, 0.05]), np.full(2, 1e8), np.ones(2)
    chance = certificates.eligibility(ratio, sales, share, quarter_index("2018Q1"))
    assert chance[0] < 0.01 * chance[1]


def test_recognitions_replace_losses_and_add_growth() -> None:
    assert certificates.new_certificates(2000.0, 0.1, 300.0, 2000.0) == pytest.approx(500.0)
    assert certificates.new_certificates(2000.0, 0.1, 0.0, 0.0) == pytest.approx(200.0)


def test_certified_firms_start_at_the_prior_and_change_by_flows() -> None:
    state = small_model("no_plan", **{"population.scale": "0.2"}).state
    held = float((state.firms.alive & state.firms.high_tech).sum())
    assert held == pytest.approx(state.parameters["high_tech_firms_2017"] * 0.2, abs=2.0)
    state.quarter += 4
    certificates.step(state)
    after = float((state.firms.alive & state.firms.high_tech).sum())
    gained, lost = state.counts["certificates_new"], state.counts["certificates_lapsed"]
    assert after == held + gained - lost
    assert gained > 0.0


def test_cultivation_certifies_more_firms() -> None:
    stocks = []
    for boost in (1.0, 3.0):
        state = _at_review(certificate_boost=boost)
        ladder.step(state)
        stocks.append(ladder.observe(state)["high_tech_firms"])
    assert stocks[1] > stocks[0]
