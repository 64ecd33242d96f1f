"""A plan of a few targets and members small enough to count by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.analysis.evaluation import Ensemble
from sim.parameters.declare import Parameter
from sim.plan import Plan, Target
from sim.units import quarter_index

QUARTERS = tuple(range(quarter_index("2018Q1"), quarter_index("2020Q4") + 1))
DEADLINE = QUARTERS[-1]


def target(name: str = "firms", **changes: Any) -> Target:
    """Return a target: at least ten firms at the end of 2020, unless changed."""
    settings: dict[str, Any] = {
        "id": name,
        "clause": 1,
        "reading": "plain",
        "default_reading": True,
        "indicator": name,
        "operator": ">=",
        "low": 10.0,
        "high": None,
        "unit": "firms",
        "baseline": None,
        "deadline": DEADLINE,
        "window": "deadline",
        "window_start": None,
        "target_class": "outcome",
        "assessable": True,
        "reason": "",
        "label_en": f"Number of {name}",
        "label_zh": f"{name}数量",
        "quote": "",
        "status": "plan",
        "department": "",
        "note": "",
    }
    return Target(**(settings | changes))


def plan(*targets: Target) -> Plan:
    """Return a plan of these targets."""
    return Plan("small", "Small plan", "小方案", "2018-04-11", "2018-04-11", "", 8073, targets, {})


def ending(last: Sequence[float]) -> np.ndarray:
    """Return paths that are zero until the last quarter, which holds `last`."""
    paths = np.zeros((len(last), len(QUARTERS)))
    paths[:, -1] = last
    return paths


def ensemble(
    indicators: Mapping[str, np.ndarray],
    baselines: Mapping[str, Sequence[float]] | None = None,
    parameters: Mapping[str, np.ndarray] | None = None,
) -> Ensemble:
    """Return an ensemble of these paths over 2018Q1 to 2020Q4."""
    levels = {name: np.array(values, dtype=float) for name, values in (baselines or {}).items()}
    return Ensemble(QUARTERS, indicators, levels, parameters or {})


def prior(name: str, status: str = "prior", identified: bool = False) -> Parameter:
    """Return a declared standard-normal figure."""
    return Parameter(
        name, 0.0, -1.645, 1.645, "1", "assumed for tests", status,
        f"Figure {name}", f"数字{name}", identified=identified,
    )  # fmt: skip


@dataclass(frozen=True)
class KnownCity:
    """The part of a city that reports ask for."""

    published: Mapping[str, Mapping[str, tuple[float, str]]] = field(default_factory=dict)
    priors: Mapping[str, Parameter] = field(default_factory=dict)
    name: str = "smalltown"
    as_of: str = "2018-04"
