"""A rule of the user's own between two quarters changes columns of the firms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.bureau import in_both_books
from sim.model import CityModel
from sim.results import declared_layout
from sim.state import A_SHARE, NONE, OVERSEAS, CityState, Firms
from tests.sim.small_city import small_model


def test_what_a_rule_of_ones_own_changes_is_followed_once_stock_is_taken() -> None:
    model = small_model("no_plan", **{"population.scale": "0.05", "end": "2018Q2"})
    model.step()
    firms = model.state.firms
    rows = np.flatnonzero(firms.alive & (firms.listing_stage == NONE))[:3]
    firms.listing_stage[rows] = A_SHARE
    followers = np.flatnonzero((firms.leader >= 0) & firms.alive)
    firms.leader[followers] = -1
    holders = np.flatnonzero(firms.high_tech & firms.alive)
    firms.certificate_until[holders] = model.state.quarter + 1
    model.take_stock()
    model.step()
    listed = (firms.listing_stage == A_SHARE) | (firms.listing_stage == OVERSEAS)
    assert set(rows) <= set(np.flatnonzero(listed))
    assert round(0.05 * model.listed_firms) == np.count_nonzero(listed & firms.alive)
    assert not model.state.arrays["ladder.supplier_pull"].any()
    assert (firms.certificate_until[holders][firms.high_tech[holders]] > model.state.quarter).all()


def test_a_code_that_names_nothing_is_told_before_a_loop_looks_it_up() -> None:
    model = small_model("no_plan", **{"population.scale": "0.02", "end": "2018Q2"})
    model.step()
    model.take_stock()
    state = model.state
    for table, column, value, told in (
        (state.firms, "district", 99, "firms.district[4] is 99; allowed: 0 to 12"),
        (state.firms, "district", -1, "firms.district[4] is -1; allowed: 0 to 12"),
        (state.firms, "platform", -2, "firms.platform[4] is -2; allowed: -1 to 19"),
        (state.firms, "tier", 4, "firms.tier[4] is 4; allowed: 0 to 3"),
        (state.firms, "leader", state.firms.count, f"allowed: -1 to {state.firms.count - 1}"),
        (state.parcels, "use", 7, "parcels.use[4] is 7; allowed: 0 to 3"),
        (state.parcels, "occupant", 10**9, f"allowed: below {state.firms.count}"),
    ):
        values = getattr(table, column)
        before, values[4] = values[4].copy(), value
        with pytest.raises(ValueError) as raised:
            model.take_stock()
        assert told in str(raised.value)
        values[4] = before
    model.take_stock()
    model.step()


def test_columns_of_any_form_are_put_in_order_when_stock_is_taken() -> None:
    """Views of a table, other types of number and one array in two places: all the same city."""
    books = []
    for odd in (False, True):
        model = small_model("base", **{"population.scale": "0.02", "end": "2018Q2"})
        model.step()
        firms, parcels = model.state.firms, model.state.parcels
        firms.talent = firms.wage + 0.0
        if odd:
            for table in (firms, parcels):
                for name in [n for n, v in vars(table).items() if isinstance(v, np.ndarray)]:
                    column = getattr(table, name)
                    setattr(table, name, np.stack([column, column], axis=1)[:, 1])
            firms.talent = firms.wage
            firms.tier, firms.land_area = firms.tier.astype(int), firms.land_area.astype(np.int32)
        model.take_stock()
        model.step()
        books.append((model.published.values, model.state.firms.wage.tolist()))
    assert books[0] == books[1]


def test_a_column_that_is_none_is_told() -> None:
    model = small_model("no_plan", **{"population.scale": "0.02", "end": "2018Q2"})
    firms, parcels = model.state.firms, model.state.parcels
    rows, plots = len(firms.wage), len(parcels.area)
    firms.wage, firms.tier = firms.wage[:-1], firms.tier + 0.5
    firms.sector = firms.sector + np.int64(65536)
    parcels.area = parcels.area[:, None]
    with pytest.raises(ValueError) as raised:
        model.take_stock()
    assert str(raised.value) == (
        "firms.sector holds numbers beyond int16; "
        f"firms.wage has the shape ({rows - 1},); allowed: ({rows},); "
        "firms.tier holds float64; allowed: int16; "
        f"parcels.area has the shape ({plots}, 1); allowed: ({plots},)"
    )


Rule = Callable[[CityState], None]
EVERY_FIRM = slice(None)


def leave(of: Callable[[CityState], np.ndarray]) -> Rule:
    """Return a rule by which all firms of a kind leave."""

    def rule(state: CityState) -> None:
        state.firms.alive[of(state)] = False

    return rule


def holding(column: str, value: float) -> Rule:
    """Return a rule by which all firms hold the same value."""

    def rule(state: CityState) -> None:
        getattr(state.firms, column)[EVERY_FIRM] = value

    return rule


def nobody_above_scale(state: CityState) -> None:
    state.firms.on_roster[EVERY_FIRM] = False
    state.firms.annual_revenue *= 1e-3
    state.firms.real_output *= 1e-3


def all_but_one_leave(state: CityState) -> None:
    state.firms.alive[np.flatnonzero(state.firms.alive & state.of_sector("industry"))[1:]] = False
    state.firms.alive[state.of_sector("service")] = False


EMPTIED: dict[str, Rule] = {
    "no manufacturers": leave(lambda state: state.of_sector("manufacturing").copy()),
    "no industry": leave(lambda state: state.of_sector("industry").copy()),
    "no service firms": leave(lambda state: state.of_sector("service").copy()),
    "no high-tech makers": leave(lambda state: state.of_sector("high_tech_makers").copy()),
    "all above scale left": leave(lambda state: state.firms.on_roster.copy()),
    "all below scale left": leave(lambda state: ~state.firms.on_roster),
    "an empty roster": holding("on_roster", False),
    "nobody above scale": nobody_above_scale,
    "no listed firms": holding("listing_stage", NONE),
    "only listed firms": holding("listing_stage", A_SHARE),
    "platforms left": leave(lambda state: state.firms.platform >= 0),
    "nobody outside platforms": leave(lambda state: state.firms.platform < 0),
    "no talents": holding("talent", 0.0),
    "only suppliers": holding("tier", 0),
    "no certificates": holding("high_tech", False),
    "no debts": holding("debt", 0.0),
    "debts of a billion": holding("debt", 1e9),
    "no sales": holding("annual_revenue", 0.0),
    "no output": holding("real_output", 0.0),
    "no staff": holding("employees", 0.0),
    "no capital": holding("capital_stock", 0.0),
    "all but one left": all_but_one_leave,
    "nobody": holding("alive", False),
}
"""Rules that leave a city without firms of a kind, or without what others are measured by."""


@pytest.mark.parametrize("each_quarter", [False, True], ids=["once", "each quarter"])
@pytest.mark.parametrize("kind", EMPTIED)
def test_a_city_without_firms_of_a_kind_goes_on(kind: str, each_quarter: bool) -> None:
    model = small_model("base", **{"population.scale": "0.04", "end": "2019Q2"})
    with np.errstate(divide="raise", invalid="raise", over="raise"):
        for position in range(len(model.scenario.quarters)):
            if position == 2 or (each_quarter and position > 2):
                EMPTIED[kind](model.state)
                model.take_stock()
            model.step()
    for values in both_books(model):
        assert not np.isinf(values).any()
    firms: Firms = model.state.firms
    assert all(np.isfinite(v).all() for v in vars(firms).values() if isinstance(v, np.ndarray))
    if kind == "nobody" and each_quarter:
        assert defined(model, "labour_productivity") == []
        assert defined(model, "above_scale_firms") == [0.0]


def both_books(model: CityModel) -> tuple[np.ndarray, np.ndarray]:
    """Return published and true values, shape (indicators, quarters)."""
    named = declared_layout(model.state.city).indicators
    return in_both_books(named, model.published, model.true_state, list(model.scenario.quarters))


def defined(model: CityModel, name: str) -> list[float]:
    """Return the last published value of an indicator, or nothing where it is no number."""
    named = [indicator.name for indicator in declared_layout(model.state.city).indicators]
    last = both_books(model)[0][named.index(name), -1]
    return [] if np.isnan(last) else [float(last)]


@pytest.mark.parametrize("opened", [True, False])
def test_the_banks_book_follows_what_a_rule_makes_of_debts(opened: bool) -> None:
    """Owed twice as much is lent twice as much; what a rule forgives is no loss of the bank's."""
    model = small_model("no_plan", **{"population.scale": "0.02", "end": "2018Q3"})
    if not opened:
        model.step()
    bank, firms = model.state.fund("bank"), model.state.firms
    for factor in (2.0, 0.5):
        lent, owed, lost = bank.value, firms.debt.sum(), bank.written_off
        left = lent - owed  # by firms that are gone, to be written off
        firms.debt *= factor
        model.take_stock()
        assert bank.value - lent == pytest.approx((factor - 1.0) * owed, rel=1e-9)
        model.step()
        assert bank.written_off - lost == pytest.approx(left, abs=1e-9 * lent)


def test_stock_taken_of_a_city_that_nobody_changed_moves_no_bit() -> None:
    books = []
    for taken in (False, True):
        model = small_model("base", **{"population.scale": "0.02", "end": "2018Q3"})
        for _ in range(3):
            model.step()
            if taken:
                model.take_stock()
        books.append((model.true_state.values, model.state.fund("bank").value))
    assert books[0] == books[1]
