"""Supply of industrial land: the year's new quota, the recovery of low use and more floors.

Each function does one thing to the register and books its money; areas are integer m2 and move
between rows only.
"""

from __future__ import annotations

import math

import numpy as np

from sim import plot_kernels
from sim import quota_kernels as kernels
from sim.columns import column
from sim.parcels import (
    Plots,
    Register,
    city_scale,
    floor_cover,
    platform_preference,
    share_out,
    shortage,
    unused_space,
)
from sim.state import CityState, Floats, Integers
from sim.units import SQUARE_KILOMETRE, year_of

RECOVERY_WEIGHT = np.array([0.0, 0.05, 0.3, 1.0, 0.1, 1.0])
"""Relative hazard of recovery by class A to D, then of unclassified firms and of idle plots."""


def quota_by_district(
    total: int, size: Floats, own: list[float], reserved: float
) -> tuple[list[int], list[int]]:
    """Split new land into industrial and other use, district by district.

    Parameters
    ----------
    total : int
        New construction land of the quarter, m2.
    size : ndarray of float, shape (districts,)
        Relative size of each district's quota.
    own : list of float
        Industrial share that each district would choose by itself.
    reserved : float
        Share reserved for industry (0: nothing); a district may do more.

    Examples
    --------
    >>> quota_by_district(100, np.ones(2), [0.1, 0.4], 0.3)
    ([15, 20], [35, 30])
    """
    quota, reserved = share_out(total, size).tolist(), max(reserved, 0.0)
    # Rounded up: a reserved share is a floor, kept to the square metre.
    industry = [
        min(math.ceil(land * min(max(share, reserved), 0.95)), land)
        for land, share in zip(quota, own, strict=True)
    ]
    return industry, [land - part for land, part in zip(quota, industry, strict=True)]


def catch_up(missing: float, share: float, urban: list[bool], other: list[int]) -> list[int]:
    """Return the urban quota for other use that is shifted to industry, m2 by district.

    As much as is `missing` to the floor of urban industrial land, at most a `share`.

    Examples
    --------
    >>> catch_up(50.5, 0.5, [True, True, False], [40, 20, 90])
    [20, 10, 0]
    """
    room = [land if near else 0 for land, near in zip(other, urban, strict=True)]
    shifted = share_out(min(int(missing), int(share * sum(room))), np.array(room, np.float64))
    return [min(land, most) for land, most in zip(shifted.tolist(), room, strict=True)]


def into_platforms(
    industry: list[int], market: float, complies: list[bool], has_platform: list[bool]
) -> tuple[list[int], list[int]]:
    """Split industrial quota by place: m2 outside platforms and in them, by district.

    A district that complies places all of it in platforms, another the share `market`; a complying
    one without platforms hands its quota to the platforms of the others, in proportion to theirs.

    Examples
    --------
    >>> into_platforms([10, 10], 0.4, [True, False], [False, True])
    ([0, 6], [0, 14])
    """
    takers = [land if able else 0 for land, able in zip(industry, has_platform, strict=True)]
    anyone, handed, outside = any(takers), 0, []
    for land, rule, able in zip(industry, complies, has_platform, strict=True):
        if able:
            outside.append(land - round(land * (1.0 if rule else market)))
        elif rule and anyone:
            handed += land
            outside.append(0)
        else:
            outside.append(land)
    received = share_out(handed, np.array(takers, np.float64)).tolist()
    own = [max(land - left, 0) for land, left in zip(takers, outside, strict=True)]
    return outside, [land + more for land, more in zip(own, received, strict=True)]


def add_quota(state: CityState, register: Register, plots: Plots) -> None:
    """Turn reserve into serviced industrial land, innovation-type land and other built land.

    Urban districts get more industrial land while they have less than the floor.
    """
    if state.quarter % 4 == 0:  # the year's quota is handed down after the spring session
        return
    drawn, terms, districts = state.parameters, state.terms, state.city.districts
    year, scale, random = year_of(state.quarter), city_scale(state), state.random
    yearly = drawn["new_land_quota_per_year"] * scale * SQUARE_KILOMETRE
    yearly *= math.exp(drawn["quota_sd"] * random.normal("land/quota", quarter=year))
    total = min(round(yearly / 3.0), sum(state.parcels.area[register.reserve].tolist()))
    taste = random.normals("land/industrial share", register.ids, quarter=year)[0]
    own = drawn["industrial_quota_share_2017"] * drawn["unreserved_quota_factor"]
    industry, other = quota_by_district(
        total, districts.land_share, (own * np.exp(drawn["quota_district_sd"] * taste)).tolist(),
        terms.industrial_quota_share,
    )  # fmt: skip
    missing = terms.land_floor * SQUARE_KILOMETRE * scale
    missing -= sum(plots.industrial[districts.urban].tolist())
    if missing > 0.0:
        shifted = catch_up(missing, drawn["floor_catch_up"], districts.urban.tolist(), other)
        industry = [land + more for land, more in zip(industry, shifted, strict=True)]
        other = [land - less for land, less in zip(other, shifted, strict=True)]
    lots = random.uniforms("land/platform rule", register.ids, quarter=year)[0]
    alone = [int(land * drawn["stand_alone_share"]) for land in industry]
    industry = [land - single for land, single in zip(industry, alone, strict=True)]
    placed = into_platforms(
        industry, drawn["quota_in_platforms_market"], (lots < terms.quota_in_platforms).tolist(),
        register.has_platform.tolist(),
    )  # fmt: skip
    whole = [land + more for land, more in zip(industry, other, strict=True)]
    outside, inside, left = np.array((*placed, whole))
    left = np.maximum(left - outside - inside, 0)
    _place_quota(state, register, plots, outside + alone, inside, left)
    state.add("land.quota_stand_alone", float(sum(alone)))


