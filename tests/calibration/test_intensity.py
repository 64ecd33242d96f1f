"""Counts with a wandering log intensity: known answers at the edges, and what the doubt costs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import gammaln

from calibration.intensity import (
    GRID,
    POINTS,
    draw_intensity,
    fit_intensity,
    predict_counts,
    prior_points,
    transition,
)
from calibration.specs import LISTING_PRIORS

ONE = np.ones(1)


def wandering(quarters: int, sd: float, persistence: float) -> np.ndarray:
    generator = np.random.default_rng(4)
    state, counts = 0.0, np.empty(quarters)
    for quarter in range(quarters):
        noise = np.sqrt(1.0 - persistence**2) * generator.standard_normal()
        state = persistence * state + noise
        counts[quarter] = generator.poisson(3.0 * np.exp(sd * state))
    return counts


def test_points_are_those_of_the_priors() -> None:
    points = prior_points()
    assert points.shape == (POINTS, len(LISTING_PRIORS))
    assert np.median(points, axis=0) == pytest.approx([p.centre for p in LISTING_PRIORS], rel=0.01)
    assert points[:, 0].std() == pytest.approx(LISTING_PRIORS[0].spread, rel=0.02)
    assert np.log(points[:, 1]).std() == pytest.approx(LISTING_PRIORS[1].spread, rel=0.02)


def test_states_keep_their_unit_variance_from_quarter_to_quarter() -> None:
    kernel = transition(np.array([0.0, 0.8]))
    at_rest = np.exp(-0.5 * GRID**2)
    at_rest /= at_rest.sum()
    for matrix, persistence in zip(kernel, (0.0, 0.8), strict=True):
        assert matrix.sum(axis=1) == pytest.approx(np.ones(len(GRID)))
        after = at_rest @ matrix
        assert after @ GRID**2 == pytest.approx(1.0, abs=0.01)
        # From two deviations up the mean falls to 0.8 of that, or to nothing.
        assert matrix[30] @ GRID == pytest.approx(2.0 * persistence, abs=0.01)


def test_without_a_count_the_posterior_is_the_prior() -> None:
    none = np.array([])
    fit = fit_intensity(none.astype(np.int64), none, none, 7)
    assert fit.weights == pytest.approx(np.full(POINTS, 1.0 / POINTS))
    assert fit.log_evidence == pytest.approx(0.0)
    assert fit.quarter == 7


def test_one_count_has_the_likelihood_of_a_mixture() -> None:
    fit = fit_intensity(np.array([7]), 2.0 * ONE, ONE, 7)
    place = np.exp(-0.5 * GRID**2)
    place /= place.sum()
    points = prior_points()
    logs = points[:, :1] + points[:, 1:2] * GRID
    by_hand = np.exp(2.0 * logs - np.exp(logs) - gammaln(3.0)) @ place
    assert fit.log_evidence == pytest.approx(float(np.log(by_hand.mean())))


def test_counts_that_come_together_are_told_from_those_that_do_not() -> None:
    exposure, quarters = np.ones(160), np.arange(160)
    together = fit_intensity(quarters, wandering(160, 0.9, 0.9), exposure, 159)
    apart = fit_intensity(
        quarters, np.random.default_rng(4).poisson(3.0, 160).astype(float), exposure, 159
    )
    assert together.mean()[1] == pytest.approx(0.9, abs=0.35)
    assert together.mean()[2] > 0.8
    assert apart.mean()[1] < 0.3
    # What a run of good years may still bring is far less certain than single quarters are.
    ahead, open_ = np.arange(160, 172), np.ones(12)
    sums = [
        predict_counts(fit, ahead, open_, 4000, np.random.default_rng(0)).sum(axis=1)
        for fit in (together, apart)
    ]
    assert sums[1].std() == pytest.approx(6.0, abs=2.0)
    assert sums[0].std() > 2.0 * sums[1].std()


def test_a_gap_is_bridged_and_draws_are_joint() -> None:
    fit = fit_intensity(np.array([0, 8]), np.array([9.0, 9.0]), np.ones(2), 8)
    parameters, state = draw_intensity(fit, 4000, np.random.default_rng(0))
    # High counts: either a high rate or a high state, seldom both.
    assert np.corrcoef(parameters[:, 0], state)[0, 1] < -0.2
    assert np.exp(parameters[:, 0] + parameters[:, 1] * state).mean() == pytest.approx(8.5, abs=1.5)
