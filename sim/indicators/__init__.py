"""Indicators: one function each, computed on the statistics bureau's book."""

from __future__ import annotations

from importlib import import_module

from sim.indicators.declare import INDICATORS, Book, Indicator

for _part in (
    "industry", "resources", "economy", "land", "projects", "capital", "listing", "people",
    "ladder",
):  # fmt: skip
    import_module(f"sim.indicators.{_part}")

__all__ = ["INDICATORS", "Book", "Indicator"]
