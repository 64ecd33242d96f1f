"""Parameters of talent, management, the ladder of firms and certificates."""

from __future__ import annotations

from sim.parameters.declare import parameter

parameter(
    "rd_productivity_wrt_talent", 0.3, 0.1, 0.6, "log per log of (1 + talents per 20 R&D staff)",
    source="prior: the effect of a leading person on a laboratory of twenty; no estimate",
    status="prior", lowest=0.0, highest=3.0,
    en="R&D productivity gained by talent", zh="人才对研发效率的影响",
)  # fmt: skip
parameter(
    "team_size", 6.0, 4.0, 10.0, "persons per team",
    source="programme rules ask for a leader and at least five core members (memory)",
    status="memory", lowest=1.0, highest=50.0, en="Size of a leading team", zh="团队人数",
)  # fmt: skip
parameter(
    "flexible_stay_share", 0.15, 0.05, 0.30, "full-time person per person-time",
    source="flexible stays of one or two months a year count as a person-time", status="prior",
    lowest=0.0, highest=1.0, en="Working time of a flexible stay", zh="柔性引进折合全职比例",
)  # fmt: skip
parameter(
    "national_per_overseas", 0.012, 0.006, 0.018, "persons per person-time",
    source="the plan's own proportion: 30 leading talents to 2,500 person-times (cited)",
    status="derived", lowest=0.0, highest=0.2,
    en="Leading talents per overseas person-time", zh="国家级人才与海外人次之比",
)  # fmt: skip
parameter(
    "designers_per_overseas", 0.012, 0.006, 0.018, "persons per person-time",
    source="the plan's own proportion: 30 design masters to 2,500 person-times (cited)",
    status="derived", lowest=0.0, highest=0.2,
    en="Design masters per overseas person-time", zh="设计大师与海外人次之比",
)  # fmt: skip
parameter(
    "skilled_share", 0.25, 0.18, 0.33, "share of workers",
    source="prior: college-trained and senior skilled workers in industry", status="prior",
    lowest=0.01, highest=1.0, en="Skilled share of workers", zh="技能人才占比",
)  # fmt: skip
parameter(
    "tfp_wrt_skilled_share", 0.6, 0.3, 0.9, "log productivity per unit of the skilled share",
    source="Moretti 2004 (0.5-0.6 % per point of the graduate share, memory)", status="memory",
    lowest=0.0, highest=3.0, en="Productivity per skilled share", zh="技能占比对生产率的影响",
)  # fmt: skip
parameter(
    "promotion_rate", 0.55, 0.35, 0.75, "share of qualified firms promoted per year",
    source="prior: lists are annual, firms must apply and are capped", status="prior",
    lowest=0.01, highest=0.98, en="Promotion of qualified firms", zh="达标企业晋级率",
)  # fmt: skip
parameter(
    "demotion_rate", 0.5, 0.3, 0.7, "share of firms below the rule demoted per year",
    source="prior: lists are revised slowly", status="prior", lowest=0.0, highest=1.0,
    en="Demotion of firms below the rule", zh="不达标企业降级率",
)  # fmt: skip
parameter(
    "bunching_per_reward", 0.10, 0.0, 0.25, "share of firms just below a notch per million yuan",
    source="firms bunch at policy notches (Chen, Liu, Suarez Serrato & Xu, sign cited); size "
    "ours", status="prior_sign_cited", lowest=0.0, highest=1.0,
    en="Bunching at the reward threshold", zh="奖励门槛聚束效应",
)  # fmt: skip
parameter(
    "cultivation_local_content", 0.15, 0.0, 0.4, "log local procurement per unit of the boost",
    source="clause 12 asks leaders to buy locally; no estimate", status="prior",
    lowest=0.0, highest=2.0,
    en="Local procurement under cultivation", zh="梯度培育对本地配套的影响",
)  # fmt: skip
parameter(
    "certificate_renewal", 0.85, 0.75, 0.93, "share renewed among firms that keep the rule",
    source="certificates run three years (国科发火〔2016〕32号); most are renewed (memory)",
    status="memory", lowest=0.0, highest=1.0,
    en="Renewal of certificates", zh="高企证书续认率",
)  # fmt: skip
parameter(
    "certificate_boost_response", 0.5, 0.25, 0.8, "elasticity of new certificates to the boost",
    source="prior: part of the applicants lack the R&D; the province asked for a doubling with "
    "similar means", status="prior", lowest=0.0, highest=2.0,
    en="Response of certificates to cultivation", zh="高企认定对培育的反应",
)  # fmt: skip
