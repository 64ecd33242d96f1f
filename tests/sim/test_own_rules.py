"""A rule of the user's own between two quarters changes columns of the firms."""

from __future__ import annotations

import numpy as np
import pytest

from sim.state import A_SHARE, NONE, OVERSEAS
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
