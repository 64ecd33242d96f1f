"""Demand, output, labour and the current account, firm by firm (docs/odd.md 3.4)."""

from __future__ import annotations

from math import exp, log, log1p
from typing import Any

from sim.production import (
    CERTIFIED_PROFIT_TAX,
    FEES,
    PROFIT_TAX,
    SMALL_EXPORTER,
    SURCHARGE_TAX,
)

TOTALS = (
    "output", "advance", "extra", "capital", "pulled", "workers", "learned", "was", "now",
    "before", "after", "staff_before", "staff_after",
)  # fmt: skip


def unit(word: int) -> float:
    """Return the number in (0, 1) of 64 random bits: the upper 53 and a half."""
    return ((word >> 11) + 0.5) / 2.0**53


def laplace(word: int) -> float:
    """Return the Laplace number of scale one of 64 random bits, by inversion."""
    uniform = unit(word)
    return log(2.0 * uniform) if uniform < 0.5 else -log(2.0 * (1.0 - uniform))


def clip(value: float, low: float, high: float) -> float:
    """Return the value, at least `low` and at most `high`."""
    return min(max(value, low), high)


class Producer:
    """What a firm does in production."""

    def survey(self: Any) -> None:
        """Tell the sector what the firm is and what moved in it since last quarter."""
        city, sector = self.model, self.sector
        new = self.seen_tfp is None
        pull = self.supplier_pull
        if not new:
            pull += city.purchase if self.high_tech else 0.0
            pull -= city.purchase_before if self.seen_certificate else 0.0
        if self.annual_revenue < SMALL_EXPORTER:
            pull += city.export_shift * self.export_share
        score = self.log_tfp + self.quality_level
        self.pressure = city.p["replicator_strength"] * score + pull
        # What chance moved in TFP is no advance of the sector.
        learned = 0.0 if new else self.log_tfp - self.seen_tfp - self.position
        better = 0.0 if new else self.quality_level - self.seen_quality
        sector.output += self.real_output
        sector.advance += self.real_output * (learned + better)
        sector.extra += self.investment - self.usual_investment
        sector.capital += self.capital_stock
        sector.pulled += self.real_output * pull
        if not new and self.seen_capital > 0.0 and self.employees > 0.0:
            sector.workers += self.employees
            sector.learned += self.employees * learned
            sector.was += self.seen_capital
            sector.now += self.capital_stock
        self.seen_tfp, self.seen_quality = self.log_tfp, self.quality_level
        self.seen_capital, self.seen_certificate = self.capital_stock, self.high_tech

    def grow(self: Any) -> None:
        """Move output by competition in the sector, by pull and by chance."""
        city, sector = self.model, self.sector
        if self.size_factor is None or city.quarter % 4 == 0:
            size = max(self.annual_revenue / 50e6, 0.02)
            self.size_factor = exp(city.p["growth_sd_size_exponent"] * log(size))
        scale, lasting = city.p["growth_rate_scale"], city.p["permanent_shock_share"]
        passing = 0.4 * (1.0 - lasting) * scale * self.size_factor * laplace(self.words[1])
        shock = 0.5 * lasting * scale * self.size_factor * laplace(self.words[0])
        shock += passing - self.passing
        self.passing = passing
        sector.before += self.real_output
        self.real_output *= exp(self.pressure + clip(shock, -1.5, 1.5))
        sector.after += self.real_output

    def hire(self: Any) -> None:
        """Take the sector's demand; move staff towards what output needs."""
        city, sector = self.model, self.sector
        share = city.p["capital_share"]
        self.real_output *= sector.output_factor
        # Output = exp(log TFP) * capital**share * staff**(1 - share), solved for staff.
        needed = log(max(self.real_output, 1.0)) - self.log_tfp
        needed = (needed - share * log(max(self.capital_stock, 1.0))) / (1.0 - share)
        gap = needed - log(max(self.employees, 1.0))
        if self.laid_out_for is None:
            self.laid_out_for = gap
        move = city.p["labour_adjustment"] * clip(gap - self.laid_out_for, -1.5, 1.5)
        sector.staff_before += self.employees
        self.employees *= exp(move)
        sector.staff_after += self.employees

    def settle(self: Any) -> None:
        """Sell, and pay suppliers, staff, taxes, interest, fees and owners."""
        city, p, sector = self.model, self.model.p, self.sector
        self.employees *= sector.staff_factor
        self.wage *= city.wage_factor
        self.revenue = self.real_output * (1.0 if sector.service else city.price)
        rate = self.value_added_rate - (1.0 - self.value_added_rate) * city.squeeze
        self.value_added = self.revenue * clip(rate + city.vat_change, 0.01, 0.95)
        self.annual_revenue = 0.75 * self.annual_revenue + self.revenue
        wages = self.wage * self.employees
        turnover_tax = city.turnover_tax * self.revenue
        interest = city.interest * self.debt
        fees = city.fee * self.revenue
        dearer = city.class_prices[self.per_mu_class + 1] - 1.0
        surcharge = dearer * p["energy_price_level"] * self.energy_intensity * self.real_output
        profit = self.value_added - wages - turnover_tax - interest - fees - surcharge
        profit -= p["depreciation_rate"] / 4.0 * self.capital_stock
        rate = CERTIFIED_PROFIT_TAX if self.high_tech else PROFIT_TAX
        profit_tax = rate * max(profit, 0.0)
        payout = p["payout_share"] * max(profit - profit_tax, 0.0)
        inputs = self.revenue - self.value_added
        self.profit, self.tax = profit, turnover_tax + profit_tax
        self.cash += self.revenue - inputs - wages - self.tax - interest - fees - surcharge - payout
        city.pay("outside", "firms", "sales", self.revenue)
        city.pay("firms", "outside", "inputs", inputs)
        city.pay("firms", "households", "wages", wages)
        city.pay("firms", "government", "tax", self.tax)
        city.pay("firms", "banks", "interest", interest)
        city.pay("firms", "outside", "fees", fees)
        city.pay("firms", "government", "energy_surcharge", surcharge)
        city.pay("firms", "households", "payout", payout)


