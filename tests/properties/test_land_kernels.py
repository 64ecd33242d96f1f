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
    rows, held, gap = kernels.gaps(users, capital, area, leased, right, 1.1, 1.2)
    plain = kernels.gaps.py_func(users, capital, area, leased, left, 1.1, 1.2)
    for ours, theirs in zip((rows, held, gap), plain, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    np.testing.assert_allclose(right, left, rtol=1e-12)
    holders = users[area[users] > 0]
    new = holders[density[holders] == 0.0]
    np.testing.assert_allclose(right[new], 1.2 * capital[new] / area[new], rtol=1e-12)
    assert rows.tolist() == holders[right[holders] > 0.0].tolist()
    lacking = capital[rows] / (right[rows] * 1.1) - (area[rows] + leased[rows])
    np.testing.assert_allclose(gap, np.maximum(lacking, 0.0), rtol=1e-9, atol=1e-6)


@few
@given(st.integers(0, 2**32 - 1), st.integers(0, 60), st.integers(0, 5))
def test_single_plots(seed: int, size: int, first: int) -> None:
    random, (_, _, _, empty), area = drawn(seed, size)
    first = min(first, size)
    area[empty] = 0
    use, owner = random.integers(0, 4, size), random.integers(-4, 6, size)
    class_of, ids = random.integers(-1, 4, 6), random.integers(10, 99, 6)
    parcel = np.arange(size)
    arguments = (first, use, area, owner, parcel, class_of, ids, 1000)
    rows, code, key = kernels.single_plots(*arguments)
    for ours, theirs in zip(
        (rows, code, key), kernels.single_plots.py_func(*arguments), strict=True
    ):
        assert ours.tolist() == theirs.tolist()
    wanted = (use == 0) & (area > 0) & (owner >= -1) & (parcel >= first)
    assert rows.tolist() == np.flatnonzero(wanted).tolist()
    holder = owner[rows]
    known = np.append(class_of, -1)[holder]
    assert code.tolist() == np.where(known < 0, 4, known).tolist()
    assert key.tolist() == np.where(holder < 0, 1000 + rows, np.append(ids, 0)[holder]).tolist()


@few
@given(st.integers(0, 2**32 - 1), st.integers(0, 60))
def test_area_table_holds_every_square_metre(seed: int, size: int) -> None:
    random, (protected, *_), area = drawn(seed, size)
    use, district = random.integers(0, 4, size), random.integers(0, 3, size)
    table = kernels.area_table(use, district, protected, area, 3)
    assert table.tolist() == kernels.area_table.py_func(use, district, protected, area, 3).tolist()
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
        assert short.tolist() == kernels.share_out.py_func(total, given_weights, mass).tolist()


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
        which, cell, piece = function(*arguments, left, cells, first, 0.5, 0.3, 1000)
        granted, used = by_hand((area, weight, large), stock, 0.5, 0.3, 1000)
        got = np.bincount(which[which >= 0], piece[which >= 0], len(district))
        assert got.tolist() == np.tile(granted, 2).tolist()
        assert np.bincount(cell, piece, len(cells)).tolist() == np.tile(used, 2).tolist()


def test_plots_lie_end_to_end() -> None:
    stock, pieces = np.array([3, 0, 10]), np.empty((3, 5), np.int64)
    found = kernels.lay_over(np.array([5, 4]), np.array([0, 1]), stock, np.arange(3), pieces, 0)
    assert pieces[:, :found].tolist() == [[0, 0, 1], [0, 2, 2], [3, 2, 4]]
    assert stock.tolist() == [0, 0, 4]


@few
@given(columns())
def test_holdings_by_class_and_district(of: Columns) -> None:
    users, code = np.flatnonzero(of.alive), of.sector - 1
    land = np.where(of.uniform > 0.7, 0, 100 * of.sector)
    roster, district = of.share > 0.2, (of.sector + 1) % 4
    arguments = (
        users, land, roster, district, code, of.output, of.capital, of.staff, of.uniform, 4,
    )  # fmt: skip
    by_class, by_district = kernels.holdings(*arguments)
    plain = kernels.holdings.py_func(*arguments)
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
