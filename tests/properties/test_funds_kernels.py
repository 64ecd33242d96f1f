"""Compiled loops of the capital funds against the same rules with numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import funds_kernels
from sim.grants import standardised, targeting_score, unrelated
from sim.rng import KeyedRandom
from sim.selection import awards, largest_first, ticket_size
from tests.properties.cities import Columns, columns
from tests.properties.test_kernels import few


@few
@given(columns())
def test_who_may_be_supported(of: Columns) -> None:
    tier, stage = (of.uniform * 4).astype(np.int16), (of.share * 10).astype(np.int16)
    roster, annual = of.score > 0.0, np.where(of.uniform < 0.1, 0.0, of.output)
    made, able = np.array([True, True, False, True]), np.array([True, False, False, True])
    chosen, there = np.empty(len(annual), np.bool_), of.alive & (annual > 0.0)
    makes, is_able, supported = made[of.sector], able[of.sector], of.share.copy()
    funds_kernels.seekers(of.alive, tier, 1, roster, is_able, annual, 1e8, 0.75, supported, chosen)
    assert chosen.tolist() == (there & ((tier > 1) | roster | (is_able & (annual > 1e8)))).tolist()
    assert supported.tolist() == (0.75 * of.share).tolist()
    rows, chance = np.flatnonzero(chosen), np.where(np.arange(32) % 3, 0.5, 0.0).reshape(2, 4, 4)
    table, numbers = np.empty((7, len(rows)), np.int64), np.empty((4, len(rows)))
    places = np.empty(2, np.int64)
    asking, granted, making = funds_kernels.apply(
        rows, 7 * np.arange(len(tier)), tier, 1, of.sector, stage, (4, 5), roster, made, able,
        annual, 1e8, of.share, 0.1, of.score, chance.reshape(2, -1), np.zeros((2, 4)),
        table, numbers, places,
    )  # fmt: skip
    asks = np.flatnonzero(there & (tier > 1) & (stage != 4) & (stage != 5))
    assert table[0, :asking].tolist() == asks.tolist()
    assert table[1, :asking].tolist() == (7 * asks).tolist()
    chances = numbers[:2, :asking]
    assert chances.tolist() == chance[:, tier[asks], of.sector[asks]].tolist()
    assert places.tolist() == np.count_nonzero(chances, axis=1).tolist()
    grants = np.flatnonzero(there & roster & makes)
    assert table[3, :granted].tolist() == grants.tolist()
    assert table[4, :granted].tolist() == (7 * grants).tolist()
    makers = there & (annual > 1e8) & is_able & (of.share > 0.1)
    assert table[5, :making].tolist() == np.flatnonzero(makers).tolist()
    assert table[6, :making].tolist() == (7 * np.flatnonzero(makers)).tolist()
    weights = (of.share * np.sqrt(annual))[makers]
    np.testing.assert_allclose(numbers[3, :making], weights, rtol=1e-15)
    for code in range(4):
        here = grants[of.sector[grants] == code]
        expected = of.score[here] - of.score[here].mean() if len(here) else of.score[here]
        found = numbers[2, :granted][of.sector[grants] == code]
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@few
@given(columns(), st.floats(-1.0, 1.0))
def test_grants_go_by_productivity_size_and_luck(of: Columns, targeting: float) -> None:
    keyed, rows = KeyedRandom(7, 1), np.flatnonzero(of.uniform > 0.3)
    potential, ids = of.score[rows], 7 * np.arange(len(of.output))
    size, score = np.empty((2, len(rows)))
    luck = keyed.normals("test", ids[rows], 8073)[0]
    funds_kernels.grade(
        rows, of.output, (targeting, np.sqrt(1.0 - targeting**2)), luck, potential, size, score
    )
    plain = standardised(of.score[rows])
    np.testing.assert_allclose(potential, plain, rtol=1e-12, atol=1e-12)
    size = unrelated(np.log(of.output[rows]), plain)
    expected = targeting_score(plain, size, luck, targeting)
    np.testing.assert_allclose(score, expected, rtol=1e-9, atol=1e-9)


@few
@given(columns(), st.floats(-1.0, 1.0))
def test_of_two_applicants_productivity_explains_all_of_size(of: Columns, targeting: float) -> None:
    pair = np.arange(len(of.output))[:2]
    luck, weights = of.uniform[pair], (targeting, np.sqrt(1.0 - targeting**2))
    potential, (size, score) = of.score[pair], np.empty((2, len(pair)))
    funds_kernels.grade(pair, of.output, weights, luck, potential, size, score)
    plain = standardised(of.score[pair])
    np.testing.assert_allclose(score, weights[0] * plain + 0.8 * weights[1] * luck, atol=1e-12)


@few
@given(columns(), st.sampled_from((-1.0, 0.0, 1.0)), st.integers(2, 9))
def test_what_rounding_leaves_of_equal_applicants_gives_no_grant(
    of: Columns, targeting: float, number: int
) -> None:
    """Firms of equal productivity and sales are equal whatever the order of their sums."""
    rows, level = np.arange(number), of.score[0]
    potential = level + np.array([-1, 0, 1, 0, 1, -1, 1, 0, -1])[:number] * np.spacing(level)
    size, score = np.empty((2, number))
    annual = np.full(number, of.output[0]) * (1.0 + 2e-16 * (rows % 3))
    none, weights = np.zeros(number), (targeting, np.sqrt(1.0 - targeting**2))
    funds_kernels.grade(rows, annual, weights, none, potential, size, score)
    assert score.tolist() == none.tolist()
    ids = 100 - rows
    assert largest_first(score, number, ids).tolist() == rows[::-1].tolist()
    assert largest_first(score, 1, ids).tolist() == [number - 1]


@few
@given(columns(), st.floats(0.0, 60.0), st.floats(0.0, 60.0))
def test_money_goes_down_the_list(of: Columns, pool: float, usual: float) -> None:
    count, rows = len(of.output), np.flatnonzero(of.uniform < 0.4)
    order = np.argsort(of.score[rows])
    served, potential = rows[order], of.share[rows]
    cash, additional, supported, tfp = (np.zeros(count) for _ in range(4))
    sizes = tuple(ticket_size(len(order), yuan, 5.0) for yuan in (pool, usual))
    total, usual_total, weighted = funds_kernels.give_grants(
        rows, order, potential, (pool, usual), sizes, 0.5, 0.01, cash, additional, supported, tfp
    )
    expected, usually = (awards(len(order), yuan, 5.0) for yuan in (pool, usual))
    assert cash[served].tolist() == expected.tolist()
    assert additional[served].tolist() == (0.5 * (expected - usually)).tolist()
    assert supported[served].tolist() == (expected > usually).tolist()
    assert tfp[served].tolist() == (0.01 * np.sign(expected - usually)).tolist()
    assert (total, usual_total) == pytest.approx((expected.sum(), usually.sum()), rel=1e-12)
    assert weighted == pytest.approx(expected @ potential[order], rel=1e-12)


@few
@given(columns())
def test_shares_are_marked_written_off_sold_and_joined_by_new_ones(of: Columns) -> None:
    keyed, count = KeyedRandom(7, 1), len(of.output)
    rows, applying = np.flatnonzero(of.score > -0.5), np.flatnonzero(of.uniform > 0.6)
    stage, cash = (of.share * 10).astype(np.int16), np.zeros(count)
    shares, marked = of.uniform[rows], np.full(len(rows), of.output.mean())
    # Every other applicant may be served, those with the highest scores first; not all are.
    soon = np.arange(0, len(applying), 2)
    order = (-of.score[applying[soon]]).argsort()[: 2 * len(soon) // 3]
    pools, sizes = (4.2, 2.6), (1.0, 0.5)
    paid, usually = np.zeros(count), np.zeros(count)
    for pool, size, sums in zip(pools, sizes, (paid, usually), strict=True):
        sums[applying[soon[order]]] = np.clip(pool - size * np.arange(len(order)), 0.0, size)
    fresh = np.sort(applying[soon[order]])
    luck = keyed.uniforms("test", rows, 8073, 2)
    room = np.empty(len(soon) + 1, np.int64), np.empty(len(soon) + 1)
    held, now = np.empty(len(rows) + len(fresh), np.int64), np.empty((2, len(rows) + len(fresh)))
    additional, supported = np.zeros(count), np.zeros(count)
    placed, back, from_others, lost, gained, value, sold, found = funds_kernels.turn_over(
        applying, soon, order, (pools, sizes, 0.3, 0.5), rows, shares, marked, np.arange(count),
        8073, keyed.key("test"), 0.1, (0.6, 0.3), 3.0, of.alive, stage, (4, 5), of.output, cash,
        additional, supported, *room, held, now[0], now[1],
    )  # fmt: skip
    assert placed == pytest.approx(paid.sum(), rel=1e-12)
    np.testing.assert_allclose(additional, 0.3 * (paid - usually), rtol=1e-12, atol=1e-15)
    assert supported.tolist() == (paid > usually).tolist()
    bought = 0.5 * paid[fresh]
    listed = ((stage == 4) | (stage == 5))[rows]
    present = shares * np.clip(of.output[rows] / np.maximum(marked, 1.0), 0.8, 1.25)
    gone = ~of.alive[rows] | (luck[0] < 0.1)
    sells = ~gone & (luck[1] < np.where(listed, 0.6, 0.3))
    got = np.where(sells, present * np.where(listed, 3.0, 1.0), 0.0)
    exact = {"rel": 1e-12, "abs": 1e-12}
    assert (back, from_others) == pytest.approx((got[~listed].sum(), got[listed].sum()), **exact)
    assert lost == pytest.approx(shares[gone].sum(), **exact)
    gains = (np.where(sells, got, present) - shares)[~gone]
    assert gained == pytest.approx(gains.sum(), **exact)
    moved = paid.copy()
    moved[rows] -= np.where(listed, 0.0, got)
    assert cash.tolist() == moved.tolist()
    kept, column = ~gone & ~sells, np.zeros(count)
    column[rows] = np.where(kept, present, 0.0)
    column[fresh] += bought
    assert sold == np.count_nonzero(sells)
    assert held[:found].tolist() == np.union1d(rows[kept], fresh).tolist()
    assert now[0, :found].tolist() == column[held[:found]].tolist()
    assert now[1, :found].tolist() == of.output[held[:found]].tolist()
    assert value == pytest.approx(column.sum(), **exact)
