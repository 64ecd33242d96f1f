"""Closures, exits, departures and entries, firm by firm (docs/odd.md 3.13)."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from math import exp, expm1, log
from typing import Any

from benchmarks.twin.production import clip
from sim.demography import (
    CLASS_D,
    LARGEST_LEAVER,
    WIDEST_GAP,
    YOUNG_FACTOR,
    YOUNG_QUARTERS,
)
from sim.state import A_SHARE, ENTRANT, OVERSEAS, STARTUP, SUPPLIER, new_firm_ids

PATTERNS = ("wage", "energy_intensity", "water_intensity", "pollutant_intensity", "digital_level")


def within_quarter(yearly: float) -> float:
    """Return the probability within a quarter of a yearly hazard."""
    return -expm1(-yearly / 4.0)


class Mortal:
    """How a firm leaves."""

    @property
    def listed(self: Any) -> bool:
        """Whether the firm's shares are traded on an exchange."""
        return self.listing_stage in (A_SHARE, OVERSEAS)

    @property
    def can_leave(self: Any) -> bool:
        """Whether chance may take the firm: not listed, not too large."""
        return bool(self.annual_revenue <= LARGEST_LEAVER and not self.listed)

    def face_closure(self: Any) -> None:
        """Close as obsolete capacity of class D."""
        if self.per_mu_class != CLASS_D or not self.can_leave:
            return
        city = self.model
        lot = city.chance("demography/closure", self.firm_id, city.quarter)
        now, usual = (within_quarter(each.closure_hazard) for each in (city.terms, city.reference))
        self._leave_if(
            lot < now, lot < usual, city.p["leaver_sales_recaptured"], "closures_obsolete"
        )

    def compare(self: Any) -> None:
        """Enter TFP into the mean of the sector's firms at risk."""
        if self.can_leave:
            self.sector.at_risk += 1.0
            self.sector.risky_tfp += self.log_tfp

    def face_exit(self: Any) -> None:
        """Exit by a hazard of size, age, TFP and support."""
        if not self.can_leave:
            return
        city, p = self.model, self.model.p
        hazard = p["exit_rate_above_scale"] if self.on_roster else p["exit_rate_small"]
        if self.sector.service:
            hazard = 0.5 * p["exit_rate_above_scale"]
        gap = clip((self.log_tfp - self.sector.mean_tfp) / 0.6, -WIDEST_GAP, WIDEST_GAP)
        change = p["exit_wrt_tfp"] * gap + p["survival_wrt_support"] * self.supported
        hazard *= exp(change)
        if self.birth_quarter > city.quarter - YOUNG_QUARTERS and not self.on_roster:
            hazard *= YOUNG_FACTOR
        lot = ((self.words[3] >> 32) + 0.5) / 2.0**32
        relief = p["exit_wrt_margin"] * (city.terms.cost_cut - city.reference.cost_cut)
        now, usual = within_quarter(hazard * exp(relief)), within_quarter(hazard)
        self._leave_if(lot < now, lot < usual, p["leaver_sales_recaptured"], "exits")

    def face_move(self: Any) -> None:
        """Move out of the city, less likely where services are good."""
        if not self.on_roster or not self.can_leave:
            return
        city, p = self.model, self.model.p
        coverage = city.terms.service_coverage - city.reference.service_coverage
        lot = city.chance("demography/move", self.firm_id, city.quarter)
        now = p["out_migration_rate"] * exp(p["out_migration_wrt_service"] * coverage)
        usual = within_quarter(p["out_migration_rate"])
        self._leave_if(lot < within_quarter(now), lot < usual, 0.0, "out_migrations")

    def _leave_if(self: Any, leaves: bool, usual: bool, passed_on: float, kind: str) -> None:
        """Leave or stay; pass sales on, and what differs from the usual.

        The city's path contains the usual exits with all their sales staying in the sector.
        """
        lost = 1.0 - passed_on
        beyond = lost * (usual - leaves)
        self.sector.freed_market += (leaves + beyond) * self.real_output
        self.sector.market_beyond_usual += beyond * self.real_output
        if not leaves:
            return
        city = self.model
        city.count(kind)
        city.count("certificates_left", 1.0 if self.high_tech else 0.0)
        city.pay("firms", "households", "liquidation", self.cash)
        self.alive = False
        self.remove()


def step(city: Any) -> None:
    """Let firms leave and enter."""
    city.firms.do("face_closure")
    for sector in city.sectors:
        sector.clear("at_risk", "risky_tfp")
    city.firms.do("compare")
    for sector in city.sectors:
        sector.mean_tfp = sector.risky_tfp / max(sector.at_risk, 1.0)
    city.firms.do("face_exit")
    city.firms.do("face_move")
    _enter(city)


