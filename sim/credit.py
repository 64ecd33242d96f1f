"""Banks and the execution of investment: rationing, loans, spending, new capital (step 7).

Firms use own money first and ask banks for the rest and for working capital; loans falling due
are renewed unless the firm wants less debt. Banks lend to manufacturing within a quota that
follows total credit and the trend of manufacturing's share; the best are served first. Credit
works by the difference from usual conditions: with usual credit growth and the reference
terms, industry's investment equals its usual amount.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim import credit_kernels as kernels
from sim import investment, investment_kernels
from sim.columns import column, lengthened, years_since
from sim.scopes import firm_sums
from sim.state import CityState, Floats
from sim.sums import chosen_sum
from sim.units import YI_YUAN, YUAN, quarter_index

LARGEST_SCALE = 3.0
SMALLEST_SALES, TYPICAL_SALES = 1e5 * YUAN, 20e6 * YUAN
"""Yearly sales below which a borrower's size counts no less, and at which it says nothing."""
PROJECT_CAP = 10e6 * YUAN / 4.0
"""Upgrade subsidies end at 10 million yuan a project and year (city rule of 2014, cited)."""
Bands = NDArray[np.int16]
IN_FULL = 0, 1.0
"""The last band of scores that is served, and its share, where there is one and all get all."""
BASE = quarter_index("2017Q4")
"""Quarter of the city's priors that carry the year 2017 in their name."""


def quota_growth(share: float, change: float, credit: float) -> float:
    """Return the yearly growth of the stock of manufacturing loans that banks aim at.

    Parameters
    ----------
    share : float
        Manufacturing's present share of all loans, fraction.
    change : float
        Aimed change of that share in a year, fraction.
    credit : float
        Yearly growth of all loans.

    Examples
    --------
    >>> round(quota_growth(0.10, -0.01, 0.10), 6)
    -0.01
    """
    return max(1.0 + change / max(share, 0.01), 0.0) * (1.0 + credit) - 1.0


def creditworthiness(
    profit: Floats, revenue: Floats, annual_revenue: Floats, collateral: Floats, debt: Floats
) -> Floats:
    """Return the score by which banks rank borrowers: margin, size and collateral cover.

    Parameters
    ----------
    profit, revenue : ndarray, shape (firms,)
        Of the quarter, yuan.
    annual_revenue, collateral, debt : ndarray, shape (firms,)
        Yuan.
    """
    margin = np.clip(profit / np.maximum(revenue, 1.0), -0.3, 0.3)
    cover = np.minimum(collateral / np.maximum(debt, 1.0), 3.0)
    size = np.log(np.maximum(annual_revenue, SMALLEST_SALES) / TYPICAL_SALES)
    return np.asarray(2.0 * margin + 0.15 * size + 0.1 * cover)


def initialise(state: CityState) -> None:
    """Set total credit, manufacturing's share, and each firm's usual gearing."""
    p, memory = state.parameters, state.memory
    years = years_since(state, BASE)
    loans = p["bank_loans_2017"] * YI_YUAN * (1.0 + p["bank_loans_growth"]) ** years
    trend = p["manufacturing_credit_share_trend"] / 100.0
    share = max(p["manufacturing_credit_share_2017"] / 100.0 + trend * years, 0.02)
    scale = state.scale
    memory["credit.loans"] = loans * scale
    memory["credit.usual_growth"] = float(state.world.credit_growth[max(state.now, 0)])
    made = state.of_sector("manufacturing")
    owed = chosen_sum(state.firms.debt, made)
    # The population holds part of all borrowers: the rest is carried by one constant factor.
    state.fund("bank").value = memory["credit.all_debt"] = float(state.firms.debt.sum())
    memory["credit.coverage"] = share * loans * scale / owed if owed > 0.0 else 0.0
    rate = p["capital_trend"] + p["capital_depreciation"]
    industry = state.of_sector("industry")
    yearly = rate * chosen_sum(state.firms.capital_stock, industry) * investment_price(state)
    # Published investment also holds land, buildings under way and what never becomes capital.
    published = p["industrial_investment_2017"] * YI_YUAN * scale
    memory["credit.investment_coverage"] = published / yearly if yearly > 0.0 else 1.0
    _gearing(state, float(state.firms.debt.sum()), float(state.firms.capital_stock.sum()))


