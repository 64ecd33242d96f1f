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
from sim.policy import Terms
from sim.state import BACKBONE, CityState, Flags, Floats, Integers

FIELD_THINNING = 4.0
"""Up to this many fields share the support without being thinned (the plan says 3 to 5)."""
FRONTIER_SLOTS = 12
"""Most frontier draws that a quarter of the whole city can hold (40 a year at the lever's upper
bound)."""


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


def sector_mean(value: Floats, weight: Floats, sector: Integers, count: int) -> Floats:
    """Return weighted means by sector, zero where a sector is empty."""
    total = np.bincount(sector, weight, count)
    return np.asarray(np.bincount(sector, weight * value, count) / np.maximum(total, 1e-300))


def field_support(state: CityState, terms: Terms) -> Floats:
    """Return the strength of breakthrough support by sector this year, 0 to 1."""
    table = state.city.sectors
    count = len(table.code)
    year = state.quarter // 4
    draw = state.random.uniforms("innovation/fields", np.arange(count), year)[0]
    rank = np.argsort(np.argsort(-draw * (0.05 + table.high_tech_share)))
    chosen = np.clip(terms.breakthrough_fields - rank, 0.0, 1.0)
    return np.asarray(chosen / max(terms.breakthrough_fields / FIELD_THINNING, 1.0))


def _relative_position(state: CityState, sector: Integers) -> Floats:
    """Return the change of TFP by reversion, imitation and shocks, centred by sector.

    Centred on the work force, so that the sector needs no more and no fewer hands for it.
    """
    firms, p = state.firms, state.parameters
    count = len(state.city.sectors.code)
    anchor = state.arrays.get("innovation.anchor", np.zeros(0))
    draw = state.random.uniforms("innovation/tfp", firms.firm_id, state.quarter)[0]
    position = np.empty(firms.count)
    kernels.relative_position(
        firms.log_tfp, anchor, draw, firms.employees, sector, firms.alive, count,
        1.0 - p["tfp_persistence"] ** 0.25, p["imitation_speed"] / 4.0,
        0.5 * p["tfp_shock_scale"], position,
    )  # fmt: skip
    if len(anchor) < firms.count:
        gap = np.empty(firms.count)
        kernels.gaps(firms.log_tfp, firms.employees, sector, firms.alive, count, gap)
        state.arrays["innovation.anchor"] = np.concatenate([anchor, gap[len(anchor) :]])
    state.arrays["innovation.position"] = position
    return position


def _digital(state: CityState) -> Floats:
    """Spread digital technology; return its gain of TFP beyond the reference."""
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    rate, elasticity = p["digital_diffusion"], p["digital_cost_elasticity"]
    growth = float(state.world.information_economy_log_growth[state.now])
    gain = np.empty(firms.count)
    state.memory["innovation.extra_adoption"] = kernels.spread_digital(
        firms.digital_level, firms.alive, firms.real_output, firms.on_roster,
        diffusion_pace(rate, terms.digital_cost_factor, elasticity),
        diffusion_pace(rate, base.digital_cost_factor, elasticity),
        p["productivity_wrt_digital"],
        (terms.digital_spillover - base.digital_spillover) * growth, gain,
    )  # fmt: skip
    return gain


def _research(state: CityState, sector: Integers, on: Floats) -> Floats:
    """Accumulate R&D; return its gain of TFP beyond the reference, spillovers included."""
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    rows = np.flatnonzero((firms.rd_ratio > 0.0) & firms.alive)
    certified = firms.high_tech[rows]
    ratio, revenue = firms.rd_ratio[rows], firms.revenue[rows]
    flow = revenue / float(state.world.ppi[state.now])
    keep = 1.0 - p["rd_depreciation"] / 4.0
    elasticity, relabelled = p["rd_wrt_cost"], p["rd_relabelling_share"]
    granted, usually = terms.rd_grant, base.rd_grant
    claimed = research_outlay(ratio, granted, usually, elasticity, 0.0)
    claimed = np.where(certified, claimed, ratio)
    new = research_outlay(ratio, granted, usually, elasticity, relabelled)
    kept = keep * firms.rd_stock[rows]
    stock = np.maximum(kept + np.where(certified, new, ratio) * flow, 1.0)
    usual = np.maximum(kept + ratio * flow, 1.0)
    firms.rd_stock[rows] = stock
    outlay = np.zeros(firms.count)
    outlay[rows] = claimed * revenue
    state.arrays["innovation.rd_outlay"] = outlay
    grants = granted * claimed * revenue * certified
    firms.cash[rows] += grants
    state.ledger.pay("government", "firms", "lever:rd_grant_rate", float(grants.sum()))
    gain = np.zeros(firms.count)
    own = p["tfp_wrt_rd"] * np.log(stock / usual)
    talent = state.arrays.get("talent.rd_gain", np.zeros(0))
    known = rows < len(talent)
    own[known] += p["tfp_wrt_rd"] * talent[rows[known]]
    gain[rows] = own
    weight = firms.real_output * on
    spread = sector_mean(gain, weight, sector, len(state.city.sectors.code))
    public = (terms.public_knowledge - base.public_knowledge) / 4.0
    gain[rows] += p["public_knowledge_spillover"] * public
    if spread.any():
        gain += (p["rd_social_over_private"] - 1.0) * spread[sector] * on
    return gain


