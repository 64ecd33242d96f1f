"""Demand, output, labour and the firms' current accounts (steps 4 and 5 of a quarter).

Demand reaches each sector of the city along the fitted latent path of the city's industry
(reference form: what the city would have sold under the policy before the plan). The city's
sectors gain or lose against the rest of the country by the growth of their productivity,
capacity and quality beyond the reference; within a sector shares move by replicator dynamics
plus Laplace shocks whose size falls with the firm's size.
"""

from __future__ import annotations

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


def size_spread(revenue: Floats, exponent: float) -> Floats:
    """Return the size factor of growth shocks: one at 50 million yuan a year.

    Examples
    --------
    >>> size_spread(np.array([50e6, 50e8]), -0.15).round(2)
    array([1. , 0.5])
    """
    work = np.maximum(revenue / CENTRAL_SIZE, 0.02)
    np.log(work, out=work)
    work *= exponent
    return np.exp(work, out=work)


def _spread(state: CityState) -> Floats:
    """Return the size factor of each firm's shocks: looked at each January, newcomers at once."""
    if state.quarter % 4 == 0:
        state.arrays.pop("production.spread", None)
    spread, known = lengthened(state, "production.spread")
    exponent = state.parameters["growth_sd_size_exponent"]
    spread[known:] = size_spread(state.firms.annual_revenue[known:], exponent)
    return spread


def _survey(state: CityState) -> dict[str, Floats]:
    """Return what sectors are and what moved in them, by :data:`kernels.SURVEY`."""
    firms, p, arrays = state.firms, state.parameters, state.arrays
    purchase = state.terms.first_purchase * p["first_purchase_demand"]
    purchase -= state.reference.first_purchase * p["first_purchase_demand"]
    before = state.memory.get("production.purchase", purchase)
    state.memory["production.purchase"] = purchase
    # What was there before the first quarter moved along its trend; later comers have no past.
    first = "production.tfp" not in arrays
    past = firms.log_tfp - QUARTER_SHARE * tfp_trend(p) if first else np.nan
    capital, known = lengthened(state, "production.capital")
    usual = np.exp(-QUARTER_SHARE * p["capital_trend"])
    np.multiply(firms.capital_stock[known:], usual, out=capital[known:])
    sums = kernels.survey(
        firms.alive, firms.sector, len(state.city.sectors.code), firms.real_output, firms.log_tfp,
        firms.quality_level, firms.employees, firms.capital_stock, firms.investment,
        column(state, "investment.usual"), arrays.get("innovation.position", np.zeros(0)),
        firms.high_tech, firms.annual_revenue, firms.export_share,
        arrays.get("ladder.supplier_pull", np.zeros(0)), (purchase, before), SMALL_EXPORTER,
        QUARTER_SHARE * (state.terms.export_shift - state.reference.export_shift),
        p["replicator_strength"], column(state, "production.tfp", past),
        column(state, "production.quality", firms.quality_level),
        capital,
        column(state, "production.certified", firms.high_tech), state.scratch("work", 1)[0],
    )  # fmt: skip
    return dict(zip(kernels.SURVEY, sums, strict=True))


def supply_advance(state: CityState, sums: dict[str, Floats]) -> Floats:
    """Return growth of TFP, capacity and quality beyond the reference, log, by sector.

    The reference path is the estimated trend: it already contains what the policy before the
    plan achieved.
    """
    p, total = state.parameters, sums["output"]
    advance = sums["advance"] / np.maximum(total, 1e-200) - QUARTER_SHARE * tfp_trend(p)
    tfp = np.where(total > 1e-200, advance, 0.0)
    return np.asarray(tfp + p["capital_share"] * capacity_beyond(state, sums))


def capacity_beyond(state: CityState, sums: dict[str, Floats]) -> Floats:
    """Return capacity built last quarter beyond the usual, share of the sector's capital.

    Usual is what firms would have invested under the policy before the plan at the same demand,
    and the plants of projects that would have come anyway.
    """
    capital = sums["capital"]
    plants = state.arrays.pop("projects.additional_capital", np.zeros(len(capital)))
    return np.asarray(((sums["extra"] + plants) / np.maximum(capital, 1.0)).clip(-0.1, 0.1))


