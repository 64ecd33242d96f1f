"""Entry, exit, closures of obsolete capacity and out-migration (step 11 of a quarter)."""

from __future__ import annotations

import numpy as np

from sim import demography_kernels as kernels
from sim.listed_firms import listed_now
from sim.lots import EVENTS, words
from sim.rng import upper_units
from sim.rows import rows_where
from sim.selection_kernels import place_lots
from sim.state import (
    A_SHARE,
    ENTRANT,
    OVERSEAS,
    STARTUP,
    CityState,
    Codes,
    Flags,
    Floats,
    Integers,
    blank_values,
    new_firm_ids,
)
from sim.sums import sums_by_code
from sim.units import YUAN

CLASS_D = 3
LARGEST_LEAVER = 2e9 * YUAN
"""Firms above this revenue do not leave by chance, yuan a year."""
TYPICAL_ENTRANT, LARGEST_ENTRANT = 2e6 * YUAN, 15e6 * YUAN
"""Median and largest yearly sales of a new firm, yuan (prior): below the roster's threshold."""
LEAST_PER_WORKER = 5e4 * YUAN
"""Least yearly sales per head that newcomers are staffed by, yuan."""
WIDEST_GAP = 3.0
"""Relative TFP counts up to this many times 0.6 log points."""
YOUNG_FACTOR, YOUNG_QUARTERS = 1.5, 8
ROUNDED_UP = 1.000001
"""Bounds are that much higher: rounding must not leave anyone out."""
SWINGING, SWINGS = (0, 1, 4, 5), np.array([[0.9], [0.4], [0.3], [0.4]])
"""Normal numbers of an entrant that are logs of factors (on sales, capital, intensities and R&D),
and their spreads."""
SETTLED = (
    "sector", "platform", "district", "tier", "annual_revenue", "previous_revenue", "revenue",
    "cash", "real_output", "employees", "capital_stock", "value_added_rate", "value_added", "wage",
    "energy_intensity", "water_intensity", "pollutant_intensity", "rd_ratio", "rd_stock",
    "digital_level", "export_share",
)  # fmt: skip
"""Columns of an entrant that hold anything else than a blank one's."""


def quarterly_probability(annual_rate: Floats | float) -> Floats:
    """Return the probability within a quarter of a yearly hazard.

    Examples
    --------
    >>> quarterly_probability(np.array([0.4])).round(4)
    array([0.0952])
    """
    return np.asarray(-np.expm1(-annual_rate / 4.0))


def exit_hazard(state: CityState, rows: Integers, mean: Floats) -> Floats:
    """Return yearly closure hazards before relief of costs: by size, age, TFP and support.

    Parameters
    ----------
    rows : ndarray of int
        Firms at risk.
    mean : ndarray, shape (sectors,)
        Mean log TFP of all firms at risk, by sector.

    Returns
    -------
    ndarray, shape (len(rows),)
    """
    firms, p = state.firms, state.parameters
    above = p["exit_rate_above_scale"]
    return np.asarray(kernels.exit_hazards(
        rows, firms.sector, state.city.sectors.service, firms.on_roster, firms.log_tfp, mean,
        state.arrays.get("capital.supported", np.zeros(0)), firms.birth_quarter,
        state.quarter - YOUNG_QUARTERS, (above, p["exit_rate_small"], 0.5 * above),
        (p["exit_wrt_tfp"], p["survival_wrt_support"]), WIDEST_GAP, YOUNG_FACTOR,
    ))  # fmt: skip


def _relief(state: CityState) -> float:
    """Return what the change of the cost burden does to hazards of closure, log."""
    change = state.terms.cost_cut - state.reference.cost_cut
    return state.parameters["exit_wrt_margin"] * change


def largest_hazard(state: CityState) -> float:
    """Return a yearly hazard that no firm exceeds."""
    p = state.parameters
    relief = max(_relief(state), 0.0)
    # No firm counts as supported more than once.
    log_bound = abs(p["exit_wrt_tfp"]) * WIDEST_GAP + relief + max(p["survival_wrt_support"], 0.0)
    rate = max(p["exit_rate_small"], p["exit_rate_above_scale"])
    return float(YOUNG_FACTOR * rate * np.exp(log_bound) * ROUNDED_UP)


