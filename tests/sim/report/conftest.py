"""A small run of eight members, made by the engine's own functions."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import pytest

from sim.city import City
from sim.indicators.declare import Indicator
from sim.report.material import Material, material_of
from sim.results import Layout, MemberResult, build_dataset
from tests.sim.small_plan import QUARTERS, KnownCity, plan, target


def nothing(book: object, quarter: int) -> float:
    """Stand where a declaration needs a formula: members here bring their values."""
    return math.nan


def declared(name: str, unit: str, kind: str) -> Indicator:
    return Indicator(name, unit, kind, name.title(), f"{name}名", "tests", nothing)


@pytest.fixture
def small_run() -> Any:
    """Return the dataset: listed firms grow by the member's number, emissions are unknown."""
    layout = Layout(
        (
            declared("emissions", "t", "stock"),
            declared("listed_firms", "firms", "stock"),
            declared("share", "%", "ratio"),
            declared("talent", "persons", "ytd"),
            declared("weekly", "firms", "quarter"),
        ),
        (),
    )
    time = np.arange(12.0)
    results = []
    for member in range(8):
        rows = np.array(
            [
                np.full(12, np.nan),
                100.0 + member * time,
                np.full(12, 20.0 + member),
                np.full(12, 4.0 if member < 6 else 2.0),
                np.ones(12),
            ]
        )
        drawn = {"baseline_share": 21.5, "pull": float(member)}
        results.append(MemberResult(member, rows, rows, np.empty((0, 12)), drawn))
    return build_dataset(results, QUARTERS, layout=layout, attributes={"scenario": "small"})


@pytest.fixture
def material(small_run: Any) -> Material:
    """Return the run assessed against five targets of a plan."""
    small = plan(
        target("listed", indicator="listed_firms", low=144.0, clause=13),
        target("listed", indicator="listed_firms", low=177.0, reading="strict",
               default_reading=False, clause=13),
        target("share_up", indicator="share", operator=">", low=None, unit="%", baseline="2017",
               clause=26, label_en="=cmd|' /C calc'!A0 [bold]share[/bold]\x1b[31m"),
        target("talent", target_class="commitment", operator="between", low=3.0, high=5.0,
               window="each_year", window_start=QUARTERS[0], clause=22),
        target("clean", indicator="emissions", operator="<", low=None, baseline="2017",
               assessable=False, reason="no data on pollutants", clause=10),
    )  # fmt: skip
    city = KnownCity(
        published={"listed_firms": {"2013": (102.0, "cited"), "2018-04": (165.0, "cited")}},
    )
    return material_of(small_run, small, cast(City, city), "unnamed")
