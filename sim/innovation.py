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
from sim.columns import column, lengthened
from sim.lots import EVENTS, TECHNOLOGY, words
from sim.rows import rows_where
from sim.scopes import scopes
from sim.selection import largest_first
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


def research_factor(grant: float, usual: float, elasticity: float, relabelled: float) -> float:
    """Return R&D under a grant over what firms spend under the `usual` one.

    A grant changes the cost of research; relabelling does none.

    Examples
    --------
    >>> research_factor(0.02, 0.02, 0.42, 0.24)
    1.0
    >>> research_factor(0.5, 0.0, 1.0, 0.0)
    2.0
    """
    cost = math.log1p(-min(usual, 0.9)) - math.log1p(-min(grant, 0.9))
    return math.exp(elasticity * (1.0 - relabelled) * cost)


def field_ranks(state: CityState) -> Integers:
    """Return the rank of each sector among the fields of this year, the first is 0."""
    table = state.city.sectors
    count = len(table.code)
    year = state.quarter // 4
    draw = state.random.uniforms("innovation/fields", np.arange(count), year)[0]
    return np.asarray(np.argsort(np.argsort(-draw * (0.05 + table.high_tech_share))))


def field_support(rank: Integers, fields: float) -> Floats:
    """Return the strength of support by sector of a given rank when `fields` share it, 0 to 1.

    Examples
    --------
    >>> field_support(np.array([0, 3, 4, 8]), 4.5).round(3).tolist()
    [0.889, 0.889, 0.444, 0.0]
    """
    chosen = np.minimum(np.maximum(fields - rank, 0.0), 1.0)
    return np.asarray(chosen / max(fields / FIELD_THINNING, 1.0))


def _learn(state: CityState) -> tuple[Floats, Floats, int]:
    """Let firms move within their sector and do research; pay the grants.

    Moves are centred on the work force, so that the sector needs no more and no fewer hands for
    them. Returns what centres them, and the gain of research that spills over, by sector; and how
    many large firms live.
    """
    firms, p, arrays = state.firms, state.parameters, state.arrays
    # Sectors' TFP, staff and output, as production left them.
    mean, workers, made = arrays["production.standing"]
    granted, usually = state.terms.rd_grant, state.reference.rd_grant
    elasticity = p["rd_wrt_cost"]
    claimed = research_factor(granted, usually, elasticity, 0.0)
    done = research_factor(granted, usually, elasticity, p["rd_relabelling_share"])
    anchor, known = lengthened(state, "innovation.anchor")  # where new firms stand is their own
    anchor[known:] = firms.log_tfp[known:] - mean.take(firms.sector[known:])
    shift, gained, reported, large = kernels.learn(
        words(state)[TECHNOLOGY], firms.alive, firms.sector, firms.tier, BACKBONE, mean, workers,
        made, firms.employees, firms.log_tfp, 1.0 - p["tfp_persistence"] ** 0.25,
        p["imitation_speed"] / 4.0, 0.5 * p["tfp_shock_scale"], firms.rd_ratio,
        math.exp(p["rd_intensity_trend"] / 4.0), firms.revenue,
        float(state.world.ppi[state.now]), 1.0 - p["rd_depreciation"] / 4.0,
        rows_where(firms.high_tech), claimed, done, granted, p["tfp_wrt_rd"],
        arrays["talent.helped"], arrays["talent.rd_gain"],
        anchor, column(state, "innovation.position"), firms.rd_stock, firms.cash,
        firms.real_output,
    )  # fmt: skip
    # Outlays are observed at the quarter's end, when other firms may be certified.
    arrays["innovation.certified"] = firms.high_tech.copy()
    state.memory["innovation.claimed"] = claimed
    state.subsidise("rd_grant_rate", granted * reported, usually * reported)
    return shift, gained, large


def _targeted(state: CityState, large: int) -> tuple[Floats, float]:
    """Return gains of chosen fields by sector, and of each of `large` firms by new links."""
    p, terms, base, arrays = state.parameters, state.terms, state.reference, state.arrays
    fields = float(terms.breakthrough_fields), float(base.breakthrough_fields)
    if state.quarter % 4 == 0 or "innovation.ranks" not in arrays:
        arrays["innovation.ranks"] = field_ranks(state)
    kept = state.memory.get("innovation.fields"), state.memory.get("innovation.usual_fields")
    if state.quarter % 4 == 0 or kept != fields:
        state.memory["innovation.fields"], state.memory["innovation.usual_fields"] = fields
        now, usual = (field_support(arrays["innovation.ranks"], number) for number in fields)
        arrays["innovation.support"] = (now - usual) * p["breakthrough_gain"] / 4.0
    links = (terms.cooperation_links - base.cooperation_links) / 4.0 * state.scale
    state.add("breakthrough_fields_in_force", terms.breakthrough_fields)
    link = p["cooperation_gain"] * links / max(large, 1)
    return arrays["innovation.support"], link