def leave(state: CityState, rows: Integers, kind: str) -> None:
    """Take firms out: owners get the cash, banks write off the debt, columns go to zero."""
    firms, had = state.firms, np.empty((3, len(rows)))
    above, listed = kernels.take_out(
        rows, firms.on_roster, firms.listing_stage, (A_SHARE, OVERSEAS), firms.energy_intensity,
        firms.tier, firms.sector, had, state.tally("left"), firms.alive, firms.cash, firms.debt,
        firms.real_output, firms.employees, firms.revenue, firms.value_added, firms.profit,
        firms.tax, firms.capital_stock, firms.investment, firms.upgrade_investment,
        firms.annual_revenue,
    )  # fmt: skip
    state.add(kind, float(len(rows)))
    state.add(f"{kind}_above_scale", float(above))
    if not len(rows):
        return
    state.ledger.pay("firms", "households", "liquidation", float(had[0].sum()))
    state.add("debt_written_off", float(had[1].sum()))
    state.add("energy_freed", float(had[2].sum()))
    state.add("delistings_by_exit", float(listed))


def _hit(
    state: CityState, purpose: str, rows: Integers, probability: tuple[float, float]
) -> tuple[Integers, Flags, Flags]:
    """Return who of `rows` is hit by chance, now or usually: rows, hit now, usually hit.

    Only who lives, is not listed and not too large can be: looked at for those with low lots.
    """
    firms = state.firms
    lot = _lot(state, purpose, rows)
    low = np.flatnonzero(lot < max(probability))
    rows, lot = rows[low], lot[low]
    stage = firms.listing_stage[rows]
    open_to = firms.alive[rows] & (stage != A_SHARE) & (stage != OVERSEAS)
    open_to &= firms.annual_revenue[rows] <= LARGEST_LEAVER
    rows, lot = rows[open_to], lot[open_to]
    return rows, lot < probability[0], lot < probability[1]


def _exit(state: CityState) -> None:
    firms, p = state.firms, state.parameters
    passed_on = p["leaver_sales_recaptured"]
    hazards = np.array([state.terms.closure_hazard, state.reference.closure_hazard])
    now, before = quarterly_probability(hazards).tolist()
    rows = rows_where(firms.per_mu_class == CLASS_D)
    rows, closing, usual = _hit(state, "closure", rows, (now, before))
    _pass_on(state, rows, closing, usual, passed_on)
    leave(state, rows[closing], "closures_obsolete")
    near, word = np.empty(firms.count, dtype=np.bool_), words(state)[EVENTS]
    mean = kernels.exit_candidates(
        word, firms.alive, firms.listing_stage, (A_SHARE, OVERSEAS), firms.annual_revenue,
        LARGEST_LEAVER, firms.log_tfp, firms.sector, len(state.city.sectors.code),
        float(quarterly_probability(largest_hazard(state))), near,
    )  # fmt: skip
    rows = rows_where(near)
    lots, hazard = upper_units(word[rows]), exit_hazard(state, rows, mean)
    relief = float(np.exp(_relief(state)))
    # The probability of a quarter lies below a fourth of the hazard: most need no closer look.
    close = np.flatnonzero(lots < hazard * (0.25 * max(relief, 1.0) * ROUNDED_UP))
    rows, lots, hazard = rows[close], lots[close], hazard[close]
    leaving = lots < quarterly_probability(hazard * relief)
    _pass_on(state, rows, leaving, lots < quarterly_probability(hazard), passed_on)
    leave(state, rows[leaving], "exits")
    coverage = state.terms.service_coverage - state.reference.service_coverage
    rate = p["out_migration_rate"]
    rates = np.array([rate * np.exp(p["out_migration_wrt_service"] * coverage), rate])
    now, before = quarterly_probability(rates).tolist()
    rows, moving, usual = _hit(state, "move", rows_where(firms.on_roster), (now, before))
    # Who moves keeps its customers: none of them comes to the city's other firms.
    _pass_on(state, rows, moving, usual, 0.0)
    leave(state, rows[moving], "out_migrations")


