"""Compiled loops of platforms and rows against plain Python and the same sums with numpy."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim import platform_kernels as kernels
from sim import platform_move_kernels as moves
from sim.funds_kernels import seekers
from sim.platform_moves import MOVES, Users, hit
from sim.rng import STRETCH, Floats, Integers, KeyedRandom
from sim.rows import rows_where
from sim.sums import chosen_sum
from tests.properties.cities import Columns, columns

few = settings(max_examples=25)


@few
@given(columns())
def test_place_sums_and_gains(of: Columns) -> None:
    platform, industry = of.sector - 1, of.score > -0.5  # one firm in four is outside platforms
    mass, paid = np.zeros(4), np.zeros(4)
    kernels.place_sums(of.alive, industry, platform, of.sector, of.staff, of.output, mass, paid)
    np.testing.assert_allclose(paid, np.bincount(of.sector, of.output, 4), rtol=1e-12)
    living = of.alive & industry
    wanted = np.bincount(platform[living] + 1, of.staff[living], 4)
    np.testing.assert_allclose(mass, [*wanted[1:], wanted.sum()], rtol=1e-12)
    change, moved = np.array([0.0, 0.1, -0.2, 0.3]), of.score.copy()
    kernels.add_gain(of.alive, industry, platform, change, moved)
    gain = np.where(living & (platform >= 0), change[platform + 1], 0.0)
    np.testing.assert_allclose(moved, of.score + gain, rtol=1e-12, atol=1e-12)


@few
@given(columns(), st.floats(-1.0, 1.0), st.integers(0, 3))
def test_new_firms_are_steered_by_their_lots(of: Columns, share: float, known: int) -> None:
    random, size = KeyedRandom(7, 1), len(of.alive)
    ids, industry = 11 * np.arange(size) + 5, of.score > -0.5
    born, project = 8 + of.sector % 2, np.where(of.share > 0.8, 3, -1)
    land = np.where(of.uniform > 0.8, 900, 0)
    weights, gain = np.array([1.0, 0.0, 2.0]), np.array([0.1, -0.2, 0.3])
    platform, district, log_tfp = of.sector - 1, of.sector.copy(), of.score.copy()
    lots, choice = random.uniforms("test", ids, draws=2)
    hit = of.alive & industry & (born == 9) & (project < 0) & (land == 0) & (lots < abs(share))
    hit &= ((platform < 0) == (share > 0.0)) & (np.arange(size) >= known)
    place = np.searchsorted(np.cumsum(weights), choice * 3.0, side="right") if share > 0.0 else -1
    expected = np.where(hit, place, platform)
    brought = hit & (share > 0.0)
    number = kernels.steer(
        known, 9, of.alive, born, industry, project, land, share,
        np.array([lots, choice])[:, known:], weights.cumsum(), np.array([4, 5, 6]), gain, platform,
        district, log_tfp,
    )  # fmt: skip
    assert number == hit.sum()
    assert platform.tolist() == expected.tolist()
    assert district.tolist() == np.where(brought, 4 + expected, of.sector).tolist()
    assert log_tfp.tolist() == (of.score + np.where(brought, gain[expected], 0.0)).tolist()


def test_gaps_close_by_their_speed_towards_what_growing_density_is_worth() -> None:
    start, mass = np.array([50.0, 40.0, 100.0]), np.array([100.0, 10.0, 150.0])
    gain, change = np.array([0.01, 0.0]), np.empty(3)
    corridor, district = np.array([0, 1]), np.array([3, 3])
    kernels.close_gaps(
        mass, start, corridor, district, (0.5, 0.2), (0.5, 0.0), 0.05, 0.1, gain, change
    )
    growth = np.clip(np.log([2.0, 0.25]) - np.log(1.5), -1.0, 1.0)
    # Each is the other's only neighbour in the district; 100 is more than thrice 10.
    worth = 0.05 * (np.log([1.0 + 0.2 * 10.0 / 100.0, 1.0 + 0.2 * 3.0]) + growth)
    np.testing.assert_allclose(change, [0.0, *(0.1 * (worth - [0.01, 0.0]))], rtol=1e-12)
    np.testing.assert_allclose(gain, np.array([0.01, 0.0]) + change[1:], rtol=1e-12)


@few
@given(columns())
def test_users_of_land_are_listed_by_what_may_happen_to_them(of: Columns) -> None:
    size, industry, roster = len(of.alive), of.score > -0.5, of.staff > 10.0
    land = np.where(of.share > 0.6, 0, 100 * of.sector + 50)
    above = np.flatnonzero(of.alive & roster & industry)
    rows = above[land[above] > 0]
    platform, kind = of.sector - 1, (of.uniform * 5).astype(np.int64) - 1
    dear, weights = np.array([True, False, False, True]), np.array([0.0, 0.0, 0.4, 1.0, 0.0])
    lists, area = np.empty((3, size + 1), np.int64), np.zeros(5, np.int64)
    numbers = moves.open_to_moves(
        np.arange(size), of.alive, roster, industry, platform, of.sector, kind, land, weights, dear,
        *lists, area,
    )  # fmt: skip
    low, outside, far = (own[:number].tolist() for own, number in zip(lists, numbers, strict=True))
    on = platform[rows] >= 0
    assert low == rows[on & (weights[kind[rows]] > 0.0)].tolist()
    assert outside == rows[~on].tolist()
    assert far == rows[dear[of.sector[rows]]].tolist()
    assert area.tolist() == np.bincount(kind[rows][on] % 5, land[rows][on], 5).tolist()


@few
@given(columns())
def test_firms_on_three_lists_are_hit_by_their_lots(of: Columns) -> None:
    random, size = KeyedRandom(7, 1), len(of.alive)
    ids, kind = 11 * np.arange(size) + 5, of.sector - 1
    hazards = np.array([0.0, 0.4, 0.9, 0.1, 0.5]), np.array([0.7, 0.2, 0.0, 1.0]), np.full(4, 0.3)
    rows, table = np.arange(size), np.empty((3, size + 1), np.int64)
    lists = rows[of.alive], rows[::2], rows
    for own, given_rows in zip(table, lists, strict=True):
        own[: len(given_rows)] = given_rows
    state: Any = SimpleNamespace(random=random, quarter=8000)
    state.firms = SimpleNamespace(firm_id=ids, per_mu_class=kind, district=of.sector)
    numbers = len(lists[0]), len(lists[1]), len(lists[2])
    movers = hit(state, Users(table, numbers, np.zeros(5, np.int64)), hazards)
    wanted: list[tuple[int, float]] = []
    ends = []
    for turn, (name, own) in enumerate(zip(MOVES, lists, strict=True)):
        lots, choice = random.uniforms(f"platforms/{name}", ids[own], 8000, 2)
        low = lots < hazards[turn][kind[own] if turn == 0 else of.sector[own]]
        drawn = sorted(zip(lots[low], own[low], choice[low], strict=True))
        wanted += [(int(i), float(other)) for _, i, other in drawn]
        ends.append(len(wanted))
    assert (movers.leaving, movers.inward, len(movers.rows)) == tuple(ends)
    assert [*zip(movers.rows.tolist(), movers.choice.tolist(), strict=True)] == wanted


def test_long_lists_are_drawn_in_stretches() -> None:
    random, size = KeyedRandom(7, 1), 2 * STRETCH + 77
    ids, district = 11 * np.arange(size) + 5, np.arange(size) % 4
    rows, hazard = np.arange(1, size, 2), np.array([0.0, 0.4, 0.9, 0.01])
    low, lots = np.empty(size + 1, np.int64), np.empty((2, size + 1))
    for given_rows in (rows, np.arange(size), rows[:0]):
        found = moves.hit(
            given_rows, ids, district, hazard, 8000, random.key("test"), np.empty(size, np.int64),
            np.empty((4, STRETCH), np.uint64), low, lots,
        )  # fmt: skip
        drawn = random.uniforms("test", ids[given_rows], 8000, 2)
        wanted = drawn[0] < hazard[district[given_rows]]
        assert low[:found].tolist() == given_rows[wanted].tolist()
        assert lots[:, :found].tolist() == drawn[:, wanted].tolist()


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
    seekers(alive, code, 0, ~alive, alive, sales, 1e9, 0.5, np.ones(size), chosen)
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
    paid: Floats = field(default_factory=lambda: np.zeros(4))
    first: NDArray[np.int32] = field(default_factory=lambda: np.full(2, -2, np.int32))

    def settle(
        self, movers: list[int], lots: list[float], leaving: int, inward: int
    ) -> tuple[list[int], list[list[int]]]:
        target, pieces = np.empty(len(movers), int), np.empty((3, 2 * len(movers) + 1), int)
        found = moves.settle(
            np.array(movers, int), np.array(lots), leaving, inward,
            np.array([1.0, 1.0]), np.array([0, 1]), np.array([0.1, 0.2]), np.array([2.0, 1.0]),
            1.5, 4, 0.8, 0.01, self.land, self.district, self.platform, self.cash,
            np.full(2, 5000.0), self.tfp, self.density, self.origin, self.area,
            np.array([0, 1, 0, 1, 0, 1, 0, 1, 0, 0]),
            np.array([-1, -1, 0, 1, -1, -1, 0, 1, -1, -1]),
            np.array([False] * 4 + [True] * 5 + [False]), self.occupant, self.land_class,
            self.first, np.empty(10, int), target, pieces, self.paid,
        )  # fmt: skip
        assert self.first.tolist() == [-2, -2]
        return target.tolist(), pieces[:, :found].tolist()


def test_movers_take_what_room_there_is_and_pay() -> None:
    town = Town()
    target, pieces = town.settle([1, 0], [0.3, 0.9], 0, 0)
    # Firm 1 takes 80 of the 100 m2 on platform 1; the 20 that are left are too few for firm 0.
    assert target == [1, -1]
    assert pieces == [[3, 7], [40, 40], [1, 1]]
    assert town.area.tolist() == [100, 0, 50, 0, 0, 0, 0, 20, 100, 0]
    assert town.paid.tolist() == [300.0, 120.0, 50.0, 0.0]
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
    assert town.paid.tolist() == [300.0, 0.0, 50.0, 100.0]
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
    assert town.paid.tolist() == [300.0 + 240.0, 240.0 + 96.0, 100.0, 0.0]
    assert (town.district.tolist(), town.platform.tolist()) == ([0, 1], [-1, 1])
    assert (town.land.tolist(), town.density.tolist()) == ([100, 64], [1.0, 1.5625])
    assert town.cash[1] == 1000.0 + 540.0 - 336.0 - 100.0
    np.testing.assert_allclose(town.tfp, [0.0, 0.2], rtol=1e-12)
