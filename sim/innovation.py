"""R&D, imitation, digital adoption, upgrading and quality (step 6 of a quarter).

Log TFP of a firm follows the estimated trend, a mean-reverting position within its sector and
Laplace shocks (reference form). Each mechanism that a lever touches adds the difference
between what the terms in force and the terms before the plan would give: the trend already
contains the latter. Mean reversion, imitation and shocks are centred by sector, so that they
move shares and dispersion but not the sector's trend.
"""

from __future__ import annotations

import numpy as np

from sim.policy import Terms
from sim.state import BACKBONE, CityState, Flags, Floats, Integers

FIELD_THINNING = 4.0
"""Up to this many fields share the support without being thinned (the plan says 3 to 5)."""
FRONTIER_SLOTS = 12
"""Most frontier draws that a quarter can hold (40 a year at the lever's upper bound)."""


def diffused(level: Floats, rate: float, cost_factor: float, elasticity: float) -> Floats:
    """Return the rise of the digital level in a quarter: logistic, faster when cheaper.

    Examples
    --------
    >>> diffused(np.array([0.5]), 0.4, 1.0, 1.0)
    array([0.025])
    """
    pace = rate * cost_factor**-elasticity / 4.0
    return np.asarray(pace * level * (1.0 - level))


def research_outlay(ratio: Floats, grant: float, elasticity: float, relabelled: float) -> Floats:
    """Return real R&D over revenue when a grant cuts its cost; relabelling does no research.

    Examples
    --------
    >>> research_outlay(np.array([0.03]), 0.0, 0.42, 0.24)
    array([0.03])
    """
    response = elasticity * (1.0 - relabelled) * -np.log1p(-min(grant, 0.9))
    return np.asarray(ratio * np.exp(response))


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


def _relative_position(state: CityState, sector: Integers, on: Floats) -> Floats:
    """Return the change of TFP by reversion, imitation and shocks, centred by sector.

    Centred on the work force, so that the sector needs no more and no fewer hands for it.
    """
    firms, p = state.firms, state.parameters
    count = len(state.city.sectors.code)
    weight = firms.employees * on
    mean = sector_mean(firms.log_tfp, weight, sector, count)
    gap = firms.log_tfp - mean[sector]
    persistence = p["tfp_persistence"] ** 0.25
    anchor = state.arrays.get("innovation.anchor")
    if anchor is None:
        anchor = state.arrays["innovation.anchor"] = gap.copy()
    permanent = np.zeros(firms.count)
    permanent[: len(anchor)] = anchor
    state.arrays["innovation.anchor"] = np.concatenate([anchor, gap[len(anchor) :]])
    reversion = (persistence - 1.0) * (gap - permanent)
    reversion[len(anchor) :] = 0.0
    imitation = p["imitation_speed"] / 4.0 * np.maximum(0.8 - gap, 0.0)
    shock = 0.5 * p["tfp_shock_scale"] * np.clip(
        state.random.laplaces("innovation/tfp", firms.firm_id, state.quarter)[0], -8.0, 8.0
    )
    change = reversion + imitation + shock
    centred = (change - sector_mean(change, weight, sector, count)[sector]) * on
    state.arrays["innovation.position"] = centred
    return np.asarray(centred)


def _digital(state: CityState, on: Floats) -> Floats:
    """Spread digital technology; return its gain of TFP beyond the reference."""
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    rate, elasticity = p["digital_diffusion"], p["digital_cost_elasticity"]
    rise = diffused(firms.digital_level, rate, terms.digital_cost_factor, elasticity)
    usual = diffused(firms.digital_level, rate, base.digital_cost_factor, elasticity)
    growth = float(state.world.information_economy_log_growth[state.now])
    spill = (terms.digital_spillover - base.digital_spillover) * growth * firms.digital_level
    firms.digital_level[:] = np.minimum(firms.digital_level + rise * on, 0.98)
    weight = firms.real_output * on * firms.on_roster
    extra = float(weight @ (rise - usual)) / max(float(weight.sum()), 1e-300)
    state.memory["innovation.extra_adoption"] = extra
    return np.asarray(p["productivity_wrt_digital"] * (rise - usual) + spill)


def _research(state: CityState, sector: Integers, on: Floats) -> Floats:
    """Accumulate R&D; return its gain of TFP beyond the reference, spillovers included."""
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    certified = firms.high_tech.astype(np.float64)
    price = float(state.world.ppi[state.now])
    keep = 1.0 - p["rd_depreciation"] / 4.0
    flow = firms.revenue / price
    ratio = research_outlay(firms.rd_ratio, terms.rd_grant, p["rd_wrt_cost"], 0.0)
    booked = np.where(certified > 0, ratio, firms.rd_ratio)
    real = p["rd_relabelling_share"]
    new = research_outlay(firms.rd_ratio, terms.rd_grant, p["rd_wrt_cost"], real)
    old = research_outlay(firms.rd_ratio, base.rd_grant, p["rd_wrt_cost"], real)
    new, old = np.where(certified > 0, new, firms.rd_ratio), np.where(
        certified > 0, old, firms.rd_ratio
    )
    stock = np.maximum(keep * firms.rd_stock + new * flow, 1.0)
    usual = np.maximum(keep * firms.rd_stock + old * flow, 1.0)
    firms.rd_stock[:] = stock * on
    state.arrays["innovation.rd_outlay"] = booked * firms.revenue * on
    grants = terms.rd_grant * booked * firms.revenue * certified * on
    usual_grants = base.rd_grant * firms.rd_ratio * firms.revenue * certified * on
    extra = np.maximum(grants - usual_grants, 0.0)
    firms.cash += extra
    state.ledger.pay("government", "firms", "lever:rd_grant_rate", float(extra.sum()))
    gain = p["tfp_wrt_rd"] * np.log(stock / usual)
    doing = (firms.rd_ratio > 0.0) * on
    talent = state.arrays.get("talent.rd_gain", np.zeros(0))
    gain[: len(talent)] += p["tfp_wrt_rd"] * talent * doing[: len(talent)]
    weight = firms.real_output * on
    spread = sector_mean(gain, weight, sector, len(state.city.sectors.code))[sector]
    public = (terms.public_knowledge - base.public_knowledge) / 4.0
    gain += doing * p["public_knowledge_spillover"] * public
    return np.asarray(gain + (p["rd_social_over_private"] - 1.0) * spread * on)


