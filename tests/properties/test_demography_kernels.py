"""Compiled loops of exit and entry against the same rules written with numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import demography_kernels as kernels
from sim.demography import quarterly_probability
from sim.lots import EVENTS
from tests.properties.cities import Columns, columns
from tests.properties.test_kernels import SECTORS, by_sector, few, random_words

SERVICE = np.array([False, False, True, False])
MEAN = np.array([0.1, -0.2, 0.0, 0.3])


def lots(words: np.ndarray) -> np.ndarray:
    """Return the upper halves of words as numbers within (0, 1)."""
    return ((words >> np.uint64(32)).astype(float) + 0.5) / 2**32


@few
@given(columns(), st.floats(0.0, 1.0))
def test_candidates_for_exit_are_those_at_risk_with_low_lots(of: Columns, bound: float) -> None:
    words, stage = random_words(of), (of.share * 10).astype(np.int16)
    near = np.empty(len(stage), np.bool_)
    mean = kernels.exit_candidates(
        words[EVENTS], of.alive, stage, (4, 5), of.output, 1e10, of.score, of.sector, SECTORS,
        bound, near,
    )  # fmt: skip
    risky = of.alive & (stage != 4) & (stage != 5) & (of.output <= 1e10)
    assert near.tolist() == (risky & (lots(words[EVENTS]) < bound)).tolist()
    number = np.bincount(of.sector[risky], minlength=SECTORS)
    total = np.bincount(of.sector[risky], of.score[risky], SECTORS)
    np.testing.assert_allclose(mean, total / np.maximum(number, 1), rtol=1e-11, atol=1e-12)


@few
@given(
    columns(), st.sampled_from([0.0, 0.9, 4000.0]), st.sampled_from([0.9, 1.6]),
    st.sampled_from([-0.2, 0.3]),
)  # fmt: skip
def test_chances_of_closure_rise_with_what_they_are_said_to(
    of: Columns, scale: float, relief: float, support: float
) -> None:
    rows, words = np.flatnonzero(of.uniform > 0.2), random_words(of)[EVENTS]
    roster, birth = of.score > 0.0, 8073 - (of.uniform * 20).astype(np.int64)
    reached, (lot, now, usual) = np.empty_like(rows), np.empty((3, len(rows)))
    found = kernels.exit_chances(
        rows, words, of.sector, SERVICE, roster, of.score, MEAN, of.share, birth, 8073 - 8,
        (0.03 * scale, 0.08 * scale, 0.015 * scale), (-0.5, support), 3.0, 1.5, relief, reached,
        lot, now, usual,
    )  # fmt: skip
    base = scale * np.where(SERVICE[of.sector], 0.015, np.where(roster, 0.03, 0.08))
    gap = np.clip((of.score - MEAN[of.sector]) / 0.6, -3.0, 3.0)
    young = (8073 - birth < 8) & ~roster
    hazard = base * np.exp(-0.5 * gap + support * of.share) * np.where(young, 1.5, 1.0)
    chance = quarterly_probability(hazard)
    chosen = reached[:found]
    np.testing.assert_allclose(usual[:found], chance[chosen], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(
        now[:found], quarterly_probability(relief * hazard)[chosen], rtol=1e-12, atol=1e-15
    )
    assert lot[:found].tolist() == lots(words)[chosen].tolist()
    # Nobody whose lot takes it out is left out, and the order stays.
    assert set(chosen) >= set(rows[lots(words)[rows] < chance[rows]])
    relieved = quarterly_probability(relief * hazard)
    assert set(chosen) >= set(rows[lots(words)[rows] < relieved[rows]])
    assert chosen.tolist() == [row for row in rows if row in set(chosen)]
    if scale == 4000.0:
        assert found == len(rows)


@few
@given(columns(), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_who_is_hit_and_can_leave_leaves(of: Columns, now: float, usual: float) -> None:
    rows = np.flatnonzero(of.share > 0.1)
    size, lot = len(of.output), of.uniform[rows]
    stage, roster = (of.uniform * 7).astype(np.int16), of.score > 0.0
    tier, left = (of.share * 4).astype(np.int16), np.zeros((4, SECTORS), dtype=np.int64)
    freed, beyond = np.full(SECTORS, 2.0), np.full(SECTORS, -1.0)
    alive, output, annual = of.alive.copy(), of.output.copy(), of.capital.copy()
    cash, debt, *others = (of.staff * (k + 1) for k in range(10))
    gone_cash, gone_debt = cash.copy(), debt.copy()
    found = kernels.depart(
        rows, lot, np.full(len(rows), now), np.full(len(rows), usual), 0.7, stage, (4, 5), 1e10,
        roster, of.share, tier, of.sector, left, freed, beyond, alive, cash, debt, output, *others,
        annual,
    )  # fmt: skip
    can = of.alive & (stage != 4) & (stage != 5) & (of.capital <= 1e10)
    chosen = np.isin(np.arange(size), rows) & can
    leaves, expected = chosen & (of.uniform < now), chosen & (of.uniform < usual)
    gone = np.flatnonzero(leaves)
    assert alive.tolist() == (of.alive & ~leaves).tolist()
    for column, before in ((output, of.output), (annual, of.capital), (others[-1], of.staff * 10)):
        assert column.tolist() == np.where(leaves, 0.0, before).tolist()
    assert left.sum() == len(gone) == found[0]
    assert found[1] == roster[gone].sum()
    sums = gone_cash[gone].sum(), gone_debt[gone].sum(), (of.share * of.output)[gone].sum()
    assert found[2:] == pytest.approx(sums, rel=1e-12)
    other = 0.7 * expected - 0.7 * leaves
    for market, start, part in ((freed, 2.0, leaves + other), (beyond, -1.0, other)):
        np.testing.assert_allclose(
            market, start + np.bincount(of.sector, part * of.output, SECTORS), rtol=1e-11
        )


@few
@given(columns())
def test_means_of_living_firms(of: Columns) -> None:
    of = of.taken(np.sort(np.arange(40 * len(of.output)) % len(of.output)))  # and many of a sector
    names = of.output, of.capital, of.staff, of.score, of.share
    means = kernels.means_of_living(of.alive, of.sector, SECTORS, *names, of.uniform, of.output)
    number = np.maximum(np.bincount(of.sector[of.alive], minlength=SECTORS), 1)
    for found, values in zip(means, names, strict=False):
        np.testing.assert_allclose(found, by_sector(values, of) / number, rtol=1e-11, atol=1e-12)
    per_head = by_sector(of.output, of) / np.maximum(by_sector(of.uniform, of), 1.0)
    np.testing.assert_allclose(means[5], per_head, rtol=1e-11)


def test_entrants_come_where_small_firms_are_and_take_the_usual_market() -> None:
    sectors, displacing = np.empty((2, 4))
    share, emerging = np.array([0.5, 0.2, 0.9, 0.3]), np.array([0.0, 1.0, 0.0, 0.5])
    platforms, districts, places = np.array([0.2, 0.1]), np.array([0.6, 0.4]), np.empty(4)
    made = np.array([True, True, False, False])
    kernels.shares_of_entry(
        share, made, SERVICE, emerging, 0.7, 0.06, 1.25, 0.3, platforms, 1.5, districts, sectors,
        places, displacing,
    )  # fmt: skip
    usual = np.array([0.5, 0.2, 0.06, 0.0])
    weight = np.array([0.5, 0.2 * np.exp(0.7), 0.06, 0.0])
    np.testing.assert_allclose(sectors, np.cumsum(weight) / weight.sum(), rtol=1e-12)
    # Of an entrant that would have come anyway, rivals lose all; of others three tenths.
    expected = (usual / usual.sum())[:3] / (weight / weight.sum())[:3] / 1.25
    np.testing.assert_allclose(displacing[:3], expected + 0.3 * (1.0 - expected), rtol=1e-12)
    chance = np.array([0.3, 0.15, 0.6 * 0.55, 0.4 * 0.55])
    np.testing.assert_allclose(places, np.cumsum(chance) / chance.sum(), rtol=1e-12)


@few
@given(columns(), st.integers(0, 3))
def test_entrants_are_small_copies_of_their_sector(of: Columns, first: int) -> None:
    count = len(of.output)
    noise = np.random.default_rng(count).normal(size=(8, count))
    means = np.random.default_rng(first).uniform(0.1, 0.9, (6, SECTORS))
    high_tech, plant, added, exported = np.random.default_rng(7).uniform(0.1, 0.9, (4, SECTORS))
    place, districts = np.arange(count) % 5, np.array([4, 7], dtype=np.int16)
    displacing, entered = MEAN + 0.5, np.zeros((4, SECTORS), dtype=np.int64)
    freed, beyond = np.zeros(SECTORS), np.zeros(SECTORS)
    codes = np.full((4, first + count), -9, dtype=np.int16)
    money = np.full((18, first + count), -9.0)
    cash, capital = kernels.settle_entrants(
        first, of.sector, 0.5, of.uniform, noise, (2.0, 5.0), 0.2, SERVICE, 1.1, high_tech, plant,
        added, exported, means, 0.35, 0.4, place, districts, 1, displacing, entered, freed, beyond,
        *codes, *money,
    )  # fmt: skip
    s, new = of.sector, of.uniform < 0.5 * (0.3 + 2.0 * high_tech[of.sector])
    size = np.minimum(2.0 * np.exp(0.9 * noise[0]), 5.0)
    output = size / 4.0 / np.where(SERVICE[s], 1.0, 1.1)
    staff = np.maximum(size / np.maximum(0.7 * means[5, s], 0.2), 1.0)
    stock = size * plant[s] * np.exp(0.4 * noise[1])
    rate = np.clip(added[s] + 0.05 * noise[3], 0.05, 0.8)
    ratio = np.where(new, 0.07 * np.exp(0.4 * noise[5]), 0.0)
    spread = np.exp(0.3 * noise[4])
    tfp = np.log(output) - 0.4 * np.log(stock) - 0.6 * np.log(staff) + 0.2 * noise[2]
    digital = np.clip(means[4, s] + 0.1 * noise[6] + 0.15 * new, 0.02, 0.95)
    expected = [
        size, 0.7 * size, size / 4.0, 0.3 * size, output, staff, stock, tfp, rate,
        size / 4.0 * rate, means[0, s], means[1, s] * spread, means[2, s] * spread,
        means[3, s] * spread, ratio, ratio * size / 0.35, digital,
        np.where(noise[7] > 1.0, exported[s], 0.0),
    ]  # fmt: skip
    assert (codes[:, :first] == -9).all()
    assert (money[:, :first] == -9.0).all()
    np.testing.assert_allclose(money[:, first:], expected, rtol=1e-12, atol=1e-12)
    inside = place < 2
    district = np.where(inside, districts[place * inside], place - 2)
    assert codes[:, first:].tolist() == [
        s.tolist(), np.where(inside, place, -1).tolist(), district.tolist(), (1 * new).tolist()
    ]  # fmt: skip
    assert entered[:2].ravel().tolist() == np.bincount(new * SECTORS + s, minlength=8).tolist()
    sums = np.bincount(s, displacing[s] * output, SECTORS), np.bincount(s, output, SECTORS)
    np.testing.assert_allclose(freed, -sums[0], rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(beyond, sums[1] - sums[0], rtol=1e-11, atol=1e-11)
    assert (cash, capital) == pytest.approx((0.3 * size.sum(), stock.sum()), rel=1e-12)