def _may_win(state: CityState) -> Integers:
    """Return rows of the firms that may win a frontier draw, rising."""
    firms, rows = state.firms, np.empty(state.firms.count + 1, dtype=np.int64)
    number = kernels.may_win(
        firms.alive, firms.sector, state.city.sectors.strategic_emerging_share > 0.2,
        firms.rd_ratio, 0.01, firms.annual_revenue, LARGEST_WINNER, rows,
    )  # fmt: skip
    return rows[:number]


def _luckiest(state: CityState, rows: Integers, number: int) -> Integers:
    """Return the rows of the `number` highest draws, highest first."""
    ids = state.firms.firm_id.take(rows)
    draw = state.random.uniforms("innovation/frontier_firm", ids, state.quarter)[0]
    return np.asarray(rows[largest_first(draw, number)])


def _frontier(state: CityState) -> None:
    """Let firms that win a frontier draw jump (clause 3); count the wins."""
    firms, p = state.firms, state.parameters
    slots = max(math.ceil(FRONTIER_SLOTS * state.scale), 1)
    now, usual = (
        each.frontier_draws * state.scale / (4.0 * slots) for each in (state.terms, state.reference)
    )
    drawn = state.random.uniforms("innovation/frontier", np.arange(slots), state.quarter, 2)
    won = [
        (slot, luck < now, luck < usual)
        for slot, (luck, success) in enumerate(drawn.T.tolist())
        if luck < max(now, usual) and success < p["frontier_success"]
    ]
    if not won:  # nobody asks who may win
        return
    rows = _may_win(state)
    # A draw that would have been won before the plan as well is part of the trend.
    beyond = [slot for slot, opens, opened in won if opens != opened]
    order = _luckiest(state, rows, beyond[-1] + 1) if beyond else rows[:0]
    for slot, opens, opened in won:
        if slot < len(rows):
            state.add("frontier_breakthroughs", float(opens))
            if opens != opened:
                jump = p["frontier_jump"] if opens else -p["frontier_jump"]
                firms.log_tfp[order[slot]] += jump


def step(state: CityState) -> None:
    """Move technology of every firm by one quarter."""
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    shift, gained, large = _learn(state)
    support, link = _targeted(state, large)
    _frontier(state)
    everywhere = state.memory.get("talent.tfp_gain", 0.0)
    everywhere += state.memory["production.tfp_trend"] / 4.0
    public = (terms.public_knowledge - base.public_knowledge) / 4.0
    quality = terms.quality_programme - base.quality_programme
    rate, elasticity = p["digital_diffusion"], p["digital_cost_elasticity"]
    growth = float(state.world.information_economy_log_growth[state.now])
    chances = tuple(-math.expm1(-each.upgrade_hazard / 4.0) for each in (terms, base))
    state.memory["innovation.extra_adoption"], upgraded = kernels.advance(
        words(state)[EVENTS], firms.alive, firms.sector, state.city.sectors.traditional, chances,
        (terms.upgrade_gain, base.upgrade_gain), p["upgrade_productivity_gain"], firms.upgraded,
        firms.rd_ratio, firms.tier, BACKBONE, shift, p["public_knowledge_spillover"] * public,
        gained, p["rd_social_over_private"] - 1.0, support, link, everywhere,
        quality * p["quality_gain"] / 4.0, p["value_added_rate_drift"] / 4.0, firms.real_output,
        firms.on_roster, diffusion_pace(rate, terms.digital_cost_factor, elasticity),
        diffusion_pace(rate, base.digital_cost_factor, elasticity), p["productivity_wrt_digital"],
        (terms.digital_spillover - base.digital_spillover) * growth,
        column(state, "innovation.position"), firms.digital_level, firms.log_tfp,
        firms.quality_level, firms.value_added_rate,
    )  # fmt: skip
    state.add("upgraded", float(upgraded))


def observe(state: CityState) -> dict[str, float]:
    """Return true aggregates: adoption, R&D, upgrades, breakthroughs."""
    firms, counts, roster = state.firms, state.counts, scopes(state).roster
    # Outlays as they were made: firms that came later have spent nothing yet.
    certified = state.arrays.get("innovation.certified", firms.high_tech)
    digital, outlay = kernels.reported(
        roster, firms.digital_level, firms.rd_ratio, firms.revenue, certified,
        state.memory.get("innovation.claimed", 1.0),
    )  # fmt: skip
    return {
        "digital_level_sum": digital,
        "rd_outlay": outlay,
        "upgraded": counts.get("upgraded", 0.0),
        "frontier_breakthroughs": counts.get("frontier_breakthroughs", 0.0),
        "breakthrough_fields_in_force": counts.get(
            "breakthrough_fields_in_force", state.terms.breakthrough_fields
        ),
    }
