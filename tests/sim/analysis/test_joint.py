"""Joint, pairwise and conditional probabilities counted by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.analysis.attainment import monte_carlo_error
from sim.analysis.joint import conditional, joint, pair

FLAGS = arrays(bool, 8)


def test_joint_and_its_bottlenecks_by_hand() -> None:
    # Members 0..3. a: all but 3; b: 0 and 1; c: all but 0.  Together: member 1 alone.
    reached = {
        "a": np.array([True, True, True, False]),
        "b": np.array([True, True, False, False]),
        "c": np.array([False, True, True, True]),
    }
    found = joint(reached, ["d"])
    assert found.probability == 0.25
    assert found.left_out == ("d",)
    # Without a: {1} = 0.25; without b: {1, 2} = 0.5; without c: {0, 1} = 0.5.
    # b and c tie, and b is the less likely one.
    assert found.bottlenecks == (("b", 0.5), ("c", 0.5))


def test_when_nothing_helps_the_least_likely_are_named() -> None:
    reached = {
        "a": np.array([False, True, False, False]),
        "b": np.array([False, False, False, False]),
        "c": np.array([True, False, True, False]),
    }
    assert joint(reached).bottlenecks == (("b", 0.0), ("a", 0.0))


def test_no_target_has_no_joint_probability() -> None:
    empty = joint({}, ["x", "y"])
    assert empty.probability is None
    assert empty.left_out == ("x", "y")


def test_pair_and_conditional_by_hand() -> None:
    a, b = np.array([True, True, False, False]), np.array([True, False, False, True])
    assert pair(a, b) == 0.25
    assert conditional(a, b) == (0.5, monte_carlo_error(0.5, 2))
    assert conditional(a, np.zeros(4, dtype=bool)) is None


@given(st.lists(FLAGS, min_size=1, max_size=5))
def test_joint_is_at_most_the_least_likely_and_at_least_the_frechet_bound(
    sets: list[np.ndarray],
) -> None:
    shares = [float(reached.mean()) for reached in sets]
    found = joint({str(i): reached for i, reached in enumerate(sets)})
    assert found.probability is not None
    assert found.probability <= min(shares)
    assert found.probability >= max(0.0, sum(shares) - len(shares) + 1) - 1e-12
    for _, without in found.bottlenecks:
        assert without >= found.probability


@given(st.lists(FLAGS, min_size=2, max_size=4))
def test_conditional_times_marginal_is_the_pair(sets: list[np.ndarray]) -> None:
    for a, b in combinations(sets, 2):
        found = conditional(a, b)
        if found is None:
            assert not b.any()
        else:
            assert found[0] * float(b.mean()) == pytest.approx(pair(a, b))
