"""Listing pipeline over the whole economy: candidates, review, listing, seats (step 10).

Expected A-share listings under the reference terms equal the intensity that the outside world
states (the city's fitted count given the national window). The queue constrains: the hazard of
a firm under review is that intensity over the queue expected under the reference terms, so a
longer queue lists more and an empty one lists nothing.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from sim import listing_kernels as kernels
from sim.columns import years_since
from sim.listed_firms import look_up_stages, note_stages, place_listed, staged_rows
from sim.rows import rows_where
from sim.selection import weighted_order
from sim.state import (
    A_SHARE,
    DELISTED,
    FILING,
    NONE,
    OVERSEAS,
    SHARE_REFORM,
    TUTORING,
    CityState,
    Floats,
    Integers,
)
from sim.units import YUAN, month_index, quarter_index

BASE = quarter_index("2017Q4")
SHARE_REFORM_PART = 0.2
"""Part of the reward paid at share reform: 0.3 of 1.8 million yuan (city rules, 2018-03)."""
LARGEST_HAZARD = 0.9
SIZE_COUNTS_TO = 5e9 * YUAN
"""Yearly revenue beyond which size brings no firm nearer to a listing (prior)."""
ABROAD_FLOOR, HOST_FLOOR = 1e8 * YUAN, 2e8 * YUAN
"""Yearly revenue, yuan, of firms that list overseas, and that a listed seat moves into (prior)."""
SMALLEST_OFFER, LARGEST_OFFER = 1.5e8 * YUAN, 6e9 * YUAN


def stage_flows(
    stocks: tuple[float, float, float],
    entry: float,
    hazards: tuple[float, float],
    attrition: float,
    listed: float,
    rejected: float,
) -> tuple[float, float, float]:
    """Return the expected stocks in share reform, tutoring and review a quarter later.

    Parameters
    ----------
    stocks : tuple of float
        Firms in share reform, tutoring and under review.
    entry : float
        Firms that begin share reform.
    hazards : tuple of float
        Share of share reform that goes on to tutoring, and of tutoring that files.
    attrition : float
        Share of each stage that gives up.
    listed, rejected : float
        Firms that leave the review listed and rejected.

    Examples
    --------
    >>> [round(x, 6) for x in stage_flows((20.0, 10.0, 8.0), 6.0, (0.25, 0.4), 0.05, 3.0, 0.5)]
    [20.0, 10.5, 8.1]
    """
    reform, tutoring, filing = stocks
    onward, filed = hazards[0] * reform, hazards[1] * tutoring
    return (
        max(reform + entry - onward - attrition * reform, 0.0),
        max(tutoring + onward - filed - attrition * tutoring, 0.0),
        max(filing + filed - listed - rejected - attrition * filing, 0.0),
    )


def support_factor(
    boost: tuple[float, float], reward: tuple[float, float], responses: tuple[float, float]
) -> float:
    """Return the factor on entries from the listing push and rewards, against the reference.

    Parameters
    ----------
    boost, reward : tuple of float
        Multiplier and reward (yuan a firm): now and under the reference.
    responses : tuple of float
        Elasticity to the multiplier; log entries per million yuan of reward.

    Examples
    --------
    >>> round(support_factor((2.0, 1.0), (1e6, 1e6), (0.5, 0.05)), 4)
    1.4142
    """
    push = responses[0] * math.log(boost[0] / boost[1])
    return math.exp(push + responses[1] * (reward[0] - reward[1]) / (1e6 * YUAN))


def initialise(state: CityState) -> None:
    """Give the firms their listing stages at the start quarter."""
    p = state.parameters
    scale = state.scale
    years = years_since(state, BASE)
    since = [f for f in state.city.listed if state.first - 1 < f.quarter <= BASE]
    own = sum(1.0 - f.moved_in_later for f in since)
    home = max(round((p["listed_a_share_2017"] - own) * scale), 0)
    abroad = p["overseas_listed_2017"] + p["overseas_listings_per_year"] * years
    place_listed(state, home, max(round(abroad * scale), 0))
    pipeline = p["listing_pipeline_2017"] * scale
    filing = p["filing_share_of_pipeline"]
    reform = p["share_reform_quarters"] / (p["share_reform_quarters"] + p["tutoring_quarters"])
    stocks = (
        pipeline * (1.0 - filing) * reform, pipeline * (1.0 - filing) * (1.0 - reform),
        pipeline * filing,
    )  # fmt: skip
    candidates, weights = _mature(state, _large_firms(state))
    edges = [0, *np.cumsum([round(s) for s in stocks]).tolist()]
    rows = weighted_order(
        state.random, "listing/start", candidates, state.firms.firm_id[candidates], weights,
        state.first - 1, edges[-1],
    )  # fmt: skip
    for part, stage in enumerate((SHARE_REFORM, TUTORING, FILING)):
        chosen = rows[edges[part] : edges[part + 1]]
        state.firms.listing_stage[chosen] = stage
        state.firms.joint_stock[chosen] = True
        state.firms.stage_since[chosen] = state.first - 1
    look_up_stages(state)
    _remember(state, tuple(float(round(s)) for s in stocks))
    # Entries hold the pipeline at its size when listings run at their usual pace.
    hazard = 1.0 / p["share_reform_quarters"] + p["pipeline_attrition"]
    state.memory["listing.entry"] = stocks[0] * hazard


def _remember(state: CityState, stocks: tuple[float, ...]) -> None:
    for name, stock in zip(("reform", "tutoring", "filing"), stocks, strict=True):
        state.memory[f"listing.expected_{name}"] = stock


def _large_firms(state: CityState) -> Integers:
    """Return rows of living firms large enough for any kind of listing or taking over."""
    firms, floor = state.firms, state.parameters["listing_revenue_floor"]
    return rows_where(firms.alive & (firms.annual_revenue >= min(floor, ABROAD_FLOOR, HOST_FLOOR)))


def _mature(state: CityState, large: Integers) -> tuple[Integers, Floats]:
    """Return rows and chances of the firms that may enter the pipeline: three years old, sound."""
    floor = state.parameters["listing_revenue_floor"]
    return _candidates(state, large, floor, state.quarter - 12, 0.0)


def _candidates(
    state: CityState, large: Integers, floor: float, born_by: int, least: float
) -> tuple[Integers, Floats]:
    """Return rows and relative chances of unlisted firms above bars of sales, age and profit."""
    firms = state.firms
    rows, weights = np.empty(len(large) + 1, dtype=np.int64), np.empty(len(large) + 1)
    found = kernels.candidates(
        large, NONE, firms.listing_stage, firms.annual_revenue, firms.previous_revenue,
        firms.profit, firms.birth_quarter, firms.sector, state.city.sectors.high_tech_share,
        floor, born_by, least, SIZE_COUNTS_TO, rows, weights,
    )  # fmt: skip
    return rows[:found], weights[:found]


def step(state: CityState) -> None:
    """Move firms through the pipeline, list, bring seats in and let them go."""
    boost = state.terms.listing_boost, state.reference.listing_boost
    reward = state.terms.listing_reward, state.reference.listing_reward
    large, staged = _large_firms(state), staged_rows(state)
    entered = _enter(state, large, boost, reward)
    listed = _advance(state, staged, boost)
    abroad = _abroad(state, large)
    moved_in = _seats(state, large, listed)
    note_stages(state, staged, np.concatenate([entered, abroad, moved_in]))


def _enter(
    state: CityState, large: Integers, boost: tuple[float, float], reward: tuple[float, float]
) -> Integers:
    """Let candidates begin share reform; return their rows."""
    p, firms = state.parameters, state.firms
    rows, weights = _mature(state, large)
    lots = state.random.uniforms("listing/entry", firms.firm_id.take(rows), state.quarter)[0]
    factor = support_factor(
        boost, reward, (p["listing_support_response"], p["listing_reward_response"])
    )
    chosen = np.empty_like(rows)
    number = kernels.enter(
        rows, lots, weights, factor * state.memory["listing.entry"], firms.listing_stage,
        firms.stage_since, firms.joint_stock, SHARE_REFORM, state.quarter, chosen,
    )  # fmt: skip
    state.add("share_reforms", float(number))
    _pay_reward(state, chosen[:number], SHARE_REFORM_PART)
    return chosen[:number]


def _pay_reward(state: CityState, rows: Integers, part: float) -> None:
    """Pay a part of the listing reward to each firm of `rows`."""
    amount = part * state.terms.listing_reward
    state.firms.cash[rows] += amount
    usual = part * state.reference.listing_reward * len(rows)
    state.subsidise("listing_reward", amount * len(rows), usual)


def expected_listings(state: CityState) -> float:
    """Return expected A-share listings of the quarter: the known count once it is history.

    A quarter over by the information date (the nowcast) has listings on file; later ones come
    from the fitted intensity.
    """
    if state.quarter <= last_quarter_over(state.city.as_of):
        listed = [f for f in state.city.listed if f.quarter == state.quarter]
        return float(sum(1.0 - firm.moved_in_later for firm in listed))
    return float(state.world.listing_intensity[state.now])


@lru_cache(maxsize=8)
def last_quarter_over(as_of: str) -> int:
    """Return the last quarter that is over by an information date, a month.

    Examples
    --------
    >>> last_quarter_over("2018-03") == last_quarter_over("2018-05") == quarter_index("2018Q1")
    True
    """
    return (month_index(as_of) + 1) // 3 - 1


def _advance(state: CityState, staged: Integers, boost: tuple[float, float]) -> Integers:
    """Move firms from stage to stage by the hazards of the quarter and list those that pass.

    Firms that are gone are taken off the list. Return rows of those listed before.
    """
    p, firms, world, memory = state.parameters, state.firms, state.world, state.memory
    lots = state.random.uniforms("listing/pipeline", firms.firm_id.take(staged), state.quarter)[0]
    scale = state.scale
    expected = (
        memory["listing.expected_reform"], memory["listing.expected_tutoring"],
        memory["listing.expected_filing"],
    )  # fmt: skip
    intensity = expected_listings(state) * scale
    hazard = min(intensity / max(expected[2], 1e-9), LARGEST_HAZARD)
    passing = min(max(float(world.ipo_pass_rate[state.now]), 0.05), 1.0)
    refused = min(hazard * (1.0 - passing) / passing, 1.0 - hazard)
    speed = (1.0 / p["share_reform_quarters"], 1.0 / p["tutoring_quarters"])
    attrition = p["pipeline_attrition"]
    memory_next = stage_flows(
        expected, memory["listing.entry"], speed, attrition,
        min(hazard * expected[2], expected[2]), refused * expected[2],
    )  # fmt: skip
    _remember(state, memory_next)
    hazard = min(hazard * (boost[0] / boost[1]) ** p["pass_wrt_support"], LARGEST_HAZARD)
    passed, listed = np.empty((2, len(staged)), dtype=np.int64)
    ahead, gone, before = kernels.advance(
        staged, lots, firms.alive, firms.listing_stage, firms.stage_since, state.quarter,
        SHARE_REFORM, NONE, DELISTED, (*speed, hazard),
        (attrition, attrition, attrition + refused), passed, listed,
    )  # fmt: skip
    state.add("candidates_gone", float(gone))
    _raise(state, passed[:ahead], A_SHARE)
    return listed[:before]


def _raise(state: CityState, rows: Integers, stage: int) -> None:
    """List firms: they sell shares to investors; the quotation ends."""
    if len(rows) == 0:
        return
    firms = state.firms
    firms.listing_stage[rows] = stage
    firms.stage_since[rows] = state.quarter
    firms.joint_stock[rows] = True
    firms.quoted[rows] = False
    raised = offer(firms.annual_revenue[rows], state.parameters["offer_over_revenue"])
    firms.cash[rows] += raised
    state.ledger.pay("investors", "firms", "initial_offer", float(raised.sum()))
    state.add("initial_offers", float(raised.sum()))
    state.add("new_listings", float(len(rows)))
    if stage == A_SHARE:
        state.add("new_listings_a_share", float(len(rows)))
    _pay_reward(state, rows, 1.0 - SHARE_REFORM_PART)


def offer(annual_revenue: Floats, ratio: float) -> Floats:
    """Return funds raised at listing, between 0.15 and 6 bn yuan.

    Examples
    --------
    >>> offer(np.array([1e8, 1e9, 1e11]), 0.4).tolist()
    [150000000.0, 400000000.0, 6000000000.0]
    """
    return np.minimum(np.maximum(ratio * annual_revenue, SMALLEST_OFFER), LARGEST_OFFER)


def _drawn(state: CityState, name: str, mean: float) -> int:
    """Return a Poisson count of the quarter."""
    return state.random.poisson(f"listing/{name}", mean * state.scale, 0, state.quarter)


def _abroad(state: CityState, large: Integers) -> Integers:
    """List firms overseas: mostly services, growth rather than profit counts; return their rows."""
    firms = state.firms
    count = _drawn(state, "overseas", float(state.world.overseas_listing_intensity[state.now]))
    if count == 0:
        return large[:0]
    rows, weights = _candidates(state, large, ABROAD_FLOOR, state.quarter, -np.inf)
    service = state.city.sectors.service.take(firms.sector[rows])
    share, of_services = state.parameters["overseas_service_share"], float(weights @ service)
    others = max(float(weights.sum()) - of_services, 1e-9)
    weights *= np.where(service, share / max(of_services, 1e-9), (1.0 - share) / others)
    order = weighted_order(
        state.random, "listing/overseas_firm", rows, firms.firm_id[rows], weights, state.quarter,
        count,
    )  # fmt: skip
    _raise(state, order, OVERSEAS)
    return order


def _seats(state: CityState, large: Integers, listed: Integers) -> Integers:
    """Move listed seats in and out, and delist; return the rows of local firms taken over.

    Only firms that were `listed` before the quarter leave.
    """
    firms, world, p = state.firms, state.world, state.parameters
    hosts = large[:0]
    arriving = _drawn(state, "move_in", float(world.move_in_intensity[state.now]))
    if arriving > 0:
        unlisted = firms.listing_stage[large] == NONE
        rows = large[unlisted & (firms.annual_revenue[large] >= HOST_FLOOR)]
        hosts = weighted_order(
            state.random, "listing/host", rows, firms.firm_id[rows], np.ones(len(rows)),
            state.quarter, arriving,
        )  # fmt: skip
        firms.listing_stage[hosts] = A_SHARE
        firms.stage_since[hosts] = state.quarter
        firms.joint_stock[hosts] = True
        state.add("listed_moved_in", float(len(hosts)))
    leaving = _drawn(state, "departure", float(world.departure_intensity[state.now]))
    if leaving > 0:
        weights = 1.0 / np.sqrt(np.maximum(firms.annual_revenue[listed], ABROAD_FLOOR))
        gone = weighted_order(
            state.random, "listing/leaver", listed, firms.firm_id[listed], weights, state.quarter,
            leaving,
        )  # fmt: skip
        firms.listing_stage[gone] = DELISTED
        firms.stage_since[gone] = state.quarter
        lot = state.random.uniforms("listing/delisted", firms.firm_id.take(gone), state.quarter)[0]
        delisted = float(np.count_nonzero(lot < p["delisting_share"]))
        state.add("delistings", delisted)
        state.add("listed_moved_out", float(len(gone)) - delisted)
    return hosts


def observe(state: CityState) -> dict[str, float]:
    """Return listed firms, the pipeline, companies, and the quarter's moves (counts)."""
    firms = state.firms
    staged = staged_rows(state)
    stage = firms.listing_stage[staged[firms.alive[staged]]]
    number = np.bincount(stage, minlength=DELISTED).tolist()
    out = {
        "listed_firms": float(number[A_SHARE] + number[OVERSEAS]),
        "listed_firms_a_share": float(number[A_SHARE]),
        "listed_firms_overseas": float(number[OVERSEAS]),
        "listing_pipeline": float(sum(number[SHARE_REFORM : FILING + 1])),
        "listing_candidates_filing": float(number[FILING]),
    }
    for name in (
        "new_listings", "new_listings_a_share", "share_reforms", "listed_moved_in",
        "listed_moved_out", "delistings", "candidates_gone",
    ):  # fmt: skip
        out[name] = state.counts.get(name, 0.0)
    return out
