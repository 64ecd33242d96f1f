"""Rows of the page's tables: targets, other readings, levers, assumptions, identities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.attainment import likelihood
from sim.report.material import Material
from sim.report.scorecard import Entry, skill_note
from sim.report.terminal import asked, label
from sim.report.unit_words import unit_words
from sim.report.words import Language, number, percent, say
from sim.units import quarter_of_year


@dataclass(frozen=True)
class TargetRow:
    """One reading of one target, in words."""

    clause: str
    name: str
    kind: str
    asked: str
    probability: str
    word: str
    level: float | None
    median: str
    interval: str
    grade: str
    grade_key: str
    over_priors: str
    note: str


def target_rows(material: Material, lang: Language, *, default: bool = True) -> list[TargetRow]:
    """Return the default readings by clause, or all others.

    Parameters
    ----------
    material : Material
        The run.
    lang : {"en", "zh"}
        Language of words.
    default : bool
        Default readings, or the others.
    """
    entries = [
        e for e in material.scorecard.entries
        if e.assessment.target.default_reading is default
    ]  # fmt: skip
    entries.sort(key=lambda e: e.assessment.target.clause)
    return [_target_row(entry, material, lang) for entry in entries]


def _target_row(entry: Entry, material: Material, lang: Language) -> TargetRow:
    one, spread, span = entry.assessment, entry.quantiles, entry.evidence.span
    chance = one.probability
    return TargetRow(
        str(one.target.clause),
        label(one.target, lang),
        one.target.target_class,
        asked(entry, lang),
        "" if chance is None else percent(chance),
        "" if chance is None else say(likelihood(chance), lang),
        chance,
        number(spread["median"]) if spread else "",
        f"{number(spread['q10'], 3)} … {number(spread['q90'], 3)}" if spread else "",
        say(entry.evidence.grade, lang),
        entry.evidence.grade,
        f"{percent(span.low)} … {percent(span.high)}" if span and span.parameter else "",
        skill_note(entry, material.scorecard.figures, lang),
    )


@dataclass(frozen=True)
class LeverRow:
    """One lever of one class: what it was, is to be, becomes and costs."""

    clause: str
    name: str
    unit: str
    before: str
    planned: str
    implemented: str
    spending: str
    basis: str


def lever_rows(
    material: Material, settings: Mapping[str, Any], lang: Language
) -> tuple[list[LeverRow], str]:
    """Return the levers by clause, and the sum of their median spending.

    Parameters
    ----------
    material : Material
        The run.
    settings : Mapping
        The resolved scenario.
    lang : {"en", "zh"}
        Language of words.
    """
    from sim.levers import LEVERS

    rows = []
    planned = settings.get("levers", {})
    for lever in sorted(LEVERS.values(), key=lambda lever: lever.clause):
        name = lever.long_name if lang == "en" else lever.long_name_zh
        entry = material.plan.levers.get(lever.name)
        for part in lever.classes or ("",):
            variable = f"lever_{lever.name}" + (f"_{part}" if part else "")
            if variable not in material.dataset:
                continue
            path = planned.get(lever.name, {})
            first_class = part in ("", lever.classes[0] if lever.classes else "")
            rows.append(LeverRow(
                str(lever.clause),
                f"{name} {part}" if part else name,
                unit_words(lever.unit, lang),
                number(_before(material, lever.name, part, lever.neutral)),
                _last(path.get(part) if part else path),
                _implemented(material.dataset[variable].values[:, -1]),
                _spent(material, f"public_spending_by_lever_{lever.name}") if first_class else "",
                say(entry.status, lang) if entry else "",
            ))  # fmt: skip
    return rows, _spent(material, "public_spending")


def _before(material: Material, lever: str, part: str, neutral: float) -> float:
    history = getattr(material.city, "policy_history", {})
    values = history.get((lever, part)) or history.get((lever, "")) or ()
    return float(values[-1][1]) if values else neutral


def _last(path: Any) -> str:
    """Return the last value of a resolved path."""
    values = list(path.values()) if isinstance(path, Mapping) else []
    return number(float(values[-1])) if values else ""


def _implemented(values: np.ndarray) -> str:
    low, middle, high = np.nanquantile(values, (0.1, 0.5, 0.9))
    if low == high:
        return number(float(middle))
    return f"{number(float(middle), 3)} ({number(float(low), 3)} … {number(float(high), 3)})"


def _spent(material: Material, name: str) -> str:
    """Return the median over members of a year-to-date outlay summed over the horizon."""
    values = material.ensemble.indicators.get(name)
    if values is None:
        return ""
    quarters = material.ensemble.quarters
    last = len(quarters) - 1
    ends = [k for k, q in enumerate(quarters) if quarter_of_year(q) == 4 or k == last]
    return number(float(np.nanmedian(np.nan_to_num(values[:, ends]).sum(axis=1))), 3)


@dataclass(frozen=True)
class Assumption:
    """A prior that moves at least one target."""

    name: str
    central: str
    span: str
    unit: str
    status: str
    source: str
    moves: str


def assumptions(material: Material, lang: Language) -> list[Assumption]:
    """Return the priors that the evidence names, with the targets they move."""
    moved: dict[str, list[str]] = {}
    for entry in material.scorecard.default_entries:
        span = entry.evidence.span
        if span and span.parameter:
            moved.setdefault(span.parameter, []).append(label(entry.assessment.target, lang))
    rows = []
    for name, targets in moved.items():
        known = material.scorecard.figures.get(name)
        if known is not None:
            rows.append(Assumption(
                (known.long_name if lang == "en" else known.long_name_zh) or name,
                number(known.central),
                f"{number(known.low)} … {number(known.high)}",
                unit_words(known.unit, lang),
                say(known.status, lang),
                known.source,
                say("list_separator", lang).join(targets),
            ))  # fmt: skip
    return rows


def identities(material: Material) -> list[tuple[str, str]]:
    """Return every checked identity with its largest gap over members and quarters."""
    rows = []
    for variable in material.dataset.data_vars:
        name = str(variable)
        if name.startswith("check_"):
            values = np.asarray(material.dataset[name].values, dtype=np.float64)
            about = str(material.dataset[name].attrs.get("long_name", ""))
            told = about.removeprefix("largest breach of the identity ") or name[6:]
            rows.append((told, f"{float(np.nanmax(values)):.1e}"))
    return rows


def by_status(material: Material, statuses: Iterable[str], lang: Language) -> list[str]:
    """Return the names of assessable targets whose starting figure has one of these statuses."""
    wanted = set(statuses)
    return [
        label(e.assessment.target, lang) for e in material.scorecard.default_entries
        if e.assessment.reached is not None and e.evidence.status in wanted
    ]  # fmt: skip