def step(state: CityState) -> None:
    """Set output, employment and the current account of every firm for the quarter."""
    firms, p, world, now = state.firms, state.parameters, state.world, state.now
    table = state.city.sectors
    sums = _survey(state)
    rate_growth = usual_rate_growth(state)
    industry_weight = np.where(table.industry, sums["output"], 0.0)
    industry_weight = industry_weight / max(industry_weight.sum(), 1e-300)
    trend = np.log1p(p["trend_growth"]) / 4.0
    state.memory["production.tfp_trend"] = tfp_trend(p)
    nation = float(world.industrial_log_growth[now])
    export_gap = float(world.export_log_growth[now]) - nation
    # Exporters turn to the home market where exports grow less than industry.
    state.memory["production.export_index"] = state.memory.get(
        "production.export_index", 1.0
    ) * float(np.exp(p["export_pass_through"] * export_gap))
    base = sector_growth(
        float(world.city_log_growth[now]) - rate_growth, industry_weight,
        table.strategic_emerging_share, table.high_tech_share, table.export_share,
        (nation - trend, export_gap),
        (p["sector_loading_dispersion"], p["high_tech_growth_gap"], p["export_pass_through"]),
    )  # fmt: skip
    base = np.where(table.service, float(world.information_economy_log_growth[now]), base)
    total = np.maximum(sums["output"], 1e-300)
    gained = p["competitiveness_gain"] * supply_advance(state, sums) + sums["pulled"] / total
    gained = np.where(table.service, 0.0, gained)
    base = base + gained
    market, beyond = left_by_leavers(state, sums["output"])
    state.memory["production.industry_advance"] = float(industry_weight @ (gained + beyond))
    electronic = industry_weight * table.electronics
    state.memory["production.electronics_advance"] = float(
        electronic @ gained / max(float(electronic.sum()), 1e-300)
    )
    scale, share = p["growth_rate_scale"], p["permanent_shock_share"]
    drawn = words(state)
    totals = kernels.grow(
        drawn[LASTING], drawn[PASSING], firms.alive, firms.sector, state.scratch("work", 1)[0],
        p["replicator_strength"] * (sums["scored"] / total), base + market, _spread(state),
        0.5 * share * scale, 0.4 * (1.0 - share) * scale, column(state, "production.passing"),
        firms.real_output,
    )  # fmt: skip
    # Work follows value added: what only moves between output and inputs needs no other hands.
    needed = base + np.where(table.service, 0.0, rate_growth)
    _settle(state, _hire(state, sums, totals, needed, trend))


def left_by_leavers(state: CityState, sums: Floats) -> tuple[Floats, Floats]:
    """Return growth of staying firms from the market of leavers, log by sector.

    Demand leads: what firms sold that left last quarter goes to the others of their sector, and
    these make room for entrants. The staff of leavers is not hired again: the trend of
    employment is that of firms that stay.

    Parameters
    ----------
    sums : ndarray, shape (sectors,)
        Output of living firms before this quarter's growth.

    Returns
    -------
    market, beyond : ndarray, shape (sectors,)
        Growth in all, and the part that differs from usual exits.
    """
    none = np.zeros(len(sums))
    total = np.maximum(sums, 1e-300)
    freed = state.arrays.pop("demography.freed_market", none)
    different = state.arrays.pop("demography.market_beyond_usual", none)
    market = np.where(sums > 0.0, np.log1p((freed / total).clip(-0.5, 1.0)), 0.0)
    beyond = np.where(sums > 0.0, (different / total).clip(-0.5, 1.0), 0.0)
    return np.asarray(market), np.asarray(beyond)


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


