"""The answer first: joint probability, counts, bottlenecks, what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from sim.analysis.evidence import GRADES
from sim.report.material import Material
from sim.report.page_words import tell
from sim.report.scorecard import Entry, narrowing_label
from sim.report.terminal import asked, label
from sim.report.words import Language, number, percent, say

LIKELY, UNLIKELY = 0.66, 0.33
"""Borders of "likely" and "unlikely" on the IPCC's scale."""
FIGURES_NAMED = 3
"""So many figures are named that would narrow the answer most."""


@dataclass(frozen=True)
class Answer:
    """What stands at the top of the page.

    Attributes
    ----------
    headline : str
        One sentence with the joint probability.
    counts : tuple of (str, int, str)
        Word, number of outcomes, and the colour class of the tile.
    sentences : tuple of str
        Bottlenecks and what the numbers rest on.
    steps : tuple of str
        What to do next.
    """

    headline: str
    counts: tuple[tuple[str, int, str], ...]
    sentences: tuple[str, ...]
    steps: tuple[str, ...]


def answer(material: Material, lang: Language, has_effect: bool) -> Answer:
    """Return the top of the page.

    Parameters
    ----------
    material : Material
        The run.
    lang : {"en", "zh"}
        Language of sentences.
    has_effect : bool
        Whether the effect of the plan has been drawn.
    """
    card = material.scorecard
    outcomes = [e for e in card.default_entries if e.assessment.target.target_class == "outcome"]
    joint = card.outcomes
    if joint.probability is None or joint.mc_error is None:
        headline = say("joint_empty", lang)
    else:
        headline = tell(
            "headline", lang, p=percent(joint.probability, 1), error=percent(joint.mc_error, 1),
            n=len(joint.names), members=card.members,
            hits=round(joint.probability * card.members),
        )  # fmt: skip
    return Answer(
        headline,
        _counts(outcomes, lang),
        (*_bottlenecks(material, lang), _basis(material, lang)),
        (*_next(material, lang), *([] if has_effect else [tell("next_effect", lang)])),
    )


def _counts(outcomes: list[Entry], lang: Language) -> tuple[tuple[str, int, str], ...]:
    known = [e.assessment.probability for e in outcomes]
    chances = [p for p in known if p is not None]
    likely = sum(p >= LIKELY for p in chances)
    unlikely = sum(p <= UNLIKELY for p in chances)
    return (
        (tell("count_likely", lang), likely, "good"),
        (tell("count_between", lang), len(chances) - likely - unlikely, "open"),
        (tell("count_unlikely", lang), unlikely, "bad"),
        (tell("count_unknown", lang), len(known) - len(chances), "none"),
    )


def _named(material: Material, target_id: str, lang: Language) -> str:
    return label(material.scorecard.entry(target_id).assessment.target, lang)


def _bottlenecks(material: Material, lang: Language) -> tuple[str, ...]:
    found = material.scorecard.outcomes.bottlenecks
    if not found:
        return ()
    separator = say("list_separator", lang)
    if all(without == 0.0 for _, without in found):
        alone = (
            tell(
                "bottleneck_alone", lang, name=_named(material, name, lang),
                p=percent(material.scorecard.entry(name).assessment.probability or 0.0, 1),
            )
            for name, _ in found
        )  # fmt: skip
        return (tell("bottlenecks_stuck", lang, names=separator.join(alone)),)
    names = separator.join(
        tell("bottleneck", lang, name=_named(material, name, lang), p=percent(without, 1))
        for name, without in found
    )
    return (tell("bottlenecks", lang, names=names),)


def _basis(material: Material, lang: Language) -> str:
    count = dict.fromkeys(GRADES, 0)
    for entry in material.scorecard.default_entries:
        count[entry.evidence.grade] += 1
    return tell(
        "basis", lang, n=len(material.scorecard.default_entries), data=count["data-driven"],
        mixed=count["mixed"], prior=count["prior-driven"], none=count["not assessable"],
    )  # fmt: skip


def _next(material: Material, lang: Language) -> list[str]:
    steps = []
    for name, _ in material.scorecard.outcomes.bottlenecks:
        entry = material.scorecard.entry(name)
        steps.append(_remedy(material, entry, lang))
    figures = narrowing(material, lang)
    if figures:
        names = say("list_separator", lang).join(figures[:FIGURES_NAMED])
        steps.append(tell("next_figures", lang, names=names))
    return steps


def _remedy(material: Material, entry: Entry, lang: Language) -> str:
    """Return one line on a bottleneck: what is asked, where it stands, what the clause can do."""
    from sim.levers import LEVERS

    target = entry.assessment.target
    separator = say("list_separator", lang)
    clause = material.plan.clauses.get(target.clause)
    levers = [LEVERS[name] for name in (clause.levers if clause else {}) if name in LEVERS]
    own = [lever for lever in LEVERS.values() if lever.indicator == target.indicator]
    names = list(dict.fromkeys(
        lever.long_name if lang == "en" else lever.long_name_zh for lever in [*own, *levers]
    ))  # fmt: skip
    gap = entry.assessment.gap
    return tell(
        "next_bottleneck", lang, name=label(target, lang), asked=asked(entry, lang),
        median=number(entry.quantiles["median"], 3),
        gap=number(gap, 2) if gap is not None else "",
        clause=target.clause, levers=separator.join(names) or say("none", lang),
    )  # fmt: skip


def narrowing(material: Material, lang: Language) -> list[str]:
    """Return the figures that would narrow the targets' probabilities, the widest range first.

    Parameters
    ----------
    material : Material
        The run.
    lang : {"en", "zh"}
        Language of names.
    """
    widest: dict[str, float] = {}
    for entry in material.scorecard.default_entries:
        name = narrowing_label(entry.evidence, material.scorecard.figures, lang)
        span = entry.evidence.span
        if name and span:
            widest[name] = max(widest.get(name, 0.0), span.high - span.low)
    return sorted(widest, key=lambda name: -widest[name])
