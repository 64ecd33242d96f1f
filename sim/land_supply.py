"""Supply of industrial land: the year's new quota, the recovery of low use and more floors.

Each function does one thing to the register and books its money; areas are integer m2 and move
between rows only.
"""

from __future__ import annotations

import numpy as np

from sim import plot_kernels, quota_kernels
from sim.columns import column
from sim.parcels import (
    IDLE_KEY,
    Register,
    city_scale,
    floor_cover,
    platform_preference,
    shortage,
    unused_space,
)
from sim.state import CityState, Integers
from sim.units import SQUARE_KILOMETRE, year_of

RECOVERY_WEIGHT = np.array([0.0, 0.05, 0.3, 1.0, 0.1])
"""Relative hazard of recovery by class A to D, then unclassified firms (last entry)."""


def add_quota(state: CityState, register: Register) -> None:
    """Turn reserve into serviced industrial land, innovation-type land and other built land."""
    if state.quarter % 4 == 0:  # the year's quota is handed down after the spring session
        return
    drawn, terms, districts = state.parameters, state.terms, state.city.districts
    parcels, year, scale = state.parcels, year_of(state.quarter), city_scale(state)
    luck = state.random.normal("land/quota", quarter=year)
    yearly = drawn["new_land_quota_per_year"] * scale * SQUARE_KILOMETRE
    yearly *= np.exp(drawn["quota_sd"] * luck)
    taste = state.random.normals("land/industrial share", register.ids, quarter=year)[0]
    market = drawn["industrial_quota_share_2017"] * drawn["unreserved_quota_factor"]
    lots = state.random.uniforms("land/platform rule", register.ids, quarter=year)[0]
    pools, first = register.pools_by_district
    weights = np.append(np.zeros(register.districts), platform_preference(state))[pools]
    booked = np.zeros(5, dtype=np.int64)
    quota_kernels.add_quota(
        parcels.area, parcels.use, parcels.district, districts.urban, register.reserve,
        register.other, register.innovation, pools, first, register.places, round(yearly / 3.0),
        districts.land_share, float(districts.land_share.sum()),
        market * np.exp(drawn["quota_district_sd"] * taste), terms.industrial_quota_share,
        terms.land_floor * SQUARE_KILOMETRE * scale, drawn["floor_catch_up"],
        lots < terms.quota_in_platforms, drawn["stand_alone_share"],
        drawn["quota_in_platforms_market"], weights,
        floor_cover(state) * drawn["new_unit_share"], terms.innovation_land_share,
        unused_space(state), np.empty((5, len(pools)), dtype=np.int64),
        np.empty((2, len(pools))), booked,
    )  # fmt: skip
    in_platforms, beside, elsewhere, alone, innovation = booked.tolist()
    state.add("land.quota_industrial", float(in_platforms + beside))
    state.add("land.quota_in_platforms", float(in_platforms))
    state.add("land.quota_innovation", float(innovation))
    state.add("land.quota_other", float(elsewhere))
    state.add("land.quota_stand_alone", float(alone))
    state.memory["land.innovation_reference"] = (
        state.memory.get("land.innovation_reference", 0.0)
        + (in_platforms + beside) * state.reference.innovation_land_share
    )
    price = drawn["other_land_price"]
    state.ledger.pay("outside", "government", "land_sale_other", elsewhere * price)


def recover_low_use(state: CityState, register: Register) -> None:
    """Recover idle plots and half-used plots of classes C and D into the pools 盘活低效用地.

    A firm keeps the used part and builds denser; it is paid the land price for the rest.
    """
    terms, districts = state.terms, state.city.districts
    if terms.redevelopment <= 0.0:
        return
    parcels, firms, drawn = state.parcels, state.firms, state.parameters
    pools, first = register.pools_by_district
    paid = np.empty(len(parcels.area))
    number, whole, turned = plot_kernels.recover(
        register.plots, parcels.use, parcels.area, parcels.occupant, parcels.parcel_id,
        parcels.district, parcels.platform, parcels.protected, parcels.floor_area_ratio,
        register.districts, register.places, firms.per_mu_class, firms.firm_id, firms.land_area,
        column(state, "land.density"), firms.cash, RECOVERY_WEIGHT,
        drawn["redevelopment_recovered_share"], terms.redevelopment / 4.0,
        max(terms.floor_area_gain, 0.0), drawn["highest_floor_area_ratio"],
        districts.land_price_floor, drawn["industrial_land_price_markup"], IDLE_KEY,
        state.quarter, state.random.key("land/recovery"), np.zeros(firms.count, dtype=np.bool_),
        np.empty((2, len(paid)), dtype=np.int64), paid,
        np.zeros(register.districts, dtype=np.int64), terms.innovation_land_share, pools, first,
        register.innovation, unused_space(state),
    )  # fmt: skip
    state.ledger.pay("government", "firms", "land_recovery", float(paid[:number].sum()))
    state.add("land.redeveloped_innovation", float(turned))
    state.add("land.redeveloped", float(whole))


def build_upwards(state: CityState, users: Integers) -> None:
    """Raise floor space on own land without new land 零土地技改 where firms lack land.

    The chance is keyed to the firm; the firm pays the building and keeps its plot.
    """
    gain = state.terms.floor_area_gain
    if gain <= 0.0:
        return
    firms, parcels, drawn = state.firms, state.parcels, state.parameters
    costs = np.empty(len(users))
    number = plot_kernels.upwards(
        *shortage(state, users), firms.firm_id, firms.cash, parcels.occupant, parcels.area,
        parcels.floor_area_ratio, drawn["zero_land_upgrade_rate"],
        drawn["unforced_upgrade_factor"], gain, drawn["highest_floor_area_ratio"],
        drawn["factory_building_cost"], state.quarter, state.random.key("land/upwards"),
        np.zeros(firms.count, dtype=np.bool_), np.empty(len(users), dtype=np.int64),
        np.empty((2, len(parcels.area)), dtype=np.int64), costs,
    )  # fmt: skip
    state.ledger.pay("firms", "outside", "factory_floors", float(costs[:number].sum()))
    state.add("land.zero_land_upgrades", float(number))
