"""Compiled loops over plots against the same rules written with numpy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import conversion_kernels
from sim import plot_kernels as kernels
from sim.platform_moves import share_of_stock
from sim.rng import KeyedRandom

few = settings(max_examples=25)
QUARTER, IDLE_KEY = 8073, 1000
RANDOM = KeyedRandom(7, 1)
FIRMS = 6


@dataclass
class Plots:
    """Parcels, and the classes and ids of six firms."""

    first: int
    use: Any
    area: Any
    owner: Any
    parcel: Any
    per_mu_class: Any
    firm_id: Any

    @property
    def single(self) -> Any:
        """Rows of single plots in industrial use."""
        wanted = (self.use == 0) & (self.area > 0) & (self.owner >= -1)
        return np.flatnonzero(wanted & (self.parcel >= self.first))

    def kind(self, rows: Any) -> Any:
        """Class of the holder, 4 without one, 5 of an idle plot."""
        known = np.append(self.per_mu_class, -1)[self.owner[rows]]
        return np.where(self.owner[rows] < 0, 5, np.where(known < 0, 4, known))

    def key(self, rows: Any) -> Any:
        """Id under which each plot draws."""
        held = np.append(self.firm_id, 0)[self.owner[rows]]
        return np.where(self.owner[rows] < 0, IDLE_KEY + self.parcel[rows], held)

    def draw(self, rows: Any) -> Any:
        """Uniform of each plot."""
        return RANDOM.uniforms("test", self.key(rows), QUARTER)[0]


@st.composite
def plots(draw: st.DrawFn) -> Plots:
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.integers(5, 60))
    area = random.integers(1, 5000, size)
    area[random.uniform(size=size) < 0.1] = 0
    return Plots(
        draw(st.integers(0, 5)), random.integers(0, 4, size), area,
        random.integers(-4, FIRMS, size),
        np.arange(size), random.integers(-1, 4, FIRMS), random.integers(10, 99, FIRMS),
    )  # fmt: skip


def pool_of(of: Plots, rows: Any) -> Any:
    """Pool of the plots' place: two districts, a platform in each, the same inside the unit."""
    district, inside = of.parcel[rows] % 2, of.parcel[rows] % 3 == 0
    place = np.where(of.parcel[rows] % 5 == 0, 2 + district, district)
    return place + 4 * inside


def placed(of: Plots) -> tuple[Any, ...]:
    """Eight pools and plots behind them: use, area, holder, number, district, platform, unit."""
    district, inside = of.parcel % 2, of.parcel % 3 == 0
    platform = np.where(of.parcel % 5 == 0, district, -1)
    pools = np.zeros(8, np.int64), np.arange(8) * 100, np.full(8, -1), np.arange(8) + 900
    places = np.arange(8) % 2, np.array([-1, -1, 0, 1, -1, -1, 0, 1]), np.arange(8) >= 4
    behind = of.use, of.area, of.owner, of.parcel, district, platform, inside
    return tuple(np.concatenate(pair) for pair in zip((*pools, *places), behind, strict=True))


@few
@given(plots(), st.floats(0.0, 1.0))
def test_dead_leave_their_plots_and_idle_ones_are_hit_by_their_own_lots(
    of: Plots, rate: float
) -> None:
    use, area, owner, number, district, platform, inside = placed(of)
    alive, first = of.per_mu_class > 0, 8 + of.first
    left = (owner >= 0) & ~np.append(alive, True)[owner]
    after = np.where(left, -1, owner)
    idle = np.flatnonzero((use == 0) & (area > 0) & (after == -1))
    idle = idle[idle >= first]
    hit = idle[RANDOM.uniforms("test", IDLE_KEY + number[idle], QUARTER)[0] < rate]
    expected = area.copy()
    np.add.at(expected, pool_of(of, hit - 8), area[hit])
    expected[hit] = 0
    for function in (kernels.begin, kernels.begin.py_func):
        moved, held, code, land = area.copy(), owner.copy(), np.full(len(owner), 7), np.full(6, 9)
        land[2], holds, table = 0, np.zeros(FIRMS, bool), np.empty((3, len(use)), np.int64)
        by_kind, industrial = np.zeros(6, np.int64), np.zeros(2, np.int64)
        found, vacated, unit = function(
            first, use, moved, held, code, number, district, platform, inside, 4, alive, land,
            of.firm_id, of.per_mu_class, holds, IDLE_KEY, rate, QUARTER, RANDOM.key("test"),
            *table, by_kind, industrial,
        )  # fmt: skip
        assert vacated == area[left].sum()
        assert unit == area[inside & (use <= 1)].sum()
        assert industrial.tolist() == np.bincount(district, area * (use <= 1), 2).tolist()
        listed = replace(of, area=expected[8:], owner=after[8:])
        rows = listed.single
        wanted = rows + 8, listed.key(rows), listed.kind(rows)
        assert table[:, :found].tolist() == [column.tolist() for column in wanted]
        assert by_kind.tolist() == np.bincount(wanted[2], listed.area[rows], 6).tolist()
        assert (held.tolist(), moved.tolist()) == (after.tolist(), expected.tolist())
        assert code.tolist() == np.where(left, -1, 7).tolist()
        gone = np.unique(owner[left])
        assert land[gone].tolist() == [0] * len(gone)
        holders = np.setdiff1d(owner[(owner >= 0) & ~left], [2])
        assert np.flatnonzero(holds).tolist() == holders.tolist()


