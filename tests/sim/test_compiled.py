"""The polynomials of exp and log against 64-bit-mantissa arithmetic, and random words in use."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.compiled import exp, log
from sim.lots import EVENTS, words
from sim.rng import KeyedRandom, lower_unit, upper_unit
from tests.sim.small_city import small_model

EXACT = np.finfo(np.longdouble).nmant > np.finfo(np.float64).nmant
UNIT = 2.0**-53
"""Half a unit in the last place of a number just below one, relative."""


def worst(found: list[float], true: np.ndarray) -> float:
    """Return the largest relative error in the units that the functions state, 2**-53."""
    return float(np.max(np.abs((np.array(found, np.longdouble) - true) / true))) / UNIT


@pytest.mark.skipif(not EXACT, reason="the system has no wider floating-point type")
def test_exp_and_log_keep_their_error_bounds() -> None:
    random = np.random.default_rng(5)
    for spread in (1e-6, 0.1, 3.0, 200.0):
        x = random.normal(0.0, spread, 4000).clip(-700.0, 700.0)
        assert worst([exp(v) for v in x], np.exp(x.astype(np.longdouble))) < 1.6
        y = np.exp(x)
        y = y[y != 1.0]
        assert worst([log(v) for v in y], np.log(y.astype(np.longdouble))) < 1.6


def test_exp_and_log_at_round_numbers() -> None:
    assert (exp(0.0), log(1.0)) == (1.0, 0.0)
    assert exp(-1e9) == exp(-700.0) > 0.0
    assert exp(1e9) == exp(700.0) < np.inf
    for power in (-1000, -1, 1, 1000):
        assert log(2.0**power) == pytest.approx(power * np.log(2.0), rel=4e-16)


@given(st.floats(-300.0, 300.0))
def test_log_undoes_exp(x: float) -> None:
    assert log(exp(x)) == pytest.approx(x, rel=4e-16, abs=4e-16)


@given(st.integers(0, 2**64 - 1))
def test_halves_of_a_word_are_uniforms_of_their_own(word: int) -> None:
    upper, lower = upper_unit(np.uint64(word)), lower_unit(np.uint64(word))
    assert 0.0 < upper < 1.0
    assert 0.0 < lower < 1.0
    assert int(upper * 2**32) == word >> 32
    assert int(lower * 2**32) == word % 2**32


def test_the_words_of_a_quarter_are_keyed_by_firm_and_newcomers_get_theirs() -> None:
    state = small_model().state
    first = words(state).copy()
    expected = KeyedRandom(state.random.seed, 0).uniforms(
        "firms/quarter", state.firms.firm_id, state.quarter, 4
    )
    uniform = ((first >> np.uint64(11)).astype(float) + 0.5) / 2**53
    assert uniform.tolist() == expected.tolist()
    rows = {c.name: getattr(state.firms, c.name)[:2].copy() for c in fields(state.firms)}
    rows["firm_id"] = rows["firm_id"] + 10**15
    state.firms.append(rows)
    longer = words(state).copy()
    assert longer[:, :-2].tolist() == first.tolist()
    assert not np.isin(longer[EVENTS, -2:], first).any()
    state.quarter += 1
    assert not np.isin(words(state)[EVENTS], longer[EVENTS]).any()
