"""The scorecard: one row for every reading of every target."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim.analysis.attainment import QUANTILE_NAMES, likelihood, quantiles
from sim.analysis.baselines import Known, baseline_status, history_length
from sim.analysis.evaluation import Assessment, Ensemble, evaluate, headline
from sim.analysis.evidence import Evidence, weigh
from sim.analysis.joint import Joint
from sim.analysis.levels import drawn_levels
from sim.parameters.declare import Parameter
from sim.plan import Plan
from sim.report.track_record import (
    NO_RECORD,
    NO_SKILL,
    Skill,
    TrackRecord,
    read_record,
    skill_of,
    skill_sentence,
)
from sim.report.words import Language, percent, say
from sim.units import quarter_name

Cell = str | float | int | None

SCORECARD_COLUMNS = (
    "target_id", "clause", "class", "indicator", "reading", "default_reading", "operator",
    "target_low", "target_high", "unit", "deadline", "probability", "probability_mc_error",
    "likelihood", "probability_low", "probability_high", "evidence", *QUANTILE_NAMES, "gap",
    "first_quarter_likely", "skill_note",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One row of the scorecard: assessment, evidence, and the quantiles of the deciding value.

    Attributes
    ----------
    assessment, evidence : Assessment, Evidence
        What the run says and what that rests on.
    quantiles : dict of str to float
        Quantile name to value; empty where not assessable.
    history : int
        Published values of the indicator before the information date.
    skill, record : Skill, TrackRecord
        What the track record says of the indicator, and the record.
    """

    assessment: Assessment
    evidence: Evidence
    quantiles: dict[str, float]
    history: int
    skill: Skill = NO_SKILL
    record: TrackRecord = NO_RECORD


@dataclass(frozen=True)
class Scorecard:
    """All rows, the headline over outcomes, and the joint probability with commitments."""

    plan: Plan
    entries: tuple[Entry, ...]
    outcomes: Joint
    everything: Joint
    members: int
    figures: Mapping[str, Parameter]

    @property
    def default_entries(self) -> tuple[Entry, ...]:
        """The default reading of every target."""
        return tuple(e for e in self.entries if e.assessment.target.default_reading)

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """The assessments of all rows, in the plan's order."""
        return tuple(entry.assessment for entry in self.entries)

    def entry(self, target_id: str) -> Entry:
        """Return the row of a target's default reading.

        Raises
        ------
        KeyError
            If the plan has no such target.
        """
        for entry in self.default_entries:
            if entry.assessment.target.id == target_id:
                return entry
        raise KeyError(target_id)


def make_scorecard(
    plan: Plan, city: Known, ensemble: Ensemble, informed: Collection[str] = ()
) -> Scorecard:
    """Assess a plan in a finished run.

    Parameters
    ----------
    plan : Plan
        Targets with their readings.
    city : City
        Published history and priors, for the evidence grades.
    ensemble : Ensemble
        The run's arrays, see :func:`sim.analysis.evaluation.ensemble_of`.
    informed : collection of str
        Parameters that the run drew from a posterior which narrows them.
    """
    values, levels = drawn_levels(ensemble, city)
    figures = figures_in_force(city) | levels
    ensemble = replace(ensemble, parameters={**ensemble.parameters, **values})
    assessments = evaluate(plan, ensemble)
    record = record_of(city)
    entries = tuple(_entry(one, city, ensemble, figures, informed, record) for one in assessments)
    return Scorecard(
        plan,
        entries,
        headline(assessments),
        headline(assessments, commitments=True),
        ensemble.members,
        figures,
    )


def record_of(city: Known) -> TrackRecord:
    """Return the stored backtest of a city, empty where it is not one with a name and a date."""
    name, as_of = getattr(city, "name", ""), getattr(city, "as_of", "")
    return read_record(name, as_of) if name and as_of else NO_RECORD


