"""Land (step 8 of a quarter): who holds it, what is added, recovered, converted and handed out.

Form: an integer register of parcels in which area only moves. Land acts on the economy through
``land.tightness``, the share of desired investment that the firm's plot allows, which capital
formation reads in the next quarter, and ``land.innovation_space``, which new firms read.
"""

from __future__ import annotations

import numpy as np

from sim import land_kernels as kernels
from sim import plot_kernels
from sim.cadastre import build
from sim.columns import column
from sim.land_allocation import (
    allocate,
    build_upwards,
    land_gap,
    lease_innovation_space,
    tightness,
)
from sim.land_conversion import convert
from sim.land_supply import add_quota, recover_low_use
from sim.parcels import (
    IDLE_KEY,
    Register,
    area_of_firms,
    industrial_table,
    land_table,
    register_of,
    return_to_pool,
    urban_industrial_area,
)
from sim.scopes import scopes
from sim.state import INDUSTRIAL, INNOVATION, OTHER_BUILT, USES, CityState, Integers


def initialise(state: CityState) -> None:
    """Build the register of parcels and each firm's land at the start quarter."""
    state.parcels = build(state)
    firms = state.firms
    firms.land_area[:] = area_of_firms(state.parcels, firms.count)
    held = np.flatnonzero(firms.land_area)
    slack = state.random.uniforms("land/slack", firms.firm_id[held])[0]
    used = firms.land_area[held] * (1.0 - slack * state.parameters["land_slack"])
    column(state, "land.density")[held] = firms.capital_stock[held] / used
    column(state, "land.leased")
    column(state, "land.tightness", 1.0)
    start = float(urban_industrial_area(state))
    state.memory["land.urban_industrial_start"] = start
    area = state.parcels.area[state.parcels.use == INNOVATION]
    state.memory["land.innovation_reference"] = float(area.sum())
    state.memory["land.innovation_space"] = 1.0
    state.memory["land.protected_start"] = _protected(state)


def step(state: CityState) -> None:
    """Run one quarter of the land market in order."""
    register = register_of(state)
    state.memory["land.protected_start"] = _protected(state)
    release_land(state)
    users = scopes(state).users  # nobody else takes up or leaves land before the end
    turn_over(state, register)
    add_quota(state, register)
    recover_low_use(state, register)
    build_upwards(state, users)
    convert(state, register)
    lease_innovation_space(state, users)
    allocate(state, register, users)
    record(state, users)


def release_land(state: CityState) -> None:
    """Leave plots of firms that are gone vacant: idle until recovered, converted or reused."""
    firms, parcels = state.firms, state.parcels
    vacated = plot_kernels.vacate(
        parcels.occupant, parcels.land_class, parcels.area, firms.alive, firms.land_area
    )
    state.add("land.vacated", float(vacated))


def turn_over(state: CityState, register: Register) -> None:
    """Bring some idle plots back to the pools through the market, whatever policy does."""
    parcels = state.parcels
    rows = np.empty(len(parcels.area), dtype=np.int64)
    found = plot_kernels.idle_hit(
        register.plots, parcels.use, parcels.area, parcels.occupant, parcels.parcel_id,
        state.firms.firm_id, IDLE_KEY, state.parameters["idle_turnover_rate"] / 4.0,
        state.quarter, state.random.key("land/turnover"), rows,
    )  # fmt: skip
    return_to_pool(parcels, register, rows[:found], parcels.area[rows[:found]])


def record(state: CityState, users: Integers) -> None:
    """Write what other processes read: tightness, innovation space, classes of parcels."""
    parcels, memory = state.parcels, state.memory
    rows, area, gap = land_gap(state, users)
    allowed = column(state, "land.tightness", 1.0)
    allowed[:] = 1.0
    allowed[rows] = tightness(gap, area, state.parameters["land_tightness_strength"])
    space = float(parcels.area[register_of(state).innovation].sum())
    reference = max(memory["land.innovation_reference"], 1.0)
    memory["land.innovation_space"] = (max(space, 1.0) / reference) ** state.parameters[
        "innovation_space_elasticity"
    ]
    plot_kernels.classify(parcels.occupant, state.firms.per_mu_class, parcels.land_class)


