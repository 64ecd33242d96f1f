"""Compiled loops of the listing pipeline against the same rules written with numpy."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import listing_kernels as kernels
from tests.properties.cities import Columns, columns

few = settings(max_examples=25)


@few
@given(columns(), st.floats(1e5, 1e10))
def test_candidates_are_large_old_sound_and_in_no_stage(of: Columns, floor: float) -> None:
    large, rows = np.flatnonzero(of.alive), np.empty(len(of.alive), np.int64)
    stage, birth = (of.share * 3).astype(np.int16), (of.uniform * 40).astype(np.int64)
    found = kernels.candidates(large, 0, stage, of.output, of.score, birth, floor, 20, rows)
    chosen = (stage == 0) & (of.output >= floor) & (birth <= 20) & (of.score >= 0.0)
    assert rows[:found].tolist() == np.flatnonzero(of.alive & chosen).tolist()


@few
@given(columns(), st.floats(0.0, 0.6), st.floats(0.0, 0.4))
def test_firms_move_on_pass_or_leave(of: Columns, onward: float, refused: float) -> None:
    stage = 1 + (of.share * 7).astype(np.int64) % 3
    rows, since = np.flatnonzero(of.alive), np.zeros(len(stage), np.int64)
    forward, leave = np.array([0.2, 0.3, onward]), np.array([0.05, 0.05, 0.05 + refused])
    lots, at = of.uniform[rows], stage[rows] - 1
    moved = lots < forward[at]
    gone = ~moved & (lots < forward[at] + leave[at])
    expected, listed = stage.copy(), np.empty(len(rows), np.int64)
    expected[rows[moved]] += 1
    expected[rows[gone]] = 0
    passed, left = kernels.advance(
        rows, lots, stage, since, 99, 1, 0, tuple(forward), tuple(leave), listed
    )
    assert listed[:passed].tolist() == rows[moved & (at == 2)].tolist()
    assert left == gone.sum()
    assert stage.tolist() == expected.tolist()
    assert np.flatnonzero(since == 99).tolist() == rows[moved | gone].tolist()
