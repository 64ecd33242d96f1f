"""Levers of clause 18: energy, water and closures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.levers.declare import PER_MU_CLASSES, lever
from sim.units import KWH_PER_TCE


@lever(
    18, "yuan/kWh", 0.0, 0.60, 0.0,
    moves=("energy_intensity", -1, 0.01),
    en="Energy price surcharge by per-mu class", zh="差别化电价加价(按亩均类别)",
    mechanism="dearer energy for weaker classes lowers their energy intensity along the price "
    "elasticity",
    mechanism_zh="对低效类别加价,沿价格弹性降低能耗强度",
    source="elasticity -0.30 (-0.65 to -0.05); surcharge over the price of industrial energy",
    classes=PER_MU_CLASSES,
)  # fmt: skip
def energy_price_surcharge(
    value: tuple[float, ...], parameters: Mapping[str, float]
) -> dict[str, Any]:
    """Raise the price of energy by per-mu class (clause 18)."""
    per_tce = KWH_PER_TCE / parameters["energy_price_level"]
    return {"energy_price": tuple(1.0 + surcharge * per_tce for surcharge in value)}


@lever(
    18, "yuan/tce", 0.0, 1000.0, 0.0,
    moves=("energy_intensity", -1, 0.02),
    en="Price of energy quota", zh="用能权交易价格",
    mechanism="energy above the quota of the sector has to be bought: heavy users cut first",
    mechanism_zh="超出行业配额的用能须购买,高耗能企业先行降耗",
    source="pilot provinces -8.3 % (-10.2 to -6.4)",
)  # fmt: skip
def energy_quota_price(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Price energy above quota (clause 18)."""
    return {"energy_quota_price": value}


@lever(
    18, "proportional tightening of water quotas", 0.0, 0.5, 0.0,
    moves=("water_intensity", -1, 0.05),
    en="Tightening of industrial water quotas", zh="工业用水定额收紧",
    mechanism="tighter water quotas with progressive prices lower water per unit of output",
    mechanism_zh="收紧用水定额并累进加价,降低单位用水",
    source="prior: no estimate",
)  # fmt: skip
def water_quota_tightening(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Tighten water quotas (clause 18)."""
    return {"water_tightening": value}


@lever(
    18, "share of class D closed per year", 0.0, 0.5, 0.0,
    moves=("closures_obsolete", +1, 20.0),
    en="Closure of obsolete capacity", zh="淘汰落后产能比例",
    mechanism="a share of the firms of the lowest per-mu class is closed each year",
    mechanism_zh="每年关停一定比例的最低档企业",
    source="Zhejiang 2017: 2,690 firms closed, 662 tce freed each (derived)",
)  # fmt: skip
def closure_rate(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Close firms of class D (clause 18)."""
    return {"closure_hazard": value}
