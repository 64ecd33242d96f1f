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
    for ours, theirs in zip((mass, paid), kernels.place_sums.py_func(*arguments), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
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


@few
@given(columns())
def test_totals_of_platforms(of: Columns) -> None:
    roster, platform = np.flatnonzero(of.alive), of.sector - 1
    land = np.where(of.uniform > 0.5, 0, 100 * of.sector)
    traits = np.array([0.0, 0.2, 0.5, 1.0])
    arguments = (
        roster, platform, of.sector, of.output, of.capital, of.share, of.share, of.uniform, land,
        traits > 0.3, traits, np.array([0.1, 0.2, -0.1]),
    )  # fmt: skip
    found = kernels.totals(*arguments)
    np.testing.assert_allclose(found, kernels.totals.py_func(*arguments), rtol=1e-12)
    inside = roster[platform[roster] >= 0]
    output, sector = of.output[inside], of.sector[inside]
    wanted = [
        of.output[roster], output, output * (traits > 0.3)[sector], output * traits[sector],
        of.capital[inside], output * of.share[inside], output * of.share[inside],
        output * of.uniform[inside], land[inside], of.capital[inside] * (land[inside] > 0),
        output * np.array([0.1, 0.2, -0.1])[platform[inside]],
    ]  # fmt: skip
    np.testing.assert_allclose(found, [float(x.sum()) for x in wanted], rtol=1e-9, atol=1e-6)
