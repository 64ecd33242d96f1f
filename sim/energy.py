"""Energy, water and pollutants (steps 5-7): intensities fall with time, price and vintages."""

from __future__ import annotations

import numpy as np

from sim.policy import Terms
from sim.state import CityState, Floats, Integers

PILOT_QUOTA_PRICE = 200.0
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


def class_prices(terms: Terms, per_mu_class: Integers) -> Floats:
    """Return the relative energy price of each firm by its per-mu class."""
    return np.asarray(np.array([1.0, *terms.energy_price])[per_mu_class + 1])


def step(state: CityState) -> None:
    """Move the intensities of energy, water and pollutants by one quarter."""
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    group = firms.per_mu_class.astype(np.int64)
    usual = state.city.sectors.energy_intensity_rel
    heavy = (usual[firms.sector.astype(np.int64)] > np.median(usual[usual > 0])).astype(np.float64)
    target = price_response(
        class_prices(terms, group), class_prices(base, group), p["energy_wrt_price"]
    )
    target += quota_response(terms.energy_quota_price, heavy, p["energy_quota_effect"])
    target -= quota_response(base.energy_quota_price, heavy, p["energy_quota_effect"])
    speed = -np.expm1(np.log1p(-p["energy_adjustment_speed"]) / 4.0)
    energy = _respond(state, "energy.response", target, speed)
    water_target = np.full(
        firms.count,
        p["water_wrt_quota"]
        * float(np.log1p(terms.water_tightening) - np.log1p(base.water_tightening)),
    )
    water = _respond(state, "energy.water_response", water_target, speed)
    # New capital beyond the usual brings newer vintages; the usual is in the autonomous fall.
    beyond = firms.investment - state.arrays.get("investment.usual", firms.investment)
    modern = np.clip(beyond / np.maximum(firms.capital_stock, 1.0), -0.05, 0.15)
    vintage = -p["energy_vintage_gain"] * modern * firms.alive
    firms.energy_intensity *= np.exp(energy + vintage - p["autonomous_energy_fall"] / 4.0)
    firms.water_intensity *= np.exp(water + 0.5 * vintage - p["water_intensity_fall"] / 4.0)
    firms.pollutant_intensity *= np.exp(vintage - p["pollutant_autonomous_fall"] / 4.0)


def _respond(state: CityState, name: str, target: Floats, speed: float) -> Floats:
    """Close part of the gap to the long-run response; return this quarter's log change."""
    done = np.zeros(state.firms.count)
    kept = state.arrays.get(name, np.zeros(0))
    done[: len(kept)] = kept
    change = speed * (target - done)
    state.arrays[name] = done + change
    return np.asarray(change)


def observe(state: CityState) -> dict[str, float]:
    """Return energy (tce), water (m3) and pollutants of the above-scale roster."""
    firms = state.firms
    roster = firms.on_roster & firms.alive
    output = firms.real_output[roster]
    return {
        "industrial_energy": float(firms.energy_intensity[roster] @ output),
        "industrial_water": float(firms.water_intensity[roster] @ output),
        "industrial_pollutants": float(firms.pollutant_intensity[roster] @ output),
    }
