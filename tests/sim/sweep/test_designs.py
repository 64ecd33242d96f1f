"""Designs, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.reading import Place
from sim.sweep.designs import Design, points, size, unit_points
from sim.sweep.factors import Factor

PLACE = Place("sweep.yaml", 1, 1)
RANGE = Factor("a", 0.0, 10.0, (), PLACE)
LEVELS = Factor("b", 1.0, 3.0, (1.0, 3.0), PLACE)


def test_grid_is_every_combination() -> None:
    found = points(Design("grid", 3), [RANGE, LEVELS])
    assert found == [(0.0, 1.0), (0.0, 3.0), (5.0, 1.0), (5.0, 3.0), (10.0, 1.0), (10.0, 3.0)]


def test_one_at_a_time_leaves_the_others_as_they_are() -> None:
    found = points(Design("oat", 2), [RANGE, LEVELS])
    assert found == [(None, None), (0.0, None), (10.0, None), (None, 1.0), (None, 3.0)]


def test_a_latin_hypercube_has_one_point_in_each_slice() -> None:
    found = np.array(points(Design("lhs", 20, seed=4), [RANGE, Factor("c", -1.0, 1.0, (), PLACE)]))
    assert sorted(np.floor(found[:, 0] / 0.5)) == list(range(20))
    assert sorted(np.floor((found[:, 1] + 1.0) / 0.1 + 1e-9)) == list(range(20))


@pytest.mark.parametrize(("kind", "rows"), [("lhs", 16), ("sobol", 64), ("morris", 48)])
def test_sampled_designs_have_their_size_and_repeat(kind: str, rows: int) -> None:
    design = Design(kind, 16, seed=9)
    first = unit_points(design, 2)
    assert first.shape == (rows, 2)
    assert size(design, [RANGE, LEVELS]) == rows
    assert np.array_equal(first, unit_points(design, 2))
    assert not np.array_equal(first, unit_points(Design(kind, 16, seed=10), 2))
    assert first.min() >= 0.0
    assert first.max() <= 1.0
    assert {point[1] for point in points(design, [RANGE, LEVELS])} == {1.0, 3.0}


def test_more_base_points_keep_the_first_ones() -> None:
    small, large = (unit_points(Design("sobol", n, seed=2), 3) for n in (8, 16))
    assert np.array_equal(small, large[: len(small)])


def test_sobol_rows_are_the_matrices_of_saltelli() -> None:
    block = unit_points(Design("sobol", 4, seed=1), 2).reshape(4, 4, 2)
    a, ab, b = block[:, 0], block[:, 1:3], block[:, 3]
    for factor in range(2):
        other = 1 - factor
        assert np.array_equal(ab[:, factor, factor], b[:, factor])
        assert np.array_equal(ab[:, factor, other], a[:, other])


def test_a_morris_step_moves_one_factor_by_two_thirds() -> None:
    trajectory = unit_points(Design("morris", 5, seed=1), 3).reshape(5, 4, 3)
    steps = np.abs(np.diff(trajectory, axis=1))
    assert np.array_equal((steps > 1e-9).sum(axis=2), np.ones((5, 3)))
    assert np.allclose(steps.max(axis=2), 2.0 / 3.0)
