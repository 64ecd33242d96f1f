"""What knowing a figure is worth: the closed form against simulation, and its limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.information import (
    conditional,
    expected_move,
    normal_score,
    prior_ends,
    reliability,
    worth_of,
)
from sim.analysis.levels import drawn_levels
from tests.sim.small_plan import KnownCity, ensemble


def test_the_expected_move_agrees_with_brute_force() -> None:
    # Margin = r x + sqrt(1 - r^2) e; the figure x is read with an error. Of many readings, those
    # in one narrow bin share a conditional frequency: its spread over bins is the expected move.
    random = np.random.default_rng(1)
    figure, rest = random.standard_normal((2, 400_000))
    reached = 0.6 * figure + 0.8 * rest > 0.5
    reading = figure + 0.5 * random.standard_normal(400_000)
    bins = np.argsort(np.argsort(reading)) // 4000
    shares = np.bincount(bins, reached) / np.bincount(bins)
    score = normal_score(float(reached.mean()), 400_000)
    assert expected_move(score, 0.6 * reliability("a_parameter")) == pytest.approx(
        float(shares.std()), abs=0.004
    )


@given(st.floats(-3, 3), st.floats(-1, 1))
def test_a_reading_moves_the_probability_both_ways_and_keeps_its_mean(
    score: float, correlation: float
) -> None:
    move = expected_move(score, correlation)
    overall = conditional(score, 0.0, 0.0)
    assert 0.0 <= move <= np.sqrt(overall * (1.0 - overall)) + 0.02
    low, high = prior_ends(score, correlation**2)
    assert low <= high


def test_a_published_level_is_read_better_than_a_behavioural_parameter() -> None:
    found = worth_of({"land_2017": 0.5, "elasticity": 0.5, "weak": -0.1}, 0.0)
    assert [worth.figure for worth in found] == ["land_2017", "elasticity", "weak"]
    assert [worth.published for worth in found] == [True, False, False]
    assert found[0].move > found[1].move > found[2].move > 0.0
    # At even odds and small correlation the move is r / sqrt(2 pi): 0.0894 * 0.399 = 0.0357.
    assert found[2].move == pytest.approx(0.0357, abs=0.001)


def test_levels_of_the_year_before_the_start_are_figures_too() -> None:
    drawn = {"margin_industrial_revenue_target": np.linspace(90.0, 110.0, 101),
             "margin_gdp_target": np.full(101, 5.0)}  # fmt: skip
    city = KnownCity(published={"gdp": {"2017": (5.0, "cited")}})
    values, figures = drawn_levels(ensemble({}, parameters=drawn), city)
    assert sorted(values) == ["gdp_2017", "industrial_revenue_2017"]
    assert figures["gdp_2017"].status == "cited"
    revenue = figures["industrial_revenue_2017"]
    assert (revenue.status, revenue.central) == ("derived", 100.0)
    assert (revenue.low, revenue.high) == pytest.approx((91.0, 109.0))
