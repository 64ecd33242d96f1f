"""Compiled loops of the capital funds against the same rules with numpy."""

from __future__ import annotations

import numpy as np
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
    rows, relative = np.empty((2, len(annual)), np.int64), np.empty(len(annual))
    granted, making = funds_kernels.applicants(
        of.alive, annual, roster, of.sector, made, able, 1e8, of.share, 0.1, of.score,
        np.zeros((2, len(made))), rows[0], rows[1], relative,
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
def test_money_goes_down_the_list_and_holders_are_joined(
    of: Columns, pool: float, usual: float
) -> None:
    count, chosen = len(of.output), np.flatnonzero(of.uniform < 0.4)
    order, held = chosen[np.argsort(of.score[chosen])], np.flatnonzero(of.share > 0.8)
    cash, holding, additional, supported = (np.zeros(count) for _ in range(4))
    paid, joined = np.empty(len(order)), np.empty(len(order) + len(held), np.int64)
    sizes = tuple(ticket_size(len(order), yuan, 5.0) for yuan in (pool, usual))
    number = funds_kernels.place_shares(
        order, (pool, usual), sizes, 0.25, 0.5, cash, holding, additional, supported, paid, held,
        chosen, joined,
    )  # fmt: skip
    expected, usually = (awards(len(order), yuan, 5.0) for yuan in (pool, usual))
    assert paid.tolist() == cash[order].tolist() == expected.tolist()
    assert holding[order].tolist() == (0.25 * expected).tolist()
    assert additional[order].tolist() == (0.5 * (expected - usually)).tolist()
    assert supported[order].tolist() == (expected > usually).tolist()
    assert joined[:number].tolist() == np.union1d(order, held).tolist()


@few
@given(columns())
def test_shares_are_marked_written_off_and_sold(of: Columns) -> None:
    keyed, ids, rows = KeyedRandom(7, 1), np.arange(len(of.output)) + 5, np.arange(len(of.output))
    stage, marked = (of.share * 10).astype(np.int16), np.full(len(rows), of.output.mean())
    holding, cash = of.uniform.copy(), np.zeros(len(rows))
    noted, staying = np.empty((8, len(rows))), np.empty(len(rows), np.int64)
    unlisted, lost, sold, stay = funds_kernels.settle_shares(
        rows, ids, 8073, keyed.key("test"), of.alive, stage, (4, 5), of.output, marked, 0.1,
        (0.6, 0.3), 3.0, holding, cash, noted[6:], noted[:6], staying,
    )  # fmt: skip
    luck, listed = keyed.uniforms("test", ids, 8073, 2), (stage == 4) | (stage == 5)
    value = of.uniform * np.clip(of.output / np.maximum(marked, 1.0), 0.8, 1.25)
    gone = ~of.alive | (luck[0] < 0.1)
    sells = ~gone & (luck[1] < np.where(listed, 0.6, 0.3))
    got = np.where(sells, value * np.where(listed, 3.0, 1.0), 0.0)
    assert noted[0].tolist() == got.tolist()
    assert noted[1, :unlisted].tolist() == got[~listed].tolist()
    assert noted[2, : len(rows) - unlisted].tolist() == got[listed].tolist()
    assert noted[3, :lost].tolist() == of.uniform[gone].tolist()
    gains = (np.where(sells, got, value) - of.uniform)[~gone]
    assert noted[4, : len(rows) - lost].tolist() == gains.tolist()
    kept = ~gone & ~sells
    assert noted[5, :stay].tolist() == holding[kept].tolist() == value[kept].tolist()
    assert staying[:stay].tolist() == np.flatnonzero(kept).tolist()
    assert sold == np.count_nonzero(sells)
    assert not holding[~kept].any()
    assert cash.tolist() == np.where(listed, 0.0, -got).tolist()
