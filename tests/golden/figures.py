"""What three members of the base scenario give at a twentieth of the city: digest and figures.

The digest is over every bit that the members return. Bits hold on one class of processor only:
elsewhere vectorised loops and libraries may round differently, and the figures stand in, nine
digits of each indicator's mean over the members in the last quarter.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from sim.results import declared_layout
from tests.sim.small_city import city_of, scenario_of

FILE = Path(__file__).with_name("golden.json")
MEMBERS = 3
DIGITS = 9


def processor() -> str:
    """Return the class of this processor, as the compiler of the loops knows it."""
    from llvmlite import binding

    features = binding.get_host_cpu_features().flatten()
    return f"{binding.get_host_cpu_name()} {hashlib.sha256(features.encode()).hexdigest()[:12]}"


def found() -> dict[str, Any]:
    """Simulate the members; return digest, figures and the processor's class."""
    from sim.model import simulate_member

    scenario, plan = scenario_of("base", members=str(MEMBERS))
    city, content, last = city_of(scenario.as_of), hashlib.sha256(), []
    for number in range(MEMBERS):
        result = simulate_member(scenario, plan, city, number)
        assert result.failed is None
        for array in (result.published, result.true_state, result.lever_values):
            content.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
        content.update(json.dumps(result.scalars, sort_keys=True).encode())
        last.append(result.published[:, -1])
    means = np.mean(last, axis=0)
    names = [entry.name for entry in declared_layout(city).indicators]
    figures = {
        name: float(f"{value:.{DIGITS}g}")
        for name, value in zip(names, means.tolist(), strict=True)
        if np.isfinite(value)
    }
    return {"digest": content.hexdigest(), "processor": processor(), "figures": figures}
