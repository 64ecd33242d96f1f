"""Demand, output, labour and the firms' current accounts (steps 4 and 5 of a quarter).

Demand reaches each sector of the city along the fitted latent path of the city's industry
(reference form: what the city would have sold under the policy before the plan). The city's
sectors gain or lose against the rest of the country by the growth of their productivity,
capacity and quality beyond the reference; within a sector shares move by replicator dynamics
plus Laplace shocks whose size falls with the firm's size.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from sim import production_kernels as kernels
from sim.columns import column, lengthened
from sim.comparable_prices import rate_changes, usual_rate_growth
from sim.lots import LASTING, PASSING, words
from sim.state import CityState, Floats
from sim.units import YUAN

QUARTER_SHARE = 0.25
FEES = 0.012
"""Fees, logistics and other burdens that clause 28 can cut, share of revenue (prior)."""
PROFIT_TAX, CERTIFIED_PROFIT_TAX = 0.25, 0.15
"""Corporate income tax; 15 % for certified high-tech firms (国科发火〔2008〕172号)."""
SMALL_EXPORTER = 4e8 * YUAN
"""Firms below this revenue feel the export demand of clause 6, yuan a year."""
CENTRAL_SIZE = 50e6 * YUAN
"""Yearly revenue at which the spread of sales shocks holds, yuan."""
SURCHARGE_TAX = 0.008
"""Stamp, property and urban-maintenance taxes, share of revenue (order of magnitude, prior)."""


def _spread(state: CityState) -> Floats:
    """Return the size factor of each firm's shocks: looked at each January, newcomers at once."""
    if state.quarter % 4 == 0:
        state.arrays.pop("production.spread", None)
    spread, known = lengthened(state, "production.spread")
    exponent = state.parameters["growth_sd_size_exponent"]
    kernels.size_spread(state.firms.annual_revenue, 1.0 / CENTRAL_SIZE, exponent, known, spread)
    return spread


def _grow(state: CityState) -> Floats:
    """Move outputs; return what sectors are and what moved in them: rows as of `kernels.grow`."""
    firms, p, arrays = state.firms, state.parameters, state.arrays
    purchase = state.terms.first_purchase * p["first_purchase_demand"]
    purchase -= state.reference.first_purchase * p["first_purchase_demand"]
    before = state.memory.get("production.purchase", purchase)
    state.memory["production.purchase"] = purchase
    # What was there before the first quarter moved along its trend; later comers have no past.
    first = "production.tfp" not in arrays
    past = firms.log_tfp - QUARTER_SHARE * tfp_trend(p) if first else np.nan
    capital, known = lengthened(state, "production.capital")
    usual = math.exp(-QUARTER_SHARE * p["capital_trend"])
    np.multiply(firms.capital_stock[known:], usual, out=capital[known:])
    drawn = words(state)
    scale, share = p["growth_rate_scale"], p["permanent_shock_share"]
    return np.asarray(kernels.grow(
        drawn[LASTING], drawn[PASSING], firms.alive, firms.sector, len(state.city.sectors.code),
        firms.log_tfp, firms.quality_level, firms.employees, firms.capital_stock, firms.investment,
        column(state, "investment.usual"), column(state, "innovation.position"),
        firms.high_tech, firms.annual_revenue, firms.export_share,
        column(state, "ladder.supplier_pull"), (purchase, before), SMALL_EXPORTER,
        QUARTER_SHARE * (state.terms.export_shift - state.reference.export_shift),
        p["replicator_strength"], _spread(state), 0.5 * share * scale,
        0.4 * (1.0 - share) * scale, column(state, "production.tfp", past),
        column(state, "production.quality", firms.quality_level), capital,
        column(state, "production.certified", firms.high_tech),
        column(state, "production.passing"), firms.real_output,
    ))  # fmt: skip


