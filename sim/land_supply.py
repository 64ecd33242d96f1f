"""Supply of industrial land: the year's new quota, the recovery of low use and more floors.

Each function does one thing to the register and books its money; areas are integer m2 and move
between rows only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import plot_kernels
from sim import quota_kernels as kernels
from sim.columns import column
from sim.parcels import (
    IDLE_KEY,
    Register,
    city_scale,
    floor_cover,
    platform_preference,
    share_out,
    shortage,
    unused_space,
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
    share = np.minimum(np.maximum(market_share, max(reserved, 0.0)), 0.95)
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
    takers = (industry * has_platform).astype(np.float64)
    handed = industry * (complies & ~has_platform) if takers.any() else np.zeros_like(industry)
    kept = industry - handed
    received = share_out(int(handed.sum()), takers)
    own = np.rint(kept * (has_platform * np.where(complies, 1.0, market))).astype(np.int64)
    return kept - own, own + received


def add_quota(state: CityState, register: Register, built: int) -> None:
    """Turn reserve into serviced industrial land, innovation-type land and other built land.

    Parameters
    ----------
    built : int
        Industrial land in the urban districts, m2: below the floor they get more of it.
    """
    if state.quarter % 4 == 0:  # the year's quota is handed down after the spring session
        return
    drawn, terms = state.parameters, state.terms
    year, scale, ids = year_of(state.quarter), city_scale(state), register.ids
    luck = state.random.normal("land/quota", quarter=year)
    yearly = drawn["new_land_quota_per_year"] * scale * SQUARE_KILOMETRE
    yearly *= np.exp(drawn["quota_sd"] * luck)
    taste = state.random.normals("land/industrial share", ids, quarter=year)[0]
    market = drawn["industrial_quota_share_2017"] * drawn["unreserved_quota_factor"]
    by_district = market * np.exp(drawn["quota_district_sd"] * taste)
    total = min(round(yearly / 3.0), int(state.parcels.area[register.reserve].sum()))
    industry, other = quota_by_district(
        total, state.city.districts.land_share, by_district, terms.industrial_quota_share
    )
    missing = terms.land_floor * SQUARE_KILOMETRE * scale - built
    if missing > 0.0:
        extra = _catch_up(state, other, missing)
        industry, other = industry + extra, other - extra
    lots = state.random.uniforms("land/platform rule", ids, quarter=year)[0]
    alone = (industry * drawn["stand_alone_share"]).astype(np.int64)
    outside, inside = into_platforms(
        industry - alone, drawn["quota_in_platforms_market"], lots < terms.quota_in_platforms,
        register.has_platform,
    )  # fmt: skip
    other = np.maximum(other + industry - alone - outside - inside, 0)
    _place_quota(state, register, outside + alone, inside, other)
    state.add("land.quota_stand_alone", float(alone.sum()))


def _catch_up(state: CityState, other: Integers, missing: float) -> Integers:
    """Return the urban quota that is shifted to industry while m2 are `missing` to the floor."""
    room = other * state.city.districts.urban
    most = int(state.parameters["floor_catch_up"] * room.sum())
    return np.minimum(share_out(min(int(missing), most), room.astype(np.float64)), room)


def _place_quota(
    state: CityState, register: Register, outside: Integers, inside: Integers, other: Integers
) -> None:
    """Move area from each district's reserve to pools, innovation land and other use."""
    drawn, share = state.parameters, state.terms.innovation_land_share
    pools, first = register.pools_by_district
    weights = np.append(np.zeros(register.districts), platform_preference(state))[pools]
    booked = np.zeros(3, dtype=np.int64)
    kernels.place_quota(
        state.parcels.area, register.reserve, register.other, pools, first, outside, inside,
        other, weights, register.places, floor_cover(state) * drawn["new_unit_share"],
        np.empty(len(pools), dtype=np.int64), np.empty(len(pools)), booked,
    )  # fmt: skip
    in_platforms, beside, elsewhere = booked.tolist()
    state.add("land.quota_industrial", float(in_platforms + beside))
    state.add("land.quota_in_platforms", float(in_platforms))
    state.add("land.quota_innovation", to_innovation(state, register, (inside + outside) * share))
    state.add("land.quota_other", float(elsewhere))
    state.memory["land.innovation_reference"] = (
        state.memory.get("land.innovation_reference", 0.0)
        + (in_platforms + beside) * state.reference.innovation_land_share
    )
    price = drawn["other_land_price"]
    state.ledger.pay("outside", "government", "land_sale_other", elsewhere * price)


