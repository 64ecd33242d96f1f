"""R&D, imitation, digital adoption, upgrading and quality (step 6 of a quarter).

Log TFP of a firm follows the estimated trend, a mean-reverting position within its sector and
Laplace shocks (reference form). Each mechanism that a lever touches adds the difference
between what the terms in force and the terms before the plan would give: the trend already
contains the latter. Mean reversion, imitation and shocks are centred by sector, so that they
move shares and dispersion but not the sector's trend.
"""

from __future__ import annotations

import math

import numpy as np

from sim import innovation_kernels as kernels
from sim.columns import column
from sim.lots import EVENTS, TECHNOLOGY, words
from sim.policy import Terms
from sim.scopes import scopes
from sim.state import BACKBONE, CityState, Floats, Integers
from sim.units import YUAN

FIELD_THINNING = 4.0
"""Up to this many fields share the support without being thinned (the plan says 3 to 5)."""
FRONTIER_SLOTS = 12
"""Most frontier draws that a quarter of the whole city can hold (40 a year at the lever's upper
bound)."""
LARGEST_WINNER = 4e8 * YUAN
"""Yearly revenue above which a firm enters no frontier draw, yuan (prior)."""


def diffusion_pace(rate: float, cost_factor: float, elasticity: float) -> float:
    """Return the logistic pace of digital diffusion in a quarter: faster when cheaper.

    The level rises by pace * level * (1 - level).

    Examples
    --------
    >>> diffusion_pace(0.4, 1.0, 1.0)
    0.1
    >>> diffusion_pace(0.4, 0.5, 1.0)
    0.2
    """
    return float(rate * cost_factor**-elasticity / 4.0)


def research_outlay(
    ratio: Floats, grant: float, usual: float, elasticity: float, relabelled: float
) -> Floats:
    """Return R&D over revenue when a grant changes its cost; relabelling does no research.

    `ratio` is what firms spend under the `usual` grant.

    Examples
    --------
    >>> research_outlay(np.array([0.03]), 0.02, 0.02, 0.42, 0.24)
    array([0.03])
    >>> research_outlay(np.array([0.03]), 0.5, 0.0, 1.0, 0.0)
    array([0.06])
    """
    cost = np.log1p(-min(usual, 0.9)) - np.log1p(-min(grant, 0.9))
    return np.asarray(ratio * np.exp(elasticity * (1.0 - relabelled) * cost))


def field_ranks(state: CityState) -> Integers:
    """Return the rank of each sector among the fields of this year, the first is 0."""
    table = state.city.sectors
    count = len(table.code)
    year = state.quarter // 4
    draw = state.random.uniforms("innovation/fields", np.arange(count), year)[0]
    return np.asarray(np.argsort(np.argsort(-draw * (0.05 + table.high_tech_share))))


def field_support(rank: Integers, terms: Terms) -> Floats:
    """Return the strength of breakthrough support by sector of a given rank, 0 to 1."""
    chosen = (terms.breakthrough_fields - rank).clip(0.0, 1.0)
    return np.asarray(chosen / max(terms.breakthrough_fields / FIELD_THINNING, 1.0))


def _learn(state: CityState, mean: Floats, workers: Floats) -> tuple[Floats, Floats]:
    """Let firms move within their sector and do research; pay the grants.

    Moves are centred on the work force, so that the sector needs no more and no fewer hands for
    them. Returns what centres them and what spills over, by sector; the firms' own gains of
    research are left in the scratch column ``work``.
    """
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    granted, usually = terms.rd_grant, base.rd_grant
    one, elasticity = np.ones(1), p["rd_wrt_cost"]
    claimed = research_outlay(one, granted, usually, elasticity, 0.0)
    done = research_outlay(one, granted, usually, elasticity, p["rd_relabelling_share"])
    sums, grants = kernels.learn(
        words(state)[TECHNOLOGY], firms.alive, firms.sector, mean, firms.employees, firms.log_tfp,
        1.0 - p["tfp_persistence"] ** 0.25, p["imitation_speed"] / 4.0, 0.5 * p["tfp_shock_scale"],
        firms.rd_ratio, firms.high_tech, firms.revenue, float(state.world.ppi[state.now]),
        firms.real_output, state.arrays.get("talent.rd_gain", np.zeros(0)),
        1.0 - p["rd_depreciation"] / 4.0, float(claimed[0]), float(done[0]), granted,
        p["tfp_wrt_rd"], column(state, "innovation.anchor", np.nan),
        column(state, "innovation.position"), firms.rd_stock, firms.cash,
        column(state, "innovation.rd_outlay"), state.scratch("work", 1)[0],
    )  # fmt: skip
    certified = state.scratch("certified", 1)[0]
    np.logical_and(firms.high_tech, firms.alive, out=certified)
    certified = state.arrays["innovation.rd_outlay"] @ certified
    state.subsidise("rd_grant_rate", grants, usually * float(certified))
    spread = sums[2] / np.maximum(sums[1], 1e-300)
    return sums[0] / np.maximum(workers, 1e-300), (p["rd_social_over_private"] - 1.0) * spread


