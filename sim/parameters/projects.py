"""Parameters of the attraction, choice and building of large projects."""

from __future__ import annotations

from sim.parameters.declare import parameter

parameter(
    "project_effort_elasticity", 0.6, 0.25, 1.0, "elasticity of arrivals to effort",
    source="districts compete for the same investors: less than one for one; no estimate",
    status="prior", lowest=0.05, highest=1.5, en="Arrivals per attraction effort",
    zh="招引力度弹性",
)  # fmt: skip
parameter(
    "project_demand_elasticity", 3.0, 1.0, 5.0, "log arrivals per unit of growth",
    source="large investment follows national industrial growth; no estimate", status="prior",
    lowest=0.0, en="Arrivals and industrial demand", zh="需求对项目到达的作用",
)  # fmt: skip
parameter(
    "project_largest_size", 3.0e10, 1.8e10, 5.0e10, "yuan",
    source="largest manufacturing projects signed by cities about 2017 (memory)",
    status="memory", lowest=1.1e10, en="Largest project", zh="项目最大投资额",
)  # fmt: skip
parameter(
    "project_quality_sd", 0.12, 0.06, 0.2, "log TFP",
    source="spread of new plants' productivity around their sector; a third of the dispersion of "
    "Hsieh and Klenow 2009 (memory), as large plants differ less", status="prior", lowest=0.01,
    en="Spread of project quality", zh="项目质量离散度",
)  # fmt: skip
parameter(
    "project_abandonment_wrt_quality", -0.5, -1.0, 0.0, "log hazard per SD of quality",
    source="better chosen projects fail less; prior", status="prior", highest=0.0,
    en="Abandonment and quality", zh="质量对撤项的作用",
)  # fmt: skip
parameter(
    "project_abandonment_wrt_priority", -0.5, -1.0, -0.1, "log hazard per unit of priority",
    source="land and fund support for projects of 2 bn yuan and more keeps some from being given "
    "up (clause 7); no estimate", status="prior", highest=-0.02,
    en="Abandonment and support with land and funds", zh="要素保障对撤项的作用",
)  # fmt: skip
parameter(
    "project_neighbour_pull", 0.3, 0.0, 0.6, "share of displacement per unit of effort",
    source="extra effort draws mainly on neighbours; prior", status="prior", lowest=0.0,
    highest=1.0, en="Displacement of extra effort", zh="加力招引的挤出系数",
)  # fmt: skip
parameter(
    "project_first_output", 0.4, 0.2, 0.6, "share of full output",
    source="ramp-up of a new plant in its first quarter; prior", status="prior", lowest=0.01,
    highest=1.0, en="First output of a new plant", zh="投产首季达产率",
)  # fmt: skip
parameter(
    "project_vintage_energy", 0.80, 0.65, 0.95, "ratio to the sector",
    source="new plants against the sector's mean energy, water and pollutants per output; prior",
    status="prior", lowest=0.1, highest=1.5, en="Energy of new plants", zh="新工厂相对能耗",
)  # fmt: skip
parameter(
    "project_output_per_worker", 2.0, 1.3, 3.0, "ratio to the sector",
    source="new plants of this size are capital-intensive; prior", status="prior", lowest=0.2,
    en="Output per worker of new plants", zh="新工厂相对劳动生产率",
)  # fmt: skip
parameter(
    "project_working_capital", 0.05, 0.02, 0.10, "share of investment",
    source="cash that owners leave in the new firm; prior", status="prior", lowest=0.0,
    highest=1.0, en="Working capital of new plants", zh="新工厂营运资金占比",
)  # fmt: skip
parameter(
    "district_effort_sd", 0.3, 0.1, 0.5, "log",
    source="districts differ in attraction effort for their size; prior", status="prior",
    lowest=0.0, highest=1.5, en="Spread of districts' attraction effort",
    zh="各区招引力度差异",
)  # fmt: skip
parameter(
    "platform_project_share", 0.4, 0.2, 0.6, "share of the state platform's new capital",
    source="clause 25 turns state platforms to manufacturing, clause 24 names key fields and "
    "large projects; no figure on file", status="prior", lowest=0.0, highest=1.0,
    en="Platform capital for large projects", zh="国资平台投向重大项目比例",
)  # fmt: skip
parameter(
    "project_public_share", 0.06, 0.03, 0.12, "share of investment",
    source="public equity that investors of large projects ask of cities; no figure on file",
    status="prior", lowest=0.0, highest=0.5, en="Public equity asked by projects",
    zh="重大项目政府出资需求占比",
)  # fmt: skip
parameter(
    "project_abandonment_wrt_funding", -0.3, -0.7, 0.0, "log hazard per share of need covered",
    source="support with funds keeps some projects from being given up (clauses 7 and 25); no "
    "estimate", status="prior", highest=0.0, en="Abandonment and public equity",
    zh="政府出资对撤项的作用",
)  # fmt: skip
