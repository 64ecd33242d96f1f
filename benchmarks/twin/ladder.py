"""Certificates and the wild-geese ladder, firm by firm (docs/odd.md 3.14)."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from math import exp, log
from typing import Any

from benchmarks.twin.production import clip
from sim.certificates import RULES_OF_2016, SIZES, SMALLEST, SOFTNESS, TERM
from sim.state import BACKBONE, GROWTH, STARTUP, SUPPLIER, TIERS
from sim.tiers import (
    BACKBONE_KEEP,
    BACKBONE_REVENUE,
    GROWTH_FLOOR,
    GROWTH_KEEP,
    GROWTH_RATE,
    GROWTH_RD,
    LARGEST_PULL,
    NOTCH,
    STARTUP_RD,
    STARTUP_REVENUE,
    STARTUP_YEARS,
    SUPPLIED_SHARE,
    TOP,
)


class Climber:
    """How a firm holds certificates, climbs the ladder and follows a leader."""

    @property
    def required_rd(self: Any) -> float:
        """R&D ratio that the rule for the firm's size asks for."""
        if self.annual_revenue > SIZES[0]:
            return 0.04 if self.annual_revenue <= SIZES[1] else 0.03
        return 0.05 if self.model.quarter >= RULES_OF_2016 else 0.06

    def renew(self: Any) -> None:
        """Renew a certificate that ends, or lose it."""
        city = self.model
        if not self.high_tech or self.certificate_until > city.quarter:
            return
        lot = city.chance("certificates/renewal", self.firm_id, city.quarter)
        keeps = self.rd_ratio >= 0.8 * self.required_rd
        if lot < city.p["certificate_renewal"] * (1.0 if keeps else 0.6):
            self.certificate_until = city.quarter + TERM
        else:
            self.high_tech, self.certificate_until = False, -1
            city.count("certificates_lapsed")

    @property
    def eligibility(self: Any) -> float:
        """Relative chance to be certified."""
        if self.annual_revenue < SMALLEST:
            return 0.0
        gap = clip((self.rd_ratio - self.required_rd) / SOFTNESS, -30.0, 30.0)
        return (0.05 + self.sector.high_tech_share) / (1.0 + exp(-gap))

    def lead_of(self: Any) -> float | None:
        """Return the log growth of the firm's leader, None without a living one."""
        leader = self.leader
        if leader is None or not leader.alive:
            return None
        if not leader.previous_output or leader.real_output <= 0.0:
            return None
        return log(leader.real_output) - log(leader.previous_output)

    def due_tier(self: Any, revenue: float) -> int:
        """Return the tier whose entry rule the firm meets at given sales."""
        certified, growth = self.high_tech, self.growth_at(revenue)
        if revenue >= BACKBONE_REVENUE:
            return BACKBONE
        doing = certified or self.rd_ratio >= GROWTH_RD
        if revenue >= GROWTH_FLOOR and growth >= GROWTH_RATE and doing:
            return GROWTH
        young = self.age < STARTUP_YEARS and revenue < STARTUP_REVENUE
        return STARTUP if young and (self.rd_ratio >= STARTUP_RD or certified) else SUPPLIER

    def growth_at(self: Any, revenue: float) -> float:
        """Return growth to given sales since the last review."""
        before = self.previous_revenue
        return revenue / max(before, 1.0) - 1.0 if before > 0.0 else 0.0

    @property
    def age(self: Any) -> float:
        """Years."""
        return float(self.model.quarter - self.birth_quarter) / 4.0

    def keeps_tier(self: Any, revenue: float) -> bool:
        """Return whether the firm still meets the softer rule of its tier."""
        if self.tier == BACKBONE:
            return revenue >= BACKBONE_KEEP
        if self.tier == GROWTH:
            return revenue >= GROWTH_FLOOR and self.growth_at(self.annual_revenue) >= GROWTH_KEEP
        if self.tier == STARTUP:
            young = self.age < STARTUP_YEARS and revenue < STARTUP_REVENUE
            return bool(young and self.rd_ratio >= 0.5 * STARTUP_RD)
        return True

    def face_review(self: Any) -> None:
        """Be promoted or demoted in the yearly review."""
        city, p, revenue = self.model, self.model.p, self.annual_revenue
        lots = city.chances("ladder/review", self.firm_id, city.quarter, 3)
        if revenue >= NOTCH * BACKBONE_REVENUE and lots[2] < city.bunching:
            revenue = max(revenue, BACKBONE_REVENUE)
        due, old = self.due_tier(revenue), self.tier
        if due > old and lots[0] < city.promotion:
            self.tier = due
            city.count("tier_promotions")
        elif due < old and not self.named_leader and lots[1] < p["demotion_rate"]:
            self.tier = old if self.keeps_tier(revenue) else due
        if self.tier != old:
            city.count(f"tier_{TIERS[old]}_{TIERS[self.tier]}")
        if self.tier == BACKBONE:
            self.leader = None


