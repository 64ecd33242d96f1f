"""The track record kept beside the fits: what earlier forecasts of an indicator were worth."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from sim.report.words import Language, say

TABLE, ABOUT = "backtest.csv", "backtest.json"
AGENTS = "agent_based"
"""Model of the single cases that the weighted bank of hindcasts forecasts."""
ENGINE, BENCHMARK, POOLED, ALL, TEST = "engine", "benchmark", "pooled", "all", "test"
SERIES_OF: dict[str, str] = {
    "listed_firms": "listings",
    "quoted_firms": "listings",
    "gdp_per_construction_land_ratio": "city_gdp",
    "gdp_per_construction_land_ratio_real": "city_gdp",
    "gdp_growth": "city_gdp",
    "gdp": "city_gdp",
    "new_listings_a_share": "listings",
    "listed_firms_a_share": "listings",
}
"""Indicator to the scored series that carries it."""
CASES_OF: dict[str, str] = {
    "labour_productivity_growth": "guangzhou_productivity",
    "labour_productivity_growth_since_2017": "guangzhou_productivity",
    "labour_productivity_growth_each_year": "guangzhou_productivity",
    "labour_productivity_growth_manufacturing": "guangzhou_productivity",
    "labour_productivity": "guangzhou_productivity",
    "energy_intensity_change": "energy_per_gdp_fall",
    "energy_intensity": "energy_per_gdp_fall",
    "industrial_value_added_growth": "city_industry",
    "industrial_value_added": "city_industry",
}
"""Indicator to the single cases that speak for its mechanism, too few to be scored."""


AGENT_CASES_OF: dict[str, str] = {
    "value_added_rate": "agents_value_added_rate",
    "value_added_rate_industry": "agents_value_added_rate",
    "rd_intensity": "agents_rd_intensity",
    "high_tech_value_added": "agents_high_tech_lead",
    "industrial_employment": "agents_employment",
    "industrial_revenue": "agents_revenue",
    "labour_productivity_growth": "agents_productivity",
    "labour_productivity_growth_since_2017": "agents_productivity",
    "labour_productivity_growth_each_year": "agents_productivity",
    "labour_productivity_growth_manufacturing": "agents_productivity",
    "labour_productivity": "agents_productivity",
    "industrial_value_added_growth": "agents_industry",
    "industrial_value_added": "agents_industry",
}
"""Indicator to the single cases of the agent-based model itself."""


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    series: str
    model: str
    origins: str
    horizon: str
    metric: str
    value: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class TrackRecord:
    """A stored backtest; empty where there is none that the information date may see."""

    rows: tuple[Row, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rows)

    @cached_property
    def _by_series(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.series, []).append(row)
        return found

    def find(self, series: str | None = None, **wanted: str) -> Iterator[Row]:
        """Yield the rows whose named columns have these values."""
        for row in self.rows if series is None else self._by_series.get(series, ()):
            if all(getattr(row, name) == value for name, value in wanted.items()):
                yield row

    def one(self, series: str, metric: str, horizon: str = ALL, origins: str = TEST) -> Row | None:
        """Return the engine's row of a metric, None where the backtest has none."""
        chosen = {"series": series, "metric": metric, "horizon": horizon, "origins": origins}
        return next(self.find(model=ENGINE, **chosen), None)

    def repaired(self) -> frozenset[str]:
        """Return the series whose model was changed after a look at the test outcomes."""
        looks = self.about.get("looks", ())
        return frozenset(name for look in looks for name in look.get("changed", ()))

    def label(self, series: str, lang: Language) -> str:
        """Return a series' name in words."""
        named = self.about.get("series", {}).get(series)
        return str(named[0 if lang == "en" else 1]) if named else say(f"case_{series}", lang)

    def agent_cases(self, series: str) -> list[tuple[str, int, Mapping[str, float]]]:
        """Return (origin, years ahead, quantiles and outcome) of the agent-based model's cases."""
        found: dict[tuple[str, int], dict[str, float]] = {}
        for row in self.find(series=series, model=AGENTS):
            key = row.origins.removeprefix("single_"), int(row.horizon) // 4
            found.setdefault(key, {})[row.metric] = row.value
        return [(*key, values) for key, values in sorted(found.items())]

    def cases(self, series: str) -> list[tuple[str, Mapping[str, float]]]:
        """Return (origin, quantiles and outcome) of a series' single cases."""
        found: dict[str, dict[str, float]] = {}
        for row in self.find(series=series, model=ENGINE):
            if row.origins.startswith("single_"):
                found.setdefault(row.origins.removeprefix("single_"), {})[row.metric] = row.value
        return sorted(found.items())


NO_RECORD = TrackRecord()


