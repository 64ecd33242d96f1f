"""Parameters of per-mu evaluation, the land market and platforms."""

from __future__ import annotations

from sim.parameters.declare import parameter

_SCHEME = "form of the province's per-mu evaluation of January 2018 (memory); weights are ours"
_NO_ESTIMATE = "no estimate for the city"

for _name, _central, _en, _zh in (
    ("tax", 0.30, "tax per mu", "亩均税收"),
    ("value_added", 0.25, "value added per mu", "亩均增加值"),
    ("labour", 0.15, "value added per employee", "全员劳动生产率"),
    ("energy", 0.15, "value added per unit of energy", "单位能耗增加值"),
    ("rd", 0.15, "R&D over revenue", "研发强度"),
):
    parameter(
        f"per_mu_weight_{_name}", _central, 0.6 * _central, 1.4 * _central, "weight",
        source=_SCHEME, status="prior", lowest=0.0, highest=1.0,
        en=f"Per-mu evaluation: weight of {_en}", zh=f"亩均评价权重:{_zh}",
    )  # fmt: skip
parameter(
    "per_mu_score_cap", 2.5, 1.5, 4.0, "multiple of the mean",
    source="county rules cap single scores at 1.5 to 3 times the base (memory)", status="prior",
    lowest=1.0, en="Cap of a single per-mu score", zh="单项得分上限",
)  # fmt: skip
parameter(
    "per_mu_land_threshold", 2000.0, 1000.0, 3500.0, "m2",
    source="Haining 2013: firms of three mu and more (cited)", status="cited", lowest=0.0,
    en="Smallest plot evaluated", zh="参评最小用地",
)  # fmt: skip

