"""The page's section on the track record: a table by series and what it means in sentences."""

from __future__ import annotations

from dataclasses import dataclass

from sim.report.track_record import AGENT_CASES_OF, ALL, POOLED, TEST, TrackRecord
from sim.report.words import Language, say

NOMINAL = (50, 80, 95)
WALKED = "guangzhou_productivity"
"""Single cases that a random walk was run on as well."""


@dataclass(frozen=True)
class RecordRow:
    """One series: benchmark, pairs, skill, coverage."""

    name: str
    benchmark: str
    n: str
    skill: str
    coverage: tuple[str, ...]
    verdict: str


@dataclass(frozen=True)
class RecordSection:
    """What the section shows; no rows where there is no record."""

    about: str
    rows: tuple[RecordRow, ...]
    sentences: tuple[str, ...]
    cases: tuple[tuple[str, str, str, str, str], ...]
    agents: tuple[tuple[str, str, str, str, str, str, str], ...] = ()
    agents_about: str = ""


def record_section(record: TrackRecord, lang: Language) -> RecordSection:
    """Return the section of a stored backtest.

    Parameters
    ----------
    record : TrackRecord
        Empty where no backtest is stored whose outcomes the information date may see.
    lang : {"en", "zh"}
        Language of words.
    """
    if not record:
        return RecordSection(say("record_absent", lang), (), (), ())
    about = say(
        "record_about", lang, date=record.about.get("date", ""),
        version=record.about.get("version", ""), first=record.about.get("first_test_origin", ""),
        looks=max(len(record.about.get("looks", ())), 1),
    )  # fmt: skip
    names = (*record.about.get("series", {}), POOLED)
    rows = tuple(row for name in names if (row := _row(record, str(name), lang)) is not None)
    agents = _agent_cases(record, lang)
    held = sum(row[-1] == say("yes", lang) for row in agents)
    told = say("record_agents_about", lang, n=len(agents), inside=held) if agents else ""
    return RecordSection(about, rows, _sentences(record, lang), _cases(record, lang), agents, told)


def _row(record: TrackRecord, name: str, lang: Language) -> RecordRow | None:
    skill = record.one(name, "crps_skill")
    if skill is None:
        return None
    verdict = "record_unproven"
    covered = record.one(name, "coverage_80")
    if skill.low is not None and skill.high is not None:
        if skill.low > 0.0:
            narrow = covered is not None and (covered.high or 1.0) < 0.8
            verdict = "record_too_sure" if narrow else "record_better"
            if verdict == "record_better" and name in record.repaired():
                verdict = "record_repaired"
        elif skill.high < 0.0:
            verdict = "record_worse"
    named = say("record_pooled", lang) if name == POOLED else record.label(name, lang)
    model = str(record.about.get("benchmarks", {}).get(name, ""))
    return RecordRow(
        named,
        say(f"model_{model}", lang) if model else "",
        str(skill.n),
        f"{skill.value:+.2f} [{_short(skill.low)}, {_short(skill.high)}]",
        tuple(_covered(record, name, nominal) for nominal in NOMINAL),
        say(verdict, lang),
    )


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:+.2f}"


def _covered(record: TrackRecord, name: str, nominal: int) -> str:
    found = record.one(name, f"coverage_{nominal}")
    if found is None or found.low is None or found.high is None:
        return ""
    return f"{100 * found.value:.0f} [{100 * found.low:.0f}, {100 * found.high:.0f}]"


def _sentences(record: TrackRecord, lang: Language) -> tuple[str, ...]:
    """Return the limits that a reader must know, those of this record first."""
    found = []
    for nominal in NOMINAL:
        covered = record.one(POOLED, f"coverage_{nominal}")
        if covered is None or covered.low is None or covered.high is None:
            continue
        if not covered.low <= nominal / 100.0 <= covered.high:
            key = "record_narrow" if covered.value < nominal / 100.0 else "record_wide"
            share = f"{100 * covered.value:.0f}"
            found.append(say(key, lang, nominal=nominal, share=share))
    found += _widths(record, lang) + _walks(record, lang)
    tests = [
        (row, size) for row in record.find(metric="dm_p_value", origins=TEST)
        if (size := record.one(row.series, "dm_size_at_5", row.horizon)) is not None
    ]  # fmt: skip
    found += [
        say(
            "record_dm", lang, label=record.label(row.series, lang), horizon=row.horizon,
            p=f"{row.value:.3f}", size=f"{100 * size.value:.0f}", n=row.n,
        )
        for row, size in tests
        if row.value < 0.05
    ]  # fmt: skip
    if tests:
        sizes = [100 * size.value for _, size in tests]
        found.append(
            say("record_sizes", lang, n=len(tests), low=f"{min(sizes):.0f}",
                high=f"{max(sizes):.0f}")
        )  # fmt: skip
    return (*found, say("record_blind", lang), say("record_drivers_only", lang))


def _widths(record: TrackRecord, lang: Language) -> list[str]:
    """Say of which series the 80 % intervals were too narrow or too wide."""
    told = []
    for name in record.about.get("series", {}):
        covered = record.one(str(name), "coverage_80")
        if covered is None or covered.low is None or covered.high is None:
            continue
        if not covered.low <= 0.8 <= covered.high:
            key = "record_series_narrow" if covered.value < 0.8 else "record_series_wide"
            share = f"{100 * covered.value:.0f}"
            told.append(say(key, lang, label=record.label(str(name), lang), share=share))
    return told


def _walks(record: TrackRecord, lang: Language) -> list[str]:
    """Say how a random walk did on the single cases for which one was made."""
    held = record.cases(WALKED)
    walked: dict[str, dict[str, float]] = {}
    for row in record.find(series=WALKED, model="random_walk_drift"):
        walked.setdefault(row.origins.removeprefix("single_"), {})[row.metric] = row.value
    if not held or not walked:
        return []
    ours = sum(c["q10"] <= c["outcome"] <= c["q90"] for _, c in held)
    theirs = sum(
        walked[o]["q10"] <= c["outcome"] <= walked[o]["q90"] for o, c in held if o in walked
    )
    label = say(f"case_{WALKED}", lang)
    return [say("record_walk", lang, label=label, n=len(held), ours=ours, theirs=theirs)]


def _cases(record: TrackRecord, lang: Language) -> tuple[tuple[str, str, str, str, str], ...]:
    rows = []
    for name in ("city_industry", "zhejiang_industry", "listed_total", "energy_per_gdp_fall",
                 "guangzhou_productivity"):  # fmt: skip
        for origin, values in record.cases(name):
            rows.append((
                say(f"case_{name}", lang), origin, f"{values['outcome']:,.4g}",
                f"{values['median']:,.4g}", f"{values['q10']:,.4g} … {values['q90']:,.4g}",
            ))  # fmt: skip
    return tuple(rows)


def _agent_cases(
    record: TrackRecord, lang: Language
) -> tuple[tuple[str, str, str, str, str, str, str], ...]:
    rows = []
    for name in dict.fromkeys(AGENT_CASES_OF.values()):
        for origin, ahead, values in record.agent_cases(name):
            inside = values["q10"] <= values["outcome"] <= values["q90"]
            rows.append((
                say(f"case_{name}", lang), origin, str(ahead), f"{values['outcome']:,.3g}",
                f"{values['median']:,.3g}", f"{values['q10']:,.3g} … {values['q90']:,.3g}",
                say("yes" if inside else "no", lang),
            ))  # fmt: skip
    return tuple(rows)


__all__ = ["ALL", "RecordRow", "RecordSection", "record_section"]
