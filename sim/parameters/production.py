"""Parameters of demand, output, labour and prices."""

from __future__ import annotations

from sim.parameters.declare import parameter

parameter(
    "capital_share", 0.40, 0.30, 0.50, "elasticity of output to capital",
    source="one minus the labour share of industrial value added in the national accounts 2015, "
    "lowered for rents", status="prior", lowest=0.1, highest=0.7,
    en="Capital share", zh="资本产出弹性",
)  # fmt: skip
parameter(
    "employment_trend", -0.010, -0.045, 0.025, "log per year in firms that stay, at trend growth",
    source="before the city's own figures, which enter by estimation: above-scale staff of the "
    "nation near level in 2012-2016 while output grew 6 to 10 % a year (memory), coastal "
    "provinces below it", status="prior", lowest=-0.10, highest=0.06, identified=True,
    en="Trend of employment in matched firms", zh="同口径用工趋势",
)  # fmt: skip
parameter(
    "trend_growth", 0.068, 0.040, 0.096, "real growth per year",
    source="before the city's own figures, which enter by estimation: national above-scale growth "
    "fell from 9.7 to 6.0 % in 2013-2016 and was 6.6 % in 2017 (cited drivers)", status="prior",
    lowest=0.0, highest=0.15, identified=True,
    en="Reference growth of potential output", zh="潜在产出参考增速",
)  # fmt: skip
parameter(
    "labour_adjustment", 0.22, 0.12, 0.35, "share of the gap per quarter",
    source="partial adjustment; no estimate for the city", status="prior",
    lowest=0.01, highest=1.0, en="Speed of labour adjustment", zh="劳动调整速度",
)  # fmt: skip
parameter(
    "verdoorn_coefficient", 0.5, 0.3, 0.7, "growth of productivity per growth of output",
    source="Kaldor-Verdoorn law: about one half in manufacturing (Verdoorn 1949, Kaldor 1966 and "
    "after)", status="memory", lowest=0.0, highest=0.95, identified=True,
    en="Verdoorn coefficient", zh="凡登系数",
)  # fmt: skip
parameter(
    "replicator_strength", 0.010, 0.002, 0.025, "log share per log competitiveness, a quarter",
    source="replicator dynamics as in the Keynes+Schumpeter family; not identified: one standard "
    "deviation of TFP (0.6) gains 1 to 6 % of sales a year",
    status="prior", lowest=0.0, highest=1.0,
    en="Strength of market selection", zh="市场选择强度",
)  # fmt: skip
parameter(
    "competitiveness_gain", 0.7, 0.3, 1.1, "elasticity",
    source="sales of the city's sector against the rest of the country per log of its "
    "productivity, capacity and quality beyond their reference paths; no estimate",
    status="prior", lowest=0.0, highest=3.0,
    en="Local share gained by competitiveness", zh="竞争力的市场份额弹性",
)  # fmt: skip
parameter(
    "growth_rate_scale", 0.30, 0.20, 0.45, "Laplace scale of annual log sales growth",
    source="prior; family: Zou 2019 Physica A 535:122344", status="prior",
    lowest=0.01, highest=1.0, en="Scale of firm growth shocks", zh="企业增长冲击尺度",
)  # fmt: skip
parameter(
    "growth_sd_size_exponent", -0.15, -0.20, -0.05, "d ln SD / d ln size",
    source="Stanley et al. 1996 and after (US); sign for China: Zou 2019", status="memory",
    lowest=-0.5, highest=0.0, en="Size exponent of growth shocks", zh="增长波动的规模指数",
)  # fmt: skip
parameter(
    "permanent_shock_share", 0.4, 0.25, 0.6, "share of the scale",
    source="sales shocks revert in part; no estimate for the city", status="prior",
    lowest=0.0, highest=1.0, en="Permanent part of firm shocks", zh="企业冲击的永久部分",
)  # fmt: skip
parameter(
    "sector_loading_dispersion", 0.5, 0.2, 0.9, "factor",
    source="how far capital-goods and emerging sectors move more than one for one with national "
    "demand", status="prior", lowest=0.0, highest=2.0,
    en="Cyclical dispersion of sectors", zh="行业周期离散度",
)  # fmt: skip
parameter(
    "high_tech_growth_gap", 0.15, 0.02, 0.28, "real growth per year, all against no high tech",
    source="before the city's own figures, which enter by estimation: the nation's high-tech "
    "manufacturing grew some 4 to 5 points faster than all industry in 2013-2017 (memory); 0.28 "
    "of the gap between sectors reaches the aggregate, for each holds some high tech",
    status="prior", lowest=-0.10, highest=0.60, identified=True,
    en="Growth lead of high-tech sectors", zh="高新技术产业增速差",
)  # fmt: skip
parameter(
    "export_pass_through", 0.6, 0.3, 1.0, "share",
    source="share of a change of the nation's exports that reaches the city's exporting firms "
    "at once", status="prior", lowest=0.0, highest=2.0,
    en="Pass-through of national exports", zh="出口传导系数",
)  # fmt: skip
parameter(
    "input_price_pass", 0.30, 0.10, 0.55, "share",
    source="share of the gap between purchase and producer prices that is not passed on",
    status="prior", lowest=0.0, highest=1.0,
    en="Margin squeeze by input prices", zh="购进价格对增加值率的挤压",
)  # fmt: skip
parameter(
    "value_added_rate_drift", 0.0010, -0.0015, 0.0035, "points of the rate (fraction) per year",
    source="one baseline point only (24.3 % in 2015, memory numerator); upgrading trend unknown",
    status="prior", en="Drift of the value-added rate", zh="增加值率趋势",
)  # fmt: skip
parameter(
    "wage_indexation", 1.0, 0.8, 1.2, "elasticity to the outside wage path",
    source="wages follow the province's labour market", status="prior", lowest=0.0, highest=2.0,
    en="Wage indexation", zh="工资指数化",
)  # fmt: skip
parameter(
    "payout_share", 0.5, 0.3, 0.7, "share of profit after tax",
    source="dividends and owners' drawings; no figure for the city", status="prior",
    lowest=0.0, highest=1.0, en="Payout share of profit", zh="利润分配比例",
)  # fmt: skip
parameter(
    "local_content", 0.15, 0.05, 0.30, "elasticity",
    source="supplier's demand per log of its leader's output; clause 12 asks to raise it",
    status="prior", lowest=0.0, highest=1.0, en="Local procurement pull", zh="本地配套弹性",
)  # fmt: skip
