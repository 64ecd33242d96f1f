"""Land: rationing and sharing by hand, conservation, floors, quotas and priorities."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import conversion_kernels, land
from sim.agents import Project
from sim.cadastre import place_shares, plots_of_firms, protected_shares
from sim.land_allocation import allocate, claims
from sim.land_conversion import CONVERSION_WEIGHT, balance, convert
from sim.land_supply import (
    add_quota,
    catch_up,
    into_platforms,
    quota_by_district,
    recover_low_use,
)
from sim.parcels import HELD, SHARED, industrial_table, register_of, share_out
from sim.platform_moves import share_of_stock
from sim.scopes import scopes
from sim.state import INDUSTRIAL, INNOVATION
from sim.units import SQUARE_KILOMETRE
from tests.sim.small_city import small_model

if TYPE_CHECKING:
    from sim.state import CityState, Parcels


@pytest.fixture
def state() -> CityState:
    """Return the opened small city, one quarter on, counts and flows empty."""
    opened = small_model("no_plan").state
    opened.quarter += 1
    opened.counts.clear()
    opened.ledger.flows.clear()
    return opened


def protected(state: CityState) -> Any:
    """Return industrial land inside the protected unit by district, m2."""
    return industrial_table(state)[:, 1]


def urban_industrial(state: CityState) -> int:
    """Return industrial land in the urban districts, m2."""
    return int(industrial_table(state)[state.city.districts.urban].sum())


def industrial(parcels: Parcels) -> Any:
    """Return parcels that count as industrial land, innovation-type M0 included."""
    return (parcels.use == INDUSTRIAL) | (parcels.use == INNOVATION)


def total(state: CityState) -> int:
    return int(state.parcels.area.sum())


@given(
    st.integers(0, 10**9),
    st.lists(st.floats(0.0, 1e6, allow_subnormal=False), min_size=1, max_size=30),
)
def test_share_out_is_exact(amount: int, weights: list[float]) -> None:
    parts = share_out(amount, np.array(weights))
    assert parts.min() >= 0
    assert int(parts.sum()) == (amount if sum(weights) > 0.0 else 0)


@pytest.mark.parametrize("others", [0, 70])  # a short list and a long one
def test_last_bits_of_the_weights_break_no_tie(others: int) -> None:
    # 4,036 m2 by five to three: 2,522.5 and 1,513.5; the half goes to who stands first.
    for of_first in (5.0, np.nextafter(5.0, 0.0), np.nextafter(5.0, 6.0)):
        parts = share_out(4036, np.array([of_first, 3.0] + [0.0] * others))
        assert parts.tolist() == [2523, 1513] + [0] * others
    # Twelve by a third each are four each, whether or not a third of twelve is four to the bit.
    assert share_out(12, np.array([1.0, 1.0 - 1e-15, 1.0] + [0.0] * others)).tolist()[:3] == [4] * 3


def test_conversion_takes_no_more_than_there_is() -> None:
    """A town of which the unit is all that is left gives a hazard above one outside of it."""
    area, lost = np.array([1000, 600, 0, 0]), np.zeros(2, dtype=np.int64)
    none, nothing = np.empty(0, dtype=np.int64), np.empty(0)
    protected, district = np.array([True, False, False, False]), np.array([0, 1, 0, 1], np.int16)
    found, changed, left = conversion_kernels.conversions(
        none, none, np.array([1000, 600]), 2, np.array([2, 3]), area, district, protected,
        np.array([True, False]), 1.0, 0.01, CONVERSION_WEIGHT, 0.2, 0.0, nothing, lost,
        np.empty(2), none.copy(), nothing.copy(),
    )  # fmt: skip
    # A twentieth of the town's 1,000 m2 a quarter, and all that lies outside it.
    assert (found, changed, left) == (0, 650, np.inf)
    assert area.tolist() == [950, 0, 50, 600]
    assert lost.tolist() == [50, 0]


def test_place_shares_keep_the_district_total() -> None:
    shares = place_shares(np.array([0.5, 0.5]), np.array([0.3, 0.6]), np.array([0, 1]))
    assert shares[[0, 2]].sum() == pytest.approx(0.5)
    assert shares[[1, 3]].sum() == pytest.approx(0.5)
    assert shares[1] == pytest.approx(0.5 * 0.03)  # a platform fills at most 97 %


def test_protected_shares_reach_the_total() -> None:
    places = np.array([50, 50, 100])
    shares = protected_shares(places, np.array([0.8]), 0.7)
    assert float(places @ shares) == pytest.approx(0.7 * 200)


def test_plots_follow_need_and_the_cap_leaves_land() -> None:
    areas, left = plots_of_firms(
        np.array([1.0, 3.0, 1.0]), np.array([0, 0, 1]), np.array([40, 1000]), 3.0
    )
    # 1,040 m2 over a need of 5 is 208 per unit; three times that caps the single firm at 624.
    assert areas.tolist() == [10, 30, 624]
    assert left.tolist() == [0, 376]


def test_square_metres_that_are_left_go_by_what_is_left_of_a_metre_then_to_who_stands_first() -> (
    None
):
    need = np.array([1.0, 2.0, 1.0, 1.0, 1.0, 3.0])
    place = np.array([1, 0, 0, 1, 1, 0])
    areas, left = plots_of_firms(need, place, np.array([11, 8]), 9.0)
    # 11 by 2, 1 and 3: 3.67, 1.83, 5.5; 8 by three equals: 2.67 each.
    assert areas.tolist() == [3, 4, 2, 3, 2, 5]
    assert left.tolist() == [0, 0]


@given(st.integers(0, 2**32))
def test_last_bits_of_need_move_no_square_metre(seed: int) -> None:
    chance = np.random.Generator(np.random.Philox(key=seed))
    place = chance.integers(0, 3, 40)
    need = chance.integers(1, 4, 40).astype(np.float64)  # so that many have the same remainder
    available = chance.integers(0, 300, 3)
    nearly = need * (1.0 + chance.integers(-4, 5, 40) * 2.0**-52)
    areas, left = plots_of_firms(need, place, available, 9.0)
    assert areas.tolist() == plots_of_firms(nearly, place, available, 9.0)[0].tolist()
    for here in range(3):
        mine = place == here
        split = share_out(int(available[here] - left[here]), need[mine])
        assert areas[mine].tolist() == split.tolist()


def test_quota_floor_binds_only_districts_below_it() -> None:
    found = quota_by_district(1000, np.ones(2), [0.1, 0.4], 0.3)
    assert found == ([150, 200], [350, 300])
    assert quota_by_district(1000, np.ones(2), [0.1, 0.4], 0.0)[0] == [50, 200]
    assert quota_by_district(1000, np.ones(1), [3.0], -1.0) == ([950], [50])


def test_rule_places_everything_in_platforms() -> None:
    market = 0.4  # share that districts place in platforms by themselves
    assert into_platforms([10, 20], market, [True, True], [False, True]) == ([0, 0], [0, 30])
    # One that does not comply keeps its own; without any platform the quota stays where it is.
    assert into_platforms([10, 10], market, [True, False], [False, True]) == ([0, 6], [0, 14])
    assert into_platforms([10, 20], market, [True, True], [False, False]) == ([10, 20], [0, 0])


def test_quota_for_other_use_is_shifted_to_industry_in_urban_districts() -> None:
    urban, other = [True, True, False], [40, 20, 90]
    assert catch_up(50.5, 0.5, urban, other) == [20, 10, 0]
    assert catch_up(3.0, 0.5, urban, other) == [2, 1, 0]


def test_hazards_give_the_yearly_rate() -> None:
    area, freed = np.array([100, 300]), np.array([0.5, 1.0])
    hazard = share_of_stock(0.04, np.array([1.0, 2.0]), area * freed, 1000)
    assert float((hazard * area * freed).sum()) == pytest.approx(10.0)


def test_register_reproduces_its_margins(state: CityState) -> None:
    drawn, parcels = state.parameters, state.parcels
    wanted = drawn["industrial_land_2017"] * SQUARE_KILOMETRE * state.scale
    assert urban_industrial(state) == pytest.approx(wanted, abs=len(parcels.area))
    firms = state.firms
    held = np.bincount(
        parcels.occupant[parcels.occupant >= 0],
        parcels.area[parcels.occupant >= 0],
        firms.count,
    )
    assert (held == firms.land_area).all()
    share = (
        parcels.area[industrial(parcels) & parcels.protected].sum()
        / parcels.area[industrial(parcels)].sum()
    )
    assert share == pytest.approx(drawn["protected_share"], abs=0.06)


def test_each_verb_conserves_area(state: CityState) -> None:
    register = register_of(state)
    before = total(state)
    users, plots = land.begin(state, register)
    assert plots.industrial[state.city.districts.urban].sum() == urban_industrial(state)
    assert users.tolist() == scopes(state).users.tolist()
    verbs = (
        partial(add_quota, plots=plots),
        partial(recover_low_use, plots=plots),
        partial(convert, plots=plots),
        partial(allocate, users=users),
    )
    for verb in verbs:
        verb(state, register)
        built = industrial_table(state).sum(axis=1).tolist()
        assert verb.func in (convert, allocate) or built == plots.industrial.tolist()
        assert total(state) == before
        assert int(state.parcels.area.min()) >= 0
    land.step(state)
    assert total(state) == before


def test_money_of_firms_matches_the_ledger(state: CityState) -> None:
    cash = float(state.firms.cash.sum())
    land.step(state)
    gained = float(state.firms.cash.sum()) - cash
    assert gained == pytest.approx(state.ledger.net_inflow("firms"), rel=1e-9, abs=1.0)


def test_no_conversion_below_the_floor(state: CityState) -> None:
    register = register_of(state)
    start, (_, plots) = urban_industrial(state), land.begin(state, register)
    state.terms = replace(state.terms, land_floor=start / SQUARE_KILOMETRE / state.scale)
    convert(state, register, plots)
    assert urban_industrial(state) == start
    state.terms = replace(state.terms, land_floor=0.0)
    convert(state, register, plots)
    assert urban_industrial(state) < start


def test_balance_makes_good_what_units_lost(state: CityState) -> None:
    register = register_of(state)
    state.terms = replace(state.terms, land_floor=300.0)
    before = protected(state)
    lost = np.zeros(register.districts, dtype=np.int64)
    lost[6] = 50_000
    balance(state, register, lost)
    gained = protected(state) - before
    assert gained[6] == 50_000
    assert gained.sum() == 50_000


def test_unit_that_cannot_be_balanced_at_home_is_swapped_and_paid(state: CityState) -> None:
    register = register_of(state)
    state.terms = replace(state.terms, land_floor=300.0)
    home = 6
    cells = np.flatnonzero(register.cell_district[: register.places] == home)
    free = int(state.parcels.area[register.pools[cells]].sum())
    free += int(state.parcels.area[register.estates[cells]].sum())
    lost = np.zeros(register.districts, dtype=np.int64)
    lost[home] = free + 1000
    balance(state, register, lost)
    assert state.counts["land.swapped"] == 1000
    price = float(state.city.districts.land_price_floor[home])
    paid = 1000 * price * state.parameters["industrial_land_price_markup"]
    assert state.memory[f"land.swap_balance.{home}"] == pytest.approx(-paid)
    assert state.ledger.net_inflow("government") == 0.0


def test_more_innovation_land_with_a_larger_share(state: CityState) -> None:
    register = register_of(state)
    before = int(state.parcels.area[state.parcels.use == INNOVATION].sum())
    state.terms = replace(state.terms, innovation_land_share=0.3)
    _, plots = land.begin(state, register)
    add_quota(state, register, plots)  # none is handed down in the first quarter of a year
    assert "land.quota_industrial" not in state.counts
    state.quarter += 1
    add_quota(state, register, plots)
    after = int(state.parcels.area[state.parcels.use == INNOVATION].sum())
    quota = state.counts["land.quota_industrial"]
    assert quota > 0.0
    assert after - before == pytest.approx(0.3 * quota, abs=register.districts)


def test_recovery_at_zero_rate_is_nothing(state: CityState) -> None:
    register = register_of(state)
    _, plots = land.begin(state, register)
    area = state.parcels.area.copy()
    state.terms = replace(state.terms, redevelopment=0.0)
    recover_low_use(state, register, plots)
    assert (state.parcels.area == area).all()
    state.terms = replace(state.terms, redevelopment=0.08)
    recover_low_use(state, register, plots)
    stock = float(area[industrial(state.parcels)].sum())
    assert state.counts["land.redeveloped"] == pytest.approx(0.02 * stock, rel=0.6)


def test_priority_of_claims_follows_the_terms(state: CityState) -> None:
    register, firms = register_of(state), state.firms
    users, _ = land.begin(state, register)
    priority = np.array([3.0, 2.0, 0.5, 0.0, 1.0])
    state.terms = replace(
        state.terms, land_priority=tuple(priority[:4].tolist()), large_project_priority=0.5
    )
    project = Project(state.model, 7, 2e9, 0, 0, state.quarter)
    project.land_needed, project.land_got = 5000, 1000
    (occupant, *_), (asked, weight), _ = claims(state, register, users, [project])
    firm = occupant >= 0
    assert weight[firm].tolist() == priority[firms.per_mu_class[occupant[firm]]].tolist()
    assert occupant[~firm].tolist() == [HELD - project.number] + [SHARED] * register.places
    large = 1.0 + 0.5 * state.parameters["large_project_land_weight"]
    assert weight[~firm].tolist() == [large] + [1.0] * register.places
    assert asked[~firm][0] == 4000.0


def test_tightness_is_recorded_of_all_that_lack_land(state: CityState) -> None:
    """Firms that no claim was looked at for lack nothing: looking at all users gives the same."""
    register, firms = register_of(state), state.firms
    users, _ = land.begin(state, register)
    firms.capital_stock[users[::7]] *= 5.0
    lacking = allocate(state, register, users)
    land.record(state, register, lacking)
    tight = state.arrays["land.tightness"].copy()
    density = state.arrays["land.density"].copy()
    land.record(state, register, users)
    assert state.arrays["land.tightness"].tolist() == tight.tolist()
    assert state.arrays["land.density"].tolist() == density.tolist()
    assert (tight < 1.0).any()
    assert len(lacking) < len(users)


def test_observe_changes_nothing(state: CityState) -> None:
    land.step(state)
    first = land.observe(state)
    assert land.observe(state) == first
    flows = first["land_quota_industrial"] + first["land_quota_other"]
    assert first["land_quota_total"] == pytest.approx(flows)
