"""A rule of the user's own between two quarters changes columns of the firms."""

from __future__ import annotations

import numpy as np

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
