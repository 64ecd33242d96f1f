"""Compiled loops of platforms and rows against plain Python and the same sums with numpy."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import platform_kernels as kernels
from sim import platform_move_kernels as moves
from sim.compiled import LANES
from sim.funds_kernels import unlisted_above
from sim.rng import Floats, Integers, KeyedRandom
from sim.rows import rows_where
from sim.sums import chosen_sum
from tests.properties.cities import Columns, columns

few = settings(max_examples=25)


@few
@given(columns())
def test_place_sums_and_gains(of: Columns) -> None:
    platform, industry = of.sector - 1, of.score > -0.5  # one firm in four is outside platforms
    mass, paid = np.zeros((LANES, 4)), np.zeros((LANES, 4))
    kernels.place_sums(of.alive, industry, platform, of.sector, of.staff, of.output, mass, paid)
    np.testing.assert_allclose(paid.sum(axis=0), np.bincount(of.sector, of.output, 4), rtol=1e-12)
    living = of.alive & industry
    wanted = np.bincount(platform[living] + 1, of.staff[living], 4)
    np.testing.assert_allclose(mass.sum(axis=0), wanted, rtol=1e-12)
    change, moved = np.array([0.0, 0.1, -0.2, 0.3]), of.score.copy()
    kernels.add_gain(of.alive, industry, platform, change, moved)
    gain = np.where(living & (platform >= 0), change[platform + 1], 0.0)
    np.testing.assert_allclose(moved, of.score + gain, rtol=1e-12, atol=1e-12)


@few
@given(columns(), st.floats(0.0, 0.5), st.floats(0.0, 0.5))
def test_gains_approach_what_density_is_worth(of: Columns, reach: float, merged: float) -> None:
    mass, zone, district = of.staff, of.sector, (of.share * 4).astype(np.int64)
    start, city, links, usual = of.staff * of.share, (9e4, 8e4), (reach, merged), (0.2, 0.1)
    gain, change = of.score.copy(), np.empty(len(mass) + 1)
    kernels.agglomerate(mass, start, zone, district, city, links, usual, 0.05, 0.3, gain, change)
    own = np.maximum(mass, 1.0)
    near, same = (
        np.minimum(np.bincount(group, mass)[group] - mass, kernels.FARTHEST_REACH * own)
        for group in (zone, district)
    )
    now, before = (np.log(own + a * near + b * same) for a, b in (links, usual))
    growth = np.log(own / np.maximum(start, 1.0)) - np.log(city[0] / city[1])
    wanted = 0.05 * (now - before + np.clip(growth, -1.0, 1.0)) - of.score
    np.testing.assert_allclose(change[1:], 0.3 * wanted, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(gain, of.score + change[1:], rtol=1e-12)
    assert change[0] == 0.0


@few
@given(columns(), st.floats(-1.0, 1.0))
def test_new_firms_join_or_stay_outside_by_their_lots(of: Columns, share: float) -> None:
    keyed, size = KeyedRandom(7, 1), len(of.alive)
    ids, first = np.arange(size) + 5, size // 3
    birth, platform = of.sector % 2, of.sector // 2 - 1
    project, land = np.where(of.share > 0.8, 0, -1), np.where(of.share < 0.1, 9, 0)
    industry, edges = of.score > -0.5, np.array([0.5, 0.5, 2.0])
    gain, home = np.array([0.1, 0.2, 0.3]), np.array([4, 5, 6])
    district, places, tfp = np.zeros(size, np.int64), platform.copy(), of.score.copy()
    joined = kernels.steer(
        first, 1, share, of.alive, birth, industry, project, land, ids, keyed.key("test"), edges,
        home, gain, district, places, tfp,
    )  # fmt: skip
    lots = keyed.uniforms("test", ids, 0, 2)
    young = (np.arange(size) >= first) & of.alive & (birth == 1) & industry
    young &= (project < 0) & (land == 0)
    joins = young & (platform < 0) & (lots[0] < share)
    leaves = young & (platform >= 0) & (lots[0] < -share)
    picked = np.searchsorted(edges, lots[1] * 2.0, side="right")
    assert joined == joins.sum()
    assert places.tolist() == np.where(joins, picked, np.where(leaves, -1, platform)).tolist()
    assert district.tolist() == np.where(joins, home[picked], 0).tolist()
    np.testing.assert_allclose(tfp, of.score + joins * gain[picked], rtol=1e-12)


@few
@given(columns(), st.floats(0.0, 1.0))
def test_users_of_land_are_listed_and_hit_in_the_order_of_lots(of: Columns, rate: float) -> None:
    size, industry, roster = len(of.alive), of.score > -0.5, of.staff > 10.0
    land = np.where(of.share > 0.6, 0, 100 * of.sector + 50)
    rows = np.flatnonzero(of.alive & roster & industry & (land > 0))
    platform, kind = of.sector - 1, (of.uniform * 5).astype(np.int64) - 1
    dear, weights = np.array([True, False, False, True]), np.array([0.0, 0.0, 0.4, 1.0, 0.0])
    lists, area = np.empty((3, size + 1), np.int64), np.zeros(5, np.int64)
    numbers = moves.open_to_moves(
        rows, platform, of.sector, kind, land, weights, dear, *lists, area
    )
    low, outside, far = (own[:number].tolist() for own, number in zip(lists, numbers, strict=True))
    on = platform[rows] >= 0
    assert low == rows[on & (weights[kind[rows]] > 0.0)].tolist()
    assert outside == rows[~on].tolist()
    assert far == rows[dear[of.sector[rows]]].tolist()
    assert area.tolist() == np.bincount(kind[rows][on] % 5, land[rows][on], 5).tolist()
    lots, order = of.uniform[rows], np.empty(len(rows), np.int64)
    hazard = rate * np.array([0.2, 0.5, 1.0, 0.0])
    found = moves.first_come(rows, lots, of.sector, hazard, order)
    chosen = np.flatnonzero(lots < hazard[of.sector[rows]])
    assert order[:found].tolist() == chosen[np.argsort(lots[chosen], kind="stable")].tolist()


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


@dataclass
class Town:
    """Two districts and a platform in each.

    Parcels are the pools (2 districts, 2 platforms; the same inside the unit), then the plots of
    firm 0 (100 m2, unit) and of firm 1 (100 m2), both in district 0.
    """

    area: Integers = field(default_factory=lambda: np.array([0, 0, 50, 40, 0, 0, 0, 60, 100, 100]))
    occupant: Integers = field(default_factory=lambda: np.array([-1] * 8 + [0, 1]))
    land_class: Integers = field(default_factory=lambda: np.full(10, 2))
    land: Integers = field(default_factory=lambda: np.array([100, 100]))
    district: Integers = field(default_factory=lambda: np.array([0, 0]))
    platform: Integers = field(default_factory=lambda: np.array([-1, -1]))
    cash: Floats = field(default_factory=lambda: np.full(2, 1000.0))
    tfp: Floats = field(default_factory=lambda: np.zeros(2))
    density: Floats = field(default_factory=lambda: np.ones(2))
    origin: Floats = field(default_factory=lambda: np.full(2, -1.0))
    paid: Floats = field(default_factory=lambda: np.zeros(3))

    def settle(
        self, movers: list[int], lots: list[float], leaving: int, inward: int
    ) -> tuple[list[int], list[list[int]]]:
        target, pieces = np.empty(len(movers), int), np.empty((3, 2 * len(movers)), int)
        found = moves.settle(
            np.array(movers, int), np.array(lots), leaving, inward,
            np.array([1.0, 1.0]), np.array([0, 1]), np.array([0.1, 0.2]), np.array([2.0, 1.0]),
            1.5, 4, 0.8, 0.01, self.land, self.district, self.platform, self.cash,
            np.full(2, 5000.0), self.tfp, self.density, self.origin, self.area,
            np.array([0, 1, 0, 1, 0, 1, 0, 1, 0, 0]),
            np.array([-1, -1, 0, 1, -1, -1, 0, 1, -1, -1]),
            np.array([False] * 4 + [True] * 5 + [False]), self.occupant, self.land_class,
            np.full(2, -2, np.int32), np.empty(10, int), target, pieces, self.paid,
        )  # fmt: skip
        return target.tolist(), pieces[:, :found].tolist()


def test_movers_take_what_room_there_is_and_pay() -> None:
    town = Town()
    target, pieces = town.settle([1, 0], [0.3, 0.9], 0, 0)
    # Firm 1 takes 80 of the 100 m2 on platform 1; the 20 that are left are too few for firm 0.
    assert target == [1, -1]
    assert pieces == [[3, 7], [40, 40], [1, 1]]
    assert town.area.tolist() == [100, 0, 50, 0, 0, 0, 0, 20, 100, 0]
    assert town.paid.tolist() == [300.0, 120.0, 50.0]
    assert town.cash.tolist() == [1000.0, 1000.0 + 300.0 - 120.0 - 50.0]
    assert (town.district.tolist(), town.platform.tolist()) == ([0, 1], [-1, 1])
    assert (town.land.tolist(), town.density.tolist()) == ([100, 80], [1.0, 1.25])
    assert (town.tfp.tolist(), town.origin.tolist()) == ([0.0, 0.2], [-1.0, 0.0])
    assert (town.occupant[8:].tolist(), town.land_class[8:].tolist()) == ([0, -1], [2, -1])


def test_who_leaves_gives_its_land_back_before_others_move() -> None:
    town = Town(platform=np.array([0, -1]))
    target, pieces = town.settle([0, 1], [0.5, 0.5], 1, 2)
    # Firm 0 held its plot outside platforms in the unit: pool 4; platform 0 has no room for 80.
    assert (target, pieces) == ([-1, -1], [[], [], []])
    assert town.area.tolist() == [0, 0, 50, 40, 100, 0, 0, 60, 0, 100]
    assert town.paid.tolist() == [300.0, 0.0, 50.0]
    assert town.cash.tolist() == [1250.0, 1000.0]
    assert (town.land.tolist(), town.density.tolist()) == ([0, 100], [0.0, 1.0])
    assert (town.tfp.tolist(), town.platform.tolist()) == ([-0.1, 0.0], [-1, -1])


def test_a_firm_that_moves_in_and_relocates_leaves_the_new_plot_empty() -> None:
    town = Town()
    town.area[2] = 80
    target, pieces = town.settle([1, 1], [0.5, 0.5], 0, 1)
    # Onto platform 0 with 80 m2; from there, with 64, onto platform 1 of the cheaper district.
    assert target == [0, 1]
    assert pieces == [[2, 3, 7], [0, 40, 24], [-1, 1, 1]]
    assert town.area.tolist() == [100, 0, 80, 0, 0, 0, 0, 36, 100, 0]
    assert town.paid.tolist() == [300.0 + 240.0, 240.0 + 96.0, 100.0]
    assert (town.district.tolist(), town.platform.tolist()) == ([0, 1], [-1, 1])
    assert (town.land.tolist(), town.density.tolist()) == ([100, 64], [1.0, 1.5625])
    assert town.cash[1] == 1000.0 + 540.0 - 336.0 - 100.0
    np.testing.assert_allclose(town.tfp, [0.0, 0.2], rtol=1e-12)
