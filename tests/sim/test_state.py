"""The firm table: blank firms, and others added behind them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.columns import column
from sim.growing import Block, with_room
from sim.state import Firms, blank_values
from tests.sim.small_city import small_model


def test_blank_firms_hold_what_is_said_of_them() -> None:
    firms, blank = Firms.blank(3), blank_values()
    for name, value in blank.items():
        assert getattr(firms, name).tolist() == [value] * 3
    assert (blank["alive"], blank["leader"], blank["platform"]) == (True, -1, -1)
    assert firms.platform.dtype == np.int16
    assert firms.leader.dtype == np.int64


def test_firms_added_behind_blank_ones_move_no_column() -> None:
    firms = Firms.blank(3)
    firms.cash[:] = 5.0
    before = {name: getattr(firms, name) for name in blank_values()}
    added = firms.append({"firm_id": np.array([7, 8]), "tier": 2, "cash": np.array([1.0, 2.0])})
    assert (added.start, added.stop) == (3, 5)
    assert firms.firm_id.tolist() == [0, 0, 0, 7, 8]
    assert firms.tier.tolist() == [0, 0, 0, 2, 2]
    assert firms.cash.tolist() == [5.0, 5.0, 5.0, 1.0, 2.0]
    assert firms.leader.tolist() == [-1] * 5
    for name, old in before.items():
        assert np.shares_memory(getattr(firms, name), old)


def test_firms_of_any_columns_grow_too_and_a_replaced_one_is_kept() -> None:
    drawn = Firms.blank(2)
    firms = Firms(**{name: getattr(drawn, name).copy() for name in blank_values()})
    firms.debt[:] = 3.0
    for start in (2, 3, 4):
        firms.cash = np.arange(float(start))
        firms.append({"firm_id": np.array([start])})
        assert firms.cash.tolist() == [*range(start), 0.0]
        assert firms.debt.tolist() == [3.0] * 2 + [0.0] * (start - 1)


@pytest.mark.parametrize("rows", [*range(64), 1000, 66_000, 10_000_000])
def test_columns_that_grow_begin_an_odd_number_of_cache_lines_apart(rows: int) -> None:
    assert rows < with_room(rows) <= 1.5 * rows + 24
    assert with_room(rows) % 16 == 8


def test_columns_that_grow_together_keep_what_they_hold() -> None:
    block, kept = Block(np.float64, {}, 3), {}
    for number, name in enumerate("abc"):
        assert not block.full
        block.add(name, float(number), kept)
        block.lengthen(kept, 4)
        kept[name] += 10.0
    assert block.full
    assert [kept[name].tolist() for name in "abc"] == [[10.0] * 4, [11.0] * 4, [12.0] * 4]
    kept["a"] = np.arange(5.0)  # put there by others, and longer
    del kept["b"]
    block.lengthen(kept, 6)
    assert kept["a"].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 0.0]
    assert kept["b"].tolist() == [1.0] * 6
    assert kept["c"].tolist() == [12.0] * 4 + [2.0] * 2
    before = kept["c"]
    block.lengthen(kept, 7)
    assert np.shares_memory(kept["c"], before)


def test_columns_that_changed_places_stay_there_when_they_grow() -> None:
    firms = Firms.blank(2)
    firms.cash[:], firms.debt[:], firms.annual_revenue[:] = 1.0, 2.0, 3.0
    firms.cash, firms.debt = firms.debt, firms.cash
    firms.previous_revenue = firms.annual_revenue
    firms.append({"firm_id": np.array([7])})
    assert firms.cash.tolist() == [2.0, 2.0, 0.0]
    assert firms.debt.tolist() == [1.0, 1.0, 0.0]
    assert firms.previous_revenue.tolist() == firms.annual_revenue.tolist() == [3.0, 3.0, 0.0]


def test_a_column_that_is_another_one_until_it_grows_keeps_its_values() -> None:
    block, kept = Block(np.float64, {}, 3), {}
    block.add("a", 0.0, kept)
    block.lengthen(kept, 2)
    kept["a"][:] = kept_values = [4.0, 5.0]
    kept["b"] = kept["a"]  # a rule of one's own: the same values from now on
    block.add("b", 1.0, kept)
    block.lengthen(kept, 3)
    assert kept["b"].tolist() == [*kept_values, 1.0]


def test_a_column_in_hand_is_not_moved_by_new_ones() -> None:
    state = small_model().state
    held = column(state, "test.held")
    for number in range(40):
        assert column(state, f"test.{number}", 2.0).tolist() == [2.0] * state.firms.count
    held[:] = 1.0
    assert column(state, "test.held").tolist() == [1.0] * state.firms.count
    del state.arrays["test.held"]
    assert column(state, "test.held").tolist() == [0.0] * state.firms.count


def test_all_columns_of_one_value_are_as_long_as_the_firms_once_one_was_asked_for() -> None:
    state = small_model().state
    column(state, "test.one", 1.0)[:] = 4.0
    column(state, "test.other", -1.0)
    count = state.firms.count
    state.firms.append({"firm_id": np.array([10**15])})
    assert column(state, "test.other", -1.0).tolist() == [-1.0] * (count + 1)
    assert state.arrays["test.one"].tolist() == [4.0] * count + [1.0]
    own = column(state, "test.own", state.firms.alive)
    assert own.dtype == np.bool_
    assert own.tolist() == state.firms.alive.tolist()