def step(city: Any) -> None:
    """Let demand reach sectors, and firms produce, hire and settle."""
    for sector in city.sectors:
        sector.clear(*TOTALS)
    _conditions(city)
    city.firms.do("survey")
    _demand(city)
    city.firms.do("grow")
    for sector in city.sectors:
        grown = exp(sector.growth + sector.market)
        sector.output_factor = sector.before * grown / sector.after if sector.after > 0.0 else 0.0
    city.firms.do("hire")
    _labour(city)
    city.firms.do("settle")


def _conditions(city: Any) -> None:
    """Note what all firms face this quarter."""
    p, terms, usual, now = city.p, city.terms, city.reference, city.now
    purchase = (terms.first_purchase - usual.first_purchase) * p["first_purchase_demand"]
    city.purchase_before = purchase if city.purchase is None else city.purchase
    city.purchase = purchase
    city.export_shift = 0.25 * (terms.export_shift - usual.export_shift)
    city.price = now("ppi")
    city.wage_factor = exp(p["wage_indexation"] * now("wage_log_growth"))
    pressed = now("purchase_prices") / now("ppi") / city.price_gap_before - 1.0
    city.squeeze = p["input_price_pass"] * pressed
    vat = now("vat_rate")
    city.vat_change = p["vat_share_of_revenue"] * (vat / city.vat_before - 1.0)
    city.turnover_tax = p["vat_share_of_revenue"] * vat / 0.17 + SURCHARGE_TAX
    # The city's path is real value added: output grows by it less what the rate does by itself.
    squeezed = now("usual_price_gap") / city.usual_gap_before - 1.0
    squeezed *= p["input_price_pass"]
    drift = p["value_added_rate_drift"] / 4.0 if city.quarter > city.first else 0.0
    fall = (1.0 - city.published_rate) * (squeezed - city.usual_squeeze)
    city.rate_growth = log1p((drift - fall) / city.published_rate)
    city.usual_squeeze = squeezed
    city.interest = (now("interest_rate") - terms.spread_cut) / 4.0
    city.fee = max(FEES - (terms.cost_cut - usual.cost_cut), 0.0)
    city.class_prices = (1.0, *terms.energy_price)


def tfp_trend(p: Any) -> float:
    """Return the trend of log TFP a year that carries trend growth at trend employment."""
    labour = (1.0 - p["capital_share"]) * p["employment_trend"]
    return log1p(p["trend_growth"]) - p["capital_share"] * p["capital_trend"] - labour


def _demand(city: Any) -> None:
    """Set each sector's growth: the city's path, tilts, competitiveness, leavers' market."""
    p, now = city.p, city.now
    industry = sum(s.output for s in city.sectors if not s.service)
    trend = log1p(p["trend_growth"]) / 4.0
    nation = now("industrial_log_growth")
    ahead = now("export_log_growth") - nation
    for s in city.sectors:
        s.weight = 0.0 if s.service else s.output / industry
        s.tilt = (
            p["sector_loading_dispersion"] * s.strategic_emerging_share * (nation - trend)
            + 0.25 * p["high_tech_growth_gap"] * s.high_tech_share
            + p["export_pass_through"] * s.export_share * ahead
        )
    mean_tilt = sum(s.weight * s.tilt for s in city.sectors)
    for s in city.sectors:
        s.market = 0.0
        if s.output > 0.0:
            s.market = log1p(clip(s.freed_market / s.output, -0.5, 1.0))
        s.freed_market = s.market_beyond_usual = 0.0
        if s.service:
            s.growth = now("information_economy_log_growth")
            continue
        gained = 0.0
        if s.output > 0.0:
            tfp = s.advance / s.output - 0.25 * tfp_trend(p)
            built = clip((s.extra + s.new_plants) / max(s.capital, 1.0), -0.1, 0.1)
            gained = p["competitiveness_gain"] * (tfp + p["capital_share"] * built)
            gained += s.pulled / s.output
        s.new_plants = 0.0
        s.growth = now("city_log_growth") - city.rate_growth + s.tilt - mean_tilt + gained


def _labour(city: Any) -> None:
    """Set how each sector's staff moves: part of what its output, TFP and capital ask for."""
    p = city.p
    share, speed = p["capital_share"], p["labour_adjustment"]
    unhired = 1.0 - (1.0 - p["verdoorn_coefficient"]) * (1.0 - share)
    beyond = city.now("city_log_growth") - log1p(p["trend_growth"]) / 4.0
    steady = p["employment_trend"] / 4.0 * (1.0 / speed - 1.0)
    for s in city.sectors:
        tfp = s.learned / s.workers if s.workers > 0.0 else 0.0
        capital = clip(log(max(s.now, 1.0) / max(s.was, 1.0)), -0.2, 0.2)
        # What only moves between output and inputs needs no other hands.
        wanted = s.growth + city.rate_growth - unhired * beyond - tfp - share * capital
        wanted /= 1.0 - share
        waiting = (steady if s.labour_gap is None else s.labour_gap) + (
            0.5 * s.growth if s.service else wanted
        )
        s.labour_gap = (1.0 - speed) * waiting
        total = s.staff_before * exp(speed * waiting)
        s.staff_factor = total / s.staff_after if s.staff_after > 0.0 else 0.0
