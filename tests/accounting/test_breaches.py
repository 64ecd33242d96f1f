"""Deliberately broken books: every identity of ``sim.accounting`` names its breach."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim import accounting
from sim.errors import ModelBreach
from sim.state import PARTIES, CityState
from tests.sim.small_city import small_model

Break = Callable[[CityState], None]
GROSS = 1e12
"""Yuan booked in the quarter of these tests, against which money gaps are measured."""


@pytest.fixture
def state() -> CityState:
    """Return a small city amid a quarter in which one payment was booked on both sides."""
    return small_model("no_plan", **{"population.scale": "0.02", "end": "2018Q1"}).state


def run_quarter(state: CityState, broken: Break) -> dict[str, float]:
    """Book a payment of the firms properly, break something, check the identities."""
    state.quarter += 1
    state.ledger.flows.clear()
    state.counts.clear()
    before = accounting.stocks(state)
    state.ledger.pay("outside", "firms", "sales", GROSS)
    state.firms.cash[0] += GROSS
    broken(state)
    return accounting.check(before, state)


def living(state: CityState) -> int:
    return int(np.flatnonzero(state.firms.alive)[0])


def holder(state: CityState) -> int:
    return int(np.flatnonzero(state.parcels.occupant >= 0)[0])


def lose_a_parcel(state: CityState) -> None:
    vacant = np.flatnonzero(state.parcels.occupant < 0)[0]
    state.parcels.area[vacant] -= 7


def resurrect_a_firm(state: CityState) -> None:
    state.firms.alive[living(state)] = False
    state.add("exits")
    state.firms.alive[living(state)] = False
    state.add("exits")
    state.firms.alive[:] = True


def lose_a_firm(state: CityState) -> None:
    state.firms.alive[living(state)] = False


def count_an_entry_twice(state: CityState) -> None:
    state.add("entries", 1.0)


def find_money(state: CityState) -> None:
    state.firms.cash[living(state)] += 0.25 * GROSS


def pay_without_a_payer(state: CityState) -> None:
    state.ledger.pay("government", "firms", "grant", GROSS)


def borrow_without_a_bank(state: CityState) -> None:
    state.firms.debt[living(state)] += 0.5 * GROSS


def forgive_without_a_record(state: CityState) -> None:
    row = int(state.firms.debt.argmax())
    state.firms.debt[row] = 0.0
    state.add("debt_written_off", 1e-3 * GROSS)


def take_a_plot_unseen(state: CityState) -> None:
    state.parcels.occupant[holder(state)] = -1


def grow_land_by_hand(state: CityState) -> None:
    state.firms.land_area[living(state)] += 11


def not_a_number(state: CityState) -> None:
    state.firms.employees[living(state)] = np.nan
    state.firms.log_tfp[living(state)] = np.inf


CASES: tuple[tuple[str, Break, float | None], ...] = (
    ("land area", lose_a_parcel, -7.0),
    ("firms = firms + entries - exits", resurrect_a_firm, 2.0),
    ("firms = firms + entries - exits", lose_a_firm, -1.0),
    ("firms = firms + entries - exits", count_an_entry_twice, -1.0),
    ("firms' cash = receipts - payments", find_money, 0.25),
    ("firms' cash = receipts - payments", pay_without_a_payer, -0.5),
    ("debt = loans - repayments - write-offs", borrow_without_a_bank, 0.5),
    ("debt = loans - repayments - write-offs", forgive_without_a_record, None),
    ("firms' land = their parcels", take_a_plot_unseen, None),
    ("firms' land = their parcels", grow_land_by_hand, 11.0),
    ("all finite", not_a_number, 2.0),
)
"""Identity, what breaks it, the amount that the breach must name (None: depends on the city)."""


@pytest.mark.parametrize(
    ("identity", "broken", "amount"), CASES, ids=[c[1].__name__ for c in CASES]
)
def test_a_broken_booking_names_quarter_identity_and_amount(
    state: CityState, identity: str, broken: Break, amount: float | None
) -> None:
    with pytest.raises(ModelBreach) as caught:
        run_quarter(state, broken)
    breach = caught.value
    assert (breach.quarter, breach.identity) == ("2018Q1", identity)
    assert breach.amount == pytest.approx(amount) if amount is not None else breach.amount != 0.0
    assert "2018Q1" in str(breach)
    assert identity in str(breach)


@pytest.mark.parametrize("party", [party for party in PARTIES if party != "firms"])
def test_an_account_moved_by_hand_is_a_breach(state: CityState, party: str) -> None:
    def embezzle(broken: CityState) -> None:
        broken.ledger.accounts[party] -= 0.125 * GROSS

    with pytest.raises(ModelBreach) as caught:
        run_quarter(state, embezzle)
    assert caught.value.identity == f"account of {party}"
    assert caught.value.amount == pytest.approx(-0.125)


def test_every_identity_is_broken_by_a_case(state: CityState) -> None:
    known = set(run_quarter(state, lambda _: None))
    tried = {identity for identity, _, _ in CASES}
    tried |= {f"account of {party}" for party in PARTIES if party != "firms"}
    assert known == tried


def test_a_quarter_in_balance_passes_and_rounding_is_no_breach(state: CityState) -> None:
    def last_bits(balanced: CityState) -> None:
        balanced.firms.cash[living(balanced)] += 1e-10 * GROSS

    gaps = run_quarter(state, last_bits)
    assert 0.0 < gaps["firms' cash = receipts - payments"] <= accounting.MONEY_TOLERANCE
    assert gaps["land area"] == gaps["firms = firms + entries - exits"] == 0.0


def test_a_write_off_that_is_recorded_is_no_breach(state: CityState) -> None:
    def write_off(balanced: CityState) -> None:
        row = int(balanced.firms.debt.argmax())
        balanced.add("debt_written_off", float(balanced.firms.debt[row]))
        balanced.firms.debt[row] = 0.0

    assert run_quarter(state, write_off)["debt = loans - repayments - write-offs"] == pytest.approx(
        0.0, abs=accounting.MONEY_TOLERANCE
    )
