"""Operations on land parcels: a fixed register of collective parcels, cuts and merges.

The first rows of the parcel table are the same in every city: for each cell (a district outside
platforms, or a platform; inside or outside the protected unit) one pool of serviced vacant land
and one shared estate of small firms, then for each district its other built land, its reserve
and its innovation-type land M0. Plots of single firms follow. Area only moves between rows, so
that the total is conserved to the square metre.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from sim import plot_kernels, quota_kernels
from sim.columns import column
from sim.selection import rising
from sim.state import (
    INDUSTRIAL,
    INNOVATION,
    USES,
    CityState,
    Codes,
    Flags,
    Floats,
    Integers,
    Parcels,
)
from sim.units import SQUARE_KILOMETRE

VACANT, SHARED = -1, -2
"""Occupants that are no firm: nobody, and the small firms of an estate."""
IDLE_KEY = 1 << 40
"""Idle plots draw under keys apart from all firm ids."""
HELD = -3
"""Occupant of land held for project number n is ``HELD - n`` until its plant stands."""


@dataclass(frozen=True)
class Register:
    """Where the collective parcels stand in the parcel table.

    Parameters
    ----------
    districts : int
        Number of districts.
    platform_district : ndarray of int, shape (platforms,)
        District of each platform.
    """

    districts: int
    platform_district: Codes

    @cached_property
    def places(self) -> int:
        """Districts outside platforms, then platforms."""
        return self.districts + len(self.platform_district)

    @cached_property
    def cells(self) -> int:
        """Places outside the protected unit, then the same places inside it."""
        return 2 * self.places

    @cached_property
    def ids(self) -> Integers:
        """Numbers of the districts, by which they draw."""
        return np.arange(self.districts)

    @cached_property
    def place_district(self) -> Integers:
        """District of each place, shape (places,)."""
        own = np.arange(self.districts)
        return np.concatenate([own, self.platform_district]).astype(np.int64)

    @cached_property
    def has_platform(self) -> Flags:
        """Whether there are platforms in a district, shape (districts,)."""
        return np.bincount(self.platform_district, minlength=self.districts) > 0

    @cached_property
    def estate_claims(self) -> Integers:
        """Occupant, district, platform and key of the estate of each place, shape (4, places)."""
        platform = np.arange(self.places) - self.districts
        shared = np.full(self.places, SHARED)
        return np.array([shared, self.place_district, np.maximum(platform, -1), shared])

    @cached_property
    def pools_by_district(self) -> tuple[Integers, Integers]:
        """Pools outside the unit, district by district: outside platforms, then its platforms'.

        Rows, shape (places,), and where each district begins, shape (districts + 1,).
        """
        order = np.argsort(self.place_district, kind="stable")
        bounds = np.arange(self.districts + 1)
        return self.pools[order], np.searchsorted(self.place_district[order], bounds)

    @cached_property
    def protectable(self) -> tuple[Integers, Integers]:
        """Pools, then estates, outside the protected unit, district by district.

        Rows, shape (2 * places,), and where each district begins, shape (districts + 1,). The
        same place inside the unit stands `places` rows further on.
        """
        pools, first = self.pools_by_district
        places = (pools[start:stop] for start, stop in itertools.pairwise(first.tolist()))
        return np.concatenate([[*own, *self.estates[own]] for own in places]), 2 * first

    @cached_property
    def cell_district(self) -> Integers:
        """District of each cell, shape (cells,)."""
        return np.tile(self.place_district, 2)

    @cached_property
    def cells_by_district(self) -> tuple[Integers, Integers]:
        """Cells, district by district, as plots are laid out: platforms first; where each begins.

        Shapes (cells,) and (districts + 1,).
        """
        cells = np.arange(self.cells)
        order = np.lexsort((cells, -(cells % self.places), self.cell_district))
        return order, np.searchsorted(self.cell_district[order], np.arange(self.districts + 1))

    @cached_property
    def pools(self) -> Integers:
        """Rows of the pools of serviced vacant land, shape (cells,)."""
        return np.arange(self.cells)

    @cached_property
    def estates(self) -> Integers:
        """Rows of the shared estates, shape (cells,)."""
        return self.cells + np.arange(self.cells)

    @cached_property
    def other(self) -> Integers:
        """Rows of other built land, shape (districts,)."""
        return 2 * self.cells + np.arange(self.districts)

    @cached_property
    def reserve(self) -> Integers:
        """Rows of land reserved for later building, shape (districts,)."""
        return 2 * self.cells + self.districts + np.arange(self.districts)

    @cached_property
    def innovation(self) -> Integers:
        """Rows of innovation-type land M0, shape (districts,)."""
        return 2 * self.cells + 2 * self.districts + np.arange(self.districts)

    @cached_property
    def plots(self) -> int:
        """First row of the plots of single firms."""
        return 2 * self.cells + 3 * self.districts

    def cell(self, district: Any, platform: Any, protected: Any) -> Integers:
        """Return the cell of a district, platform (-1 none) and protection."""
        place = np.where(np.asarray(platform) < 0, district, self.districts + np.asarray(platform))
        return np.asarray(place + self.places * np.asarray(protected, dtype=np.int64))


@dataclass(frozen=True)
class Plots:
    """Plots of firms and of nobody in industrial use, and land by district, in a quarter."""

    rows: Integers
    """Parcels, shape (plots,)."""
    ids: Integers
    """Ids under which they draw: their holder's, an idle plot its own."""
    kinds: Integers
    """Class A to D of the holder (0 to 3), 4 without one; 5 of an idle plot."""
    by_kind: Integers
    """m2 by kind, shape (6,)."""
    industrial: Integers
    """Industrial land of each district, pools, estates and land M0 included, m2."""


