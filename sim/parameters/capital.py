"""Parameters of investment, banks and capital funds."""

from __future__ import annotations

from sim.parameters.declare import parameter

parameter(
    "capital_trend", 0.05, 0.02, 0.08, "real growth per year",
    source="real growth of net fixed assets of industry before the plan: industrial investment "
    "flat in 2013-2017 over a stock still growing", status="prior", lowest=-0.05, highest=0.25,
    en="Trend growth of the capital stock", zh="资本存量趋势增速",
)  # fmt: skip
parameter(
    "capital_depreciation", 0.10, 0.07, 0.13, "share per year",
    source="9 % for manufacturing in Brandt, Van Biesebroeck & Zhang 2012 (memory); a little "
    "more for an electronics-heavy stock", status="memory", lowest=0.01, highest=0.5,
    en="Depreciation of capital", zh="资本折旧率",
)  # fmt: skip
parameter(
    "investment_accelerator", 0.30, 0.10, 0.50, "capital growth per unit of output growth",
    source="flexible-accelerator literature: a third of the gap within a year; no estimate for "
    "the city", status="prior", lowest=0.0, highest=1.5,
    en="Investment accelerator", zh="投资加速系数",
)  # fmt: skip
parameter(
    "investment_wrt_17pct_credit", 0.28, 0.0, 0.384, "log investment for a 17 % subsidy",
    source="Zhang, Chen & He 2017 (+28 %, cited); Liu & Mao 2019 +38 % (memory); accelerated "
    "depreciation without effect (cited)", status="cited", lowest=0.0, highest=1.0,
    en="Investment response to a 17 % subsidy", zh="投资对17%补贴的反应",
)  # fmt: skip
parameter(
    "investment_wrt_user_cost", -1.0, -1.84, 0.0, "elasticity",
    source="Zhang, Chen & He 2017 (1.84, cited); zero from accelerated depreciation",
    status="cited", lowest=-4.0, highest=0.0,
    en="Investment response to the user cost", zh="投资对资本使用成本弹性",
)  # fmt: skip
parameter(
    "incentive_take_up_share", 0.2, 0.1, 0.6, "share of eligible investment that claims",
    source="Cui, Hicks & Xing: more than four fifths fail to claim (cited)", status="cited",
    lowest=0.02, highest=0.95, en="Take-up of incentives", zh="政策申领率",
)  # fmt: skip
parameter(
    "take_up_wrt_service", 0.4, 0.1, 0.8, "share of non-claimers won at full coverage",
    source="low awareness explains most of the missing claims (Cui, Hicks & Xing); size is ours",
    status="prior", lowest=0.0, highest=1.0,
    en="Take-up gained by service coverage", zh="企业服务对申领率的提升",
)  # fmt: skip
parameter(
    "cash_buffer", 0.40, 0.20, 0.70, "quarters of revenue",
    source="money held for current business before own funds go into plant; order of magnitude "
    "of cash over revenue in listed manufacturers", status="prior", lowest=0.0, highest=4.0,
    en="Cash buffer", zh="现金缓冲",
)  # fmt: skip
parameter(
    "informal_finance", 0.5, 0.3, 0.7, "share of the gap left by own funds and banks",
    source="owners' capital, trade credit and private lending 民间借贷, wide-spread in Zhejiang; "
    "no figure for industry", status="prior", lowest=0.0, highest=1.0,
    en="Informal finance of investment", zh="民间融资对投资缺口的覆盖",
)  # fmt: skip
parameter(
    "surplus_payout", 0.30, 0.15, 0.50, "share per quarter of cash beyond twice the buffer",
    source="owners' drawings and financial investment of idle money; keeps cash over revenue "
    "near its starting level", status="prior", lowest=0.0, highest=1.0,
    en="Drawing of idle cash", zh="闲置现金分配率",
)  # fmt: skip
parameter(
    "loan_repayment_rate", 0.20, 0.12, 0.30, "share of debt per quarter",
    source="most industrial loans run a year or less; longer ones five", status="prior",
    lowest=0.01, highest=1.0, en="Loans falling due", zh="贷款到期率",
)  # fmt: skip
parameter(
    "credit_push", 0.7, 0.4, 0.95, "share of lendable funds left over",
    source="banks under window guidance place most of a quota with sound borrowers; size ours",
    status="prior", lowest=0.0, highest=1.0,
    en="Placement of unused credit quota", zh="信贷额度投放率",
)  # fmt: skip
parameter(
    "debt_wrt_spread", 8.0, 3.0, 14.0, "log desired debt per unit of the yearly spread",
    source="semi-elasticity of loan demand; one point of interest moves desired debt by 8 %",
    status="prior", lowest=0.0, highest=40.0,
    en="Loan demand response to the spread", zh="贷款需求对利差的反应",
)  # fmt: skip
parameter(
    "fund_draw_rate", 0.30, 0.20, 0.45, "share of undrawn commitments per year",
    source="investment periods of three to five years in fund contracts", status="prior",
    lowest=0.02, highest=2.0, en="Drawing pace of funds", zh="基金投资进度",
)  # fmt: skip
parameter(
    "platform_capital_ratio", 0.5, 0.2, 1.0, "yuan per yuan of the guidance fund's draws",
    source="state capital platforms invest beside the guidance fund (clause 25); size ours",
    status="prior", lowest=0.0, highest=5.0,
    en="State platform capital over fund draws", zh="国资平台投资与产业基金之比",
)  # fmt: skip
parameter(
    "fund_ticket", 5e7, 2e7, 1e8, "yuan per firm, social capital included",
    source="61 direct provincial projects took 29.9 bn yuan by 2016-08 (cited), far above a "
    "city's: a tenth of that mean", status="prior", lowest=1e5, highest=1e10,
    en="Size of a fund investment", zh="基金单笔投资规模",
)  # fmt: skip
parameter(
    "venture_ticket", 2e7, 1e7, 4e7, "yuan per firm",
    source="mean early and growth round about 2017 (memory, order of magnitude)",
    status="memory", lowest=1e5, highest=1e9,
    en="Size of a venture round", zh="创投单笔规模",
)  # fmt: skip
parameter(
    "venture_wrt_support", 0.4, 0.1, 0.8, "log venture capital at full emerging-industry support",
    source="prior: risk sharing and co-investment attract private money; no estimate",
    status="prior", lowest=-0.5, highest=3.0,
    en="Venture capital response to support", zh="创投对战新产业扶持的反应",
)  # fmt: skip
parameter(
    "venture_growth", 0.08, -0.05, 0.20, "per year",
    source="national fund raising had doubled in three years to 2017 (memory), new asset rules "
    "of spring 2018 point the other way", status="prior", lowest=-0.5, highest=1.0,
    en="Growth of venture capital", zh="创投增速",
)  # fmt: skip
parameter(
    "grant_size", 2e6, 1e6, 4e6, "yuan per firm",
    source="caps of 5 and 10 million yuan a project in 2014 (cited); the mean lies below",
    status="prior", lowest=1e4, highest=1e8, en="Size of a grant", zh="单笔补助规模",
)  # fmt: skip
parameter(
    "grant_additionality", 0.3, 0.0, 0.6, "share of a grant that is additional investment",
    source="no estimate; same band as for funds", status="prior", lowest=0.0, highest=1.0,
    en="Additionality of grants", zh="专项资金增量比例",
)  # fmt: skip
parameter(
    "subsidy_targeting_on_tfp", -0.10, -0.30, 0.0, "weight on standardised TFP",
    source="Branstetter, Li & Ren 2022: receipt falls with ex-ante TFP and rises with size "
    "(sign cited)", status="prior_sign_cited", lowest=-0.9, highest=0.9,
    en="Targeting of grants on productivity before the plan", zh="补助对生产率的瞄准度(计划前)",
)  # fmt: skip
parameter(
    "tfp_growth_wrt_subsidy", 0.0, -0.01, 0.005, "log TFP per subsidised firm and year",
    source="Branstetter, Li & Ren 2022; Howell 2017: none or negative (sign cited)",
    status="prior_sign_cited", lowest=-0.1, highest=0.05,
    en="TFP growth of subsidised firms", zh="补贴对企业生产率增速的影响",
)  # fmt: skip
parameter(
    "first_sets_wrt_insurance", 1.2, 0.6, 1.8, "log number of insured sets per unit of premium",
    source="prior: with the whole premium paid, about three times as many sets are insured",
    status="prior", lowest=0.2, highest=5.0,
    en="Insured first sets per premium share", zh="首台套投保对保费补贴的反应",
)  # fmt: skip
parameter(
    "first_set_quality_gain", 0.01, 0.003, 0.025, "log mark-up of the firm",
    source="prior: a first set that sells opens a line above the old price", status="prior",
    lowest=0.0, highest=0.2, en="Mark-up gained by a first set", zh="首台套带来的溢价",
)  # fmt: skip
parameter(
    "first_set_premium", 2e5, 1e5, 4e5, "yuan per set",
    source="about 3 % of an insured value of 6-7 million yuan (national pilot of 2015, memory)",
    status="memory", lowest=1e3, highest=1e7,
    en="Premium per first set", zh="首台套保费",
)  # fmt: skip
