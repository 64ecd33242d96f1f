"""Industrial platforms 产业平台: who is on them, and what nearness is worth (clauses 9 to 11).

New firms and movers are steered to platforms, low users leave them, firms of dear districts
relocate within the city, and productivity follows effective density with the elasticities of
the agglomeration literature, relative to what the policy before the plan would have given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from sim import platform_kernels as kernels
from sim.columns import column
from sim.parcels import platform_preference
from sim.platform_moves import LOW_USE_WEIGHT, hit, settle, share_of_stock, users_of_land
from sim.scopes import scopes
from sim.state import CityState, Floats, Integers


def place_sums(state: CityState) -> tuple[Floats, Floats]:
    """Return employment by platform, the city's last, and tax by district (persons, yuan).

    Employment of living industrial firms, tax of all.
    """
    firms, city = state.firms, state.city
    mass, paid = np.zeros(len(city.platforms.code) + 1), np.zeros(len(city.districts.code))
    kernels.place_sums(
        firms.alive, state.of_sector("industry"), firms.platform, firms.district, firms.employees,
        firms.tax, mass, paid,
    )  # fmt: skip
    return mass, paid


def initialise(state: CityState) -> None:
    """Remember where firms and mass stand at the start."""
    arrays, memory = state.arrays, state.memory
    arrays["platforms.gain"] = np.zeros(len(state.city.platforms.code))
    arrays["platforms.mass_start"] = place_sums(state)[0]
    price, share = state.city.districts.land_price_floor, state.city.districts.land_share
    memory["platforms.mean_price"] = float(price @ share / share.sum())
    column(state, "platforms.origin", -1.0)
    arrays["platforms.moved"] = np.empty(0, dtype=np.int64)
    memory["platforms.merged"] = memory["platforms.merged_reference"] = 0.0
    memory["platforms.looked_at"] = 0.0


def step(state: CityState) -> None:
    """Run one quarter of the platforms in order."""
    preference = platform_preference(state)
    steer_new_firms(state, preference)
    merge_services(state)
    move_firms(state, preference)
    credit_tax(state, agglomerate(state))


def steer_new_firms(state: CityState, preference: Floats) -> None:
    """Steer industrial firms born since the last quarter into platforms, by extra focus.

    Extra focus brings in firms from outside; less than usual keeps some there.
    """
    firms, city = state.firms, state.city
    extra = state.terms.spatial_focus - state.reference.spatial_focus
    share = state.parameters["platform_steering"] * extra
    # Firms born since stand behind those that were there last time.
    known = int(state.memory["platforms.looked_at"])
    state.memory["platforms.looked_at"] = float(firms.count)
    if len(preference) == 0 or share == 0.0:
        return
    lots = state.random.uniforms("platforms/steering", firms.firm_id[known:], draws=2)
    number = kernels.steer(
        known, state.quarter - 1, firms.alive, firms.birth_quarter, state.of_sector("industry"),
        firms.project, firms.land_area, share, lots, preference.cumsum(), city.platforms.district,
        state.arrays["platforms.gain"], firms.platform, firms.district, firms.log_tfp,
    )  # fmt: skip
    if share > 0.0:
        state.add("platforms.steered", float(number))


def merge_services(state: CityState) -> None:
    """Merge more of the platforms of a district, as fast as consolidation goes."""
    merging = state.parameters["consolidation_merging"]
    for name, terms in (("", state.terms), ("_reference", state.reference)):
        key = f"platforms.merged{name}"
        rate = -math.expm1(-merging * terms.consolidation / 4.0)
        state.memory[key] += (1.0 - state.memory[key]) * rate


def relocation_hazard(
    price: Floats, mean_price: float, friction: float, receiver: float, p: Mapping[str, float]
) -> Floats:
    """Return the yearly hazard of relocating within the city, shape (districts,).

    Moves are wished for where land is dear; friction deters them; the district of origin blocks
    a share of them in so far as tax and output are not credited to the receiver.
    """
    wish = p["relocation_rate"] * (price / mean_price) ** p["relocation_wrt_price"]
    deterred = math.exp(-p["relocation_wrt_friction"] * (friction - 1.0))
    let_go = 1.0 - p["relocation_blocked_share"] * (1.0 - receiver)
    return np.asarray(wish * deterred * let_go)


def move_firms(state: CityState, preference: Floats) -> None:
    """Take low users off platforms, let others move in, and firms of dear districts relocate.

    `consolidation` of the platforms' firm land comes free a year; above-scale firms outside
    platforms move into their district's, by focus; firms of dear urban districts move to
    platforms of cheaper ones (clause 11). Who moves is drawn before anybody does.
    """
    firms, terms, p = state.firms, state.terms, state.parameters
    price, mean = state.city.districts.land_price_floor, state.memory["platforms.mean_price"]
    users = users_of_land(state, state.city.districts.urban & (price >= mean))
    removal = share_of_stock(
        terms.consolidation, LOW_USE_WEIGHT, users.area, sum(users.area.tolist())
    )
    enter = np.full(len(price), p["platform_move_rate"] * terms.spatial_focus / 4.0)
    leave = relocation_hazard(price, mean, terms.relocation_friction, terms.receiver_tax_share, p)
    movers = hit(state, users, (removal, enter, leave / 4.0))
    state.add("platforms.removed", float(movers.leaving))
    entered, relocated = settle(state, movers, preference)
    state.add("platforms.moved_in", float(len(entered)))
    state.add("relocations", float(len(relocated)))
    state.add("relocated_output", float(firms.revenue[relocated].sum()))


@lru_cache(maxsize=8)
def _zones(names: tuple[str, ...]) -> Integers:
    """Return the number of each platform's zone, shape (platforms,)."""
    known = sorted(set(names))
    return np.array([known.index(name) for name in names], dtype=np.int64)


