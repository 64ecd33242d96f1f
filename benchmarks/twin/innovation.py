"""R&D, imitation, digital adoption, upgrading and quality, firm by firm (docs/odd.md 3.5)."""

from __future__ import annotations

from math import ceil, exp, expm1, log, log1p
from typing import Any

from benchmarks.twin.production import clip, laplace, tfp_trend
from sim.innovation import FIELD_THINNING, FRONTIER_SLOTS
from sim.state import BACKBONE


class Innovator:
    """What a firm does in innovation."""

    def stand(self: Any) -> None:
        """Enter TFP into the sector's mean, weighted by workers."""
        self.rd_ratio *= self.model.rd_growth
        self.sector.workers += self.employees
        self.sector.skilled += self.employees * self.log_tfp

    def learn(self: Any) -> None:
        """Move within the sector by luck, reversion and imitation; do research."""
        p, sector = self.model.p, self.sector
        gap = self.log_tfp - sector.mean_tfp
        if self.own_standing is None:
            self.own_standing = gap
        self.position = 0.5 * p["tfp_shock_scale"] * clip(laplace(self.words[2]), -8.0, 8.0)
        self.position += p["imitation_speed"] / 4.0 * max(0.8 - gap, 0.0)
        self.position -= (1.0 - p["tfp_persistence"] ** 0.25) * (gap - self.own_standing)
        self.rd_gain = self.rd_outlay = 0.0
        if self.rd_ratio > 0.0:
            self._research()
        sector.moved += self.employees * self.position
        sector.output += self.real_output
        sector.researched += self.real_output * self.rd_gain

    def _research(self: Any) -> None:
        """Add to the R&D stock; certified firms get a grant on what they report."""
        city, p = self.model, self.model.p
        self.rd_outlay = self.rd_ratio * self.revenue
        self.rd_gain = p["tfp_wrt_rd"] * self.talent_gain
        kept = (1.0 - p["rd_depreciation"] / 4.0) * self.rd_stock
        usual = stock = max(kept + self.rd_outlay / city.price, 1.0)
        if self.high_tech:
            stock = max(kept + city.rd_done * self.rd_outlay / city.price, 1.0)
            self.rd_gain += p["tfp_wrt_rd"] * log(stock / usual)
            self.rd_outlay *= city.rd_claimed
            grant = city.terms.rd_grant * self.rd_outlay
            self.cash += grant
            city.pay("government", "firms", "lever:rd_grant_rate", grant)
        self.rd_stock = stock

    def upgrade(self: Any) -> None:
        """Take the upgrading programme, now or as it would have been before the plan."""
        city, terms, usual = self.model, self.model.terms, self.model.reference
        if self.upgraded or not self.sector.traditional:
            return
        lot = ((self.words[3] & 0xFFFFFFFF) + 0.5) / 2.0**32
        taken = lot < -expm1(-terms.upgrade_hazard / 4.0)
        usually = lot < -expm1(-usual.upgrade_hazard / 4.0)
        if taken:
            self.upgraded = True
            self.value_added_rate += terms.upgrade_gain
            city.count("upgraded", 1.0 if self.on_roster else 0.0)
        if usually:
            self.value_added_rate -= usual.upgrade_gain
        self.log_tfp += (taken - usually) * city.p["upgrade_productivity_gain"]

    def advance(self: Any) -> None:
        """Add up all gains of TFP; spread digital technology; better quality."""
        city, p, sector = self.model, self.model.p, self.sector
        self.position -= sector.mean_move
        room = self.digital_level * (1.0 - self.digital_level)
        gain = self.position + self.rd_gain + sector.spillover + city.gain_everywhere
        gain += p["productivity_wrt_digital"] * (city.pace - city.usual_pace) * room
        gain += city.digital_spill * self.digital_level
        if self.rd_ratio > 0.0:
            gain += city.public_gain
        if self.rd_ratio > 0.01:
            gain += sector.field_gain
        if self.tier == BACKBONE:
            gain += city.link_gain
        self.log_tfp += gain
        self.digital_level = min(self.digital_level + city.pace * room, 0.98)
        self.quality_level += city.quality_gain
        rate = self.value_added_rate + p["value_added_rate_drift"] / 4.0
        rate += city.quality_gain * (1.0 - self.value_added_rate)
        self.value_added_rate = clip(rate, 0.02, 0.92)


