"""Entry, exit, closures of obsolete capacity and out-migration (step 11 of a quarter)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim import demography_kernels as kernels
from sim.columns import column
from sim.lots import EVENTS, words
from sim.rows import rows_where
from sim.selection_kernels import place_lots
from sim.state import (
    A_SHARE,
    ENTRANT,
    OVERSEAS,
    STARTUP,
    CityState,
    Floats,
    Integers,
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
SERVICE_SHARE = 0.06
"""Weight of the first service sector among the sectors that entrants choose from (prior)."""
WIDEST_GAP = 3.0
"""Relative TFP counts up to this many times 0.6 log points."""
YOUNG_FACTOR, YOUNG_QUARTERS = 1.5, 8
ROUNDED_UP = 1.000001
"""Bounds are that much higher: rounding must not leave anyone out."""
SETTLED = (
    "sector", "platform", "district", "tier", "annual_revenue", "previous_revenue", "revenue",
    "cash", "real_output", "employees", "capital_stock", "log_tfp", "value_added_rate",
    "value_added", "wage", "energy_intensity", "water_intensity", "pollutant_intensity", "rd_ratio",
    "rd_stock", "digital_level", "export_share",
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


def _at_risk(state: CityState, word: NDArray[np.uint64], bound: float) -> tuple[Integers, Floats]:
    """Return firms at risk with lots below `bound`, and the mean TFP by sector of all at risk.

    At risk are living firms that are not listed and not too large.
    """
    firms, near = state.firms, np.empty(state.firms.count, dtype=np.bool_)
    mean = kernels.exit_candidates(
        word, firms.alive, firms.listing_stage, (A_SHARE, OVERSEAS), firms.annual_revenue,
        LARGEST_LEAVER, firms.log_tfp, firms.sector, len(state.city.sectors.code), bound, near,
    )  # fmt: skip
    return rows_where(near), mean


def exit_chances(
    state: CityState, rows: Integers, word: NDArray[np.uint64], mean: Floats, relief: float
) -> tuple[Integers, Floats, Floats]:
    """Return whom their lots may take out: chances of closure by size, age, TFP and support.

    Parameters
    ----------
    rows : ndarray of int
        Firms at risk.
    word : ndarray, shape (firms,)
        Random words that hold the lots.
    mean : ndarray, shape (sectors,)
        Mean log TFP of all firms at risk, by sector.
    relief : float
        Factor on hazards by what costs firms bear now.

    Returns
    -------
    rows, lots : ndarray, shape (n,)
        Firms with lots near their chances.
    chances : ndarray, shape (2, n)
        Within the quarter, with that relief and without.
    """
    firms, p = state.firms, state.parameters
    above, reached = p["exit_rate_above_scale"], np.empty_like(rows)
    found = np.empty((3, len(rows)))
    count = kernels.exit_chances(
        rows, word, firms.sector, state.city.sectors.service, firms.on_roster, firms.log_tfp, mean,
        column(state, "capital.supported"), firms.birth_quarter, state.quarter - YOUNG_QUARTERS,
        (above, p["exit_rate_small"], 0.5 * above),
        (p["exit_wrt_tfp"], p["survival_wrt_support"]), WIDEST_GAP, YOUNG_FACTOR, relief, reached,
        *found,
    )  # fmt: skip
    return reached[:count], found[0, :count], found[1:, :count]


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
    return YOUNG_FACTOR * rate * math.exp(log_bound) * ROUNDED_UP


def leave(
    state: CityState, kind: str, rows: Integers, lots: Floats, chances: Floats, passed_on: float
) -> None:
    """Take out firms by chance: owners get the cash, banks write off the debt, columns go to zero.

    The city's fitted growth contains the usual exits: their sales stay in the sector, where the
    production of the next quarter finds them. Of a firm that leaves by policy only the share
    `passed_on` is taken over; one that policy keeps adds the rest.

    Parameters
    ----------
    rows : ndarray of int
        Firms that can be hit, if they live, are not listed and not too large.
    lots : ndarray, shape (len(rows),)
    chances : ndarray, shape (2, len(rows))
        Within the quarter, now and under the policy before the plan.
    """
    firms = state.firms
    number, above, owned, owed, used = kernels.depart(
        rows, lots, *chances, 1.0 - passed_on, firms.listing_stage, (A_SHARE, OVERSEAS),
        LARGEST_LEAVER, firms.on_roster, firms.energy_intensity, firms.tier, firms.sector,
        state.tally("left"), _market(state, "freed_market"), _market(state, "market_beyond_usual"),
        firms.alive, firms.cash, firms.debt, firms.real_output, firms.employees, firms.revenue,
        firms.value_added, firms.profit, firms.tax, firms.capital_stock, firms.investment,
        firms.upgrade_investment, firms.annual_revenue,
    )  # fmt: skip
    state.add(kind, float(number))
    state.add(f"{kind}_above_scale", float(above))
    state.ledger.pay("firms", "households", "liquidation", owned)
    state.add("debt_written_off", owed)
    state.add("energy_freed", used)


def _exit(state: CityState) -> None:
    firms, p, terms, before = state.firms, state.parameters, state.terms, state.reference
    passed_on = p["leaver_sales_recaptured"]
    rows = rows_where(firms.per_mu_class == CLASS_D)
    alike = _alike(len(rows), terms.closure_hazard, before.closure_hazard)
    leave(state, "closures_obsolete", rows, _lot(state, "closure", rows), alike, passed_on)
    word, relief = words(state)[EVENTS], math.exp(_relief(state))
    rows, mean = _at_risk(state, word, float(quarterly_probability(largest_hazard(state))))
    leave(state, "exits", *exit_chances(state, rows, word, mean, relief), passed_on)
    rate = p["out_migration_rate"]
    better = p["out_migration_wrt_service"] * (terms.service_coverage - before.service_coverage)
    rows = rows_where(firms.on_roster)
    alike = _alike(len(rows), rate * math.exp(better), rate)
    # Who moves keeps its customers: none of them comes to the city's other firms.
    leave(state, "out_migrations", rows, _lot(state, "move", rows), alike, 0.0)


def _alike(count: int, now: float, usual: float) -> Floats:
    """Return chances within the quarter of firms that share yearly hazards, shape (2, count)."""
    chances = np.empty((2, count))
    chances[0], chances[1] = quarterly_probability(now), quarterly_probability(usual)
    return chances


def _market(state: CityState, name: str) -> Floats:
    """Return what `production` reads next quarter under ``demography.<name>``, by sector."""
    kept = state.arrays.get(f"demography.{name}")
    if kept is None:
        kept = state.arrays[f"demography.{name}"] = np.zeros(len(state.city.sectors.code))
    return kept


def _lot(state: CityState, purpose: str, rows: Integers) -> Floats:
    """Return one uniform for each of the given firms."""
    ids = state.firms.firm_id.take(rows)
    return np.asarray(state.random.uniforms(f"demography/{purpose}", ids, state.quarter)[0])


def _approval_effect(state: CityState) -> float:
    """Return by what factor approval time changes the number of entrants."""
    approval = math.log(state.terms.approval_quarters / state.reference.approval_quarters)
    return math.exp(state.parameters["entry_wrt_approval"] * approval)


def _enter(state: CityState) -> None:
    """Add new firms: small copies of the sector's small firms, start-ups among them."""
    firms, p, table = state.firms, state.parameters, state.city.sectors
    small = np.count_nonzero(firms.alive > firms.on_roster)
    more = _approval_effect(state)
    expected = p["entry_rate"] / 4.0 * float(small) * more
    count = int(expected + state.random.uniform("demography/entries", quarter=state.quarter))
    state.add("entries", float(count))
    if count == 0:
        return
    ids = new_firm_ids(ENTRANT, state.quarter, np.arange(count))
    noise = state.random.normals("demography/entrant", ids, draws=8)
    lot = state.random.uniforms("demography/entrant_place", ids, draws=3)
    chosen, place = np.empty((2, count), dtype=np.int64)
    sector_edges, place_edges, displacing = _shares_of_entry(state, more)
    place_lots(sector_edges, lot[0], 1.0, chosen)
    place_lots(place_edges, lot[2], 1.0, place)
    means = kernels.means_of_living(
        firms.alive, firms.sector, len(table.code), firms.wage, firms.energy_intensity,
        firms.water_intensity, firms.pollutant_intensity, firms.digital_level, firms.employees,
        firms.annual_revenue,
    )  # fmt: skip
    # Innovation-type land (clause 21) gives room to more start-ups.
    starting = p["start_up_share_of_entry"] * state.memory.get("land.innovation_space", 1.0)
    added = firms.append({"firm_id": ids, "birth_quarter": state.quarter})
    cash, capital = kernels.settle_entrants(
        added.start, chosen, starting, lot[1], noise, (TYPICAL_ENTRANT, LARGEST_ENTRANT),
        LEAST_PER_WORKER, table.service, float(state.world.ppi[state.now]), table.high_tech_share,
        table.capital_output, table.value_added_rate, table.export_share, means,
        p["rd_depreciation"] + 0.2, p["capital_share"], place, state.city.platforms.district,
        STARTUP, displacing, state.tally("entered"), _market(state, "freed_market"),
        _market(state, "market_beyond_usual"), *(getattr(firms, name) for name in SETTLED),
    )  # fmt: skip
    state.ledger.pay("households", "firms", "founders_equity", cash + capital)
    state.ledger.pay("firms", "outside", "founding_capital", capital)


