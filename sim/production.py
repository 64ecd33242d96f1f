"""Demand, output, labour and the firms' current accounts (steps 4 and 5 of a quarter).

Demand reaches each sector of the city along the fitted latent path of the city's industry
(reference form: what the city would have sold under the policy before the plan). The city's
sectors gain or lose against the rest of the country by the growth of their productivity,
capacity and quality beyond the reference; within a sector shares move by replicator dynamics
plus Laplace shocks whose size falls with the firm's size.
"""

from __future__ import annotations

from collections.abc import Mapping

import numba as nb
import numpy as np

from sim.state import CityState, Flags, Floats, Integers

QUARTER_SHARE = 0.25
FEES = 0.012
"""Fees, logistics and other burdens that clause 28 can cut, share of revenue (prior)."""
PROFIT_TAX, CERTIFIED_PROFIT_TAX = 0.25, 0.15
"""Corporate income tax; 15 % for certified high-tech firms (国科发火〔2008〕172号)."""
SURCHARGE_TAX = 0.008
"""Stamp, property and urban-maintenance taxes, share of revenue (order of magnitude, prior)."""


def sector_growth(
    city_growth: float,
    weight: Floats,
    emerging: Floats,
    high_tech: Floats,
    export: Floats,
    national: tuple[float, float],
    coefficients: tuple[float, float, float],
) -> Floats:
    """Return the growth of each sector's demand, log per quarter, shape (sectors,).

    The output-weighted mean equals the city's path; sectors differ by cyclicality, by the
    growth lead of high-tech sectors and by exports.

    Parameters
    ----------
    city_growth : float
        Log growth of the city's industry in the quarter.
    weight : ndarray, shape (sectors,)
        Output shares (services zero).
    emerging, high_tech, export : ndarray, shape (sectors,)
        Strategic emerging, high-tech and export shares.
    national : tuple
        (deviation of national industrial growth from trend, export less industrial growth).
    coefficients : tuple
        (cyclical dispersion, yearly high-tech growth lead, export pass-through).

    Examples
    --------
    >>> flat = np.array([0.5, 0.5])
    >>> sector_growth(0.02, flat, 0 * flat, np.array([0.0, 1.0]), 0 * flat, (0, 0), (0, 0.08, 0))
    array([0.01, 0.03])
    """
    cycle, lead, exports = coefficients
    deviation, export_gap = national
    tilt = cycle * emerging * deviation + QUARTER_SHARE * lead * high_tech
    tilt = tilt + exports * export * export_gap
    return city_growth + tilt - float(weight @ tilt) / max(float(weight.sum()), 1e-300)


@nb.njit(cache=True, nogil=True)
def _grow(output, sector, active, score, shock, base, strength, mean, scratch):  # type: ignore[no-untyped-def]
    """Weight each firm's output by competitiveness and shock; return sums by sector."""
    before = np.zeros(len(base))
    after = np.zeros(len(base))
    for i in range(len(output)):
        if active[i]:
            s = sector[i]
            scratch[i] = output[i] * np.exp(strength * (score[i] - mean[s]) + shock[i])
            before[s] += output[i]
            after[s] += scratch[i]
    for i in range(len(output)):
        if active[i]:
            s = sector[i]
            output[i] = scratch[i] * before[s] * np.exp(base[s]) / after[s]
    return before


def size_spread(revenue: Floats, exponent: float) -> Floats:
    """Return the size factor of growth shocks: one at 50 million yuan a year.

    Examples
    --------
    >>> size_spread(np.array([50e6, 50e8]), -0.15).round(2)
    array([1. , 0.5])
    """
    return np.asarray(np.maximum(revenue / 50e6, 0.02) ** exponent)


