"""Banks and the execution of investment: rationing, loans, spending, new capital (step 7).

Firms use own money first and ask banks for the rest and for working capital; loans falling due
are renewed unless the firm wants less debt. Banks lend to manufacturing within a quota that
follows total credit and the trend of manufacturing's share; the best are served first. Credit
works by the difference from usual conditions: with usual credit growth and the reference
terms, industry's investment equals its usual amount.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim import credit_kernels as kernels
from sim.columns import column, years_since
from sim.state import CityState, Flags, Floats
from sim.sums import chosen_sum
from sim.units import YI_YUAN, quarter_index

LARGEST_SCALE = 3.0
PROJECT_CAP = 10e6 / 4.0
"""Upgrade subsidies end at 10 million yuan a project and year (city rule of 2014, cited)."""
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
    size = np.log(np.maximum(annual_revenue, 1e5) / 20e6)
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
    _gearing(state)


def _gearing(state: CityState) -> Floats:
    """Return each firm's usual debt per yuan of capital; new firms get the typical value."""
    firms = state.firms
    kept = state.arrays.get("credit.gearing")
    if kept is not None and len(kept) == firms.count:
        return kept
    value = firms.capital_stock * investment_price(state)
    own = firms.debt / np.maximum(value, 1.0)
    typical = float(firms.debt.sum() / max(float(value.sum()), 1.0))
    own = np.where(firms.debt > 0.0, np.minimum(own, 10.0), min(typical, 1.0))
    return column(state, "credit.gearing", own)


def repayments(debt: Floats, wanted: Floats, rate: float) -> Floats:
    """Return loans that are not renewed: debt beyond what the firm wants, as it falls due.

    Examples
    --------
    >>> repayments(np.array([100.0, 100.0, 100.0]), np.array([99.0, 50.0, 120.0]), 0.2).tolist()
    [1.0, 20.0, 0.0]
    """
    return np.asarray(np.clip(debt - wanted, 0.0, rate * debt))


def _push(state: CityState, left: float, made: Flags, loans: Floats) -> None:
    """Add loans that banks place with profitable manufacturers to use the quota."""
    firms = state.firms
    open_to = made & firms.alive & (firms.profit > 0.0)
    total = chosen_sum(firms.debt, open_to)
    if left > 0.0 and total > 0.0:
        share = state.parameters["credit_push"] * left / total
        loans += share * firms.debt * open_to


def step(state: CityState) -> None:
    """Repay, lend, invest, and install the capital of the quarter."""
    firms, p, memory, arrays = state.firms, state.parameters, state.memory, state.arrays
    price = investment_price(state)
    made, industry = state.of_sector("manufacturing"), state.of_sector("industry")
    due, own, usual, asked, score, loans, spent, owners = state.scratch("credit", 8)
    cut = state.terms.spread_cut - state.reference.spread_cut
    kernels.requests(
        firms.alive, firms.cash, firms.debt, firms.revenue, firms.capital_stock, _gearing(state),
        float(np.exp(p["debt_wrt_spread"] * cut)), arrays["investment.usual"],
        arrays["investment.desired"], price, p["cash_buffer"], p["loan_repayment_rate"],
        due, own, usual, asked,
    )  # fmt: skip
    np.maximum(firms.annual_revenue, 1e5, out=score)
    np.log(score, out=score)
    kernels.scores(
        usual, asked, firms.profit, firms.revenue, firms.capital_stock, firms.debt, price, score
    )
    stock = chosen_sum(firms.debt, made)
    share = memory["credit.coverage"] * stock / max(memory["credit.loans"], 1.0)
    owed = memory.setdefault("credit.stock", stock)
    aim = memory.setdefault("credit.aim", owed)
    credit = float(state.world.credit_growth[state.now])
    shift = state.terms.credit_shift - state.reference.credit_shift
    aim *= 1.0 + _aimed_growth(state, share, shift, credit) / 4.0
    # The aim holds for the stock of loans: what closures wiped out is lent anew.
    kept = stock - chosen_sum(due, made)
    usual_credit = memory["credit.usual_growth"]
    supply = owed * (1.0 + _aimed_growth(state, share, 0.0, usual_credit) / 4.0) - kept
    kernels.ration(usual, score, made, max(supply, 0.0), loans)
    informal = p["informal_finance"]
    wish = arrays["investment.usual"]
    reached = kernels.spending(wish, price, own, loans, informal, 1.0, industry, spent, owners)
    scale = usual_scale(price * chosen_sum(wish, industry), reached)
    supply = max(aim - kept, 0.0)
    left = supply - kernels.ration(asked, score, made, supply, loans)
    wish = arrays["investment.desired"]
    kernels.spending(wish, price, own, loans, informal, scale, industry, spent, owners)
    _push(state, left, made, loans)
    memory["credit.loans"] *= (1.0 + credit) ** 0.25
    _book(state, spent, owners, loans, due)
    memory["credit.stock"], memory["credit.aim"] = chosen_sum(firms.debt, made), aim
    _distribute(state)


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