parameter(
    "land_capital_elasticity", 0.75, 0.6, 0.9, "elasticity",
    source="larger firms use land more densely; " + _NO_ESTIMATE, status="prior",
    lowest=0.1, highest=1.2, en="Elasticity of land to capital", zh="用地对资本的弹性",
)  # fmt: skip
parameter(
    "new_unit_share", 0.25, 0.1, 0.5, "share of new platform land",
    source="new industrial land in platforms that is delineated into the unit where the floor is "
    "in force; prior", status="prior", lowest=0.0, highest=1.0,
    en="New land taken into protected units", zh="新增用地划入工业产业单元比例",
)  # fmt: skip
parameter(
    "land_yield_sd", 0.45, 0.3, 0.65, "log", source="spread of land per capital between firms; "
    "per-mu classes differ by factors of two to five (memory)", status="prior", lowest=0.0,
    highest=1.5, en="Dispersion of land per capital", zh="单位资本用地离散度",
)  # fmt: skip
parameter(
    "open_land_ratio", 0.5, 0.4, 0.6, "ratio to built land",
    source="open land that can still be taken into quota; only bounds how much can ever be "
    "built, prior", status="prior", lowest=0.0,
    en="Open land within planning limits", zh="可供建设的后备土地比例",
)  # fmt: skip
parameter(
    "land_slack", 0.12, 0.04, 0.25, "share of the plot",
    source="room left on plots at the start; " + _NO_ESTIMATE, status="prior", lowest=0.0,
    highest=0.8, en="Largest slack on plots at the start", zh="初始地块富余上限",
)  # fmt: skip
parameter(
    "land_density_trend", 0.015, 0.0, 0.03, "per year",
    source="capital per square metre rises where floors are added, apart from programmes; "
    "no estimate for the city", status="prior", lowest=-0.02, highest=0.1,
    en="Trend of capital per square metre", zh="单位土地资本趋势",
)  # fmt: skip
parameter(
    "land_tightness_strength", 2.0, 0.8, 4.0, "per unit of relative gap",
    source="a gap of half the plot halves investment on it; " + _NO_ESTIMATE, status="prior",
    lowest=0.1, en="Investment lost to lack of land", zh="缺地对投资的抑制",
)  # fmt: skip
parameter(
    "land_claim_threshold", 0.05, 0.02, 0.10, "share of the plot",
    source="a firm applies for land when it lacks about a twentieth; prior", status="prior",
    lowest=0.0, highest=1.0, en="Gap at which firms claim land", zh="申请用地的缺口门槛",
)  # fmt: skip
parameter(
    "land_cash_share", 0.5, 0.3, 0.8, "share of cash",
    source="cash that a firm will tie up in a plot; prior", status="prior", lowest=0.05,
    highest=1.0, en="Share of cash spent on land", zh="购地现金占比上限",
)  # fmt: skip
parameter(
    "first_plot_share", 0.8, 0.5, 1.0, "share of normal need",
    source="firms new on the roster rent part of their floor space; prior", status="prior",
    lowest=0.0, highest=1.0, en="First plot of firms without land", zh="无地企业首块用地比例",
)  # fmt: skip
parameter(
    "land_release_rate", 0.20, 0.10, 0.35, "share of the pools per quarter",
    source="land approved but not supplied was 21.5 ten thousand mu in 2013 (cited) against "
    "yearly supply of a fraction of it", status="prior", lowest=0.03, highest=1.0,
    en="Release of serviced land", zh="存量已批土地供应率",
)  # fmt: skip
parameter(
    "pooled_release_rate", 0.10, 0.04, 0.20, "share of a pool per project",
    source="what another district gives up for a pooled project; prior", status="prior",
    lowest=0.01, highest=1.0, en="Pooled release for large projects", zh="全市统筹供地比例",
)  # fmt: skip
parameter(
    "large_project_land_weight", 4.0, 2.0, 8.0, "weight",
    source="claim of a large project at full priority over a firm's; prior", status="prior",
    lowest=0.5, en="Land priority of large projects", zh="大项目用地优先权重",
)  # fmt: skip
parameter(
    "estate_growth", 0.02, 0.0, 0.04, "per year",
    source="growth of shared estates of small firms; prior", status="prior", lowest=0.0,
    highest=0.2, en="Growth of shared estates", zh="小微园区用地增速",
)  # fmt: skip
parameter(
    "estate_uptake", 0.8, 0.5, 1.0, "share of released land without claims",
    source="standard factories for small firms 小微企业园 take what single firms do not claim; "
    "prior", status="prior", lowest=0.0, highest=1.0,
    en="Uptake of unclaimed land by estates", zh="小微园对剩余土地的消化率",
)  # fmt: skip
parameter(
    "idle_turnover_rate", 0.30, 0.15, 0.50, "per year",
    source="market resale of idle plots without policy; prior", status="prior", lowest=0.0,
    highest=1.0, en="Market turnover of idle plots", zh="闲置地块市场流转率",
)  # fmt: skip
parameter(
    "quota_sd", 0.12, 0.06, 0.2, "log",
    source="year-to-year spread of land quotas; prior", status="prior", lowest=0.0,
    en="Spread of the yearly quota", zh="年度用地指标波动",
)  # fmt: skip
parameter(
    "quota_district_sd", 0.25, 0.1, 0.4, "log",
    source="districts differ in their taste for industry; prior", status="prior", lowest=0.0,
    en="Spread of districts' industrial share", zh="各区工业用地占比差异",
)  # fmt: skip
parameter(
    "unreserved_quota_factor", 0.85, 0.7, 1.0, "ratio",
    source="industrial share that districts would choose without a reservation, relative to the "
    "share before the plan: residential land pays more (land_mpl_user_cost_gap, cited sign)",
    status="prior", lowest=0.0, highest=1.5, en="Industrial share without reservation",
    zh="无保障时工业指标占比系数",
)  # fmt: skip
parameter(
    "floor_catch_up", 0.3, 0.1, 0.6, "share of urban quota for other uses",
    source="what is diverted to industry while land is below the floor; prior", status="prior",
    lowest=0.0, highest=1.0, en="Catch-up to the land floor", zh="低于底线时的补足比例",
)  # fmt: skip
parameter(
    "county_conversion_factor", 0.3, 0.1, 0.6, "ratio",
    source="renewal pressure in counties relative to urban districts; prior", status="prior",
    lowest=0.0, en="Conversion pressure in counties", zh="县域转用压力系数",
)  # fmt: skip
parameter(
    "protected_conversion_factor", 0.35, 0.15, 0.6, "ratio",
    source="renewal inside planned industrial units relative to scattered sites; prior",
    status="prior", lowest=0.0, en="Conversion pressure inside units", zh="单元内转用压力系数",
)  # fmt: skip
parameter(
    "land_balance_reach", 0.80, 0.6, 0.9, "share of the stock",
    source="clause 19: the floor stands a little below the stock and covers all units when it "
    "reaches this share of it", status="prior", lowest=0.1, highest=1.0,
    en="Stock at which the floor covers all units", zh="动态平衡全覆盖门槛",
)  # fmt: skip
parameter(
    "redevelopment_recovered_share", 0.5, 0.35, 0.7, "share of the plot",
    source="unused part of a plot of class C or D that is given back; prior", status="prior",
    lowest=0.05, highest=1.0, en="Recovered share of low-use plots", zh="低效地块收回比例",
)  # fmt: skip
parameter(
    "zero_land_upgrade_rate", 0.12, 0.05, 0.2, "per year",
    source="share of firms short of land that rebuild on their own plot; prior", status="prior",
    lowest=0.01, highest=1.0, en="Rate of zero-land upgrades", zh="零土地技改发生率",
)  # fmt: skip
parameter(
    "unforced_upgrade_factor", 0.15, 0.0, 0.4, "ratio",
    source="the same for firms with room on their plot; prior", status="prior", lowest=0.0,
    highest=1.0, en="Zero-land upgrades without need", zh="不缺地企业的技改系数",
)  # fmt: skip
parameter(
    "factory_building_cost", 1500.0, 1100.0, 2000.0, "yuan per m2 of floor",
    source="multi-storey factory building about 2015 (memory)", status="memory", lowest=0.0,
    en="Cost of factory floor space", zh="厂房造价",
)  # fmt: skip
parameter(
    "new_floor_area_ratio", 1.5, 1.2, 2.0, "ratio",
    source="minimum ratios of 1.0 to 2.0 in industrial land leases (memory)", status="memory",
    lowest=0.1, en="Floor-area ratio of new plots", zh="新地块容积率",
)  # fmt: skip
parameter(
    "highest_floor_area_ratio", 3.5, 2.5, 4.5, "ratio",
    source="planning limit of industrial land (memory)", status="memory", lowest=0.5,
    en="Highest floor-area ratio", zh="容积率上限",
)  # fmt: skip
parameter(
    "industrial_land_price_markup", 1.3, 1.0, 1.7, "ratio to the price floor",
    source="auction results lie somewhat above the floor price (memory)", status="memory",
    lowest=0.5, en="Industrial land price over the floor", zh="工业地价与最低价之比",
)  # fmt: skip
parameter(
    "innovation_space_elasticity", 0.15, 0.0, 0.4, "elasticity of innovative entry to M0 land",
    source="cheaper space next to housing; no estimate", status="prior", lowest=0.0, highest=1.0,
    en="Innovative entry per M0 land", zh="创新型用地对创新企业进入的弹性",
)  # fmt: skip

