"""Levers of clauses 22 and 23: talent, teams, managers, skilled workers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.levers.declare import lever


@lever(
    22, "overseas person-times per year", 0.0, 3000.0, 0.0,
    moves=("talent_overseas", +1, 1500.0),
    en="Overseas talent brought in", zh="引进海外人才",
    mechanism="more people join R&D firms, national leading talents and design masters in the "
    "plan's proportion; they raise R&D productivity",
    mechanism_zh="按计划比例引进海外人才、领军人才与设计大师,提高研发效率",
    source="arrivals: the plan's own proportion; effect on R&D productivity is a prior",
)  # fmt: skip
def talent_inflow(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Bring in talent (clause 22)."""
    return {"talent_inflow": value}


@lever(
    22, "teams per year", 0.0, 20.0, 0.0,
    moves=("talent_teams", +1, 10.0),
    en="Leading innovation teams", zh="领军型创新创业团队",
    mechanism="supported teams join R&D firms and raise their R&D productivity",
    mechanism_zh="资助团队进入研发企业,提高研发效率",
    source="prior: no estimate",
)  # fmt: skip
def talent_teams(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Support leading teams (clause 22)."""
    return {"talent_teams": value}


@lever(
    23, "log TFP per year", 0.0, 0.02, 0.0,
    moves=("skill_productivity_gain", +1, 1.0),
    en="Management quality", zh="管理水平提升",
    mechanism="training of managers raises the productivity of all firms",
    mechanism_zh="企业家培训提高企业生产率",
    source="prior: the size is the lever's own value",
)  # fmt: skip
def management_gain(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Raise management quality (clause 23)."""
    return {"management_gain": value}


@lever(
    23, "share per year", 0.0, 0.05, 0.0,
    moves=("skill_productivity_gain", +1, 0.3),
    en="Growth of skilled labour", zh="技能人才供给增速",
    mechanism="more skilled workers raise productivity by the skilled share of the work force",
    mechanism_zh="技能人才占比上升提高生产率",
    source="Moretti 2004: 0.5-0.6 % per point of the graduate share (memory)",
)  # fmt: skip
def skill_supply_growth(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Train skilled workers (clause 23)."""
    return {"skill_growth": value}
