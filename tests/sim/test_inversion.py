"""Inverse distribution functions against scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri, pdtr
from scipy.stats import norm

from sim.inversion import one_normal, one_poisson, to_normal


def test_normals_keep_fifteen_digits_in_the_centre_and_in_the_tails() -> None:
    tails = 10.0 ** -np.linspace(1.0, 16.0, 400)
    uniforms = np.concatenate([np.random.default_rng(3).random(4000), tails, 1.0 - tails[:300]])
    found = uniforms.copy()
    to_normal(found)
    np.testing.assert_allclose(found, ndtri(uniforms), rtol=3e-15, atol=1e-16)
    assert [one_normal(u) for u in uniforms.tolist()] == found.tolist()
    assert one_normal(0.5) == 0.0
    assert one_normal(norm.cdf(-1.5)) == pytest.approx(-1.5, rel=1e-14)


@pytest.mark.parametrize("mean", [0.01, 3.0, 30.0, 499.0, 1200.0, 4000.0])
def test_a_poisson_count_is_the_first_whose_distribution_reaches_the_uniform(mean: float) -> None:
    uniforms = np.random.default_rng(4).random(2000)
    counts = np.array([one_poisson(uniform, mean) for uniform in uniforms.tolist()])
    close = 1e-11
    assert (uniforms <= pdtr(counts, mean) + close).all()
    assert ((counts == 0) | (uniforms > pdtr(counts - 1, mean) - close)).all()


def test_poisson_counts_at_the_edges() -> None:
    assert [one_poisson(0.3, 0.0), one_poisson(0.999999, 1e6)] == [0, 10_000]
    # exp(-1) = 0.3679, and 0.7358 with the second term.
    assert [one_poisson(u, 1.0) for u in (0.36, 0.37, 0.74)] == [0, 1, 2]
