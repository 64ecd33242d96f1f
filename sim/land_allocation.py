"""Who gets land: claims of firms by class, of large projects and of estates, met from the pools.

A claim is met in proportion to its priority within each district; what large projects lack can
be pooled over the whole city: quota moves, ground does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim import land_kernels as kernels
from sim.columns import column
from sim.parcels import (
    HELD,
    SHARED,
    Register,
    lay_out,
    plots_of,
    unused_space,
)
from sim.scopes import scopes
from sim.state import STARTUP, CityState, Codes, Floats, Integers

SMALLEST_PLOT = 1000
"""m2; smaller grants are not laid out (one and a half mu)."""


@dataclass(frozen=True)
class Claims:
    """Claims on land in the quarter; arrays of shape (claims,)."""

    occupant: Integers
    """Row of the firm, ``HELD - number`` of a project, or SHARED of an estate."""
    district: Integers
    platform: Integers
    area: Floats
    weight: Floats


def land_gap(state: CityState, users: Integers | None = None) -> tuple[Integers, Floats, Floats]:
    """Return rows of landholding firms, their effective area and what they lack, m2.

    Need is capital over the density the firm was laid out for; density rises with the trend of
    denser building and with upgrades on own land.

    Parameters
    ----------
    state : CityState
        The city.
    users : ndarray of int, optional
        Rows that hold all landholders (:attr:`sim.scopes.Scopes.users`); looked up by default.
    """
    firms, drawn = state.firms, state.parameters
    years = (state.quarter - state.first + 1) / 4.0
    trend = float(np.exp(drawn["land_density_trend"] * years))
    users = scopes(state).users if users is None else users
    rows, (area, gap) = np.empty(len(users), dtype=np.int64), np.empty((2, len(users)))
    found = kernels.gaps(
        users, firms.capital_stock, firms.land_area, column(state, "land.leased"),
        column(state, "land.density"), trend, 1.0 + 0.5 * drawn["land_slack"], rows, area, gap,
    )  # fmt: skip
    return rows[:found], area[:found], gap[:found]


def tightness(gap: Floats, area: Floats, strength: float) -> Floats:
    """Return the share of desired investment that land allows: one without a gap.

    Examples
    --------
    >>> tightness(np.array([0.0, 50.0]), np.array([100.0, 100.0]), 2.0).tolist()
    [1.0, 0.5]
    """
    return np.asarray(1.0 / (1.0 + strength * gap / np.maximum(area, 1.0)))


def class_weights(state: CityState, code: Codes) -> Floats:
    """Return the priority of classes A to D; firms without a class (-1) have weight one."""
    weights = np.array([*state.terms.land_priority, 1.0])
    return np.asarray(weights[code])


def firm_claims(state: CityState, users: Integers) -> Claims:
    """Return claims of landholding firms that lack land and can pay, and of newcomers."""
    firms, drawn = state.firms, state.parameters
    rows, area, gap = land_gap(state, users)
    lacking = gap >= np.maximum(drawn["land_claim_threshold"] * area, SMALLEST_PLOT)
    rows, gap = rows[lacking], gap[lacking]
    holds = firms.land_area[users] > 0
    held, new = users[holds], users[~holds]
    mean = float(firms.capital_stock[held].sum()) / max(float(firms.land_area[held].sum()), 1.0)
    first = np.minimum(
        drawn["first_plot_share"] * firms.capital_stock[new] / max(mean, 1e-9), 30_000.0
    )
    rows, gap = np.concatenate([rows, new]), np.concatenate([gap, first])
    price = land_price(state, firms.district[rows].astype(np.int64))
    affordable = np.maximum(firms.cash[rows], 0.0) * drawn["land_cash_share"] / price
    area = np.minimum(gap, affordable)
    chosen = area >= SMALLEST_PLOT
    rows, area = rows[chosen], area[chosen]
    return Claims(
        rows,
        firms.district[rows].astype(np.int64),
        firms.platform[rows].astype(np.int64),
        area,
        class_weights(state, firms.per_mu_class[rows]),
    )


def land_price(state: CityState, district: Integers) -> Floats:
    """Return the price of serviced industrial land, yuan per m2."""
    floor = state.city.districts.land_price_floor[district]
    return np.asarray(floor * state.parameters["industrial_land_price_markup"])


def project_claims(state: CityState) -> Claims:
    """Return claims of signed projects that wait for land."""
    waiting = [p for p in state.projects if p.status == "signed" and p.land_got < p.land_needed]
    weight = 1.0 + state.parameters["large_project_land_weight"] * (
        state.terms.large_project_priority
    )
    return Claims(
        np.array([HELD - p.number for p in waiting], dtype=np.int64),
        np.array([p.district for p in waiting], dtype=np.int64),
        np.array([p.platform for p in waiting], dtype=np.int64),
        np.array([p.land_needed - p.land_got for p in waiting], dtype=np.float64),
        np.full(len(waiting), weight),
    )


def allocate(state: CityState, register: Register, users: Integers | None = None) -> None:
    """Meet claims from the pools district by district, then pool quota for large projects."""
    users = scopes(state).users if users is None else users
    claims = [firm_claims(state, users), project_claims(state), estate_claims(state, register)]
    occupant, district, platform, area, weight = (
        np.concatenate([getattr(c, name) for c in claims])
        for name in ("occupant", "district", "platform", "area", "weight")
    )
    # Firms stand in the order of their ids, so that the order of rows does not matter.
    key = np.where(occupant >= 0, state.firms.firm_id[np.maximum(occupant, 0)], occupant)
    cells, first_cell = register.cells_by_district
    size, most = len(district), max(len(district), register.cells)
    pieces = np.empty((3, size + 2 * register.cells), dtype=np.int64)
    found = kernels.hand_out(
        district, area, weight, occupant <= HELD, np.lexsort((-weight, district)),
        np.lexsort((key, -platform, district)), state.parcels.area[register.pools], cells,
        first_cell, state.parameters["land_release_rate"], state.parameters["estate_uptake"],
        SMALLEST_PLOT, np.zeros(size, dtype=np.int64), pieces, np.empty((4, most)),
        np.empty(most, dtype=np.int64),
    )  # fmt: skip
    which, cell, areas = pieces[:, :found]
    winners = np.where(which >= 0, occupant[which], SHARED)
    settle(state, register, register.pools[cell], areas, winners)
    pool_quota(state, register)


def estate_claims(state: CityState, register: Register) -> Claims:
    """Return claims of shared estates, one for each place, to keep up with small firms."""
    places = np.arange(register.places)
    area = state.parcels.area[register.estates]
    total = area[: register.places] + area[register.places :]
    platform = np.where(places < register.districts, -1, places - register.districts)
    return Claims(
        np.full(len(places), SHARED),
        register.place_district,
        platform,
        np.asarray(total * (state.parameters["estate_growth"] / 4.0), dtype=np.float64),
        np.ones(len(places)),
    )


def settle(
    state: CityState, register: Register, sources: Integers, areas: Integers, winners: Integers
) -> None:
    """Hand over pieces of pools: estates grow, firms and projects get plots and pay."""
    parcels = state.parcels
    estate = winners == SHARED
    np.subtract.at(parcels.area, sources, areas)
    np.add.at(parcels.area, sources[estate] + register.cells, areas[estate])
    hand_over(state, sources[~estate], areas[~estate], winners[~estate])


def hand_over(state: CityState, sources: Integers, areas: Integers, winners: Integers) -> None:
    """Lay out plots whose area has left its pool (`sources`), and let their holders pay."""
    firms, parcels = state.firms, state.parcels
    lay_out(parcels, sources, areas, winners, state.parameters["new_floor_area_ratio"])
    price = areas * land_price(state, parcels.district[sources].astype(np.int64))
    firm = winners >= 0
    rows, got = winners[firm], areas[firm]
    np.add.at(firms.land_area, rows, got)
    np.subtract.at(firms.cash, rows, price[firm])
    state.ledger.pay("firms", "government", "land_sale_industrial", float(price[firm].sum()))
    state.ledger.pay("investors", "government", "land_sale_industrial", float(price[~firm].sum()))
    by_number = {HELD - p.number: p for p in state.projects}
    for winner, area in zip(winners[~firm].tolist(), areas[~firm].tolist(), strict=True):
        by_number[winner].land_got += area
    state.add("land.to_firms", float(got.sum()))
    state.add("land.to_projects", float(areas[~firm].sum()))
    code = firms.per_mu_class[rows]
    to_class = np.bincount(np.where(code < 0, 4, code), got, 5).tolist()
    for name, area in zip("ABCD", to_class[:4], strict=True):
        state.add(f"land.to_class_{name}", area)


def pool_quota(state: CityState, register: Register) -> None:
    """Let other districts give up serviced land so that large projects can be laid out at home.

    An equal area of reserve is opened in the project's district and returned to reserve in the
    others; the pools lend plots their place and keep the protection of the land given up, so that
    the unit's total stays.
    """
    share = state.terms.large_project_priority
    waiting = [p for p in state.projects if p.status == "signed" and p.land_got < p.land_needed]
    if share <= 0.0 or not waiting:
        return
    waiting.sort(key=lambda p: p.number)
    home, platform, lacking, number = np.array(
        [(p.district, p.platform, p.land_needed - p.land_got, p.number) for p in waiting]
    ).T.copy()
    pieces = np.empty((3, 2 * len(waiting)), dtype=np.int64)
    found = kernels.pooled(
        state.parcels.area, register.cell_district, register.reserve, home,
        np.where(platform < 0, home, register.districts + platform),
        np.ceil(share * lacking).astype(np.int64), state.parameters["pooled_release_rate"],
        register.places, pieces,
    )  # fmt: skip
    if found:
        pools, given, project = pieces[:, :found]
        hand_over(state, pools, given, HELD - number[project])
        state.add("land.pooled", float(given.sum()))


def lease_innovation_space(state: CityState, users: Integers | None = None) -> None:
    """Let high-tech firms and start-ups short of land take floor space on M0 land."""
    unused = unused_space(state)
    if not unused.any():
        return
    firms = state.firms
    rows, _, gap = land_gap(state, users)
    leased = kernels.lease(
        rows, gap, firms.high_tech, firms.tier, STARTUP, firms.district, unused,
        column(state, "land.leased"), np.empty(len(unused)),
    )  # fmt: skip
    state.add("land.leased", leased)


def build_upwards(state: CityState, users: Integers | None = None) -> None:
    """Raise floor space on own land without new land 零土地技改 where firms lack land.

    The chance is keyed to the firm; the firm pays the building and keeps its plot.
    """
    gain = state.terms.floor_area_gain
    if gain <= 0.0:
        return
    firms, parcels, drawn = state.firms, state.parcels, state.parameters
    rows, _, gap = land_gap(state, users)
    draw = state.random.uniforms("land/upwards", firms.firm_id[rows], state.quarter)[0]
    base = np.where(gap > 0.0, 1.0, drawn["unforced_upgrade_factor"])
    chosen = rows[draw < base * drawn["zero_land_upgrade_rate"] / 4.0]
    plots, owner = plots_of(state, chosen)
    floor = np.bincount(owner, parcels.area[plots] * parcels.floor_area_ratio[plots], len(chosen))
    cost = gain * floor * drawn["factory_building_cost"]
    able = (firms.cash[chosen] > cost) & (cost > 0.0)
    plots, chosen, cost = plots[able[owner]], chosen[able], cost[able]
    firms.cash[chosen] -= cost
    state.ledger.pay("firms", "outside", "factory_floors", float(cost.sum()))
    column(state, "land.density")[chosen] *= 1.0 + gain
    parcels.floor_area_ratio[plots] = np.minimum(
        parcels.floor_area_ratio[plots] * (1.0 + gain), drawn["highest_floor_area_ratio"]
    )
    state.add("land.zero_land_upgrades", float(len(chosen)))