class Newcomers:
    """Where entrants come: chances of sectors and places, and patterns of living firms."""

    def __init__(self, city: Any) -> None:
        p, sectors = city.p, city.sectors
        support = city.terms.emerging_support - city.reference.emerging_support
        gain = p["emerging_entry_gain"] * support
        first_service = next((s for s in sectors if s.service), None)
        self.usual = [s.firm_share if s.manufacturing else 0.0 for s in sectors]
        self.weight = [
            usual * exp(gain * s.strategic_emerging_share)
            for usual, s in zip(self.usual, sectors, strict=True)
        ]
        if first_service is not None:
            self.usual[first_service.code] = self.weight[first_service.code] = 0.06
        focus = 1.0 + 0.3 * (city.terms.spatial_focus - city.reference.spatial_focus)
        on_platform = [min(share * focus, 1.0) for share in city.platform_shares]
        rest = max(1.0 - sum(on_platform), 0.05)
        self.places = on_platform + [share * rest for share in city.district_shares]
        self._patterns(city)

    def _patterns(self, city: Any) -> None:
        by_sector = city.firms.groupby("sector", result_type="list").groups
        for sector in city.sectors:
            mine = by_sector.get(sector, [])
            number = max(len(mine), 1)
            sector.pattern = {n: sum(getattr(f, n) for f in mine) / number for n in PATTERNS}
            staff = max(sum(f.employees for f in mine), 1.0)
            sales = sum(f.annual_revenue for f in mine)
            sector.pattern["per_worker"] = max(0.7 * sales / staff, 5e4)


def drawn_from(weights: list[float], lot: float) -> int:
    """Return the place among weights on which a lot between zero and one falls."""
    edges = list(accumulate(weights))
    total = sum(weights)
    return min(bisect_left([edge / total for edge in edges], lot), len(weights) - 1)


def _enter(city: Any) -> None:
    """Let new firms enter: their number follows that of small firms."""
    faster = city.terms.approval_quarters / city.reference.approval_quarters
    more = exp(city.p["entry_wrt_approval"] * log(faster))
    small = sum(1 for firm in city.firms if not firm.on_roster)
    mean = city.p["entry_rate"] / 4.0 * small * more
    number = int(mean + city.chance("demography/entries", 0, city.quarter))
    if not number:
        return
    newcomers = Newcomers(city)
    for slot in range(number):
        _found(city, newcomers, slot, more)
    city.count("entries", float(number))


def _found(city: Any, newcomers: Newcomers, slot: int, more: float) -> None:
    """Found one firm: a small copy of its sector's firms."""
    p = city.p
    identity = int(new_firm_ids(ENTRANT, city.quarter, slot))
    noise = city.normals("demography/entrant", identity, 8)
    lots = city.chances("demography/entrant_place", identity, 0, 3)
    sector = city.sectors[drawn_from(newcomers.weight, lots[0])]
    ready = p["start_up_share_of_entry"] * city.innovation_space
    starts_up = lots[1] < ready * (0.3 + 2.0 * sector.high_tech_share)
    size = min(2.0e6 * exp(0.9 * noise[0]), 1.5e7)
    output = size / 4.0 / (1.0 if sector.service else city.now("ppi"))
    staff = max(size / sector.pattern["per_worker"], 1.0)
    capital = size * sector.capital_output * exp(0.4 * noise[1])
    share = p["capital_share"]
    tfp = log(output) - share * log(capital) - (1.0 - share) * log(staff) + 0.2 * noise[2]
    place = drawn_from(newcomers.places, lots[2])
    platforms = len(city.platform_shares)
    rd_ratio = 0.07 * exp(0.4 * noise[5]) if starts_up else 0.0
    level = sector.pattern["digital_level"] + 0.1 * noise[6] + (0.15 if starts_up else 0.0)
    rate = clip(sector.value_added_rate + 0.05 * noise[3], 0.05, 0.8)
    city.add_firm({
        "firm_id": identity, "sector": sector, "birth_quarter": city.quarter,
        "platform": place if place < platforms else -1,
        "district": city.platform_districts[place] if place < platforms else place - platforms,
        "annual_revenue": size, "previous_revenue": 0.7 * size, "revenue": size / 4.0,
        "real_output": output, "employees": staff, "capital_stock": capital, "log_tfp": tfp,
        "value_added_rate": rate, "value_added": size / 4.0 * rate, "cash": 0.3 * size,
        "wage": sector.pattern["wage"], "rd_ratio": rd_ratio,
        "rd_stock": rd_ratio * size / (p["rd_depreciation"] + 0.2),
        "digital_level": clip(level, 0.02, 0.95),
        "export_share": sector.export_share if noise[7] > 1.0 else 0.0,
        "tier": STARTUP if starts_up else SUPPLIER,
        **{name: sector.pattern[name] * exp(0.3 * noise[4]) for name in PATTERNS[1:4]},
    })  # fmt: skip
    # Rivals make room for the usual entrants; further ones take from them what is sold here.
    chance, usual = newcomers.weight, newcomers.usual
    now = chance[sector.code] / sum(chance)
    expected = usual[sector.code] / sum(usual) / now / more
    beyond = (1.0 - expected) * (1.0 - p["leaver_sales_recaptured"])
    sector.freed_market -= (1.0 - beyond) * output
    sector.market_beyond_usual += beyond * output
    city.pay("households", "firms", "founders_equity", 0.3 * size + capital)
    city.pay("firms", "outside", "founding_capital", capital)
