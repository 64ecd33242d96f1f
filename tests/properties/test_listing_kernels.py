"""Compiled loops of the listing pipeline against the same rules written with numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim import listing_kernels as kernels
from sim.rng import KeyedRandom
from sim.selection import hits
from tests.properties.cities import Columns, columns

few = settings(max_examples=25)
HIGH_TECH, LARGEST = np.array([0.0, 0.2, 0.5, 1.0]), 5e8


def appeal(of: Columns, rows: NDArray[np.int64], previous: NDArray[np.float64]) -> Any:
    growth = np.clip(of.output[rows] / np.maximum(previous[rows], 1.0), 0.5, 2.0)
    size = np.sqrt(np.minimum(of.output[rows], LARGEST))
    return size * growth * (0.5 + HIGH_TECH[of.sector[rows]])


@few
@given(columns(), st.floats(1e5, 1e10))
def test_candidates_are_large_old_sound_and_in_no_stage(of: Columns, floor: float) -> None:
    large, rows = np.flatnonzero(of.alive), np.empty(len(of.alive) + 1, np.int64)
    weights, previous = np.empty(len(rows)), of.capital
    stage, birth = (of.share * 3).astype(np.int16), (of.uniform * 40).astype(np.int64)
    found = kernels.candidates(
        large, 0, stage, of.output, previous, of.score, birth, of.sector, HIGH_TECH, floor, 20,
        -0.5, LARGEST, rows, weights,
    )  # fmt: skip
    chosen = (stage == 0) & (of.output >= floor) & (birth <= 20) & (of.score >= -0.5)
    wanted = np.flatnonzero(of.alive & chosen)
    assert rows[:found].tolist() == wanted.tolist()
    np.testing.assert_allclose(weights[:found], appeal(of, wanted, previous), rtol=1e-12)


@few
@given(columns(), st.floats(0.0, 10.0))
def test_an_expected_number_of_candidates_begins(of: Columns, expected: float) -> None:
    rows, size = np.flatnonzero(of.alive), len(of.alive)
    stage, since = np.zeros(size, np.int16), np.zeros(size, np.int64)
    joint, chosen = np.zeros(size, np.bool_), np.empty_like(rows)
    lots, weights = of.uniform[rows], of.output[rows]
    number = kernels.enter(rows, lots, weights, expected, stage, since, joint, 1, 99, chosen)
    wanted = rows[hits(lots, expected, weights)].tolist()
    assert chosen[:number].tolist() == wanted
    for changed in (stage == 1, since == 99, joint):
        assert np.flatnonzero(changed).tolist() == wanted


@few
@given(columns(), st.floats(0.0, 0.6), st.floats(0.0, 0.4))
def test_firms_move_on_pass_or_leave(of: Columns, onward: float, refused: float) -> None:
    stage = 1 + (of.share * 7).astype(np.int64) % 5  # 4 and 5 are listed
    staged, since = np.flatnonzero(of.score < 0.5), np.zeros(len(stage), np.int64)
    rows = staged[of.alive[staged] & (stage[staged] < 4)]
    forward, leave = np.array([0.2, 0.3, onward]), np.array([0.05, 0.05, 0.05 + refused])
    lots, at = of.uniform[rows], stage[rows] - 1
    moved = lots < forward[at]
    gone = ~moved & (lots < forward[at] + leave[at])
    expected, before = stage.copy(), staged[of.alive[staged] & (stage[staged] >= 4)]
    passed, listed = np.empty((2, len(staged)), np.int64)
    expected[rows[moved]] += 1
    expected[rows[gone]] = 0
    expected[staged[~of.alive[staged]]] = 6
    ahead, left, old = kernels.advance(
        staged, of.uniform[staged], of.alive, stage, since, 99, 1, 0, 6, tuple(forward),
        tuple(leave), passed, listed,
    )  # fmt: skip
    assert passed[:ahead].tolist() == rows[moved & (at == 2)].tolist()
    assert listed[:old].tolist() == before.tolist()
    assert left == gone.sum()
    assert stage.tolist() == expected.tolist()
    assert np.flatnonzero(since == 99).tolist() == rows[moved | gone].tolist()


@few
@given(columns(), st.floats(-2.0, 2.0), st.sampled_from([0.0, 1e7, 1e12]))
def test_listed_firms_are_valued_anew_and_raise_funds(
    of: Columns, common: float, amount: float
) -> None:
    keyed, ids = KeyedRandom(7, 1), np.arange(len(of.output)) + 5
    stage = 1 + (of.share * 7).astype(np.int16) % 5  # 4 and 5 are listed
    staged, valued = np.flatnonzero(of.score < 0.9), np.flatnonzero(of.uniform < 0.6)
    value, sales, cash = np.zeros(len(ids)), of.capital.copy(), of.staff.copy()
    value[valued] = 10.0 * of.capital[valued]
    before, known_sales = value.copy(), sales.copy()
    listed, growth = np.empty_like(staged), np.empty(len(staged))
    number, raised = kernels.revalue(
        staged, of.alive, stage, 3, valued, ids, 8073, keyed.key("firm"), of.output, common,
        (0.4, 0.3), 0.01, 0.8, 2.5e9, amount, 2e10, value, sales, cash, listed, growth,
    )  # fmt: skip
    rows = staged[of.alive[staged] & (stage[staged] > 3)]
    assert listed[:number].tolist() == rows.tolist()
    worth, rise = before[rows], np.log(of.output[rows] / known_sales[rows])
    usual = rise @ worth / worth.sum() if worth.sum() > 0.0 else 0.0
    luck = keyed.normals("firm", ids[rows], 8073)[0]
    chance = 0.2 * (np.sqrt(0.3) * common + np.sqrt(0.7) * luck)
    moved = worth * np.exp(chance + np.clip(rise - usual, -0.2, 0.2) + 0.01)
    wanted = np.where(worth > 0.0, moved, np.maximum(0.8 * of.output[rows], 2.5e9))
    np.testing.assert_allclose(value[rows], wanted, rtol=1e-9)
    others = np.setdiff1d(np.arange(len(ids)), rows)
    assert not value[others].any()
    assert sales[rows].tolist() == of.output[rows].tolist()
    assert sales[others].tolist() == known_sales[others].tolist()
    weight = np.minimum(wanted, 2e10)
    own = np.minimum(amount * weight / max(weight.sum(), 1.0), 0.05 * of.output[rows])
    np.testing.assert_allclose(cash[rows] - of.staff[rows], own, rtol=1e-6, atol=1e-3)
    np.testing.assert_allclose(raised, own.sum(), rtol=1e-9)
