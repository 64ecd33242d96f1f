"""Deliberately broken books: every identity of ``sim.accounting`` names its breach."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim import accounting, per_mu
from sim.errors import ModelBreach
from sim.flows import FLOWS, PAID_TO_FIRMS, STOCKS
from sim.ledger import PARTIES
from sim.levers import LEVERS
from sim.state import CityState
from tests.accounting.broken_land import (
    get_land_on_paper,
    grow_land_by_hand,
    hold_a_site_for_nobody,
    lose_a_parcel,
    sell_more_than_there_is,
    take_a_plot_unseen,
    use_land_for_nothing,
)  # fmt: skip
from tests.sim.small_city import small_model

Break = Callable[[CityState], None]
GROSS = 1e12
"""Yuan booked in the quarter of these tests, against which gaps of firms' cash are measured."""


@pytest.fixture
def state() -> CityState:
    """Return a small city amid a quarter in which one payment was booked on both sides."""
    return small_model("no_plan", **{"population.scale": "0.02", "end": "2018Q1"}).state


def run_quarter(state: CityState, broken: Break) -> dict[str, float]:
    """Book a payment of the firms properly, break something, check the identities."""
    state.quarter += 1
    state.ledger.flows.clear()
    state.counts.clear()
    state.tallies.clear()
    for district in state.districts:
        district.tax_credited = 0.0
    before = accounting.stocks(state)
    state.ledger.pay("outside", "firms", "sales", GROSS)
    state.firms.cash[0] += GROSS
    broken(state)
    return accounting.check(before, accounting.stocks(state), state)


def living(state: CityState) -> int:
    return int(np.flatnonzero(state.firms.alive)[0])


# Firms --------------------------------------------------------------------------------------


def resurrect_a_firm(state: CityState) -> None:
    state.add("exits", 2.0)


def lose_a_firm(state: CityState) -> None:
    state.firms.alive[living(state)] = False


def count_an_entry_twice(state: CityState) -> None:
    state.add("entries", 1.0)


def promote_without_a_record(state: CityState) -> None:
    chosen = np.flatnonzero(state.firms.alive & (state.firms.tier == 0))[:3]
    state.firms.tier[chosen] = 1


def demote_on_paper(state: CityState) -> None:
    state.add("tier_backbone_growth", 2.0)


def change_the_sector(state: CityState) -> None:
    firms = state.firms
    chosen = np.flatnonzero(firms.alive & (firms.sector == firms.sector[living(state)]))[:4]
    firms.sector[chosen] += 1


def leave_from_another_sector(state: CityState) -> None:
    row = living(state)
    state.add("exits", 1.0)
    sector = (int(state.firms.sector[row]) + 1) % len(state.city.sectors.code)
    state.tally("left")[state.firms.tier[row], sector] += 1
    state.firms.alive[row] = False


def settle_nowhere(state: CityState) -> None:
    row = living(state)
    state.add_firms("left", np.array([row]))
    state.firms.district[row] = 99


# Money --------------------------------------------------------------------------------------


def find_money(state: CityState) -> None:
    state.firms.cash[living(state)] += 0.25 * GROSS


def pay_without_receiving(state: CityState) -> None:
    state.ledger.pay("government", "firms", "lever:rd_grant_rate", GROSS)


def unknown_kind(state: CityState) -> None:
    state.ledger.pay("banks", "investors", "gift", 5.0)


def wrong_payee(state: CityState) -> None:
    state.ledger.pay("outside", "government", "wages", 7.0)


def wrong_sign(state: CityState) -> None:
    state.ledger.pay("outside", "government", "land_sale_other", -3.0)


def borrow_without_a_bank(state: CityState) -> None:
    state.firms.debt[living(state)] += float(state.firms.debt.sum())


def forgive_without_a_record(state: CityState) -> None:
    state.firms.debt[:] = 0.0


def lend_in_the_banks_book_only(state: CityState) -> None:
    state.fund("bank").value += state.fund("bank").value


def call_capital_unpaid(state: CityState) -> None:
    state.fund("state_platform").drawn += 1e9


def return_unpaid(state: CityState) -> None:
    state.fund("venture").repaid += 1e9


def keep_shares_that_were_sold(state: CityState) -> None:
    # Fifty yuan come in and the fund notes them, but the shares stay in its column.
    state.ledger.pay("investors", "funds", "sale_of_shares", 50.0e9)
    state.fund("venture").repaid += 50.0e9


def grant_in_the_funds_book_only(state: CityState) -> None:
    state.fund("special_fund").drawn += 1e6


def insure_without_a_premium(state: CityState) -> None:
    state.fund("first_set_insurance").committed += 1e6


