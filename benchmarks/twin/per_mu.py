"""Per-mu classes 亩均效益: the ranking of each January, firm by firm (docs/odd.md 3.3)."""

from __future__ import annotations

from statistics import fmean
from typing import Any

from benchmarks.twin.production import clip
from sim.per_mu import INDICATORS


class Evaluated:
    """What a firm shows in the ranking."""

    def is_evaluated(self: Any) -> bool:
        """Whether the firm is above scale, industrial, and holds enough land."""
        enough = self.land_area >= self.model.p["per_mu_land_threshold"]
        return bool(self.on_roster and not self.sector.service and enough)

    def indicators(self: Any) -> tuple[float, ...]:
        """Return tax and value added per area, value added per head and tce, R&D ratio."""
        energy = max(self.energy_intensity * self.real_output, 1.0)
        return (
            self.tax / self.land_area, self.value_added / self.land_area,
            self.value_added / max(self.employees, 1.0), self.value_added / energy, self.rd_ratio,
        )  # fmt: skip


def step(city: Any) -> None:
    """Rank in the first quarter of the year, on last quarter's accounts."""
    if city.quarter % 4 != 0:
        return
    p = city.p
    city.firms.set("per_mu_class", -1)
    ranked = list(city.firms.select(lambda firm: firm.is_evaluated()))
    if not ranked:
        return
    table = [firm.indicators() for firm in ranked]
    means = [fmean(max(value, 0.0) for value in column) for column in zip(*table, strict=True)]
    weights = [p[f"per_mu_weight_{name}"] for name in INDICATORS]
    scores = {}
    for firm, row in zip(ranked, table, strict=True):
        shares = [v / m if m > 0.0 else 0.0 for v, m in zip(row, means, strict=True)]
        capped = [clip(share, 0.0, p["per_mu_score_cap"]) for share in shares]
        scores[firm] = sum(w * c for w, c in zip(weights, capped, strict=True)) / sum(weights)
    ends = p["class_a_share"], 1.0 - p["class_c_share"] - p["class_d_share"]
    last = 1.0 - city.terms.class_cutoff_d
    cuts = [min(ends[0], last), min(max(ends), last), last]
    for place, firm in enumerate(sorted(ranked, key=lambda f: (-scores[f], f.firm_id))):
        firm.per_mu_class = sum(1 for cut in cuts if cut < (place + 0.5) / len(ranked))
