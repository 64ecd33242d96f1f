"""The wild-geese ladder 雁阵: tiers by dated rules, leaders and their suppliers (clause 12).

Once a year firms are reviewed: those that meet the rule of a higher tier are promoted with a
probability that cultivation raises, those that miss their own are demoted. Suppliers follow
the output of their leader beyond the city's mean.
"""

from __future__ import annotations

import math

import numpy as np

from sim import ladder_kernels as kernels
from sim.columns import column
from sim.rows import rows_where
from sim.scopes import census
from sim.selection import largest_first
from sim.selection_kernels import place_lots
from sim.state import (
    BACKBONE,
    GROWTH,
    STARTUP,
    SUPPLIER,
    TIERS,
    CityState,
    Codes,
    Flags,
    Floats,
    Integers,
)
from sim.units import YUAN, quarter_of_year

BACKBONE_REVENUE = 1e9 * YUAN
"""Leader backbone: 1 bn yuan a year (city lists of leading firms, memory)."""
BACKBONE_KEEP = 0.8e9 * YUAN
GROWTH_RATE, GROWTH_KEEP, GROWTH_RD = 0.15, 0.05, 0.02
"""Growth firms grow 15 % or more and do R&D; below 5 % they lose the tier."""
GROWTH_FLOOR = 20e6 * YUAN
STARTUP_YEARS, STARTUP_RD, STARTUP_REVENUE = 8, 0.04, 4e8 * YUAN
TOP = 100
NOTCH = 0.95
"""Firms within 5 % below the threshold can reach it by reporting or effort."""
LARGEST_PULL = 0.15
SUPPLIED_SHARE = 0.35
"""Share of small industrial firms that supply a local leader (prior, no figure on file)."""

IN_TIER = tuple(f"firms_by_tier_{name}" for name in TIERS)
MOVES = tuple(f"tier_{old}_{new}" for old in TIERS for new in TIERS)
"""Events: moves between tiers, by the old and the new one."""
FLOWS = tuple(
    (f"tier_flow_{old}_{new}", f"tier_{old}_{new}") for old in TIERS for new in TIERS if old != new
)
"""Observed moves, and the events that count them."""


def due_tier(
    revenue: Floats, growth: Floats, rd_ratio: Floats, age: Floats, certified: Flags
) -> Codes:
    """Return the tier whose entry rule a firm meets, shape (firms,).

    Parameters
    ----------
    revenue : ndarray
        Yuan a year.
    growth : ndarray
        Growth of revenue since the last review, fraction.
    rd_ratio : ndarray
        R&D over revenue, fraction.
    age : ndarray
        Years.
    certified : ndarray of bool
        Holds the high-tech certificate.

    Examples
    --------
    >>> due_tier(np.array([2e9, 5e7, 5e6, 5e6]), np.array([0.0, 0.2, 0.0, 0.0]),
    ...          np.array([0.0, 0.02, 0.08, 0.0]), np.array([9.0, 9.0, 3.0, 3.0]),
    ...          np.zeros(4, dtype=bool)).tolist()
    [3, 2, 1, 0]
    """
    young = (age < STARTUP_YEARS) & (revenue < STARTUP_REVENUE)
    tier = np.where(young & ((rd_ratio >= STARTUP_RD) | certified), STARTUP, SUPPLIER)
    middle = (revenue >= GROWTH_FLOOR) & (revenue < BACKBONE_REVENUE)
    middle &= (growth >= GROWTH_RATE) & (certified | (rd_ratio >= GROWTH_RD))
    tier = np.where(middle, GROWTH, tier)
    return np.asarray(np.where(revenue >= BACKBONE_REVENUE, BACKBONE, tier), dtype=np.int16)


def keeps_tier(
    tier: Codes, revenue: Floats, growth: Floats, rd_ratio: Floats, age: Floats
) -> Flags:
    """Return whether a firm still meets the (softer) rule of its present tier."""
    young = (age < STARTUP_YEARS) & (rd_ratio >= 0.5 * STARTUP_RD) & (revenue < STARTUP_REVENUE)
    growing = (growth >= GROWTH_KEEP) & (revenue >= GROWTH_FLOOR)
    kept = (tier == SUPPLIER) | ((tier == STARTUP) & young) | ((tier == GROWTH) & growing)
    return np.asarray(kept | ((tier == BACKBONE) & (revenue >= BACKBONE_KEEP)))


def boosted(rate: float, boost: float) -> float:
    """Return the promotion probability when the yearly hazard is multiplied.

    Examples
    --------
    >>> round(boosted(0.5, 2.0), 6)
    0.75
    """
    return float(1.0 - (1.0 - rate) ** max(boost, 0.0))


