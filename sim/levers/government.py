"""Levers of clauses 28-30: burden, service, co-ordination."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.levers.declare import lever


@lever(
    28, "share of revenue", 0.0, 0.03, 0.0,
    moves=("industrial_profit", +1, 40.0),
    en="Cut of fees and other burdens", zh="涉企收费与成本降幅",
    mechanism="lower fees, power, gas and logistics charges stay with the firm as profit and "
    "lower its risk of closing",
    mechanism_zh="降低收费与电、气、物流成本,留利并提高存活",
    source="arithmetic on revenue; exit response prior",
)  # fmt: skip
def cost_cut_rate(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Cut burdens (clause 28)."""
    return {"cost_cut": value}


@lever(
    29, "share of key firms served", 0.0, 1.0, 0.0,
    moves=("out_migrations", -1, 2.0),
    en="Coverage of firm service officers", zh="企业服务专员覆盖率",
    mechanism="officers tell firms of policies (higher take-up) and keep key firms in the city",
    mechanism_zh="服务专员提高政策知晓与申领,稳定重点企业",
    source="take-up: Cui, Hicks & Xing (fewer than one in five claims); out-migration prior",
)  # fmt: skip
def service_coverage(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Serve key firms (clause 29)."""
    return {"service_coverage": value}


@lever(
    30, "effectiveness 0-1", 0.0, 1.0, 0.0,
    moves=("implementation", +1, 3.0),
    en="Co-ordination by the leading group", zh="领导小组统筹成效",
    mechanism="co-ordination between departments lowers leakage: more of every intended change "
    "is carried out",
    mechanism_zh="部门统筹减少漏损,各项措施落实更充分",
    source="prior: no estimate",
)  # fmt: skip
def coordination_effectiveness(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Co-ordinate departments (clause 30)."""
    return {"coordination": value}


@lever(
    30, "weight 0-1", 0.0, 1.0, 0.0,
    moves=("implementation", +1, 1.0),
    en="Weight of assessment", zh="考核督查权重",
    mechanism="review drives effort where a clause carries a number",
    mechanism_zh="考核督查推动有量化指标的条款落实",
    source="prior: no estimate",
)  # fmt: skip
def assessment_weight(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Assess and supervise (clause 30)."""
    return {"assessment": value}
