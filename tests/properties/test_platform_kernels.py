"""Compiled loops of platforms and rows against plain Python and the same sums with numpy."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import platform_kernels as kernels
from sim.funds_kernels import unlisted_above
from sim.rows import rows_where
from sim.sums import chosen_sum
from tests.properties.cities import Columns, columns

few = settings(max_examples=25)


@few
@given(columns())
def test_place_sums_and_gains(of: Columns) -> None:
    platform = of.sector - 1  # one firm in four stands outside platforms
    mass, paid = np.zeros(4), np.zeros(4)
    kernels.place_sums(of.alive, platform, of.sector, of.staff, of.output, mass, paid)
    np.testing.assert_allclose(paid, np.bincount(of.sector, of.output, 4), rtol=1e-12)
    inside = of.alive & (platform >= 0)
    wanted = np.bincount(platform[of.alive] + 1, of.staff[of.alive], 4)
    np.testing.assert_allclose(mass, wanted, rtol=1e-12)
    change, moved = np.array([0.0, 0.1, -0.2, 0.3]), of.score.copy()
    kernels.add_gain(of.alive, platform, change, moved)
    gain = np.where(inside, change[platform + 1], 0.0)
    np.testing.assert_allclose(moved, of.score + gain, rtol=1e-12, atol=1e-12)


@few
@given(columns())
def test_chosen_sum(of: Columns) -> None:
    np.testing.assert_allclose(
        chosen_sum(of.capital, of.alive), of.capital[of.alive].sum(), rtol=1e-12
    )


@given(st.integers(0, 700), st.floats(0.0, 1.0), st.integers(0, 99))
def test_rows_where_is_flatnonzero(size: int, share: float, seed: int) -> None:
    flags = np.random.default_rng(seed).random(size) < share
    assert rows_where(flags).tolist() == np.flatnonzero(flags).tolist()


@given(st.integers(1, 700), st.floats(0.0, 1.0), st.integers(0, 99))
def test_rows_of_blocks_are_those_of_all_flags(size: int, share: float, seed: int) -> None:
    # Sales above nothing: whatever share of the firms, in whole blocks and the last one.
    sales = np.random.default_rng(seed).random(size) - (1.0 - share)
    alive, code = np.ones(size, dtype=bool), np.ones(size, dtype=np.int16)
    chosen = np.empty(size, dtype=bool)
    unlisted_above(alive, code, 0, code, (4, 5), sales, chosen)
    assert rows_where(chosen).tolist() == np.flatnonzero(sales > 0.0).tolist()


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
    found = np.zeros(11)
    kernels.totals(*arguments, found)
    inside = roster[platform[roster] >= 0]
    output, sector = of.output[inside], of.sector[inside]
    wanted = [
        of.output[roster], output, output * (traits > 0.3)[sector], output * traits[sector],
        of.capital[inside], output * of.share[inside], output * of.share[inside],
        output * of.uniform[inside], land[inside], of.capital[inside] * (land[inside] > 0),
        output * np.array([0.1, 0.2, -0.1])[platform[inside]],
    ]  # fmt: skip
    np.testing.assert_allclose(found, [float(x.sum()) for x in wanted], rtol=1e-9, atol=1e-6)


def test_movers_take_what_room_there_is_and_pay() -> None:
    # Two districts and a platform in each; rows are pools (2 districts, 2 platforms; the same
    # inside the unit), then the plots of firm 0 (100 m2, unit) and of firm 1 (100 m2).
    area = np.array([0, 0, 50, 40, 0, 0, 0, 60, 100, 100])
    district, platform = np.array([0, 0]), np.array([-1, -1])
    cash, land, density = np.full(2, 1000.0), np.array([100, 100]), np.ones(2)
    occupant, code = np.array([-1] * 8 + [0, 1]), np.full(10, 2)
    tfp, target, pieces, paid = np.zeros(2), np.full(2, -1), np.empty((3, 4), int), np.zeros(3)
    found = kernels.resettle(
        np.array([1, 0]), np.array([0.3, 0.9]), np.array([1, 0]), np.array([8, 9]),
        np.array([0, 1, 2]), np.array([1.0, 1.0]), np.array([[False, True], [True, True]]),
        np.array([0, 1]), np.array([0.1, 0.2]), np.array([2.0, 1.0]), 1.5, 4, 0.8, 0.01, land,
        district, platform, cash, np.full(2, 5000.0), tfp, density, area,
        np.array([0, 1, 0, 1, 0, 1, 0, 1, 0, 0]), np.array([-1, -1, 0, 1, -1, -1, 0, 1, -1, -1]),
        np.array([False] * 4 + [True] * 5 + [False]), occupant, code, target, pieces, paid,
    )  # fmt: skip
    # Firm 1 takes 80 of the 100 m2 on platform 1; the 20 that are left are too few for firm 0.
    assert target.tolist() == [1, -1]
    assert pieces[:, :found].tolist() == [[3, 7], [40, 40], [1, 1]]
    assert area.tolist() == [100, 0, 50, 0, 0, 0, 0, 20, 100, 0]
    assert paid.tolist() == [300.0, 120.0, 50.0]
    assert cash.tolist() == [1000.0, 1000.0 + 300.0 - 120.0 - 50.0]
    assert (district.tolist(), platform.tolist()) == ([0, 1], [-1, 1])
    assert (land.tolist(), density.tolist(), tfp.tolist()) == ([100, 80], [1.0, 1.25], [0.0, 0.2])
    assert (occupant[8:].tolist(), code[8:].tolist()) == ([0, -1], [2, -1])