def initialise(state: CityState) -> None:
    """Give firms their tiers, no more than the priors state, and small firms a leader."""
    firms = state.firms
    due = _due(state)
    roster = float(np.count_nonzero(firms.alive & firms.on_roster))
    p = state.parameters
    for tier, wanted in (
        (GROWTH, p["growth_tier_share"] * roster),
        (STARTUP, p["start_ups"] * state.scale),
    ):
        rows = rows_where(firms.alive & (due == tier))
        if len(rows) > round(wanted):
            rank = _facts(state, rows)[1] if tier == GROWTH else firms.rd_ratio.take(rows)
            due[rows] = SUPPLIER
            due[rows[largest_first(rank, round(wanted))]] = tier
    firms.tier[:] = due
    firms.tier[~firms.alive] = SUPPLIER
    for row, giant in enumerate(state.city.giants):
        if giant.leader and row < firms.count and giant.active_until >= state.first:
            firms.tier[row] = BACKBONE if firms.annual_revenue[row] >= BACKBONE_KEEP else GROWTH
    _assign_leaders(state)
    column(state, "ladder.supplier_pull")


def _due(state: CityState) -> Codes:
    """Return the tier whose entry rule each firm meets."""
    firms, due = state.firms, np.empty(state.firms.count, dtype=np.int16)
    kernels.due_tiers(
        firms.annual_revenue, firms.previous_revenue, firms.birth_quarter, state.quarter,
        firms.rd_ratio, firms.high_tech, (STARTUP_YEARS, STARTUP_REVENUE, STARTUP_RD),
        (GROWTH_FLOOR, GROWTH_RATE, GROWTH_RD), BACKBONE_REVENUE, due,
    )  # fmt: skip
    return due


def _facts(state: CityState, rows: Integers) -> tuple[Floats, Floats, Floats, Floats]:
    """Return revenue, growth since the last review, R&D ratio and age in years of some firms."""
    firms = state.firms
    revenue, previous = firms.annual_revenue[rows], firms.previous_revenue[rows]
    growth = np.where(previous > 0.0, revenue / np.maximum(previous, 1.0) - 1.0, 0.0)
    age = (state.quarter - firms.birth_quarter[rows]) / 4.0
    return revenue, growth, firms.rd_ratio[rows], age


def _assign_leaders(state: CityState) -> None:
    """Match new small industrial firms with leaders: same sector first, by the leader's size."""
    firms = state.firms
    industry = state.of_sector("industry")
    leaders = rows_where(firms.alive & industry & (firms.tier == BACKBONE))
    known = int(state.memory.get("ladder.matched", 0.0))
    fresh = firms.alive[known:] & industry[known:] & (firms.tier[known:] < BACKBONE)
    small = known + rows_where(fresh)
    state.memory["ladder.matched"] = float(firms.count)
    if not len(leaders) or not len(small):
        return
    lot = state.random.uniforms("ladder/leader", firms.firm_id[small], draws=3)
    follows = rows_where(lot[0] < SUPPLIED_SHARE)
    small, where, side = small.take(follows), lot[1].take(follows), lot[2].take(follows)
    # Leaders by sector on one line, each as long as its size: a lot falls on the own sector's
    # stretch, or anywhere.
    leaders = leaders[np.lexsort((firms.firm_id[leaders], firms.sector[leaders]))]
    edges = np.append(0.0, np.cumsum(firms.annual_revenue[leaders]))
    codes = np.arange(len(state.city.sectors.code) + 1)
    bounds = np.searchsorted(firms.sector[leaders], codes)
    sector = firms.sector.take(small)
    first, last = bounds.take(sector), bounds[1:].take(sector)
    near = (side < 0.7) & (first < last)
    first, last = np.where(near, first, 0), np.where(near, last, len(leaders))
    begin = edges.take(first)
    place = begin + where * (edges.take(last) - begin)
    # The stretch that begins at or before the place: the next edge lies beyond it.
    chosen = np.empty(len(place), dtype=np.int64)
    place_lots(edges, np.nextafter(place, np.inf), 1.0, chosen)
    firms.leader[small] = leaders.take(np.clip(chosen - 1, first, last - 1))


def step(state: CityState) -> None:
    """Pass leaders' growth on to suppliers; in the fourth quarter review the tiers."""
    _pull(state)
    if quarter_of_year(state.quarter) == 4:
        _review(state)
        _reward_top(state)
        _assign_leaders(state)
        look_up_followers(state)
        state.firms.previous_revenue[:] = state.firms.annual_revenue
    leaders = _followers(state)[2]
    state.arrays["ladder.previous_output"][leaders] = state.firms.real_output[leaders]


def supplier_pull(leader_growth: Floats, mean_growth: float, content: float) -> Floats:
    """Return the log demand pull on suppliers: local content times the leader's lead.

    Examples
    --------
    >>> supplier_pull(np.array([0.12, 0.02]), 0.02, 0.2).round(3).tolist()
    [0.02, 0.0]
    """
    lead = np.clip(leader_growth - mean_growth, -LARGEST_PULL, LARGEST_PULL)
    return np.asarray(content * lead)


def _pull(state: CityState) -> None:
    firms, p = state.firms, state.parameters
    boost = state.terms.promotion_boost / state.reference.promotion_boost - 1.0
    content = p["local_content"] * math.exp(p["cultivation_local_content"] * boost)
    # Followers count by their own size, so that the pull moves no total by itself.
    followers, leads, leaders = _followers(state)
    pull = column(state, "ladder.supplier_pull")
    if state.memory.pop("ladder.rematched", 0.0):  # some follow nobody any more
        pull[:] = 0.0
    living = kernels.pull_of_leaders(
        leaders, followers, leads, firms.alive, firms.real_output,
        column(state, "ladder.previous_output", firms.real_output), content, LARGEST_PULL,
        np.empty((2, len(leaders))), pull,
    )  # fmt: skip
    state.memory["ladder.following"] = float(living)


