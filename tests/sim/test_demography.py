"""What leavers sold stays in their sector; the fitted path is what the bureau publishes."""

from __future__ import annotations

import numpy as np
import pytest

from sim import demography, production
from sim.comparable_prices import price_of, value_added_price
from sim.indicators import INDICATORS
from sim.state import NONE
from tests.sim.small_city import small_model

UNMOVED = {"population.scale": "0.3", "end": "2019Q4"}


def test_a_quarters_market_of_leavers_is_given_once() -> None:
    state = small_model("no_plan").state
    state.arrays["demography.freed_market"] = np.full(len(state.city.sectors.code), 1e6)
    production.step(state)
    assert "demography.freed_market" not in state.arrays


def test_production_tells_what_its_sectors_are() -> None:
    state = small_model("no_plan").state
    production.step(state)
    firms, here = state.firms, state.firms.alive
    sectors = len(state.city.sectors.code)
    mean, workers, made = state.arrays["production.standing"]
    for found, column in (
        (workers, firms.employees),
        (made, firms.real_output),
        (mean * workers, firms.log_tfp * firms.employees),
    ):
        expected = np.bincount(firms.sector[here], column[here], sectors)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-6)


def test_a_firm_closed_by_policy_takes_most_of_its_market_along() -> None:
    state = small_model("no_plan").state
    state.arrays.pop("demography.freed_market", None)
    row = np.flatnonzero(state.firms.alive & state.of_sector("industry"))[:1]
    output = float(state.firms.real_output[row[0]])
    state.firms.annual_revenue[row] = 1e6  # neither listed nor too large to leave
    state.firms.listing_stage[row] = NONE
    lot, chances = np.array([0.5]), np.array([[0.6], [0.4]])
    demography.leave(state, "closures_obsolete", row, lot, chances, 0.25)
    assert not state.firms.alive[row[0]]
    sector = state.firms.sector[row[0]]
    assert state.arrays["demography.freed_market"][sector] == pytest.approx(0.25 * output)
    assert state.arrays["demography.market_beyond_usual"][sector] == pytest.approx(-0.75 * output)


def test_value_added_of_the_city_follows_its_fitted_path_whoever_leaves() -> None:
    """Before the plan all industry grows as the path says, exits and entrants notwithstanding."""
    gaps = []
    for member in range(4):
        model = small_model("no_plan", member, **UNMOVED)
        state = model.state

        def value_added(state=state) -> float:  # type: ignore[no-untyped-def]
            chosen = state.firms.alive & state.of_sector("industry")
            return float(state.firms.value_added[chosen].sum()) / value_added_price(state)

        model.step()
        before, path = value_added(), 0.0
        for _ in range(7):
            model.step()
            path += float(state.world.city_log_growth[state.now])
        gaps.append(np.log(value_added() / before) - path)
    assert np.mean(gaps) == pytest.approx(0.0, abs=0.006)


def test_flows_of_the_opening_are_in_prices_of_the_year_before() -> None:
    """They are averages of a year: deflated by its last quarter they would look too small."""
    state = small_model("no_plan").state
    assert price_of(state) == pytest.approx(float(state.world.ppi[:4].mean()))
    state.quarter += 1
    assert price_of(state) == float(state.world.ppi[4])


def test_the_roster_moves_in_the_first_january_too() -> None:
    """Small firms differ in size from city to city: looked at over several."""
    shares = []
    for member in range(5):
        model = small_model("no_plan", member, **UNMOVED)
        model.step()
        stepped, firms = (
            INDICATORS[name].formula(model.published, model.state.quarter)
            for name in ("step_up_firms", "above_scale_firms")
        )
        shares.append(stepped / firms)
    assert 0.03 < np.mean(shares) < 0.25


def test_a_usual_leaver_leaves_all_and_a_firm_that_policy_keeps_adds_what_was_lost() -> None:
    state = small_model("no_plan").state
    firms, rows = state.firms, np.arange(200, 204)
    firms.real_output[rows], firms.sector[rows] = 10.0, np.arange(4)
    firms.annual_revenue[rows], firms.listing_stage[rows] = 1e6, NONE
    names = ("demography.freed_market", "demography.market_beyond_usual")
    freed, beyond = np.zeros((2, len(state.city.sectors.code)))
    state.arrays.update(zip(names, (freed, beyond), strict=True))
    chances = np.array([[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 1.0, 0.0]])  # now, and usually
    demography.leave(state, "exits", rows, np.full(4, 0.5), chances, 0.3)
    assert freed[:4].tolist() == pytest.approx([10.0, 3.0, 7.0, 0.0])
    assert beyond[:4].tolist() == pytest.approx([0.0, -7.0, 7.0, 0.0])
    assert firms.alive[rows].tolist() == [False, False, True, True]