def labour_growth(output: Floats, technology: Floats, capital: Floats, share: float) -> Floats:
    """Return how labour demand grows when output, TFP and capital grow (log, by sector).

    Examples
    --------
    >>> labour_growth(np.array([0.06]), np.array([0.05]), np.array([0.05]), 0.4).round(4)
    array([-0.0167])
    """
    return np.asarray((output - technology - share * capital) / (1.0 - share))


def _hire(
    state: CityState, sums: dict[str, Floats], totals: Floats, base: Floats, trend: float
) -> Floats:
    """Adjust labour partially: sectors to their aggregate demand, firms within them by gap.

    Growth beyond the trend raises productivity by the Verdoorn coefficient, the rest is hired.
    Selection and chance move work between firms of a sector; what such moves yield on average
    is part of the estimated trend, so that the sector's total follows its aggregates. Returns
    the factors that scale staff to the sectors' totals.
    """
    firms, p = state.firms, state.parameters
    share, speed = p["capital_share"], p["labour_adjustment"]
    learned = 1.0 - (1.0 - p["verdoorn_coefficient"]) * (1.0 - share)
    beyond = float(state.world.city_log_growth[state.now]) - trend
    # Growth since last quarter of the firms that stayed: TFP weighted by workers, and capital.
    tfp = sums["learned"] / np.maximum(sums["workers"], 1e-300)
    capital = np.log(np.maximum(sums["now"], 1.0) / np.maximum(sums["was"], 1.0))
    growth = labour_growth(base - learned * beyond, tfp, capital.clip(-0.2, 0.2), share)
    growth = np.where(state.city.sectors.service, 0.5 * base, growth)
    steady = p["employment_trend"] / 4.0 * (1.0 / speed - 1.0)
    waiting = state.arrays.get("production.labour_gap", np.full(len(base), steady)) + growth
    move = speed * waiting
    state.arrays["production.labour_gap"] = waiting - move
    # In the first quarter every firm is new: it is laid out for the staff that it has.
    return np.asarray(kernels.hire(
        firms.alive, firms.sector, totals, firms.capital_stock, firms.log_tfp, share, speed, move,
        column(state, "production.offset", np.nan), firms.real_output, firms.employees,
    ))  # fmt: skip


def _settle(state: CityState, hired: Floats) -> None:
    """Book revenue, inputs, wages, taxes, interest and payouts of the quarter."""
    firms, p, world, now = state.firms, state.parameters, state.world, state.now
    squeeze, _, vat_change = rate_changes(state)
    vat = p["vat_share_of_revenue"] * float(world.vat_rate[now]) / 0.17
    relief = state.terms.cost_cut - state.reference.cost_cut
    sums = kernels.settle(
        firms.alive, state.city.sectors.service, firms.sector, firms.real_output,
        firms.value_added_rate, hired, firms.employees,
        float(np.exp(p["wage_indexation"] * float(world.wage_log_growth[now]))), firms.wage,
        firms.debt, firms.capital_stock, firms.energy_intensity,
        firms.high_tech, firms.per_mu_class, firms.revenue, firms.value_added,
        firms.annual_revenue, firms.profit, firms.tax, firms.cash,
        np.array([1.0, *state.terms.energy_price]), float(world.ppi[now]), squeeze, vat_change,
        vat + SURCHARGE_TAX, (float(world.interest_rate[now]) - state.terms.spread_cut) / 4.0,
        max(FEES - relief, 0.0), p["energy_price_level"], p["depreciation_rate"] / 4.0,
        np.array([PROFIT_TAX, CERTIFIED_PROFIT_TAX]), p["payout_share"],
    )  # fmt: skip
    paid = dict(zip(kernels.ACCOUNT, sums.tolist(), strict=True))
    book = state.ledger.pay
    book("outside", "firms", "sales", paid["revenue"])
    book("firms", "outside", "inputs", paid["inputs"])
    book("firms", "households", "wages", paid["wages"])
    book("firms", "government", "tax", paid["tax"])
    book("firms", "banks", "interest", paid["interest"])
    book("firms", "outside", "fees", paid["fees"])
    book("firms", "government", "energy_surcharge", paid["surcharge"])
    book("firms", "households", "payout", paid["payout"])
