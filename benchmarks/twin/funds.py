"""Equity funds, grants and first-set insurance, firm by firm (docs/odd.md 3.6)."""

from __future__ import annotations

from math import exp, inf, log, sqrt
from statistics import fmean, pstdev
from typing import Any

import mesa
import numpy as np

from benchmarks.twin.production import clip
from sim.applicants import MAKERS_RD, SMALLEST_MAKER, SUPPORT_MEMORY
from sim.flows import EQUITY_FUNDS, holders, holdings
from sim.funds_kernels import ALIKE
from sim.state import BACKBONE, GROWTH, STARTUP, SUPPLIER
from sim.units import YI_YUAN


class FundAgent(mesa.Agent):
    """A fund that holds shares of firms.

    Parameters
    ----------
    model : TwinModel
        The city.
    other : sim.agents.Fund
        The engine's fund: where it starts.
    """

    def __init__(self, model: Any, other: Any) -> None:
        super().__init__(model)
        self.name, self.committed, self.drawn = other.name, other.committed, other.drawn
        self.repaid, self.written_off = other.repaid, other.written_off
        self.holdings: dict[Any, float] = {}

    @property
    def value(self) -> float:
        """What the holdings are worth, yuan."""
        return sum(self.holdings.values())

    def settle(self) -> None:
        """Mark holdings to the firms' sales, write off what is lost, sell what can be sold."""
        city, p = self.model, self.model.p
        kept, proceeds_of_all = {}, 0.0
        for firm, held in self.holdings.items():
            lots = city.chances(f"capital/{self.name}_exit", firm.firm_id, city.quarter, 2)
            if not firm.alive or lots[0] < p["fund_write_off_rate"] / 4.0:
                self.written_off += held
                continue
            value = held * clip(firm.annual_revenue / max(firm.marked_revenue, 1.0), 0.8, 1.25)
            chance = (4.0 if firm.listed else 1.0) * p["fund_exit_rate"] / 4.0
            if lots[1] >= chance:
                kept[firm] = value
                continue
            proceeds = value * (p["fund_exit_multiple"] if firm.listed else 1.0)
            proceeds_of_all += proceeds
            if firm.listed:
                city.pay("investors", "funds", "sale_of_shares", proceeds)
            else:
                firm.cash -= proceeds
                city.pay("firms", "funds", "buy_back", proceeds)
        self.repaid += proceeds_of_all
        if self.name == "venture":
            city.pay("funds", "investors", "distribution", proceeds_of_all)
        self.holdings = kept

    def appetite(self, firm: Any) -> float:
        """Return a firm's relative chance with the fund."""
        sector, tier = firm.sector, firm.tier
        if self.name == "venture":
            support = self.model.terms.emerging_support
            young = {STARTUP: 1.0, GROWTH: 0.7}.get(tier, 0.0)
            tilt = sector.high_tech_share + support * sector.strategic_emerging_share
            return float(young * tilt)
        if not sector.manufacturing:
            return 0.0
        if self.name == "state_platform":
            return {BACKBONE: 3.0, GROWTH: 1.0}.get(tier, 0.0)
        by_tier = {STARTUP: 0.5, GROWTH: 1.0, BACKBONE: 1.0}.get(tier, 0.0)
        return float(by_tier * (0.2 + sector.strategic_emerging_share))

    def place(
        self, applicants: list[Any], pool: float, usual: float, ticket: float, own: float
    ) -> float:
        """Place a pool, of which the share `own` is the fund's money; return what was placed."""
        city, placed = self.model, 0.0
        weights = {firm: self.appetite(firm) for firm in applicants}
        order = in_weighted_order(city, f"capital/{self.name}", weights)
        for place, firm in enumerate(order):
            paid = award(place, len(order), pool, ticket)
            extra = paid - award(place, len(order), usual, ticket)
            if not paid and not extra:
                break
            placed += paid
            firm.cash += paid
            self.holdings[firm] = self.holdings.get(firm, 0.0) + own * paid
            firm.additional += city.p["fund_additionality"] * extra
            if extra > 0.0:
                firm.supported = 1.0
        city.pay("funds", "firms", "equity", own * placed)
        city.pay("investors", "firms", "social_capital", (1.0 - own) * placed)
        return placed


