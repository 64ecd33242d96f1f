"""Demand by sector and what it asks of staff, against the same rules written with numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import production_kernels as kernels
from tests.properties.cities import Columns, columns

rate = st.floats(-0.2, 0.2)


def cases(of: Columns, **other: Any) -> dict[str, Any]:
    """Return arguments of the kernel: every firm serves as a sector; the first sells nothing."""
    size = len(of.output)
    sums = np.stack([
        of.output, 1.1 * of.output, 0.03 * of.output * of.score, of.capital[::-1] - of.capital,
        of.capital, 0.02 * of.output * of.score, of.staff, 0.01 * of.staff * of.score,
        of.capital, 1.05 * of.capital * of.share.clip(0.5),
    ])  # fmt: skip
    sums[:, 0] *= np.arange(len(sums)) > kernels.PULLED
    return {
        "sums": sums, "service": ~of.alive, "electronics": of.uniform > 0.6,
        "traits": (of.share, of.uniform, of.share[::-1].copy()), "tilts": (0.02, 0.01, -0.03),
        "left": (of.uniform * of.output, -of.share * of.output), "plants": 0.05 * of.capital,
        "growth": (0.02, 0.03, 0.004), "gains": (0.6, 0.4, 0.01),
        "labour": (0.003, 0.3), "gap": 0.1 * of.score, "scale": np.empty(size),
        "move": np.empty(size),
    } | other  # fmt: skip


@given(columns())
def test_sectors_share_the_citys_demand_and_hire_for_it(of: Columns) -> None:
    case = cases(of)
    found = kernels.meet_demand(*case.values())
    sums, industry = case["sums"], of.alive
    output = sums[kernels.OUTPUT]
    total, weight = np.maximum(output, 1e-300), np.where(industry, output, 0.0)
    weight = weight / max(float(weight.sum()), 1e-300)
    tilt = 0.02 * of.share + 0.01 * of.uniform - 0.03 * of.share[::-1]
    advance = np.where(output > 0.0, sums[kernels.ADVANCE] / total - 0.01, 0.0)
    built = (sums[kernels.EXTRA] + 0.05 * of.capital) / np.maximum(sums[kernels.CAPITAL], 1.0)
    gained = 0.6 * (advance + 0.4 * built.clip(-0.1, 0.1)) + sums[kernels.PULLED] / total
    gained = np.where(industry, gained, 0.0)
    demand = np.where(industry, 0.02 + tilt - float(weight @ tilt), 0.03) + gained
    left, beyond = (
        np.where(output > 0.0, (x / np.maximum(output, 1.0)).clip(-0.5, 1.0), 0.0)
        for x in case["left"]
    )
    expected = output * np.exp(demand) * (1.0 + left) / (1.1 * total)
    np.testing.assert_allclose(case["scale"], expected, rtol=1e-12)
    labour = demand + 0.004 - 0.003 - 0.01 * of.score
    labour -= 0.4 * np.log(1.05 * of.share.clip(0.5)).clip(-0.2, 0.2)
    waiting = 0.1 * of.score + np.where(industry, labour / 0.6, 0.5 * demand)
    np.testing.assert_allclose(case["move"], 0.3 * waiting, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(case["gap"], 0.7 * waiting, rtol=1e-10, atol=1e-14)
    electronic = weight * case["electronics"]
    share = float(electronic @ gained) / max(float(electronic.sum()), 1e-300)
    assert found == pytest.approx((float(weight @ (gained + beyond)), share), abs=1e-12)


@given(columns(), st.floats(-0.05, 0.05), rate, rate)
def test_sectors_together_follow_the_citys_path(
    of: Columns, growth: float, nation: float, export: float
) -> None:
    size = len(of.output)
    sums = np.zeros((10, size))
    sums[kernels.OUTPUT] = sums[kernels.GROWN] = of.output
    case = cases(
        of, sums=sums, service=np.zeros(size, dtype=np.bool_), plants=np.zeros(size),
        left=(np.zeros(size), np.zeros(size)), tilts=(0.5 * nation, 0.0125, 0.3 * export),
        growth=(growth, 0.0, 0.0), gains=(0.6, 0.4, 0.0),
    )  # fmt: skip
    assert kernels.meet_demand(*case.values()) == (0.0, 0.0)
    weight = of.output / of.output.sum()
    assert float(weight @ np.log(case["scale"])) == pytest.approx(growth, abs=1e-12)


@given(rate, rate, rate, st.floats(0.1, 0.8))
def test_labour_hired_makes_the_production_function_hold(
    output: float, technology: float, capital: float, share: float
) -> None:
    one = np.ones(1)
    sums = np.array([1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, technology, 9.0, 9.0 * np.exp(capital)])
    move, none = np.empty(1), np.zeros(1)
    kernels.meet_demand(
        sums[:, None], np.array([False]), np.array([False]), (one, one, one), (0.0, 0.0, 0.0),
        (none, none), none, (output, 0.0, 0.0), (0.0, share, 0.0), (0.0, 1.0), np.zeros(1),
        np.empty(1), move,
    )  # fmt: skip
    made = technology + share * capital + (1.0 - share) * float(move[0])
    assert made == pytest.approx(output, abs=1e-12)


def test_sales_of_leavers_go_to_their_sector() -> None:
    sums, none = np.zeros((10, 2)), np.zeros(2)
    sums[kernels.OUTPUT] = sums[kernels.GROWN] = 100.0, 50.0
    scale = np.empty(2)
    advances = kernels.meet_demand(
        sums, np.zeros(2, dtype=np.bool_), np.zeros(2, dtype=np.bool_), (none, none, none),
        (0.0, 0.0, 0.0), (np.array([2.0, 0.0]), none), none, (0.0, 0.0, 0.0), (1.0, 0.4, 0.0),
        (0.0, 0.3), np.zeros(2), scale, np.empty(2),
    )  # fmt: skip
    np.testing.assert_allclose(scale, [1.02, 1.0], rtol=1e-15)
    assert advances == (0.0, 0.0)