def _entry(
    assessment: Assessment,
    city: Known,
    ensemble: Ensemble,
    figures: Mapping[str, Parameter],
    informed: Collection[str],
    record: TrackRecord,
) -> Entry:
    status = baseline_status(assessment.target, city)
    length = history_length(assessment.target, city)
    evidence = weigh(assessment, ensemble.parameters, figures, status, length, informed)
    skill = skill_of(assessment.target.indicator, record)
    return Entry(assessment, evidence, _quantiles(assessment), length, skill, record)


def figures_in_force(city: Known) -> dict[str, Parameter]:
    """Return the declarations of all drawn parameters: behavioural ones and the city's priors."""
    from sim.parameters import PARAMETERS

    return {**PARAMETERS, **city.priors}


def _quantiles(assessment: Assessment) -> dict[str, float]:
    if assessment.values is None:
        return {}
    found = quantiles(assessment.values)
    return dict(zip(QUANTILE_NAMES, (float(value) for value in found), strict=True))


def scorecard_rows(scorecard: Scorecard, lang: Language) -> list[tuple[Cell, ...]]:
    """Return the rows of ``scorecard.csv`` in the order of :data:`SCORECARD_COLUMNS`.

    Keys, likelihood words and grades are English in any language, so that other programs can
    rely on them; `lang` is the language of ``skill_note``.
    """
    return [_row(entry, scorecard.figures, lang) for entry in scorecard.entries]


def _row(entry: Entry, figures: Mapping[str, Parameter], lang: Language) -> tuple[Cell, ...]:
    one, evidence = entry.assessment, entry.evidence
    target = one.target
    low, high = bounds(one)
    span = evidence.span
    first = one.first_quarter
    return (
        target.id, target.clause, target.target_class, target.indicator, target.reading,
        "yes" if target.default_reading else "no", target.operator, low, high, target.unit,
        quarter_name(target.deadline), one.probability, one.mc_error,
        None if one.probability is None else likelihood(one.probability),
        span.low if span else None, span.high if span else None, evidence.grade,
        *(entry.quantiles.get(name) for name in QUANTILE_NAMES), one.gap,
        None if first is None else quarter_name(first), skill_note(entry, figures, lang),
    )  # fmt: skip


def bounds(assessment: Assessment) -> tuple[float | None, float | None]:
    """Return (low, high) of a target, the computed base-year level where that is the bound."""
    target = assessment.target
    if assessment.bound is None:
        return target.low, target.high
    rising = target.operator in (">", ">=")
    return (assessment.bound, None) if rising else (None, assessment.bound)


def skill_note(entry: Entry, figures: Mapping[str, Parameter], lang: Language) -> str:
    """Return one plain sentence on how far the row can be trusted."""
    assessment, evidence = entry.assessment, entry.evidence
    if assessment.reached is None:
        reason = assessment.reason_en if lang == "en" else assessment.reason_zh
        return say("skill_excluded", lang, reason=reason)
    history = {0: "history_none", 1: "history_one"}.get(entry.history, "history_many")
    told = say(history, lang, n=entry.history)
    status = say(evidence.status, lang)
    if evidence.share is None:
        basis = say("basis_status", lang, status=status)
    else:
        share = percent(evidence.share)
        basis = say("basis_share", lang, status=status, share=share)
    narrowing = narrowing_label(evidence, figures, lang)
    if narrowing:
        basis += say("list_separator", lang) + say("narrow", lang, label=narrowing)
    record = skill_sentence(entry.skill, entry.record, lang)
    return say("skill", lang, record=record, history=told, basis=basis)


def narrowing_label(evidence: Evidence, figures: Mapping[str, Parameter], lang: Language) -> str:
    """Return the label of the figure that would narrow a target's range most, or nothing."""
    if evidence.span is None or not evidence.span.parameter:
        return ""
    name = evidence.span.parameter
    figure = figures.get(name)
    if figure is None:
        return name
    return (figure.long_name if lang == "en" else figure.long_name_zh) or name


def is_missing(cell: Cell) -> bool:
    """Return whether a cell stays empty: nothing there, or not a number."""
    return cell is None or (isinstance(cell, float) and bool(np.isnan(cell)))
