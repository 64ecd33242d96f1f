"""Certificates and the ladder of firms (step 11)."""

from __future__ import annotations

from sim import certificates, tiers
from sim.state import CityState


def initialise(state: CityState) -> None:
    """Certify firms, then give them their tiers and leaders."""
    certificates.initialise(state)
    tiers.initialise(state)


def step(state: CityState) -> None:
    """Renew and grant certificates, then review the tiers."""
    certificates.step(state)
    tiers.step(state)


def observe(state: CityState) -> dict[str, float]:
    """Return certified firms, firms by tier and the moves of the quarter (counts)."""
    return certificates.observe(state) | tiers.observe(state)
