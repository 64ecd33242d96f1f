"""Levers of clauses 5, 7, 8 and 27: attraction, screening, decisions, approval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.levers.declare import lever
from sim.units import QUARTERS_PER_YEAR

DAYS_PER_QUARTER = 360.0 / QUARTERS_PER_YEAR
MONTHS_PER_QUARTER = 3.0


@lever(
    5, "multiplier", 0.0, 3.0, 1.0,
    moves=("projects_ge_2bn", +1, 5.0),
    en="Project attraction effort", zh="项目招引力度",
    mechanism="districts' effort draws large projects: Poisson arrivals rise with effort, with "
    "diminishing returns, and partly at the neighbours' expense",
    mechanism_zh="招引力度提高大项目到达率(泊松),边际递减,部分来自周边城市",
    source="elasticity of arrivals to effort 0.6 (0.25 to 1.0), prior: no estimate",
)  # fmt: skip
def project_attraction_effort(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Set the attraction effort (clause 5)."""
    return {"attraction": value}


@lever(
    7, "share 0-1", 0.0, 1.0, 0.0,
    moves=("projects_vetoed", +1, 2.0),
    en="Strictness of screening", zh="产业定位审查严格度(一票否决)",
    mechanism="projects that fit the city's industries badly are vetoed; they do not count, and "
    "those that remain fit better",
    mechanism_zh="不符合产业定位的项目被一票否决,不计入招引数",
    source="veto chance is strictness times squared mismatch, prior",
)  # fmt: skip
def screen_strictness(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Screen projects by fit (clause 7)."""
    return {"screening": value}


@lever(
    7, "weight 0-1", 0.0, 1.0, 0.0,
    moves=("projects_ge_2bn_construction_started", +1, 1.0),
    en="Land and fund priority of projects of 2 bn yuan and more",
    zh="20亿元以上项目要素保障权重",
    mechanism="large projects claim land before firms and can draw on quota of the whole city: "
    "shorter waits, fewer given up",
    mechanism_zh="大项目优先用地并可全市统筹指标,缩短等待、减少撤项",
    source="land priority weight 4 (2 to 8), log hazard of giving up -0.5 (-1.0 to -0.1), priors",
)  # fmt: skip
def priority_weight_20(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Give large projects priority for land (clause 7)."""
    return {"large_project_priority": value}


@lever(
    8, "months", 0.0, 12.0, 0.0,
    moves=("projects_ge_10bn", -1, 0.1),
    en="Delay of collective decisions on mega projects", zh="特别重大项目集体决策时滞",
    mechanism="projects of 10 bn yuan and more are decided case by case: each decision takes "
    "longer before the project is signed",
    mechanism_zh="百亿级项目一事一议、集体决策,延后签约",
    source="arithmetic on the arrival rate of mega projects",
)  # fmt: skip
def mega_decision_delay(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Delay decisions on mega projects (clause 8)."""
    return {"decision_delay_quarters": value / MONTHS_PER_QUARTER}


@lever(
    8, "standard deviations", 0.0, 1.0, 0.0,
    moves=("project_selection_quality", +1, 0.1),
    en="Selection quality of collective decisions", zh="集体决策择优程度",
    mechanism="case-by-case decisions choose better mega projects: their plants are more "
    "productive and they are given up less often",
    mechanism_zh="集体决策择优,提高百亿级项目生产率、降低撤项率",
    source="spread of plant productivity 0.12 log (0.06 to 0.20), prior",
)  # fmt: skip
def selection_quality(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Choose better mega projects (clause 8)."""
    return {"selection_quality": value}


@lever(
    27, "days", 20.0, 300.0, 120.0,
    moves=("projects_ge_2bn_construction_started", -1, 0.5),
    en="Approval time of investment projects", zh="投资项目审批时间",
    mechanism="days of approval are part of the lag from deal to construction; while they wait, "
    "projects are given up at a steady hazard; new firms enter more readily",
    mechanism_zh="审批时间构成签约到开工的时滞,等待中项目按风险率流失;新企业进入亦受影响",
    source="start lag 3 quarters at 120 days, start share 0.62, priors; the ceiling of four "
    "months of 2017-09 is cited",
)  # fmt: skip
def approval_days(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Set the approval time (clause 27)."""
    return {"approval_quarters": value / DAYS_PER_QUARTER}
