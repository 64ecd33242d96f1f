"""Entry, exit, closures of obsolete capacity and out-migration (step 11 of a quarter)."""

from __future__ import annotations

import numpy as np

from sim import demography_kernels as kernels
from sim.listed_firms import listed_now
from sim.lots import EVENTS, words
from sim.rng import upper_units
from sim.rows import rows_where
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
    blank_firms,
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
    supported = state.arrays.get("capital.supported", np.zeros(0)).max(initial=0.0)
    log_bound = abs(p["exit_wrt_tfp"]) * WIDEST_GAP + relief
    log_bound += max(p["survival_wrt_support"] * float(supported), 0.0)
    rate = max(p["exit_rate_small"], p["exit_rate_above_scale"])
    return float(YOUNG_FACTOR * rate * np.exp(log_bound) * 1.000001)


def leave(state: CityState, rows: Integers, kind: str) -> None:
    """Take firms out: owners get the cash, banks write off the debt, columns go to zero."""
    firms = state.firms
    state.add(kind, float(len(rows)))
    state.add(f"{kind}_above_scale", float(firms.on_roster[rows].sum()))
    if not len(rows):
        return
    state.add_firms("left", rows)
    state.ledger.pay("firms", "households", "liquidation", float(firms.cash[rows].sum()))
    state.add("debt_written_off", float(firms.debt[rows].sum()))
    state.add("energy_freed", float((firms.energy_intensity[rows] * firms.real_output[rows]).sum()))
    listed = (firms.listing_stage[rows] == A_SHARE) | (firms.listing_stage[rows] == OVERSEAS)
    state.add("delistings_by_exit", float(listed.sum()))
    firms.alive[rows] = False
    for column in (
        "cash", "debt", "employees", "real_output", "revenue", "value_added", "profit", "tax",
        "capital_stock", "investment", "upgrade_investment", "annual_revenue",
    ):  # fmt: skip
        getattr(firms, column)[rows] = 0.0


def _open_to_exit(state: CityState, rows: Integers) -> Integers:
    """Return those of `rows` that can leave by chance: living, not listed, not too large."""
    firms = state.firms
    stage = firms.listing_stage[rows]
    open_to = firms.alive[rows] & (stage != A_SHARE) & (stage != OVERSEAS)
    return np.asarray(rows[open_to & (firms.annual_revenue[rows] <= LARGEST_LEAVER)])


def _exit(state: CityState) -> None:
    firms, p = state.firms, state.parameters
    passed_on = p["leaver_sales_recaptured"]
    obsolete = _open_to_exit(state, rows_where(firms.per_mu_class == CLASS_D))
    lot = _lot(state, "closure", obsolete)
    closing = lot < quarterly_probability(state.terms.closure_hazard)
    usual = lot < quarterly_probability(state.reference.closure_hazard)
    _pass_on(state, obsolete, closing, usual, passed_on)
    leave(state, obsolete[closing], "closures_obsolete")
    near, word = np.empty(firms.count, dtype=np.bool_), words(state)[EVENTS]
    mean = kernels.exit_candidates(
        word, firms.alive, firms.listing_stage, (A_SHARE, OVERSEAS), firms.annual_revenue,
        LARGEST_LEAVER, firms.log_tfp, firms.sector, len(state.city.sectors.code),
        float(quarterly_probability(largest_hazard(state))), near,
    )  # fmt: skip
    rows = rows_where(near)
    lots = upper_units(word[rows])
    hazard = exit_hazard(state, rows, mean)
    leaving = lots < quarterly_probability(hazard * np.exp(_relief(state)))
    _pass_on(state, rows, leaving, lots < quarterly_probability(hazard), passed_on)
    leave(state, rows[leaving], "exits")
    coverage = state.terms.service_coverage - state.reference.service_coverage
    rate = p["out_migration_rate"] * np.exp(p["out_migration_wrt_service"] * coverage)
    rows = _open_to_exit(state, rows_where(firms.on_roster))
    lot = _lot(state, "move", rows)
    moving = lot < quarterly_probability(rate)
    # Who moves keeps its customers: none of them comes to the city's other firms.
    _pass_on(state, rows, moving, lot < quarterly_probability(p["out_migration_rate"]), 0.0)
    leave(state, rows[moving], "out_migrations")


def market_of_leavers(leaves: Flags, usual: Flags, passed_on: float) -> tuple[Floats, Floats]:
    """Return which share of a firm's sales its sector's other firms keep, and what is beyond usual.

    The city's fitted growth contains the usual exits: their sales stay in the sector. Of a firm
    that leaves by policy only a part is passed on; one that policy keeps adds the rest.

    Parameters
    ----------
    leaves, usual : ndarray of bool, shape (firms,)
        Whether the firm leaves, and whether it would have left under the policy before the plan.
    passed_on : float
        Share of a leaver's sales that rivals in the city take over.

    Returns
    -------
    kept, beyond : ndarray, shape (firms,)
        Shares of the firm's output: to be added to the sector's market, and its difference from
        what the fitted path contains.

    Examples
    --------
    >>> leaves, usual = np.array([True, True, False, False]), np.array([True, False, True, False])
    >>> kept, beyond = market_of_leavers(leaves, usual, 0.3)
    >>> kept.round(1).tolist(), beyond.round(1).tolist()
    ([1.0, 0.3, 0.7, 0.0], [0.0, -0.7, 0.7, 0.0])
    """
    lost = 1.0 - passed_on
    beyond = np.where(usual, lost, 0.0) - np.where(leaves, lost, 0.0)
    kept = np.where(leaves, 1.0, 0.0) + beyond
    return np.asarray(kept), np.asarray(beyond)


