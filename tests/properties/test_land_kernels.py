"""Compiled loops of the claims on land against plain Python and the same rules in numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import claim_parts
from sim import land_kernels as kernels
from sim.parcels import Register, share_out
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
    unused, let, own = np.array([space, 0.0]), leased.copy(), density.copy()
    rows, gap = gaps(users, capital, land, let, own)
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
    for function in (kernels.claims, kernels.claims.py_func):
        free, space_of, density_of = unused.copy(), leased.copy(), density.copy()
        who, asked = np.empty((5, size), np.int64), np.empty(size)
        found, whole = function(
            users, capital, land, space_of, density_of, TREND, ROOM, able, tier, 2, free,
            np.empty(2), np.empty(size), np.empty(size, np.int64), 0.2, 0.8, cash, 0.4, price,
            markup, smallest, district, platform, ids, code, who, asked,
        )  # fmt: skip
        np.testing.assert_allclose(density_of, own, rtol=1e-12)
        np.testing.assert_allclose(space_of, let, rtol=1e-12)
        np.testing.assert_allclose(whole, let.sum(), rtol=1e-12)
        left = max(space - wanted, 0.0) if space > 0.0 else 0.0
        np.testing.assert_allclose(free, [left, 0.0], rtol=1e-9, atol=1e-3)
        expected = firms, district[firms], platform[firms], np.where(code < 0, 4, code)[firms]
        assert who[:4, :found].tolist() == [column.tolist() for column in expected]
        assert who[4, :found].tolist() == ids[firms].tolist()
        np.testing.assert_allclose(asked[:found], area, rtol=1e-9)


@few
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 9)), max_size=40))
def test_claims_in_order(claims: list[tuple[int, int]]) -> None:
    cell, key = np.array(claims, dtype=np.int64).reshape(-1, 2).T.copy()
    order = np.empty(len(claims), np.int64)
    claim_parts.in_order(cell, key, len(claims), np.empty(5, np.int64), order)
    assert order.tolist() == np.lexsort((key, cell)).tolist()


def ration(claims: Any, weights: Any, supply: float) -> Any:
    """Divide a scarce supply: claim times weight times one factor, never over the claim."""
    granted = np.zeros(len(claims))
    order = np.flatnonzero((claims > 0.0) & (weights > 0.0))
    if supply <= 0.0 or not len(order):
        return granted
    order = order[np.argsort(-weights[order], kind="stable")]
    met = np.empty(len(order))
    room = np.empty(len(order))
    claim_parts.ration(claims[order], weights[order], supply, len(order), met, room)
    granted[order] = met
    return granted


@given(
    st.lists(st.tuples(amounts, st.sampled_from([0.0, 0.5, 1.0, 3.0])), min_size=1, max_size=20),
    st.floats(0.0, 1e7),
)
def test_ration_uses_supply_and_respects_claims(
    asked: list[tuple[float, float]], supply: float
) -> None:
    claims, weights = (np.array(column) for column in zip(*asked, strict=True))
    granted = ration(claims, weights, supply)
    assert (granted <= claims * (1 + 1e-12)).all()
    assert (granted[weights == 0.0] == 0.0).all()
    wanted = float(claims[weights > 0.0].sum())
    assert granted.sum() == pytest.approx(min(supply, wanted), rel=1e-9, abs=1e-6)


def test_higher_priority_gets_a_larger_share_of_its_claim() -> None:
    granted = ration(np.array([10.0, 10.0, 10.0]), np.array([3.0, 1.0, 0.0]), 8.0)
    np.testing.assert_allclose(granted, [6.0, 2.0, 0.0])
    assert ration(np.full(2, 10.0), np.array([3.0, 1.0]), 16.0).tolist() == [10.0, 6.0]


WEIGHTS = np.array([3.0, 2.0, 0.5, 0.0, 1.0, 1.5])


def handed_out(
    of: Register, area: Any, who: Any, wanted: Any, projects: Any, shares: tuple[float, ...],
    firms: int, function: Any = kernels.hand_out,
) -> dict[str, Any]:  # fmt: skip
    """Hand land out by the loop; return what it changed and wrote.

    `shares` are the growth of estates, the stock on offer, what estates take of the rest, what
    projects pool, and what others give them.
    """
    growth, released, uptake, pooling, pool_released = shares
    found, size = len(wanted), len(wanted) + len(projects) + of.cells
    claims, asked = np.empty((5, size), np.int64), np.empty(size)
    claims[:, :found], asked[:found] = who, wanted
    out = {
        "area": area.copy(), "land": np.zeros(firms, np.int64), "cash": np.zeros(firms),
        "got": np.zeros(len(projects), np.int64), "to_class": np.zeros(5, np.int64),
    }  # fmt: skip
    plots = np.empty((3, 3 * size), np.int64)
    bill, cells = np.empty((2, 3 * size)), of.cells_by_district
    numbers = function(
        claims, asked, found, projects, growth, WEIGHTS, out["area"], *cells, of.cell_district,
        of.reserve, of.places, released, uptake, 1000, pooling, pool_released,
        np.arange(1.0, of.districts + 1.0), 2.0, out["land"], out["cash"],
        np.empty((4, size), np.int64), np.empty(of.districts * 10 + 1, np.int64),
        np.empty(size, np.int64), np.empty((4, size)), np.empty((3, 3 * size), np.int64), plots,
        bill, out["got"], out["to_class"],
    )  # fmt: skip
    return out | {"plots": plots[:, : sum(numbers)], "bill": bill, "numbers": numbers}


def by_hand(claims: Any, stock: Any, released: float, uptake: float) -> Any:
    """Return what each claim gets, what is used of each cell and what estates take up."""
    area, weight, large = claims
    supply = float(np.floor(released * stock.sum()))
    granted = np.floor(ration(area, weight, supply)).astype(np.int64)
    granted[(granted < 1000) & ~large] = 0
    used = np.diff(np.minimum(np.cumsum(stock), granted.sum()), prepend=0)
    rest = stock - used
    taken = share_out(int(uptake * (supply - granted.sum())), rest.astype(np.float64))
    return granted, used, np.minimum(taken, rest)


@few
@given(
    st.lists(st.tuples(amounts, st.integers(0, 4), st.integers(-1, 0)), max_size=12),
    st.lists(amounts, max_size=3), st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_claims_are_met_from_the_cells_of_their_district(
    asked: list[tuple[float, int, int]], projects: list[float], seed: int
) -> None:
    # Two districts with one platform each and the same claims: neither sees the other.
    of, random = Register(2, np.array([0, 1], np.int16)), np.random.default_rng(seed)
    stock, estates = random.integers(0, 10**5, (2, 2, 2))  # by platform or not, by protection
    area = np.zeros(of.plots, np.int64)
    for rows, held in ((of.pools, stock), (of.estates, estates)):
        for district in range(2):
            for place, inside in np.ndindex(2, 2):
                area[rows[district + 2 * place + of.places * inside]] = held[place, inside]
    number = len(asked)
    one = np.array(asked).reshape(-1, 3).T
    ids = random.permutation(2 * number)
    who = np.array([
        np.arange(2 * number), np.repeat([0, 1], number), np.tile(one[2], 2), np.tile(one[1], 2),
        ids,
    ]).astype(np.int64)  # fmt: skip
    who[2] = np.where(who[2] < 0, -1, who[1])
    large = np.array(
        [(-5 - 2 * k - d, d, -1, int(a)) for d in (0, 1) for k, a in enumerate(projects)],
        dtype=np.int64,
    ).reshape(-1, 4)
    growth = 0.1 * estates.sum(axis=1)
    claims = (
        np.concatenate([one[0], [int(a) for a in projects], growth]),
        WEIGHTS[np.concatenate([one[1], np.full(len(projects), 5), [4, 4]]).astype(int)],
        np.repeat([False, True, False], [number, len(projects), 2]),
    )
    home = of.cells_by_district[0][:4]
    granted, used, taken = by_hand(claims, area[home], 0.5, 0.3)
    for function in (kernels.hand_out, kernels.hand_out.py_func):
        found = handed_out(
            of, area, who, np.tile(one[0], 2), large, (0.1, 0.5, 0.3, 0.0, 0.0), 2 * number,
            function,
        )  # fmt: skip
        assert found["land"].tolist() == np.tile(granted[:number], 2).tolist()
        of_projects = granted[number : number + len(projects)]
        assert found["got"].tolist() == np.tile(of_projects, 2).tolist()
        assert (area - found["area"])[home].tolist() == (used + taken).tolist()
        sold, _, lent = found["numbers"]
        assert (lent, found["area"].sum() + found["plots"][1].sum()) == (0, area.sum())
        paid = np.repeat([2.0, 4.0], number) * found["land"]
        np.testing.assert_allclose(-found["cash"], paid)
        np.testing.assert_allclose(found["bill"][0, :sold].sum(), paid.sum())
        by_class = np.bincount(who[3], found["land"], 5) if number else np.zeros(5)
        assert found["to_class"].tolist() == by_class.tolist()
        given_up = np.bincount(found["plots"][0], found["plots"][1], of.cells)
        estate = found["area"][of.estates] - area[of.estates]
        assert (area - found["area"])[of.pools].tolist() == (given_up + estate).tolist()


def test_plots_lie_end_to_end_and_projects_borrow_quota() -> None:
    of = Register(2, np.zeros(0, np.int16))
    area = np.zeros(of.plots, np.int64)
    area[of.pools], area[of.reserve] = [3000, 10_000, 10_000, 0], [5000, 0]
    who = np.array([[0, 1], [0, 0], [-1, -1], [0, 0], [8, 7]])
    project = np.array([[-7, 0, -1, 9000]])
    none = np.zeros((0, 4), np.int64)
    found = handed_out(
        of, area, who, np.array([5000.0, 4000.0]), none, (0.0, 1.0, 0.0, 0.0, 0.0), 2
    )
    # The lower id lies in front: 3,000 of its 4,000 m2 outside the unit, all else inside it.
    assert found["plots"].tolist() == [[0, 2, 2], [3000, 1000, 5000], [1, 1, 0]]
    shares = 0.0, 0.25, 0.0, 0.5, 0.2
    found = handed_out(of, area, who[:, :0], np.zeros(0), project, shares, 0)
    # A quarter of 13,000 m2 at home; half of the rest is asked of the other's pool (a fifth of it).
    assert found["plots"].tolist() == [[0, 2, 0], [3000, 250, 2000], [-7, -7, -7]]
    assert (found["numbers"], found["got"].tolist()) == ((0, 2, 1), [5250])
    assert found["bill"][1, :3].tolist() == [6000.0, 500.0, 4000.0]
    assert found["area"][of.reserve].tolist() == [3000, 2000]


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
        function(
            users, capital, land, leased, density_of.copy(), TREND, ROOM, 2.0, allowed, occupant,
            code, land_class,
        )  # fmt: skip
        np.testing.assert_allclose(allowed, expected, rtol=1e-9)
        assert land_class.tolist() == [9, 9, *code]


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
