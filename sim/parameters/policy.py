"""Parameters of implementation."""

from __future__ import annotations

from sim.parameters.declare import parameter

parameter(
    "implementation_mean", 0.65, 0.45, 0.82, "share of the intended change",
    source="no estimate: implementation of municipal opinions; balanced between full and half",
    status="prior", lowest=0.05, highest=0.97, en="Implementation", zh="执行系数均值",
)  # fmt: skip
parameter(
    "implementation_concentration", 8.0, 4.0, 16.0, "beta concentration",
    source="spread between clauses: no estimate", status="prior", lowest=2.0, highest=100.0,
    en="Evenness of implementation", zh="执行均匀度",
)  # fmt: skip
parameter(
    "coordination_gain", 0.5, 0.2, 0.8, "share of the gap closed at full co-ordination",
    source="no estimate: leading group lowers leakage between departments", status="prior",
    lowest=0.0, highest=1.0, en="Gain of co-ordination", zh="统筹协调收益",
)  # fmt: skip
parameter(
    "assessment_gain", 0.3, 0.1, 0.5, "share of the gap closed at full assessment weight",
    source="no estimate: review drives effort where a clause carries a number", status="prior",
    lowest=0.0, highest=1.0, en="Gain of assessment", zh="考核督查收益",
)  # fmt: skip