def register_of(state: CityState) -> Register:
    """Return the register of the state's city."""
    city = state.city
    return _register(len(city.districts.code), tuple(city.platforms.district.tolist()))


@lru_cache(maxsize=8)
def _register(districts: int, platform_district: tuple[int, ...]) -> Register:
    """Keep the register of a city, so that its rows are laid out once per process."""
    return Register(districts, np.array(platform_district, dtype=np.int16))


SHORT_LIST = 64
"""Lists up to this length are split by the compiled loop."""


def share_out(total: int, weights: Floats) -> Integers:
    """Split an integer in proportion to weights, exactly (largest remainders).

    Parameters
    ----------
    total : int
        What is split, at least 0.
    weights : ndarray of float, shape (n,)
        Not negative; all zero splits nothing.

    Examples
    --------
    >>> share_out(10, np.array([1.0, 1.0, 1.0])).tolist()
    [4, 3, 3]
    """
    mass = float(weights.sum())
    if mass <= 0.0 or total <= 0:
        return np.zeros(len(weights), dtype=np.int64)
    if len(weights) <= SHORT_LIST:
        parts = np.empty(len(weights), dtype=np.int64)
        quota_kernels.share_out(
            total, weights, 0, len(weights), mass, parts, np.empty(len(weights))
        )  # fmt: skip
        return parts
    exact = total * (weights / mass)
    parts = np.floor(exact + quota_kernels.FINEST).astype(np.int64)
    left = int(total - parts.sum())
    parts[rising(np.rint((parts - exact) / quota_kernels.FINEST))[:left]] += 1
    return parts


def move_area(parcels: Parcels, source: int, target: int, area: int) -> int:
    """Move area between two rows and return what was moved (no more than the source has)."""
    moved = max(min(int(area), int(parcels.area[source])), 0)
    parcels.area[source] -= moved
    parcels.area[target] += moved
    return moved