def step(city: Any) -> None:
    """Let firms learn, do research, win frontier draws, upgrade, and advance."""
    learn_together(city)
    support_fields(city, sum(1 for firm in city.firms if firm.tier == BACKBONE))
    _frontier(city)
    city.firms.do("upgrade")
    city.firms.do("advance")


def learn_together(city: Any) -> None:
    """Let firms learn beside the others of their sector."""
    _conditions(city)
    for sector in city.sectors:
        sector.clear("workers", "skilled", "moved", "output", "researched")
    city.firms.do("stand")
    for sector in city.sectors:
        sector.mean_tfp = sector.skilled / sector.workers if sector.workers > 0.0 else 0.0
    city.firms.do("learn")
    social = city.p["rd_social_over_private"] - 1.0
    for sector in city.sectors:
        sector.mean_move = sector.moved / sector.workers if sector.workers > 0.0 else 0.0
        researched = sector.researched / sector.output if sector.output > 0.0 else 0.0
        sector.spillover = social * researched


def _conditions(city: Any) -> None:
    """Note what the terms beyond the reference give to every firm this quarter."""
    p, terms, usual = city.p, city.terms, city.reference
    city.rd_growth = exp(p["rd_intensity_trend"] / 4.0)
    cheaper = log1p(-min(usual.rd_grant, 0.9)) - log1p(-min(terms.rd_grant, 0.9))
    city.rd_claimed = exp(p["rd_wrt_cost"] * cheaper)
    city.rd_done = exp(p["rd_wrt_cost"] * (1.0 - p["rd_relabelling_share"]) * cheaper)
    public = terms.public_knowledge - usual.public_knowledge
    city.public_gain = p["public_knowledge_spillover"] * public / 4.0
    quality = terms.quality_programme - usual.quality_programme
    city.quality_gain = quality * p["quality_gain"] / 4.0
    city.pace, city.usual_pace = (
        p["digital_diffusion"] * each.digital_cost_factor ** -p["digital_cost_elasticity"] / 4.0
        for each in (terms, usual)
    )
    beyond = terms.digital_spillover - usual.digital_spillover
    city.digital_spill = beyond * city.now("information_economy_log_growth")
    city.gain_everywhere = city.talent_gain + tfp_trend(p) / 4.0


def support_fields(city: Any, leaders: int) -> None:
    """Draw this year's breakthrough fields and share new co-operation links among `leaders`."""
    terms, usual = city.terms, city.reference
    luck = {
        s: city.chance("innovation/fields", s.code, city.quarter // 4) * (0.05 + s.high_tech_share)
        for s in city.sectors
    }
    ranked = sorted(city.sectors, key=lambda s: -luck[s])
    for rank, sector in enumerate(ranked):
        now, before = (
            clip(fields - rank, 0.0, 1.0) / max(fields / FIELD_THINNING, 1.0)
            for fields in (terms.breakthrough_fields, usual.breakthrough_fields)
        )
        sector.field_gain = (now - before) * city.p["breakthrough_gain"] / 4.0
    links = (terms.cooperation_links - usual.cooperation_links) / 4.0 * city.scale
    city.link_gain = city.p["cooperation_gain"] * links / max(leaders, 1)


def _frontier(city: Any) -> None:
    """Let the luckiest firms of emerging sectors make frontier breakthroughs."""
    slots = max(ceil(FRONTIER_SLOTS * city.scale), 1)
    able = city.firms.select(
        lambda f: (
            f.sector.strategic_emerging_share > 0.2 and f.rd_ratio > 0.01 and f.annual_revenue < 4e8
        )
    )
    lots = {f: city.chance("innovation/frontier_firm", f.firm_id, city.quarter) for f in able}
    first = sorted(able, key=lambda f: -lots[f])[:slots]
    for slot, firm in enumerate(first):
        opens, succeeds = city.chances("innovation/frontier", slot, city.quarter, 2)
        if succeeds >= city.p["frontier_success"]:
            continue
        now, before = (
            opens < each.frontier_draws * city.scale / (4.0 * slots)
            for each in (city.terms, city.reference)
        )
        firm.log_tfp += city.p["frontier_jump"] * (now - before)
        if now:
            city.count("frontier_breakthroughs")
