"""Compiled loops of land against plain Python and the same rules written with numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import land_kernels as kernels
from sim.parcels import SHORT_LIST, ration, share_out
from tests.properties.cities import Columns, columns

few = settings(max_examples=25)
amounts = st.floats(0.0, 1e6, allow_subnormal=False)


def drawn(seed: int, size: int) -> Any:
    """Return a generator and `size` parcels or firms to be looked at."""
    random = np.random.default_rng(seed)
    return random, random.integers(0, 2, (4, size)).astype(bool), random.integers(0, 5000, size)


@few
@given(st.integers(0, 2**32 - 1), st.integers(0, 60))
def test_gaps(seed: int, size: int) -> None:
    random, (_, _, fresh, empty), area = drawn(seed, size)
    capital, leased = random.uniform(0.0, 1e7, (2, size))
    area[empty] = 0
    density = np.where(fresh, 0.0, random.uniform(100.0, 9000.0, size))
    users = np.arange(0, size, 2)
    left, right = density.copy(), density.copy()
    found = []
    for function, own in ((kernels.gaps, right), (kernels.gaps.py_func, left)):
        out = np.empty(size, np.int64), np.empty(size), np.empty(size)
        number = function(users, capital, area, leased, own, 1.1, 1.2, *out)
        found.append([column[:number] for column in out])
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    rows, _, gap = found[0]
    np.testing.assert_allclose(right, left, rtol=1e-12)
    holders = users[area[users] > 0]
    new = holders[density[holders] == 0.0]
    np.testing.assert_allclose(right[new], 1.2 * capital[new] / area[new], rtol=1e-12)
    assert rows.tolist() == holders[right[holders] > 0.0].tolist()
    lacking = capital[rows] / (right[rows] * 1.1) - (area[rows] + leased[rows])
    np.testing.assert_allclose(gap, np.maximum(lacking, 0.0), rtol=1e-9, atol=1e-6)


@few
@given(columns(), st.floats(0.0, 1e11))
def test_innovation_space_is_shared_in_proportion_to_need(of: Columns, space: float) -> None:
    rows, district = np.flatnonzero(of.alive), of.sector // 2
    gap = np.where(of.uniform > 0.4, of.output, 0.0)[rows]
    able, tier = of.share > 0.3, (of.uniform * 3).astype(np.int16)
    unused, leased = np.array([space, 0.0]), np.zeros(len(able))
    whole = kernels.lease(
        rows, gap, able, tier, 2, district, unused, leased, np.empty(2)
    )  # fmt: skip
    asked = np.zeros(len(able))
    asked[rows] = np.where((able | (tier == 2))[rows] & (district[rows] == 0), gap, 0.0)
    wanted = float(asked.sum())
    given_all = asked * min(space / max(wanted, 1e-9), 1.0)
    np.testing.assert_allclose(leased, given_all, rtol=1e-12)
    np.testing.assert_allclose(whole, given_all.sum(), rtol=1e-12)
    np.testing.assert_allclose(unused, [max(space - wanted, 0.0), 0.0], rtol=1e-12, atol=1e-3)


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
    assert kernels.to_innovation(area, pools, first, one + 25, one + 10, unused) == 25
    assert area.tolist() == [0, 10, 0, 15, 0, 0, 0, 0, 55, 0, 25]
    assert unused.tolist() == [25.0]
    assert kernels.move_down(area, np.array([1, 3]), np.array([3, 0]), 12) == 12
    assert area[:4].tolist() == [2, 0, 0, 23]


def test_quota_is_pooled_for_projects_and_ground_stays_protected() -> None:
    # Three districts without platforms: pools, the same inside the unit, reserve.
    area = np.array([100, 40, 9, 50, 20, 0, 30, 0, 0])
    pieces = np.empty((3, 4), np.int64)
    home, asked = np.array([0, 0]), np.array([25, 30])
    found = kernels.pooled(
        area, np.array([0, 1, 2, 0, 1, 2]), np.array([6, 7, 8]), home, home, asked, 0.5, 3, pieces
    )  # fmt: skip
    # 20 of 40 and 4 of 9 outside the unit and one of 10 inside; then what is left of the reserve.
    assert pieces[:, :found].tolist() == [[0, 3, 0], [24, 1, 5], [0, 0, 1]]
    assert area.tolist() == [100, 15, 5, 50, 19, 0, 0, 26, 4]
    kernels.protect(area, np.array([0, 1, 2]), np.arange(4), 3, np.array([60, 20, 0]))
    assert area.tolist() == [40, 0, 5, 110, 34, 0, 0, 26, 4]


@few
@given(st.integers(0, 2**32 - 1), st.integers(0, 60))
def test_area_table_holds_every_square_metre(seed: int, size: int) -> None:
    random, (protected, *_), area = drawn(seed, size)
    use, district = random.integers(0, 4, size), random.integers(0, 3, size)
    table, plain = np.zeros((2, 4, 3, 2), np.int64)
    kernels.area_table(use, district, protected, area, table)
    kernels.area_table.py_func(use, district, protected, area, plain)
    assert table.tolist() == plain.tolist()
    assert int(table.sum()) == int(area.sum())
    assert table[2, 1, 1] == area[(use == 2) & (district == 1) & protected].sum()


@few
@given(st.integers(0, 10**9), st.lists(amounts, min_size=1, max_size=SHORT_LIST))
def test_short_and_long_lists_are_shared_out_alike(total: int, weights: list[float]) -> None:
    given_weights = np.array(weights)
    longer = np.concatenate([given_weights, np.zeros(SHORT_LIST)])
    mass = float(given_weights.sum())
    short = share_out(total, given_weights)
    assert share_out(total, longer)[: len(weights)].tolist() == short.tolist()
    if mass > 0.0 and total > 0:
        plain, size = np.empty(len(weights), np.int64), len(weights)
        kernels.share_out.py_func(total, given_weights, 0, size, mass, plain, np.empty(size))
        assert short.tolist() == plain.tolist()


def by_hand(claims: Any, stock: Any, released: float, uptake: float, smallest: int) -> Any:
    """Return what each claim and each estate gets, with numpy, for one district."""
    area, weight, large = claims
    supply = float(np.floor(released * stock.sum()))
    granted = np.floor(ration(area, weight, supply)).astype(np.int64)
    granted[(granted < smallest) & ~large] = 0
    ends = np.cumsum(stock)
    used = np.diff(np.minimum(ends, granted.sum()), prepend=0)
    rest = stock - used
    estates = share_out(int(uptake * (supply - granted.sum())), rest.astype(np.float64))
    return granted, used + np.minimum(estates, rest)


@few
@given(
    st.lists(st.tuples(amounts, st.sampled_from([0.0, 0.5, 1.0, 3.0]), st.booleans()),
             min_size=1, max_size=12),
    st.lists(st.integers(0, 10**6), min_size=2, max_size=5),
)  # fmt: skip
def test_claims_are_met_from_the_cells_of_their_district(
    asked: list[tuple[float, float, bool]], held: list[int]
) -> None:
    area, weight = (np.array(column) for column in list(zip(*asked, strict=True))[:2])
    large, stock = np.array([row[2] for row in asked]), np.array(held)
    # Two districts with the same claims and cells: neither sees the other.
    twice = tuple(np.tile(column, 2) for column in (area, weight, large))
    district = np.repeat([0, 1], len(asked))
    cells, first = np.arange(2 * len(held)), np.array([0, len(held), 2 * len(held)])
    order = np.lexsort((-twice[1], district))
    arguments = (district, *twice, order, np.arange(len(district)))
    for function in (kernels.hand_out, kernels.hand_out.py_func):
        left = np.tile(stock, 2)
        size = len(district) + len(cells)
        pieces = np.empty((3, size + len(cells)), np.int64)
        room = np.empty((4, size)), np.empty(size, np.int64)
        granted = np.zeros(len(district), np.int64)
        found = function(
            *arguments, left, cells, first, 0.5, 0.3, 1000, granted, pieces, *room
        )  # fmt: skip
        which, cell, piece = pieces[:, :found]
        granted, used = by_hand((area, weight, large), stock, 0.5, 0.3, 1000)
        got = np.bincount(which[which >= 0], piece[which >= 0], len(district))
        assert got.tolist() == np.tile(granted, 2).tolist()
        assert np.bincount(cell, piece, len(cells)).tolist() == np.tile(used, 2).tolist()


def test_plots_lie_end_to_end() -> None:
    pieces, room = np.empty((3, 8), np.int64), np.empty((4, 3))
    found = kernels.hand_out(
        np.zeros(2, np.int64), np.array([5.0, 4.0]), np.ones(2), np.zeros(2, bool), np.arange(2),
        np.arange(2), np.array([3, 0, 10]), np.arange(3), np.array([0, 3]), 1.0, 0.0, 1,
        np.zeros(2, np.int64), pieces, room, np.empty(3, np.int64),
    )  # fmt: skip
    assert pieces[:, :found].tolist() == [[0, 0, 1], [0, 2, 2], [3, 2, 4]]


@few
@given(columns())
def test_holdings_by_class_and_district(of: Columns) -> None:
    users, code = np.flatnonzero(of.alive), of.sector - 1
    land = np.where(of.uniform > 0.7, 0, 100 * of.sector)
    roster, district = of.share > 0.2, (of.sector + 1) % 4
    arguments = (
        users, land, roster, district, code, of.output, of.capital, of.staff, of.uniform,
    )  # fmt: skip
    by_class, by_district = np.zeros((5, 5)), np.zeros(4)
    plain = np.zeros((5, 5)), np.zeros(4)
    kernels.holdings(*arguments, by_class, by_district)
    kernels.holdings.py_func(*arguments, *plain)
    for ours, theirs in zip((by_class, by_district), plain, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    above, holders = users[roster[users]], users[land[users] > 0]
    np.testing.assert_allclose(by_district, np.bincount(district[above], of.output[above], 4))
    which = np.where(code < 0, 4, code)[holders]
    weight = np.maximum(of.staff[holders], 1.0)
    columns_of = (land[holders], of.output[holders], of.capital[holders], weight,
                  weight * of.uniform[holders])  # fmt: skip
    for row, column in enumerate(columns_of):
        np.testing.assert_allclose(by_class[row], np.bincount(which, column, 5))
