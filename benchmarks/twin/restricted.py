"""The engine restricted to what the twin covers: results and speed compared on the same work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim import (
    capital,
    credit,
    demography,
    energy,
    innovation,
    ladder,
    per_mu,
    production,
    talent,
)

if TYPE_CHECKING:
    from sim.model import CityModel
    from sim.state import CityState

COVERED = (per_mu, production, innovation, capital, energy, talent, demography, ladder)
"""Modules of the engine whose ``step`` the twin writes again, in the order of the quarter."""


LOOPS = (production, innovation, credit, energy)
"""What :mod:`benchmarks.twin.columns` writes in numpy: capital without funds and grants."""


def terms_by_quarter(model: CityModel) -> dict[int, tuple[Any, Any]]:
    """Return the terms in force and the reference terms of every quarter of a member."""
    quarters = model.scenario.quarters
    return {
        quarter: (policy.terms, policy.reference)
        for quarter, policy in zip(quarters, model.policies, strict=True)
    }


def step(
    state: CityState, terms: Mapping[int, tuple[Any, Any]], processes: tuple[Any, ...] = COVERED
) -> None:
    """Simulate one quarter of the covered processes with the engine's own code."""
    state.quarter += 1
    state.ledger.flows.clear()
    state.counts.clear()
    state.tallies.clear()
    state.terms, state.reference = terms[state.quarter]
    for process in processes:
        process.step(state)