def _pass_on(
    state: CityState, rows: Integers, leaves: Flags, usual: Flags, passed_on: float
) -> None:
    """Leave the market of firms about to go to the production of the next quarter.

    The city's fitted growth contains the usual exits: their sales stay in the sector. Of a firm
    that leaves by policy only the share `passed_on` is taken over; one that policy keeps adds the
    rest. `leaves` and `usual` tell whether a firm leaves, and whether it would have left under the
    policy before the plan.
    """
    firms, count = state.firms, len(state.city.sectors.code)
    freed, beyond = np.zeros(count), np.zeros(count)
    kernels.pass_on(
        rows, leaves, usual, 1.0 - passed_on, firms.sector, firms.real_output, freed, beyond
    )
    _market(state, "freed_market")[:] += freed
    _market(state, "market_beyond_usual")[:] += beyond


def _market(state: CityState, name: str) -> Floats:
    """Return what `production` reads next quarter under ``demography.<name>``, by sector."""
    sectors = len(state.city.sectors.code)
    return state.arrays.setdefault(f"demography.{name}", np.zeros(sectors))


def _add_market(state: CityState, name: str, sector: Codes, output: Floats) -> None:
    """Add to a sector's market what firms leave or take, by firm."""
    market = _market(state, name)
    market += sums_by_code(sector, output, len(market))


def _lot(state: CityState, purpose: str, rows: Integers) -> Floats:
    """Return one uniform for each of the given firms."""
    ids = state.firms.firm_id[rows]
    return np.asarray(state.random.uniforms(f"demography/{purpose}", ids, state.quarter)[0])


def _approval_effect(state: CityState) -> float:
    """Return by what factor approval time changes the number of entrants."""
    approval = np.log(state.terms.approval_quarters / state.reference.approval_quarters)
    return float(np.exp(state.parameters["entry_wrt_approval"] * approval))


def usual_entrants(usual: Floats, weight: Floats, more: float) -> Floats:
    """Return, by sector, how many of its entrants would have come anyway, per entrant.

    Parameters
    ----------
    usual, weight : ndarray, shape (sectors,)
        Chances of the sectors before the plan and now, up to a factor.
    more : float
        Entrants in all over those before the plan.

    Examples
    --------
    >>> usual_entrants(np.array([1.0, 1.0]), np.array([3.0, 1.0]), 1.0).round(3).tolist()
    [0.667, 2.0]
    """
    before, now = usual / usual.sum(), weight / weight.sum()
    return np.asarray(np.divide(before, now, out=np.ones(len(now)), where=now > 0.0) / more)


def _make_room(state: CityState, sector: Codes, expected: Floats, output: Floats) -> None:
    """Let rivals make room for usual entrants; of further ones' sales only what is taken here."""
    passed_on = state.parameters["leaver_sales_recaptured"]
    beyond = (1.0 - expected) * (1.0 - passed_on)
    _add_market(state, "freed_market", sector, -(1.0 - beyond) * output)
    _add_market(state, "market_beyond_usual", sector, beyond * output)


def entry_count(state: CityState) -> int:
    """Return how many firms enter this quarter (keyed, monotone in its mean)."""
    p = state.parameters
    small = float(np.count_nonzero(state.firms.alive & ~state.firms.on_roster))
    mean = p["entry_rate"] / 4.0 * small * _approval_effect(state)
    return int(mean + state.random.uniform("demography/entries", quarter=state.quarter))