def _targeted(state: CityState, sector: Integers, on: Floats) -> Floats:
    """Return gains of chosen fields, co-operation links and frontier draws."""
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    support = field_support(state, terms) - field_support(state, base)
    doing = (firms.rd_ratio > 0.01) * on
    gain = doing * support[sector] * p["breakthrough_gain"] / 4.0
    large = (firms.tier == BACKBONE) * on
    links = (terms.cooperation_links - base.cooperation_links) / 4.0 * state.scale
    gain += large * p["cooperation_gain"] * links / max(float(large.sum()), 1.0)
    state.add("breakthrough_fields_in_force", terms.breakthrough_fields)
    return np.asarray(gain + _frontier(state, doing))


def _frontier(state: CityState, doing: Floats) -> Floats:
    """Return jumps of firms that win a frontier draw (clause 3); count the wins."""
    firms, p = state.firms, state.parameters
    gain = np.zeros(firms.count)
    tilt = state.city.sectors.strategic_emerging_share > 0.2
    candidates = np.flatnonzero((doing > 0) & (firms.annual_revenue < 4e8) & tilt[firms.sector])
    ids = firms.firm_id[candidates]
    draw = state.random.uniforms("innovation/frontier_firm", ids, state.quarter)[0]
    order = candidates[np.argsort(-draw, kind="stable")]
    slots = np.arange(max(math.ceil(FRONTIER_SLOTS * state.scale), 1))
    per_slot = state.scale / (4.0 * len(slots))
    luck = state.random.uniforms("innovation/frontier", slots, state.quarter, 2)
    for slot in slots[: len(order)]:
        if luck[1, slot] >= p["frontier_success"]:
            continue
        open_now = luck[0, slot] < state.terms.frontier_draws * per_slot
        open_before = luck[0, slot] < state.reference.frontier_draws * per_slot
        gain[order[slot]] += p["frontier_jump"] * (float(open_now) - float(open_before))
        if open_now:
            state.add("frontier_breakthroughs")
    return gain


def _upgrade(state: CityState, sector: Integers, active: Flags, on: Floats) -> Floats:
    """Upgrade traditional firms and raise quality; return gains of TFP."""
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    open_to = np.flatnonzero(state.city.sectors.traditional[sector] & active & ~firms.upgraded)
    ids = firms.firm_id[open_to]
    draw = state.random.uniforms("innovation/upgrade", ids, state.quarter)[0]
    now = draw < -np.expm1(-terms.upgrade_hazard / 4.0)
    usual = draw < -np.expm1(-base.upgrade_hazard / 4.0)
    firms.upgraded[open_to[now]] = True
    state.add("upgraded", float(firms.on_roster[open_to[now]].sum()))
    rate = firms.value_added_rate
    rate[open_to] += now * terms.upgrade_gain - usual * base.upgrade_gain
    quality = (terms.quality_programme - base.quality_programme) * p["quality_gain"] / 4.0
    firms.quality_level += quality * on
    rate += on * (p["value_added_rate_drift"] / 4.0 + quality * (1.0 - rate))
    np.clip(rate, 0.02, 0.92, out=rate)
    gain = np.zeros(firms.count)
    gain[open_to] = (now.astype(np.float64) - usual) * p["upgrade_productivity_gain"]
    return gain


def step(state: CityState) -> None:
    """Move technology of every firm by one quarter."""
    firms = state.firms
    sector = firms.sector.astype(np.int64)
    active = firms.alive
    on = active.astype(np.float64)
    gain = _digital(state)
    gain += _research(state, sector, on)
    gain += _targeted(state, sector, on)
    gain += _upgrade(state, sector, active, on)
    gain += state.memory.get("talent.tfp_gain", 0.0)
    drift = state.memory["production.tfp_trend"] / 4.0
    position = _relative_position(state, sector)
    firms.log_tfp += on * (drift + gain + position)


def observe(state: CityState) -> dict[str, float]:
    """Return true aggregates: adoption, R&D, upgrades, breakthroughs."""
    firms = state.firms
    roster = firms.on_roster & firms.alive
    outlay = state.arrays.get("innovation.rd_outlay")
    spent = (
        float(outlay[roster[: len(outlay)]].sum())
        if outlay is not None
        else float((firms.rd_ratio * firms.revenue)[roster].sum())
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
