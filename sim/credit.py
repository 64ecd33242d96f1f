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

from sim.columns import column, years_since
from sim.selection import rationed
from sim.state import CityState, Flags, Floats
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
    made = state.city.sectors.manufacturing[state.firms.sector.astype(np.int64)]
    owed = float(state.firms.debt[made].sum())
    # The population holds part of all borrowers: the rest is carried by one constant factor.
    memory["credit.coverage"] = share * loans * scale / owed if owed > 0.0 else 0.0
    rate = p["capital_trend"] + p["capital_depreciation"]
    industry = state.city.sectors.industry[state.firms.sector.astype(np.int64)]
    yearly = rate * float(state.firms.capital_stock[industry].sum()) * investment_price(state)
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


def _applications(
    state: CityState, desired: Floats, own: Floats, due: Floats, gearing: Floats
) -> Floats:
    """Return new loans that firms ask for: the gap in investment funds or working capital."""
    firms = state.firms
    value = firms.capital_stock * investment_price(state)
    working = gearing * value - (firms.debt - due)
    return np.asarray(np.maximum(np.maximum(working, desired - own), 0.0) * firms.alive)


def repayments(debt: Floats, wanted: Floats, rate: float) -> Floats:
    """Return loans that are not renewed: debt beyond what the firm wants, as it falls due.

    Examples
    --------
    >>> repayments(np.array([100.0, 100.0, 100.0]), np.array([99.0, 50.0, 120.0]), 0.2).tolist()
    [1.0, 20.0, 0.0]
    """
    return np.asarray(np.clip(debt - wanted, 0.0, rate * debt))


def _affordable(wish: Floats, own: Floats, loans: Floats) -> Floats:
    """Return the part of wished spending that own funds and loans pay for."""
    return np.asarray(np.minimum(wish, own + loans))


def _spending(wish: Floats, own: Floats, loans: Floats, informal: float) -> Floats:
    """Return what is spent: owners and trading partners fund a share of the remaining gap."""
    paid = _affordable(wish, own, loans)
    return np.asarray(paid + informal * (wish - paid))


def _lend(wanted: Floats, made: Flags, score: Floats, supply: float) -> tuple[Floats, float]:
    """Return granted loans and the quota left over; only manufacturing is rationed."""
    granted = wanted.copy()
    granted[made] = rationed(wanted[made], score[made], max(supply, 0.0))
    return granted, max(supply - float(granted[made].sum()), 0.0)


def _push(state: CityState, left: float, made: Flags, score: Floats) -> Floats:
    """Return loans that banks place with sound manufacturers to use the quota."""
    firms = state.firms
    sound = made & firms.alive & (firms.debt > 0.0)
    loans = np.zeros(firms.count)
    if left <= 0.0 or not bool(sound.any()):
        return loans
    better = sound & (score >= np.median(score[sound]))
    weight = np.where(better, firms.debt, 0.0)
    return np.asarray(state.parameters["credit_push"] * left * weight / weight.sum())


def step(state: CityState) -> None:
    """Repay, lend, invest, and install the capital of the quarter."""
    firms, p, memory = state.firms, state.parameters, state.memory
    price = investment_price(state)
    gearing = _gearing(state)
    cut = state.terms.spread_cut - state.reference.spread_cut
    leaning = gearing * np.exp(p["debt_wrt_spread"] * cut)
    due = repayments(firms.debt, leaning * firms.capital_stock * price, p["loan_repayment_rate"])
    own = np.maximum(firms.cash - p["cash_buffer"] * firms.revenue - due, 0.0)
    score = creditworthiness(
        firms.profit, firms.revenue, firms.annual_revenue, firms.capital_stock * price, firms.debt
    )
    made = state.city.sectors.manufacturing[firms.sector.astype(np.int64)]
    scale = _usual_scale(state, own, due, gearing, score)
    wish = state.arrays["investment.desired"] * price
    aim = memory.setdefault("credit.aim", float(firms.debt[made].sum()))
    credit = float(state.world.credit_growth[state.now])
    shift = state.terms.credit_shift - state.reference.credit_shift
    aim *= 1.0 + _aimed_growth(state, shift, credit) / 4.0
    kept = float((firms.debt - due)[made].sum())
    asked = _applications(state, wish, own, due, leaning)
    loans, left = _lend(asked, made, score, aim - kept)
    spent = scale * _spending(wish, own, loans, p["informal_finance"])
    owners = np.maximum(spent - own - loans, 0.0)
    firms.cash += owners
    state.ledger.pay("investors", "firms", "owners_capital", float(owners.sum()))
    loans = loans + _push(state, left, made, score)
    memory["credit.loans"] *= (1.0 + credit) ** 0.25
    _book_loans(state, loans, due)
    memory["credit.stock"], memory["credit.aim"] = float(firms.debt[made].sum()), aim
    _install(state, spent, wish, price)
    _distribute(state)