def step(city: Any) -> None:
    """Renew and grant certificates, pass growth on to suppliers, review once a year."""
    last = city.quarter % 4 == 3
    city.firms.do("renew")
    city.certificates_lost += city.counts.get("certificates_left", 0.0)
    city.certificates_lost += city.counts.get("certificates_lapsed", 0.0)
    if last:
        _certify(city)
    _pull(city)
    if last:
        _review(city)
    for firm in city.firms:
        if firm.leader is not None:
            firm.leader.previous_output = firm.leader.real_output


def _certify(city: Any) -> None:
    """Recognise new holders, so many that the expected stock grows by its rate."""
    p = city.p
    lost, expected = city.certificates_lost, city.certificates_expected
    stock = lost + sum(1 for firm in city.firms if firm.high_tech)
    usual = p["high_tech_firms_growth"] + (lost / stock if stock > 0.0 else 0.0)
    boost = city.terms.certificate_boost / city.reference.certificate_boost
    wanted = expected * usual * boost ** p["certificate_boost_response"]
    city.certificates_expected = expected * (1.0 + p["high_tech_firms_growth"])
    city.certificates_lost = 0.0
    able = [firm for firm in city.firms if not firm.high_tech and firm.rd_ratio > 0.0]
    total = sum(firm.eligibility for firm in able)
    for firm in able:
        lot = city.chance("certificates/new", firm.firm_id, city.quarter)
        if total > 0.0 and wanted > 0.0 and lot < wanted * firm.eligibility / total:
            firm.high_tech, firm.certificate_until = True, city.quarter + TERM
            city.count("certificates_new")


def _pull(city: Any) -> None:
    """Let followers feel by how much their leader grew beyond the followers' mean."""
    boost = city.terms.promotion_boost / city.reference.promotion_boost - 1.0
    content = city.p["local_content"] * exp(city.p["cultivation_local_content"] * boost)
    leads = {}
    for firm in city.firms:
        if firm.previous_output is None:
            firm.previous_output = firm.real_output
    for firm in city.firms:
        firm.supplier_pull = 0.0
        lead = firm.lead_of()
        if lead is not None:
            leads[firm] = lead
    total = sum(max(firm.real_output, 1.0) for firm in leads)
    mean = sum(max(firm.real_output, 1.0) * lead for firm, lead in leads.items())
    mean /= total if total > 0.0 else 1.0
    for firm, lead in leads.items():
        firm.supplier_pull = content * clip(lead - mean, -LARGEST_PULL, LARGEST_PULL)


def _review(city: Any) -> None:
    p, terms, usual = city.p, city.terms, city.reference
    reward = (terms.top_reward - usual.top_reward) / 1e6
    city.bunching = clip(p["bunching_per_reward"] * reward, 0.0, 1.0)
    boost = max(terms.promotion_boost / usual.promotion_boost, 0.0)
    city.promotion = 1.0 - (1.0 - p["promotion_rate"]) ** boost
    city.firms.do("face_review")
    makers = [firm for firm in city.firms if firm.sector.manufacturing]
    for firm in sorted(makers, key=lambda f: -f.annual_revenue)[: round(TOP * city.scale)]:
        firm.cash += terms.top_reward
        city.pay("government", "firms", "lever:top100_reward", terms.top_reward)
    _match(city)
    for firm in city.firms:
        firm.previous_revenue = firm.annual_revenue


def _match(city: Any) -> None:
    """Give firms that entered since the last review a leader, if they follow one."""
    industry = [firm for firm in city.firms if not firm.sector.service]
    leaders = [firm for firm in industry if firm.tier == BACKBONE]
    fresh, city.unmatched = city.unmatched, set()
    if not leaders:
        return
    # On one line, each as long as its size: sector by sector, so that a lot can fall in one's own.
    line = sorted(leaders, key=lambda firm: firm.sector.code)
    edges = [0.0, *accumulate(firm.annual_revenue for firm in line)]
    for firm in industry:
        if firm not in fresh or firm.tier == BACKBONE:
            continue
        follows, where, near = city.chances("ladder/leader", firm.firm_id, 0, 3)
        if follows >= SUPPLIED_SHARE:
            continue
        own = [k for k, leader in enumerate(line) if leader.sector is firm.sector]
        first, stop = (own[0], own[-1] + 1) if own and near < 0.7 else (0, len(line))
        place = edges[first] + where * (edges[stop] - edges[first])
        firm.leader = line[int(clip(bisect_right(edges, place) - 1, first, stop - 1))]
