"""Moves on and off platforms: who is hit and in which order; land given back and taken, costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import platform_move_kernels as kernels
from sim.columns import column
from sim.parcels import lay_out, register_of
from sim.rows import rows_where
from sim.state import CityState, Codes, Flags, Floats, Integers

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
    mass = float((weight * area).sum())
    if mass <= 0.0:
        return np.zeros(len(area))
    return np.asarray(np.minimum(rate / 4.0 * stock / mass * weight, 0.9))


@dataclass(frozen=True)
class Users:
    """Industrial firms of the roster that hold land, by what may happen to them in a quarter."""

    low: Integers
    """Rows of low users on platforms."""
    outside: Integers
    """Rows of those outside platforms."""
    far: Integers
    """Rows of those in districts that firms relocate from."""
    area: Integers
    """Land of those on platforms by class A to D and without one, shape (5,), m2."""


def users_of_land(state: CityState, dear: Flags) -> Users:
    """Return the roster's users of land; `dear` are the districts that firms relocate from."""
    firms = state.firms
    industry = state.of_sector("industry")
    rows = rows_where(firms.alive & firms.on_roster & industry & (firms.land_area > 0))
    lists, area = np.empty((3, len(rows) + 1), dtype=np.int64), np.zeros(5, dtype=np.int64)
    numbers = kernels.open_to_moves(
        rows, firms.platform, firms.district, firms.per_mu_class, firms.land_area, LOW_USE_WEIGHT,
        dear, *lists, area,
    )  # fmt: skip
    low, outside, far = (own[:number] for own, number in zip(lists, numbers, strict=True))
    return Users(low, outside, far, area)


def hit(
    state: CityState, purpose: str, rows: Integers, hazard: Floats, by: Codes
) -> tuple[Integers, Floats]:
    """Return rows of the firms that are hit this quarter and another uniform of each.

    By rising lot: who comes first is keyed, not by row.

    Parameters
    ----------
    purpose : str
        Name of the stream within ``platforms/``.
    rows : ndarray of int, shape (firms at risk,)
    hazard : ndarray of float, shape (codes,)
        Quarterly chance by the code that the column `by` holds.
    """
    lots, others = state.random.pairs(
        f"platforms/{purpose}", state.firms.firm_id, rows, state.quarter
    )
    low = np.flatnonzero(lots < hazard.take(by.take(rows)))
    order = low[np.argsort(lots[low], kind="stable")]
    return rows[order], others[order]


def settle(
    state: CityState,
    leaving: tuple[Integers, Floats],
    inward: tuple[Integers, Floats],
    outward: tuple[Integers, Floats],
    weights: Floats,
) -> tuple[Integers, Integers]:
    """Let firms leave their platforms, then move others onto platforms, one after the other.

    Old plots go back to the pools of their place at the land price; a mover's new plot is taken
    from the pools of the new place and paid. A mover stays where no platform is within reach
    or the one it picks lacks room. Leavers and movers pay the move.

    Parameters
    ----------
    leaving, inward, outward : tuple of ndarray, shape (movers,)
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
    movers, lots = (np.concatenate(own) for own in zip(leaving, inward, outward, strict=True))
    left, paid, origin = len(leaving[0]), np.zeros(3), column(state, "platforms.origin", -1.0)
    stay = left + len(inward[0])
    first_time = origin[outward[0]] < 0.0
    target, pieces = np.empty_like(movers), np.empty((3, 2 * len(movers) + 1), dtype=np.int64)
    found = kernels.settle(
        movers, lots, left, stay, weights, city.platforms.district,
        state.arrays["platforms.gain"], city.districts.land_price_floor,
        drawn["industrial_land_price_markup"], register_of(state).places, SMALLER_PLOT,
        drawn["relocation_cost"] * max(state.terms.relocation_friction, 0.1), firms.land_area,
        firms.district, firms.platform, firms.cash, firms.capital_stock, firms.log_tfp,
        column(state, "land.density"), origin, parcels.area, parcels.district, parcels.platform,
        parcels.protected, parcels.occupant, parcels.land_class,
        np.full(firms.count, -2, dtype=np.int32), np.empty_like(parcels.occupant), target, pieces,
        paid,
    )  # fmt: skip
    returned, taken, moved = paid.tolist()
    state.ledger.pay("government", "firms", "land_buy_back", returned)
    state.ledger.pay("firms", "government", "land_sale_industrial", taken)
    state.ledger.pay("firms", "outside", "relocation_cost", moved)
    pools, areas, holders = pieces[:, :found]
    lay_out(parcels, pools, areas, holders, drawn["new_floor_area_ratio"])
    entered, relocated = target[left:stay] >= 0, target[stay:] >= 0
    state.arrays["platforms.moved"] = np.concatenate(
        [state.arrays["platforms.moved"], outward[0][relocated & first_time]]
    )
    return inward[0][entered], outward[0][relocated]
