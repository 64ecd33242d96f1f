"""The land register at the start: every parcel of the city, synthesised to its margins.

No parcel table of the city is public. Totals come from the member's draw of the city's past and
priors; shares by district and platform are city data; plots of above-scale firms follow their
capital with a spread of yields, and the rest of each place is shared estates, idle plots and a
pool of serviced land not yet supplied 批而未供.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.parcels import SHARED, VACANT, Register, city_scale, register_of, share_out
from sim.quota_kernels import FINEST
from sim.selection import rising
from sim.state import (
    INDUSTRIAL,
    INNOVATION,
    OTHER_BUILT,
    RESERVE,
    CityState,
    Flags,
    Floats,
    Integers,
    Parcels,
)
from sim.units import SQUARE_KILOMETRE, year_of

IDLE_PLOTS = 4
"""Idle plots per cell: enough to redevelop or convert one by one."""
LARGEST_NORM = 3.0
"""A place with few firms gives them at most this multiple of the city's land per unit of need."""


@dataclass(frozen=True)
class Margins:
    """Areas at the start, integer m2: shape (districts,) or (places,)."""

    industrial: Integers
    """Industrial and innovation-type land by district."""
    other: Integers
    reserve: Integers
    innovation: Integers
    places: Integers
    """Industrial land (without M0) by place: districts outside platforms, then platforms."""


def place_shares(
    district_share: Floats, platform_share: Floats, platform_district: Integers
) -> Floats:
    """Return each place's share of the city's industrial land, shape (places,).

    Platforms keep their published share unless they would fill more than 97 % of their
    district; the rest of a district lies outside platforms.

    Examples
    --------
    >>> place_shares(np.array([0.6, 0.4]), np.array([0.2]), np.array([0])).round(3).tolist()
    [0.4, 0.4, 0.2]
    """
    inside = np.bincount(platform_district, weights=platform_share, minlength=len(district_share))
    cap = 0.97 * district_share
    factor = np.minimum(1.0, np.divide(cap, inside, out=np.ones(len(cap)), where=inside > 0.0))
    platforms = platform_share * factor[platform_district]
    outside = district_share - inside * factor
    return np.asarray(np.concatenate([outside, platforms]))


def margins_of(state: CityState, register: Register) -> Margins:
    """Return the areas that the register reproduces, from the member's drawn totals.

    Construction land of the whole city is the drawn history's; the urban part and its
    industrial land are priors (the published denominators conflict).
    """
    city, drawn = state.city, state.parameters
    scale = city_scale(state)
    urban, share = city.districts.urban, city.districts.land_share
    unit = scale * SQUARE_KILOMETRE
    urban_share = max(float(share[urban].sum()), 1e-12)
    urban_industrial = drawn["industrial_land_2017"] * unit
    county_industrial = urban_industrial * (1.0 / drawn["industrial_land_city_share"] - 1.0)
    weights = np.where(urban, share / urban_share, share / max(1.0 - urban_share, 1e-12))
    industrial = share_out(round(urban_industrial), weights * urban)
    if not urban.all():
        industrial += share_out(round(county_industrial), weights * ~urban)
    total = state.history.at("construction_land", year_of(state.first) - 1) * scale
    urban_built = min(drawn["urban_construction_land_2017"] * unit, 0.9 * total)
    built_floor = 1.2 * industrial
    wanted = np.where(urban, urban_built, total - urban_built) * weights
    other = np.maximum(wanted, built_floor).astype(np.int64) - industrial
    innovation = np.floor(industrial * drawn["innovation_land_initial_share"]).astype(np.int64)
    shares = place_shares(
        share, city.platforms.land_share, city.platforms.district.astype(np.int64)
    )
    places = np.zeros(register.places, dtype=np.int64)
    for district in range(register.districts):
        rows = np.flatnonzero(register.place_district == district)
        places[rows] = share_out(int(industrial[district] - innovation[district]), shares[rows])
    reserve = np.floor((industrial + other) * drawn["open_land_ratio"]).astype(np.int64)
    return Margins(industrial, other, reserve, innovation, places)