def _protected(state: CityState) -> float:
    return float(industrial_table(state)[:, 1].sum())


def observe(state: CityState) -> dict[str, float]:
    """Return stocks of land at the quarter's end and flows of the quarter, m2 and yuan."""
    parcels, firms = state.parcels, state.firms
    table = land_table(state)
    urban = state.city.districts.urban
    whole, in_urban = table.sum(axis=(1, 2)).tolist(), table[:, urban].sum(axis=(1, 2)).tolist()
    industry = table[INDUSTRIAL] + table[INNOVATION]
    out = {f"land_by_use_{name}": float(whole[k]) for k, name in enumerate(USES)}
    out["industrial_land_urban"] = float(in_urban[INDUSTRIAL] + in_urban[INNOVATION])
    out["industrial_land_total"] = float(whole[INDUSTRIAL] + whole[INNOVATION])
    out["industrial_land_protected"] = float(industry[:, 1].sum())
    out["industrial_land_protected_change"] = (
        out["industrial_land_protected"] - state.memory["land.protected_start"]
    )
    out["construction_land_urban"] = out["industrial_land_urban"] + in_urban[OTHER_BUILT]
    out["construction_land_total"] = out["industrial_land_total"] + whole[OTHER_BUILT]
    out["construction_land_full_size"] = out["construction_land_total"] / state.scale
    floor, ground = plot_kernels.occupied(
        parcels.use, parcels.occupant, parcels.area, parcels.floor_area_ratio
    )
    out["industrial_floor_space"], out["industrial_land_occupied"] = floor, float(ground)
    by_class, by_district = np.zeros((5, 5)), np.zeros(len(urban))
    kernels.holdings(
        scopes(state).users, firms.land_area, firms.on_roster, firms.district, firms.per_mu_class,
        firms.value_added, firms.tax, firms.capital_stock,
        column(state, "land.tightness", 1.0), by_class, by_district,
    )  # fmt: skip
    land, value_added, tax, capital, allowed = by_class.sum(axis=1).tolist()
    out["roster_land"], out["roster_land_tax"] = land, tax
    out["roster_land_value_added"] = value_added
    out["land_tightness_mean"] = allowed / capital if capital > 0.0 else 1.0
    for k, name in enumerate("ABCD"):
        for row, what in enumerate(("land", "value_added", "tax")):
            out[f"class_{name}_{what}"] = float(by_class[row, k])
    areas = industry.sum(axis=1).tolist()
    for k, (added, area) in enumerate(zip(by_district.tolist(), areas, strict=True)):
        out[f"district_value_added.{k}"] = added
        out[f"district_industrial_land.{k}"] = float(area)
    return out | _flows(state)


FLOWS = (
    "quota_industrial", "quota_in_platforms", "quota_innovation", "quota_other",
    "quota_stand_alone", "redeveloped", "converted", "swapped", "pooled", "leased",
    "to_firms", "to_projects", "zero_land_upgrades", "vacated",
)  # fmt: skip
"""Flows of the quarter under ``land.<name>`` in the counts, ``land_<name>`` in observations."""


def _flows(state: CityState) -> dict[str, float]:
    """Return the quarter's land flows."""
    out = {f"land_{name}": state.counts.get(f"land.{name}", 0.0) for name in FLOWS}
    for name in "ABCD":
        out[f"land_to_class_{name}"] = state.counts.get(f"land.to_class_{name}", 0.0)
    out["land_quota_total"] = out["land_quota_industrial"] + out["land_quota_other"]
    out["land_revenue"] = state.ledger.total("land_sale_industrial") + state.ledger.total(
        "land_sale_other"
    )
    return out
