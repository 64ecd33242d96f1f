"""Initial population: one record per firm, synthesised to the margins of the start year.

Structure that no table gives (sizes by sector, dispersion, places) comes from the nearest real
margins; every firm's attributes are keyed random numbers of its id, so that the same firm is
born in every scenario. Totals are the member's own draw of the city's history: the uncertainty
of the start is part of the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from sim import population_kernels as kernels
from sim.city import City, Giant
from sim.inversion import to_normal
from sim.margins import (
    largest_remainder,
    scale_above,
    shift_of_odds,
    sums_of_stretches,
)
from sim.rng import KeyedRandom
from sim.selection_kernels import place_lots
from sim.state import Firms, Floats, Integers
from sim.units import WAN_YUAN, YUAN, year_of

if TYPE_CHECKING:
    from sim.outside import History

THRESHOLD = 2000 * WAN_YUAN
"""Above-scale threshold 规上: 20 million yuan of annual main revenue since 2011."""
TYPICAL_SERVICE, SMALLEST_SALES = 40e6 * YUAN, 1e5 * YUAN
"""Median yearly sales of service firms (prior); sales below which size counts no less, yuan."""
LAST_GROWTH, LAST_GROWTH_SD = 0.05, 0.20
"""Sales growth of single firms in the year before the start, log: mean, and the spread that a
year of the model's own shocks has at their central size."""
DRAWN = frozenset({
    "firm_id", "sector", "district", "platform", "birth_quarter", "employees", "capital_stock",
    "log_tfp", "real_output", "value_added_rate", "wage", "revenue", "value_added", "cash", "debt",
    "energy_intensity", "water_intensity", "pollutant_intensity", "rd_stock", "rd_ratio",
    "digital_level", "export_share", "annual_revenue", "previous_revenue",
})  # fmt: skip
"""Columns of the firm table that are drawn for every firm; the others begin blank."""
SMALL_BASE = 1_000_000
SERVICE_BASE = 5_000_000
"""First ids of below-scale and of service firms; above-scale firms start at zero."""


def synthesise(
    city: City,
    history: History,
    parameters: Mapping[str, float],
    random: KeyedRandom,
    start: int,
    price: float,
    scale: float = 1.0,
) -> Firms:
    """Synthesise the firms of a city at the start quarter.

    Parameters
    ----------
    city : City
        Structure of the city.
    history : History
        The member's draw of the past; the last full year before `start` gives the totals.
    parameters : Mapping
        Drawn parameters and priors of the member.
    random : KeyedRandom
        Random numbers of the member.
    start : int
        First simulated quarter.
    price : float
        Producer prices of the last full year, 2015 = 1.
    scale : float
        Size of the city, 1.0 = one record per real firm.

    Returns
    -------
    Firms
        Flows are averages per quarter of the last full year. The first rows are the giants
        of the city in the order of its list.
    """
    year = year_of(start) - 1
    giants = [g for g in city.giants if g.active_until >= start and scale >= 0.5]
    base = _bases(city, parameters, scale, len(giants))
    firms = Firms.blank(len(base.firm_id), DRAWN)
    firms.firm_id[:] = base.firm_id
    firms.sector[:] = base.of_sector(np.arange(len(city.sectors.code), dtype=np.int16))
    firms.on_roster[base.above] = True
    noise = _noise(random, base.firm_id)
    total, value, staff = (
        history.at(f"industrial_{name}", year) * scale
        for name in ("revenue", "value_added", "employment")
    )
    grown = np.exp(LAST_GROWTH + LAST_GROWTH_SD * noise[3, base.above])
    revenue = _revenues(city, base, noise, grown, total, giants, random)
    employees, usual = _employees(city, base, revenue, noise, staff, giants)
    firms.annual_revenue[base.above], firms.employees[base.above] = revenue, employees
    np.divide(revenue, grown, out=firms.previous_revenue[base.above])
    _size_others(firms, city, base, parameters, noise, usual)
    _fill(firms, city, base, parameters, noise, price, value)
    _places(firms, city, random, giants)
    age = np.log(random.uniforms("population/age", base.firm_id)[0])
    age *= -22.0
    age[base.above] *= 2.0
    firms.birth_quarter[:] = np.floor(age, out=age)
    np.subtract(start - 1, firms.birth_quarter, out=firms.birth_quarter)
    firms.joint_stock[: len(giants)] = True
    return firms


