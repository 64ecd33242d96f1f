"""Scenario simulator and forecasting engine for regional industrial policy."""

from __future__ import annotations

__version__ = "0.1.0"
