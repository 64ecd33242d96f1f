"""Loss of industrial land to other uses, and the dynamic balance 动态平衡 that makes it good."""

from __future__ import annotations

import numpy as np

from sim import plot_kernels as kernels
from sim.land_kernels import move_down, protect
from sim.parcels import (
    IDLE_KEY,
    Register,
    city_scale,
    floor_cover,
    pay_for_land,
    urban_industrial_area,
)
from sim.state import OTHER_BUILT, CityState, Floats, Integers
from sim.units import SQUARE_KILOMETRE

CONVERSION_WEIGHT = np.array([0.3, 0.7, 1.5, 2.5, 1.0])
"""Relative hazard of conversion by class A to D, then unclassified: low yield goes first (prior:
compensation is paid by area, so that renewal looks for cheap production)."""


def convert(state: CityState, register: Register) -> None:
    """Let urban renewal take industrial land for other uses, but never below the floor."""
    floor = state.terms.land_floor * SQUARE_KILOMETRE * city_scale(state)
    allowance = urban_industrial_area(state) - floor if floor > 0.0 else float("inf")
    weight, unit = _hazards(state, register)
    lost = np.zeros(register.districts, dtype=np.int64)
    shared = _convert_shared(state, register, unit * weight, max(allowance, 0.0), lost)
    left = max(allowance - shared[0], 0.0)
    total = shared[1] + _convert_plots(state, register, weight, unit, left, lost)
    state.add("land.converted", float(total))
    state.ledger.pay(
        "outside", "government", "land_sale_other", total * state.parameters["other_land_price"]
    )
    balance(state, register, lost)


def unit_hazard(mass: float, total: float, rate: float) -> float:
    """Return the quarterly hazard per unit of weight so that `rate` of the counted land goes.

    Parameters
    ----------
    mass, total : float
        Sum of weight times area, and of area.
    rate : float
        Share a year.

    Examples
    --------
    >>> unit_hazard(40.0, 40.0, 0.04)
    0.01
    """
    return rate / 4.0 * total / mass if mass > 0.0 else 0.0


def _hazards(state: CityState, register: Register) -> tuple[Floats, float]:
    """Return each parcel's relative hazard, shape (parcels,), and the hazard per unit of it.

    Pools, estates and single plots are exposed; county and protected unit less. At the unit's
    size the urban districts lose their usual rate.
    """
    parcels, drawn = state.parcels, state.parameters
    weight = np.empty(len(parcels.area))
    mass, total = kernels.exposed(
        2 * register.cells, register.plots, parcels.use, parcels.area, parcels.occupant,
        parcels.district, parcels.protected, state.firms.per_mu_class, state.city.districts.urban,
        drawn["county_conversion_factor"], drawn["protected_conversion_factor"],
        CONVERSION_WEIGHT, weight,
    )  # fmt: skip
    return weight, unit_hazard(mass, total, drawn["industrial_land_loss_rate"])


def _convert_shared(
    state: CityState, register: Register, hazard: Floats, allowance: float, lost: Integers
) -> tuple[int, int]:
    """Convert a slice of pools and estates; return (urban, all) area converted.

    What the protected unit of each district loses is added to `lost`.
    """
    parcels, shared = state.parcels, slice(0, 2 * register.cells)
    district = parcels.district[shared].astype(np.int64)
    urban = state.city.districts.urban[district]
    wanted = np.floor(parcels.area[shared] * hazard[shared])
    asked = float(wanted[urban].sum())
    factor = min(1.0, allowance / asked) if asked > 0.0 else 1.0
    areas = np.floor(np.where(urban, factor, 1.0) * wanted).astype(np.int64)
    parcels.area[shared] -= areas
    np.add.at(parcels.area, register.other[district], areas)
    inside = parcels.protected[shared]
    np.add.at(lost, district[inside], areas[inside])
    return int(areas[urban].sum()), int(areas.sum())


def _convert_plots(
    state: CityState, register: Register, weight: Floats, unit: float, allowance: float,
    lost: Integers,
) -> int:  # fmt: skip
    """Convert single plots, lowest draws first, while the allowance lasts; return the area.

    What the protected unit of each district loses is added to `lost`.
    """
    parcels, firms = state.parcels, state.firms
    rows, draw = np.empty(len(weight), dtype=np.int64), np.empty(len(weight))
    found = kernels.conversions(
        register.plots, parcels.occupant, parcels.parcel_id, firms.firm_id, IDLE_KEY, weight,
        unit, state.quarter, state.random.key("land/conversion"), rows, draw,
    )  # fmt: skip
    rows = rows[:found][np.lexsort((rows[:found], draw[:found]))]
    taken = np.empty((3, found), dtype=np.int64)
    found, whole = kernels.converted(
        rows, allowance, state.city.districts.urban, OTHER_BUILT, parcels.use, parcels.area,
        parcels.district, parcels.protected, parcels.occupant, parcels.land_class,
        firms.land_area, lost, taken,
    )  # fmt: skip
    rows, areas, holders = taken[:, :found]
    pay_for_land(state, holders, rows, areas, "land_compensation")
    return int(whole)


def balance(state: CityState, register: Register, lost: Integers) -> None:
    """Make good what the protected unit lost 动态平衡: at home first, else by a paid swap.

    The floor covers the units in the proportion in which it covers the stock at the start.
    """
    cover = floor_cover(state)
    if cover <= 0.0:
        return
    short = np.ceil(np.maximum(lost, 0) * cover).astype(np.int64)
    rows, first = register.protectable
    area = state.parcels.area
    protect(area, rows, first, register.places, short)
    for district in np.flatnonzero(short > 0).tolist():
        for other in range(register.districts):
            own = rows[first[other] : first[other + 1]]
            found = int(move_down(area, own, own + register.places, short[district]))
            short[district] -= found
            _book_swap(state, district, other, found)


def _book_swap(state: CityState, buyer: int, seller: int, area: int) -> None:
    """Book a paid swap between two districts: net zero for government as a whole."""
    if area <= 0:
        return
    price = float(state.city.districts.land_price_floor[buyer])
    amount = area * price * state.parameters["industrial_land_price_markup"]
    state.ledger.pay("government", "government", "land_swap", amount)
    for district, sign in ((buyer, -1.0), (seller, 1.0)):
        key = f"land.swap_balance.{district}"
        state.memory[key] = state.memory.get(key, 0.0) + sign * amount
    state.add("land.swapped", float(area))
