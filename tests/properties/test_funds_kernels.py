"""Compiled loops of the capital funds against the same rules with numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import funds_kernels
from sim.rng import KeyedRandom
from sim.selection import awards, ticket_size
from tests.properties.cities import Columns, columns
from tests.properties.test_kernels import few


@few
@given(columns())
def test_applicants_of_the_funds(of: Columns) -> None:
    tier, stage = (of.uniform * 4).astype(np.int16), (of.share * 10).astype(np.int16)
    roster, annual = of.score > 0.0, np.where(of.uniform < 0.1, 0.0, of.output)
    made, able = np.array([True, True, False, True]), np.array([True, False, False, True])
    equity, there = np.empty(len(annual), np.bool_), of.alive & (annual > 0.0)
    funds_kernels.unlisted_above(of.alive, tier, 0, stage, (4, 5), annual, equity)
    assert equity.tolist() == (there & (tier > 0) & (stage != 4) & (stage != 5)).tolist()
    rows, chance = np.flatnonzero(equity), np.where(np.arange(32) % 3, 0.5, 0.0).reshape(2, 4, 4)
    ids, chances, places = np.empty(len(rows), np.int64), np.empty((2, len(rows))), np.zeros(2, int)
    funds_kernels.apply(
        rows, 7 * np.arange(len(tier)), tier, of.sector, chance, ids, chances, places
    )
    assert ids.tolist() == (7 * rows).tolist()
    assert chances.tolist() == chance[:, tier[rows], of.sector[rows]].tolist()
    assert places.tolist() == np.count_nonzero(chances, axis=1).tolist()
    rows, relative = np.empty((2, len(annual)), np.int64), np.empty(len(annual))
    granted, making = funds_kernels.applicants(
        np.flatnonzero(roster | (annual > 1e8)), of.alive, annual, roster, of.sector, made, able,
        1e8, of.share, 0.1, of.score, np.zeros((2, len(made))), rows[0], rows[1], relative,
    )  # fmt: skip
    grants = np.flatnonzero(there & roster & made[of.sector])
    assert rows[0, :granted].tolist() == grants.tolist()
    makers = there & (annual > 1e8) & able[of.sector] & (of.share > 0.1)
    assert rows[1, :making].tolist() == np.flatnonzero(makers).tolist()
    for code in range(len(made)):
        here = grants[of.sector[grants] == code]
        expected = of.score[here] - of.score[here].mean() if len(here) else of.score[here]
        found = relative[:granted][of.sector[grants] == code]
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@few
@given(columns(), st.floats(0.0, 60.0), st.floats(0.0, 60.0))
def test_money_goes_down_the_list(of: Columns, pool: float, usual: float) -> None:
    count, chosen = len(of.output), np.flatnonzero(of.uniform < 0.4)
    order = chosen[np.argsort(of.score[chosen])]
    cash, additional, supported = (np.zeros(count) for _ in range(3))
    paid, extra = np.empty((2, len(order)))
    sizes = tuple(ticket_size(len(order), yuan, 5.0) for yuan in (pool, usual))
    total, usual_total = funds_kernels.pay_tickets(
        order, (pool, usual), sizes, 0.5, cash, additional, supported, paid, extra
    )
    expected, usually = (awards(len(order), yuan, 5.0) for yuan in (pool, usual))
    assert paid.tolist() == cash[order].tolist() == expected.tolist()
    assert extra.tolist() == (expected - usually).tolist()
    assert additional[order].tolist() == (0.5 * (expected - usually)).tolist()
    assert supported[order].tolist() == (expected > usually).tolist()
    assert (total, usual_total) == pytest.approx((expected.sum(), usually.sum()), rel=1e-12)


@few
@given(columns())
def test_shares_are_marked_written_off_sold_and_joined_by_new_ones(of: Columns) -> None:
    keyed, count = KeyedRandom(7, 1), len(of.output)
    rows, fresh = np.flatnonzero(of.score > -0.5), np.flatnonzero(of.uniform > 0.6)
    stage, cash = (of.share * 10).astype(np.int16), np.zeros(count)
    shares, marked = of.uniform[rows], np.full(len(rows), of.output.mean())
    bought, luck = 0.5 * of.share[fresh], keyed.uniforms("test", rows, 8073, 2)
    held, now = np.empty(len(rows) + len(fresh), np.int64), np.empty((2, len(rows) + len(fresh)))
    back, from_others, lost, gained, value, sold, found = funds_kernels.turn_over(
        rows, shares, marked, (luck[0], luck[1]), 0.1, (0.6, 0.3), 3.0, of.alive, stage, (4, 5),
        of.output, cash, fresh, bought, held, now[0], now[1],
    )  # fmt: skip
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
    assert cash[rows].tolist() == np.where(listed, 0.0, -got).tolist()
    kept, column = ~gone & ~sells, np.zeros(count)
    column[rows] = np.where(kept, present, 0.0)
    column[fresh] += bought
    assert sold == np.count_nonzero(sells)
    assert held[:found].tolist() == np.union1d(rows[kept], fresh).tolist()
    assert now[0, :found].tolist() == column[held[:found]].tolist()
    assert now[1, :found].tolist() == of.output[held[:found]].tolist()
    assert value == pytest.approx(column.sum(), **exact)
