"""Industrial platforms 产业平台: who is on them, and what nearness is worth (clauses 9 to 11).

New firms and movers are steered to platforms, low users leave them, firms of dear districts
relocate within the city, and productivity follows effective density with the elasticities of
the agglomeration literature, relative to what the policy before the plan would have given.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from sim import platform_kernels as kernels
from sim.columns import column
from sim.parcels import (
    Register,
    platform_preference,
    register_of,
)
from sim.platform_moves import in_order, leave_land, leave_platforms, resettle, share_of_stock
from sim.scopes import scopes
from sim.state import CityState, Flags, Floats, Integers

LOW_USE_WEIGHT = np.array([0.0, 0.0, 0.4, 1.0, 0.0])
"""Relative hazard of leaving a platform under consolidation by class A to D, unclassified (-1:
the last entry)."""
FARTHEST_REACH = 3.0
"""Neighbours count for at most this multiple of a platform's own mass: distance limits them."""


def _living(state: CityState) -> Flags:
    """Return living industrial firms."""
    return np.asarray(state.firms.alive & state.of_sector("industry"))


def place_sums(state: CityState, living: Flags) -> tuple[Floats, Floats]:
    """Return employment by platform, the city's last, and tax by district (persons, yuan)."""
    firms, city = state.firms, state.city
    mass, paid = np.zeros(len(city.platforms.code) + 1), np.zeros(len(city.districts.code))
    kernels.place_sums(
        living, firms.platform, firms.district, firms.employees, firms.tax, mass, paid
    )
    return np.append(mass[1:], mass.sum()), paid


def neighbours(mass: Floats, group: Integers) -> Floats:
    """Return the mass of the other platforms of the same group, shape (platforms,).

    Examples
    --------
    >>> neighbours(np.array([1.0, 2.0, 5.0]), np.array([0, 0, 1])).tolist()
    [2.0, 1.0, 0.0]
    """
    return np.asarray(np.bincount(group, weights=mass)[group] - mass)


def agglomeration_target(
    mass: Floats,
    growth: Floats,
    zone: Floats,
    district: Floats,
    links: tuple[float, float],
    links_reference: tuple[float, float],
    elasticity: float,
) -> Floats:
    """Return the log TFP gain that present density is worth, shape (platforms,).

    Parameters
    ----------
    mass : ndarray of float, shape (platforms,)
        Own employment.
    growth : ndarray of float, shape (platforms,)
        Log growth of own mass since the start beyond the city's.
    zone, district : ndarray of float, shape (platforms,)
        Mass of the other platforms of the corridor, and of the district.
    links, links_reference : tuple of float
        (share of the corridor within reach, share of the district merged), under the terms in
        force and under the terms before the plan.
    elasticity : float
        Log TFP per log density.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> agglomeration_target(one, 0 * one, one, one, (0.5, 0.0), (0.0, 0.0), 0.1).round(4)
    array([0.0405])
    """
    own = np.maximum(mass, 1.0)
    near = np.minimum(zone, FARTHEST_REACH * own)
    merged = np.minimum(district, FARTHEST_REACH * own)
    now = np.log(own + links[0] * near + links[1] * merged)
    before = np.log(own + links_reference[0] * near + links_reference[1] * merged)
    return np.asarray(elasticity * (now - before + growth))


def initialise(state: CityState) -> None:
    """Remember where firms and mass stand at the start."""
    state.arrays["platforms.gain"] = np.zeros(len(state.city.platforms.code))
    state.arrays["platforms.mass_start"] = place_sums(state, _living(state))[0]
    column(state, "platforms.origin", -1.0)
    state.memory["platforms.merged"] = state.memory["platforms.merged_reference"] = 0.0
    state.memory["platforms.looked_at"] = 0.0


def step(state: CityState) -> None:
    """Run one quarter of the platforms in order."""
    register = register_of(state)
    steer_new_firms(state)
    roster = scopes(state).industry  # nobody enters or leaves it before the end
    remove_low_users(state, register, roster)
    move_in(state, register, roster)
    relocate(state, register, roster)
    credit_tax(state, agglomerate(state))


def pick_platform(draw: Floats, weights: Floats) -> Integers:
    """Choose one platform per draw in proportion to weights, shape (draws,)."""
    edges = np.cumsum(weights)
    return np.asarray(
        np.minimum(np.searchsorted(edges, draw * edges[-1], side="right"), len(weights) - 1)
    )