def _targeted(state: CityState, sector: Integers, on: Floats) -> Floats:
    """Return gains of chosen fields, co-operation links and frontier draws."""
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    support = field_support(state, terms) - field_support(state, base)
    doing = (firms.rd_ratio > 0.01) * on
    gain = doing * support[sector] * p["breakthrough_gain"] / 4.0
    large = (firms.tier == BACKBONE) * on
    links = (terms.cooperation_links - base.cooperation_links) / 4.0
    gain += large * p["cooperation_gain"] * links / max(float(large.sum()), 1.0)
    state.add("breakthrough_fields_in_force", terms.breakthrough_fields)
    return np.asarray(gain + _frontier(state, doing))


def _frontier(state: CityState, doing: Floats) -> Floats:
    """Return jumps of firms that win a frontier draw (clause 3); count the wins."""
    firms, p = state.firms, state.parameters
    gain = np.zeros(firms.count)
    tilt = state.city.sectors.strategic_emerging_share[firms.sector.astype(np.int64)]
    draw = state.random.uniforms("innovation/frontier_firm", firms.firm_id, state.quarter)[0]
    candidates = np.flatnonzero((doing > 0) & (firms.annual_revenue < 4e8) & (tilt > 0.2))
    order = candidates[np.argsort(-draw[candidates], kind="stable")]
    slots = np.arange(FRONTIER_SLOTS)
    luck = state.random.uniforms("innovation/frontier", slots, state.quarter, 2)
    for slot in slots[: len(order)]:
        if luck[1, slot] >= p["frontier_success"]:
            continue
        open_now = luck[0, slot] < state.terms.frontier_draws / (4.0 * FRONTIER_SLOTS)
        open_before = luck[0, slot] < state.reference.frontier_draws / (4.0 * FRONTIER_SLOTS)
        gain[order[slot]] += p["frontier_jump"] * (float(open_now) - float(open_before))
        if open_now:
            state.add("frontier_breakthroughs")
    return gain


def _upgrade(state: CityState, sector: Integers, active: Flags, on: Floats) -> Floats:
    """Upgrade traditional firms and raise quality; return gains of TFP."""
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    draw = state.random.uniforms("innovation/upgrade", firms.firm_id, state.quarter)[0]
    open_to = state.city.sectors.traditional[sector] & active & ~firms.upgraded
    now = open_to & (draw < -np.expm1(-terms.upgrade_hazard / 4.0))
    usual = open_to & (draw < -np.expm1(-base.upgrade_hazard / 4.0))
    firms.upgraded[now] = True
    state.add("upgraded", float((now & firms.on_roster).sum()))
    rate = firms.value_added_rate
    rate += now * terms.upgrade_gain - usual * base.upgrade_gain
    rate += on * p["value_added_rate_drift"] / 4.0
    quality = (terms.quality_programme - base.quality_programme) * p["quality_gain"] / 4.0
    firms.quality_level += quality * on
    rate += (1.0 - rate) * quality * on
    np.clip(rate, 0.02, 0.92, out=rate)
    change = now.astype(np.float64) - usual.astype(np.float64)
    return np.asarray(change * p["upgrade_productivity_gain"])


def step(state: CityState) -> None:
    """Move technology of every firm by one quarter."""
    firms = state.firms
    sector = firms.sector.astype(np.int64)
    active = firms.alive
    on = active.astype(np.float64)
    gain = _digital(state, on)
    gain += _research(state, sector, on)
    gain += _targeted(state, sector, on)
    gain += _upgrade(state, sector, active, on)
    gain += state.memory.get("talent.tfp_gain", 0.0)
    drift = state.memory["production.tfp_trend"] / 4.0
    position = _relative_position(state, sector, on)
    firms.log_tfp += on * (drift + gain + position)


def observe(state: CityState) -> dict[str, float]:
    """Return true aggregates: adoption, R&D, upgrades, breakthroughs."""
    firms = state.firms
    roster = firms.on_roster & firms.alive
    outlay = state.arrays.get("innovation.rd_outlay")
    spent = float(outlay[roster[: len(outlay)]].sum()) if outlay is not None else float(
        (firms.rd_ratio * firms.revenue)[roster].sum()
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
