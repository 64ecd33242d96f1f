"""Regression-adjusted ABC against models whose posterior is known exactly."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.estimate.abc import Sample, epanechnikov, estimate, linear_fit
from calibration.estimate.checks import calibration_rows, replications
from calibration.estimate.posterior import Problem

SIMULATIONS = 6000


def conjugate(seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Return two N(0, 1) parameters; the first is read with error 0.5, the second not at all."""
    random = np.random.default_rng(seed)
    scores = random.standard_normal((SIMULATIONS, 2))
    noise = random.standard_normal((SIMULATIONS, 3))
    summaries = np.column_stack([
        scores[:, 0] + 0.5 * noise[:, 0], 3.0 * noise[:, 1], 100.0 + 7.0 * noise[:, 2],
    ])  # fmt: skip
    return scores, summaries


def test_the_posterior_of_a_conjugate_normal_model() -> None:
    # Prior N(0, 1), one reading y = 1.5 with error 0.5: precision 1 + 4 = 5, so the posterior is
    # N(4/5 * 1.5, 1/5) = N(1.2, 0.2); the other parameter keeps N(0, 1).
    scores, summaries = conjugate()
    sample = estimate(scores, summaries, np.array([1.5, 0.0, 100.0]))
    assert sample.mean == pytest.approx([1.2, 0.0], abs=0.06)
    assert sample.variance == pytest.approx([0.2, 1.0], rel=0.10)
    assert sample.quantiles((0.05, 0.95))[:, 0] == pytest.approx(
        [1.2 - 1.645 * 0.4472, 1.2 + 1.645 * 0.4472], abs=0.08
    )
    assert 0.7 * len(sample.rows) < sample.effective_size <= len(sample.rows)


def test_two_parameters_seen_only_through_their_sum_stay_tied_together() -> None:
    # y = a + b + e, var e = 0.5: a and b each get N(y / 2.5, 1 - 1 / 2.5), covariance -0.4.
    random = np.random.default_rng(2)
    scores = random.standard_normal((SIMULATIONS, 2))
    reading = scores.sum(axis=1) + np.sqrt(0.5) * random.standard_normal(SIMULATIONS)
    sample = estimate(scores, reading[:, None], np.array([1.0]))
    assert sample.mean == pytest.approx([0.4, 0.4], abs=0.05)
    assert sample.variance == pytest.approx([0.6, 0.6], rel=0.08)
    centred = sample.scores - sample.mean
    assert float(sample.weights @ (centred[:, 0] * centred[:, 1])) == pytest.approx(-0.4, abs=0.05)


def test_the_order_of_the_bank_does_not_matter_and_few_simulations_are_refused() -> None:
    scores, summaries = conjugate()
    observed = np.array([0.3, 1.0, 99.0])
    turned = estimate(scores[::-1].copy(), summaries[::-1].copy(), observed)
    assert turned.mean == pytest.approx(estimate(scores, summaries, observed).mean, abs=1e-9)
    with pytest.raises(ValueError, match="too few"):
        estimate(scores[:20], summaries[:20], observed)


def test_kernel_fit_and_resampling_by_hand() -> None:
    assert epanechnikov(np.array([0.0, 1.0]), 1.0).tolist() == [1.0, 0.0]
    # Three points on y = 1 + 2 x: the weight of a point off the line is zero.
    x, y = np.array([[0.0], [1.0], [2.0], [9.0]]), np.array([[1.0], [3.0], [5.0], [0.0]])
    assert linear_fit(x, y, np.array([1.0, 1.0, 1.0, 0.0])).ravel() == pytest.approx([1.0, 2.0])
    sample = Sample(np.array([[1.0], [2.0]]), np.array([0.25, 0.75]), np.arange(2))
    assert sample.resampled(4).ravel().tolist() == [1.0, 2.0, 2.0, 2.0]
    assert sample.below(np.array([1.5])).tolist() == [0.25]
    assert sample.effective_size == pytest.approx(1.6)


def posed(scores: np.ndarray, summaries: np.ndarray) -> Problem:
    """Return a problem without observation."""
    return Problem(("seen", "unseen"), scores, summaries, summaries[0], ("a", "b", "c"))


def test_simulation_based_calibration_passes_where_the_machinery_is_right() -> None:
    scores, summaries = (part[:2500] for part in conjugate())
    rows = calibration_rows(posed(scores, summaries), replications(posed(scores, summaries), 320))
    for row in rows:
        assert float(row["rank_p_value"]) > 0.005
        error = float(row["coverage_mc_error"])
        assert abs(float(row["coverage_90"]) - 0.9) < 3.0 * max(error, 0.017)
    assert [float(row["mean_contraction"]) for row in rows] == pytest.approx([0.8, 0.0], abs=0.06)
    assert float(rows[0]["z_sd"]) == pytest.approx(1.0, abs=0.15)


def test_simulation_based_calibration_finds_a_posterior_that_is_too_narrow() -> None:
    scores, summaries = (part[:2500] for part in conjugate())
    found = replications(posed(scores, summaries), 320)
    # Ranks of a posterior of half the width crowd at both ends.
    found["rank"] = np.clip(0.5 + 2.0 * (found["rank"] - 0.5), 0.0, 1.0)
    rows = calibration_rows(posed(scores, summaries), found)
    assert all(float(row["rank_p_value"]) < 1e-4 for row in rows)
    with pytest.raises(ValueError, match="replications"):
        replications(posed(scores[:100], summaries[:100]), 320)