@few
@given(plots(), st.floats(0.0, 2.0), st.sampled_from([0.0, 0.25]))
def test_recovery_frees_the_wanted_area_in_expectation(of: Plots, rate: float, gain: float) -> None:
    use, area, owner, _, district, platform, inside = placed(of)
    weights, share, single = np.array([0.0, 0.05, 0.3, 1.0, 0.1, 1.0]), 0.4, of.single
    idle, kinds = of.owner[single] == -1, of.kind(single)
    industrial = np.bincount(district, area * (use <= 1), 2).astype(np.int64)
    by_kind, stock = np.bincount(kinds, of.area[single], 6).astype(int), int(industrial.sum())
    weight, size = weights[kinds], len(single)
    yielded = np.where(idle, 1.0, share)
    hazard = share_of_stock(rate, weight, of.area[single] * yielded, stock)
    hit = single[of.draw(single) < hazard]
    freed = np.where(of.owner[hit] == -1, of.area[hit], np.floor(of.area[hit] * share))
    expected = area.copy()
    np.subtract.at(expected, hit + 8, freed.astype(int))
    np.add.at(expected, pool_of(of, hit), freed.astype(int))
    held = of.owner[hit] >= 0
    due = (freed * np.array([2.0, 3.0])[hit % 2] * 1.5)[held]
    had = np.arange(10_000, 10_000 + FIRMS)
    given_up = np.bincount(of.owner[hit[held]], freed[held], FIRMS).astype(int)
    thinner = given_up > 0
    for function in (kernels.recover, kernels.recover.py_func):
        left, land, cash, back = area.copy(), had.copy(), np.zeros(FIRMS), np.zeros(2, np.int64)
        density, ratio = np.full(FIRMS, 3.0), np.full(len(use), 1.5)
        paid = function(
            single + 8, kinds, by_kind, industrial, left, owner, district,
            platform, inside, ratio, 4, land, density, cash, weights, share, rate / 4.0, gain,
            1.8, np.array([2.0, 3.0]), 1.5, of.draw(single), np.zeros(FIRMS, bool),
            np.empty((2, size), np.int64), back,
        )  # fmt: skip
        assert left.tolist() == expected.tolist()
        assert back.tolist() == np.bincount(hit % 2, freed, 2).tolist()
        np.testing.assert_allclose(paid, due.sum(), rtol=1e-12)
        np.testing.assert_allclose(cash, np.bincount(of.owner[hit[held]], due, FIRMS), rtol=1e-12)
        assert land.tolist() == (had - given_up).tolist()
        denser = np.where(thinner, had / (had - given_up) * (1.0 + gain), 1.0)
        np.testing.assert_allclose(density, 3.0 * denser, rtol=1e-12)
        higher = np.zeros(len(use), dtype=bool)
        higher[single + 8] = ~idle & np.append(thinner, False)[of.owner[single]] & (gain > 0.0)
        assert ratio.tolist() == np.where(higher, 1.8, 1.5).tolist()  # 1.875 is above the highest


