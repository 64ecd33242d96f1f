"""Moves on and off platforms: who is hit and in which order; land given back and taken, costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import platform_move_kernels as kernels
from sim.columns import column
from sim.growing import with_room
from sim.parcels import lay_out
from sim.rng import STRETCH
from sim.rows import rows_where
from sim.state import CityState, Flags, Floats, Integers

LOW_USE_WEIGHT = np.array([0.0, 0.0, 0.4, 1.0, 0.0])
"""Relative hazard of leaving a platform under consolidation by class A to D, unclassified (-1:
the last entry)."""
SMALLER_PLOT = 0.85
"""Plot after a move over plot before it: movers build denser (prior)."""


def share_of_stock(rate: float, weight: Floats, area: NDArray[Any], stock: int) -> Floats:
    """Return quarterly hazards by which `rate` of a stock of land comes free a year.

    Parameters
    ----------
    rate : float
        Share of the stock per year.
    weight : ndarray of float, shape (kinds,)
        Relative hazard of each kind of land.
    area : ndarray, shape (kinds,)
        What comes free of each kind where all of it is hit, m2.
    stock : int
        The stock, m2.

    Examples
    --------
    >>> share_of_stock(0.04, np.ones(2), np.array([25, 25]), 100).tolist()
    [0.02, 0.02]
    """
    weights, areas = weight.tolist(), area.tolist()
    mass = sum(each * own for each, own in zip(weights, areas, strict=True))
    if mass <= 0.0:
        return np.zeros(len(area))
    return np.array([min(rate / 4.0 * stock / mass * each, 0.9) for each in weights])


MOVES = ("removal", "move in", "relocation")
"""Kinds of moves, as their streams are named."""


@dataclass(frozen=True)
class Users:
    """Industrial firms of the roster that hold land, by what may happen to them in a quarter."""

    lists: Integers
    """Rows of low users on platforms, of those outside platforms, and of those in districts that
    firms relocate from, shape (3, users + 1)."""
    numbers: tuple[int, int, int]
    """How many stand on each list."""
    area: Integers
    """Land of those on platforms by class A to D and without one, shape (5,), m2."""


@dataclass(frozen=True)
class Movers:
    """Firms that are hit: those that leave platforms, then those that move in, then relocate."""

    rows: Integers
    """By rising lot within each kind: who comes first is keyed, not by row."""
    choice: Floats
    """Another uniform of each."""
    leaving: int
    """How many leave their platform."""
    inward: int
    """How many do or move onto a platform of their district."""


def users_of_land(state: CityState, dear: Flags) -> Users:
    """Return the roster's users of land; `dear` are the districts that firms relocate from."""
    firms, industry = state.firms, state.of_sector("industry")
    if state.memory.get("land.looked_at") == state.quarter:
        rows = state.arrays["land.users"]  # land's step has just found them
    else:
        rows = rows_where(firms.alive & firms.on_roster & industry)
    lists, area = np.empty((3, len(rows) + 1), dtype=np.int64), np.zeros(5, dtype=np.int64)
    numbers = kernels.open_to_moves(
        rows, firms.alive, firms.on_roster, industry, firms.platform, firms.district,
        firms.per_mu_class, firms.land_area, LOW_USE_WEIGHT, dear, *lists, area,
    )  # fmt: skip
    return Users(lists, numbers, area)


