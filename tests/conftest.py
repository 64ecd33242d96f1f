"""What every test stands on: one BLAS thread, no display, repeatable property tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from sim.threads import pin_threads

# Before anything imports numpy: with two threads BLAS returns other last bits.
pin_threads()
os.environ.setdefault("MPLBACKEND", "Agg")

# Compiling a kernel on its first call takes seconds: a deadline would fail at random.
settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    max_examples=50,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the project's folder."""
    return Path(__file__).resolve().parents[1]
