"""Some legal scenarios by chance are simulated; hundreds, as runs, by ``python -m tests.fuzz``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from calibration.fits import ensure
from sim.city import load_city
from sim.errors import InputError
from sim.model import simulate_member
from sim.scenario import load_with_plan, project_root
from tests.fuzz.legal import legal_scenario

REFUSED = ("one of the weights must be above zero",)
"""What the ranges of single numbers cannot tell."""


@pytest.mark.parametrize("number", range(24))
def test_a_legal_scenario_runs_or_is_refused(number: int, tmp_path: Path) -> None:
    path = tmp_path / "legal.yaml"
    path.write_text(legal_scenario(number), encoding="utf-8")
    try:
        scenario, plan = load_with_plan(path)
    except InputError as error:
        if any(word in str(error) for word in REFUSED):
            return
        raise
    city = load_city(ensure(scenario.city, scenario.as_of, project_root()))
    with np.errstate(divide="raise", invalid="raise", over="raise"):
        found = simulate_member(scenario, plan, city, 0)
    assert found.failed is None
    assert not np.isinf(found.published).any()
    assert not np.isinf(found.true_state).any()


def test_a_legal_scenario_is_the_same_each_time() -> None:
    assert [legal_scenario(n) for n in range(9)] == [legal_scenario(n) for n in range(9)]
