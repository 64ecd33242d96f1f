"""Parameters of energy, water and pollutants."""

from __future__ import annotations

from sim.parameters.declare import parameter

parameter(
    "energy_wrt_price", -0.30, -0.65, -0.05, "long-run elasticity of energy intensity",
    source="SpringerPlus 2016: total -0.337, intensity -0.250 (cited); Beijing electricity "
    "-0.05, coal -0.08 (cited) as the short run", status="cited", lowest=-1.5, highest=0.0,
    en="Energy price elasticity", zh="能源价格弹性",
)  # fmt: skip
parameter(
    "energy_adjustment_speed", 0.5, 0.3, 0.7, "share of the gap closed per year",
    source="dynamic inter-fuel study of China's manufacturing (napstic jjj201204010)",
    status="cited", lowest=0.01, highest=1.0, en="Speed of energy adjustment", zh="能源调整速度",
)  # fmt: skip
parameter(
    "energy_vintage_gain", 0.35, 0.15, 0.6, "log intensity per unit of replaced capital",
    source="new capital against the average of the stock; no estimate for the city",
    status="prior", lowest=0.0, highest=1.5, en="Energy gain of new vintages", zh="新设备节能系数",
)  # fmt: skip
parameter(
    "energy_quota_effect", 0.083, 0.064, 0.102, "proportional fall at the pilot's price",
    source="Sustainability 2021 13(21) 11612: energy-use right trading pilots -6.4 to -10.2 %",
    status="cited", lowest=0.0, highest=0.4,
    en="Effect of energy-quota trading", zh="用能权交易效果",
)  # fmt: skip
parameter(
    "energy_price_level", 5700.0, 4600.0, 7000.0, "yuan per tce",
    source="industrial electricity about 0.70 yuan/kWh (memory) at 0.1229 kgce/kWh, blended with "
    "cheaper heat and fuels", status="memory", lowest=500.0, highest=20000.0,
    en="Price of industrial energy", zh="工业用能价格",
)  # fmt: skip
parameter(
    "water_wrt_quota", -0.35, -0.65, -0.10, "elasticity to quota tightening",
    source="no estimate: differential water quotas and prices", status="prior",
    lowest=-2.0, highest=0.0, en="Water elasticity to quotas", zh="用水定额弹性",
)  # fmt: skip
parameter(
    "pollutant_autonomous_fall", 0.09, 0.04, 0.14, "log per year",
    source="SO2 concentration of the city fell 52 to 12 ug/m3 from 2008 to 2016 (cited), "
    "about 17 % a year; industrial emissions taken slower", status="prior",
    lowest=-0.05, highest=0.4, en="Autonomous fall of pollutants", zh="污染物排放强度自发下降",
)  # fmt: skip