def _book(state: CityState, spent: Floats, owners: Floats, loans: Floats, due: Floats) -> None:
    """Book loans, spending and upgrade subsidies on both sides; install the capital."""
    firms, p, arrays, pay = state.firms, state.parameters, state.arrays, state.ledger.pay
    before = float(firms.debt.sum())
    lost = state.memory["credit.all_debt"] - before
    outlay, claimed = kernels.install(
        firms.alive, spent, column(state, "capital.additional"), arrays["investment.desired"],
        arrays["investment.upgrade"], arrays["investment.claim_rate"], PROJECT_CAP,
        investment_price(state), 1.0 - p["capital_depreciation"] / 4.0, owners, loans, due,
        firms.cash, firms.debt, firms.capital_stock, firms.investment, firms.upgrade_investment,
    )  # fmt: skip
    lent, repaid = float(loans.sum()), float(due.sum())
    pay("investors", "firms", "owners_capital", float(owners.sum()))
    pay("banks", "firms", "loan", lent)
    pay("firms", "banks", "repayment", repaid)
    pay("firms", "outside", "investment", outlay)
    state.subsidise("technical_upgrade_subsidy", claimed, _usual_claims(state))
    state.memory["credit.all_debt"] = float(firms.debt.sum())
    bank = state.fund("bank")
    bank.committed += lent
    bank.drawn += lent
    bank.repaid += repaid
    bank.written_off += max(lost, 0.0)
    bank.value = state.memory["credit.all_debt"]


def _usual_claims(state: CityState) -> float:
    """Return what the quarter's upgrading would claim under the before-plan rate and take-up."""
    claims = state.arrays["investment.attention"] < state.parameters["incentive_take_up_share"]
    rate = state.memory["investment.usual_claim_rate"] * investment_price(state)
    claimed = np.minimum(rate * state.firms.upgrade_investment, PROJECT_CAP)
    return float(claimed @ claims)


def _distribute(state: CityState) -> None:
    """Let owners draw part of the cash beyond twice the buffer."""
    firms, p = state.firms, state.parameters
    drawn = kernels.distribute(
        firms.alive, firms.revenue, 2.0 * p["cash_buffer"], p["surplus_payout"], firms.cash
    )
    state.ledger.pay("firms", "investors", "distribution", drawn)


def investment_price(state: CityState) -> float:
    """Return the price of capital goods, 2015 = 1: producer prices, before the start the first."""
    return float(state.world.ppi[max(state.now, 0)])


def observe(state: CityState) -> dict[str, float]:
    """Return investment as published (yuan of the quarter) and credit (yuan, end of quarter)."""
    firms, memory = state.firms, state.memory
    industry = state.of_sector("industry") & firms.alive
    made = state.of_sector("manufacturing")
    price = investment_price(state) * memory["credit.investment_coverage"]
    paid: Mapping[tuple[str, str, str], float] = state.ledger.flows
    return {
        "industrial_investment": price * chosen_sum(firms.investment, industry),
        "technical_upgrade_investment": price * chosen_sum(firms.upgrade_investment, industry),
        "manufacturing_credit": memory["credit.coverage"] * chosen_sum(firms.debt, made),
        "bank_loans": memory["credit.loans"],
        "new_loans_to_firms": paid.get(("banks", "firms", "loan"), 0.0),
    }