def steer_new_firms(state: CityState) -> None:
    """Steer industrial firms born since the last quarter into platforms, by extra focus."""
    firms = state.firms
    extra = state.terms.spatial_focus - state.reference.spatial_focus
    share = state.parameters["platform_steering"] * extra
    # Firms born since stand behind those that were there last time.
    fresh = slice(int(state.memory["platforms.looked_at"]), firms.count)
    state.memory["platforms.looked_at"] = float(firms.count)
    young = firms.alive[fresh] & (firms.birth_quarter[fresh] == state.quarter - 1)
    young &= state.of_sector("industry")[fresh]
    young &= (firms.project[fresh] < 0) & (firms.land_area[fresh] == 0)
    rows = fresh.start + np.flatnonzero(young)
    if len(rows) == 0 or len(state.city.platforms.code) == 0:
        return
    draw = state.random.uniforms("platforms/steering", firms.firm_id[rows], draws=2)
    outside = firms.platform[rows] < 0
    joins = outside & (draw[0] < share)
    joining, leaving = rows[joins], rows[~outside & (draw[0] < -share)]
    chosen = pick_platform(draw[1][joins], platform_preference(state))
    firms.platform[joining] = chosen
    firms.district[joining] = state.city.platforms.district[chosen]
    firms.platform[leaving] = -1
    firms.log_tfp[joining] += state.arrays["platforms.gain"][chosen]
    state.add("platforms.steered", float(len(joining)))


def remove_low_users(state: CityState, register: Register, roster: Integers) -> None:
    """Take low users off platforms: `consolidation` of the platforms' firm land a year."""
    rate = state.terms.consolidation
    merging = state.parameters["consolidation_merging"]
    for name, value in (("", rate), ("_reference", state.reference.consolidation)):
        key = f"platforms.merged{name}"
        state.memory[key] += (1.0 - state.memory[key]) * -np.expm1(-merging * value / 4.0)
    firms = state.firms
    rows = roster[(firms.platform[roster] >= 0) & (firms.land_area[roster] > 0)]
    weight = LOW_USE_WEIGHT[firms.per_mu_class[rows]]
    area = firms.land_area[rows]
    hazard = share_of_stock(rate, weight, area, np.ones(len(rows)), int(area.sum()))
    low = np.flatnonzero(hazard > 0.0)  # the others' lots decide nothing
    rows, hazard = rows[low], hazard[low]
    draw = state.random.uniforms("platforms/removal", firms.firm_id[rows], state.quarter)[0]
    rows = rows[in_order(draw, draw < hazard)]
    state.add("platforms.removed", float(len(rows)))
    state.add("platforms.removed_land", float(firms.land_area[rows].sum()))
    leave_land(state, register, rows)
    column(state, "land.density")[rows] = 0.0
    leave_platforms(state, rows)


def move_in(state: CityState, register: Register, roster: Integers) -> None:
    """Let above-scale firms outside platforms move into their district's, by focus."""
    firms, city = state.firms, state.city
    hazard = state.parameters["platform_move_rate"] * state.terms.spatial_focus / 4.0
    rows = roster[(firms.platform[roster] < 0) & (firms.land_area[roster] > 0)]
    draw = state.random.uniforms("platforms/move in", firms.firm_id[rows], state.quarter, 2)
    moving = in_order(draw[0], draw[0] < hazard)
    own = city.platforms.district == np.arange(register.districts)[:, None]
    target = resettle(
        state, register, rows[moving], draw[1][moving], platform_preference(state), own
    )
    state.add("platforms.moved_in", float(np.count_nonzero(target >= 0)))


def relocation_hazard(
    price: Floats, mean_price: float, friction: float, receiver: float, p: Mapping[str, float]
) -> Floats:
    """Return the yearly hazard of relocating within the city, shape (districts,).

    Moves are wished for where land is dear; friction deters them; the district of origin blocks
    a share of them in so far as tax and output are not credited to the receiver.
    """
    wish = p["relocation_rate"] * (price / mean_price) ** p["relocation_wrt_price"]
    deterred = np.exp(-p["relocation_wrt_friction"] * (friction - 1.0))
    let_go = 1.0 - p["relocation_blocked_share"] * (1.0 - receiver)
    return np.asarray(wish * deterred * let_go)


