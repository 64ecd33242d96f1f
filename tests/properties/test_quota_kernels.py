"""Compiled loops over pools, reserve and the protected unit by hand and against plain Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import quota_kernels as kernels
from sim.parcels import SHORT_LIST, share_out

few = settings(max_examples=25)
amounts = st.floats(0.0, 1e6, allow_subnormal=False)


@few
@given(st.integers(0, 10**9), st.lists(amounts, min_size=1, max_size=SHORT_LIST))
def test_short_and_long_lists_are_shared_out_alike(total: int, weights: list[float]) -> None:
    given_weights, size = np.array(weights), len(weights)
    longer = np.concatenate([given_weights, np.zeros(SHORT_LIST)])
    short = share_out(total, given_weights)
    assert share_out(total, longer)[:size].tolist() == short.tolist()
    plain = np.empty(size, np.int64)
    kernels.share_out.py_func(
        total, given_weights, 0, size, float(given_weights.sum()), plain, np.empty(size)
    )
    assert short.tolist() == plain.tolist()


def test_quota_is_placed_and_partly_turned_into_innovation_land() -> None:
    # One district: rows are pools (outside, platform), the same inside the unit, estates (4),
    # other built land, reserve, land M0.
    area = np.array([0, 0, 0, 0, 0, 0, 0, 0, 5, 100, 0])
    one, pools, first = np.array([0]), np.array([0, 1]), np.array([0, 2])
    booked, unused = np.zeros(3, np.int64), np.zeros(1)
    kernels.place_quota(
        area, one + 9, one + 8, pools, first, one + 20, one + 30, one + 60, np.array([0.0, 2.0]),
        2, 0.5, np.empty(2, np.int64), np.empty(2), booked,
    )  # fmt: skip
    assert area.tolist() == [20, 15, 0, 15, 0, 0, 0, 0, 55, 0, 0]  # 50 were left for other use
    assert booked.tolist() == [30, 20, 50]
    assert kernels.to_innovation(area, pools, first, one + 51, 0.5, one + 10, unused) == 25
    assert area.tolist() == [0, 10, 0, 15, 0, 0, 0, 0, 55, 0, 25]
    assert unused.tolist() == [25.0]


def test_quota_is_pooled_for_projects_and_ground_stays_protected() -> None:
    # Three districts without platforms: pools, the same inside the unit, reserve.
    area = np.array([100, 40, 9, 50, 20, 0, 30, 0, 0])
    pieces = np.empty((3, 4), np.int64)
    home, asked = np.array([0, 0]), np.array([25, 30])
    found = kernels.pooled(
        area, np.array([0, 1, 2, 0, 1, 2]), np.array([6, 7, 8]), home, home, asked, 0.5, 3, pieces
    )  # fmt: skip
    # 20 of 40 and 4 of 9 outside the unit and one of 10 inside; then what is left of the reserve.
    assert pieces[:, :found].tolist() == [[0, 0, 1], [0, 3, 0], [24, 1, 5]]
    assert area.tolist() == [100, 15, 5, 50, 19, 0, 0, 26, 4]


def test_the_unit_is_made_whole_at_home_then_elsewhere() -> None:
    area, lost = np.array([40, 7, 50, 0, 0, 0]), np.array([120, 0, -3])
    swapped = np.zeros((3, 3), np.int64)
    whole = kernels.balance(area, np.arange(3), np.arange(4), 3, 0.5, lost, swapped)
    # Half of the 120: 40 at home, then the seven and 13 of the others.
    assert area.tolist() == [0, 0, 37, 40, 7, 13]
    assert (whole, swapped[0].tolist(), lost.tolist()) == (20, [0, 7, 13], [0, 0, 0])