def _enter(state: CityState) -> None:
    """Add new firms: small copies of the sector's small firms, start-ups among them."""
    firms, p = state.firms, state.parameters
    count = entry_count(state)
    state.add("entries", float(count))
    if count == 0:
        return
    table = state.city.sectors
    ids = new_firm_ids(ENTRANT, state.quarter, np.arange(count))
    noise = state.random.normals("demography/entrant", ids, draws=8)
    lot = state.random.uniforms("demography/entrant_place", ids, draws=3)
    support = state.terms.emerging_support - state.reference.emerging_support
    usual = np.where(table.manufacturing, table.firm_share, 0.0)
    weight = usual * np.exp(p["emerging_entry_gain"] * support * table.strategic_emerging_share)
    usual[np.flatnonzero(table.service)[:1]] = weight[np.flatnonzero(table.service)[:1]] = 0.06
    chosen, place = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    place_lots(np.cumsum(weight) / weight.sum(), lot[0], 1.0, chosen)
    place_lots(_places(state), lot[2], 1.0, place)
    # Innovation-type land (clause 21) gives room to more start-ups.
    space = state.memory.get("land.innovation_space", 1.0)
    means = _means(state)
    added = firms.append(blank_values() | {"firm_id": ids, "birth_quarter": state.quarter})
    ready = p["start_up_share_of_entry"] * space * (0.3 + 2.0 * table.high_tech_share)
    swing = np.exp(noise.take(SWINGING, axis=0) * SWINGS)
    kernels.settle_entrants(
        added.start, chosen, ready, lot[1], noise, swing, (TYPICAL_ENTRANT, LARGEST_ENTRANT),
        means, p["rd_depreciation"] + 0.2, place, state.city.platforms.district, STARTUP,
        state.tally("entered"),
        *(getattr(firms, name) for name in SETTLED),
    )  # fmt: skip
    output, capital = firms.real_output[added], firms.capital_stock[added]
    share = p["capital_share"]
    potential = (
        np.log(output) - share * np.log(capital) - (1.0 - share) * np.log(firms.employees[added])
    )
    firms.log_tfp[added] = potential + 0.2 * noise[2]
    expected = usual_entrants(usual, weight, _approval_effect(state))[chosen]
    _make_room(state, firms.sector[added], expected, output)
    equity = float((firms.cash[added] + capital).sum())
    state.ledger.pay("households", "firms", "founders_equity", equity)
    state.ledger.pay("firms", "outside", "founding_capital", float(capital.sum()))


def _places(state: CityState) -> Floats:
    """Return cumulated chances of platforms, then of districts outside, to get an entrant.

    Entrants come where small firms are; spatial focus (clause 9) steers to platforms.
    """
    focus = 1.0 + 0.3 * (state.terms.spatial_focus - state.reference.spatial_focus)
    on_platform = np.minimum(state.city.platforms.output_share * focus, 1.0)
    outside = state.city.districts.value_added_share * max(1.0 - on_platform.sum(), 0.05)
    chance = np.concatenate([on_platform, outside])
    return np.asarray(np.cumsum(chance) / chance.sum())


def _means(state: CityState) -> Floats:
    """Return what an entrant copies of its sector, shape (10, sectors).

    Price, sales per head, capital per sales and value-added rate; the wage, intensities of energy,
    water and pollutants and the digital level as living firms' means; share of exports.
    """
    firms, table = state.firms, state.city.sectors
    sums = kernels.sums_of_living(
        firms.alive, firms.sector, len(table.code),
        firms.wage, firms.energy_intensity, firms.water_intensity, firms.pollutant_intensity,
        firms.digital_level, firms.employees, firms.annual_revenue,
    )  # fmt: skip
    out = np.empty((10, len(table.code)))
    out[0] = np.where(table.service, 1.0, float(state.world.ppi[state.now]))
    out[1] = np.maximum(0.7 * sums[7] / np.maximum(sums[6], 1.0), LEAST_PER_WORKER)
    out[2], out[3], out[9] = table.capital_output, table.value_added_rate, table.export_share
    out[4:9] = sums[1:6] / np.maximum(sums[0], 1.0)
    return out


def initialise(state: CityState) -> None:
    """Free the market of those who are expected to have left in the quarter before the start."""
    firms = state.firms
    rows = rows_where(firms.alive & ~listed_now(state) & (firms.annual_revenue <= LARGEST_LEAVER))
    sector, count = firms.sector.take(rows), len(state.city.sectors.code)
    number = np.maximum(np.bincount(sector, minlength=count), 1)
    mean = sums_by_code(sector, firms.log_tfp.take(rows), count) / number
    hazard = quarterly_probability(exit_hazard(state, rows, mean))
    _add_market(state, "freed_market", sector, hazard * firms.real_output.take(rows))


def step(state: CityState) -> None:
    """Let firms leave and enter."""
    _exit(state)
    _enter(state)


def observe(state: CityState) -> dict[str, float]:
    """Return entries, exits, closures and out-migration of the quarter and living firms."""
    names = ("entries", "exits", "closures_obsolete", "out_migrations", "energy_freed")
    out = {name: state.counts.get(name, 0.0) for name in names}
    out["living_firms"] = float(np.count_nonzero(state.firms.alive))
    return out
