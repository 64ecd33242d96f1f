"""What every test stands on: one BLAS thread, no display, repeatable property tests."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from sim.threads import pin_threads

# Before anything imports numpy: with two threads BLAS returns other last bits.
pin_threads()
# A shell makes its jobs in the background ignore these, and children inherit it.
for _number, _usual in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGHUP, signal.SIG_DFL),
):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _usual)
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
