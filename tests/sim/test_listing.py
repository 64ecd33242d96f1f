"""Listing pipeline, companies, market values: known answers and counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim import listing, listing_pipeline, market
from sim.listing_kernels import value_change
from sim.state import A_SHARE, DELISTED, FILING, NONE, OVERSEAS, SHARE_REFORM, CityState
from tests.sim.small_city import small_model


@pytest.fixture
def city() -> CityState:
    """Return the small city one quarter into the projection, before any plan."""
    model = small_model("no_plan")
    model.step()
    state: CityState = model.state
    state.ledger.flows.clear()
    state.counts.clear()
    return state


def test_expected_stocks_conserve_candidates() -> None:
    before = (20.0, 10.0, 8.0)
    after = listing_pipeline.stage_flows(before, 6.0, (0.25, 0.4), 0.05, 3.0, 0.5)
    left = 0.05 * sum(before) + 3.0 + 0.5
    assert sum(after) == pytest.approx(sum(before) + 6.0 - left)


def test_an_empty_queue_lists_nothing() -> None:
    assert listing_pipeline.stage_flows((0.0, 0.0, 0.0), 0.0, (0.3, 0.3), 0.1, 0.0, 0.0) == (
        0.0, 0.0, 0.0,
    )  # fmt: skip


def test_support_at_the_reference_changes_no_entry() -> None:
    same = listing_pipeline.support_factor((1.3, 1.3), (1e6, 1e6), (0.6, 0.05))
    assert same == 1.0
    more = listing_pipeline.support_factor((1.0, 1.0), (3e6, 1e6), (0.6, 0.05))
    assert more == pytest.approx(np.exp(0.1))


def test_the_start_reproduces_the_listed_margin_and_the_pipeline() -> None:
    state = small_model("no_plan", **{"population.scale": "1.0"}).state
    seen = listing_pipeline.observe(state)
    p = state.parameters
    assert seen["listed_firms_a_share"] == round(p["listed_a_share_2017"])
    assert seen["listed_firms_overseas"] == round(p["overseas_listed_2017"])
    assert seen["listing_pipeline"] == pytest.approx(p["listing_pipeline_2017"], abs=2.0)
    values = state.arrays["market.value"]
    assert (values >= 20e9).sum() == pytest.approx(p["market_cap_ge_20bn_2018q1"], abs=1.0)


def test_listed_firms_move_by_listings_seats_and_departures(city: CityState) -> None:
    for _ in range(6):
        before = listing.observe(city)["listed_firms"]
        city.counts.clear()
        city.quarter += 1
        listing.step(city)
        seen = listing.observe(city)
        change = seen["new_listings"] + seen["listed_moved_in"]
        change -= seen["listed_moved_out"] + seen["delistings"]
        assert seen["listed_firms"] == before + change


def test_firms_move_at_most_one_stage_a_quarter(city: CityState) -> None:
    stage = city.firms.listing_stage.astype(int)
    city.quarter += 1
    listing_pipeline.step(city)
    new = city.firms.listing_stage.astype(int)
    queue = (stage >= SHARE_REFORM) & (stage <= FILING)
    step = new[queue] - stage[queue]
    assert set(step[new[queue] != NONE].tolist()) <= {0, 1}


def test_expected_listings_equal_the_intensity_of_the_outside_world() -> None:
    """Over many draws the reference pipeline lists what the outside world states."""
    listed, stated = 0.0, 0.0
    for member in range(6):
        model = small_model("no_plan", member, **{"population.scale": "0.5"})
        state = model.state
        for _ in range(8):
            state.quarter += 1
            state.counts.clear()
            listing_pipeline.step(state)
            listed += state.counts.get("new_listings_a_share", 0.0)
            stated += float(state.world.listing_intensity[state.now]) * state.scale
    assert listed == pytest.approx(stated, abs=3.0 * np.sqrt(stated))
    assert stated > 20.0


def test_a_shut_window_lists_no_a_share(city: CityState) -> None:
    city.world = replace(city.world, listing_intensity=np.zeros_like(city.world.listing_intensity))
    for _ in range(4):
        city.quarter += 1
        listing_pipeline.step(city)
    assert city.counts.get("new_listings_a_share", 0.0) == 0.0


def test_the_push_lengthens_the_queue_with_the_same_draws() -> None:
    sizes = []
    for boost in (1.0, 2.0):
        state = small_model("no_plan", **{"population.scale": "0.5"}).state
        for _ in range(6):
            state.quarter += 1
            state.counts.clear()  # as each quarter of the model does: conversions read the count
            state.terms = replace(state.reference, listing_boost=boost)
            listing.step(state)
        seen = listing.observe(state)
        sizes.append((seen["listing_pipeline"], seen["joint_stock_firms"], seen["quoted_firms"]))
    assert all(more > less for more, less in zip(sizes[1], sizes[0], strict=True))


def test_offers_are_paid_by_investors_and_end_the_quotation(city: CityState) -> None:
    row = int(np.flatnonzero(city.firms.alive & (city.firms.listing_stage == NONE))[0])
    city.firms.quoted[row] = True
    cash = city.firms.cash[row]
    listing_pipeline._raise(city, np.array([row]), A_SHARE)
    raised = city.ledger.flows["investors", "firms", "initial_offer"]
    reward = city.ledger.flows["government", "firms", "lever:listing_reward"]
    assert city.firms.cash[row] - cash == pytest.approx(raised + reward)
    assert 1.5e8 <= raised <= 6e9
    assert not city.firms.quoted[row]
    assert city.firms.joint_stock[row]


def test_a_listed_firm_that_dies_is_no_longer_counted(city: CityState) -> None:
    stage = city.firms.listing_stage
    row = int(np.flatnonzero(city.firms.alive & ((stage == A_SHARE) | (stage == OVERSEAS)))[0])
    before = listing.observe(city)["listed_firms"]
    city.firms.alive[row] = False
    assert listing.observe(city)["listed_firms"] == before - 1.0
    city.quarter += 1
    listing_pipeline.step(city)
    assert city.firms.listing_stage[row] == DELISTED


def test_rank_values_follow_the_stated_numbers() -> None:
    values = market.rank_values(160, (34.0, 11.0, 3.0), 1.2)
    assert [(values >= step).sum() for step in market.STEPS] == [34, 11, 3]
    assert (np.diff(values) <= 0.0).all()
    assert values[-1] == pytest.approx(market.SMALLEST_VALUE, rel=0.05)


def test_market_values_move_together_with_the_index() -> None:
    changes = [value_change(1.0, luck, 0.0, 0.0, 0.32, 1.0) for luck in (-1.0, 0.0, 2.0)]
    assert changes == [0.16, 0.16, 0.16]
    assert value_change(1.0, 0.0, 0.0, 0.0, 0.4, 0.25) == pytest.approx(0.1)


def test_cumulated_funds_grow_by_what_is_raised(city: CityState) -> None:
    before = city.memory["market.raised_stock"]
    city.quarter += 1
    listing.step(city)
    raised = city.memory["market.raised_stock"] - before
    assert raised == pytest.approx(city.counts["funds_raised"])
    assert raised > 0.0
