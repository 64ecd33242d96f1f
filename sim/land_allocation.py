"""Who gets land: claims of firms by class, of large projects and of estates, met from the pools.

A claim is met in proportion to its priority within each district; what large projects lack can
be pooled over the whole city: quota moves, ground does not.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim import land_kernels as kernels
from sim import quota_kernels
from sim.parcels import HELD, Register, lay_out, shortage, unused_space
from sim.state import CLASSES, STARTUP, CityState, Floats, Integers

SMALLEST_PLOT = 1000
"""m2; smaller grants are not laid out (one and a half mu)."""


def allocate(state: CityState, register: Register, users: Integers) -> Integers:
    """Let firms lease floor space, and meet the claims of all from the pools, district by district.

    Plots of a district lie platform by platform, and by ids: where firms stand means nothing.
    Return the rows of the users that may lack land afterwards.
    """
    parcels, drawn = state.parcels, state.parameters
    waiting = [p for p in state.projects if p.status == "signed" and p.land_got < p.land_needed]
    who, (asked, weight), lacking = claims(state, register, users, waiting)
    occupant, district, platform, key = who
    # Codes of 16 bits: numpy puts them in order by counting.
    where, on = district.astype(np.int16), platform.astype(np.int16)
    by_weight, by_place = np.lexsort((-weight, where)), np.lexsort((key, -on, where))
    size = max(len(asked), register.cells)
    pieces = np.empty((3, len(asked) + register.cells), dtype=np.int64)
    granted = np.zeros(len(asked), dtype=np.int64)
    found = kernels.hand_out(
        district, asked, weight, occupant <= HELD, by_weight, by_place, parcels.area,
        *register.cells_by_district, drawn["land_release_rate"], drawn["estate_uptake"],
        SMALLEST_PLOT, granted, pieces, np.empty((2, size)), np.empty(size, dtype=np.int64),
    )  # fmt: skip
    pieces = pieces[:, :found]
    pieces[0] = occupant.take(pieces[0])
    first = len(asked) - register.places - len(waiting)  # projects stand between firms and estates
    for project, area in zip(waiting, granted[first:].tolist(), strict=False):
        project.land_got += area
    pooled = pool_quota(state, register, waiting)
    settle(state, register, np.concatenate((pieces, pooled), axis=1))
    return lacking


def claims(
    state: CityState, register: Register, users: Integers, waiting: list[Any]
) -> tuple[Integers, Floats, Integers]:
    """Let floor space, and return the claims of firms, of projects that wait, and of estates.

    Landholders that lack land and newcomers claim what they can pay; the estate of each place
    claims what lets it keep up with small firms.

    Returns
    -------
    who : ndarray of int, shape (4, claims)
        Occupant (row of the firm, ``HELD - number`` of a project, SHARED of an estate), district,
        platform and key by which plots are laid out.
    asked : ndarray of float, shape (2, claims)
        m2 and priority.
    lacking : ndarray of int, shape (firms,)
        Rows of landholders that lack land, and of newcomers.
    """
    firms, drawn, terms = state.firms, state.parameters, state.terms
    room = len(users) + len(waiting) + register.places + 1
    who, asked = np.empty((4, room), dtype=np.int64), np.empty((2, room))
    projects = np.empty((4, len(waiting)), dtype=np.int64)
    for k, project in enumerate(waiting):
        projects[0, k], projects[1, k] = HELD - project.number, project.district
        projects[2, k], projects[3, k] = project.platform, project.land_needed - project.land_got
    lacking, fresh = np.empty((2, len(users)), dtype=np.int64)
    found, let, short = kernels.claims(
        *shortage(state, users), firms.high_tech, firms.tier, STARTUP, unused_space(state),
        np.empty(register.districts), np.empty(len(users)), fresh, lacking,
        drawn["land_claim_threshold"], drawn["first_plot_share"], firms.cash,
        drawn["land_cash_share"], state.city.districts.land_price_floor,
        drawn["industrial_land_price_markup"], float(SMALLEST_PLOT), firms.district,
        firms.platform, firms.firm_id, firms.per_mu_class, np.array([*terms.land_priority, 1.0]),
        projects, 1.0 + drawn["large_project_land_weight"] * terms.large_project_priority,
        register.estate_claims, state.parcels.area, drawn["estate_growth"] / 4.0, who, asked,
    )  # fmt: skip
    state.add("land.leased", let)
    return who[:, :found], asked[:, :found], lacking[:short]


def settle(state: CityState, register: Register, pieces: Integers) -> None:
    """Hand over pieces of pools: occupant, pool and m2 (:func:`sim.land_kernels.settle`)."""
    firms, parcels, drawn = state.firms, state.parcels, state.parameters
    to_class = np.zeros(len(CLASSES) + 1, dtype=np.int64)
    plots, placed, paid, invested = kernels.settle(
        pieces, register.cells, parcels.area, register.cell_district,
        state.city.districts.land_price_floor, drawn["industrial_land_price_markup"],
        firms.per_mu_class, firms.land_area, firms.cash, to_class,
    )  # fmt: skip
    owners, pools, areas = pieces[:, :plots]
    lay_out(parcels, pools, areas, owners, drawn["new_floor_area_ratio"])
    state.ledger.pay("firms", "government", "land_sale_industrial", paid)
    state.ledger.pay("investors", "government", "land_sale_industrial", invested)
    *by_class, without = to_class.tolist()
    state.add("land.to_firms", float(sum(by_class) + without))
    state.add("land.to_projects", float(placed))
    for name, area in zip(CLASSES, by_class, strict=True):
        state.add(f"land.to_class_{name}", float(area))


def pool_quota(state: CityState, register: Register, waiting: list[Any]) -> Integers:
    """Let other districts give up serviced land so that large projects can be laid out at home.

    An equal area of reserve is opened in the project's district and returned to reserve in the
    others; the pools lend plots their place and keep the protection of the land given up, so that
    the unit's total stays.

    Returns
    -------
    ndarray of int, shape (3, pieces)
        Occupant, pool and m2 of each plot.
    """
    share = state.terms.large_project_priority
    lacking = [p for p in waiting if p.land_got < p.land_needed]
    pieces = np.empty((3, 2 * len(lacking)), dtype=np.int64)
    if share <= 0.0 or not lacking:
        return pieces[:, :0]
    lacking.sort(key=lambda p: p.number)
    table = [
        (
            HELD - p.number,
            p.district,
            p.district if p.platform < 0 else register.districts + p.platform,
            math.ceil(share * (p.land_needed - p.land_got)),
        )
        for p in lacking
    ]
    occupant, home, place, asked = np.array(table, dtype=np.int64).T.copy()
    found = quota_kernels.pooled(
        state.parcels.area, register.cell_district, register.reserve, home, place, asked,
        state.parameters["pooled_release_rate"], register.places, pieces,
    )  # fmt: skip
    pieces = pieces[:, :found]
    for k, area in zip(pieces[0].tolist(), pieces[2].tolist(), strict=True):
        lacking[k].land_got += area
    pieces[0] = occupant.take(pieces[0])
    if found:
        state.add("land.pooled", float(pieces[2].sum()))
    return pieces