@few
@given(plots(), st.floats(0.0, 1.0), st.sampled_from([0.0, 20_000.0]))
def test_conversion_weighs_place_and_class(of: Plots, rate: float, floor: float) -> None:
    size = len(of.area)
    district, protected = of.parcel % 3, of.parcel % 2 == 0
    urban, classes = np.array([True, False, True]), np.array([0.3, 0.7, 1.5, 2.5, 1.0, 1.1])
    shared, other = of.first // 2, size + np.arange(3)
    expected, single = np.zeros(size), of.single
    of.area[single[::5]] = 0  # recovered since plots were listed
    place = np.where(urban[district], 1.0, 0.6) * np.where(protected, 0.2, 1.0)
    expected[:shared] = place[:shared]
    expected[single] = place[single] * classes[of.kind(single)] * (of.area[single] > 0)
    counted = urban[district] & (expected > 0.0)
    mass = float((expected * of.area)[counted].sum())
    unit = conversion_kernels.unit_hazard(mass, float(of.area[counted].sum()), rate)
    wanted = np.floor(of.area * (unit * expected))[:shared]
    in_towns = urban[district[:shared]]
    built = of.area[urban[district] & (of.use <= 1)].sum()
    allowance = max(built - floor, 0.0) if floor > 0.0 else np.inf
    factor = min(1.0, allowance / max(wanted[in_towns].sum(), 1e-9))
    taken = np.floor(np.where(in_towns, factor, 1.0) * wanted).astype(int)
    draw = of.draw(single)
    hit = draw < unit * expected[single]
    area = np.append(of.area, [0, 0, 0])
    where, inside = np.append(district, [0, 1, 2]), np.append(protected, [False] * 3)
    industrial = np.bincount(district, of.area * (of.use <= 1), 3).astype(np.int64)
    for function in (conversion_kernels.conversions, conversion_kernels.conversions.py_func):
        left, lost, number = area.copy(), np.zeros(3, np.int64), len(single)
        rows, lots = np.empty(number, np.int64), np.empty(number)
        weight = np.empty(shared + number)
        found, changed, allowed = function(
            single, of.kind(single), industrial, shared, other, left, where, inside, urban, 0.6,
            0.2, classes, rate, floor, draw, lost, weight, rows, lots,
        )  # fmt: skip
        wanted_weight = [*expected[:shared], *expected[single]]
        np.testing.assert_allclose(weight, wanted_weight, rtol=1e-12)
        assert (area - left)[:shared].tolist() == taken.tolist()
        assert left[size:].tolist() == np.bincount(district[:shared], taken, 3).tolist()
        unit_lost = np.bincount(district[:shared], taken * protected[:shared], 3)
        assert (changed, lost.tolist()) == (taken.sum(), unit_lost.tolist())
        assert allowed == max(allowance - taken[in_towns].sum(), 0.0)
        assert rows[:found].tolist() == single[hit].tolist()
        assert lots[:found].tolist() == draw[hit].tolist()


def test_hazard_per_unit_of_weight_gives_the_yearly_rate() -> None:
    assert conversion_kernels.unit_hazard(40.0, 40.0, 0.04) == 0.01
    assert conversion_kernels.unit_hazard(0.0, 0.0, 0.04) == 0.0
    unit = conversion_kernels.unit_hazard(60 + 0.5 * 40, 100.0, 0.02)
    assert unit * (60 + 0.5 * 40) == pytest.approx(0.005 * 100)


@few
@given(plots(), st.floats(0.0, 1.0))
def test_holders_build_upwards_where_they_can_pay(of: Plots, rate: float) -> None:
    users, gain = np.arange(FIRMS), 0.25
    plot = of.owner >= 0
    land = np.bincount(of.owner[plot], of.area[plot], FIRMS).astype(np.int64)
    capital, cash = 4.0 * land * (1 + users % 2), np.where(users == 1, 0.0, 1e6)
    lots = RANDOM.uniforms("test", of.firm_id, QUARTER)[0]
    # Every second firm holds less than its capital needs at four yuan a m2; the first is new.
    due = (land > 0) & (lots < np.where(users % 2 == 1, 1.0, 0.5) * rate / 4.0)
    floor = np.bincount(of.owner[plot], 1.5 * of.area[plot], FIRMS)
    cost = gain * floor * 20.0
    able = due & (cash > cost) & (cost > 0.0)
    for function in (kernels.upwards, kernels.upwards.py_func):
        density, ratio, left = np.full(FIRMS, 4.0), np.full(len(of.area), 1.5), cash.copy()
        density[0], costs = 0.0, np.empty(FIRMS)  # new: laid out with room to spare, 4.8 yuan a m2
        number, paid = function(
            users, capital, land, np.zeros(FIRMS), density, 1.0, 1.2, left,
            np.arange(len(of.area)), of.owner, of.area, ratio, rate, 0.5, gain, 1.8, 20.0, lots,
            np.zeros(FIRMS, bool), np.empty(FIRMS, np.int64),
            np.empty((2, len(of.area)), np.int64), costs,
        )  # fmt: skip
        assert number == able.sum()
        np.testing.assert_allclose(paid, cost[able].sum(), rtol=1e-12)
        np.testing.assert_allclose(cash - left, np.where(able, cost, 0.0), rtol=1e-9, atol=1e-6)
        before = np.where((users == 0) & (land > 0), 4.8, 4.0 * (users > 0))
        assert density == pytest.approx(np.where(able, 1.25, 1.0) * before, rel=1e-12)
        higher = plot & np.append(able, False)[of.owner]
        assert ratio.tolist() == np.where(higher, 1.8, 1.5).tolist()  # 1.875 is above the highest