def _pass_on(
    state: CityState, rows: Integers, leaves: Flags, usual: Flags, passed_on: float
) -> None:
    """Leave the market of firms about to go to the production of the next quarter."""
    moved = np.flatnonzero(leaves | usual)
    rows = rows[moved]
    kept, beyond = market_of_leavers(leaves[moved], usual[moved], passed_on)
    output = state.firms.real_output[rows]
    _add_market(state, "freed_market", state.firms.sector[rows], kept * output)
    _add_market(state, "market_beyond_usual", state.firms.sector[rows], beyond * output)


def _add_market(state: CityState, name: str, sector: Codes, output: Floats) -> None:
    """Add to what `production` reads next quarter under ``demography.<name>``, by sector."""
    count = len(state.city.sectors.code)
    market = state.arrays.setdefault(f"demography.{name}", np.zeros(count))
    market += sums_by_code(sector, output, count)


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
    chosen = np.searchsorted(np.cumsum(weight) / weight.sum(), lot[0])
    chosen = np.minimum(chosen, len(weight) - 1)
    # Innovation-type land (clause 21) gives room to more start-ups.
    space = state.memory.get("land.innovation_space", 1.0)
    ready = p["start_up_share_of_entry"] * space * (0.3 + 2.0 * table.high_tech_share[chosen])
    start_up = lot[1] < ready
    rows = blank_firms(count)
    size = np.minimum(TYPICAL_ENTRANT * np.exp(0.9 * noise[0]), LARGEST_ENTRANT)
    pattern = _patterns(state)
    rows["firm_id"], rows["sector"] = ids, chosen.astype(np.int16)
    rows["birth_quarter"][:] = state.quarter
    rows["annual_revenue"], rows["previous_revenue"] = size, size * 0.7
    price = np.where(table.service[chosen], 1.0, float(state.world.ppi[state.now]))
    rows["revenue"] = size / 4.0
    rows["real_output"] = rows["revenue"] / price
    rows["employees"] = np.maximum(size / pattern["per_worker"][chosen], 1.0)
    rows["capital_stock"] = size * table.capital_output[chosen] * np.exp(0.4 * noise[1])
    share = p["capital_share"]
    potential = (
        np.log(rows["real_output"]) - share * np.log(rows["capital_stock"])
        - (1.0 - share) * np.log(rows["employees"])
    )  # fmt: skip
    rows["log_tfp"] = potential + 0.2 * noise[2]
    rows["value_added_rate"] = np.clip(table.value_added_rate[chosen] + 0.05 * noise[3], 0.05, 0.8)
    rows["value_added"] = rows["revenue"] * rows["value_added_rate"]
    rows["wage"] = pattern["wage"][chosen]
    for name in ("energy_intensity", "water_intensity", "pollutant_intensity"):
        rows[name] = pattern[name][chosen] * np.exp(0.3 * noise[4])
    rows["rd_ratio"] = np.where(start_up, 0.07 * np.exp(0.4 * noise[5]), 0.0)
    rows["rd_stock"] = rows["rd_ratio"] * size / (p["rd_depreciation"] + 0.2)
    level = pattern["digital_level"][chosen] + 0.1 * noise[6] + 0.15 * start_up
    rows["digital_level"] = np.clip(level, 0.02, 0.95)
    rows["export_share"] = np.where(noise[7] > 1.0, table.export_share[chosen], 0.0)
    rows["tier"] = np.where(start_up, STARTUP, 0).astype(np.int16)
    _settle_place(state, rows, lot[2])
    equity = 0.3 * size + rows["capital_stock"]
    rows["cash"] = 0.3 * size
    state.add_firms("entered", firms.append(rows))
    expected = usual_entrants(usual, weight, _approval_effect(state))[chosen]
    _make_room(state, chosen.astype(np.int16), expected, rows["real_output"])
    state.ledger.pay("households", "firms", "founders_equity", float(equity.sum()))
    state.ledger.pay("firms", "outside", "founding_capital", float(rows["capital_stock"].sum()))


def _settle_place(state: CityState, rows: dict[str, Floats], lot: Floats) -> None:
    """Place entrants where small firms are; spatial focus (clause 9) steers to platforms."""
    platforms = state.city.platforms
    focus = 1.0 + 0.3 * (state.terms.spatial_focus - state.reference.spatial_focus)
    on_platform = np.minimum(platforms.output_share * focus, 1.0)
    outside = state.city.districts.value_added_share * max(1.0 - on_platform.sum(), 0.05)
    place = np.concatenate([on_platform, outside])
    index = np.searchsorted(np.cumsum(place) / place.sum(), lot)
    index = np.minimum(index, len(place) - 1)
    inside = index < len(on_platform)
    row = np.minimum(index, len(on_platform) - 1)
    rows["platform"] = np.where(inside, row, -1).astype(np.int16)
    rows["district"] = np.where(inside, platforms.district[row], index - len(on_platform)).astype(
        np.int16
    )


def _patterns(state: CityState) -> dict[str, Floats]:
    """Return sector means of living firms, for entrants."""
    firms = state.firms
    names = ("wage", "energy_intensity", "water_intensity", "pollutant_intensity", "digital_level")
    sums = kernels.sums_of_living(
        firms.alive, firms.sector, len(state.city.sectors.code),
        firms.wage, firms.energy_intensity, firms.water_intensity, firms.pollutant_intensity,
        firms.digital_level, firms.employees, firms.annual_revenue,
    )  # fmt: skip
    count = np.maximum(sums[0], 1.0)
    out = {name: total / count for name, total in zip(names, sums[1:6], strict=True)}
    out["per_worker"] = np.maximum(0.7 * sums[7] / np.maximum(sums[6], 1.0), LEAST_PER_WORKER)
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
