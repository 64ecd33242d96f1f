"""Moves on and off platforms: who is hit, what room there is, land given back and taken, costs."""

from __future__ import annotations

import numpy as np

from sim import platform_kernels as kernels
from sim.columns import column
from sim.parcels import Register, lay_out, pay_for_land, plots_of, return_to_pool
from sim.state import CityState, Flags, Floats, Integers

SMALLER_PLOT = 0.85
"""Plot after a move over plot before it: movers build denser (prior)."""


def share_of_stock(
    rate: float, weight: Floats, area: Integers, yielded: Floats, stock: int
) -> Floats:
    """Return quarterly hazards by which `rate` of a stock of land comes free a year.

    Parameters
    ----------
    rate : float
        Share of the stock per year.
    weight : ndarray of float, shape (plots,)
        Relative hazard.
    area : ndarray of int, shape (plots,)
    yielded : ndarray of float, shape (plots,)
        Share of the plot that comes free when it is hit.
    stock : int
        The stock, m2.

    Examples
    --------
    >>> share_of_stock(0.04, np.ones(2), np.array([50, 50]), np.array([0.5, 0.5]), 100).tolist()
    [0.02, 0.02]
    """
    mass = float((weight * area * yielded).sum())
    if mass <= 0.0:
        return np.zeros(len(area))
    return np.asarray(np.minimum(rate / 4.0 * stock / mass * weight, 0.9))


def in_order(draw: Floats, chosen: Flags) -> Integers:
    """Return positions of the chosen by rising draw: who comes first is keyed, not by row.

    Examples
    --------
    >>> in_order(np.array([0.3, 0.1, 0.2]), np.array([True, True, False])).tolist()
    [1, 0]
    """
    where = np.flatnonzero(chosen)
    return where[np.argsort(draw[where], kind="stable")]


def resettle(
    state: CityState, register: Register, rows: Integers, lots: Floats, weights: Floats,
    reachable: Flags,
) -> Integers:  # fmt: skip
    """Move firms with their land to platforms, one after the other; return where each went.

    The old plots go back to the pool of their place at the land price; the new plot is taken
    from the pools of the new place and paid. A firm stays where no platform is within reach or
    the chosen one lacks room.

    Parameters
    ----------
    rows : ndarray of int, shape (movers,)
        In the order in which they move.
    lots : ndarray, shape (movers,)
        A uniform each, for the choice of the platform.
    weights : ndarray, shape (platforms,)
        Relative chance of each platform.
    reachable : ndarray of bool, shape (districts, platforms)
        Which platforms firms of a district move to.

    Returns
    -------
    ndarray of int, shape (movers,)
        Platform, -1 of those that stay.
    """
    firms, parcels, drawn = state.firms, state.parcels, state.parameters
    target = np.full(len(rows), -1)
    if len(rows) == 0 or len(weights) == 0:
        return target
    order = np.argsort(rows)
    plots, place = plots_of(state, rows[order])
    by_owner = np.argsort(place, kind="stable")
    first = np.searchsorted(place[by_owner], np.arange(len(rows) + 1))
    pieces, paid = np.empty((3, 2 * len(rows)), dtype=np.int64), np.zeros(3)
    found = kernels.resettle(
        rows, lots, np.argsort(order), plots[by_owner], first, weights, reachable,
        state.city.platforms.district, state.arrays["platforms.gain"],
        state.city.districts.land_price_floor, drawn["industrial_land_price_markup"],
        register.places, SMALLER_PLOT, _cost_of_moving(state), firms.land_area, firms.district,
        firms.platform, firms.cash, firms.capital_stock, firms.log_tfp,
        column(state, "land.density"), parcels.area, parcels.district, parcels.platform,
        parcels.protected, parcels.occupant, parcels.land_class, target, pieces, paid,
    )  # fmt: skip
    returned, taken, moved = paid.tolist()
    state.ledger.pay("government", "firms", "land_buy_back", returned)
    state.ledger.pay("firms", "government", "land_sale_industrial", taken)
    state.ledger.pay("firms", "outside", "relocation_cost", moved)
    pools, areas, holders = pieces[:, :found]
    lay_out(parcels, pools, areas, holders, drawn["new_floor_area_ratio"])
    return target


def _cost_of_moving(state: CityState) -> float:
    """Return the cost of a move over the firm's capital."""
    return state.parameters["relocation_cost"] * max(state.terms.relocation_friction, 0.1)


def leave_platforms(state: CityState, rows: Integers) -> None:
    """Take firms off their platforms, with what nearness was worth, and let them pay the move."""
    firms = state.firms
    firms.log_tfp[rows] -= state.arrays["platforms.gain"][firms.platform[rows]]
    firms.platform[rows] = -1
    cost = _cost_of_moving(state) * firms.capital_stock[rows]
    cost = np.minimum(cost, np.maximum(firms.cash[rows], 0.0))
    firms.cash[rows] -= cost
    state.ledger.pay("firms", "outside", "relocation_cost", float(cost.sum()))


def leave_land(state: CityState, register: Register, rows: Integers) -> None:
    """Give the firms' plots back to the pools of their place; government pays the land price."""
    firms, parcels = state.firms, state.parcels
    plots, _ = plots_of(state, np.sort(rows))
    areas = parcels.area[plots]
    pay_for_land(state, parcels.occupant[plots], plots, areas, "land_buy_back")
    return_to_pool(parcels, register, plots, areas)
    parcels.occupant[plots], parcels.land_class[plots] = -1, -1
    firms.land_area[rows] = 0
