"""Levers of clauses 24-26: special fund, guidance fund, manufacturing credit, insurance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.levers.declare import lever
from sim.units import YI_YUAN

BASIS_POINT = 1e-4


@lever(
    24, "亿元 per year", 0.0, 100.0, 0.0,
    moves=("technical_upgrade_investment", +1, 5.0),
    en="Industry-and-IT special fund", zh="工信专项资金规模",
    mechanism="grants go to above-scale manufacturers by score; a part becomes additional "
    "investment, the direct effect on TFP is zero by default",
    mechanism_zh="按评分向规上制造企业拨款,部分形成新增投资,默认对生产率无直接影响",
    source="Branstetter, Li & Ren 2022 (no TFP gain); additionality is a prior",
)  # fmt: skip
def special_fund_size(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Set the yearly special fund (clause 24)."""
    return {"special_fund": value * YI_YUAN}


@lever(
    24, "correlation", -0.3, 1.0, 0.0,
    moves=("grant_targeting", +1, 0.5),
    en="Targeting precision of grants", zh="专项资金瞄准度",
    mechanism="moves the correlation of the grant score with productivity, so that additional "
    "investment happens in more productive firms",
    mechanism_zh="提高拨款评分与企业生产率的相关性",
    source="Branstetter, Li & Ren 2022: slope -0.1 without the lever (sign cited)",
)  # fmt: skip
def targeting_precision(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Target grants on productivity (clause 24)."""
    return {"targeting": value}


@lever(
    25, "亿元 committed", 0.0, 1000.0, 0.0,
    moves=("fund_drawn", +1, 120.0),
    en="Guidance fund commitments", zh="产业基金认缴规模",
    mechanism="commitments are called over years and placed as equity with social capital; the "
    "state platform invests beside; a share is additional investment",
    mechanism_zh="认缴资本分年到位,与社会资本、国资平台共同股权投资,部分为新增投资",
    source="additionality 0.3 (0-0.6), prior; pace from fund contracts",
)  # fmt: skip
def guidance_fund_size(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Commit capital to the guidance fund (clause 25)."""
    return {"fund_size": value * YI_YUAN}


@lever(
    25, "yuan of social capital per yuan", 1.0, 9.0, 1.0,
    moves=("fund_leverage", +1, 1.0),
    en="Leverage of the guidance fund", zh="产业基金放大倍数",
    mechanism="social capital placed beside each yuan of the fund",
    mechanism_zh="每元产业基金带动的社会资本",
    source="3.73 in Zhejiang to 2016-08 (derived); commitments, not additionality",
)  # fmt: skip
def fund_leverage(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Set the leverage of the guidance fund (clause 25)."""
    return {"fund_leverage": value}


@lever(
    26, "percentage points per year", 0.0, 5.0, 0.0,
    moves=("manufacturing_credit_share", +1, 2.0),
    en="Shift of credit to manufacturing", zh="制造业信贷占比年增幅",
    mechanism="raises the quota that banks aim at; fewer firms are rationed, and banks place "
    "most of what is left over with sound manufacturers",
    mechanism_zh="提高制造业信贷额度,减少信贷配给",
    source="prior: window guidance; the trend before the plan is falling",
)  # fmt: skip
def manufacturing_credit_shift(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Shift credit to manufacturing (clause 26)."""
    return {"credit_shift": value / 100.0}


@lever(
    26, "basis points", 0.0, 200.0, 0.0,
    moves=("industrial_investment", +1, 15.0),
    en="Cut of the lending spread", zh="贷款利差下调",
    mechanism="lowers the user cost of debt-financed capital and raises loan demand",
    mechanism_zh="降低债务融资的资本使用成本,增加贷款需求",
    source="Zhang, Chen & He 2017 (1.84) and zero: centre -1",
)  # fmt: skip
def spread_cut(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Cut the spread on manufacturing loans (clause 26)."""
    return {"spread_cut": value * BASIS_POINT}


@lever(
    26, "share of premium", 0.0, 1.0, 0.0,
    moves=("first_sets_insured", +1, 2.0),
    en="First-set insurance", zh="首台套保险保费补贴",
    mechanism="more first sets are insured and sold; sets beyond the reference raise mark-ups",
    mechanism_zh="提高首台套投保与销售,带动产品溢价",
    source="prior; national pilot of 2015 paid up to 80 % of the premium (memory)",
)  # fmt: skip
def first_set_insurance(value: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """Pay a share of the premium for first sets (clause 26)."""
    return {"insurance_share": value}