def _aimed_growth(state: CityState, shift: float, credit: float) -> float:
    """Return the yearly growth of manufacturing loans that banks aim at."""
    made = state.city.sectors.manufacturing[state.firms.sector.astype(np.int64)]
    trend = state.parameters["manufacturing_credit_share_trend"] / 100.0
    return quota_growth(manufacturing_share(state, made), trend + shift, credit)


def _usual_scale(
    state: CityState, own: Floats, due: Floats, gearing: Floats, score: Floats
) -> float:
    """Return the factor that makes industry's usual investment affordable in usual conditions.

    Firms plan around the finance that they usually get: what some cannot fund, others invest.
    """
    firms, memory = state.firms, state.memory
    sector = firms.sector.astype(np.int64)
    made, industry = state.city.sectors.manufacturing[sector], state.city.sectors.industry[sector]
    wish = state.arrays["investment.usual"] * investment_price(state)
    # The aim holds for the stock of loans: what closures wiped out is lent anew.
    owed = memory.setdefault("credit.stock", float(firms.debt[made].sum()))
    growth = _aimed_growth(state, 0.0, memory["credit.usual_growth"])
    supply = owed * (1.0 + growth / 4.0) - float((firms.debt - due)[made].sum())
    loans, _ = _lend(_applications(state, wish, own, due, gearing), made, score, supply)
    reached = _spending(wish, own, loans, state.parameters["informal_finance"])[industry]
    total = float(reached.sum())
    return min(float(wish[industry].sum()) / total, LARGEST_SCALE) if total > 0.0 else 1.0


def _book_loans(state: CityState, loans: Floats, due: Floats) -> None:
    """Book loans and repayments."""
    firms = state.firms
    before = float(firms.debt.sum())
    lost = state.memory.get("credit.all_debt", before) - before
    firms.debt += loans - due
    state.memory["credit.all_debt"] = float(firms.debt.sum())
    firms.cash += loans - due
    lent, repaid = float(loans.sum()), float(due.sum())
    state.ledger.pay("banks", "firms", "loan", lent)
    state.ledger.pay("firms", "banks", "repayment", repaid)
    bank = state.fund("bank")
    bank.committed += lent
    bank.drawn += lent
    bank.repaid += repaid
    bank.written_off += max(lost, 0.0)
    bank.value = state.memory["credit.all_debt"]


def _install(state: CityState, spent: Floats, wish: Floats, price: float) -> None:
    """Spend, pay upgrade subsidies, and move the capital stock."""
    firms, p = state.firms, state.parameters
    extra = column(state, "capital.additional") * firms.alive
    share = state.arrays["investment.upgrade"] * price / np.maximum(wish, 1e-300)
    outlay = np.maximum(spent + extra, 0.0)
    upgrade = outlay * np.minimum(share, 1.0) * (wish > 0.0)
    claimed = np.minimum(state.arrays["investment.claim_rate"] * upgrade, PROJECT_CAP)
    firms.cash += claimed - outlay
    state.ledger.pay("firms", "outside", "investment", float(outlay.sum()))
    state.ledger.pay("government", "firms", "lever:technical_upgrade_subsidy", float(claimed.sum()))
    firms.investment[:] = outlay / price
    firms.upgrade_investment[:] = upgrade / price
    keep = 1.0 - p["capital_depreciation"] / 4.0
    firms.capital_stock[:] = keep * firms.capital_stock + firms.investment


def _distribute(state: CityState) -> None:
    """Let owners draw part of the cash beyond twice the buffer."""
    firms, p = state.firms, state.parameters
    beyond = np.maximum(firms.cash - 2.0 * p["cash_buffer"] * firms.revenue, 0.0) * firms.alive
    drawn = p["surplus_payout"] * beyond
    firms.cash -= drawn
    state.ledger.pay("firms", "investors", "distribution", float(drawn.sum()))


def investment_price(state: CityState) -> float:
    """Return the price of capital goods, 2015 = 1: producer prices, before the start the first."""
    return float(state.world.ppi[max(state.now, 0)])


def manufacturing_share(state: CityState, made: Flags) -> float:
    """Return manufacturing's share of all loans, fraction."""
    owed = state.memory["credit.coverage"] * float(state.firms.debt[made].sum())
    return owed / max(state.memory["credit.loans"], 1.0)


def observe(state: CityState) -> dict[str, float]:
    """Return investment as published (yuan of the quarter) and credit (yuan, end of quarter)."""
    firms, memory = state.firms, state.memory
    sector = firms.sector.astype(np.int64)
    industry = state.city.sectors.industry[sector] & firms.alive
    made = state.city.sectors.manufacturing[sector]
    price = investment_price(state) * memory["credit.investment_coverage"]
    paid: Mapping[tuple[str, str, str], float] = state.ledger.flows
    return {
        "industrial_investment": price * float(firms.investment[industry].sum()),
        "technical_upgrade_investment": price * float(firms.upgrade_investment[industry].sum()),
        "manufacturing_credit": memory["credit.coverage"] * float(firms.debt[made].sum()),
        "bank_loans": memory["credit.loans"],
        "new_loans_to_firms": paid.get(("banks", "firms", "loan"), 0.0),
    }