def in_weighted_order(city: Any, stream: str, weights: dict[Any, float]) -> list[Any]:
    """Return firms in the order of an exponential race; those of weight zero are left out."""
    waits = {
        firm: log(city.chance(stream, firm.firm_id, city.quarter)) / weight
        for firm, weight in weights.items()
        if weight > 0.0
    }
    return sorted(waits, key=lambda firm: -waits[firm])


def award(place: int, places: int, pool: float, ticket: float) -> float:
    """Return what a place of a list gets when a pool is paid out in tickets from the top."""
    if pool <= 0.0:
        return 0.0
    size = max(ticket, pool / places)
    return clip(pool - size * place, 0.0, size)


def step(city: Any) -> None:
    """Let funds settle, call and place, then give grants and insure first sets."""
    for firm in city.firms:
        firm.supported *= SUPPORT_MEMORY
        if firm.marked_revenue is None:
            firm.marked_revenue = firm.annual_revenue
    funds = [city.funds[name] for name in EQUITY_FUNDS]
    for fund in funds:
        fund.settle()
    applicants = [
        firm
        for firm in city.firms
        if firm.tier > SUPPLIER and not firm.listed and firm.annual_revenue > 0.0
    ]
    _guidance(city, applicants)
    _venture(city, applicants)
    for fund in funds:
        for firm in fund.holdings:
            firm.marked_revenue = firm.annual_revenue
    _grants(city)
    _first_sets(city)


def _guidance(city: Any, applicants: list[Any]) -> None:
    """Call the capital of the guidance fund and of the state platform, and place it."""
    p, terms, usual = city.p, city.terms, city.reference
    fund, platform = city.funds["guidance_fund"], city.funds["state_platform"]
    ratio, rate = p["platform_capital_ratio"], p["fund_draw_rate"] / 4.0
    fund.committed = max(fund.committed, terms.fund_size * city.scale)
    platform.committed = max(platform.committed, ratio * fund.committed)
    called = max(terms.fund_size * city.scale - fund.drawn, 0.0) * rate
    usually = max(usual.fund_size * city.scale - city.usually_drawn, 0.0) * rate
    city.usually_drawn += usually
    fund.drawn += called
    platform.drawn += ratio * called
    city.pay("government", "funds", "capital_call", (1.0 + ratio) * called)
    geared, usually_geared = 1.0 + terms.fund_leverage, 1.0 + usual.fund_leverage
    ticket = p["fund_ticket"]
    fund.place(applicants, called * geared, usually * usually_geared, ticket, 1.0 / geared)
    left = ratio * (1.0 - p["platform_project_share"])  # the rest waits for large projects
    platform.place(applicants, left * called, left * usually, ticket, 1.0)


def _venture(city: Any, applicants: list[Any]) -> None:
    """Place private equity; support of emerging industries attracts more of it."""
    p, fund = city.p, city.funds["venture"]
    years = (city.quarter - city.first + 1) / 4.0
    usual = p["venture_investment_per_year"] * YI_YUAN / 4.0 * (1.0 + p["venture_growth"]) ** years
    usual *= city.scale
    support = city.terms.emerging_support - city.reference.emerging_support
    pool = usual * exp(p["venture_wrt_support"] * support)
    fund.committed += pool
    placed = fund.place(applicants, pool, usual, p["venture_ticket"], 1.0)
    fund.drawn += placed
    city.pay("investors", "funds", "venture_call", placed)


def standardised(values: list[float]) -> list[float]:
    """Return values less their mean over their standard deviation, zeros where all are alike."""
    mean, spread = fmean(values), pstdev(values)
    return [(value - mean) / (spread if spread > ALIKE else inf) for value in values]