def support_without_paying(state: CityState) -> None:
    state.fund("first_set_insurance").drawn += 1e6


def build_for_free(state: CityState) -> None:
    from sim.agents import Project

    project = Project(state.model, 1, 4e9, 0, 0, state.quarter)
    project.invested = 1e9
    state.projects.append(project)


def credit_tax_to_nobody(state: CityState) -> None:
    state.districts[0].tax_credited = 4e6


def offer_what_was_not_called(state: CityState) -> None:
    state.memory["projects.offer"] = state.memory.get("projects.offer", 0.0) + 3.0 * GROSS


def not_a_number(state: CityState) -> None:
    state.firms.employees[living(state)] = np.nan
    state.firms.quality_level[living(state)] = np.inf


FIRMS, BY_TIER = "firms = firms + entries - exits", "firms by tier = entries - exits + moves"
BY_SECTOR = "firms by sector = entries - exits"
FLOW, CATEGORY = "payer and payee as declared", "shares of tiers, sectors, districts sum to one"
USES, HELD = "shares of land uses sum to one", "firms' land = their parcels"
SITES = "projects' land = their sites"
DEBT, BANK, CALLS, RETURNS, SHARES, GRANTS, PREMIUMS, SUPPORT, ASIDE, OUTLAYS = STOCKS