def follow_debts(state: CityState, before: float) -> None:
    """Let the bank's book follow what a rule of a user's own made of firms' debts, `before` in all.

    What leavers owed is written off in the next quarter, as without the rule.
    """
    owed = float(np.add.reduce(state.firms.debt))
    if not math.isclose(owed, before, rel_tol=1e-12):  # not for another order of the sum
        state.fund("bank").value += owed - before
        state.memory["credit.all_debt"] += owed - before


def usual_gearing(debt: Floats, value: Floats, typical: float) -> Floats:
    """Return the debt per yuan of capital that new firms are used to, shape (firms,).

    Parameters
    ----------
    debt, value : ndarray, shape (firms,)
        Debt and value of the capital, yuan.
    typical : float
        All firms' debt per yuan of capital, for those without debt.

    Examples
    --------
    >>> usual_gearing(np.array([30.0, 0.0]), np.array([60.0, 60.0]), 0.4).tolist()
    [0.5, 0.4]
    """
    own = np.minimum(debt / np.maximum(value, 1.0), 10.0)
    return np.asarray(np.where(debt > 0.0, own, min(typical, 1.0)))


def _gearing(state: CityState, owed: float, stock: float) -> Floats:
    """Return each firm's usual debt per yuan of capital.

    `owed` and `stock` are debt and capital of all firms.
    """
    firms, price = state.firms, investment_price(state)
    gearing, known = lengthened(state, "credit.gearing")
    if known < firms.count:
        investment_kernels.newcomers(
            known, firms.debt, firms.capital_stock, price, owed / max(stock * price, 1.0), gearing
        )
    return gearing


def repayments(debt: Floats, wanted: Floats, rate: float) -> Floats:
    """Return loans that are not renewed: debt beyond what the firm wants, as it falls due.

    Examples
    --------
    >>> repayments(np.array([100.0, 100.0, 100.0]), np.array([99.0, 50.0, 120.0]), 0.2).tolist()
    [1.0, 20.0, 0.0]
    """
    return np.asarray(np.clip(debt - wanted, 0.0, rate * debt))


def step(state: CityState) -> None:
    """Let firms plan and ask; repay, lend, invest, and install the capital of the quarter."""
    firms, p, made = state.firms, state.parameters, state.of_sector("manufacturing")
    felt = investment.felt_growth(state)
    gearing, claiming = _gearing(state, felt.debt, felt.capital), investment.claims(state)
    cut = state.terms.spread_cut - state.reference.spread_cut
    lean = math.exp(p["debt_wrt_spread"] * cut)
    bank = lean, p["loan_repayment_rate"], p["cash_buffer"]
    desired, upgrade = plans = state.scratch("plans", 2)
    owed, due, sound, wanted, more = investment.plan_and_ask(
        state, felt, claiming, gearing, bank, plans
    )
    supplies = _supplies(state, owed, owed - due)
    band, served, scale = state.scratch("bands", 1)[0].view(np.int16)[: firms.count], IN_FULL, 1.0
    if wanted > supplies[0] or more > supplies[1]:
        served, scale = _ration(state, gearing, bank, desired, supplies, band)
    else:
        band.fill(0)
    # Banks place part of what nobody asked for with profitable manufacturers.
    push = p["credit_push"] * max(supplies[1] - more, 0.0) / sound if sound > 0.0 else 0.0
    rule = (
        push, p["informal_finance"], scale, PROJECT_CAP, 1.0 - p["capital_depreciation"] / 4.0,
        2.0 * p["cash_buffer"], p["surplus_payout"],
    )  # fmt: skip
    sums = kernels.invest(
        firms.alive, made, firms.revenue, firms.profit, gearing, bank, desired, upgrade,
        state.arrays["investment.attention"], claiming, column(state, "capital.additional"),
        band, served, rule, investment_price(state), firms.cash, firms.debt, firms.capital_stock,
        firms.investment, firms.upgrade_investment,
    )  # fmt: skip
    _book(state, dict(zip(kernels.BOOK, sums.tolist(), strict=True)), felt.debt)


