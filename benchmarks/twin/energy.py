"""Energy, water and pollutants, firm by firm (docs/odd.md 3.7)."""

from __future__ import annotations

from math import exp, expm1, log, log1p
from statistics import median
from typing import Any

from benchmarks.twin.production import clip
from sim.energy import PILOT_QUOTA_PRICE


class Consumer:
    """What a firm does with energy and water."""

    def save_energy(self: Any) -> None:
        """Let intensities fall with time, price, quota and new vintages of capital."""
        city, p = self.model, self.model.p
        now, before = city.class_prices[self.per_mu_class + 1], city.usual_class_prices
        target = p["energy_wrt_price"] * log(now / before[self.per_mu_class + 1])
        if self.sector.heavy:
            target += city.quota_effect
        step = city.energy_speed * (target - self.energy_response)
        drop = city.energy_speed * (city.water_target - self.water_response)
        self.energy_response += step
        self.water_response += drop
        beyond = (self.investment - self.usual_investment) / max(self.capital_stock, 1.0)
        vintage = -p["energy_vintage_gain"] * clip(beyond, -0.05, 0.15)
        self.energy_intensity *= exp(step + vintage - p["autonomous_energy_fall"] / 4.0)
        self.water_intensity *= exp(drop + 0.5 * vintage - p["water_intensity_fall"] / 4.0)
        self.pollutant_intensity *= exp(vintage - p["pollutant_autonomous_fall"] / 4.0)


def step(city: Any) -> None:
    """Move the intensities of every firm by one quarter."""
    p, terms, usual = city.p, city.terms, city.reference
    users = [s.energy_intensity_rel for s in city.sectors if s.energy_intensity_rel > 0.0]
    middle = median(users)
    for sector in city.sectors:
        sector.heavy = sector.energy_intensity_rel > middle
    city.usual_class_prices = (1.0, *usual.energy_price)
    now, before = (
        log1p(-p["energy_quota_effect"]) * min(each.energy_quota_price / PILOT_QUOTA_PRICE, 3.0)
        for each in (terms, usual)
    )
    city.quota_effect = now - before
    tighter = log1p(terms.water_tightening) - log1p(usual.water_tightening)
    city.water_target = p["water_wrt_quota"] * tighter
    city.energy_speed = -expm1(log1p(-p["energy_adjustment_speed"]) / 4.0)
    city.firms.do("save_energy")