parameter(
    "agglomeration_elasticity", 0.04, 0.02, 0.06, "log TFP per log density",
    source="Combes and Gobillon 2015, Rosenthal and Strange 2004: 0.02 to 0.05; meta-analysis "
    "of Melo, Graham and Noland 2009: mean 0.058 (memory)", status="memory", lowest=0.005,
    highest=0.2, en="Agglomeration elasticity", zh="集聚弹性",
)  # fmt: skip
parameter(
    "agglomeration_speed", 0.25, 0.1, 0.5, "share of the gap per year",
    source="dynamic gains build up over several years (De la Roca and Puga 2017, memory)",
    status="prior", lowest=0.02, highest=1.0, en="Speed of agglomeration gains",
    zh="集聚效应实现速度",
)  # fmt: skip
parameter(
    "zone_reach", 0.5, 0.2, 0.8, "share of neighbours' mass",
    source="share of a corridor's other platforms that counts as near at full focus; prior",
    status="prior", lowest=0.05, highest=1.0, en="Reach within a corridor", zh="廊带内联系强度",
)  # fmt: skip
parameter(
    "platform_steering", 0.5, 0.25, 0.8, "share of new firms at full focus",
    source="new industrial firms outside platforms that full focus draws in; zone effects work "
    "through net entry (Lu, Wang and Zhu 2019, sign cited)", status="prior", lowest=0.05,
    highest=1.0, en="Steering of new firms to platforms", zh="新企业入园引导比例",
)  # fmt: skip
parameter(
    "platform_move_rate", 0.03, 0.01, 0.06, "per year at full focus",
    source="above-scale firms that move into platforms; prior", status="prior", lowest=0.002,
    highest=1.0, en="Moves into platforms", zh="企业入园迁移率",
)  # fmt: skip
parameter(
    "consolidation_merging", 2.0, 1.0, 4.0, "share merged per share removed",
    source="removing low users goes with merging the management of neighbouring platforms; "
    "prior", status="prior", lowest=0.2, en="Merging of platforms", zh="平台整合系数",
)  # fmt: skip
parameter(
    "relocation_rate", 0.006, 0.002, 0.012, "per year",
    source="firms of dear districts that would move within the city, at friction one and "
    "without blocking; relocations of the 2000s 退二进三 (memory)", status="prior",
    lowest=0.0005, highest=1.0, en="Wish to relocate", zh="市内搬迁意愿",
)  # fmt: skip
parameter(
    "relocation_wrt_price", 0.8, 0.3, 1.5, "log hazard per log land price",
    source="dear districts push harder; prior", status="prior", lowest=0.0,
    en="Relocation and land price", zh="地价对搬迁的作用",
)  # fmt: skip
parameter(
    "relocation_wrt_friction", 1.2, 0.5, 2.0, "log hazard per unit of friction",
    source="prior", status="prior", lowest=0.1, en="Relocation and friction",
    zh="搬迁阻力系数",
)  # fmt: skip
parameter(
    "relocation_blocked_share", 0.6, 0.35, 0.85, "share",
    source="moves that the district of origin blocks when it would lose the whole base; clause "
    "11 names the problem, no estimate", status="prior", lowest=0.1, highest=1.0,
    en="Blocked relocations", zh="迁出地阻留比例",
)  # fmt: skip
parameter(
    "relocation_cost", 0.08, 0.04, 0.15, "share of capital",
    source="cost of moving plant, at friction one; prior", status="prior", lowest=0.0,
    highest=1.0, en="Cost of relocation", zh="搬迁成本占资本比重",
)  # fmt: skip