CASES: tuple[tuple[str, Break, float | None], ...] = (
    ("land area", lose_a_parcel, -7.0),
    (HELD, take_a_plot_unseen, None),
    (HELD, grow_land_by_hand, 11.0),
    (SITES, get_land_on_paper, -5.0),
    (SITES, hold_a_site_for_nobody, None),
    (USES, use_land_for_nothing, None),
    (USES, sell_more_than_there_is, None),
    (FIRMS, resurrect_a_firm, 2.0),
    (FIRMS, lose_a_firm, -1.0),
    (FIRMS, count_an_entry_twice, -1.0),
    (BY_TIER, promote_without_a_record, -3.0),
    (BY_TIER, demote_on_paper, None),
    (BY_SECTOR, change_the_sector, None),
    (BY_SECTOR, leave_from_another_sector, None),
    (CATEGORY, settle_nowhere, None),
    (FLOW, unknown_kind, 5.0),
    (FLOW, wrong_payee, 7.0),
    (FLOW, wrong_sign, 3.0),
    (accounting.FIRMS_CASH, find_money, None),
    (accounting.FIRMS_CASH, pay_without_receiving, None),
    (DEBT, borrow_without_a_bank, 0.5),
    (DEBT, forgive_without_a_record, -1.0),
    (BANK, lend_in_the_banks_book_only, 0.5),
    (CALLS, call_capital_unpaid, None),
    (RETURNS, return_unpaid, 1.0),
    (SHARES, keep_shares_that_were_sold, None),
    (GRANTS, grant_in_the_funds_book_only, 1.0),
    (PREMIUMS, insure_without_a_premium, 1.0),
    (SUPPORT, support_without_paying, 1.0),
    (ASIDE, offer_what_was_not_called, 1.0),
    (OUTLAYS, build_for_free, None),
    (accounting.TAX_CREDITED, credit_tax_to_nobody, 1.0),
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
    assert (breach.quarter, breach.identity.split(" (")[0]) == ("2018Q1", identity)
    assert breach.amount == pytest.approx(amount) if amount is not None else breach.amount != 0.0
    assert "2018Q1" in str(breach)
    assert identity in str(breach)


def test_every_identity_is_broken_by_a_case(state: CityState) -> None:
    known = set(run_quarter(state, lambda _: None))
    assert known == {identity for identity, _, _ in CASES}
    assert set(accounting.MONEY) <= known


def test_a_flow_that_is_not_declared_is_named(state: CityState) -> None:
    with pytest.raises(ModelBreach, match="gift from banks to investors"):
        run_quarter(state, unknown_kind)


def test_the_flow_matrix_names_parties_that_exist() -> None:
    for kind, flow in FLOWS.items():
        assert flow.between, kind
        assert {party for pair in flow.between for party in pair} <= set(PARTIES), kind
    for stock in STOCKS.values():
        assert set(stock.gains + stock.losses) <= set(FLOWS)
    assert set(PAID_TO_FIRMS) <= set(LEVERS)


def test_every_declared_flow_with_firms_moves_their_cash(state: CityState) -> None:
    """Whatever kind is booked without its counterpart in the column, firms' cash shows it."""
    for kind, flow in FLOWS.items():
        for payer, payee in flow.between:
            if "firms" in (payer, payee):
                state.ledger.flows.clear()
                before = accounting.stocks(state)
                state.ledger.pay(payer, payee, kind, GROSS)
                after = accounting.stocks(state)
                gap = accounting.breaches(before, after, state)[accounting.FIRMS_CASH]
                assert abs(gap) > accounting.MONEY_TOLERANCE, kind


def test_a_value_that_is_no_number_is_seen_in_every_column(state: CityState) -> None:
    for name in accounting.MONEY_COLUMNS:
        kept = getattr(state.firms, name)[-1]
        for wrong in (np.nan, np.inf, -np.inf):

            def broken(city: CityState, name: str = name, wrong: float = wrong) -> None:
                getattr(city.firms, name)[-1] = wrong

            with pytest.raises(ModelBreach):
                run_quarter(state, broken)
            getattr(state.firms, name)[-1] = kept
    assert run_quarter(state, lambda _: None)["all finite"] == 0.0


def test_a_flow_the_wrong_way_of_another_kind_of_number_is_seen(state: CityState) -> None:
    state.ledger.pay("firms", "households", "wages", np.float32(-GROSS))
    before = after = accounting.stocks(state)
    assert accounting.breaches(before, after, state)["payer and payee as declared"] != 0.0


def test_a_change_between_two_quarters_is_seen_unless_stock_is_taken() -> None:
    model = small_model("no_plan", **{"population.scale": "0.02", "end": "2018Q3"})
    model.state.firms.cash[living(model.state)] += GROSS
    model.take_stock()
    model.step()
    model.state.firms.cash[living(model.state)] += GROSS
    with pytest.raises(ModelBreach) as caught:
        model.step()
    assert caught.value.identity == accounting.FIRMS_CASH


def test_money_that_an_observer_gives_is_seen_in_its_quarter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = small_model("no_plan", **{"population.scale": "0.02", "end": "2018Q1"})
    observe = per_mu.observe

    def generous(state: CityState) -> dict[str, float]:
        state.firms.cash[living(state)] += GROSS
        return observe(state)

    monkeypatch.setattr(per_mu, "observe", generous)
    with pytest.raises(ModelBreach) as caught:
        model.step()
    assert caught.value.identity == accounting.FIRMS_CASH


def test_a_quarter_in_balance_passes_and_rounding_is_no_breach(state: CityState) -> None:
    def last_bits(balanced: CityState) -> None:
        balanced.firms.cash[living(balanced)] += 1e-10 * GROSS

    gaps = run_quarter(state, last_bits)
    assert 0.0 < gaps[accounting.FIRMS_CASH] <= accounting.MONEY_TOLERANCE
    assert gaps["land area"] == gaps[FIRMS] == 0.0


def test_small_stocks_are_measured_by_themselves(state: CityState) -> None:
    """A hundred yuan of a million are seen, however much money moves elsewhere."""

    def short_by_a_hundred(nearly: CityState) -> None:
        nearly.fund("special_fund").drawn += 1e6 - 100.0
        nearly.ledger.pay("government", "firms", "lever:special_fund_size", 1e6)
        nearly.firms.cash[living(nearly)] += 1e6

    with pytest.raises(ModelBreach) as caught:
        run_quarter(state, short_by_a_hundred)
    assert caught.value.identity == GRANTS
    assert caught.value.amount == pytest.approx(-1e-4)


def test_a_write_off_that_is_recorded_is_no_breach(state: CityState) -> None:
    def write_off(balanced: CityState) -> None:
        row = int(balanced.firms.debt.argmax())
        balanced.add("debt_written_off", float(balanced.firms.debt[row]))
        balanced.firms.debt[row] = 0.0

    assert abs(run_quarter(state, write_off)[DEBT]) <= accounting.MONEY_TOLERANCE


def test_entry_exit_and_a_move_that_are_recorded_are_no_breach(state: CityState) -> None:
    def live_and_die(balanced: CityState) -> None:
        firms = balanced.firms
        gone, moved = np.flatnonzero(firms.alive & (firms.tier == 0))[:2]
        balanced.add_firms("left", np.array([gone]))
        balanced.add("exits")
        firms.alive[gone] = False
        firms.land_area[gone] = 0
        balanced.parcels.occupant[balanced.parcels.occupant == gone] = -1
        firms.tier[moved] = 2
        balanced.add("tier_supplier_growth")
        rows = firms.append({"firm_id": np.zeros(2, dtype=np.int64), "sector": 5})
        balanced.add_firms("entered", rows)
        balanced.add("entries", 2.0)

    gaps = run_quarter(state, live_and_die)
    assert [gaps[name] for name in (FIRMS, BY_TIER, BY_SECTOR, CATEGORY)] == [0.0] * 4
