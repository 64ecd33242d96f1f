"""The firms that the city begins with."""

from __future__ import annotations

import numpy as np
import pytest

from sim.population import DRAWN
from sim.state import Firms, blank_values
from tests.sim.small_city import small_model

NEVER = {np.dtype(np.float64): 7e77, np.dtype(np.int64): -7777777, np.dtype(np.int16): -7777}


def test_columns_drawn_for_every_firm_are_drawn_for_every_firm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    blank = Firms.blank

    def soiled(count: int, drawn: frozenset[str]) -> Firms:
        firms = blank(count, drawn)
        for name in drawn:
            column = getattr(firms, name)
            column[:] = NEVER[column.dtype]
        return firms

    clean = small_model().state.firms
    monkeypatch.setattr(Firms, "blank", soiled)
    firms = small_model().state.firms
    assert blank_values().keys() > DRAWN
    for name in blank_values():
        np.testing.assert_array_equal(getattr(firms, name), getattr(clean, name))