def lay_out(
    parcels: Parcels, sources: Integers, areas: Integers, occupants: Integers, ratio: float
) -> None:
    """Add rows for plots whose area has left their pools; they keep place, protection and use.

    Parameters
    ----------
    sources : ndarray of int, shape (plots,)
        Rows of the pools.
    areas : ndarray of int, shape (plots,)
        Square metres.
    occupants : ndarray of int, shape (plots,)
        Row of the firm, or ``HELD - number`` of a project.
    ratio : float
        Floor-area ratio to be built.
    """
    if len(sources) == 0:
        return
    rows: dict[str, Any] = {
        "parcel_id": len(parcels.area) + np.arange(len(sources)),
        "area": areas,
        "district": parcels.district.take(sources),
        "platform": parcels.platform.take(sources),
        "protected": parcels.protected.take(sources),
        "use": INDUSTRIAL,
        "floor_area_ratio": ratio,
        "occupant": occupants,
        "land_class": -1,
    }
    parcels.append(rows)


def city_scale(state: CityState) -> float:
    """Return the size of the simulated city, 1.0 for one record per real firm."""
    return state.scale


def platform_preference(state: CityState) -> Floats:
    """Return weights of platforms for new land, plants and movers: size, tilted to corridors.

    Corridors are the zones that the plan names, all but single towns (clause 9).
    """
    platforms = state.city.platforms
    tilt = state.terms.spatial_focus * _corridors(tuple(platforms.zone))
    return np.asarray(platforms.land_share * (1.0 + tilt))


@lru_cache(maxsize=8)
def _corridors(zones: tuple[str, ...]) -> Floats:
    """Return 1.0 for platforms in a corridor, else 0.0."""
    return np.array([zone not in ("", "town") for zone in zones], dtype=np.float64)


def survey(state: CityState) -> tuple[Integers, Floats]:
    """Return area by use, district and protection, shape (uses, districts, 2), m2, and its sums.

    The sums are listed in :func:`sim.plot_kernels.survey`.
    """
    parcels, urban = state.parcels, state.city.districts.urban
    table = np.zeros((len(USES), len(urban), 2), dtype=np.int64)
    sums = np.empty(2 * len(USES) + 2 + len(urban))
    plot_kernels.survey(
        parcels.use, parcels.district, parcels.protected, parcels.occupant, parcels.area,
        parcels.floor_area_ratio, urban, table, sums,
    )  # fmt: skip
    return table, sums


def industrial_table(state: CityState) -> Integers:
    """Return industrial land by district and protection, innovation-type M0 included, m2."""
    table, _ = survey(state)
    return np.asarray(table[INDUSTRIAL] + table[INNOVATION])


def unused_space(state: CityState) -> Floats:
    """Return floor space on innovation-type land M0 that is not let, by district, m2."""
    key, districts = "land.innovation_unused", len(state.city.districts.code)
    if key not in state.arrays:
        state.arrays[key] = np.zeros(districts)
    return state.arrays[key]


def shortage(state: CityState, users: Integers) -> tuple[Any, ...]:
    """Return what loops need to know what landholders (rows among `users`) lack.

    Need is capital over the density the firm was laid out for; density rises with the trend of
    denser building and with upgrades on own land (:func:`sim.plot_parts.lacking`).
    """
    firms, drawn = state.firms, state.parameters
    years = (state.quarter - state.first + 1) / 4.0
    return (
        users, firms.capital_stock, firms.land_area, column(state, "land.leased"),
        column(state, "land.density"), float(np.exp(drawn["land_density_trend"] * years)),
        1.0 + 0.5 * drawn["land_slack"],
    )  # fmt: skip


def floor_cover(state: CityState) -> float:
    """Return the degree to which the land floor is in force for protected units, 0 to 1.

    One once the floor reaches a declared share of the stock at the start.
    """
    start = state.memory["land.urban_industrial_start"]
    floor = state.terms.land_floor * SQUARE_KILOMETRE * city_scale(state)
    return min(1.0, floor / max(state.parameters["land_balance_reach"] * start, 1.0))


def area_of_firms(parcels: Parcels, firms: int) -> Integers:
    """Return the area held by each firm row, shape (firms,), m2."""
    held = parcels.occupant >= 0
    # Areas stay far below 2**53, so that the sums in floating point are exact.
    return np.bincount(parcels.occupant[held], weights=parcels.area[held], minlength=firms).astype(
        np.int64
    )
