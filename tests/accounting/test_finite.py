"""A value that is no finite number is found in the quarter in which it arises."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from sim import accounting
from sim.errors import ModelBreach
from sim.spending import Bill, pay_for_levers
from sim.state import CityState
from tests.sim.small_city import small_model


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
@pytest.mark.parametrize("name", accounting.MONEY_COLUMNS)
def test_a_value_that_is_no_number_is_seen_in_its_quarter_wherever_it_arises(
    name: str, wrong: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the processes: unless they write it over; after them: also of a firm that left."""
    scenario = {"population.scale": "0.02", "end": "2018Q2"}
    model = small_model("no_plan", **scenario)
    getattr(model.state.firms, name)[np.flatnonzero(model.state.firms.alive)[0]] = wrong
    model.take_stock()
    with contextlib.suppress(ModelBreach):
        model.step()
        firms = model.state.firms
        assert all(np.isfinite(getattr(firms, own)).all() for own in accounting.MONEY_COLUMNS)
    for alive in (True, False):
        model = small_model("no_plan", **scenario)

        def spoil(state: CityState, owed: Bill, alive: bool = alive) -> None:
            pay_for_levers(state, owed)
            getattr(state.firms, name)[np.flatnonzero(state.firms.alive == alive)[0]] = wrong

        monkeypatch.setattr("sim.model.pay_for_levers", spoil)
        with pytest.raises(ModelBreach) as caught:
            model.step()
        monkeypatch.undo()
        assert caught.value.quarter == "2018Q1"
        assert caught.value.identity in ("all finite", *accounting.MONEY)
        assert model.state.scopes is None