def to_innovation(state: CityState, register: Register, asked: NDArray[Any]) -> float:
    """Turn serviced land of each district into innovation-type land M0, outside the unit first."""
    pools, first = register.pools_by_district
    moved = kernels.to_innovation(
        state.parcels.area, pools, first, asked.astype(np.int64), register.innovation,
        unused_space(state),
    )  # fmt: skip
    return float(moved)


def recover_low_use(state: CityState, register: Register) -> None:
    """Recover idle plots and half-used plots of classes C and D into the pools 盘活低效用地.

    A firm keeps the used part and builds denser; it is paid the land price for the rest.
    """
    terms, districts = state.terms, state.city.districts
    if terms.redevelopment <= 0.0:
        return
    parcels, firms, drawn = state.parcels, state.firms, state.parameters
    room, ids = np.empty((3, len(parcels.area))), np.empty((4, len(parcels.area)), dtype=np.int64)
    weight, lots, paid = room
    freed = np.zeros(register.districts, dtype=np.int64)
    number = plot_kernels.recover(
        register.plots, parcels.use, parcels.area, parcels.occupant, parcels.parcel_id,
        parcels.district, parcels.platform, parcels.protected, parcels.floor_area_ratio,
        register.districts, register.places, firms.per_mu_class, firms.firm_id, firms.land_area,
        column(state, "land.density"), firms.cash, RECOVERY_WEIGHT,
        drawn["redevelopment_recovered_share"], terms.redevelopment / 4.0,
        max(terms.floor_area_gain, 0.0), drawn["highest_floor_area_ratio"],
        districts.land_price_floor, drawn["industrial_land_price_markup"], IDLE_KEY,
        state.quarter, state.random.key("land/recovery"), np.zeros(firms.count, dtype=np.bool_),
        ids[:2], ids[2], ids[3], weight, lots, paid, freed,
    )  # fmt: skip
    state.ledger.pay("government", "firms", "land_recovery", float(paid[:number].sum()))
    turned = to_innovation(state, register, freed * terms.innovation_land_share)
    state.add("land.redeveloped_innovation", turned)
    state.add("land.redeveloped", float(freed.sum()))


def build_upwards(state: CityState, users: Integers) -> None:
    """Raise floor space on own land without new land 零土地技改 where firms lack land.

    The chance is keyed to the firm; the firm pays the building and keeps its plot.
    """
    gain = state.terms.floor_area_gain
    if gain <= 0.0:
        return
    firms, parcels, drawn = state.firms, state.parcels, state.parameters
    (lots, costs), ids = np.empty((2, len(users))), np.empty((2, len(users)), dtype=np.int64)
    number = plot_kernels.upwards(
        *shortage(state, users), firms.firm_id, firms.cash, parcels.occupant, parcels.area,
        parcels.floor_area_ratio, drawn["zero_land_upgrade_rate"],
        drawn["unforced_upgrade_factor"], gain, drawn["highest_floor_area_ratio"],
        drawn["factory_building_cost"], state.quarter, state.random.key("land/upwards"),
        np.zeros(firms.count, dtype=np.bool_), *ids, lots,
        np.empty((2, len(parcels.area)), dtype=np.int64), costs,
    )  # fmt: skip
    state.ledger.pay("firms", "outside", "factory_floors", float(costs[:number].sum()))
    state.add("land.zero_land_upgrades", float(number))
