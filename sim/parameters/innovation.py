"""Parameters of R&D, imitation, digital adoption and quality."""

from __future__ import annotations

from sim.parameters.declare import parameter

parameter(
    "tfp_wrt_rd", 0.08, 0.039, 0.125, "elasticity of TFP to the R&D stock",
    source="China Econ. Review 41 (2016) 181-195: 3.9-5.3 %; AER 2021: 0.124 (memory)",
    status="cited", lowest=0.0, highest=0.4, en="TFP elasticity to R&D", zh="研发产出弹性",
)  # fmt: skip
parameter(
    "rd_social_over_private", 2.6, 1.5, 3.0, "ratio",
    source="Bloom, Schankerman & Van Reenen 2013 Econometrica", status="memory",
    lowest=1.0, highest=6.0, en="Social over private return to R&D", zh="研发社会与私人回报比",
)  # fmt: skip
parameter(
    "rd_depreciation", 0.15, 0.10, 0.25, "per year",
    source="conventional depreciation of knowledge capital", status="prior",
    lowest=0.01, highest=0.5, en="Depreciation of R&D stock", zh="研发存量折旧率",
)  # fmt: skip
parameter(
    "rd_wrt_cost", 0.42, 0.34, 0.50, "elasticity of R&D outlay to its relative cost",
    source="Chen, Liu, Suarez Serrato & Xu, Notching R&D (HKU abstract): gross of relabelling",
    status="cited", lowest=0.0, highest=1.5, en="R&D elasticity to incentives", zh="研发投入弹性",
)  # fmt: skip
parameter(
    "rd_intensity_trend", 0.04, -0.02, 0.10, "log R&D over revenue per year, in firms that stay",
    source="before the city's own figures, which enter by estimation: R&D over revenue of the "
    "nation's above-scale firms rose some 5 % a year in 2011-2016 (memory)", status="prior",
    lowest=-0.20, highest=0.30, identified=True,
    en="Trend of R&D intensity", zh="研发强度趋势",
)  # fmt: skip
parameter(
    "rd_relabelling_share", 0.24, 0.20, 0.50, "share",
    source="AER 2021 version 24.2 % (memory); early abstract about 50 % (cited)",
    status="memory", lowest=0.0, highest=0.9, en="Relabelled share of R&D", zh="研发虚列比例",
)  # fmt: skip
parameter(
    "tfp_shock_scale", 0.06, 0.03, 0.10, "Laplace scale of annual log-TFP shocks",
    source="dispersion of TFP with persistence 0.7: scale that keeps the initial dispersion",
    status="prior", lowest=0.0, highest=0.5, en="Scale of TFP shocks", zh="生产率冲击尺度",
)  # fmt: skip
parameter(
    "tfp_persistence", 0.7, 0.5, 0.85, "annual AR(1)",
    source="production-function literature", status="prior", lowest=0.0, highest=0.99,
    en="Persistence of relative TFP", zh="相对生产率持续性",
)  # fmt: skip
parameter(
    "imitation_speed", 0.02, 0.005, 0.05, "share of the gap to the sector's 90 % point, a year",
    source="no estimate for the city; part of the reference trend", status="prior",
    lowest=0.0, highest=0.3, en="Imitation speed", zh="模仿速度",
)  # fmt: skip
parameter(
    "digital_level_2017", 0.30, 0.20, 0.42, "mean level 0-1",
    source="Zhejiang: 14,352 firms newly on the cloud in the first half of 2017 (cited); level "
    "of the city's above-scale firms is our prior", status="prior", lowest=0.05, highest=0.9,
    en="Digital level at the start", zh="初始数字化水平",
)  # fmt: skip
parameter(
    "digital_diffusion", 0.45, 0.25, 0.70, "logistic rate per year",
    source="logistic diffusion; pace of the cloud programme 2017 (cited target fulfilment)",
    status="prior", lowest=0.0, highest=2.0, en="Digital diffusion rate", zh="数字化扩散速度",
)  # fmt: skip
parameter(
    "digital_cost_elasticity", 0.8, 0.3, 1.3, "elasticity of the diffusion rate to cost",
    source="no estimate", status="prior", lowest=0.0, highest=3.0,
    en="Diffusion elasticity to adoption cost", zh="扩散对成本的弹性",
)  # fmt: skip
parameter(
    "productivity_wrt_digital", 0.10, 0.03, 0.20, "log productivity from level 0 to 1",
    source="labour productivity after robot adoption 0.15 (0.05-0.40), sign cited (ZEW); cloud "
    "and IoT taken weaker", status="prior_sign_cited", lowest=-0.1, highest=0.6,
    en="Productivity gain of digital level", zh="数字化的生产率收益",
)  # fmt: skip
parameter(
    "frontier_jump", 0.25, 0.10, 0.45, "log TFP of a firm that succeeds",
    source="high-variance option; output after robot adoption 0.2 as a yardstick",
    status="prior", lowest=0.0, highest=1.5, en="Jump at the frontier", zh="前沿突破跃升",
)  # fmt: skip
parameter(
    "frontier_success", 0.25, 0.10, 0.45, "probability per draw",
    source="no estimate: venture-like success rates", status="prior", lowest=0.0, highest=1.0,
    en="Success of a frontier draw", zh="前沿布局成功率",
)  # fmt: skip
parameter(
    "upgrade_value_added_gain", 1.0, 0.3, 1.6, "multiplier on the stated gain",
    source="effect of upgrading programmes on the value-added rate: not estimated",
    status="prior", lowest=0.0, highest=3.0, en="Realised upgrading gain", zh="改造提升兑现系数",
)  # fmt: skip
parameter(
    "upgrade_productivity_gain", 0.08, 0.02, 0.18, "log labour productivity per adopter",
    source="labour productivity after robot adoption 0.15 (0.05-0.40), halved for the mixed "
    "programme", status="prior_sign_cited", lowest=-0.1, highest=0.5,
    en="Productivity gain of an upgraded firm", zh="改造企业生产率收益",
)  # fmt: skip
parameter(
    "quality_gain", 0.012, 0.004, 0.025, "log mark-up per year at full programme",
    source="no estimate: quality, brand and standards programmes", status="prior",
    lowest=0.0, highest=0.1, en="Quality gain of the programme", zh="质量提升收益",
)  # fmt: skip
parameter(
    "first_purchase_demand", 1.0, 0.5, 1.5, "log demand of new-product firms per unit share",
    source="public first purchase adds its share of new-product sales; displacement unknown",
    status="prior", lowest=0.0, highest=3.0,
    en="Demand from first purchase", zh="首购首用需求效应",
)  # fmt: skip
parameter(
    "public_knowledge_spillover", 0.05, 0.01, 0.10, "elasticity of R&D firms' TFP",
    source="state laboratories and innovation centres: within the social return to R&D",
    status="prior", lowest=0.0, highest=0.5, en="Spillover of public knowledge", zh="公共知识外溢",
)  # fmt: skip
parameter(
    "breakthrough_gain", 0.02, 0.005, 0.04, "log TFP per year of R&D firms in a chosen field",
    source="no estimate: concentrated grants raise success in chosen fields", status="prior",
    lowest=0.0, highest=0.2, en="Gain in breakthrough fields", zh="重点突破领域收益",
)  # fmt: skip
parameter(
    "cooperation_gain", 0.02, 0.005, 0.05, "log TFP of a large firm per link",
    source="no estimate: knowledge ties with academy, university and platform firms",
    status="prior", lowest=0.0, highest=0.3, en="Gain per cooperation link", zh="战略合作收益",
)  # fmt: skip
parameter(
    "digital_sector_spillover", 1.0, 0.5, 1.5, "multiplier on the lever's elasticity",
    source="no estimate", status="prior", lowest=0.0, highest=3.0,
    en="Realised digital spillover", zh="数字产业外溢兑现系数",
)  # fmt: skip
parameter(
    "digital_demand_link", 0.3, 0.1, 0.6, "log value added of the information economy per unit",
    source="manufacturers' adoption buys services of the digital sector: no estimate",
    status="prior", lowest=0.0, highest=2.0,
    en="Digital demand of manufacturers", zh="制造业数字化对信息经济的带动",
)  # fmt: skip
