"""Capital: what funds and banks give, what firms want to invest, what is installed (step 7)."""

from __future__ import annotations

from sim import credit, funds, grants, investment
from sim.applicants import applicants
from sim.state import CityState


def initialise(state: CityState) -> None:
    """Set up the funds and their holdings, total credit and usual gearing."""
    investment.initialise(state)
    funds.initialise(state)
    credit.initialise(state)


def step(state: CityState) -> None:
    """Let funds place capital, firms plan investment, banks lend, and install the capital."""
    among = applicants(state)
    funds.step(state, among)
    grants.step(state, among)
    credit.step(state)


def observe(state: CityState) -> dict[str, float]:
    """Return investment, credit and the funds' stocks and flows (yuan, counts)."""
    return investment.observe(state) | funds.observe(state) | credit.observe(state)
