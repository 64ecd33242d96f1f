"""The firm table: blank firms, and others added behind them."""

from __future__ import annotations

import numpy as np

from sim.state import Firms, blank_firms


def test_blank_firms_hold_what_blank_rows_hold() -> None:
    firms, rows = Firms.blank(3), blank_firms(3)
    for name, column in rows.items():
        found = getattr(firms, name)
        assert found.dtype == column.dtype
        assert found.tolist() == column.tolist()
    assert rows["alive"].tolist() == [True, True, True]
    assert rows["leader"].tolist() == [-1, -1, -1]
    assert rows["platform"].dtype == np.int16
    assert rows["cash"].tolist() == [0.0, 0.0, 0.0]


def test_firms_added_behind_blank_ones_move_no_column() -> None:
    firms = Firms.blank(3)
    before = {name: getattr(firms, name) for name in blank_firms(1)}
    added = firms.append(blank_firms(2) | {"firm_id": np.array([7, 8])})
    assert (added.start, added.stop) == (3, 5)
    assert firms.firm_id.tolist() == [0, 0, 0, 7, 8]
    for name, column in before.items():
        assert np.shares_memory(getattr(firms, name), column)