def firm_shocks(state: CityState) -> Floats:
    """Return log shocks of the quarter: a permanent part and the change of a passing part."""
    firms, p = state.firms, state.parameters
    scale = p["growth_rate_scale"] * size_spread(
        firms.annual_revenue, p["growth_sd_size_exponent"]
    )
    draws = state.random.laplaces("production/sales", firms.firm_id, state.quarter, 2)
    passed = state.random.laplaces("production/sales", firms.firm_id, state.quarter - 1, 2)[1]
    passed = np.where(firms.birth_quarter >= state.quarter - 1, 0.0, passed)
    share = p["permanent_shock_share"]
    shock = scale * (0.5 * share * draws[0] + 0.4 * (1.0 - share) * (draws[1] - passed))
    return np.asarray(np.clip(shock, -1.5, 1.5))


def supply_advance(state: CityState, active: Flags, sector: Integers, weight: Floats) -> Floats:
    """Return growth of TFP, capacity and quality beyond the reference, log, by sector.

    The reference path is the estimated trend: it already contains what the policy before the
    plan achieved.
    """
    firms, p = state.firms, state.parameters
    count = len(state.city.sectors.code)
    capital = np.bincount(sector[active], firms.capital_stock[active], count)
    level = firms.log_tfp + firms.quality_level
    last_level = state.arrays.get("production.level", level)
    last_capital = state.arrays.get("production.capital", capital)
    known = len(last_level)
    change = np.zeros(firms.count)
    change[:known] = level[:known] - last_level
    position = state.arrays.get("innovation.position", np.zeros(0))
    change[: len(position)] -= position
    total = np.maximum(np.bincount(sector[active], weight[active], count), 1e-300)
    first = "production.level" not in state.arrays
    drift = 0.0 if first else QUARTER_SHARE * tfp_trend(p)
    trend = 0.0 if first else QUARTER_SHARE * p["capital_trend"]
    tfp = np.bincount(sector[active], (weight * change)[active], count) / total - drift
    grown = np.log(np.maximum(capital, 1.0) / np.maximum(last_capital, 1.0)) - trend
    state.arrays["production.level"] = level.copy()
    state.arrays["production.capital"] = capital
    capacity = p["capital_share"] * np.clip(grown, -0.1, 0.1)
    return np.asarray(np.where(total > 1e-200, tfp + capacity, 0.0))


def demand_pull(state: CityState) -> Floats:
    """Return policy demand and leaders' pull on each firm, log, shape (firms,)."""
    firms, p = state.firms, state.parameters
    purchase = state.terms.first_purchase * p["first_purchase_demand"]
    base = state.reference.first_purchase * p["first_purchase_demand"]
    level = np.where(firms.high_tech, purchase - base, 0.0)
    shift = QUARTER_SHARE * (state.terms.export_shift - state.reference.export_shift)
    small = firms.annual_revenue < 4e8
    old = state.arrays.get("production.purchase", np.zeros(0))
    change = level.copy()
    change[: len(old)] -= old
    change[len(old) :] = 0.0
    state.arrays["production.purchase"] = level
    pull = change + np.where(small, shift * firms.export_share, 0.0)
    chain = state.arrays.get("ladder.supplier_pull", np.zeros(0))
    pull[: len(chain)] += chain
    return pull


