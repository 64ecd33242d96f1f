"""Platforms: agglomeration by hand, moves that conserve land and money, monotone levers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim import land, platforms
from sim import platform_kernels as kernels
from sim.parcels import area_of_firms, platform_preference
from sim.platform_moves import users_of_land
from tests.sim.small_city import small_model

if TYPE_CHECKING:
    from sim.state import CityState


@pytest.fixture
def state() -> CityState:
    """Return the opened small city, one quarter on."""
    opened = small_model("no_plan").state
    opened.quarter += 1
    opened.counts.clear()
    opened.ledger.flows.clear()
    return opened


def gain(reach: float, merged: float, reference: float) -> float:
    links, before = (reach, merged), (reference, 0.0)
    return float(kernels.density_worth(100.0, 0.0, 100.0, 100.0, links, before, 0.05))


def move(state: CityState) -> None:
    platforms.move_firms(state, platform_preference(state))


def test_doubling_effective_mass_is_worth_the_elasticity() -> None:
    assert gain(1.0, 0.0, 0.0) == pytest.approx(0.05 * np.log(2.0))
    assert gain(0.3, 0.0, 0.3) == 0.0
    assert gain(0.3, 0.2, 0.3) > 0.0
    assert gain(0.0, 0.0, 0.3) < 0.0


def test_neighbours_leave_out_the_platform_itself() -> None:
    mass, group = np.array([1.0, 2.0, 4.0, 9.0]), np.array([0, 0, 0, 1])
    assert [kernels.neighbours(p, mass, group) for p in range(4)] == [6.0, 5.0, 3.0, 0.0]


def test_relocation_hazard_by_hand() -> None:
    drawn = {
        "relocation_rate": 0.01, "relocation_wrt_price": 1.0,
        "relocation_wrt_friction": np.log(2.0), "relocation_blocked_share": 0.5,
    }  # fmt: skip
    price = np.array([400.0])

    def hazard(friction: float, share: float) -> float:
        return float(platforms.relocation_hazard(price, 200.0, friction, share, drawn)[0])

    assert hazard(1.0, 0.0) == pytest.approx(0.01 * 2.0 * 0.5)
    assert hazard(1.0, 1.0) == pytest.approx(0.01 * 2.0)
    assert hazard(2.0, 1.0) == pytest.approx(0.01)
    assert hazard(0.0, 1.0) == pytest.approx(0.04)


def test_step_conserves_land_and_money(state: CityState) -> None:
    state.terms = replace(
        state.terms, consolidation=0.2, spatial_focus=1.0, relocation_friction=0.0,
        receiver_tax_share=1.0,
    )  # fmt: skip
    land, cash = int(state.parcels.area.sum()), float(state.firms.cash.sum())
    platforms.step(state)
    assert int(state.parcels.area.sum()) == land
    assert int(state.parcels.area.min()) >= 0
    assert (area_of_firms(state.parcels, state.firms.count) == state.firms.land_area).all()
    gained = float(state.firms.cash.sum()) - cash
    assert gained == pytest.approx(state.ledger.net_inflow("firms"), rel=1e-9, abs=1.0)
    assert state.counts["platforms.removed"] > 0


def test_removed_firms_are_low_users_and_keep_their_district(state: CityState) -> None:
    firms = state.firms
    before, district = firms.platform.copy(), firms.district.copy()
    state.terms = replace(state.terms, consolidation=0.2)
    state.parameters = dict(state.parameters) | {"relocation_rate": 0.0}
    move(state)
    gone = np.flatnonzero((before >= 0) & (firms.platform < 0))
    assert len(gone) > 0
    assert set(firms.per_mu_class[gone].tolist()) <= {2, 3}
    assert (firms.land_area[gone] == 0).all()
    assert (firms.district[gone] == district[gone]).all()


def test_more_consolidation_removes_more(state: CityState) -> None:
    other = small_model("no_plan").state
    other.quarter += 1
    removed = []
    for city, rate in ((state, 0.02), (other, 0.2)):
        before = city.firms.platform.copy()
        city.terms = replace(city.terms, consolidation=rate)
        move(city)
        removed.append(set(np.flatnonzero((before >= 0) & (city.firms.platform < 0)).tolist()))
    assert removed[0] <= removed[1]
    assert len(removed[1]) > len(removed[0])


def test_relocated_firms_pay_and_arrive_on_cheaper_platforms(state: CityState) -> None:
    firms, city = state.firms, state.city
    before = firms.district.copy()
    state.parameters = dict(state.parameters) | {"relocation_rate": 4.0}
    state.terms = replace(state.terms, receiver_tax_share=1.0)
    move(state)
    moved = np.flatnonzero(firms.district != before)
    assert len(moved) == state.counts["relocations"] > 0
    price = city.districts.land_price_floor
    assert (price[firms.district[moved]] < price[before[moved]]).all()
    assert (city.platforms.district[firms.platform[moved]] == firms.district[moved]).all()
    assert state.ledger.total("relocation_cost") > 0.0
    assert (state.arrays["platforms.origin"][moved] == before[moved]).all()


def test_tax_is_credited_by_the_share(state: CityState) -> None:
    firms = state.firms
    firms.tax[:] = 0.0
    firms.tax[0] = 100.0
    home = (int(firms.district[0]) + 1) % len(state.districts)
    state.arrays["platforms.origin"] = np.full(firms.count, -1.0)
    state.arrays["platforms.origin"][0] = home
    state.arrays["platforms.moved"] = np.array([0])
    state.terms = replace(state.terms, receiver_tax_share=0.75)
    platforms.credit_tax(state, platforms.agglomerate(state))
    credited = {agent.index: agent.tax_credited for agent in state.districts}
    assert credited[int(firms.district[0])] == pytest.approx(75.0)
    assert credited[home] == pytest.approx(25.0)


def test_productivity_closes_a_share_of_the_gap(state: CityState) -> None:
    firms = state.firms
    state.terms = replace(state.terms, spatial_focus=1.0)
    level = firms.log_tfp.copy()
    platforms.agglomerate(state)
    change = firms.log_tfp - level
    assert (change[firms.platform < 0] == 0.0).all()
    placed = firms.alive & (firms.platform >= 0) & state.city.sectors.industry[firms.sector]
    assert (change[placed] >= 0.0).all()
    top = (
        0.25
        * state.parameters["agglomeration_speed"]
        * state.parameters["agglomeration_elasticity"]
        * np.log(1.0 + kernels.FARTHEST_REACH)
    )
    assert 0.0 < change.max() <= top


def test_reference_terms_leave_productivity_alone(state: CityState) -> None:
    state.terms = state.reference
    level = state.firms.log_tfp.copy()
    platforms.agglomerate(state)
    np.testing.assert_allclose(state.firms.log_tfp, level, atol=1e-12)


def test_shares_are_shares(state: CityState) -> None:
    seen = platforms.observe(state)
    assert 0.0 < seen["platform_output"] <= seen["roster_output"]
    assert seen["platform_output_high_tech"] <= seen["platform_output"]


def test_users_that_land_has_looked_at_are_those_found_anew(state: CityState) -> None:
    land.step(state)
    dear = np.ones(len(state.city.districts.code), bool)
    known, state.quarter = users_of_land(state, dear), state.quarter + 1
    anew = users_of_land(state, dear)
    assert known.numbers == anew.numbers
    assert known.area.tolist() == anew.area.tolist()
    for number, ours, theirs in zip(known.numbers, known.lists, anew.lists, strict=True):
        assert number > 0
        assert ours[:number].tolist() == theirs[:number].tolist()
