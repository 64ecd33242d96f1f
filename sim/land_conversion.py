"""Loss of industrial land to other uses, and the dynamic balance 动态平衡 that makes it good."""

from __future__ import annotations

import numpy as np

from sim import conversion_kernels as kernels
from sim import quota_kernels
from sim.parcels import Plots, Register, city_scale, floor_cover
from sim.state import OTHER_BUILT, CityState, Integers
from sim.units import SQUARE_KILOMETRE

CONVERSION_WEIGHT = np.array([0.3, 0.7, 1.5, 2.5, 1.0, 1.0])
"""Relative hazard of conversion by class A to D, then of unclassified firms and of idle plots: low
yield goes first (prior: compensation is paid by area, so that renewal looks for cheap production).
"""


def convert(state: CityState, register: Register, plots: Plots) -> None:
    """Let urban renewal take industrial land for other uses, but never below the floor.

    Pools, estates and single plots are exposed; county and protected unit less. At the unit's
    size the urban districts lose their usual rate. Single plots go lowest lots first, while the
    floor allows.
    """
    parcels, firms, drawn = state.parcels, state.firms, state.parameters
    districts = state.city.districts
    lost = np.zeros(register.districts, dtype=np.int64)
    shared, size = 2 * register.cells, len(plots.rows)
    hit, (weight, lots) = np.empty(size, np.int64), np.empty((2, shared + size))
    found, total, left = kernels.conversions(
        plots.rows, plots.kinds, plots.industrial, shared, register.other,
        parcels.area, parcels.district, parcels.protected, districts.urban,
        drawn["county_conversion_factor"], drawn["protected_conversion_factor"],
        CONVERSION_WEIGHT, drawn["industrial_land_loss_rate"],
        state.terms.land_floor * SQUARE_KILOMETRE * city_scale(state),
        state.random.uniforms("land/conversion", plots.ids, state.quarter)[0], lost, weight, hit,
        lots,
    )  # fmt: skip
    # Plots of one firm have the same lot: they go in the order of their rows.
    order = lots[:found].argsort(kind="stable")
    paid, whole = kernels.converted(
        hit[order], left, districts.urban, OTHER_BUILT, parcels.use, parcels.area,
        parcels.district, parcels.protected, parcels.occupant, parcels.land_class,
        firms.land_area, firms.cash, districts.land_price_floor,
        drawn["industrial_land_price_markup"], lost,
    )  # fmt: skip
    total += whole
    state.ledger.pay("government", "firms", "land_compensation", paid)
    state.add("land.converted", float(total))
    state.ledger.pay("outside", "government", "land_sale_other", total * drawn["other_land_price"])
    balance(state, register, lost)


def balance(state: CityState, register: Register, lost: Integers) -> None:
    """Make good what the protected unit lost 动态平衡: at home first, else by a paid swap.

    The floor covers the units in the proportion in which it covers the stock at the start.
    """
    cover = floor_cover(state)
    if cover <= 0.0:
        return
    swapped = np.zeros((register.districts, register.districts), dtype=np.int64)
    rows, first = register.protectable
    if quota_kernels.balance(
        state.parcels.area, rows, first, register.places, cover, lost, swapped
    ):
        for buyer, seller in zip(*np.nonzero(swapped), strict=True):
            _book_swap(state, int(buyer), int(seller), int(swapped[buyer, seller]))


def _book_swap(state: CityState, buyer: int, seller: int, area: int) -> None:
    """Book a paid swap between two districts: net zero for government as a whole."""
    price = float(state.city.districts.land_price_floor[buyer])
    amount = area * price * state.parameters["industrial_land_price_markup"]
    state.ledger.pay("government", "government", "land_swap", amount)
    for district, sign in ((buyer, -1.0), (seller, 1.0)):
        key = f"land.swap_balance.{district}"
        state.memory[key] = state.memory.get(key, 0.0) + sign * amount
    state.add("land.swapped", float(area))
