"""Published growth follows its path whatever the value-added rate does of its own accord."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from sim import comparable_prices as prices
from sim.indicators import INDICATORS
from tests.sim.small_city import small_model


@lru_cache
def after_two_years(*settings: tuple[str, str]) -> dict[str, float]:
    """Return growth (%), value-added rate (%) and revenue of 2019 without the plan."""
    chosen = {"population.scale": "0.2", "end": "2019Q4"} | dict(settings)
    model = small_model("no_plan", 3, **chosen)
    for _ in range(8):
        model.step()
    last = model.state.quarter
    names = ("industrial_value_added_growth", "value_added_rate_industry")
    seen = {name: INDICATORS[name].formula(model.published, last) for name in names}
    return seen | {"revenue": model.published.annual("revenue", last // 4)}


def test_a_trend_of_the_rate_moves_revenue_and_not_published_growth() -> None:
    """The path is value added: a rate that falls a point in two years takes four per cent more."""
    steady = after_two_years(("parameters.value_added_rate_drift", "0.0"))
    falling = after_two_years(("parameters.value_added_rate_drift", "-0.005"))
    lost = steady["value_added_rate_industry"] - falling["value_added_rate_industry"]
    assert 0.5 < lost < 1.0  # half a point a year from the middle of 2017 on, 2019 on average
    growth = "industrial_value_added_growth"
    assert falling[growth] == pytest.approx(steady[growth], abs=0.1)
    assert falling["revenue"] > 1.02 * steady["revenue"]


def test_a_dearer_input_of_a_scenario_lowers_published_growth() -> None:
    usual = after_two_years()
    shocked = after_two_years(("outside_world.purchase_prices", "{shock: 0.1, from: 2019Q1}"))
    growth = "industrial_value_added_growth"
    assert shocked[growth] < usual[growth] - 2.0
    assert shocked["value_added_rate_industry"] < usual["value_added_rate_industry"] - 0.5


def test_a_tax_cut_lowers_the_rate_and_not_growth_at_comparable_prices() -> None:
    usual = after_two_years()
    cut = after_two_years(("outside_world.vat_rate", "{shock: -0.03, from: 2019Q1}"))
    growth = "industrial_value_added_growth"
    assert cut["value_added_rate_industry"] < usual["value_added_rate_industry"] - 0.3
    assert cut[growth] == pytest.approx(usual[growth], abs=0.1)


def test_what_the_rate_does_of_its_own_accord() -> None:
    """Drift of 0.4 points a year on a rate of 0.25: 0.1 points a quarter are 0.4 per cent."""
    state = small_model("no_plan").state
    state.quarter = state.first + 1
    state.parameters = dict(state.parameters) | {
        "value_added_rate_drift": 0.004, "input_price_pass": 0.0,
    }  # fmt: skip
    state.memory[prices.RATE] = 0.25
    assert prices.usual_rate_growth(state) == pytest.approx(np.log(1.004))


def test_a_rate_at_its_least_falls_no_further_and_prices_stay_above_zero() -> None:
    """A hundredth of sales is left to every firm, however dear its inputs and its tax."""
    state = small_model("no_plan").state
    state.quarter = state.first + 1
    state.parameters = dict(state.parameters) | {"value_added_rate_drift": -0.02}
    state.memory[prices.RATE] = 0.011
    assert prices.usual_rate_growth(state) == pytest.approx(np.log(0.010 / 0.011))
    state.memory |= {prices.RATE: 0.01, prices.VAT: 0.03}
    assert prices.value_added_price(state) > 0.0
    for none in (0.0, 0.004):  # below what firms keep: no rise is made of it
        state.memory[prices.RATE] = none
        assert prices.usual_rate_growth(state) == 0.0