def _grants(city: Any) -> None:
    """Give the special fund's grants by productivity, size and chance (clause 24)."""
    p, terms, usual = city.p, city.terms, city.reference
    firms = [
        f for f in city.firms if f.on_roster and f.sector.manufacturing and f.annual_revenue > 0.0
    ]
    if not firms:
        return
    of_sector: dict[Any, list[float]] = {}
    for firm in firms:
        of_sector.setdefault(firm.sector, []).append(firm.log_tfp)
    means = {sector: fmean(values) for sector, values in of_sector.items()}
    potential = standardised([firm.log_tfp - means[firm.sector] for firm in firms])
    sizes = [log(max(firm.annual_revenue, 1.0)) for firm in firms]
    mean = fmean(sizes)
    slope = sum((s - mean) * q for s, q in zip(sizes, potential, strict=True)) / len(firms)
    sizes = standardised([s - mean - slope * q for s, q in zip(sizes, potential, strict=True)])
    aim = p["subsidy_targeting_on_tfp"] + terms.targeting - usual.targeting
    aim = clip(aim, -1.0, 1.0)
    rest, scores = sqrt(1.0 - aim**2), {}
    for firm, able, size in zip(firms, potential, sizes, strict=True):
        luck = city.normal("capital/grants", firm.firm_id, city.quarter)
        scores[firm] = aim * able + rest * (0.6 * size + 0.8 * luck)
    pools = terms.special_fund * city.scale / 4.0, usual.special_fund * city.scale / 4.0
    for place, firm in enumerate(sorted(firms, key=lambda f: (-scores[f], f.firm_id))):
        paid, usually = (award(place, len(firms), pool, p["grant_size"]) for pool in pools)
        if not paid and not usually:
            break
        firm.cash += paid
        firm.additional += p["grant_additionality"] * (paid - usually)
        if paid > usually:
            firm.supported = 1.0
        firm.log_tfp += p["tfp_growth_wrt_subsidy"] * ((paid > usually) - (paid < usually))
        city.pay("government", "firms", "lever:special_fund_size", paid)


def _first_sets(city: Any) -> None:
    """Insure first sets of equipment; more of them than usual raise the makers' mark-ups."""
    p, terms = city.p, city.terms
    usual_mean = p["first_sets_per_year"] / 4.0 * city.scale
    change = terms.insurance_share - city.reference.insurance_share
    means = np.array([usual_mean * exp(p["first_sets_wrt_insurance"] * change), usual_mean])
    same = np.zeros(2, dtype=np.int64)
    sets, usually = city.keyed.poissons("capital/first_sets", means, same, city.quarter).tolist()
    weights = {
        firm: firm.rd_ratio * sqrt(firm.annual_revenue)
        for firm in city.firms
        if firm.sector.high_tech_share > 0.5
        and firm.sector.manufacturing
        and firm.annual_revenue > SMALLEST_MAKER
        and firm.rd_ratio > MAKERS_RD
    }
    order = in_weighted_order(city, "capital/first_set_maker", weights)
    for place, maker in enumerate(order[: max(sets, usually)]):
        maker.quality_level += p["first_set_quality_gain"] * ((place < sets) - (place < usually))
        if place >= sets:
            continue
        premium = p["first_set_premium"]
        maker.cash -= premium * (1.0 - terms.insurance_share)
        city.pay("firms", "banks", "insurance_premium", premium)
        subsidy = premium * terms.insurance_share
        city.pay("government", "firms", "lever:first_set_insurance", subsidy)
        city.count("first_sets_insured")


def holdings_of(state: Any, name: str, firms: dict[int, Any]) -> dict[Any, float]:
    """Return a fund's holdings in an engine's state, by firm, and mark the firms' sales."""
    held = [firms[row] for row in holders(state, name).tolist()]
    values, marks = (values.tolist() for values in holdings(state, name))
    for firm, mark in zip(held, marks, strict=True):
        firm.marked_revenue = mark
    return dict(zip(held, values, strict=True))