def _noise(random: KeyedRandom, ids: Integers) -> Floats:
    """Return twelve numbers of each firm, shape (12, firms): standard normal but for two.

    The seventh and the ninth, counted from zero, are uniforms: they are only compared.
    """
    noise = random.uniforms("population/firm", ids, draws=12)
    for normal in (noise[:7], noise[8], noise[10:]):
        to_normal(normal.reshape(-1))
    return noise


class Base(NamedTuple):
    """Ids and sectors of the firms, and where the kinds of firms stand, giants first.

    Firms of a sector and kind stand together: `sectors` and `numbers` tell whose stretches follow
    each other, and how long each is; `edges` where each begins, and the end of the last.
    """

    firm_id: Integers
    sectors: Integers
    numbers: Integers
    edges: Integers
    giants: int
    above: slice
    below: slice
    service: slice

    def of_sector(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return for each firm what its sector has, shape (firms,)."""
        return values[self.sectors].repeat(self.numbers)


def _bases(city: City, parameters: Mapping[str, float], scale: float, giants: int) -> Base:
    """Return id and sector of giants, other above-scale firms, below-scale firms, services."""
    sectors = city.sectors
    industry, service = np.flatnonzero(sectors.industry), np.flatnonzero(sectors.service)
    counts = {
        "above": round(parameters["above_scale_firms_2017"] * scale) - giants,
        "below": round((parameters["below_scale_firms"] + parameters["start_ups"]) * scale),
        "service": round(parameters["service_firms"] * scale),
    }
    share = sectors.firm_share[industry]
    small_share = share * np.where(sectors.manufacturing[industry], 1.0, 0.2)
    above = largest_remainder(counts["above"], share)
    below = largest_remainder(counts["below"], small_share)
    offered = largest_remainder(counts["service"], np.ones(len(service)))
    named = np.array([g.sector for g in city.giants], dtype=np.int64)[:giants]
    first = giants + int(above.sum())
    second = first + int(below.sum())
    last = second + int(offered.sum())
    ids = np.arange(last)
    ids[first:second] += SMALL_BASE - first
    ids[second:] += SERVICE_BASE - second
    whose = np.concatenate([named, industry, industry, service])
    numbers = np.concatenate([np.ones(giants, np.int64), above, below, offered])
    parts = slice(0, first), slice(first, second), slice(second, last)
    edges = np.concatenate([[0], np.cumsum(numbers)])
    return Base(ids, whose, numbers, edges, giants, *parts)


def _revenues(
    city: City,
    base: Base,
    noise: Floats,
    grown: Floats,
    total: float,
    giants: Sequence[Giant],
    random: KeyedRandom,
) -> Floats:
    """Draw heavy-tailed sizes of above-scale firms; each sector's add up to its share exactly.

    The roster of a year follows the sales of the year before: sizes are drawn on their side of
    the threshold and then grow for a year, so that some firms wait to step up and some to leave.
    """
    sectors, plain = city.sectors, slice(base.giants, base.above.stop)
    revenue = np.empty(base.above.stop)
    luck = random.normals("population/giant", np.arange(max(len(giants), 1)))[0]
    for row, giant in enumerate(giants):
        revenue[row] = giant.revenue * np.exp(giant.sd_log * luck[row])
    # Firms of a sector stand together: its plain above-scale firms are one stretch.
    industry = np.flatnonzero(sectors.industry)
    numbers = base.numbers[base.giants :][: len(industry)]
    spread = sectors.size_sd[industry].repeat(numbers)
    body = np.exp(np.clip(noise[0, plain], -3.5, 3.2) * spread)
    targets = sectors.output_share / sectors.output_share.sum() * total
    taken = np.bincount(base.sectors[: base.giants], revenue[: base.giants], len(sectors.code))
    present = numbers > 0
    industry, numbers = industry[present], numbers[present]
    sold = np.maximum(targets[industry] - taken[industry], THRESHOLD * numbers)
    now = scale_above(body, THRESHOLD, sold / np.exp(LAST_GROWTH), numbers)
    now *= grown[plain]
    reached = np.maximum(sums_of_stretches(now, numbers), 1.0)
    np.multiply(now, (sold / reached).repeat(numbers), out=revenue[plain])
    revenue *= total / max(revenue.sum(), 1.0)
    return revenue


def _employees(
    city: City, base: Base, revenue: Floats, noise: Floats, total: float, giants: Sequence[Giant]
) -> tuple[Floats, float]:
    """Draw work forces of above-scale firms from sector productivity; they add up to the total.

    Also returned: persons per yuan of yearly sales, over those that are not giants.
    """
    plain, above = slice(base.giants, base.above.stop), base.edges[:-1] < base.above.stop
    per_worker = city.sectors.revenue_per_worker_rel[base.sectors[above]].repeat(
        base.numbers[above]
    )
    employees = np.empty(len(revenue))
    employees[plain] = revenue[plain] ** 0.85 / per_worker[plain] * np.exp(0.55 * noise[1, plain])
    known = np.array([giant.employees for giant in giants], dtype=np.float64)
    told = known > 0.0
    staff = float(known[told].sum())
    employees[plain] *= max(total - staff, 0.1 * total) / max(employees[plain].sum(), 1.0)
    usual = float(employees[plain].sum() / max(revenue[plain].sum(), 1.0))
    employees[: base.giants] = np.where(told, known, revenue[: base.giants] * usual)
    return np.asarray(np.maximum(employees, 1.0)), usual


def _size_others(
    firms: Firms, city: City, base: Base, parameters: Mapping[str, float], noise: Floats,
    usual: float,
) -> None:  # fmt: skip
    """Draw sales and staff of firms below the threshold and of services.

    Draws above the threshold are thrown back far below it: no heap of firms waits to step up.
    `usual` are persons per yuan of sales where productivity is the city's.
    """
    staff = usual / city.sectors.revenue_per_worker_rel[base.sectors]
    typical = 0.62 * parameters["below_scale_revenue"] * WAN_YUAN / np.exp(LAST_GROWTH)
    for part, sizes, of_year_before in (
        (base.below, (typical, 1.0, -np.inf, np.inf, THRESHOLD), True),
        (base.service, (TYPICAL_SERVICE, 1.2, -3.0, 3.5, np.inf), False),
    ):
        first, end = np.searchsorted(base.edges, [part.start, part.stop]).tolist()
        kernels.size_small_firms(
            base.edges[first : end + 1], staff[first:end], noise, sizes,
            (LAST_GROWTH, LAST_GROWTH_SD, of_year_before), firms.annual_revenue,
            firms.previous_revenue, firms.employees,
        )  # fmt: skip


def _spread(noise: Floats, size: float) -> Floats:
    """Return log-normal factors from standard normals: ``exp(size * noise)``."""
    out = size * noise
    return np.asarray(np.exp(out, out=out))


def _fill(
    firms: Firms, city: City, base: Base, parameters: Mapping[str, float], noise: Floats,
    price: float, value_added: float,
) -> None:  # fmt: skip
    """Fill books, technology and intensities from sales, staff and noise.

    `value_added` is what above-scale firms add up to; what is found of them holds for all.
    """
    firm_values = firms.annual_revenue, firms.employees
    kernels.fill_firms(
        base.edges, _typical(firms, city, base, parameters, noise, price, value_added), noise,
        *firm_values, parameters["capital_share"], parameters["debt_ratio"],
        1.0 / (parameters["rd_depreciation"] + 0.08), float(np.log(SMALLEST_SALES)),
        firms.value_added_rate, firms.revenue, firms.value_added, firms.real_output, firms.wage,
        firms.capital_stock, firms.log_tfp, firms.cash, firms.debt, firms.export_share,
        firms.energy_intensity, firms.water_intensity, firms.pollutant_intensity,
        firms.rd_ratio, firms.rd_stock, firms.digital_level,
    )  # fmt: skip
    # Wages: halfway from pay a head, at most four times the sector's, to the sector's.
    wage, present = firms.wage, base.numbers > 0
    paid, staff = (
        np.bincount(
            base.sectors[present], sums_of_stretches(values, base.numbers[present]),
            len(city.sectors.code),
        )
        for values in (wage, firms.employees)
    )  # fmt: skip
    usual = 0.5 * paid / np.maximum(staff, 1.0)
    wage *= 0.5
    wage /= firms.employees
    np.minimum(wage, base.of_sector(4.0 * usual), out=wage)
    wage += base.of_sector(usual)


def _typical(
    firms: Firms, city: City, base: Base, parameters: Mapping[str, float], noise: Floats,
    price: float, value_added: float,
) -> Floats:  # fmt: skip
    """Return :data:`sim.population_kernels.TYPICAL` of each stretch of firms.

    Value-added rates are shifted and R&D ratios scaled so that above-scale firms reach the
    totals.
    """
    table, above = city.sectors, base.above
    kind = np.searchsorted([above.stop, base.below.stop], base.edges[:-1], side="right")
    on_roster, service = kind == 0, kind == 2
    sold = firms.annual_revenue[above]
    total = max(float(sold.sum()), 1.0)

    def of_above(values: Floats) -> Floats:
        return np.asarray(values[on_roster].repeat(base.numbers[on_roster]))

    rate = table.value_added_rate
    odds = np.log(rate / (1.0 - rate))[base.sectors]
    odds += shift_of_odds(of_above(odds) + 0.30 * noise[2, above], sold, value_added / total)
    # Who does R&D: a standard normal number above a bar that is lower for above-scale firms.
    high_tech = table.high_tech_share[base.sectors]
    bar = ndtr(0.9 - 2.2 * high_tech - 0.35 * on_roster)
    ratio, spread = 0.012 + 0.03 * high_tech, np.where(service, 0.4, 0.5)
    doing = of_above(ratio) * _spread(noise[10, above], 0.5) * (noise[9, above] > of_above(bar))
    ratio *= parameters["rd_intensity_2017"] / 100.0 * total / max(float(doing @ sold), 1.0)
    mean = parameters["digital_level_2017"]
    digital = np.log(mean / (1 - mean)) + 0.5 * table.electronics[base.sectors] - 0.25 * on_roster
    digital -= kernels.DIGITAL_WRT_SALES * np.log(THRESHOLD)
    exported = np.minimum(2.0 * table.export_share, 0.95)
    used = np.where(service, 0.0, price / WAN_YUAN)
    typical = {
        "value_added_odds": odds,
        "output_per_sales": np.where(service, 1.0, 1.0 / price),
        "wages_per_value_added": table.labour_share[base.sectors],
        "capital_per_sales": table.capital_output[base.sectors],
        "export_share": exported[base.sectors],
        "energy_intensity": used * table.energy_intensity_rel[base.sectors],
        "water_intensity": used * table.water_intensity_rel[base.sectors],
        "pollutant_intensity": used * table.pollutant_intensity_rel[base.sectors],
        "rd_bar": bar,
        "rd_ratio": np.where(service, 0.06, ratio),
        "rd_spread": spread,
        "digital_odds": digital,
    }
    return np.stack([typical[name] for name in kernels.TYPICAL])


def _places(firms: Firms, city: City, random: KeyedRandom, giants: Sequence[Giant]) -> None:
    """Put firms on platforms and in districts by their shares of output."""
    platforms, districts = city.platforms, city.districts
    on_platform = platforms.output_share
    residual = districts.value_added_share - np.bincount(
        platforms.district, on_platform, len(districts.code)
    )
    residual = np.maximum(residual, 0.005)
    residual *= max(1.0 - on_platform.sum(), 0.05) / residual.sum()
    place = np.concatenate([on_platform, residual])
    edges = np.cumsum(place / place.sum())
    draw = random.uniforms("population/place", firms.firm_id)[0]
    index = np.empty(len(draw), dtype=np.int64)
    place_lots(edges, draw, 1.0, index)
    outside = np.arange(len(districts.code), dtype=np.int16)
    platform = np.append(np.arange(len(on_platform), dtype=np.int16), np.full_like(outside, -1))
    firms.platform[:] = platform.take(index)
    firms.district[:] = np.append(platforms.district.astype(np.int16), outside).take(index)
    # A giant stands on the largest platform of its district, if there is one.
    shares, largest = on_platform.tolist(), dict[int, int]()
    for row, there in enumerate(platforms.district.tolist()):
        if shares[row] > shares[largest.setdefault(there, row)]:
            largest[there] = row
    for row, giant in enumerate(giants):
        firms.district[row] = giant.district
        firms.platform[row] = largest.get(giant.district, -1)