def _meet_demand(state: CityState, sums: Floats) -> tuple[Floats, Floats]:
    """Return what scales outputs to their sectors' demand, and log growth of sectors' staff."""
    p, world, now, memory = state.parameters, state.world, state.now, state.memory
    table, arrays = state.city.sectors, state.arrays
    city, nation = float(world.city_log_growth[now]), float(world.industrial_log_growth[now])
    rate_growth, trend = usual_rate_growth(state), math.log1p(p["trend_growth"]) / 4.0
    memory["production.tfp_trend"] = tfp = tfp_trend(p)
    # Exporters turn to the home market where exports grow less than industry.
    ahead = p["export_pass_through"] * (float(world.export_log_growth[now]) - nation)
    index = memory.get("production.export_index", 1.0)
    memory["production.export_index"] = index * math.exp(ahead)
    tilts = (
        p["sector_loading_dispersion"] * (nation - trend),
        QUARTER_SHARE * p["high_tech_growth_gap"], ahead,
    )  # fmt: skip
    share, speed = p["capital_share"], p["labour_adjustment"]
    # Growth beyond the trend raises productivity by the Verdoorn coefficient, the rest is hired.
    unhired = (1.0 - (1.0 - p["verdoorn_coefficient"]) * (1.0 - share)) * (city - trend)
    if "production.labour_gap" not in arrays:
        steady = p["employment_trend"] / 4.0 * (1.0 / speed - 1.0)
        arrays["production.labour_gap"] = np.full(len(table.code), steady)
    none, (scale, move) = np.zeros(len(table.code)), np.empty((2, len(table.code)))
    industry, electronics = kernels.meet_demand(
        sums, table.service, table.electronics,
        (table.strategic_emerging_share, table.high_tech_share, table.export_share), tilts,
        (
            arrays.pop("demography.freed_market", none),
            arrays.pop("demography.market_beyond_usual", none),
        ),
        arrays.pop("projects.additional_capital", none),
        (city - rate_growth, float(world.information_economy_log_growth[now]), rate_growth),
        (p["competitiveness_gain"], share, QUARTER_SHARE * tfp), (unhired, speed),
        arrays["production.labour_gap"], scale, move,
    )  # fmt: skip
    memory["production.industry_advance"] = industry
    memory["production.electronics_advance"] = electronics
    return scale, move


def step(state: CityState) -> None:
    """Set output, employment and the current account of every firm for the quarter."""
    firms, p = state.firms, state.parameters
    grown = _grow(state)
    scale, move = _meet_demand(state, grown)
    # In the first quarter every firm is new: it is laid out for the staff that it has. What moves
    # of work between firms yield on average is part of the trend: totals follow their sector.
    found = kernels.hire(
        firms.alive, firms.sector, scale, firms.capital_stock, firms.log_tfp, p["capital_share"],
        p["labour_adjustment"], move, column(state, "production.offset", np.nan),
        firms.real_output, firms.employees,
    )  # fmt: skip
    hired, mean, workers = found
    state.arrays["production.standing"] = np.array([mean, workers, scale * grown[kernels.GROWN]])
    _settle(state, hired)


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
    return math.log1p(p["trend_growth"]) - p["capital_share"] * p["capital_trend"] - labour


def _settle(state: CityState, hired: Floats) -> None:
    """Book revenue, inputs, wages, taxes, interest and payouts of the quarter."""
    firms, p, world, now = state.firms, state.parameters, state.world, state.now
    squeeze, _, vat_change = rate_changes(state)
    vat = p["vat_share_of_revenue"] * float(world.vat_rate[now]) / 0.17
    fee = max(FEES - (state.terms.cost_cut - state.reference.cost_cut), 0.0)
    sums = kernels.settle(
        firms.alive, state.city.sectors.service, firms.sector, firms.real_output,
        firms.value_added_rate, hired, firms.employees,
        math.exp(p["wage_indexation"] * float(world.wage_log_growth[now])), firms.wage,
        firms.debt, firms.capital_stock, firms.energy_intensity,
        firms.high_tech, firms.per_mu_class, firms.revenue, firms.value_added,
        firms.annual_revenue, firms.profit, firms.tax, firms.cash,
        np.array([1.0, *state.terms.energy_price]), float(world.ppi[now]), squeeze, vat_change,
        vat + SURCHARGE_TAX, (float(world.interest_rate[now]) - state.terms.spread_cut) / 4.0,
        fee, p["energy_price_level"], p["depreciation_rate"] / 4.0,
        np.array([PROFIT_TAX, CERTIFIED_PROFIT_TAX]), p["payout_share"],
    )  # fmt: skip
    sales, inputs, wages, tax, interest, surcharge, payout = sums.tolist()
    book = state.ledger.pay
    book("outside", "firms", "sales", sales)
    book("firms", "outside", "inputs", inputs)
    book("firms", "households", "wages", wages)
    book("firms", "government", "tax", tax)
    book("firms", "banks", "interest", interest)
    book("firms", "outside", "fees", fee * sales)
    book("firms", "government", "energy_surcharge", surcharge)
    book("firms", "households", "payout", payout)
