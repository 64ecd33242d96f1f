"""Levers of clauses 9-11 and 19-21: platforms, relocation and land."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.levers.declare import PER_MU_CLASSES, lever


@lever(
    9, "weight 0-1", 0.0, 1.0, 0.0,
    moves=("platform_output_share", +1, 0.3),
    en="Spatial focus on zone, corridors and belt", zh="产业空间集聚度(一区两廊一带多镇)",
    mechanism="new firms, plants and movers are steered to platforms of the corridors, whose "
    "platforms come to work as one area: productivity follows effective density",
    mechanism_zh="引导新企业、项目和迁移企业进入廊带平台,平台间联动形成集聚效应",
    source="agglomeration elasticity 0.04 (0.02 to 0.06), Combes and Gobillon 2015 (memory)",
)  # fmt: skip
def spatial_focus(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Focus industry on platforms and corridors (clause 9)."""
    return {"spatial_focus": value}


@lever(
    10, "share of platform land per year", 0.0, 0.2, 0.0,
    moves=("platform_value_added_per_mu", +1, 10.0),
    en="Consolidation of platforms", zh="平台整合提升力度",
    mechanism="low users leave platforms and their plots go to firms with higher yields; "
    "neighbouring platforms merge",
    mechanism_zh="低效企业退出平台、腾出土地给高产企业,相邻平台整合",
    source="arithmetic on plots; merging factor prior",
)  # fmt: skip
def platform_consolidation_rate(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Remove low users from platforms (clause 10)."""
    return {"consolidation": value}


@lever(
    11, "multiplier", 0.0, 2.0, 1.0,
    moves=("relocations", -1, 6.0),
    en="Friction of relocation within the city", zh="市域内搬迁阻力",
    mechanism="procedures and costs of moving deter firms of dear districts from platforms in "
    "cheaper ones",
    mechanism_zh="搬迁程序与成本抑制企业向市域内低地价平台转移",
    source="log hazard -1.2 (-2.0 to -0.5) per unit, prior",
)  # fmt: skip
def relocation_friction(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Set the friction of moves within the city (clause 11)."""
    return {"relocation_friction": value}


@lever(
    11, "share", 0.0, 1.0, 0.0,
    moves=("relocations", +1, 2.0),
    en="Share of tax and output credited to the receiving district",
    zh="迁入地分享税收与产出比例",
    mechanism="a district that keeps the base of leaving firms blocks fewer of them only if it "
    "must give the base up: crediting the receiver wholly unblocks moves",
    mechanism_zh="产出与税收计入迁入地、迁出地不留基数,减少阻留,搬迁增多",
    source="blocked share 0.6 (0.35 to 0.85), prior",
    administrative=True,
)  # fmt: skip
def tax_share_to_receiver(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Credit relocated tax to the receiving district (clause 11)."""
    return {"receiver_tax_share": value}


@lever(
    19, "share of the year's new quota", 0.0, 0.6, 0.0,
    moves=("industrial_quota_share", +1, 10.0),
    en="Industrial share reserved in the new land quota", zh="新增用地指标工业占比底线",
    mechanism="a floor under each district's industrial share of new land; districts may do more",
    mechanism_zh="各区新增用地指标中工业占比的底线",
    source="arithmetic on the quota; districts' own share prior",
    administrative=True,
)  # fmt: skip
def industrial_quota_share(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Reserve quota for industry (clause 19)."""
    return {"industrial_quota_share": value}


@lever(
    19, "km2", 0.0, 300.0, 0.0,
    moves=("industrial_land", +1, 4.0),
    en="Floor of industrial land in the urban districts", zh="市区工业用地总规模底线",
    mechanism="no conversion takes urban industrial land below the floor; below it, urban quota "
    "is shifted to industry; land lost in protected units is made good at home or by paid swaps",
    mechanism_zh="转用不得使市区工业用地低于底线,低于底线时补足;单元内占用须动态平衡或有偿调剂",
    source="loss rate 2 % a year (1.0 to 3.2), prior",
    administrative=True,
)  # fmt: skip
def land_floor(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Protect a total of industrial land (clause 19)."""
    return {"land_floor": value}


@lever(
    20, "share of industrial land per year", 0.0, 0.1, 0.0,
    moves=("redeveloped_land", +1, 5000.0),
    en="Redevelopment of low-use industrial land", zh="低效工业用地盘活率",
    mechanism="idle plots and the unused part of plots of classes C and D are recovered and "
    "supplied anew",
    mechanism_zh="收回闲置与低效地块,重新供给",
    source="arithmetic on plots; 25,000 mu a year were planned for 2014-2017 (cited)",
)  # fmt: skip
def redevelopment_rate(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Recover low-use land (clause 20)."""
    return {"redevelopment": value}


@lever(
    20, "ratio", 0.0, 1.0, 0.0,
    moves=("industrial_floor_area_ratio", +1, 0.01),
    en="Floor-space gain of upgrades without new land", zh="零土地技改容积率提升",
    mechanism="firms short of land rebuild on their own plot and carry more capital on it",
    mechanism_zh="缺地企业原地加层扩容,单位土地承载更多资本",
    source="rate of zero-land upgrades 12 % a year of firms short of land, prior",
)  # fmt: skip
def floor_area_gain(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Raise floor space on own land (clause 20)."""
    return {"floor_area_gain": value}


@lever(
    21, "weight", 0.0, 3.0, 1.0,
    moves=("land_allocated_to_firms", +1, 40.0),
    en="Land priority by per-mu class", zh="差别化用地优先权重(按亩均类别)",
    mechanism="claims of a class on new land count with this weight against those of other "
    "classes, projects and estates: a class of weight zero gets nothing while others ask",
    mechanism_zh="各类别企业用地申请按权重排序,权重为零者不予供地",
    source="rationing rule; the opinion states no weights",
    classes=PER_MU_CLASSES,
)  # fmt: skip
def land_priority(value: tuple[float, ...], parameters: Mapping[str, float]) -> dict[str, Any]:
    """Weigh land claims by class (clause 21)."""
    return {"land_priority": tuple(value)}


@lever(
    21, "share of districts bound", 0.0, 1.0, 0.0,
    moves=("quota_in_platforms_share", +1, 10.0),
    en="Rule that new industrial land goes to platforms", zh="新增工业用地指标用于工业平台",
    mechanism="districts bound by the rule place all new industrial land in platforms, others "
    "their customary share; one without platforms hands its quota on",
    mechanism_zh="受约束的区新增工业用地全部入园,其余按惯例;无平台的区指标调剂他区",
    source="customary share 0.5 (0.35 to 0.65), prior",
    administrative=True,
)  # fmt: skip
def quota_in_platforms(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Place new industrial land in platforms (clause 21)."""
    return {"quota_in_platforms": value}


@lever(
    21, "share of new and upgraded industrial land", 0.0, 0.3, 0.0,
    moves=("land_by_use_innovation", +1, 2.0),
    en="Share of innovation-type land M0", zh="创新型产业用地占比",
    mechanism="part of new and recovered industrial land is supplied as M0: floor space for "
    "high-tech firms and start-ups that lack room, more innovative entry",
    mechanism_zh="部分新增与盘活工业用地按创新型产业用地供给,缓解高新与初创企业空间不足",
    source="arithmetic on the quota; response of entry prior",
)  # fmt: skip
def m0_land_share(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Supply innovation-type land (clause 21)."""
    return {"innovation_land_share": value}


@lever(
    21, "quantile", 0.0, 0.2, 0.05,
    moves=("land_by_class_D", +1, 5.0),
    en="Share of evaluated firms in class D", zh="D类企业比例",
    mechanism="the lowest share of the public per-mu ranking is class D, which other rules refer "
    "to",
    mechanism_zh="亩均评价末位比例划为D类,供差别化政策引用",
    source="province: about the lowest twentieth (memory)",
)  # fmt: skip
def class_cutoff_d(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Set the share of class D (clause 21)."""
    return {"class_cutoff_d": value}
