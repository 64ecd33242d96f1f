"""Compiled sums of the bureau against plain Python and against the same sums with numpy."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import bureau_kernels as kernels
from sim.bureau import common
from sim.decomposition import decompose
from sim.innovation_kernels import reported
from sim.per_mu import class_of_plots, indicators_of, scores
from tests.properties.cities import Columns, columns

few = settings(max_examples=25)
MADE = np.array([1.0, 1.0, 0.0, 1.0])
TRAITS = np.stack([MADE, [0.0, 0.2, 0.5, 1.0], [0.3, 0.0, 0.1, 0.9]], axis=1)


def repeated(of: Columns, times: int) -> Columns:
    """Return a city several times over: more firms than a loop takes at once."""
    return of.taken(np.tile(np.arange(len(of.output)), times))


def tracked(of: Columns, rows: Any) -> Any:
    """Return the tracked flows of firms, written with numpy."""
    value, output, staff = of.capital[rows] / 1.1, of.output[rows], of.staff[rows]
    return np.stack([value, of.share[rows] * output, of.uniform[rows] * output, staff], axis=1)


@few
@given(columns(), columns())
def test_flows_are_added_up_and_compared_with_last_year(of: Columns, later: Columns) -> None:
    size = min(len(of.output), len(later.output))
    old, new = (np.flatnonzero(some.alive[:size]) for some in (of, later))
    last, before = 1.0 + tracked(of, old), tracked(later, new)
    last[::2, 0] = 0.0  # firms without a base are left out
    here, there = common(new, old, np.ones(size, np.bool_))
    stay = np.intersect1d(new, old)
    assert new[here].tolist() == old[there].tolist() == stay.tolist()
    flows = np.empty(before.shape)
    sums = kernels.follow(
        new, of.sector, MADE, later.capital, 1.1, later.output, later.share, later.uniform,
        later.staff, before, flows, here, there, last,
    )  # fmt: skip
    np.testing.assert_allclose(flows, 2.0 * before, rtol=1e-12)
    counted = last[there, 0] > 0.0
    made = MADE[of.sector[stay[counted]]]
    for found, own in zip(sums, (flows[here[counted]], last[there[counted]]), strict=True):
        wanted = [*own.sum(axis=0).tolist(), made @ own[:, 0], made @ own[:, 3]]
        np.testing.assert_allclose(found, wanted, rtol=1e-12)


def numbers(of: Columns, rows: Any, upgraded: Any) -> list[Any]:
    """Return what is added up over a scope, firm by firm, written with numpy."""
    made, high_tech, emerging = TRAITS[of.sector[rows]].T
    value, sales, staff = of.capital[rows], of.output[rows], of.staff[rows]
    return [
        value, sales, sales, staff, made * value, made * sales, made * staff, of.score[rows],
        of.score[rows] ** 2, of.share[rows] * staff, high_tech * value, emerging * value,
        of.share[rows] * sales, upgraded[rows], of.share[rows] * sales, of.uniform[rows] * sales,
    ]  # fmt: skip


@few
@given(columns(), st.floats(1e5, 1e10))
def test_the_roster_is_added_up_and_compared_with_the_last_quarter(of: Columns, bar: float) -> None:
    roster, industry, upgraded = of.uniform > 0.4, of.sector < 3, of.uniform > 0.5
    above = industry & (of.output >= bar)
    rows = np.flatnonzero(of.alive & (roster | above | (of.share > 0.7)))
    old = np.flatnonzero(of.alive | (of.share > 0.5))[::2]
    old_flows = np.where((of.score[old] > 0.0)[:, None], 2.0 + tracked(of, old)[:, :3], 0.0)
    flows, totals = np.empty((len(rows), 3)), np.zeros((2, 16))
    whole, kept = np.zeros(3), np.zeros((2, 3, 4))
    kernels.look(
        rows, roster, industry, of.output, bar, of.sector, of.capital, of.output, of.output,
        of.staff, of.score, of.score**2, of.share, of.share, upgraded, of.share, of.uniform,
        TRAITS, 1.1, old, old_flows, flows, totals, whole, kept,
    )  # fmt: skip
    listed = of.alive & roster
    for found, scope in ((totals[0], listed), (totals[0] + totals[1], of.alive & above)):
        wanted = [float(n.sum()) for n in numbers(of, np.flatnonzero(scope), upgraded)]
        size = [float(np.abs(n).sum()) for n in numbers(of, rows, upgraded)]
        np.testing.assert_array_less(np.abs(found - wanted), 1e-12 * np.array(size) + 1e-9)
    seen = np.where(roster[rows][:, None], tracked(of, rows)[:, :3], 0.0)
    np.testing.assert_allclose(flows, seen, rtol=1e-12)
    np.testing.assert_allclose(whole, seen.sum(axis=0), rtol=1e-12)
    here, there = common(rows, old, np.ones(len(roster), np.bool_))
    stay = (flows[here, 0] > 0.0) & (old_flows[there, 0] > 0.0)
    sector = of.sector[rows[here[stay]]]
    for use in range(3):
        for time, own in ((0, old_flows[there[stay]]), (1, flows[here[stay]])):
            counted = np.bincount(sector, own[:, use], 4)
            np.testing.assert_allclose(kept[time, use], counted, rtol=1e-12)


@few
@given(columns(), st.integers(1, 9), st.floats(1e5, 1e10))
def test_observers_look_at_the_roster_above_scale_industry_and_users_of_land(
    city: Columns, times: int, bar: float
) -> None:
    of = repeated(city, times)
    roster, industry = of.uniform > 0.4, of.sector < 3
    land, ranked = (of.share > 0.7) * 100, np.where(of.score > 1.0, 2, -1)
    count = len(roster)
    chosen, lists = np.ones(-(-count // 64) * 64, np.bool_), np.empty((5, count + 4), np.int64)
    number, classes = np.empty(5, np.int64), np.zeros(5, np.int64)
    kernels.scopes(
        of.alive, roster, industry, of.output, bar, land, ranked, chosen, lists[0], lists[1:],
        number, classes,
    )  # fmt: skip
    wanted = roster | (industry & (of.output >= bar)) | (land > 0) | (ranked >= 0)
    rows = np.flatnonzero(of.alive & wanted)
    listed = roster & industry
    scopes = wanted, roster, industry & (of.output >= bar), listed, listed | (land > 0)
    for own, found, flags in zip(lists, number, scopes, strict=True):
        assert own[:found].tolist() == np.flatnonzero(of.alive & flags).tolist()
    assert classes.tolist() == np.bincount(ranked[rows] + 1, minlength=5).tolist()


@few
@given(columns(), st.integers(1, 9))
def test_investment_talent_and_debt_are_added_up(city: Columns, times: int) -> None:
    of = repeated(city, times)
    industry, made = of.uniform > 0.3, of.uniform > 0.6
    lanes = np.zeros((5, kernels.LANES))
    kernels.sums(of.alive, industry, made, of.capital, of.output, of.share, of.staff, lanes)
    counted = of.alive & industry
    sums = of.capital[counted].sum(), of.output[counted].sum(), of.share[of.alive].sum()
    wanted = *sums, of.staff[made].sum(), of.staff.sum()
    assert lanes.sum(axis=1) == pytest.approx(wanted, rel=1e-12)


@few
@given(st.lists(columns(), min_size=1, max_size=12), st.booleans())
def test_the_census_counts_living_firms_by_tier_and_sector(cities: list[Any], sort: bool) -> None:
    alive, sector, score, share, uniform = (
        np.concatenate([getattr(of, name) for of in cities for _ in range(4)])
        for name in ("alive", "sector", "score", "share", "uniform")
    )
    # Sectors that stand together and such that do not; codes beyond those declared.
    sector = (np.sort(sector) if sort else sector).astype(np.int16) - 1
    tier = (np.floor(6.0 * uniform) - 1.0).astype(np.int16)
    district = np.where(share > 0.85, 3, np.floor(3.5 * uniform) - (share < 0.05)).astype(np.int16)
    flags = [score > bound for bound in (-0.5, 0.0, 0.5, 1.0)]
    cells, kinds = np.zeros(4 * 2 + 1, np.int64), np.zeros(4, np.int64)
    kernels.census(alive, tier, sector, district, 2, 3, *flags, cells, kinds)
    known = (tier >= 0) & (tier < 4) & (sector >= 0) & (sector < 2)
    known &= (district >= 0) & (district < 3)
    wanted = np.bincount((2 * tier + sector)[alive & known], minlength=9)
    wanted[-1] = np.count_nonzero(alive & ~known)
    assert cells.tolist() == wanted.tolist()
    certified, industry, quoted, companies = (alive & flag for flag in flags)
    counted = certified, certified & industry, quoted, companies
    assert kinds.tolist() == [np.count_nonzero(flag) for flag in counted]


def lmdi(use: Any, value: Any, used: Any, made: Any) -> list[float]:
    """Return structure, technology and turnover, written with numpy."""
    whole, kept = use / value, used.sum(axis=1) / made.sum(axis=1)
    open_ = (used > 0.0).all(axis=0) & (made > 0.0).all(axis=0)
    share = made[:, open_] / made.sum(axis=1, keepdims=True)
    ratio = used[:, open_] / made.sum(axis=1, keepdims=True)
    spread = np.log(ratio[1] / ratio[0])
    weight = np.diff(ratio, axis=0)[0] / spread
    total = (kept[1] - kept[0]) / np.log(kept[1] / kept[0])
    intensity = used[:, open_] / made[:, open_]
    return [
        float(weight @ np.log(share[1] / share[0])) / total,
        float(weight @ np.log(intensity[1] / intensity[0])) / total,
        float(np.log(kept[0] / whole[0]) + np.log(whole[1] / kept[1])),
    ]


@few
@given(st.integers(0, 2**32 - 1))
def test_effects_are_those_of_the_logarithmic_mean_index(seed: int) -> None:
    random = np.random.default_rng(seed)
    used, made = random.uniform(1.0, 9.0, (2, 2, 5))
    used[0, 3] = 0.0  # a sector that did not use anything before is left out
    use, value = used.sum(axis=1) * [1.1, 1.3], made.sum(axis=1) * [1.2, 1.05]
    before, now = np.stack([value, use, 3.0 * use], axis=1)
    found = decompose(before, now, np.stack([made, used, 3.0 * used], axis=1))
    wanted = [lmdi(use, value, used, made)] * 2  # the unit of a use does not matter
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


@given(st.lists(st.integers(0, 30)), st.lists(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_pairs_are_the_common_rows(left: list[int], right: list[int], of: set[int]) -> None:
    rows, others = np.unique(left).astype(np.int64), np.unique(right).astype(np.int64)
    here, there = common(rows, others, np.array([row in of for row in range(31)]))
    assert rows[here].tolist() == others[there].tolist() == sorted(set(left) & set(right) & of)


@few
@given(columns(), st.integers(0, 30), st.floats(0.5, 2.0))
def test_outlays_are_those_made_when_firms_reported(
    of: Columns, since: int, claimed: float
) -> None:
    certified, known = of.uniform > 0.5, max(len(of.output) - since, 0)
    roster = np.flatnonzero(of.alive)
    found = reported(roster, of.uniform, of.share, of.output, certified[:known], claimed)
    old = roster[roster < known]
    outlay = of.share[old] * of.output[old] * np.where(certified[old], claimed, 1.0)
    np.testing.assert_allclose(found, [of.uniform[roster].sum(), outlay.sum()], rtol=1e-12)


@few
@given(columns(), st.floats(0.5, 3.0))
def test_scores_are_weighted_multiples_of_the_mean(of: Columns, cap: float) -> None:
    rows = np.flatnonzero(of.alive)
    land = (1.0 + 1e4 * of.share).astype(np.int64)
    firms: Any = SimpleNamespace(
        land_area=land, tax=of.score, value_added=of.capital, employees=of.staff,
        energy_intensity=of.share, real_output=of.output, rd_ratio=of.uniform,
    )  # fmt: skip
    city: Any = SimpleNamespace(firms=firms)
    found = indicators_of(city, rows)
    area, energy = land[rows], np.maximum(of.share * of.output, 1.0)[rows]
    value, staff = of.capital[rows], np.maximum(of.staff[rows], 1.0)
    wanted = [of.score[rows] / area, value / area, value / staff, value / energy, of.uniform[rows]]
    assert found.tolist() == np.array(wanted).tolist()
    if len(rows):
        weights, positive = np.array([1.0, 2.0, 0.0, 3.0, 4.0]), np.maximum(found, 0.0)
        mean = positive.mean(axis=1, keepdims=True)
        relative = np.divide(positive, mean, out=np.zeros_like(found), where=mean > 0.0)
        expected = weights / 10.0 @ np.minimum(relative, cap)
        np.testing.assert_allclose(scores(found, weights, cap), expected, rtol=1e-12)


@given(st.lists(st.integers(-2, 4), max_size=20))
def test_a_plot_is_of_its_holders_class(occupant: list[int]) -> None:
    classes = np.array([0, -1, 3, 2, 1], np.int16)
    found = class_of_plots(np.array(occupant, np.int64), classes)
    assert found.dtype == np.int16
    assert found.tolist() == [classes[row] if row >= 0 else -1 for row in occupant]
