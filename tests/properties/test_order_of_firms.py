"""Where a firm stands in the table means nothing: the whole model on firms in another order."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from sim import opening
from sim.model import simulate_member
from sim.state import Firms
from tests.sim.small_city import city_of, scenario_of


@pytest.mark.parametrize("seed", [0, 1])
def test_permuting_the_firms_moves_no_figure(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve quarters, every process: sums in another order differ in their last bits only."""
    scenario, plan = scenario_of("base", **{"population.scale": "0.1"})
    city = city_of(scenario.as_of)
    straight = simulate_member(scenario, plan, city, seed)
    ordinary = opening.synthesise
    moved = []

    def shuffled(*arguments: Any) -> Firms:
        firms = ordinary(*arguments)
        named = len(city.giants)  # they are found by their place
        order = np.arange(firms.count)
        order[named:] = np.random.default_rng(seed).permutation(order[named:])
        moved.append(int((order != np.arange(firms.count)).sum()))
        return Firms(
            **{column.name: getattr(firms, column.name)[order] for column in fields(firms)}
        )

    monkeypatch.setattr(opening, "synthesise", shuffled)
    permuted = simulate_member(scenario, plan, city, seed)
    assert (straight.failed, permuted.failed) == (None, None)
    assert moved[0] > 5_000
    for book in ("published", "true_state", "lever_values"):
        np.testing.assert_allclose(
            getattr(permuted, book), getattr(straight, book), rtol=1e-9, atol=1e-9
        )
