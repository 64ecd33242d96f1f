"""Investment plans and bank credit, firm by firm (docs/odd.md 3.6)."""

from __future__ import annotations

from math import exp, log, log1p
from typing import Any

from benchmarks.twin import funds
from benchmarks.twin.production import clip
from sim.credit import LARGEST_SCALE, PROJECT_CAP
from sim.credit_kernels import BANDS
from sim.investment import LARGEST_DEVIATION, LARGEST_RATE, MEMORY


class Investor:
    """What a firm does about its capital."""

    @property
    def producing(self: Any) -> bool:
        """Whether the firm sells and has capital."""
        return bool(self.real_output > 0.0 and self.capital_stock > 0.0)

    def feel_growth(self: Any) -> None:
        """Compare output with its smoothed past, and move the past along."""
        city = self.model
        if self.smoothed_output is None:
            self.smoothed_output = self.real_output * exp(-city.usual_growth)
        self.felt = 0.0
        if self.producing:
            self.felt = log(self.real_output / max(self.smoothed_output, 1e-9))
            if not self.sector.service:
                city.output += self.real_output
                city.past_output += self.smoothed_output
                city.felt += self.real_output * self.felt
        city.capital += self.capital_stock
        city.allowed += self.capital_stock * self.land_allows
        self.smoothed_output += MEMORY * (self.real_output - self.smoothed_output)

    def plan(self: Any) -> None:
        """Plan investment by growth, the cost of funds, claims and land."""
        city, p = self.model, self.model.p
        self.usual_investment = self.upgrade_plan = self.planned = 0.0
        if self.attention is None:
            self.attention = city.chance("investment/take_up", self.firm_id)
        claims_usually = self.attention < p["incentive_take_up_share"]
        self.claim_rate = city.claim_rate if self.attention < city.take_up else 0.0
        if not self.producing:
            return
        growth = clip(
            self.felt + city.felt_shift - city.usual_growth, -LARGEST_DEVIATION, LARGEST_DEVIATION
        )
        rate = p["capital_trend"] + p["capital_depreciation"]
        rate = max(rate + p["investment_accelerator"] * growth, 0.0) / 4.0
        geared = min(self.debt / max(self.capital_stock * city.price, 1.0), 1.0)
        dearer = city.rate_change - city.spread_cut * geared
        cost = max(1.0 + dearer / city.user_cost, 0.2) ** p["investment_wrt_user_cost"]
        beyond = self.claim_rate - (city.usual_claim_rate if claims_usually else 0.0)
        more = 1.0 + p["investment_wrt_17pct_credit"] / 0.17 * beyond
        share = p["technical_upgrade_share"]
        self.usual_investment = rate * self.capital_stock
        self.upgrade_plan = max(self.usual_investment * share * cost * more, 0.0)
        widening = self.usual_investment * (1.0 - share) * cost
        self.planned = widening * self.land_allows / city.usual_land + self.upgrade_plan

    def ask(self: Any) -> None:
        """Use own money first, and ask the bank for the rest and for working capital."""
        city, bank = self.model, self.model.bank
        value = self.gearing * self.capital_stock * city.price
        self.due = clip(
            self.debt - city.lean * value, 0.0, city.p["loan_repayment_rate"] * self.debt
        )
        own = self.cash - city.p["cash_buffer"] * self.revenue - self.due
        self.own_funds = max(own, 0.0)
        kept = self.debt - self.due
        short = self.usual_investment * city.price - self.own_funds
        self.asks_usually = max(value - kept, short, 0.0)
        short = self.planned * city.price - self.own_funds
        self.asks = max(city.lean * value - kept, short, 0.0)
        margin = clip(self.profit / max(self.revenue, 1.0), -0.3, 0.3)
        size = log(max(self.annual_revenue, 1e5) / 20e6)
        cover = min(self.capital_stock * city.price / max(self.debt, 1.0), 3.0)
        self.grade = 2.0 * margin + 0.15 * size + 0.1 * cover
        if self.sector.manufacturing:
            bank.lent += self.debt
            bank.due += self.due
            bank.to_profitable += self.debt if self.profit > 0.0 else 0.0

    def would_spend(self: Any) -> None:
        """Note what the usual plan and the usual loan would come to."""
        city = self.model
        if not self.sector.service:
            wish = self.usual_investment * city.price
            city.wished += wish
            city.reached += self._spent(wish, city.usual_rations)

    def _spent(self: Any, plan: float, rations: Rations) -> float:
        """Return what is spent of a plan: what funds allow and part of the rest."""
        asked = self.asks_usually if rations.usual else self.asks
        paid = min(plan, self.own_funds + rations.granted(self, asked))
        return paid + self.model.p["informal_finance"] * (plan - paid)

    def invest(self: Any) -> None:
        """Borrow, spend, claim, draw, and install the capital."""
        city, p, bank = self.model, self.model.p, self.model.bank
        loan = city.rations.granted(self, self.asks)
        spent = city.usual_scale * self._spent(self.planned * city.price, city.rations)
        owners = max(spent - self.own_funds - loan, 0.0)
        if self.sector.manufacturing and self.profit > 0.0:
            loan += bank.push * self.debt
        outlay = max(spent + self.additional, 0.0)
        self.additional = 0.0
        renewing = min(self.upgrade_plan / self.planned, 1.0) if self.planned > 0.0 else 0.0
        claimed = min(self.claim_rate * outlay * renewing, PROJECT_CAP)
        self.cash += owners + loan - self.due + claimed - outlay
        drawn = p["surplus_payout"] * max(self.cash - 2.0 * p["cash_buffer"] * self.revenue, 0.0)
        self.cash -= drawn
        self.debt += loan - self.due
        self.investment = outlay / city.price
        self.upgrade_investment = self.investment * renewing
        keep = 1.0 - p["capital_depreciation"] / 4.0
        self.capital_stock = keep * self.capital_stock + self.investment
        bank.stock += self.debt if self.sector.manufacturing else 0.0
        city.pay("investors", "firms", "owners_capital", owners)
        city.pay("banks", "firms", "loan", loan)
        city.pay("firms", "banks", "repayment", self.due)
        city.pay("firms", "outside", "investment", outlay)
        city.pay("government", "firms", "lever:technical_upgrade_subsidy", claimed)
        city.pay("firms", "investors", "distribution", drawn)


