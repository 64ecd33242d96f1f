"""Attainment with probabilities that can be counted on two hands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.analysis.attainment import (
    QUANTILES,
    attained,
    deciding_values,
    first_quarter_likely,
    likelihood,
    margin,
    meets,
    monte_carlo_error,
    quantiles,
    since_window,
)
from sim.units import quarter_name
from tests.sim.small_plan import QUARTERS, ending, target

VALUES = np.array([9.0, 10.0, 11.0])
FINITE = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("operator", "low", "high", "expected"),
    [
        (">=", 10.0, None, [False, True, True]),
        (">", 10.0, None, [False, False, True]),
        ("<=", None, 10.0, [True, True, False]),
        ("<", None, 10.0, [True, False, False]),
        ("between", 9.5, 10.0, [False, True, False]),
    ],
)
def test_every_operator_at_its_edge(
    operator: str, low: float | None, high: float | None, expected: list[bool]
) -> None:
    assert meets(VALUES, operator, low, high).tolist() == expected


def test_a_missing_value_meets_nothing() -> None:
    nothing = np.array([np.nan])
    assert not meets(nothing, ">=", 0.0, None).any()
    assert not meets(nothing, "<", None, 0.0).any()
    assert not meets(nothing, "between", -1.0, 1.0).any()


def test_each_member_rises_above_its_own_baseline() -> None:
    values = np.array([[1.0, 2.0], [1.0, 2.0]])
    above = meets(values, ">", None, None, np.array([0.5, 1.5]))
    assert above.tolist() == [[True, True], [False, True]]
    assert not meets(values, "<", None, None, np.array([1.0, 1.0])).any()


def test_without_a_bound_or_with_an_unknown_operator_it_is_said() -> None:
    with pytest.raises(ValueError, match="needs a bound or a baseline"):
        meets(VALUES, ">=", None, None)
    with pytest.raises(ValueError, match="needs both bounds"):
        meets(VALUES, "between", 1.0, None)
    with pytest.raises(ValueError, match="unknown operator"):
        meets(VALUES, "==", 1.0, None)


def test_the_margin_is_positive_beyond_the_bound_in_either_direction() -> None:
    assert margin(VALUES, ">=", 10.0, None).tolist() == [-1.0, 0.0, 1.0]
    assert margin(VALUES, "<=", None, 10.0).tolist() == [1.0, 0.0, -1.0]
    assert margin(VALUES, "between", 9.0, 10.5).tolist() == [0.0, 0.5, -0.5]


def test_attainment_at_the_deadline_looks_at_each_quarter_alone() -> None:
    values = ending([10.0, 0.0])
    values[1, 4] = 12.0
    holds = attained(values, QUARTERS, target())
    assert np.argwhere(holds).tolist() == [[0, 11], [1, 4]]


def test_each_year_means_every_year_end_and_staying_on_course() -> None:
    each_year = target(window="each_year", window_start=QUARTERS[0])
    values = np.full((3, 12), 10.0)
    values[1, 7] = 9.0  # misses the end of 2019
    values[2, 5] = 9.0  # below in 2019Q2 only, back by the year's end
    holds = attained(values, QUARTERS, each_year)
    assert holds[:, -1].tolist() == [True, False, True]
    assert holds[1].tolist() == [True] * 7 + [False] * 5
    assert holds[2].tolist() == [True] * 5 + [False] + [True] * 6
    assert deciding_values(values, QUARTERS, each_year).tolist() == [10.0, 9.0, 10.0]


def test_a_missing_year_end_decides() -> None:
    each_year = target(window="each_year", window_start=QUARTERS[0])
    values = np.full((1, 12), 10.0)
    values[0, 3] = np.nan
    assert np.isnan(deciding_values(values, QUARTERS, each_year)).all()
    assert not attained(values, QUARTERS, each_year)[0, -1]


def test_what_came_before_a_cumulative_window_does_not_count() -> None:
    values = np.arange(1.0, 13.0)[None, :]  # one a quarter
    late = target(window="cumulative", window_start=QUARTERS[4], low=8.0)
    assert since_window(values, QUARTERS, late)[0, -1] == 8.0
    assert attained(values, QUARTERS, late)[0].tolist() == [False] * 11 + [True]
    full = target(window="cumulative", window_start=QUARTERS[0], low=8.0)
    assert attained(values, QUARTERS, full)[0].tolist() == [False] * 7 + [True] * 5


def test_first_quarter_likely_is_when_the_curve_stays_up() -> None:
    def first(*curve: float) -> str | None:
        found = first_quarter_likely(np.array(curve), QUARTERS)
        return None if found is None else quarter_name(found)

    assert first(0.6, 0.4, 0.5, 0.7) == "2018Q3"
    assert first(0.5, 0.5) == "2018Q1"
    assert first(0.9, 0.49) is None


def test_likelihood_words_at_their_edges() -> None:
    edges = [1.0, 0.99, 0.989, 0.9, 0.66, 0.659, 0.331, 0.33, 0.1, 0.01, 0.0]
    assert [likelihood(p) for p in edges] == [
        "virtually certain",
        "virtually certain",
        "very likely",
        "very likely",
        "likely",
        "about as likely as not",
        "about as likely as not",
        "unlikely",
        "very unlikely",
        "exceptionally unlikely",
        "exceptionally unlikely",
    ]


def test_monte_carlo_error_is_binomial_in_the_middle_and_never_zero() -> None:
    assert monte_carlo_error(0.5, 10_000) == pytest.approx(0.005, rel=1e-3)
    assert monte_carlo_error(1.0, 4) == pytest.approx(0.1)
    assert monte_carlo_error(0.0, 199) == pytest.approx(1 / 400)


def test_quantiles_leave_missing_members_out() -> None:
    values = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]])
    found = quantiles(values)
    assert found[QUANTILES.index(0.5)].tolist()[0] == 2.0
    assert np.isnan(found[:, 1]).all()
    assert quantiles(np.array([1.0, np.nan, 3.0]))[4] == 2.0


@given(arrays(float, 8, elements=FINITE), FINITE, FINITE)
def test_a_higher_bound_is_never_likelier(values: np.ndarray, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert meets(values, ">=", high, None).sum() <= meets(values, ">=", low, None).sum()
    assert meets(values, "<=", None, low).sum() <= meets(values, "<=", None, high).sum()


@given(arrays(float, (6, 3), elements=FINITE))
def test_quantiles_are_sorted_and_inside(values: np.ndarray) -> None:
    found = quantiles(values)
    slack = 1e-9 * np.abs(values).max()
    assert (np.diff(found, axis=0) >= -slack).all()
    assert (found >= values.min(axis=0) - slack).all()
    assert (found <= values.max(axis=0) + slack).all()


@given(arrays(float, (5, 12), elements=FINITE), FINITE)
def test_on_course_for_each_year_once_lost_never_comes_back(values: np.ndarray, low: float) -> None:
    each_year = target(window="each_year", window_start=QUARTERS[0], low=low)
    holds = attained(values, QUARTERS, each_year)
    ends = holds[:, [3, 7, 11]]
    assert (np.diff(ends.astype(int), axis=1) <= 0).all()
    deciding = deciding_values(values, QUARTERS, each_year)
    assert (meets(deciding, ">=", low, None) == holds[:, -1]).all()


@given(st.floats(0, 1), st.integers(1, 10_000))
def test_monte_carlo_error_shrinks_with_members(probability: float, members: int) -> None:
    error = monte_carlo_error(probability, members)
    assert 0 < error <= 0.5
    assert monte_carlo_error(probability, 4 * members) < error
