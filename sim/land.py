"""Land (step 8 of a quarter): who holds it, what is added, recovered, converted and handed out.

Form: an integer register of parcels in which area only moves. Land acts on the economy through
``land.tightness``, the share of desired investment that the firm's plot allows, which capital
formation reads in the next quarter, and ``land.innovation_space``, which new firms read.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sim import land_kernels as kernels
from sim import plot_kernels
from sim.cadastre import build
from sim.columns import column
from sim.flows import FLOWS as MONEY_FLOWS
from sim.land_allocation import allocate
from sim.land_conversion import convert
from sim.land_supply import add_quota, build_upwards, recover_low_use
from sim.parcels import (
    IDLE_KEY,
    Plots,
    Register,
    area_of_firms,
    industrial_table,
    register_of,
    shortage,
    survey,
)
from sim.rows import rows_where
from sim.scopes import scopes
from sim.state import CLASSES, INDUSTRIAL, INNOVATION, OTHER_BUILT, USES, CityState, Integers


def initialise(state: CityState) -> None:
    """Build the register of parcels and each firm's land at the start quarter."""
    state.parcels = build(state)
    firms = state.firms
    firms.land_area[:] = area_of_firms(state.parcels, firms.count)
    held = rows_where(firms.land_area > 0)
    slack = state.random.uniforms("land/slack", firms.firm_id[held])[0]
    used = firms.land_area[held] * (1.0 - slack * state.parameters["land_slack"])
    column(state, "land.density")[held] = firms.capital_stock[held] / used
    column(state, "land.leased")
    column(state, "land.tightness", 1.0)
    table = industrial_table(state)
    start = float(table[state.city.districts.urban].sum())
    state.memory["land.urban_industrial_start"] = start
    area = state.parcels.area[state.parcels.use == INNOVATION]
    state.memory["land.innovation_reference"] = float(area.sum())
    state.memory["land.innovation_space"] = 1.0
    state.memory["land.protected_start"] = float(table[:, 1].sum())


def step(state: CityState) -> None:
    """Run one quarter of the land market in order."""
    register = register_of(state)
    users, plots = begin(state, register)  # nobody else takes up or leaves land before the end
    add_quota(state, register, plots)
    recover_low_use(state, register, plots)
    build_upwards(state, users, plots)
    convert(state, register, plots)
    record(state, register, allocate(state, register, users))


def begin(state: CityState, register: Register) -> tuple[Integers, Plots]:
    """Leave plots of firms that are gone vacant, and let the market bring some idle plots back.

    Vacant plots are idle until they come back to the pools of their place, whatever policy does,
    are recovered, converted or reused.

    Returns
    -------
    users : ndarray of int, shape (users,)
        Rows of the users of land, as :attr:`sim.scopes.Scopes.users`: the holders of plots are
        seen on the register.
    plots : Plots
    """
    parcels, firms = state.parcels, state.firms
    chosen = firms.alive & firms.on_roster
    chosen &= state.of_sector("industry")
    table = np.empty((3, len(parcels.area)), dtype=np.int64)
    by_kind, industrial = np.zeros(6, np.int64), np.zeros(register.districts, np.int64)
    found, vacated, unit = plot_kernels.begin(
        register.plots, parcels.use, parcels.area, parcels.occupant, parcels.land_class,
        parcels.parcel_id, parcels.district, parcels.platform, parcels.protected, register.places,
        firms.alive, firms.land_area, firms.firm_id, firms.per_mu_class, chosen, IDLE_KEY,
        state.parameters["idle_turnover_rate"] / 4.0, state.quarter,
        state.random.key("land/turnover"), *table, by_kind, industrial,
    )  # fmt: skip
    state.memory["land.protected_start"] = float(unit)
    state.add("land.vacated", float(vacated))
    rows, ids, kinds = table[:, :found]
    users = state.arrays["land.users"] = rows_where(chosen)
    state.memory["land.looked_at"] = float(state.quarter)
    return users, Plots(rows, ids, kinds, by_kind, industrial)


def record(state: CityState, register: Register, lacking: Integers) -> None:
    """Write what other processes read: tightness, innovation space, classes of parcels.

    `lacking` are the rows of all that may lack land.
    """
    parcels, memory, drawn = state.parcels, state.memory, state.parameters
    allowed = column(state, "land.tightness", 1.0)
    allowed.fill(1.0)
    space = kernels.record(
        *shortage(state, lacking), drawn["land_tightness_strength"], allowed, parcels.occupant,
        state.firms.per_mu_class, parcels.land_class, parcels.area, register.innovation,
    )  # fmt: skip
    reference = max(memory["land.innovation_reference"], 1.0)
    memory["land.innovation_space"] = (max(space, 1) / reference) ** drawn[
        "innovation_space_elasticity"
    ]


