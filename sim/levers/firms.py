"""Levers of clauses 12 and 13: the ladder, certificates, rewards, listing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.levers.declare import lever
from sim.units import WAN_YUAN


@lever(
    12, "multiplier", 1.0, 2.0, 1.0,
    moves=("tier_promotions", +1, 30.0),
    en="Ladder cultivation", zh="企业梯度培育力度",
    mechanism="multiplies the yearly hazard that a firm that meets the rule of a higher tier is "
    "promoted, and makes leaders buy more from local suppliers",
    mechanism_zh="提高达标企业晋级概率,并提高龙头企业本地配套",
    source="prior: no estimate of tier transitions",
)  # fmt: skip
def tier_transition_boost(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Multiply promotion hazards (clause 12)."""
    return {"promotion_boost": value}


@lever(
    12, "multiplier", 1.0, 3.0, 1.0,
    moves=("high_tech_firms", +1, 250.0),
    en="High-tech enterprise cultivation", zh="高新技术企业培育力度",
    mechanism="multiplies new certificates by a power below one; the R&D rule and the number of "
    "firms that spend on R&D bound it",
    mechanism_zh="增加新认定高企,受研发门槛与研发企业数约束",
    source="prior: elasticity below one; rule 国科发火〔2016〕32号 (memory)",
)  # fmt: skip
def high_tech_cultivation(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Multiply new certificates (clause 12)."""
    return {"certificate_boost": value}


@lever(
    12, "万元 per firm", 0.0, 1000.0, 0.0,
    moves=("firms_by_tier_backbone", +1, 3.0),
    en="Reward of the hundred largest manufacturers", zh="制造业百强企业奖励",
    mechanism="pays the hundred largest manufacturers each year; firms just below the threshold "
    "of the top tier reach it more often (bunching)",
    mechanism_zh="每年奖励百强企业,门槛附近企业聚束",
    source="bunching at notches: Chen, Liu, Suarez Serrato & Xu (sign cited), size a prior",
)  # fmt: skip
def top100_reward(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Reward the hundred largest manufacturers (clause 12)."""
    return {"top_reward": value * WAN_YUAN}


@lever(
    13, "multiplier", 1.0, 2.0, 1.0,
    moves=("listing_pipeline", +1, 8.0),
    en="Listing push", zh="上市推动力度",
    mechanism="raises share reform, conversions and quotations; listings follow through a longer "
    "queue, the national window and the review stay as they are",
    mechanism_zh="提高股改与挂牌概率,经由排队企业增加上市,不改变全国发行窗口",
    source="prior: elasticity below one; listing intensity from the city's own counts",
)  # fmt: skip
def listing_hazard_multiplier(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Multiply entries into the listing pipeline (clause 13)."""
    return {"listing_boost": value}


@lever(
    13, "万元 per firm", 0.0, 1000.0, 0.0,
    moves=("listing_pipeline", +1, 7.0),
    en="Reward per listing", zh="上市奖励",
    mechanism="lowers the cost of share reform and listing; one fifth is paid at share reform",
    mechanism_zh="降低股改与上市成本,五分之一于股改时兑现",
    source="prior: rewards of 1-3 million yuan against fees of tens of millions",
)  # fmt: skip
def listing_reward(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Reward listings (clause 13)."""
    return {"listing_reward": value * WAN_YUAN}