def plots_of_firms(
    need: Floats, place: Integers, available: Integers, largest: float
) -> tuple[Integers, Integers]:
    """Share the land of each place among its firms in proportion to need.

    Parameters
    ----------
    need : ndarray of float, shape (firms,)
        Relative need of land, by id: who stands first gets what equals leave.
    place : ndarray of int, shape (firms,)
    available : ndarray of int, shape (places,)
        m2 for plots of single firms.
    largest : float
        Cap of m2 per unit of need, as a multiple of the mean over all places.

    Returns
    -------
    areas : ndarray of int, shape (firms,)
    left : ndarray of int, shape (places,)
        Land that the cap keeps from firms.
    """
    norm = float(available.sum()) / max(float(need.sum()), 1e-300)
    mass = np.bincount(place, need, len(available))
    given = np.minimum(available, (largest * norm * mass).astype(np.int64))
    # As :func:`sim.parcels.share_out`, all places in one order: a place's own, then by what is left
    # of a metre. Keys are whole numbers, so that last bits break no tie.
    exact = given.take(place) * (need / np.maximum(mass, 1e-300).take(place))
    areas = np.floor(exact + FINEST).astype(np.int64)
    key = np.rint((areas - exact) / FINEST) + place * (2.0 / FINEST)
    firms = np.bincount(place, minlength=len(available))
    short = given - np.bincount(place, areas, len(available)).astype(np.int64)
    short = np.minimum(np.maximum(short, 0), firms)
    areas[_first_of_places(key, place, firms, short)] += 1
    return areas, np.where(firms > 0, available - given, available)


def _first_of_places(key: Floats, place: Integers, firms: Integers, number: Integers) -> Integers:
    """Return positions of the first firms of each place by rising key, places by number.

    Parameters
    ----------
    key : ndarray, shape (firms,)
        Those of one place lie below those of the next.
    place : ndarray of int, shape (firms,)
    firms, number : ndarray of int, shape (places,)
        How many there are of each place, and how many are wanted.
    """
    # Numbers alone are sorted several times as fast as with their positions.
    begin, some = np.cumsum(firms) - firms, number > 0
    bar = np.full(len(firms), -np.inf)
    bar[some] = np.sort(key)[(begin + number)[some] - 1]
    chosen = np.flatnonzero(key <= bar.take(place))
    if len(chosen) > int(number.sum()):  # equal keys: who stands first
        order = rising(key)
        chosen = order[np.arange(len(key)) - begin.repeat(firms) < number.repeat(firms)]
    return chosen


def split_protected(areas: Integers, protected_share: Floats) -> Integers:
    """Return areas by cell: outside the unit, then inside it, shape (2 * places,)."""
    inside = np.floor(areas * protected_share).astype(np.int64)
    return np.concatenate([areas - inside, inside])


def protected_shares(places: Integers, platforms: Floats, total: float) -> Floats:
    """Return the share of each place inside the protected unit, shape (places,).

    Platforms have their own share; places outside platforms share what is needed for `total`.

    Examples
    --------
    >>> protected_shares(np.array([60, 40]), np.array([0.75]), 0.6).tolist()
    [0.5, 0.75]
    """
    outside = len(places) - len(platforms)
    inside = float((places[outside:] * platforms).sum())
    left = total * float(places.sum()) - inside
    share = min(max(left / max(float(places[:outside].sum()), 1.0), 0.0), 0.95)
    return np.concatenate([np.full(outside, share), platforms])


def landholders(state: CityState) -> Integers:
    """Return rows of above-scale industrial firms, the holders of single plots, by id."""
    firms = state.firms
    chosen = firms.alive & firms.on_roster & state.of_sector("industry")
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(firms.firm_id[rows])]


