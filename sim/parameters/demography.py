"""Parameters of entry, exit and out-migration."""

from __future__ import annotations

from sim.parameters.declare import parameter

parameter(
    "exit_rate_above_scale", 0.022, 0.010, 0.040, "share per year, closures proper",
    source="ASIF literature: 0.09 (0.05-0.14) including falling below the threshold (memory); "
    "closures proper are the smaller part", status="memory", lowest=0.0, highest=0.3,
    identified=True,
    en="Closure rate of above-scale firms", zh="规上企业关停率",
)  # fmt: skip
parameter(
    "exit_rate_small", 0.080, 0.050, 0.120, "share per year",
    source="one-year opening rate of new firms 69.3 % in 2016-2017 (cited) for the youngest; "
    "average small firm lower", status="prior", lowest=0.0, highest=0.5,
    identified=True,
    en="Exit rate of small firms", zh="小企业退出率",
)  # fmt: skip
parameter(
    "exit_wrt_tfp", -0.45, -0.80, -0.15, "log hazard per standard deviation of TFP",
    source="sign: He & Yang 2016; Brandt et al. 2009; -0.03 in probability on a base near 0.07",
    status="prior_sign_cited", lowest=-2.0, highest=0.0,
    en="Exit and productivity", zh="生产率对退出的影响",
)  # fmt: skip
parameter(
    "survival_wrt_support", -0.30, -0.60, 0.0, "log hazard of supported firms",
    source="He & Yang 2016 Growth and Change: subsidy and loans reduce failure (sign cited)",
    status="prior_sign_cited", lowest=-2.0, highest=0.5,
    en="Survival and support", zh="扶持对存活的影响",
)  # fmt: skip
parameter(
    "entry_rate", 0.105, 0.070, 0.150, "new firms per existing small firm and year",
    source="balances exits of small firms with slight growth; Zhejiang: 24,100 new "
    "manufacturing firms in the first half of 2017 (cited)", status="prior",
    lowest=0.0, highest=0.5, identified=True, en="Entry rate", zh="新设企业率",
)  # fmt: skip
parameter(
    "entry_wrt_approval", -0.10, -0.25, -0.02, "elasticity to approval time",
    source="no direct estimate found", status="prior", lowest=-1.0, highest=0.0,
    en="Entry and approval time", zh="审批时间对新设的影响",
)  # fmt: skip
parameter(
    "emerging_entry_gain", 0.5, 0.2, 0.9, "log entry into emerging sectors at full support",
    source="zone effects work mostly through births (Lu, Wang & Zhu 2019): share 0.5-0.8",
    status="prior_sign_cited", lowest=0.0, highest=2.0,
    en="Entry into supported sectors", zh="扶持行业新设效应",
)  # fmt: skip
parameter(
    "exit_wrt_margin", -3.0, -6.0, -1.0, "log hazard per unit of the profit margin's change",
    source="no estimate: one point of revenue in costs moves the hazard by 3 %", status="prior",
    lowest=-20.0, highest=0.0, en="Exit and cost burden", zh="成本负担对退出的影响",
)  # fmt: skip
parameter(
    "out_migration_rate", 0.004, 0.001, 0.010, "share of above-scale firms per year",
    source="no figure: moves of plants out of the city", status="prior", lowest=0.0, highest=0.1,
    en="Out-migration rate", zh="企业外迁率",
)  # fmt: skip
parameter(
    "out_migration_wrt_service", -1.0, -1.8, -0.3, "log hazard at full service coverage",
    source="no estimate: service to key firms lowers out-migration", status="prior",
    lowest=-5.0, highest=0.0, en="Out-migration and firm service", zh="服务企业对外迁的影响",
)  # fmt: skip
parameter(
    "start_up_share_of_entry", 0.12, 0.06, 0.20, "share",
    source="sci-tech start-ups among new firms: no figure", status="prior",
    lowest=0.0, highest=1.0, en="Start-ups among entrants", zh="科技型企业占新设比重",
)  # fmt: skip
parameter(
    "leaver_sales_recaptured", 0.3, 0.1, 0.6, "share of the leaver's sales",
    source="no estimate: rivals in the city take over part of what a firm sold that closes "
    "beyond the usual; the rest goes to firms elsewhere: most sales are outside the city",
    status="prior", lowest=0.0, highest=1.0,
    en="Leavers' sales taken over in the city", zh="退出企业销售的本地承接比例",
)  # fmt: skip