def read_record(city: str, as_of: str) -> TrackRecord:
    """Return a city's stored backtest if its outcomes were known at the information date."""
    from sim.scenario import project_root

    return _read(project_root() / "calibration" / "fits" / city, as_of)


@lru_cache(maxsize=8)
def _read(folder: Path, as_of: str) -> TrackRecord:
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        with (folder / TABLE).open(encoding="utf-8", newline="") as handle:
            rows = tuple(_row(row) for row in csv.DictReader(handle) if row["value"])
    except (OSError, ValueError, KeyError):
        return NO_RECORD
    if str(about.get("outcomes_as_of", "9999")) > as_of:
        return NO_RECORD
    return TrackRecord(rows, about)


def _row(row: Mapping[str, str]) -> Row:
    def number(key: str) -> float | None:
        return float(row[key]) if row[key] else None

    return Row(
        row["series"], row["model"], row["origin_set"], row["horizon"], row["metric"],
        float(row["value"]), number("interval_low"), number("interval_high"), int(row["n"]),
    )  # fmt: skip


@dataclass(frozen=True)
class Skill:
    """What the track record says of one indicator.

    Attributes
    ----------
    kind : str
        ``earned``, ``too_sure`` (better scores, but its 80 % intervals held too little),
        ``repaired`` (better scores after a change that the test itself had called for),
        ``unproven`` (interval spans zero), ``worse``, ``cases`` or ``none``.
    """

    kind: str
    series: str = ""
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0
    n: int = 0
    inside: int = 0
    covered: float = 1.0
    agents: str = ""
    agents_n: int = 0
    agents_inside: int = 0

    @property
    def earned(self) -> bool:
        """Whether forecasts beat the preselected benchmark beyond doubt of the sample."""
        return self.kind == "earned"


NO_SKILL = Skill("none")


def skill_of(indicator: str, record: TrackRecord) -> Skill:
    """Return what the record says of an indicator, single cases of the agent-based part included.

    Examples
    --------
    >>> skill_of("listed_firms", NO_RECORD).kind
    'none'
    """
    agents = AGENT_CASES_OF.get(indicator, "")
    told = record.agent_cases(agents) if agents else []
    if not told:
        return _scored(indicator, record)
    inside = sum(c["q10"] <= c["outcome"] <= c["q90"] for *_, c in told)
    return replace(
        _scored(indicator, record), agents=agents, agents_n=len(told), agents_inside=inside
    )


def _scored(indicator: str, record: TrackRecord) -> Skill:
    series = SERIES_OF.get(indicator, "")
    found = record.one(series, "crps_skill") if series else None
    if found is not None and found.low is not None and found.high is not None:
        kind = "earned" if found.low > 0.0 else "worse" if found.high < 0.0 else "unproven"
        covered = record.one(series, "coverage_80")
        held = 1.0 if covered is None else covered.value
        # A probability is no better than the width it comes from: better scores do not earn it.
        if kind == "earned" and covered is not None and (covered.high or 1.0) < 0.8:
            kind = "too_sure"
        if kind == "earned" and series in record.repaired():
            kind = "repaired"
        return Skill(kind, series, found.value, found.low, found.high, found.n, covered=held)
    series = CASES_OF.get(indicator, "")
    cases = record.cases(series) if series else []
    if cases:
        inside = sum(c["q10"] <= c["outcome"] <= c["q90"] for _, c in cases)
        return Skill("cases", series, n=len(cases), inside=inside)
    return NO_SKILL


def skill_sentence(skill: Skill, record: TrackRecord, lang: Language) -> str:
    """Return the track record of one indicator as a clause of a sentence."""
    if not skill.agents_n:
        return _scored_sentence(skill, record, lang)
    added = say("skill_agents", lang, label=say(f"case_{skill.agents}", lang), n=skill.agents_n,
                inside=skill.agents_inside)  # fmt: skip
    if skill.kind == "none":
        return say("skill_agents_only", lang, agents=added)
    return say("skill_and_agents", lang, scored=_scored_sentence(skill, record, lang), agents=added)


def _scored_sentence(skill: Skill, record: TrackRecord, lang: Language) -> str:
    if skill.kind == "none":
        return say("skill_none", lang)
    label = record.label(skill.series, lang)
    if skill.kind == "cases":
        return say("skill_cases", lang, label=label, n=skill.n, inside=skill.inside)
    return say(
        f"skill_{skill.kind}", lang, label=label, n=skill.n,
        skill=f"{100 * abs(skill.value):.0f}", low=f"{100 * skill.low:+.0f}",
        high=f"{100 * skill.high:+.0f}", covered=f"{100 * skill.covered:.0f}",
    )  # fmt: skip
