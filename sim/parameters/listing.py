"""Parameters of the listing pipeline and of capital markets."""

from __future__ import annotations

from sim.parameters.declare import parameter

parameter(
    "share_reform_quarters", 4.0, 2.5, 6.0, "quarters",
    source="from conversion into a company limited by shares to the start of tutoring; sponsors' "
    "practice (memory)", status="memory", lowest=1.0, highest=20.0,
    en="Time in share reform", zh="股改阶段时长",
)  # fmt: skip
parameter(
    "tutoring_quarters", 3.0, 2.0, 5.0, "quarters",
    source="tutoring reports filed with the provincial regulator cover three quarters to more "
    "than a year (memory)", status="memory", lowest=1.0, highest=20.0,
    en="Time in tutoring", zh="辅导阶段时长",
)  # fmt: skip
parameter(
    "pipeline_attrition", 0.035, 0.015, 0.060, "share per quarter",
    source="candidates that withdraw or miss the profit bar; no series", status="prior",
    lowest=0.0, highest=0.5, en="Attrition of candidates", zh="拟上市企业退出率",
)  # fmt: skip
parameter(
    "filing_share_of_pipeline", 0.35, 0.25, 0.45, "share of candidates under review",
    source="prior: about a third of key candidates had filed; the national queue was shortened "
    "in 2017", status="prior", lowest=0.02, highest=0.95,
    en="Candidates under review", zh="报审企业占比",
)  # fmt: skip
parameter(
    "listing_revenue_floor", 1.5e8, 1.0e8, 2.5e8, "yuan per year",
    source="listing rules ask for profits of 10-30 million yuan; firms that listed in 2014-2017 "
    "rarely sold less", status="prior", lowest=1e6, highest=1e10,
    en="Revenue of candidates, at least", zh="拟上市企业营收下限",
)  # fmt: skip
parameter(
    "listing_support_response", 0.6, 0.3, 0.9, "elasticity of entries to the multiplier",
    source="prior: part of the reported push relabels firms that would have come anyway",
    status="prior", lowest=0.0, highest=2.0,
    en="Response of candidates to the listing push", zh="拟上市企业对推动力度的反应",
)  # fmt: skip
parameter(
    "listing_reward_response", 0.05, 0.0, 0.12, "log entries per million yuan of reward",
    source="prior: fees of a listing run to tens of millions; a reward of 1-3 million weighs "
    "little", status="prior", lowest=0.0, highest=1.0,
    en="Response of candidates to rewards", zh="拟上市企业对奖励的反应",
)  # fmt: skip
parameter(
    "pass_wrt_support", 0.05, 0.0, 0.12, "log listings per log of the multiplier",
    source="prior: better-prepared files; the review is national", status="prior",
    lowest=0.0, highest=1.0, en="Review success under the push", zh="推动对过会率的影响",
)  # fmt: skip
parameter(
    "overseas_service_share", 0.7, 0.5, 0.85, "share of overseas listings",
    source="internet, finance and property firms dominated the city's overseas listings to "
    "2017 (memory)", status="memory", lowest=0.0, highest=1.0,
    en="Service firms among overseas listings", zh="境外上市中服务业占比",
)  # fmt: skip
parameter(
    "delisting_share", 0.3, 0.1, 0.5, "share of departures",
    source="delistings were rarer than moves of seat and take-overs to 2017", status="prior",
    lowest=0.0, highest=1.0, en="Delistings among departures", zh="退市占离开企业比重",
)  # fmt: skip
parameter(
    "quotation_exit_rate", 0.06, 0.03, 0.10, "share per year",
    source="NEEQ firms began to leave in 2017 (memory)", status="memory",
    lowest=0.0, highest=0.9, en="Quoted firms that leave", zh="挂牌企业摘牌率",
)  # fmt: skip
parameter(
    "quotation_support_response", 0.5, 0.2, 0.9, "elasticity of conversions to the multiplier",
    source="prior: conversion subsidies work where the cost is small", status="prior",
    lowest=0.0, highest=2.0, en="Response of conversions to the push", zh="股改挂牌对推动的反应",
)  # fmt: skip
parameter(
    "offer_over_revenue", 0.40, 0.25, 0.60, "funds raised over annual revenue",
    source="2017 A-share issues: about 0.5 bn yuan (memory) at revenues near 1.2 bn",
    status="memory", lowest=0.01, highest=5.0,
    en="Funds raised at listing over revenue", zh="首发募资占营收比重",
)  # fmt: skip
parameter(
    "value_over_offer", 8.0, 5.5, 11.0, "market value over funds raised, after first trading",
    source="a quarter of the shares sold at 23 times earnings, trading near twice the price "
    "within months (memory)", status="memory", lowest=1.0, highest=50.0,
    en="Market value over funds raised", zh="上市后市值与募资之比",
)  # fmt: skip
parameter(
    "market_drift", 0.03, -0.05, 0.11, "log per year",
    source="no view on share prices: growth of earnings less dilution, wide band",
    status="prior", lowest=-0.5, highest=0.5, en="Drift of share prices", zh="股价趋势",
)  # fmt: skip
parameter(
    "market_common_share", 0.45, 0.30, 0.60, "share of the variance of yearly value changes",
    source="common part near 0.22 of 0.32 (memory)", status="memory", lowest=0.0, highest=1.0,
    en="Common part of share price changes", zh="股价波动共同成分",
)  # fmt: skip
parameter(
    "initial_offer_share", 0.12, 0.06, 0.20, "share of the funds raised in a usual year",
    source="28 listings in 2017 (cited) at about half a billion yuan (memory) over the prior of "
    "funds raised", status="derived", lowest=0.0, highest=1.0,
    en="Initial offers in funds raised", zh="首发占融资比重",
)  # fmt: skip
parameter(
    "direct_finance_volatility", 0.18, 0.10, 0.30, "log per year",
    source="swings of bond issues and secondary offerings 2013-2017 (memory)", status="memory",
    lowest=0.0, highest=1.0, en="Volatility of direct finance", zh="直接融资波动率",
)  # fmt: skip
parameter(
    "direct_finance_wrt_listing", 0.15, 0.05, 0.30, "log funds raised per log of the multiplier",
    source="prior: clause 13 also supports mergers and secondary offerings", status="prior",
    lowest=0.0, highest=1.0,
    en="Secondary offerings under the listing push", zh="再融资对推动力度的反应",
)  # fmt: skip
