"""Compiled loops over plots against the same rules written with numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

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

    def code(self, rows: Any) -> Any:
        """Class of the holder, 4 without one."""
        known = np.append(self.per_mu_class, -1)[self.owner[rows]]
        return np.where(known < 0, 4, known)

    def draw(self, rows: Any) -> Any:
        """Uniform of each plot."""
        key = np.where(
            self.owner[rows] < 0,
            IDLE_KEY + self.parcel[rows],
            np.append(self.firm_id, 0)[self.owner[rows]],
        )
        return RANDOM.uniforms("test", key, QUARTER)[0]


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


@few
@given(plots(), st.floats(0.0, 1.0))
def test_idle_plots_are_hit_by_their_own_lots(of: Plots, rate: float) -> None:
    rows = np.empty(len(of.area), np.int64)
    found = kernels.idle_hit(
        of.first, of.use, of.area, of.owner, of.parcel, of.firm_id, IDLE_KEY, rate, QUARTER,
        RANDOM.key("test"), rows,
    )  # fmt: skip
    idle = of.single[of.owner[of.single] == -1]
    assert rows[:found].tolist() == idle[of.draw(idle) < rate].tolist()


@few
@given(plots(), st.floats(0.0, 2.0))
def test_recovery_frees_the_wanted_area_in_expectation(of: Plots, rate: float) -> None:
    weights, share = np.array([0.0, 0.05, 0.3, 1.0, 0.1]), 0.4
    rows, areas = np.empty((2, len(of.area)), np.int64)
    single = of.single
    idle = of.owner[single] == -1
    stock = int(of.area.sum())
    found = kernels.recovered(
        of.first, of.use, of.area, of.owner, of.parcel, of.per_mu_class, of.firm_id, IDLE_KEY,
        weights, share, rate / 4.0 * stock, QUARTER, RANDOM.key("test"), rows, areas,
    )  # fmt: skip
    weight = np.where(idle, 1.0, weights[of.code(single)])
    yielded = np.where(idle, 1.0, share)
    hazard = share_of_stock(rate, weight, of.area[single], yielded, stock)
    hit = of.draw(single) < hazard
    assert rows[:found].tolist() == single[hit].tolist()
    freed = np.floor(of.area[single] * yielded)[hit]
    assert areas[:found].tolist() == freed.tolist()


@few
@given(plots(), st.floats(0.0, 1.0))
def test_conversion_weighs_place_and_class(of: Plots, unit: float) -> None:
    size = len(of.area)
    district, protected = of.parcel % 3, of.parcel % 2 == 0
    urban, classes = np.array([True, False, True]), np.array([0.3, 0.7, 1.5, 2.5, 1.0])
    weight, shared = np.empty(size), of.first // 2
    mass, total = kernels.exposed(
        shared, of.first, of.use, of.area, of.owner, district, protected, of.per_mu_class, urban,
        0.6, 0.2, classes, weight,
    )  # fmt: skip
    expected, single = np.zeros(size), of.single
    place = np.where(urban[district], 1.0, 0.6) * np.where(protected, 0.2, 1.0)
    expected[:shared] = place[:shared]
    expected[single] = place[single] * classes[of.code(single)]
    np.testing.assert_allclose(weight, expected, rtol=1e-12)
    counted = urban[district] & (expected > 0.0)
    np.testing.assert_allclose(mass, (expected * of.area)[counted].sum(), rtol=1e-12)
    assert total == of.area[counted].sum()
    rows, lots = np.empty(size, np.int64), np.empty(size)
    found = kernels.conversions(
        of.first, of.owner, of.parcel, of.firm_id, IDLE_KEY, weight, unit, QUARTER,
        RANDOM.key("test"), rows, lots,
    )  # fmt: skip
    draw = of.draw(single)
    hit = draw < unit * expected[single]
    assert rows[:found].tolist() == single[hit].tolist()
    assert lots[:found].tolist() == draw[hit].tolist()


@few
@given(plots(), st.sets(st.integers(0, FIRMS - 1)))
def test_plots_of_chosen_firms(of: Plots, chosen: set[int]) -> None:
    firms = np.array(sorted(chosen), dtype=np.int64)
    found, place = np.empty((2, len(of.area)), np.int64)
    number = kernels.plots_of(of.owner, firms, np.zeros(FIRMS, bool), found, place)
    assert found[:number].tolist() == np.flatnonzero(np.isin(of.owner, firms)).tolist()
    assert firms[place[:number]].tolist() == of.owner[found[:number]].tolist()


@few
@given(plots())
def test_plots_of_the_dead_fall_vacant_and_others_take_their_holders_class(of: Plots) -> None:
    alive, held = of.per_mu_class > 0, of.owner.copy()
    code, land = np.full(len(held), 7), np.ones(FIRMS, np.int64)
    vacated = kernels.vacate(held, code, of.area, alive, land)
    left = (of.owner >= 0) & ~np.append(alive, True)[of.owner]
    assert vacated == of.area[left].sum()
    assert held.tolist() == np.where(left, -1, of.owner).tolist()
    assert code.tolist() == np.where(left, -1, 7).tolist()
    assert land[np.unique(of.owner[left])].tolist() == [0] * len(np.unique(of.owner[left]))
    kernels.classify(held, of.per_mu_class, code)
    assert code[held >= 0].tolist() == of.per_mu_class[held[held >= 0]].tolist()
    floor, ground = kernels.occupied(of.use, held, of.area, 1.5 * np.ones(len(held)))
    counted = (of.use <= 1) & (held != -1)
    assert (floor, ground) == (1.5 * of.area[counted].sum(), of.area[counted].sum())


@few
@given(plots(), st.integers(0, 2**32 - 1))
def test_land_goes_back_to_the_pool_of_its_place_and_is_paid_for(of: Plots, seed: int) -> None:
    random = np.random.default_rng(seed)
    size, districts, platforms = len(of.area), 2, 1  # the first six rows are the pools
    places = districts + platforms
    district, inside = random.integers(0, districts, size), random.integers(0, 2, size) > 0
    platform = np.where(random.uniform(size=size) < 0.5, 0, -1)
    area = np.concatenate([np.full(2 * places, 10), of.area])
    district, inside, platform, owner = (
        np.concatenate([column[:1].repeat(2 * places), column])
        for column in (district, inside, platform, of.owner)
    )
    rows = 2 * places + np.flatnonzero(of.owner >= -1)
    areas = area[rows] // 2
    expected = area.copy()
    expected[rows] -= areas
    place = np.where(platform[rows] < 0, district[rows], districts + platform[rows])
    np.add.at(expected, place + places * inside[rows], areas)
    kernels.to_pools(rows, areas, district, platform, inside, districts, places, area)
    assert area.tolist() == expected.tolist()
    price, cash, paid = np.array([2.0, 3.0]), np.zeros(FIRMS), np.empty(len(rows))
    found = kernels.pay_holders(rows, areas, owner[rows], district, price, 1.5, cash, paid)
    held = owner[rows] >= 0
    due = areas[held] * price[district[rows[held]]] * 1.5
    assert paid[:found].tolist() == due.tolist()
    assert cash.tolist() == np.bincount(owner[rows[held]], due, FIRMS).tolist()


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
    lost, taken = np.zeros(2, np.int64), np.empty((3, len(rows)), np.int64)
    found, whole = kernels.converted(
        rows, allowance, urban, 3, use, of.area, district, protected, owner, code, land, lost,
        taken,
    )  # fmt: skip
    columns = wanted, of.area[wanted], of.owner[wanted]
    assert taken[:, :found].tolist() == [column.tolist() for column in columns]
    assert whole == of.area[wanted].sum()
    held, unit = wanted[of.owner[wanted] >= 0], wanted[inside[wanted]]
    given_up = np.bincount(of.owner[held], of.area[held], FIRMS)
    assert (10**6 - land).tolist() == given_up.tolist()
    assert lost.tolist() == np.bincount(district[unit], of.area[unit], 2).tolist()
    for changed, before, after in (
        (use, of.use, 3), (owner, of.owner, -1), (protected, inside, False), (code, 2, -1),
    ):  # fmt: skip
        expected = np.zeros(len(use), changed.dtype) + before
        expected[wanted] = after
        assert changed.tolist() == expected.tolist()


@few
@given(plots(), st.sampled_from([0.0, 0.25]))
def test_capital_stands_on_the_land_that_is_left(of: Plots, gain: float) -> None:
    rows = np.flatnonzero(of.owner >= -1)[::2]
    areas, size = of.area[rows] // 2, len(of.area)
    held = of.owner[rows] >= 0
    land = 1 + np.bincount(of.owner[rows[held]], of.area[rows[held]], FIRMS).astype(np.int64)
    left, density, ratio = land.copy(), np.full(FIRMS, 3.0), np.full(size, 1.5)
    room = np.zeros(FIRMS, bool), *np.empty((2, len(rows)), np.int64)
    kernels.thinned(of.owner[rows], areas, gain, 1.8, of.owner, ratio, left, density, *room)
    given_up = np.bincount(of.owner[rows[held]], areas[held], FIRMS).astype(np.int64)
    assert left.tolist() == (land - given_up).tolist()
    owners = np.unique(of.owner[rows[held]])
    expected = np.full(FIRMS, 3.0)
    expected[owners] *= land[owners] / left[owners] * (1.0 + gain)
    np.testing.assert_allclose(density, expected, rtol=1e-12)
    higher = np.isin(of.owner, owners) & (gain > 0.0)
    assert ratio.tolist() == np.where(higher, 1.8, 1.5).tolist()  # 1.875 is above the highest
