"""Prices, and the value-added rate that moves with them and with tax.

Real value added is measured by single deflation, so that whatever moves value added per unit of
revenue (purchase prices, the trend of the rate) is real growth. The fitted path of the city is
published growth and contains all of that; hence output is the path less the rate's usual movement.
"""

from __future__ import annotations

import numpy as np

from sim.production_kernels import LEAST_RATE
from sim.state import CityState

RATE, VAT, SQUEEZE = "prices.value_added_rate", "prices.vat", "prices.usual_squeeze"
"""What is kept between quarters: the rate and the tax in it, the usual squeeze of inputs."""


def price_of(state: CityState) -> float:
    """Return producer prices of the quarter, 2015 = 1; at the opening those of the year before.

    Flows at the opening are averages of the last full year, so are their prices.
    """
    if state.quarter < state.first:
        return float(state.world.ppi[: state.now + 1].mean())
    return float(state.world.ppi[state.now])


def rate_changes(state: CityState) -> tuple[float, float, float]:
    """Return what moves every value-added rate, against the year before the start.

    Returns
    -------
    squeeze : float
        Rise of purchase prices over producer prices that is not passed on, share of inputs.
    usual : float
        The same without the scenario's shocks.
    vat : float
        Change of value-added tax in value added, share of revenue.
    """
    p, now = state.parameters, state.now
    pressed, usual, tax = state.world.rises
    passed = p["input_price_pass"]
    return passed * pressed[now], passed * usual[now], p["vat_share_of_revenue"] * tax[now]


def usual_rate_growth(state: CityState) -> float:
    """Return how the city's value-added rate grows before the plan, log a quarter.

    The fitted path is real value added by single deflation, so it contains what the rate did
    in the past: output grows by the path less the rate's own movement. The trend of the rate and
    the usual squeeze by purchase prices count; what a scenario or the plan does to the rate comes
    on top and moves value added. Changes of the tax are no growth at comparable prices.
    """
    p, memory = state.parameters, state.memory
    _, usual, _ = rate_changes(state)
    before = memory.get(SQUEEZE, 0.0)
    memory[SQUEEZE] = usual
    # The opening's rate is the mean of the year before: the trend starts from there.
    drift = p["value_added_rate_drift"] / 4.0 if state.quarter > state.first else 0.0
    rate = max(memory[RATE], LEAST_RATE)
    moved = max(drift - (1.0 - rate) * (usual - before), LEAST_RATE - rate)
    return float(np.log1p(moved / rate))


def value_added_price(state: CityState) -> float:
    """Return the deflator of value added: producer prices at the tax rates of the year before.

    Value added by the production approach contains value-added tax. At comparable prices the
    rate of a tax is that of the base period (SNA 2008, chapter 15), so that a cut of the tax
    lowers value added at current prices, and no real growth.
    """
    if state.quarter < state.first:
        return price_of(state)
    vat, rate = rate_changes(state)[2], state.memory[RATE]
    untaxed = max(rate - state.memory.get(VAT, 0.0), LEAST_RATE)
    return price_of(state) * max(1.0 + vat / untaxed, LEAST_RATE / untaxed)


def note_rate(state: CityState, value_added: float, revenue: float) -> None:
    """Keep the published value-added rate of the quarter, against which the next one moves.

    A city without above-scale sales has no rate: it keeps the last one, at first the mean of
    the sector table.
    """
    memory = state.memory
    if revenue > 0.0:
        memory[RATE] = value_added / revenue
    if RATE not in memory:
        memory[RATE] = float(state.city.sectors.value_added_rate.mean())
    memory[VAT] = 0.0 if state.quarter < state.first else rate_changes(state)[2]