def _targeted(state: CityState, large: int) -> tuple[Floats, float]:
    """Return gains of chosen fields by sector, and of each of `large` firms by new links."""
    p, terms, base = state.parameters, state.terms, state.reference
    if state.quarter % 4 == 0 or "innovation.ranks" not in state.arrays:
        state.arrays["innovation.ranks"] = field_ranks(state)
    rank = state.arrays["innovation.ranks"]
    support = field_support(rank, terms) - field_support(rank, base)
    links = (terms.cooperation_links - base.cooperation_links) / 4.0 * state.scale
    state.add("breakthrough_fields_in_force", terms.breakthrough_fields)
    link = p["cooperation_gain"] * links / max(large, 1)
    return support * p["breakthrough_gain"] / 4.0, link


def _frontier(state: CityState) -> None:
    """Let firms that win a frontier draw jump (clause 3); count the wins."""
    firms, p = state.firms, state.parameters
    tilt = state.city.sectors.strategic_emerging_share > 0.2
    slots = np.arange(max(math.ceil(FRONTIER_SLOTS * state.scale), 1))
    order = kernels.luckiest(
        firms.alive, firms.sector, tilt, firms.rd_ratio, 0.01, firms.annual_revenue, LARGEST_WINNER,
        firms.firm_id, state.quarter, state.random.key("innovation/frontier_firm"), len(slots),
    )  # fmt: skip
    per_slot = state.scale / (4.0 * len(slots))
    luck = state.random.uniforms("innovation/frontier", slots, state.quarter, 2)
    for slot in slots[: len(order)]:
        if luck[1, slot] >= p["frontier_success"]:
            continue
        open_now = luck[0, slot] < state.terms.frontier_draws * per_slot
        open_before = luck[0, slot] < state.reference.frontier_draws * per_slot
        jump = p["frontier_jump"] * (float(open_now) - float(open_before))
        firms.log_tfp[order[slot]] += jump
        if open_now:
            state.add("frontier_breakthroughs")


def _upgrade(state: CityState) -> None:
    """Upgrade traditional firms: value-added rates and TFP of those that take it up rise."""
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    chance = -np.expm1(-terms.upgrade_hazard / 4.0), -np.expm1(-base.upgrade_hazard / 4.0)
    upgraded = kernels.take_up(
        words(state)[EVENTS], firms.alive, firms.sector, state.city.sectors.traditional, chance,
        (terms.upgrade_gain, base.upgrade_gain), p["upgrade_productivity_gain"], firms.on_roster,
        firms.upgraded, firms.value_added_rate, firms.log_tfp,
    )  # fmt: skip
    state.add("upgraded", float(upgraded))


def step(state: CityState) -> None:
    """Move technology of every firm by one quarter."""
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    firms.rd_ratio *= math.exp(p["rd_intensity_trend"] / 4.0)
    mean, workers, large = kernels.standing(
        firms.alive, firms.sector, len(state.city.sectors.code), firms.employees, firms.log_tfp,
        firms.tier, BACKBONE,
    )  # fmt: skip
    shift, spread = _learn(state, mean, workers)
    support, link = _targeted(state, large)
    _frontier(state)
    _upgrade(state)
    everywhere = state.memory.get("talent.tfp_gain", 0.0)
    everywhere += state.memory["production.tfp_trend"] / 4.0
    public = (terms.public_knowledge - base.public_knowledge) / 4.0
    quality = terms.quality_programme - base.quality_programme
    rate, elasticity = p["digital_diffusion"], p["digital_cost_elasticity"]
    growth = float(state.world.information_economy_log_growth[state.now])
    state.memory["innovation.extra_adoption"] = kernels.advance(
        firms.alive, firms.sector, firms.rd_ratio, firms.tier, BACKBONE,
        state.scratch("work", 1)[0], shift, p["public_knowledge_spillover"] * public, spread,
        support, link, everywhere, quality * p["quality_gain"] / 4.0,
        p["value_added_rate_drift"] / 4.0, firms.real_output, firms.on_roster,
        diffusion_pace(rate, terms.digital_cost_factor, elasticity),
        diffusion_pace(rate, base.digital_cost_factor, elasticity), p["productivity_wrt_digital"],
        (terms.digital_spillover - base.digital_spillover) * growth,
        column(state, "innovation.position"), firms.digital_level, firms.log_tfp,
        firms.quality_level, firms.value_added_rate,
    )  # fmt: skip


def observe(state: CityState) -> dict[str, float]:
    """Return true aggregates: adoption, R&D, upgrades, breakthroughs."""
    firms = state.firms
    roster = scopes(state).roster
    outlay = state.arrays.get("innovation.rd_outlay")
    spent = (
        float(outlay[roster[: np.searchsorted(roster, len(outlay))]].sum())
        if outlay is not None
        else float((firms.rd_ratio[roster] * firms.revenue[roster]).sum())
    )
    return {
        "digital_level_sum": float(firms.digital_level[roster].sum()),
        "rd_outlay": spent,
        "upgraded": state.counts.get("upgraded", 0.0),
        "frontier_breakthroughs": state.counts.get("frontier_breakthroughs", 0.0),
        "breakthrough_fields_in_force": state.counts.get(
            "breakthrough_fields_in_force", state.terms.breakthrough_fields
        ),
    }
