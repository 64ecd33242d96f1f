"""Compiled loops of platforms and rows against plain Python and the same sums with numpy."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import platform_kernels as kernels
from sim.rows import fill_rows, rows_where
from tests.properties.cities import Columns, columns

few = settings(max_examples=25)


@few
@given(columns())
def test_place_sums_and_gains(of: Columns) -> None:
    platform = of.sector - 1  # one firm in four stands outside platforms
    arguments = (of.alive, platform, of.sector, of.staff, of.output, 3, 4)
    mass, paid = kernels.place_sums(*arguments)
    plain = kernels.place_sums.py_func(*arguments)
    assert (mass.tobytes(), paid.tobytes()) == tuple(part.tobytes() for part in plain)
    np.testing.assert_allclose(paid, np.bincount(of.sector, of.output, 4), rtol=1e-12)
    inside = of.alive & (platform >= 0)
    np.testing.assert_allclose(mass[:3], np.bincount(platform[inside], of.staff[inside], 3))
    np.testing.assert_allclose(mass[3], of.staff[of.alive].sum())
    change, left, right = np.array([0.1, -0.2, 0.3]), of.score.copy(), of.score.copy()
    kernels.add_gain(of.alive, platform, change, right)
    kernels.add_gain.py_func(of.alive, platform, change, left)
    assert left.tobytes() == right.tobytes()
    np.testing.assert_allclose(
        right - of.score, np.where(inside, change[platform], 0.0), atol=1e-12
    )


@given(st.lists(st.booleans()))
def test_rows_where_is_flatnonzero(values: list[bool]) -> None:
    flags = np.array(values, dtype=bool)
    assert rows_where(flags).tolist() == np.flatnonzero(flags).tolist()
    plain = np.empty(sum(values) + 1, dtype=np.int64)
    fill_rows.py_func(flags, plain)
    assert plain[:-1].tolist() == np.flatnonzero(flags).tolist()
