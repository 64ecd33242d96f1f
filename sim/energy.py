"""Energy, water and pollutants (steps 5-7): intensities fall with time, price and vintages."""

from __future__ import annotations

import numpy as np

from sim import energy_kernels as kernels
from sim.columns import column
from sim.policy import Terms
from sim.state import CityState, Floats
from sim.units import YUAN

PILOT_QUOTA_PRICE = 200.0 * YUAN
"""Yuan per tce at which the pilots' measured effect is taken to hold (prior: no price seen)."""


def price_response(price: Floats, reference: Floats, elasticity: float) -> Floats:
    """Return the long-run log change of intensity for a change of relative prices.

    Examples
    --------
    >>> price_response(np.array([2.0]), np.array([1.0]), -0.3).round(3)
    array([-0.208])
    """
    return np.asarray(elasticity * np.log(price / reference))


def quota_response(price: float, heavy: Floats, effect: float) -> Floats:
    """Return the log change under quota trading: proportional to its price, heavy users only."""
    return np.asarray(np.log1p(-effect) * min(price / PILOT_QUOTA_PRICE, 3.0) * heavy)


def class_prices(terms: Terms) -> Floats:
    """Return the relative energy price of firms without a class, then of classes A to D."""
    return np.array([1.0, *terms.energy_price])


def long_run_response(state: CityState) -> Floats:
    """Return the long-run log change of energy intensity, shape (classes and none, sectors)."""
    p, terms, base = state.parameters, state.terms, state.reference
    heavy = state.city.sectors.heavy_users
    by_class = price_response(class_prices(terms), class_prices(base), p["energy_wrt_price"])
    target = by_class[:, None] + quota_response(
        terms.energy_quota_price, heavy, p["energy_quota_effect"]
    )
    target -= quota_response(base.energy_quota_price, heavy, p["energy_quota_effect"])
    return np.asarray(target)


def step(state: CityState) -> None:
    """Move the intensities of energy, water and pollutants by one quarter."""
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    tightening = float(np.log1p(terms.water_tightening) - np.log1p(base.water_tightening))
    falls = ("autonomous_energy_fall", "water_intensity_fall", "pollutant_autonomous_fall")
    kernels.fall(
        long_run_response(state), firms.per_mu_class, firms.sector,
        column(state, "energy.response"), p["water_wrt_quota"] * tightening,
        column(state, "energy.water_response"),
        float(-np.expm1(np.log1p(-p["energy_adjustment_speed"]) / 4.0)), firms.alive,
        firms.investment, state.arrays.get("investment.usual", firms.investment),
        firms.capital_stock, p["energy_vintage_gain"],
        np.array([p[name] / 4.0 for name in falls]), firms.energy_intensity,
        firms.water_intensity, firms.pollutant_intensity,
    )  # fmt: skip