class Rations:
    """Loans of a bank that serves manufacturers by grade until the supply ends.

    Parameters
    ----------
    firms : AgentSet
        All firms.
    usual : bool
        Whether they ask for the usual plan or for the present one.
    supply : float
        Yuan to be lent.
    """

    def __init__(self, firms: Any, usual: bool, supply: float) -> None:
        self.usual = usual
        asking = {f: f.asks_usually if usual else f.asks for f in firms if f.sector.manufacturing}
        asking = {firm: asked for firm, asked in asking.items() if asked > 0.0}
        self.demand = sum(asking.values())
        self.share: list[float] | None = None
        if self.demand <= supply:
            return
        grades = [firm.grade for firm in asking]
        self.best = max(grades)
        self.width = (self.best - min(grades)) / (BANDS - 1) or 1.0
        bands = [0.0] * BANDS
        for firm, asked in asking.items():
            bands[self.band(firm)] += asked
        self.share = []
        for band in bands:
            self.share.append(clip(supply / band, 0.0, 1.0) if band > 0.0 else 0.0)
            supply -= band

    def band(self, firm: Any) -> int:
        """Return the place of a firm among the bands of grades, the best first."""
        return int((self.best - firm.grade) / self.width)

    def granted(self, firm: Any, asked: float) -> float:
        """Return the loan that a firm gets."""
        if self.share is None or not firm.sector.manufacturing or asked <= 0.0:
            return asked
        return asked * self.share[self.band(firm)]


def step(city: Any) -> None:
    """Let firms plan, funds place, and firms invest what own money and loans allow."""
    plans(city)
    funds.step(city)
    _gear(city)
    lend(city, Rations)