def build(state: CityState) -> Parcels:
    """Build all parcels of the city at the start quarter.

    Returns
    -------
    Parcels
        Collective rows first (see :class:`sim.parcels.Register`), then idle plots, then one
        plot for each above-scale industrial firm.
    """
    register = register_of(state)
    drawn, firms = state.parameters, state.firms
    margins = margins_of(state, register)
    idle, pool, estate, plots = _split_places(margins.places, drawn)
    rows = landholders(state)
    place = register.cell(
        firms.district[rows].astype(np.int64), firms.platform[rows], np.zeros(len(rows))
    )
    spread = state.random.normals("land/plot", firms.firm_id[rows])[0]
    need = np.maximum(firms.capital_stock[rows], 1.0) ** drawn["land_capital_elasticity"]
    need = need * np.exp(drawn["land_yield_sd"] * spread)
    areas, left = plots_of_firms(need, place, plots, LARGEST_NORM)
    estate = estate + left
    share = protected_shares(
        margins.places, state.city.platforms.protected_unit, drawn["protected_share"]
    )
    inside = state.random.uniforms("land/protected", firms.firm_id[rows])[0] < share[place]
    return _assemble(
        state,
        register,
        margins,
        split_protected(pool, share),
        split_protected(estate, share),
        split_protected(idle, share),
        (rows, areas, inside),
    )


def _split_places(
    places: Integers, drawn: Mapping[str, float]
) -> tuple[Integers, Integers, Integers, Integers]:
    """Split each place into idle plots, pool, estates and plots of firms."""
    idle = np.floor(places * drawn["idle_land_share"]).astype(np.int64)
    pool = np.floor(places * drawn["serviced_pool_share"]).astype(np.int64)
    plots = np.floor(places * drawn["land_per_above_scale_firm_share"]).astype(np.int64)
    plots = np.minimum(plots, places - idle - pool)
    return idle, pool, places - idle - pool - plots, plots


def _assemble(
    state: CityState,
    register: Register,
    margins: Margins,
    pool: Integers,
    estate: Integers,
    idle: Integers,
    plots: tuple[Integers, Integers, Flags],
) -> Parcels:
    """Put the columns together in the order of the register."""
    cells, districts = register.cells, np.arange(register.districts)
    owners, plot_areas, plot_inside = plots
    cell_platform = np.tile(
        np.concatenate(
            [np.full(register.districts, -1), np.arange(register.places - register.districts)]
        ),
        2,
    )
    cell_inside = np.arange(cells) >= register.places
    idle_cells = np.repeat(np.arange(cells), IDLE_PLOTS)
    # Equal parts, the first ones a square metre larger.
    idle_areas = ((idle[:, None] + np.arange(IDLE_PLOTS)[::-1]) // IDLE_PLOTS).ravel()
    none = np.full(register.districts, -1)
    firms = state.firms
    area = [pool, estate, margins.other, margins.reserve, margins.innovation, idle_areas]
    district: list[Integers] = [
        register.cell_district, register.cell_district, districts, districts, districts,
        register.cell_district[idle_cells], firms.district[owners].astype(np.int64),
    ]  # fmt: skip
    platform: list[Integers] = [
        cell_platform, cell_platform, none, none, none,
        cell_platform[idle_cells], firms.platform[owners].astype(np.int64),
    ]  # fmt: skip
    outside = np.zeros(3 * register.districts, dtype=bool)
    inside = [cell_inside, cell_inside, outside, cell_inside[idle_cells], plot_inside]
    use = np.full(sum(len(a) for a in area) + len(owners), INDUSTRIAL)
    use[register.other], use[register.reserve] = OTHER_BUILT, RESERVE
    use[register.innovation] = INNOVATION
    occupant = np.full(len(use), VACANT)
    occupant[register.estates] = occupant[register.innovation] = SHARED
    occupant[len(use) - len(owners) :] = owners
    ratio = np.where(use == RESERVE, 0.0, state.parameters["floor_area_ratio_2017"])
    ratio[register.pools] = 0.0
    return Parcels(
        parcel_id=np.arange(len(use), dtype=np.int64),
        area=np.concatenate([*area, plot_areas]).astype(np.int64),
        district=np.concatenate(district).astype(np.int16),
        platform=np.concatenate(platform).astype(np.int16),
        protected=np.concatenate(inside),
        use=use.astype(np.int16),
        floor_area_ratio=ratio,
        occupant=occupant.astype(np.int64),
        land_class=np.full(len(use), -1, dtype=np.int16),
    )