def agglomerate(state: CityState) -> Floats:
    """Move firms' TFP towards what their platform's density is worth; return tax by district."""
    firms, city, drawn = state.firms, state.city, state.parameters
    mass, paid = place_sums(state)
    if len(city.platforms.code) == 0:
        return paid
    memory, reach = state.memory, drawn["zone_reach"]
    change = np.empty(len(mass))
    kernels.close_gaps(
        mass, state.arrays["platforms.mass_start"], _zones(tuple(city.platforms.zone)),
        city.platforms.district,
        (reach * state.terms.spatial_focus, memory["platforms.merged"]),
        (reach * state.reference.spatial_focus, memory["platforms.merged_reference"]),
        drawn["agglomeration_elasticity"], drawn["agglomeration_speed"] / 4.0,
        state.arrays["platforms.gain"], change,
    )  # fmt: skip
    kernels.add_gain(
        firms.alive, state.of_sector("industry"), firms.platform, change, firms.log_tfp
    )  # fmt: skip
    return paid


def credit_tax(state: CityState, credited: Floats) -> None:
    """Credit tax to districts: of moved firms the receiver gets its share, the origin the rest."""
    firms = state.firms
    kernels.credit(
        state.arrays["platforms.moved"], firms.alive, column(state, "platforms.origin", -1.0),
        firms.district, firms.tax, 1.0 - state.terms.receiver_tax_share, credited,
    )  # fmt: skip
    amounts = credited.tolist()
    for district in state.districts:
        district.tax_credited = amounts[district.index]


TOTALS = (
    "roster_output", "platform_output", "platform_output_characteristic",
    "platform_output_high_tech", "platform_value_added", "platform_value_added_real",
    "platform_energy", "platform_pollutants", "platform_land", "platform_land_value_added",
    "platform_gain",
)  # fmt: skip
"""Sums in the order of :func:`sim.platform_kernels.totals`."""
OBSERVED = (
    ("relocations", "relocations"),
    ("relocated_output", "relocated_output"),
    *((f"platform_firms_{name}", f"platforms.{name}")
      for name in ("removed", "removed_land", "moved_in", "steered")),
)  # fmt: skip
"""Names of flows in observations, and of the event totals behind them."""


def observe(state: CityState) -> dict[str, float]:
    """Return totals of above-scale firms on platforms, flows of the quarter (yuan, tce, m2)."""
    firms, sectors = state.firms, state.city.sectors
    found = np.zeros(len(TOTALS))
    kernels.totals(
        scopes(state).industry, firms.platform, firms.sector, firms.real_output, firms.value_added,
        firms.value_added_rate, firms.energy_intensity, firms.pollutant_intensity,
        firms.land_area, sectors.characteristic, sectors.high_tech_share,
        state.arrays["platforms.gain"], found,
    )  # fmt: skip
    out = dict(zip(TOTALS, found.tolist(), strict=True))
    weighted, output = out.pop("platform_gain"), out["platform_output"]
    out["platform_tfp_gain"] = weighted / output if output > 0.0 else 0.0
    counts = state.counts
    return out | {name: counts.get(event, 0.0) for name, event in OBSERVED}