def _shares_of_entry(state: CityState, more: float) -> tuple[Floats, Floats, Floats]:
    """Return cumulated chances of sectors and of places to get an entrant, and what rivals lose.

    Rivals make room for usual entrants; of further ones' sales only what is taken here. Spatial
    focus (clause 9) steers entrants to platforms.
    """
    city, p, now, before = state.city, state.parameters, state.terms, state.reference
    table, places, districts = city.sectors, city.platforms, city.districts
    edges, displacing = np.empty((2, len(table.code)))
    place_edges = np.empty(len(places.code) + len(districts.code))
    kernels.shares_of_entry(
        table.firm_share, table.manufacturing, table.service, table.strategic_emerging_share,
        p["emerging_entry_gain"] * (now.emerging_support - before.emerging_support), SERVICE_SHARE,
        more, p["leaver_sales_recaptured"], places.output_share,
        1.0 + 0.3 * (now.spatial_focus - before.spatial_focus), districts.value_added_share, edges,
        place_edges, displacing,
    )  # fmt: skip
    return edges, place_edges, displacing


def initialise(state: CityState) -> None:
    """Free the market of those who are expected to have left in the quarter before the start."""
    firms, market = state.firms, _market(state, "freed_market")
    word = np.zeros(firms.count, dtype=np.uint64)  # lots of zero reach everyone at risk
    rows, mean = _at_risk(state, word, 1.0)
    rows, _, (_, usual) = exit_chances(state, rows, word, mean, 1.0)
    usual *= firms.real_output.take(rows)
    market += sums_by_code(firms.sector.take(rows), usual, len(market))


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
