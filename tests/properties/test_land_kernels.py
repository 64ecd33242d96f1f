"""Compiled loops of the claims on land against plain Python and the same rules in numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import claim_parts
from sim import land_kernels as kernels
from sim.parcels import share_out
from sim.plot_parts import lacking
from tests.properties.cities import Columns, columns

few = settings(max_examples=25)
amounts = st.floats(0.0, 1e6, allow_subnormal=False)
TREND, ROOM = 1.1, 1.2


def test_what_a_firm_lacks_by_hand() -> None:
    capital, land = np.array([1100.0, 1100.0, 0.0]), np.array([100, 0, 100])
    leased, density = np.array([10.0, 0.0, 0.0]), np.array([5.0, 5.0, 0.0])
    columns_of = capital, land, leased, density, TREND, ROOM
    # 1,100 yuan need 200 m2 at 5.5 yuan each, of which it has 110; others hold no land or are new.
    assert lacking(0, *columns_of) == pytest.approx(90.0)
    assert [lacking(k, *columns_of) for k in (1, 2)] == [-1.0, -1.0]
    capital[2] = 1000.0  # laid out with room to spare: 12 yuan a m2, of which nothing is lacking
    assert (lacking(2, *columns_of), density[2]) == (0.0, 12.0)
    land[0] = 500
    assert lacking(0, *columns_of) == 0.0


def holders(of: Columns) -> tuple[Any, ...]:
    """Return users, their capital, land, space let and density: some without land, some new."""
    size = len(of.alive)
    land = np.where(of.uniform > 0.7, 0, 1000 * of.sector + 700)
    density = np.where(of.uniform < 0.1, 0.0, of.capital / (land + 1.0) * of.share)
    return np.flatnonzero(of.alive), of.capital, land, np.zeros(size), density


def gaps(users: Any, capital: Any, land: Any, leased: Any, density: Any) -> tuple[Any, Any]:
    """Return rows of landholders and what they lack, with numpy; new ones get a density."""
    rows = users[land[users] > 0]
    new = rows[density[rows] <= 0.0]
    density[new] = ROOM * capital[new] / land[new]
    gap = capital[rows] / (density[rows] * TREND) - (land[rows] + leased[rows])
    return rows, np.maximum(gap, 0.0)


@few
@given(columns(), st.sampled_from([0.0, 1e4, 1e9]))
def test_space_is_let_and_claims_are_entered(of: Columns, space: float) -> None:
    users, capital, land, leased, density = holders(of)
    size, district, platform = len(capital), of.sector // 2, of.sector - 1
    able, tier = of.share > 0.3, (of.uniform * 3).astype(np.int16)
    cash, code, ids = of.output - 1e9, of.sector - 1, np.arange(size) + 50
    price, markup, smallest = np.array([300.0, 400.0]), 1.5, 1000.0
    priority = np.array([3.0, 2.0, 0.5, 0.0, 1.0])
    unused, let, own = np.array([space, 0.0]), leased.copy(), density.copy()
    rows, gap = gaps(users, capital, land, let, own)
    may_lack = [*rows[gap > 0.0], *users[land[users] <= 0]]
    asks = np.where((able | (tier == 2))[rows] & (district[rows] == 0) & (space > 0.0), gap, 0.0)
    wanted = float(asks.sum())
    let[rows] += asks * min(space / max(wanted, 1e-9), 1.0)
    rows, gap = gaps(users, capital, land, let, own)
    lacks = gap >= np.maximum(0.2 * (land[rows] + let[rows]), smallest)
    held, new = users[land[users] > 0], users[land[users] <= 0]
    mean = max(capital[held].sum() / max(land[held].sum(), 1), 1e-9)
    firms = np.concatenate([rows[lacks], new])
    area = np.concatenate([gap[lacks], np.minimum(0.8 * capital[new] / mean, 30_000.0)])
    can_pay = np.maximum(cash[firms], 0.0) * 0.4 / (price[district[firms]] * markup)
    area = np.minimum(area, can_pay)
    firms, area = firms[area >= smallest], area[area >= smallest]
    projects = np.array([[-9, -10, -11], [0, 1, 1], [-1, 0, 1], [700, 800, 900]])
    estates = np.array([[-2, -2], [0, 1], [-1, -1], [-2, -2]])
    area_of = np.array([9, 9, 9, 9, 500, 600, 700, 800])
    for function in (kernels.claims, kernels.claims.py_func):
        free, space_of, density_of = unused.copy(), leased.copy(), density.copy()
        who, asked = np.empty((4, size + 6), np.int64), np.empty((2, size + 6))
        short, fresh = np.empty((2, size), np.int64)
        found, whole, number = function(
            users, capital, land, space_of, density_of, TREND, ROOM, able, tier, 2, free,
            np.empty(2), np.empty(size), fresh, short, 0.2, 0.8, cash, 0.4, price, markup,
            smallest, district, platform, ids, code, priority, projects, 2.5, estates, area_of,
            0.1, who, asked,
        )  # fmt: skip
        found -= 5
        assert short[:number].tolist() == may_lack
        # Behind the firms three projects and the estates of two places.
        assert who[:3, found : found + 3].tolist() == projects[:3].tolist()
        assert who[3, found : found + 3].tolist() == projects[0].tolist()
        assert who[:, found + 3 : found + 5].tolist() == estates.tolist()
        assert asked[0, found : found + 5].tolist() == [700, 800, 900, 120.0, 140.0]
        assert asked[1, found : found + 5].tolist() == [2.5] * 3 + [1.0] * 2
        np.testing.assert_allclose(density_of, own, rtol=1e-12)
        np.testing.assert_allclose(space_of, let, rtol=1e-12)
        np.testing.assert_allclose(whole, let.sum(), rtol=1e-12)
        left = max(space - wanted, 0.0) if space > 0.0 else 0.0
        np.testing.assert_allclose(free, [left, 0.0], rtol=1e-9, atol=1e-3)
        expected = firms, district[firms], platform[firms], ids[firms]
        assert who[:, :found].tolist() == [column.tolist() for column in expected]
        np.testing.assert_allclose(asked[0, :found], area, rtol=1e-9)
        assert asked[1, :found].tolist() == priority[code[firms]].tolist()


def ration(claims: Any, weights: Any, supply: float) -> Any:
    """Divide a scarce supply: claim times weight times one factor, never over the claim."""
    granted, short = np.zeros(len(claims)), (claims > 0.0) & (weights > 0.0)
    while short.any() and supply > 0.0:
        factor = (supply - granted.sum()) / (claims * weights)[short].sum()
        met = short & (factor * weights >= 1.0)
        granted[met] = claims[met]
        if not met.any():
            granted[short] = factor * (claims * weights)[short]
            break
        short &= ~met
    return granted


def rationed(claims: Any, weights: Any, large: Any, supply: float, smallest: int) -> Any:
    """Return whole m2 by claim and what is left of the supply, by the loop."""
    order, size = np.argsort(-weights, kind="stable"), len(claims)
    granted, room = np.zeros(size, np.int64), (np.empty(size), np.empty(size, np.int64))
    left = claim_parts.grant(
        order, 0, size, claims, weights, large, supply, smallest, granted, *room
    )  # fmt: skip
    return granted, left


@given(
    st.lists(st.tuples(amounts, st.sampled_from([0.0, 0.5, 1.0, 3.0])), min_size=1, max_size=20),
    st.floats(0.0, 1e7),
)
def test_ration_uses_supply_and_respects_claims(
    asked: list[tuple[float, float]], supply: float
) -> None:
    claims, weights = (np.array(column) for column in zip(*asked, strict=True))
    granted, left = rationed(claims, weights, weights < 0.0, supply, 0)
    assert granted == pytest.approx(ration(claims, weights, supply), rel=1e-9, abs=1.0)
    assert (granted <= claims).all()
    assert left == supply - granted.sum()
    wanted = float(claims[weights > 0.0].sum())
    assert granted.sum() == pytest.approx(min(supply, wanted), rel=1e-9, abs=len(asked))


def test_higher_priority_gets_a_larger_share_of_its_claim() -> None:
    claims, weights, large = np.full(3, 10.0), np.array([3.0, 1.0, 0.0]), np.zeros(3, bool)
    assert rationed(claims, weights, large, 8.0, 0)[0].tolist() == [6, 2, 0]
    assert rationed(claims, weights, large, 16.0, 0)[0].tolist() == [10, 6, 0]
    assert rationed(claims, weights, large, 16.0, 7)[0].tolist() == [10, 0, 0]
    large[1] = True
    assert rationed(claims, weights, large, 16.0, 7)[0].tolist() == [10, 6, 0]


def by_hand(claims: Any, stock: Any, released: float, uptake: float, smallest: int) -> Any:
    """Return what each claim gets, what is left of the cells and what estates take, in numpy."""
    area, weight, large = claims
    supply = float(np.floor(released * stock.sum()))
    granted, left = rationed(area, weight, large, supply, smallest)
    used = np.diff(np.minimum(np.cumsum(stock), granted.sum()), prepend=0)
    rest = stock - used
    estates = np.minimum(share_out(int(uptake * left), rest.astype(np.float64)), rest)
    return granted, rest - estates, estates


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
    granted, left, estates = by_hand((area, weight, large), stock, 0.5, 0.3, 1000)
    # Two districts with the same claims and cells: neither sees the other.
    twice = tuple(np.tile(column, 2) for column in (area, weight, large))
    district = np.repeat([0, 1], len(asked))
    cells, first = np.arange(2 * len(held)), np.array([0, len(held), 2 * len(held)])
    order = np.lexsort((-twice[1], district))
    for function in (kernels.hand_out, kernels.hand_out.py_func):
        land = np.concatenate([stock, stock, np.zeros(2 * len(held), np.int64)])
        size = len(district) + len(cells)
        pieces = np.empty((3, size), np.int64)
        found = function(
            district, *twice, order, np.arange(len(district)), land, cells, first, 0.5, 0.3, 1000,
            np.zeros(len(district), np.int64), pieces, np.empty((2, size)),
            np.empty(size, np.int64),
        )  # fmt: skip
        which, cell, piece = pieces[:, :found]
        assert np.bincount(which, piece, len(district)).tolist() == np.tile(granted, 2).tolist()
        assert land.tolist() == [*left, *left, *estates, *estates]
        used = np.bincount(cell, piece, len(cells))
        assert used.tolist() == np.tile(stock - left - estates, 2).tolist()


def test_plots_lie_end_to_end() -> None:
    pieces, area = np.empty((3, 8), np.int64), np.array([3, 0, 10, 0, 0, 0])
    found = kernels.hand_out(
        np.zeros(2, np.int64), np.array([5.0, 4.0]), np.ones(2), np.zeros(2, bool), np.arange(2),
        np.arange(2), area, np.arange(3), np.array([0, 3]), 1.0, 0.0, 1, np.zeros(2, np.int64),
        pieces, np.empty((2, 3)), np.empty(3, np.int64),
    )  # fmt: skip
    assert pieces[:, :found].tolist() == [[0, 0, 1], [0, 2, 2], [3, 2, 4]]
    assert area.tolist() == [0, 0, 4, 0, 0, 0]


def test_estates_grow_and_firms_pay_for_their_plots() -> None:
    pieces = np.array([[1, -2, -9, 1, 0], [0, 1, 1, 2, 0], [30, 20, 10, 5, 7]])
    for function in (kernels.settle, kernels.settle.py_func):
        plots, area, land, cash = (
            pieces.copy(),
            np.zeros(6, np.int64),
            np.zeros(2, np.int64),
            np.zeros(2),
        )
        to_class = np.zeros(5, np.int64)
        number, *rest = function(
            plots, 3, area, np.array([0, 1, 0]), np.array([2.0, 3.0]), 1.5, np.array([2, -1]),
            land, cash, to_class,
        )  # fmt: skip
        assert (number, area.tolist()) == (4, [0, 0, 0, 0, 20, 0])
        assert plots[:, :4].tolist() == [[1, -9, 1, 0], [0, 1, 2, 0], [30, 10, 5, 7]]
        assert rest == [10, 90.0 + 15.0 + 21.0, 45.0]
        assert (land.tolist(), cash.tolist()) == ([7, 35], [-21.0, -105.0])
        assert to_class.tolist() == [0, 0, 7, 0, 35]


@few
@given(columns())
def test_record_of_tightness_and_classes(of: Columns) -> None:
    users, capital, land, leased, density = holders(of)
    own = density.copy()
    rows, gap = gaps(users, capital, land, leased, own)
    expected = np.ones(len(capital))
    expected[rows] = 1.0 / (1.0 + 2.0 * gap / np.maximum(land[rows] + leased[rows], 1.0))
    occupant, code = np.arange(-2, len(capital)), of.sector - 1
    for function in (kernels.record, kernels.record.py_func):
        allowed, land_class, density_of = np.ones(len(capital)), np.full(len(occupant), 9), density
        space = function(
            users, capital, land, leased, density_of.copy(), TREND, ROOM, 2.0, allowed, occupant,
            code, land_class, 100 * np.arange(len(occupant)), np.array([1, 2]),
        )  # fmt: skip
        np.testing.assert_allclose(allowed, expected, rtol=1e-9)
        assert (space, land_class.tolist()) == (300, [9, 9, *code])


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
