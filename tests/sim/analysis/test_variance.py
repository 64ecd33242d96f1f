"""The nested design: known shares of a made-up quantity, and streams that move apart."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.variance import BLOCKS, design, shares
from sim.uncertainty import GROUPS, sources

MEMBERS = 4000


def drawn(number: int, weights: dict[str, float]) -> float:
    """Return a sum of one normal number per group, as a model would draw them."""
    random = design(7, number, MEMBERS)
    return sum(w * getattr(random, group).normal(group) for group, w in weights.items())


def blocks(weights: dict[str, float]) -> dict[str, np.ndarray]:
    """Return the design's values of a weighted sum."""
    values = {}
    for block, name in enumerate(BLOCKS):
        numbers = range(block * MEMBERS, (block + 1) * MEMBERS)
        values[name] = np.array([drawn(number, weights) for number in numbers])
    return values


def test_shares_of_an_additive_quantity_are_those_of_its_variance() -> None:
    # 3 parameters + 4 chance: 9 and 16 of 25.
    found = shares(blocks({"parameters": 3.0, "chance": 4.0}))
    assert found is not None
    by_group = {share.group: share for share in found}
    for group, share in (("parameters", 0.36), ("chance", 0.64), ("outside_world", 0.0)):
        for value, error in ((by_group[group].first, by_group[group].first_error),
                             (by_group[group].total, by_group[group].total_error)):  # fmt: skip
            assert value == pytest.approx(share, abs=4.0 * max(error, 0.005))
            assert error < 0.04


def test_an_interaction_is_in_the_totals_only() -> None:
    table = np.random.default_rng(3).standard_normal((2, 2, MEMBERS))
    one, other = table
    values = dict.fromkeys(BLOCKS, one[0] * other[0])
    values |= {
        "b": one[1] * other[1], "parameters": one[1] * other[0], "chance": one[0] * other[1]
    }  # fmt: skip
    found = {share.group: share for share in shares(values) or ()}
    assert found["parameters"].first == pytest.approx(0.0, abs=0.1)
    assert found["parameters"].total == pytest.approx(1.0, abs=0.1)
    assert found["implementation"].total == 0.0


def test_a_quantity_that_does_not_vary_has_no_shares() -> None:
    assert shares({name: np.ones(10) for name in BLOCKS}) is None
    holes = {name: np.array([1.0, 2.0, np.nan]) for name in BLOCKS}
    assert shares(holes) is not None


def test_one_group_moves_and_the_others_stay() -> None:
    plain, moved = sources(3, 5), sources(3, 5, {"outside_world": 9})
    assert moved.outside_world.normal("outside/drivers") == sources(3, 9).outside_world.normal(
        "outside/drivers"
    )
    for group in set(GROUPS) - {"outside_world"}:
        assert getattr(moved, group).normal("x") == getattr(plain, group).normal("x")
    # Share prices are the outside world's, though a process draws them.
    assert moved.chance.normal("market/index") == sources(3, 9).chance.normal("market/index")
    assert moved.chance.normal("market/firm") == plain.chance.normal("market/firm")
    with pytest.raises(KeyError):
        sources(3, 5, {"weather": 1})