def relocate(state: CityState, register: Register, roster: Integers) -> None:
    """Move firms of dear urban districts to platforms of cheaper districts (clause 11)."""
    firms, city, terms = state.firms, state.city, state.terms
    price = city.districts.land_price_floor
    mean = float(price @ city.districts.land_share / city.districts.land_share.sum())
    dear = city.districts.urban & (price >= mean)
    rows = roster[dear[firms.district[roster]] & (firms.land_area[roster] > 0)]
    by_district = relocation_hazard(
        price, mean, terms.relocation_friction, terms.receiver_tax_share, state.parameters
    )
    hazard = by_district[firms.district[rows]]
    draw = state.random.uniforms("platforms/relocation", firms.firm_id[rows], state.quarter, 2)
    moving = in_order(draw[0], draw[0] < hazard / 4.0)
    movers, there = rows[moving], city.platforms.district
    home = firms.district[movers]
    target = resettle(
        state, register, movers, draw[1][moving], platform_preference(state) / price[there],
        price[there] < price[:, None],
    )  # fmt: skip
    moved = target >= 0
    column(state, "platforms.origin", -1.0)[movers[moved]] = home[moved]
    if moved.any():
        state.add("relocations", float(moved.sum()))
        state.add("relocated_output", float(firms.revenue[movers[moved]].sum()))


@lru_cache(maxsize=8)
def _zones(names: tuple[str, ...]) -> Integers:
    """Return the number of each platform's zone, shape (platforms,)."""
    known = sorted(set(names))
    return np.array([known.index(name) for name in names], dtype=np.int64)


def agglomerate(state: CityState) -> Floats:
    """Move firms' TFP towards what their platform's density is worth; return tax by district."""
    firms, city, drawn = state.firms, state.city, state.parameters
    living = _living(state)
    mass, paid = place_sums(state, living)
    if len(city.platforms.code) == 0:
        return paid
    growth = np.log(np.maximum(mass, 1.0) / np.maximum(state.arrays["platforms.mass_start"], 1.0))
    mass, growth = mass[:-1], growth[:-1] - growth[-1]
    zone = _zones(tuple(city.platforms.zone))
    reach = drawn["zone_reach"]
    target = agglomeration_target(
        mass,
        np.clip(growth, -1.0, 1.0),
        neighbours(mass, zone),
        neighbours(mass, city.platforms.district.astype(np.int64)),
        (reach * state.terms.spatial_focus, state.memory["platforms.merged"]),
        (reach * state.reference.spatial_focus, state.memory["platforms.merged_reference"]),
        drawn["agglomeration_elasticity"],
    )
    gain = state.arrays["platforms.gain"]
    change = drawn["agglomeration_speed"] / 4.0 * (target - gain)
    gain += change
    kernels.add_gain(living, firms.platform, np.append(0.0, change), firms.log_tfp)
    return paid


def credit_tax(state: CityState, credited: Floats) -> None:
    """Credit tax to districts: of moved firms the receiver gets its share, the origin the rest."""
    firms = state.firms
    origin = column(state, "platforms.origin", -1.0)
    moved = np.flatnonzero(origin >= 0.0)
    moved = moved[firms.alive[moved]]
    kept = (1.0 - state.terms.receiver_tax_share) * firms.tax[moved]
    np.subtract.at(credited, firms.district[moved], kept)
    np.add.at(credited, origin[moved].astype(np.int64), kept)
    for district in state.districts:
        district.tax_credited = float(credited[district.index])


TOTALS = (
    "roster_output", "platform_output", "platform_output_characteristic",
    "platform_output_high_tech", "platform_value_added", "platform_value_added_real",
    "platform_energy", "platform_pollutants", "platform_land", "platform_land_value_added",
    "platform_gain",
)  # fmt: skip
"""Sums in the order of :func:`sim.platform_kernels.totals`."""


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
    for name in ("relocations", "relocated_output"):
        out[name] = state.counts.get(name, 0.0)
    for name in ("removed", "removed_land", "moved_in", "steered"):
        out[f"platform_firms_{name}"] = state.counts.get(f"platforms.{name}", 0.0)
    return out
