"""Levers of clauses 14-17: laboratories, breakthroughs, quality, technical upgrading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.levers.declare import lever


@lever(
    14, "growth per year (fraction)", 0.0, 0.30, 0.0,
    moves=("labour_productivity", +1, 1500.0),
    en="Growth of public knowledge", zh="公共知识存量增速",
    mechanism="state laboratories and innovation centres raise the public knowledge stock, which "
    "R&D firms use",
    mechanism_zh="重大科技设施与创新中心扩大公共知识存量,惠及研发企业",
    source="within the social return of Bloom, Schankerman & Van Reenen 2013 (memory)",
)  # fmt: skip
def public_knowledge_growth(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Grow the public knowledge stock (clause 14)."""
    return {"public_knowledge": value}


@lever(
    15, "fields per year", 0.0, 10.0, 0.0,
    moves=("breakthrough_fields", +1, 3.0),
    en="Breakthrough fields chosen each year", zh="年度重点创新突破领域数",
    mechanism="each year some fields get concentrated support; R&D firms in a chosen field "
    "succeed more often, thinner the more fields share it",
    mechanism_zh="每年选定领域集中扶持,领域越多单个领域力度越薄",
    source="prior: no estimate",
    administrative=True,
)  # fmt: skip
def fields_per_year(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Choose breakthrough fields (clause 15)."""
    return {"breakthrough_fields": value}


@lever(
    15, "share of R&D outlay of supported firms", 0.0, 0.5, 0.0,
    moves=("rd_intensity", +1, 0.04),
    en="R&D grant rate", zh="研发补助比例",
    mechanism="grants lower the cost of R&D of firms with a high-tech certificate; part of the "
    "response is relabelled",
    mechanism_zh="补助降低高企研发成本,部分为虚列",
    source="Chen, Liu, Suarez Serrato & Xu (elasticity 0.42), relabelling 24 %",
)  # fmt: skip
def rd_grant_rate(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Grant a share of R&D outlay (clause 15)."""
    return {"rd_grant": value}


@lever(
    16, "share of new-product sales bought first by government", 0.0, 0.10, 0.0,
    moves=("high_tech_value_added", +1, 10.0),
    en="First purchase of new products", zh="首购首用比例",
    mechanism="government buys first sets and first batches of firms with new products",
    mechanism_zh="政府首购首用新产品,扩大创新产品需求",
    source="prior: no estimate",
)  # fmt: skip
def first_purchase_share(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Buy new products first (clause 16)."""
    return {"first_purchase": value}


@lever(
    16, "programme strength 0-1", 0.0, 1.0, 0.0,
    moves=("value_added_rate", +1, 0.3),
    en="Quality, brand and standards programme", zh="质量品牌标准提升",
    mechanism="better quality, brands and standards raise the mark-up and with it the "
    "value-added rate",
    mechanism_zh="质量、品牌、标准提升提高溢价与增加值率",
    source="prior: no estimate",
)  # fmt: skip
def quality_programme(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Raise quality levels (clause 16)."""
    return {"quality_programme": value}


@lever(
    17, "share of technical-upgrade investment", 0.0, 0.30, 0.0,
    moves=("technical_upgrade_investment", +1, 25.0),
    en="Subsidy on technical-upgrade investment", zh="技术改造投资补助率",
    mechanism="a subsidy on machines for workers, factory IoT and cloud lowers the user cost of "
    "upgrading capital for firms that claim it",
    mechanism_zh="对“机器换人”、工厂物联网、企业上云投资给予补助,降低资本使用成本",
    source="Zhang, Chen & He 2017: +28 % for a 17 % credit, low end no effect",
)  # fmt: skip
def technical_upgrade_subsidy(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Subsidise technical upgrading (clause 17)."""
    return {"upgrade_subsidy": value}