def observe(state: CityState) -> dict[str, float]:
    """Return stocks of land at the quarter's end and flows of the quarter, m2 and yuan."""
    firms, districts = state.firms, len(state.city.districts.code)
    table, sums = survey(state)
    by_class, by_district = np.zeros((5, 5)), np.zeros(districts)
    kernels.holdings(
        scopes(state).users, firms.land_area, firms.on_roster, firms.district, firms.per_mu_class,
        firms.value_added, firms.tax, firms.capital_stock,
        column(state, "land.tightness", 1.0), by_class, by_district,
    )  # fmt: skip
    protected = float(np.add.reduce(table[: INNOVATION + 1, :, 1], None))
    figures = sums.tolist()
    whole, urban = figures[: len(USES)], figures[len(USES) : 2 * len(USES)]
    floor, ground, *areas = figures[2 * len(USES) :]
    out = dict(zip(BY_USE, whole, strict=True))
    out["industrial_land_urban"] = urban[INDUSTRIAL] + urban[INNOVATION]
    out["industrial_land_total"] = whole[INDUSTRIAL] + whole[INNOVATION]
    out["industrial_land_protected"] = protected
    out["industrial_land_protected_change"] = protected - state.memory["land.protected_start"]
    out["construction_land_urban"] = out["industrial_land_urban"] + urban[OTHER_BUILT]
    out["construction_land_total"] = out["industrial_land_total"] + whole[OTHER_BUILT]
    out["construction_land_full_size"] = out["construction_land_total"] / state.scale
    out["industrial_floor_space"], out["industrial_land_occupied"] = floor, ground
    classes = by_class.tolist()
    land, value_added, tax, capital, allowed = map(sum, classes)
    out["roster_land"], out["roster_land_tax"] = land, tax
    out["roster_land_value_added"] = value_added
    out["land_tightness_mean"] = allowed / capital if capital > 0.0 else 1.0
    for names, amounts in zip(BY_CLASS, classes[:3], strict=True):
        out.update(zip(names, amounts[: len(CLASSES)], strict=True))
    value_added_of, land_of = by_district_names(districts)
    out.update(zip(value_added_of, by_district.tolist(), strict=True))
    out.update(zip(land_of, areas, strict=True))
    return out | _flows(state)


BY_USE = tuple(f"land_by_use_{name}" for name in USES)
BY_CLASS = tuple(
    tuple(f"class_{name}_{what}" for name in CLASSES) for what in ("land", "value_added", "tax")
)
"""Names by class of the first figures that :func:`sim.land_kernels.holdings` adds up."""


@lru_cache(maxsize=8)
def by_district_names(districts: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of value added and of industrial land by district."""
    return (
        tuple(f"district_value_added.{k}" for k in range(districts)),
        tuple(f"district_industrial_land.{k}" for k in range(districts)),
    )


FLOWS = (
    "quota_industrial", "quota_in_platforms", "quota_innovation", "quota_other",
    "quota_stand_alone", "redeveloped", "converted", "swapped", "pooled", "leased",
    "to_firms", "to_projects", "zero_land_upgrades", "vacated",
)  # fmt: skip
"""Flows of the quarter under ``land.<name>`` in the counts, ``land_<name>`` in observations."""


OBSERVED_FLOWS = tuple(
    (f"land_{name}", f"land.{name}") for name in (*FLOWS, *(f"to_class_{name}" for name in CLASSES))
)


SALES = [
    (payer, payee, kind)
    for kind in ("land_sale_industrial", "land_sale_other")
    for payer, payee in MONEY_FLOWS[kind].between
]
"""Payer, payee and kind of what the government gets for land."""


def _flows(state: CityState) -> dict[str, float]:
    """Return the quarter's land flows."""
    counts = state.counts
    out = {name: counts.get(flow, 0.0) for name, flow in OBSERVED_FLOWS}
    out["land_quota_total"] = out["land_quota_industrial"] + out["land_quota_other"]
    out["land_revenue"] = sum([state.ledger.flows.get(sale, 0.0) for sale in SALES])
    return out
