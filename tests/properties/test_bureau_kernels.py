"""Compiled sums of the bureau against plain Python and against the same sums with numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import bureau_kernels as kernels
from tests.properties.cities import Columns, columns

few = settings(max_examples=25)
MADE = np.array([1.0, 1.0, 0.0, 1.0])
TRAITS = np.stack([MADE, [0.0, 0.2, 0.5, 1.0], [0.3, 0.0, 0.1, 0.9]], axis=1)


def tracked(of: Columns, rows: Any) -> Any:
    """Return the tracked flows of firms, written with numpy."""
    value, output, staff = of.capital[rows] / 1.1, of.output[rows], of.staff[rows]
    made = MADE[of.sector[rows]]
    use = of.share[rows] * output, of.uniform[rows] * output
    return np.stack([value, *use, staff, made * value, made * staff], axis=1)


@few
@given(columns(), columns())
def test_flows_are_added_up_and_compared(of: Columns, later: Columns) -> None:
    size = min(len(of.output), len(later.output))
    old, new = (np.flatnonzero(of.alive[:size]) for of in (of, later))
    flows = []
    for city, rows in ((of, old), (later, new)):
        arguments = (
            rows, city.capital, 1.1, city.output, city.share, city.uniform, city.staff,
            city.sector, MADE, np.ones((len(rows), 6)),
        )  # fmt: skip
        found = kernels.flows(*arguments)
        np.testing.assert_allclose(found, kernels.flows.py_func(*arguments), rtol=1e-12)
        np.testing.assert_allclose(found, 1.0 + tracked(city, rows), rtol=1e-12)
        flows.append(found)
    here, there = kernels.pairs(new, old)
    stay = np.intersect1d(new, old)
    assert new[here].tolist() == old[there].tolist() == stay.tolist()
    assert [p.tolist() for p in kernels.pairs.py_func(new, old)] == [here.tolist(), there.tolist()]
    arguments = (flows[0], flows[1], old, new, of.sector, here, there, 4)
    whole, kept = kernels.compared(*arguments)
    for ours, theirs in zip((whole, kept), kernels.compared.py_func(*arguments), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    np.testing.assert_allclose(whole[0], flows[0][:, :3].sum(axis=0), rtol=1e-9)
    energy = np.bincount(of.sector[stay], flows[1][here, 1], 4)
    np.testing.assert_allclose(kept[1, 1], energy, rtol=1e-9)
    flows[0][::2, 0] = 0.0  # firms without a base are left out
    roster = of.uniform > 0.3
    arguments = (new, roster, here, there, flows[1], flows[0])
    sums = kernels.matched(*arguments)
    np.testing.assert_allclose(sums, kernels.matched.py_func(*arguments), rtol=1e-12)
    counted = roster[stay] & (flows[0][there, 0] > 0.0)
    np.testing.assert_allclose(sums[0], flows[1][here[counted]].sum(axis=0), rtol=1e-9)
    np.testing.assert_allclose(sums[1], flows[0][there[counted]].sum(axis=0), rtol=1e-9)


@given(st.lists(st.integers(0, 30)), st.lists(st.integers(0, 30)))
def test_pairs_are_the_common_rows(left: list[int], right: list[int]) -> None:
    rows, others = np.unique(left).astype(np.int64), np.unique(right).astype(np.int64)
    here, there = kernels.pairs(rows, others)
    assert rows[here].tolist() == others[there].tolist() == sorted(set(left) & set(right))


@few
@given(columns())
def test_totals(of: Columns) -> None:
    rows, upgraded = np.flatnonzero(of.alive), of.uniform > 0.5
    arguments = (
        rows, of.sector, of.capital, of.output, of.output, of.staff, of.score, of.score**2,
        of.share, of.share, upgraded, of.share, of.uniform, TRAITS,
    )  # fmt: skip
    found = kernels.totals(*arguments)
    np.testing.assert_allclose(found, kernels.totals.py_func(*arguments), rtol=1e-12)
    sector = of.sector[rows]
    made, high_tech, emerging = (TRAITS[sector, k] for k in range(3))
    value, sales, staff = of.capital[rows], of.output[rows], of.staff[rows]
    wanted = [
        value, sales, sales, staff, made * value, made * sales, made * staff, of.score[rows],
        of.score[rows] ** 2, of.share[rows] * staff, high_tech * value, emerging * value,
        of.share[rows] * sales, upgraded[rows], of.share[rows] * sales, of.uniform[rows] * sales,
    ]  # fmt: skip
    np.testing.assert_allclose(found, [float(x.sum()) for x in wanted], rtol=1e-9, atol=1e-9)
