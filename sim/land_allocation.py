"""Who gets land: claims of firms by class, of large projects and of estates, met from the pools.

A claim is met in proportion to its priority within each district; what large projects lack can
be pooled over the whole city: quota moves, ground does not.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import land_kernels as kernels
from sim.parcels import HELD, Register, lay_out, shortage, unused_space
from sim.state import CLASSES, STARTUP, CityState, Integers

SMALLEST_PLOT = 1000
"""m2; smaller grants are not laid out (one and a half mu)."""


def class_weights(state: CityState) -> Any:
    """Return the priority of classes A to D, of firms without one and estates, and of projects."""
    terms = state.terms
    large = state.parameters["large_project_land_weight"] * terms.large_project_priority
    return np.array([*terms.land_priority, 1.0, 1.0 + large])


def allocate(state: CityState, register: Register, users: Integers) -> None:
    """Let firms lease floor space, meet claims from the pools, and pool quota for large projects.

    An equal area of reserve is opened in the project's district and returned to reserve in those
    that give up serviced land for it; the pools lend plots their place and keep the protection of
    the land given up, so that the unit's total stays.
    """
    firms, parcels, drawn, terms = state.firms, state.parcels, state.parameters, state.terms
    price, markup = state.city.districts.land_price_floor, drawn["industrial_land_price_markup"]
    waiting = [p for p in state.projects if p.status == "signed" and p.land_got < p.land_needed]
    waiting.sort(key=lambda p: p.number)
    projects = np.array(
        [(HELD - p.number, p.district, p.platform, p.land_needed - p.land_got) for p in waiting],
        dtype=np.int64,
    ).reshape(-1, 4)
    size = len(users) + len(waiting) + register.cells
    who, wanted = np.empty((5, size), dtype=np.int64), np.empty(size)
    found, let = kernels.claims(
        *shortage(state, users), firms.high_tech, firms.tier, STARTUP, unused_space(state),
        np.empty(register.districts), np.empty(len(users)), np.empty(len(users), dtype=np.int64),
        drawn["land_claim_threshold"], drawn["first_plot_share"], firms.cash,
        drawn["land_cash_share"], price, markup, float(SMALLEST_PLOT), firms.district,
        firms.platform, firms.firm_id, firms.per_mu_class, who, wanted,
    )  # fmt: skip
    weights = class_weights(state)
    plots = np.empty((3, size + 2 * register.cells + 2 * len(waiting)), dtype=np.int64)
    bill, got = np.empty((2, plots.shape[1])), np.zeros(len(waiting), dtype=np.int64)
    to_class = np.zeros(len(CLASSES) + 1, dtype=np.int64)
    cells, first_cell = register.cells_by_district
    room = register.districts * max(len(weights), register.places - register.districts + 1) + 1
    sold, placed, lent = kernels.hand_out(
        who, wanted, found, projects, drawn["estate_growth"] / 4.0, weights, parcels.area, cells,
        first_cell, register.cell_district, register.reserve, register.places,
        drawn["land_release_rate"], drawn["estate_uptake"], SMALLEST_PLOT,
        terms.large_project_priority, drawn["pooled_release_rate"], price, markup,
        firms.land_area, firms.cash, np.empty((4, size), dtype=np.int64),
        np.empty(room, dtype=np.int64), np.empty(size, dtype=np.int64), np.empty((4, size)),
        np.empty_like(plots), plots, bill, got, to_class,
    )  # fmt: skip
    laid = sold + placed + lent
    pools, areas, occupants = plots[:, :laid]
    lay_out(parcels, pools, areas, occupants, drawn["new_floor_area_ratio"])
    for project, area in zip(waiting, got.tolist(), strict=True):
        project.land_got += area
    for payer, part in (
        ("firms", bill[0, :sold]), ("investors", bill[1, :placed]),
        ("investors", bill[1, placed : placed + lent]),
    ):  # fmt: skip
        state.ledger.pay(payer, "government", "land_sale_industrial", float(part.sum()))
    state.add("land.leased", let)
    state.add("land.to_firms", float(to_class.sum()))
    state.add("land.to_projects", float(got.sum()))
    state.add("land.pooled", float(areas[sold + placed :].sum()))
    for name, area in zip(CLASSES, to_class[:4].tolist(), strict=True):
        state.add(f"land.to_class_{name}", float(area))