def hit(state: CityState, users: Users, hazards: tuple[Floats, Floats, Floats]) -> Movers:
    """Return who is hit this quarter, and who of them comes first.

    Parameters
    ----------
    hazards : tuple of ndarray of float
        Quarterly chances: to leave a platform by class A to D and without one (-1: the last
        entry), shape (5,); to move in and to relocate by district, shape (districts,).
    """
    firms, found, choices = state.firms, [], []
    codes, size = (firms.per_mu_class, firms.district, firms.district), users.lists.shape[1]
    (ids, low), lots = np.empty((2, size), dtype=np.int64), np.empty((2, size))
    words = np.empty((4, STRETCH), dtype=np.uint64)
    for move, own, number, code, hazard in zip(
        MOVES, users.lists, users.numbers, codes, hazards, strict=True
    ):
        several = kernels.hit(
            own[:number], firms.firm_id, code, hazard, state.quarter,
            state.random.key(f"platforms/{move}"), ids, words, low, lots,
        )  # fmt: skip
        order = lots[0, :several].argsort(kind="stable")
        found.append(low.take(order))
        choices.append(lots[1].take(order))
    leaving, entering, _ = map(len, found)
    return Movers(np.concatenate(found), np.concatenate(choices), leaving, leaving + entering)


def settle(state: CityState, movers: Movers, weights: Floats) -> tuple[Integers, Integers]:
    """Let firms leave their platforms, then move others onto platforms, one after the other.

    Old plots go back to the pools of their place at the land price; a mover's new plot is taken
    from the pools of the new place and paid. A mover stays where no platform is within reach
    or the one it picks lacks room. Leavers and movers pay the move.

    Parameters
    ----------
    movers : Movers
        Firms that give up platform and land, that move onto a platform of their district, and
        of a cheaper one, in the order in which they move, and a uniform each for the choice of
        the platform.
    weights : ndarray, shape (platforms,)
        Relative chance of each platform; over the land price for those that move outward.

    Returns
    -------
    inward, outward : ndarray of int
        Rows of those that have moved.
    """
    firms, parcels, drawn, city = state.firms, state.parcels, state.parameters, state.city
    rows, stay, origin = movers.rows, movers.inward, column(state, "platforms.origin", -1.0)
    first_time = origin[rows[stay:]] < 0.0
    target, pieces = np.empty_like(rows), np.empty((3, 2 * len(rows) + 1), dtype=np.int64)
    paid, places = np.zeros(4), len(city.districts.code) + len(city.platforms.code)
    found = kernels.settle(
        rows, movers.choice, movers.leaving, stay, weights, city.platforms.district,
        state.arrays["platforms.gain"], city.districts.land_price_floor,
        drawn["industrial_land_price_markup"], places, SMALLER_PLOT,
        drawn["relocation_cost"] * max(state.terms.relocation_friction, 0.1), firms.land_area,
        firms.district, firms.platform, firms.cash, firms.capital_stock, firms.log_tfp,
        column(state, "land.density"), origin, parcels.area, parcels.district, parcels.platform,
        parcels.protected, parcels.occupant, parcels.land_class, no_plots(state),
        np.empty_like(parcels.occupant), target, pieces, paid,
    )  # fmt: skip
    returned, taken, moved, given_up = paid.tolist()
    state.ledger.pay("government", "firms", "land_buy_back", returned)
    state.ledger.pay("firms", "government", "land_sale_industrial", taken)
    state.ledger.pay("firms", "outside", "relocation_cost", moved)
    state.add("platforms.removed_land", given_up)
    pools, areas, holders = pieces[:, :found]
    lay_out(parcels, pools, areas, holders, drawn["new_floor_area_ratio"])
    relocated = target[stay:] >= 0
    newly = rows[stay:][relocated & first_time]
    if len(newly):
        known = state.arrays["platforms.moved"]
        state.arrays["platforms.moved"] = np.concatenate((known, newly))
    return rows[movers.leaving : stay][target[movers.leaving : stay] >= 0], rows[stay:][relocated]


def no_plots(state: CityState) -> NDArray[np.int32]:
    """Return -2 for every firm, kept: the loop that moves firms leaves it as it was."""
    kept = state.buffers.get("platforms.first_plot")
    if kept is None or len(kept) < state.firms.count:
        kept = np.full(with_room(state.firms.count), -2, dtype=np.int32)
        state.buffers["platforms.first_plot"] = kept
    return kept
