"""Listing and capital markets over the whole economy (step 10)."""

from __future__ import annotations

from sim import companies, listing_pipeline, market
from sim.state import CityState


def initialise(state: CityState) -> None:
    """Give firms their listing stages, company forms, quotations and market values."""
    listing_pipeline.initialise(state)
    companies.initialise(state)
    market.initialise(state)


def step(state: CityState) -> None:
    """Move the pipeline, convert and quote companies, revalue, and raise funds."""
    listing_pipeline.step(state)
    companies.step(state)
    market.step(state)


def observe(state: CityState) -> dict[str, float]:
    """Return listed firms, the pipeline, companies, market values and funds raised."""
    return listing_pipeline.observe(state) | companies.observe(state) | market.observe(state)
