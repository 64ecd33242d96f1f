"""Supply of industrial land: the year's new quota and the recovery of low use.

Each function does one thing to the register and books its money; areas are integer m2 and move
between rows only.
"""

from __future__ import annotations

import numpy as np

from sim import land_kernels as kernels
from sim import plot_kernels
from sim.columns import column
from sim.parcels import (
    IDLE_KEY,
    Register,
    city_scale,
    floor_cover,
    industrial_table,
    pay_for_land,
    platform_preference,
    return_to_pool,
    share_out,
    unused_space,
    urban_industrial_area,
)
from sim.state import CityState, Flags, Floats, Integers
from sim.units import SQUARE_KILOMETRE, year_of

RECOVERY_WEIGHT = np.array([0.0, 0.05, 0.3, 1.0, 0.1])
"""Relative hazard of recovery by class A to D, then unclassified firms (last entry)."""


def quota_by_district(
    total: int, weights: Floats, market_share: Floats, reserved: float
) -> tuple[Integers, Integers]:
    """Split new land into industrial and other use, district by district.

    Parameters
    ----------
    total : int
        New construction land of the quarter, m2.
    weights : ndarray of float, shape (districts,)
        Relative size of each district's quota.
    market_share : ndarray of float, shape (districts,)
        Industrial share that a district would choose by itself.
    reserved : float
        Share reserved for industry (0: nothing); a district may do more.

    Examples
    --------
    >>> industry, other = quota_by_district(100, np.ones(2), np.array([0.1, 0.4]), 0.3)
    >>> industry.tolist(), other.tolist()
    ([15, 20], [35, 30])
    """
    quota = share_out(total, weights)
    share = np.clip(np.maximum(market_share, reserved), 0.0, 0.95)
    # Rounded up: a reserved share is a floor, kept to the square metre.
    industry = np.minimum(np.ceil(quota * share).astype(np.int64), quota)
    return industry, quota - industry


def into_platforms(
    industry: Integers, market: float, complies: Flags, has_platform: Flags
) -> tuple[Integers, Integers]:
    """Split industrial quota by place: (outside platforms, in platforms), shape (districts,).

    A district that complies places all of it in platforms; one without platforms hands its
    quota to the platforms of the others, in proportion to their own.

    Examples
    --------
    >>> outside, inside = into_platforms(
    ...     np.array([10, 10]), 0.4, np.array([True, False]), np.array([False, True]))
    >>> outside.tolist(), inside.tolist()
    ([0, 6], [0, 14])
    """
    takers = np.where(has_platform, industry, 0).astype(np.float64)
    can_hand = float(takers.sum()) > 0.0
    handed = np.where(complies & ~has_platform & can_hand, industry, 0)
    kept = industry - handed
    received = share_out(int(handed.sum()), takers)
    share = np.where(has_platform, np.where(complies, 1.0, market), 0.0)
    inside = np.rint(kept * share).astype(np.int64) + received
    return kept + received - inside, inside


def add_quota(state: CityState, register: Register) -> None:
    """Turn reserve into serviced industrial land, innovation-type land and other built land."""
    if state.quarter % 4 == 0:  # the year's quota is handed down after the spring session
        return
    drawn, terms, parcels = state.parameters, state.terms, state.parcels
    year = year_of(state.quarter)
    ids = np.arange(register.districts)
    scale = city_scale(state)
    luck = state.random.normal("land/quota", quarter=year)
    yearly = drawn["new_land_quota_per_year"] * scale * SQUARE_KILOMETRE
    yearly *= np.exp(drawn["quota_sd"] * luck)
    taste = state.random.normals("land/industrial share", ids, quarter=year)[0]
    market = drawn["industrial_quota_share_2017"] * drawn["unreserved_quota_factor"]
    by_district = market * np.exp(drawn["quota_district_sd"] * taste)
    weights = state.city.districts.land_share
    total = min(round(yearly / 3.0), int(parcels.area[register.reserve].sum()))
    industry, other = quota_by_district(total, weights, by_district, terms.industrial_quota_share)
    industry, other = _catch_up(state, industry, other)
    complies = (
        state.random.uniforms("land/platform rule", ids, quarter=year)[0] < terms.quota_in_platforms
    )
    has_platform = np.bincount(register.platform_district, minlength=register.districts) > 0
    alone = np.floor(industry * drawn["stand_alone_share"]).astype(np.int64)
    outside, inside = into_platforms(
        industry - alone, drawn["quota_in_platforms_market"], complies, has_platform
    )
    other = np.maximum(other + industry - alone - outside - inside, 0)
    _place_quota(state, register, outside + alone, inside, other)
    state.add("land.quota_stand_alone", float(alone.sum()))


