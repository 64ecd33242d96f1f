"""The bureau's year before the start: totals as given, each flow in its own shape."""

from __future__ import annotations

import numpy as np
import pytest

from sim.bureau import Records, matched_staff_change
from sim.indicators import INDICATORS
from sim.units import year_of, year_profile
from tests.sim.small_city import small_model


def test_closures_of_a_year_belong_to_the_matched_scope() -> None:
    class Past:
        first_year = 2015

        def at(self, name: str, year: int) -> float:
            assert name == "industrial_employment"
            return {2015: 100.0, 2016: 90.0}[year]

    share = {"matched_scope_decline_share": 0.8}
    # A tenth of the roster's staff went, four fifths of it inside the scope that is compared.
    assert matched_staff_change(Past(), share, 2016) == pytest.approx(-0.08)  # type: ignore[arg-type]
    assert matched_staff_change(Past(), share, 2015) == 0.0  # type: ignore[arg-type]


def test_the_year_before_the_start_adds_up_and_each_flow_has_its_own_shape() -> None:
    model = small_model("no_plan")
    model.step()  # the first January tells which firms are compared
    bureau, state = model.bureau, model.state
    year = year_of(state.first) - 1
    first, last = bureau.last_year[0], bureau.last_year[-1]
    some = last[:, 0] > 0.0
    growth = state.history.at("industrial_value_added_growth", year)
    staff = matched_staff_change(state.history, state.parameters, year)
    for flow, change in ((0, growth), (3, staff)):
        # Of the year's four quarters the first is the profile's first level.
        shares = first[some, flow] / last[some, flow]
        np.testing.assert_allclose(shares, year_profile(change)[0] / 4.0, rtol=1e-12)


def test_what_is_cumulated_from_the_start_leaves_out_the_year_before_and_what_is_to_come() -> None:
    book = Records(first=8, scalars={})
    for quarter, value in ((7, 100.0), (8, 1.0), (9, 2.0)):
        book.record(quarter, {"flow": value})
    assert np.isnan(book.since("flow", 10))
    assert [book.since("flow", quarter) for quarter in (9, 7, 8, 9)] == [3.0, 0.0, 1.0, 3.0]
    book.record(10, {"flow": 4.0})
    assert [book.since("flow", quarter) for quarter in (10, 9)] == [7.0, 3.0]
    assert np.isnan(book.since("nothing of the kind", 9))


def test_an_indicator_over_several_quarters_is_that_of_each() -> None:
    model = small_model("no_plan", end="2018Q2")
    model.step()
    book, first = model.published, model.state.first
    book.values[first]["bank_loans"] = 0.0  # a share of nothing
    quarters = [first - 1, first]
    for name, one in INDICATORS.items():
        each = [one.formula(book, quarter) for quarter in quarters]
        np.testing.assert_array_equal(one.over(book, quarters), each, err_msg=name)
    share = INDICATORS["manufacturing_credit_share"].over(book, quarters)
    assert np.isfinite(share).tolist() == [True, False]
    book.asked = False
    entries = INDICATORS["firm_entries"].over(book, [first, first + 1])  # not simulated yet
    assert np.isfinite(entries).tolist() == [True, False]
    assert not book.asked
    INDICATORS["industrial_profit"].over(book, quarters)
    assert book.asked
