"""Loss of industrial land to other uses, and the dynamic balance 动态平衡 that makes it good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.parcels import (
    VACANT,
    Register,
    city_scale,
    floor_cover,
    land_table,
    move_area,
    pay_for_land,
    single_plots,
    urban_industrial_area,
)
from sim.state import INDUSTRIAL, INNOVATION, OTHER_BUILT, CityState, Flags, Floats, Integers
from sim.units import SQUARE_KILOMETRE

CONVERSION_WEIGHT = np.array([0.3, 0.7, 1.5, 2.5, 1.0])
"""Relative hazard of conversion by class A to D, then unclassified: low yield goes first (prior:
compensation is paid by area, so that renewal looks for cheap production)."""


def convert(state: CityState, register: Register) -> None:
    """Let urban renewal take industrial land for other uses, but never below the floor."""
    floor = state.terms.land_floor * SQUARE_KILOMETRE * city_scale(state)
    allowance = urban_industrial_area(state) - floor if floor > 0.0 else float("inf")
    before = protected_by_district(state, register)
    exposed = _exposed(state, register)
    unit = _unit_of_city(state, exposed)
    shared = _convert_shared(state, register, exposed, unit, max(allowance, 0.0))
    plots = _convert_plots(state, exposed, unit, max(allowance - shared[0], 0.0))
    lost = before - protected_by_district(state, register)
    total = shared[1] + plots
    state.add("land.converted", float(total))
    state.ledger.pay(
        "outside", "government", "land_sale_other", total * state.parameters["other_land_price"]
    )
    balance(state, register, lost)


@dataclass(frozen=True)
class Exposed:
    """Parcels that may be converted: shared ones first, then single plots; shape (parcels,)."""

    rows: Integers
    district: Integers
    urban: Flags
    weight: Floats
    """Relative hazard."""
    shared: int
    """How many are pools or estates."""
    key: Integers
    """Keys of the plots' draws, shape (plots,)."""


def _exposed(state: CityState, register: Register) -> Exposed:
    plots, code, key = single_plots(state, register)
    rows = np.concatenate([register.pools, register.estates, plots])
    shared = len(rows) - len(plots)
    district = state.parcels.district[rows].astype(np.int64)
    urban = state.city.districts.urban[district]
    weight = place_weight(state, urban, state.parcels.protected[rows])
    weight[shared:] *= CONVERSION_WEIGHT[code]
    return Exposed(rows, district, urban, weight, shared, key)


def place_weight(state: CityState, urban: Flags, protected: Flags) -> Floats:
    """Return the relative hazard of conversion by place: county and protected unit less."""
    drawn = state.parameters
    weight = np.where(urban, 1.0, drawn["county_conversion_factor"])
    return np.asarray(weight * np.where(protected, drawn["protected_conversion_factor"], 1.0))


def unit_hazard(weight: Floats, area: Integers, counted: Flags, rate: float) -> float:
    """Return the quarterly hazard per unit of weight so that `rate` of the counted land goes.

    Examples
    --------
    >>> area = np.array([30, 10])
    >>> unit_hazard(np.array([1.0, 1.0]), area, np.array([True, True]), 0.04)
    0.01
    """
    mass = float((weight * area)[counted].sum())
    return rate / 4.0 * float(area[counted].sum()) / mass if mass > 0.0 else 0.0


def _unit_of_city(state: CityState, exposed: Exposed) -> float:
    """Return the hazard per unit of weight at which the urban districts lose their usual rate."""
    rate = state.parameters["industrial_land_loss_rate"]
    return unit_hazard(exposed.weight, state.parcels.area[exposed.rows], exposed.urban, rate)


def _convert_shared(
    state: CityState, register: Register, exposed: Exposed, unit: float, allowance: float
) -> tuple[int, int]:
    """Convert a slice of pools and estates; return (urban, all) area converted."""
    parcels, shared = state.parcels, exposed.shared
    rows, urban = exposed.rows[:shared], exposed.urban[:shared]
    wanted = np.floor(parcels.area[rows] * unit * exposed.weight[:shared])
    asked = float(wanted[urban].sum())
    factor = min(1.0, allowance / asked) if asked > 0.0 else 1.0
    areas = np.floor(np.where(urban, factor, 1.0) * wanted).astype(np.int64)
    parcels.area[rows] -= areas
    np.add.at(parcels.area, register.other[exposed.district[:shared]], areas)
    return int(areas[urban].sum()), int(areas.sum())


def _convert_plots(state: CityState, exposed: Exposed, unit: float, allowance: float) -> int:
    """Convert single plots, lowest draws first, while the allowance lasts; return the area."""
    parcels, firms = state.parcels, state.firms
    hazard = unit * exposed.weight[exposed.shared :]
    draw = state.random.uniforms("land/conversion", exposed.key, state.quarter)[0]
    hit = np.flatnonzero(draw < hazard)
    rows = exposed.rows[exposed.shared + hit]
    order = np.lexsort((rows, draw[hit]))
    rows, urban = rows[order], exposed.urban[exposed.shared + hit[order]]
    taken = np.cumsum(np.where(urban, parcels.area[rows], 0)) <= allowance
    rows = rows[taken | ~urban]
    owner = parcels.occupant[rows]
    held = owner >= 0
    areas = parcels.area[rows]
    pay_for_land(state, owner[held], rows[held], areas[held], "land_compensation")
    np.subtract.at(firms.land_area, owner[held], areas[held])
    parcels.use[rows], parcels.occupant[rows] = OTHER_BUILT, VACANT
    parcels.protected[rows], parcels.land_class[rows] = False, -1
    return int(areas.sum())


def protected_by_district(state: CityState, register: Register) -> Integers:
    """Return industrial land inside the protected unit by district, m2."""
    return np.asarray(land_table(state)[[INDUSTRIAL, INNOVATION], :, 1].sum(axis=0))


def balance(state: CityState, register: Register, lost: Integers) -> None:
    """Make good what the protected unit lost 动态平衡: at home first, else by a paid swap.

    The floor covers the units in the proportion in which it covers the stock at the start.
    """
    cover = floor_cover(state)
    if cover <= 0.0:
        return
    short = np.ceil(np.maximum(lost, 0) * cover).astype(np.int64)
    for district in range(register.districts):
        short[district] -= _designate(state, register, district, int(short[district]))
    for district in np.flatnonzero(short > 0).tolist():
        for other in range(register.districts):
            found = _designate(state, register, other, int(short[district]))
            short[district] -= found
            _book_swap(state, district, other, found)


def _designate(state: CityState, register: Register, district: int, area: int) -> int:
    """Take pools, then estates, of a district into the protected unit; return the area."""
    left = area
    for rows in (register.pools, register.estates):
        for cell in np.flatnonzero(register.cell_district[: register.places] == district):
            if left <= 0:
                return area
            left -= move_area(
                state.parcels, int(rows[cell]), int(rows[cell + register.places]), left
            )
    return area - left


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