@few
@given(plots(), st.sets(st.integers(0, FIRMS - 1)))
def test_plots_of_chosen_firms(of: Plots, chosen: set[int]) -> None:
    firms = np.array(sorted(chosen), dtype=np.int64)
    found, place = np.empty((2, len(of.area)), np.int64)
    rows = np.arange(len(of.owner))
    number = kernels.plots_of(
        rows, of.owner, firms, len(firms), np.zeros(FIRMS, bool), found, place
    )
    assert found[:number].tolist() == np.flatnonzero(np.isin(of.owner, firms)).tolist()
    assert firms[place[:number]].tolist() == of.owner[found[:number]].tolist()


@few
@given(plots())
def test_survey_holds_every_square_metre(of: Plots) -> None:
    district, inside, urban = of.parcel % 3, of.parcel % 2 == 0, np.array([True, False, True])
    ratio = 1.0 + of.parcel / 10.0
    for function in (kernels.survey, kernels.survey.py_func):
        table, sums = np.zeros((4, 3, 2), np.int64), np.empty(13)
        function(of.use, district, inside, of.owner, of.area, ratio, urban, table, sums)
        assert int(table.sum()) == int(of.area.sum())
        assert table[2, 1, 1] == of.area[(of.use == 2) & (district == 1) & inside].sum()
        assert sums[:4].tolist() == np.bincount(of.use, of.area, 4).tolist()
        in_towns = urban[district]
        assert sums[4:8].tolist() == np.bincount(of.use, of.area * in_towns, 4).tolist()
        counted = (of.use <= 1) & (of.owner != -1)
        np.testing.assert_allclose(sums[8], (of.area * ratio)[counted].sum(), rtol=1e-12)
        assert sums[9] == of.area[counted].sum()
        assert sums[10:].tolist() == np.bincount(district, of.area * (of.use <= 1), 3).tolist()


@few
@given(plots(), st.floats(0.0, 60_000.0))
def test_conversion_in_urban_districts_ends_with_the_allowance(of: Plots, allowance: float) -> None:
    urban, district, inside = np.array([True, False]), of.parcel % 2, of.parcel % 3 == 0
    rows = of.single[::-1].copy()
    in_towns = urban[district[rows]]
    kept = ~in_towns | (np.cumsum(np.where(in_towns, of.area[rows], 0)) <= allowance)
    wanted = rows[kept]
    use, owner, protected = of.use.copy(), of.owner.copy(), inside.copy()
    code, land = np.full(len(use), 2), np.full(FIRMS, 10**6)
    lost, cash = np.zeros(2, np.int64), np.zeros(FIRMS)
    paid, whole = conversion_kernels.converted(
        rows, allowance, urban, 3, use, of.area, district, protected, owner, code, land, cash,
        np.array([2.0, 3.0]), 1.5, lost,
    )  # fmt: skip
    assert whole == of.area[wanted].sum()
    held, unit = wanted[of.owner[wanted] >= 0], wanted[inside[wanted]]
    due = of.area[held] * np.array([2.0, 3.0])[district[held]] * 1.5
    np.testing.assert_allclose(paid, due.sum(), rtol=1e-12)
    assert cash.tolist() == np.bincount(of.owner[held], due, FIRMS).tolist()
    given_up = np.bincount(of.owner[held], of.area[held], FIRMS)
    assert (10**6 - land).tolist() == given_up.tolist()
    assert lost.tolist() == np.bincount(district[unit], of.area[unit], 2).tolist()
    for changed, before, after in (
        (use, of.use, 3), (owner, of.owner, -1), (protected, inside, False), (code, 2, -1),
    ):  # fmt: skip
        expected = np.zeros(len(use), changed.dtype) + before
        expected[wanted] = after
        assert changed.tolist() == expected.tolist()