def _catch_up(state: CityState, industry: Integers, other: Integers) -> tuple[Integers, Integers]:
    """While urban industrial land is below the floor, shift urban quota towards industry."""
    floor = state.terms.land_floor * SQUARE_KILOMETRE * city_scale(state)
    missing = floor - urban_industrial_area(state)
    urban = state.city.districts.urban
    if missing <= 0.0:
        return industry, other
    room = np.where(urban, other, 0)
    most = int(state.parameters["floor_catch_up"] * room.sum())
    extra = np.minimum(share_out(min(int(missing), most), room.astype(np.float64)), room)
    return industry + extra, other - extra


def _place_quota(
    state: CityState, register: Register, outside: Integers, inside: Integers, other: Integers
) -> None:
    """Move area from each district's reserve to pools, innovation land and other use."""
    terms = state.terms
    pools, first = register.pools_by_district
    weights = np.append(np.zeros(register.districts), platform_preference(state))[pools]
    booked = np.zeros(3, dtype=np.int64)
    kernels.place_quota(
        state.parcels.area, register.reserve, register.other, pools, first, outside, inside,
        other, weights, register.places, floor_cover(state) * state.parameters["new_unit_share"],
        np.empty(len(pools), dtype=np.int64), np.empty(len(pools)), booked,
    )  # fmt: skip
    in_platforms, beside, elsewhere = booked.tolist()
    asked = ((inside + outside) * terms.innovation_land_share).astype(np.int64)
    state.add("land.quota_industrial", float(in_platforms + beside))
    state.add("land.quota_in_platforms", float(in_platforms))
    state.add("land.quota_innovation", float(to_innovation(state, register, asked)))
    state.add("land.quota_other", float(elsewhere))
    reference = state.reference.innovation_land_share
    state.memory["land.innovation_reference"] = (
        state.memory.get("land.innovation_reference", 0.0) + (in_platforms + beside) * reference
    )
    price = state.parameters["other_land_price"]
    state.ledger.pay("outside", "government", "land_sale_other", elsewhere * price)


def to_innovation(state: CityState, register: Register, asked: Integers) -> int:
    """Turn serviced land of each district into innovation-type land M0, outside the unit first."""
    pools, first = register.pools_by_district
    return int(
        kernels.to_innovation(
            state.parcels.area, pools, first, np.maximum(asked, 0), register.innovation,
            unused_space(state),
        )
    )  # fmt: skip


def recover_low_use(state: CityState, register: Register) -> None:
    """Recover idle plots and half-used plots of classes C and D into the pools 盘活低效用地.

    A firm keeps the used part and builds denser; it is paid the land price for the rest.
    """
    rate = state.terms.redevelopment
    if rate <= 0.0:
        return
    parcels, firms, drawn = state.parcels, state.firms, state.parameters
    stock = int(industrial_table(state).sum())
    rows, areas = np.empty((2, len(parcels.area)), dtype=np.int64)
    found = plot_kernels.recovered(
        register.plots, parcels.use, parcels.area, parcels.occupant, parcels.parcel_id,
        firms.per_mu_class, firms.firm_id, IDLE_KEY, RECOVERY_WEIGHT,
        drawn["redevelopment_recovered_share"], rate / 4.0 * stock, state.quarter,
        state.random.key("land/recovery"), rows, areas,
    )  # fmt: skip
    rows, areas = rows[:found], areas[:found]
    return_to_pool(parcels, register, rows, areas)
    owner = parcels.occupant[rows]
    pay_for_land(state, owner, rows, areas, "land_recovery")
    give_back(state, owner, areas)
    freed = np.bincount(
        parcels.district[rows].astype(np.int64), weights=areas, minlength=register.districts
    )
    asked = (freed * state.terms.innovation_land_share).astype(np.int64)
    state.add("land.redeveloped_innovation", float(to_innovation(state, register, asked)))
    state.add("land.redeveloped", float(areas.sum()))


def give_back(state: CityState, holders: Integers, areas: Integers) -> None:
    """Take what each plot gave back off its holder's land: the capital stands on the rest.

    Holders build denser; those that are no firm are left out.
    """
    firms, parcels = state.firms, state.parcels
    owners, before = np.empty((2, len(holders)), dtype=np.int64)
    plot_kernels.thinned(
        holders, areas, max(state.terms.floor_area_gain, 0.0),
        state.parameters["highest_floor_area_ratio"], parcels.occupant, parcels.floor_area_ratio,
        firms.land_area, column(state, "land.density"), np.zeros(firms.count, dtype=np.bool_),
        owners, before,
    )  # fmt: skip