def plans(city: Any) -> None:
    """Let firms feel their growth and plan."""
    p, terms, usual = city.p, city.terms, city.reference
    city.price, city.usual_growth = city.now("ppi"), log1p(p["trend_growth"])
    city.output = city.past_output = city.felt = city.capital = city.allowed = 0.0
    city.firms.do("feel_growth")
    city.felt_shift = 0.0
    if city.output > 0.0:
        city.felt_shift = log(city.output / max(city.past_output, 1e-9)) - city.felt / city.output
    if city.usual_land is None:
        city.usual_land = max(city.allowed / city.capital if city.capital > 0.0 else 1.0, 0.05)
    take_up, coverage = (
        p["incentive_take_up_share"],
        terms.service_coverage - usual.service_coverage,
    )
    more = p["take_up_wrt_service"] * coverage
    city.take_up = clip(take_up + (1.0 - take_up) * more, 0.0, 1.0)
    city.claim_rate, city.usual_claim_rate = (
        min(each.upgrade_subsidy / take_up, LARGEST_RATE) if take_up > 0.0 else 0.0
        for each in (terms, usual)
    )
    city.rate_change = city.now("interest_rate") - city.usual_rate
    city.spread_cut = terms.spread_cut - usual.spread_cut
    city.user_cost = city.usual_rate + p["capital_depreciation"]
    city.firms.do("plan")


def lend(city: Any, rations: Any) -> None:
    """Let firms ask, the bank ration its loans, and firms invest."""
    p, bank = city.p, city.bank
    city.lean = exp(p["debt_wrt_spread"] * city.spread_cut)
    bank.lent = bank.due = bank.to_profitable = 0.0
    city.firms.do("ask")
    usual_supply, supply = _supplies(city)
    city.usual_rations = rations(city.firms, True, usual_supply)
    city.wished = city.reached = 0.0
    city.firms.do("would_spend")
    city.usual_scale = 1.0
    if city.reached > 0.0:
        city.usual_scale = min(city.wished / city.reached, LARGEST_SCALE)
    city.rations = rations(city.firms, False, supply)
    left = max(supply - city.rations.demand, 0.0)
    bank.push = p["credit_push"] * left / bank.to_profitable if bank.to_profitable > 0.0 else 0.0
    bank.stock = 0.0
    city.firms.do("invest")


def _gear(city: Any) -> None:
    """Give firms that are new to the bank their usual debt per yuan of capital."""
    new = city.firms.select(lambda firm: firm.gearing is None)
    if not len(new):
        return
    owed = sum(firm.debt for firm in city.firms)
    worth = sum(firm.capital_stock for firm in city.firms) * city.price
    for firm in new:
        firm.gearing = min(owed / max(worth, 1.0), 1.0)
        if firm.debt > 0.0:
            firm.gearing = min(firm.debt / max(firm.capital_stock * city.price, 1.0), 10.0)


def _supplies(city: Any) -> tuple[float, float]:
    """Return the loans for manufacturing in usual and in present conditions."""
    p, bank = city.p, city.bank
    share = max(bank.coverage * bank.lent / max(bank.loans, 1.0), 0.01)
    credit = city.now("credit_growth")
    shift = city.terms.credit_shift - city.reference.credit_shift
    trend = p["manufacturing_credit_share_trend"] / 100.0
    owed = bank.lent if bank.stock is None else bank.stock
    bank.aim = owed if bank.aim is None else bank.aim
    usual, aimed = (
        max(1.0 + (trend + change) / share, 0.0) * (1.0 + growth) - 1.0
        for change, growth in ((0.0, bank.usual_growth), (shift, credit))
    )
    bank.aim *= 1.0 + aimed / 4.0
    bank.loans *= (1.0 + credit) ** 0.25
    kept = bank.lent - bank.due
    return max(owed * (1.0 + usual / 4.0) - kept, 0.0), max(bank.aim - kept, 0.0)