def _place_quota(
    state: CityState, register: Register, plots: Plots, outside: Integers, inside: Integers,
    other: Integers,
) -> None:  # fmt: skip
    """Move area from each district's reserve to pools, innovation land and other use."""
    drawn, terms, area = state.parameters, state.terms, state.parcels.area
    pools, first = register.pools_by_district
    weights = np.zeros(register.places)
    weights[register.districts :] = platform_preference(state)
    industrial = plots.industrial  # what leaves the reserve and is not other land is industrial
    industrial += area[register.reserve] + area[register.other]
    booked = np.zeros(3, dtype=np.int64)
    kernels.place_quota(
        area, register.reserve, register.other, pools, first, outside, inside, other,
        weights[pools], register.places, floor_cover(state) * drawn["new_unit_share"],
        np.empty(len(pools), dtype=np.int64), np.empty(len(pools)), booked,
    )  # fmt: skip
    industrial -= area[register.reserve] + area[register.other]
    space = kernels.to_innovation(
        area, pools, first, outside + inside, terms.innovation_land_share, register.innovation,
        unused_space(state),
    )  # fmt: skip
    in_platforms, beside, elsewhere = booked.tolist()
    state.add("land.quota_industrial", float(in_platforms + beside))
    state.add("land.quota_in_platforms", float(in_platforms))
    state.add("land.quota_innovation", float(space))
    state.add("land.quota_other", float(elsewhere))
    reference = (in_platforms + beside) * state.reference.innovation_land_share
    state.memory["land.innovation_reference"] += reference
    price = drawn["other_land_price"]
    state.ledger.pay("outside", "government", "land_sale_other", elsewhere * price)


def recover_low_use(state: CityState, register: Register, plots: Plots) -> None:
    """Recover idle plots and half-used plots of classes C and D into the pools 盘活低效用地.

    A firm keeps the used part and builds denser; it is paid the land price for the rest.
    """
    terms, districts = state.terms, state.city.districts
    if terms.redevelopment <= 0.0:
        return
    parcels, firms, drawn = state.parcels, state.firms, state.parameters
    freed = np.zeros(register.districts, dtype=np.int64)
    paid = plot_kernels.recover(
        plots.rows, plots.kinds, plots.by_kind, plots.industrial, parcels.area,
        parcels.occupant, parcels.district, parcels.platform, parcels.protected,
        parcels.floor_area_ratio, register.places, firms.land_area, column(state, "land.density"),
        firms.cash, RECOVERY_WEIGHT, drawn["redevelopment_recovered_share"],
        terms.redevelopment / 4.0, max(terms.floor_area_gain, 0.0),
        drawn["highest_floor_area_ratio"], districts.land_price_floor,
        drawn["industrial_land_price_markup"],
        state.random.uniforms("land/recovery", plots.ids, state.quarter)[0],
        np.zeros(firms.count, dtype=np.bool_), np.empty((2, len(plots.rows)), dtype=np.int64),
        freed,
    )  # fmt: skip
    state.ledger.pay("government", "firms", "land_recovery", paid)
    pools, first = register.pools_by_district
    turned = kernels.to_innovation(
        parcels.area, pools, first, freed, terms.innovation_land_share, register.innovation,
        unused_space(state),
    )  # fmt: skip
    state.add("land.redeveloped_innovation", float(turned))
    state.add("land.redeveloped", float(sum(freed.tolist())))


def build_upwards(state: CityState, users: Integers, plots: Plots) -> None:
    """Raise floor space on own land without new land 零土地技改 where firms lack land.

    The chance is keyed to the firm; the firm pays the building and keeps its plot.
    """
    gain = state.terms.floor_area_gain
    if gain <= 0.0:
        return
    firms, parcels, drawn = state.firms, state.parcels, state.parameters
    number, paid = plot_kernels.upwards(
        *shortage(state, users), firms.cash, plots.rows, parcels.occupant,
        parcels.area, parcels.floor_area_ratio, drawn["zero_land_upgrade_rate"],
        drawn["unforced_upgrade_factor"], gain, drawn["highest_floor_area_ratio"],
        drawn["factory_building_cost"],
        state.random.uniforms("land/upwards", firms.firm_id.take(users), state.quarter)[0],
        np.zeros(firms.count, dtype=np.bool_), np.empty(len(users), dtype=np.int64),
        np.empty((2, len(plots.rows)), dtype=np.int64), np.empty(len(users)),
    )  # fmt: skip
    state.ledger.pay("firms", "outside", "factory_floors", paid)
    state.add("land.zero_land_upgrades", float(number))