def _ration(
    state: CityState, gearing: Floats, bank: tuple[float, float, float], desired: Floats,
    supplies: tuple[float, float], band: Bands,
) -> tuple[tuple[int, float], float]:  # fmt: skip
    """Ration loans; return the last band of scores served, with its share, and the scale.

    Parameters
    ----------
    gearing, desired : ndarray, shape (firms,)
        Usual debt per yuan of capital; desired investment, constant 2015 prices.
    bank
        As :func:`sim.investment_kernels.plan_and_ask` needs it.
    supplies
        As :func:`_supplies` returns them.
    band : ndarray of int16, shape (firms,)
        Gets each firm's band.
    """
    firms, usual, price = state.firms, state.arrays["investment.usual"], investment_price(state)
    requests, industry = state.scratch("credit", 4), state.of_sector("industry")
    place = state.scratch("work", 1)[0].view(np.int16)[: firms.count]
    wished, ends = investment_kernels.requests(
        firms.alive, industry, state.of_sector("manufacturing"), firms.capital_stock, firms.debt,
        firms.cash, firms.revenue, firms.annual_revenue, firms.profit, gearing, usual, desired,
        price, bank, (SMALLEST_SALES, math.log(TYPICAL_SALES)), *requests,
    )  # fmt: skip
    missing, last, share = kernels.rationing(
        *requests, ends, supplies, place, band, np.zeros((2, kernels.PLACES))
    )
    informal = state.parameters["informal_finance"]
    return (last, share), usual_scale(wished, wished - (1.0 - informal) * missing)


def _supplies(state: CityState, stock: float, kept: float) -> tuple[float, float]:
    """Return the loans that banks have for manufacturing in usual and in present conditions.

    `stock` are manufacturers' loans, `kept` those not repaid. The aim holds for the stock of
    loans: what closures wiped out is lent anew.
    """
    memory = state.memory
    share = memory["credit.coverage"] * stock / max(memory["credit.loans"], 1.0)
    owed = memory.setdefault("credit.stock", stock)
    aim = memory.setdefault("credit.aim", owed)
    credit = float(state.world.credit_growth[state.now])
    shift = state.terms.credit_shift - state.reference.credit_shift
    usual = _aimed_growth(state, share, 0.0, memory["credit.usual_growth"])
    aim *= 1.0 + _aimed_growth(state, share, shift, credit) / 4.0
    memory["credit.aim"] = aim
    memory["credit.loans"] *= (1.0 + credit) ** 0.25
    return max(owed * (1.0 + usual / 4.0) - kept, 0.0), max(aim - kept, 0.0)


def usual_scale(wished: float, reached: float) -> float:
    """Return the factor that makes industry's usual investment happen in usual conditions.

    Firms plan around the finance that they usually get: what some cannot fund, others invest.

    Examples
    --------
    >>> usual_scale(120.0, 100.0)
    1.2
    """
    return min(wished / reached, LARGEST_SCALE) if reached > 0.0 else 1.0


def _aimed_growth(state: CityState, share: float, shift: float, credit: float) -> float:
    """Return the yearly growth of manufacturing loans that banks aim at, given their share."""
    trend = state.parameters["manufacturing_credit_share_trend"] / 100.0
    return quota_growth(share, trend + shift, credit)


def _book(state: CityState, sums: Mapping[str, float], before: float) -> None:
    """Book the quarter's loans, spending, subsidies and draws; `before` is all debt before."""
    pay, memory = state.ledger.pay, state.memory
    pay("investors", "firms", "owners_capital", sums["owners"])
    pay("banks", "firms", "loan", sums["loan"])
    pay("firms", "banks", "repayment", sums["repayment"])
    pay("firms", "outside", "investment", sums["outlay"])
    state.subsidise("technical_upgrade_subsidy", sums["claimed"], sums["usually_claimed"])
    pay("firms", "investors", "distribution", sums["drawn"])
    bank = state.fund("bank")
    bank.committed += sums["loan"]
    bank.drawn += sums["loan"]
    bank.repaid += sums["repayment"]
    bank.written_off += max(memory["credit.all_debt"] - before, 0.0)
    bank.value = memory["credit.all_debt"] = sums["debt"]
    memory["credit.stock"] = sums["made_debt"]


def investment_price(state: CityState) -> float:
    """Return the price of capital goods, 2015 = 1: producer prices, before the start the first."""
    return float(state.world.ppi[max(state.now, 0)])


def observe(state: CityState) -> dict[str, float]:
    """Return investment as published (yuan of the quarter) and credit (yuan, end of quarter)."""
    memory, found = state.memory, firm_sums(state)
    price = investment_price(state) * memory["credit.investment_coverage"]
    paid: Mapping[tuple[str, str, str], float] = state.ledger.flows
    return {
        "industrial_investment": price * found["investment"],
        "technical_upgrade_investment": price * found["upgrade_investment"],
        "manufacturing_credit": memory["credit.coverage"] * found["makers_debt"],
        "bank_loans": memory["credit.loans"],
        "new_loans_to_firms": paid.get(("banks", "firms", "loan"), 0.0),
    }