def step(state: CityState) -> None:
    """Set output, employment and the current account of every firm for the quarter."""
    firms, p, world, now = state.firms, state.parameters, state.world, state.now
    table = state.city.sectors
    sector = firms.sector.astype(np.int64)
    active = firms.alive
    weight = firms.real_output
    sums = np.bincount(sector[active], weight[active], len(table.code))
    industry_weight = np.where(table.industry, sums, 0.0)
    industry_weight = industry_weight / max(industry_weight.sum(), 1e-300)
    trend = np.log1p(p["trend_growth"]) / 4.0
    state.memory["production.tfp_trend"] = tfp_trend(p)
    nation = float(world.industrial_log_growth[now])
    export_gap = float(world.export_log_growth[now]) - nation
    base = sector_growth(
        float(world.city_log_growth[now]), industry_weight,
        table.strategic_emerging_share, table.high_tech_share, table.export_share,
        (nation - trend, export_gap),
        (p["sector_loading_dispersion"], p["high_tech_growth_gap"], p["export_pass_through"]),
    )  # fmt: skip
    base = np.where(table.service, float(world.information_economy_log_growth[now]), base)
    pull = demand_pull(state)
    total = np.maximum(sums, 1e-300)
    advance = supply_advance(state, active, sector, weight)
    pulled = np.bincount(sector[active], (weight * pull)[active], len(table.code)) / total
    gained = np.where(table.service, 0.0, p["competitiveness_gain"] * advance + pulled)
    base = base + gained
    state.memory["production.industry_advance"] = float(industry_weight @ gained)
    electronic = industry_weight * table.electronics
    state.memory["production.electronics_advance"] = float(
        electronic @ gained / max(float(electronic.sum()), 1e-300)
    )
    score = firms.log_tfp + firms.quality_level
    mean = np.bincount(sector[active], (weight * score)[active], len(table.code)) / total
    shock = firm_shocks(state) + pull
    before = np.log(np.maximum(firms.real_output, 1.0))
    _grow(
        firms.real_output, sector, active, score, shock, base, p["replicator_strength"], mean,
        np.zeros(firms.count),
    )  # fmt: skip
    _note_reallocation(state, sector, active, before, base)
    _hire(state, sector, active, trend)
    _settle(state, sector, active)


def _note_reallocation(
    state: CityState, sector: Integers, active: Flags, before: Floats, base: Floats
) -> None:
    """Cumulate by sector how far a typical worker's firm grew less than the sector.

    Selection and chance move output towards other firms; what that yields in productivity is
    part of the estimated trend and must not be counted again.
    """
    firms = state.firms
    weight = np.where(active, firms.employees, 0.0)
    growth = np.log(np.maximum(firms.real_output, 1.0)) - before
    count = len(base)
    total = np.maximum(np.bincount(sector, weight, count), 1e-300)
    typical = np.bincount(sector, weight * growth, count) / total
    kept = state.arrays.get("production.reallocation", np.zeros(count))
    state.arrays["production.reallocation"] = kept + np.where(total > 1e-200, typical - base, 0.0)


def tfp_trend(parameters: Mapping[str, float]) -> float:
    """Return the trend of log TFP a year that carries trend growth at trend employment.

    Examples
    --------
    >>> given = {"trend_growth": 0.06, "capital_share": 0.4, "capital_trend": 0.05,
    ...          "employment_trend": -0.02}
    >>> round(tfp_trend(given), 4)
    0.0503
    """
    p = parameters
    labour = (1.0 - p["capital_share"]) * p["employment_trend"]
    return float(np.log1p(p["trend_growth"]) - p["capital_share"] * p["capital_trend"] - labour)


def _hire(state: CityState, sector: Integers, active: Flags, trend: float) -> None:
    """Adjust labour partially towards what output needs at today's technology.

    Growth beyond the trend raises productivity by the Verdoorn coefficient, the rest is hired.
    """
    firms, p = state.firms, state.parameters
    share = p["capital_share"]
    learned = state.memory.get("production.learned", 0.0)
    beyond = float(state.world.city_log_growth[state.now]) - trend
    learned += beyond * (1.0 - (1.0 - p["verdoorn_coefficient"]) * (1.0 - share))
    state.memory["production.learned"] = learned
    moved_away = state.arrays["production.reallocation"][sector]
    output = np.log(np.maximum(firms.real_output, 1.0)) - learned - moved_away
    capital = share * np.log(np.maximum(firms.capital_stock, 1.0))
    wanted = (output - firms.log_tfp - capital) / (1.0 - share)
    current = np.log(np.maximum(firms.employees, 1.0))
    if "production.offset" not in state.arrays:
        # Quarter one starts from the observed work force, whatever the drawn technology.
        offset = wanted - current
        offset += beyond * (p["verdoorn_coefficient"] - 1.0) - p["employment_trend"] / 4.0
        state.arrays["production.offset"] = np.where(active, offset, 0.0)
    offset = state.arrays["production.offset"]
    wanted[: len(offset)] -= offset
    gap = np.clip(wanted - current, -1.5, 1.5)
    moved = np.exp(current + p["labour_adjustment"] * gap)
    firms.employees[:] = np.where(active, np.maximum(moved, 1.0), 0.0)
    firms.wage *= np.exp(p["wage_indexation"] * float(state.world.wage_log_growth[state.now]))


