"""Levers of clauses 1-4 and 6: structure of industry and strategic co-operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.levers.declare import lever


@lever(
    1, "share of adoption cost", 0.0, 0.8, 0.0,
    moves=("digital_adoption", +1, 4.0),
    en="Cut of the cost of going digital", zh="企业上云用数成本降幅",
    mechanism="industrial cloud platforms lower the cost of digital adoption, so that it "
    "spreads faster among manufacturers",
    mechanism_zh="工业云平台降低企业数字化成本,加快扩散",
    source="diffusion rate and cost elasticity: priors (sim/parameters/innovation.py)",
)  # fmt: skip
def cloud_adoption_cost_cut(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Lower the cost factor of digital adoption (clause 1)."""
    return {"digital_cost_factor": 1.0 - value}


@lever(
    1, "elasticity", 0.0, 0.10, 0.0,
    moves=("labour_productivity", +1, 500.0),
    en="Spillover of the digital sector to manufacturing", zh="数字产业对制造业的外溢",
    mechanism="growth of the city's digital sector spills over to manufacturers' productivity "
    "in proportion to their digital level",
    mechanism_zh="数字产业增长按企业数字化水平外溢至制造业生产率",
    source="prior: no estimate",
)  # fmt: skip
def digital_spillover(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Let digital growth spill over to manufacturers (clause 1)."""
    return {"digital_spillover": value * parameters["digital_sector_spillover"]}


@lever(
    2, "weight 0-1", 0.0, 1.0, 0.0,
    moves=("strategic_emerging_share", +1, 0.02),
    en="Bias of support to strategic emerging industries", zh="战略性新兴产业扶持倾斜",
    mechanism="support biased to strategic emerging industries raises their entry, their access "
    "to funds and their investment",
    mechanism_zh="向战略性新兴产业倾斜的扶持提高其新设、融资与投资",
    source="zone effects through births: Lu, Wang & Zhu 2019 (sign)",
)  # fmt: skip
def sei_support_bias(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Tilt support to strategic emerging industries (clause 2)."""
    return {"emerging_support": value}


@lever(
    3, "draws per year", 0.0, 40.0, 0.0,
    moves=("frontier_breakthroughs", +1, 5.0),
    en="Bets on future industries", zh="未来产业前沿布局",
    mechanism="labs and start-ups take high-variance R&D options; a success lifts the firm's "
    "productivity by a jump",
    mechanism_zh="实验室与初创企业承接高方差研发选项,成功者生产率跃升",
    source="success rate and jump: priors",
)  # fmt: skip
def frontier_arrival_rate(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Open frontier R&D options (clause 3)."""
    return {"frontier_draws": value}


@lever(
    4, "share of traditional firms per year", 0.0, 0.30, 0.0,
    moves=("upgraded_firms", +1, 300.0),
    en="Rate of upgrading of traditional firms", zh="传统企业改造提升率",
    mechanism="robots, standards, data and service-type manufacturing are adopted by a share of "
    "traditional firms each year; adopters raise their value-added rate and productivity",
    mechanism_zh="传统企业每年按比例推进“互联网+”“机器人+”“标准化+”“大数据+”改造",
    source="labour productivity after adoption: sign cited, size prior",
)  # fmt: skip
def upgrade_rate(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Upgrade traditional firms (clause 4)."""
    return {"upgrade_hazard": value}


@lever(
    4, "percentage points of an adopter's value-added rate", 0.0, 6.0, 0.0,
    moves=("value_added_rate", +1, 0.04),
    en="Gain in the value-added rate of an upgraded firm", zh="改造企业增加值率增益",
    mechanism="design and service content raise the share of value added in an adopter's revenue",
    mechanism_zh="创新设计与服务型制造提高企业增加值占收入比重",
    source="prior: no estimate",
)  # fmt: skip
def va_rate_gain(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Set how much an upgraded firm gains in its value-added rate (clause 4)."""
    return {"upgrade_gain": value / 100.0 * parameters["upgrade_value_added_gain"]}


@lever(
    6, "links per year", 0.0, 60.0, 0.0,
    moves=("labour_productivity", +1, 150.0),
    en="New strategic co-operation links", zh="战略合作项目",
    mechanism="each link with a platform firm, academy or university gives a large firm access "
    "to knowledge",
    mechanism_zh="与名企名院名校的每项合作使大企业获得知识来源",
    source="prior: no estimate",
)  # fmt: skip
def coop_links_per_year(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Add knowledge links of large firms (clause 6)."""
    return {"cooperation_links": value}


@lever(
    6, "log points of export demand per year", 0.0, 0.05, 0.0,
    moves=("industrial_value_added_growth", +1, 0.05),
    en="Export demand opened by Belt and Road and eWTP", zh="“一带一路”与eWTP出口需求",
    mechanism="easier trade opens export demand to small and medium firms",
    mechanism_zh="贸易便利化为中小企业打开出口需求",
    source="prior: no estimate",
)  # fmt: skip
def export_demand_shift(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Shift export demand (clause 6)."""
    return {"export_shift": value}
