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
    shortage,
    unused_space,
)
from sim.state import CityState, Integers
from sim.units import SQUARE_KILOMETRE, year_of

RECOVERY_WEIGHT = np.array([0.0, 0.05, 0.3, 1.0, 0.1, 1.0])
"""Relative hazard of recovery by class A to D, then of unclassified firms and of idle plots."""


def add_quota(state: CityState, register: Register, plots: Plots) -> None:
    """Turn reserve into serviced industrial land, innovation-type land and other built land.

    Urban districts get more industrial land while they have less than the floor.
    """
    if state.quarter % 4 == 0:  # the year's quota is handed down after the spring session
        return
    drawn, terms = state.parameters, state.terms
    year, scale, random = year_of(state.quarter), city_scale(state), state.random
    yearly = drawn["new_land_quota_per_year"] * scale * SQUARE_KILOMETRE
    yearly *= math.exp(drawn["quota_sd"] * random.normal("land/quota", quarter=year))
    districts, (pools, first) = state.city.districts, register.pools_by_district
    weights = np.zeros(register.places)
    weights[register.districts :] = platform_preference(state)
    booked = np.zeros(5, dtype=np.int64)
    kernels.hand_down(
        state.parcels.area, register.reserve, register.other, register.innovation, pools, first,
        register.has_platform, districts.urban, districts.land_share, weights[pools],
        register.places, round(yearly / 3.0),
        drawn["industrial_quota_share_2017"] * drawn["unreserved_quota_factor"],
        drawn["quota_district_sd"], terms.industrial_quota_share,
        terms.land_floor * SQUARE_KILOMETRE * scale, drawn["floor_catch_up"],
        drawn["stand_alone_share"], drawn["quota_in_platforms_market"], terms.quota_in_platforms,
        floor_cover(state) * drawn["new_unit_share"], terms.innovation_land_share, year,
        random.key("land/industrial share"), random.key("land/platform rule"),
        plots.industrial, unused_space(state), np.empty(register.districts, dtype=np.bool_),
        np.empty((6, register.districts), dtype=np.int64), np.empty((2, register.districts)),
        np.empty(register.places, dtype=np.int64), np.empty(register.places), booked,
    )  # fmt: skip
    inside, beside, elsewhere, space, alone = booked.tolist()
    state.add("land.quota_industrial", float(inside + beside))
    state.add("land.quota_in_platforms", float(inside))
    state.add("land.quota_innovation", float(space))
    state.add("land.quota_other", float(elsewhere))
    state.add("land.quota_stand_alone", float(alone))
    reference = (inside + beside) * state.reference.innovation_land_share
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
