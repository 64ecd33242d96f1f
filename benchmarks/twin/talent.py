"""Talents and teams arrive and join firms (docs/odd.md 3.11)."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from math import log1p
from typing import Any

import numpy as np

from sim.talent import KINDS, RD_STAFF_SHARE, STAFF_PER_TALENT


class Host:
    """What people who join do for a firm."""

    def learn_from(self: Any, extra_before: float) -> None:
        """Gain R&D productivity by people beyond the reference, against those before."""
        staff = self.employees * min(RD_STAFF_SHARE * self.rd_ratio, 0.6)
        groups = max(staff, STAFF_PER_TALENT) / STAFF_PER_TALENT
        now, before = (
            log1p(max(people / groups, -0.9)) for people in (self.extra_talent, extra_before)
        )
        self.talent_gain = self.model.p["rd_productivity_wrt_talent"] * (now - before)


def rates(city: Any, terms: Any) -> list[float]:
    """Return arrivals a quarter by kind under some terms."""
    p, usual = city.p, city.reference
    more = terms.talent_inflow - usual.talent_inflow
    yearly = (
        p["talent_overseas_per_year"] + more,
        p["talent_national_per_year"] + p["national_per_overseas"] * more,
        p["talent_designers_per_year"] + p["designers_per_overseas"] * more,
        p["talent_teams_per_year"] + terms.talent_teams - usual.talent_teams,
    )
    return [max(rate, 0.0) * city.scale / 4.0 for rate in yearly]


def step(city: Any) -> None:
    """Let people arrive; note what they and better skills give to innovation."""
    p, terms, usual = city.p, city.terms, city.reference
    firms = list(city.firms)
    edges = list(accumulate(
        firm.rd_ratio * firm.annual_revenue if firm.sector.manufacturing else 0.0 for firm in firms
    ))  # fmt: skip
    before: dict[Any, float] = {}
    persons = (p["flexible_stay_share"], 1.0, 1.0, p["team_size"])
    for number, kind in enumerate(KINDS):
        means = np.array([rates(city, each)[number] for each in (terms, usual)])
        same = np.full(2, number, dtype=np.int64)
        came, base = city.keyed.poissons("talent/arrivals", means, same, city.quarter).tolist()
        city.count(f"talent_{kind}", float(came))
        for arrival in range(max(came, base) if edges and edges[-1] > 0.0 else 0):
            lot = city.chance(f"talent/{kind}", arrival, city.quarter)
            host = firms[min(bisect_right(edges, lot * edges[-1]), len(firms) - 1)]
            host.talent += persons[number] if arrival < came else 0.0
            if (arrival < came) != (arrival < base):
                before.setdefault(host, host.extra_talent)
                host.extra_talent += persons[number] * (1.0 if arrival < came else -1.0)
    city.firms.set("talent_gain", 0.0)
    for host, people in before.items():
        if host.extra_talent != people:
            host.learn_from(people)
    skill = p["tfp_wrt_skilled_share"] * p["skilled_share"]
    skill *= terms.skill_growth - usual.skill_growth
    city.talent_gain = 0.25 * (terms.management_gain - usual.management_gain + skill)