def current_rate(state: CityState) -> Floats:
    """Return the value-added rate of each firm at current relative prices and VAT rate."""
    firms, p, world, now = state.firms, state.parameters, state.world, state.now
    if "production.price_gap" not in state.memory:
        state.memory["production.price_gap"] = float(world.purchase_prices[now] / world.ppi[now])
        state.memory["production.vat"] = float(world.vat_rate[now])
    gap = float(world.purchase_prices[now] / world.ppi[now])
    squeeze = p["input_price_pass"] * (gap / state.memory["production.price_gap"] - 1.0)
    vat = p["vat_share_of_revenue"] * (float(world.vat_rate[now]) / state.memory["production.vat"] - 1.0)
    rate = firms.value_added_rate - (1.0 - firms.value_added_rate) * squeeze + vat
    return np.asarray(np.clip(rate, 0.01, 0.95))


def _settle(state: CityState, sector: Integers, active: Flags) -> None:
    """Book revenue, inputs, wages, taxes, interest and payouts of the quarter."""
    firms, p, world, now = state.firms, state.parameters, state.world, state.now
    service = state.city.sectors.service[sector]
    price = np.where(service, 1.0, float(world.ppi[now]))
    on = active.astype(np.float64)
    firms.revenue[:] = firms.real_output * price * on
    firms.value_added[:] = firms.revenue * current_rate(state)
    firms.annual_revenue[:] = np.where(
        active, 0.75 * firms.annual_revenue + firms.revenue, 0.0
    )
    wages = firms.wage * firms.employees * on
    vat = p["vat_share_of_revenue"] * float(world.vat_rate[now]) / 0.17
    turnover_tax = (vat + SURCHARGE_TAX) * firms.revenue
    interest = (float(world.interest_rate[now]) - state.terms.spread_cut) / 4.0 * firms.debt * on
    fees = np.maximum(FEES - state.terms.cost_cut + state.reference.cost_cut, 0.0) * firms.revenue
    class_price = np.array([1.0, *state.terms.energy_price])[firms.per_mu_class + 1]
    surcharge = (
        (class_price - 1.0) * p["energy_price_level"] * firms.energy_intensity * firms.real_output
    ) * on
    depreciation = p["depreciation_rate"] / 4.0 * firms.capital_stock * on
    before_tax = (
        firms.value_added - wages - turnover_tax - interest - fees - surcharge - depreciation
    )
    rate = np.where(firms.high_tech, CERTIFIED_PROFIT_TAX, PROFIT_TAX)
    income_tax = rate * np.maximum(before_tax, 0.0)
    firms.profit[:] = before_tax * on
    firms.tax[:] = (turnover_tax + income_tax) * on
    payout = p["payout_share"] * np.maximum(before_tax - income_tax, 0.0) * on
    inputs = firms.revenue - firms.value_added
    flows = firms.revenue - inputs - wages - firms.tax - interest - fees - surcharge - payout
    firms.cash += flows
    book = state.ledger.pay
    book("outside", "firms", "sales", float(firms.revenue.sum()))
    book("firms", "outside", "inputs", float(inputs.sum()))
    book("firms", "households", "wages", float(wages.sum()))
    book("firms", "government", "tax", float(firms.tax.sum()))
    book("firms", "banks", "interest", float(interest.sum()))
    book("firms", "outside", "fees", float(fees.sum()))
    book("firms", "government", "energy_surcharge", float(surcharge.sum()))
    book("firms", "households", "payout", float(payout.sum()))
    forgone = (state.terms.cost_cut - state.reference.cost_cut) * float(firms.revenue.sum())
    state.counts["fees_forgone"] = forgone
