"""Energy, water and pollutants (steps 5-7): intensities fall with time, price and vintages."""

from __future__ import annotations

import math

import numpy as np

from sim import energy_kernels as kernels
from sim.columns import column
from sim.state import CityState
from sim.units import YUAN

PILOT_QUOTA_PRICE = 200.0 * YUAN
"""Yuan per tce at which the pilots' measured effect is taken to hold (prior: no price seen)."""


def price_response(price: float, reference: float, elasticity: float) -> float:
    """Return the long-run log change of intensity for a change of relative prices.

    Examples
    --------
    >>> round(price_response(2.0, 1.0, -0.3), 3)
    -0.208
    """
    return elasticity * math.log(price / reference)


def quarterly_share(speed: float) -> float:
    """Return the share of a gap that closes in a quarter where `speed` of it closes in a year.

    Examples
    --------
    >>> round(quarterly_share(0.5), 3), quarterly_share(1.0)
    (0.159, 1.0)
    """
    return -math.expm1(math.log1p(-speed) / 4.0) if speed < 1.0 else 1.0


def quota_response(price: float, effect: float) -> float:
    """Return heavy users' log change under quota trading: proportional to its price."""
    return math.log1p(-effect) * min(price / PILOT_QUOTA_PRICE, 3.0)


def step(state: CityState) -> None:
    """Move the intensities of energy, water and pollutants by one quarter."""
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    prices = zip(terms.energy_price, base.energy_price, strict=True)
    # Firms without a class see the same price; classes A to D follow.
    by_class = np.array([0.0, *(price_response(*pair, p["energy_wrt_price"]) for pair in prices)])
    quota = quota_response(terms.energy_quota_price, p["energy_quota_effect"])
    quota -= quota_response(base.energy_quota_price, p["energy_quota_effect"])
    tightening = math.log1p(terms.water_tightening) - math.log1p(base.water_tightening)
    kernels.fall(
        by_class, quota, state.city.sectors.heavy_users, firms.per_mu_class, firms.sector,
        column(state, "energy.response"), p["water_wrt_quota"] * tightening,
        column(state, "energy.water_response"),
        quarterly_share(p["energy_adjustment_speed"]), firms.alive,
        firms.investment, state.arrays.get("investment.usual", firms.investment),
        firms.capital_stock, p["energy_vintage_gain"], (
            p["autonomous_energy_fall"] / 4.0, p["water_intensity_fall"] / 4.0,
            p["pollutant_autonomous_fall"] / 4.0,
        ), firms.energy_intensity, firms.water_intensity, firms.pollutant_intensity,
    )  # fmt: skip