def look_up_followers(state: CityState) -> None:
    """See to it that who follows whom is looked up anew, since leaders have changed."""
    state.arrays.pop("ladder.followers", None)
    state.memory["ladder.rematched"] = 1.0


def _followers(state: CityState) -> tuple[Integers, Integers, Integers]:
    """Return rows of firms with a leader, its place among the leaders, and the leaders' rows.

    Those that lived when they were looked up, after the last matching; also notes how many.
    """
    arrays, firms = state.arrays, state.firms
    if "ladder.followers" not in arrays:
        followers = rows_where((firms.leader >= 0) & firms.alive)
        leads = np.zeros(firms.count, dtype=np.bool_)
        followed = firms.leader.take(followers)
        leads[followed] = True
        leaders, place = rows_where(leads), np.empty(firms.count, dtype=np.int32)
        place[leaders] = np.arange(len(leaders))
        arrays["ladder.followers"], arrays["ladder.leaders"] = followers, leaders
        arrays["ladder.leads"] = place.take(followed)
        state.memory["ladder.following"] = float(len(followers))
    return arrays["ladder.followers"], arrays["ladder.leads"], arrays["ladder.leaders"]


def _review(state: CityState) -> None:
    """Promote and demote firms by the rules of the ladder; count moves between tiers."""
    firms, p = state.firms, state.parameters
    sold, due = firms.annual_revenue, _due(state)
    # Firms just below the notch reach it the more, the higher the reward (bunching).
    reward = (state.terms.top_reward - state.reference.top_reward) / (1e6 * YUAN)
    bunching = min(p["bunching_per_reward"] * reward, 1.0)
    if bunching > 0.0:
        near = rows_where(sold >= NOTCH * BACKBONE_REVENUE)
        near = near[sold.take(near) < BACKBONE_REVENUE]
        due[near[_lots(state, near)[2] < bunching]] = BACKBONE
    rows = rows_where((due != firms.tier) & firms.alive)
    lot, due, old = _lots(state, rows), due.take(rows), firms.tier.take(rows)
    boost = state.terms.promotion_boost / state.reference.promotion_boost
    moved = (due > old) & (lot[0] < boosted(p["promotion_rate"], boost))
    state.add("tier_promotions", float(np.count_nonzero(moved)))
    falling = rows_where((due < old) & (lot[1] < p["demotion_rate"]))
    below = rows[falling]
    kept = keeps_tier(old[falling], *_facts(state, below))
    giants = state.city.giants  # the first rows: a named leader stays what it is
    few = below[: np.searchsorted(below, len(giants))].tolist()
    kept[: len(few)] |= np.array([giants[row].leader for row in few], dtype=np.bool_)
    moved[falling[~kept]] = True
    moves = np.bincount(old[moved] * 4 + due[moved], minlength=16)
    for move, number in zip(MOVES, moves.tolist(), strict=True):
        if number:
            state.add(move, float(number))
    firms.tier[rows[moved]] = due[moved]
    firms.leader[rows_where(firms.tier == BACKBONE)] = -1


def _lots(state: CityState, rows: Integers) -> Floats:
    """Return three uniforms of the yearly review for each of the given firms."""
    ids = state.firms.firm_id.take(rows)
    return state.random.uniforms("ladder/review", ids, state.quarter, 3)


def _reward_top(state: CityState) -> None:
    """Pay the reward of the yearly list of the hundred largest manufacturers."""
    firms = state.firms
    made, wanted = firms.alive & state.of_sector("manufacturing"), round(TOP * state.scale)
    rows = rows_where(made & (firms.annual_revenue >= GROWTH_FLOOR))
    if len(rows) < wanted:
        rows = rows_where(made)
    number = min(wanted, len(rows))
    sales = firms.annual_revenue.take(rows)
    bar = float(sales[largest_first(sales, number)[-1]]) if number else np.inf
    best = rows[sales >= bar][:number]
    firms.cash[best] += state.terms.top_reward
    paid = state.terms.top_reward * len(best)
    state.subsidise("top100_reward", paid, state.reference.top_reward * len(best))
    state.add("top_rewards", paid)


def observe(state: CityState) -> dict[str, float]:
    """Return living firms by tier, moves between tiers in the quarter, and followers."""
    counts = state.counts
    _followers(state)
    in_tier = np.add.reduce(census(state).cells[:-1].reshape(len(IN_TIER), -1), 1)
    out = dict(zip(IN_TIER, map(float, in_tier.tolist()), strict=True))
    out |= {flow: counts.get(move, 0.0) for flow, move in FLOWS}
    out["tier_promotions"] = counts.get("tier_promotions", 0.0)
    out["firms_with_leader"] = state.memory["ladder.following"]
    return out
