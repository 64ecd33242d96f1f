"""The scorecard on the terminal: at most 100 columns, and plain text where there is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from io import StringIO
from shutil import get_terminal_size
from typing import TYPE_CHECKING, TextIO

from sim.analysis.attainment import likelihood
from sim.analysis.joint import Joint
from sim.errors import printable
from sim.plan import Target
from sim.report.scorecard import Entry, Scorecard, bounds
from sim.report.words import Language, number, percent, say, unit_label

if TYPE_CHECKING:
    from rich.table import Table

WIDTH = 100
"""Widest line written, whatever the terminal."""
ASCII = {
    ord(c): plain for c, plain in {"≥": ">=", "≤": "<=", "…": "..", "–": "-", "─": "-"}.items()
}
"""Stand-ins for streams that have nothing but ASCII."""
NAMES_SHOWN = 6
"""So many names a line of remarks holds before it counts the rest."""


def label(target: Target, lang: Language) -> str:
    """Return a target's name in the reader's language, safe on a terminal."""
    return printable(target.label_en if lang == "en" else target.label_zh)


def asked(entry: Entry, lang: Language) -> str:
    """Return what a target asks for: ``≥ 25.5 %``, ``3–5 fields/yr``, ``> base level``."""
    target = entry.assessment.target
    low, high = bounds(entry.assessment)
    sign = {">=": "≥", "<=": "≤"}.get(target.operator, target.operator)
    shown = printable(unit_label(target.unit, lang))
    unit = f" {shown}" if shown else ""
    if low is not None and high is not None:
        return f"{number(low)}–{number(high)}{unit}"
    if target.low is None and target.high is None:
        return f"{sign} {say('baseline_level', lang)}"
    bound = low if low is not None else high
    return f"{sign} {number(bound)}{unit}" if bound is not None else sign


def show_scorecard(
    scorecard: Scorecard,
    lang: Language,
    *,
    planned: int | None = None,
    stream: TextIO | None = None,
) -> None:
    """Write the scorecard's default readings by clause, then what the numbers rest on.

    Parameters
    ----------
    scorecard : Scorecard
        From :func:`sim.report.scorecard.make_scorecard`.
    lang : {"en", "zh"}
        Language of headings and labels.
    planned : int, optional
        Members asked for, where some failed.
    stream : text file, optional
        Where to write; standard output by default. A closed or broken stream is ignored: the
        same table stands in ``scorecard.csv``.
    """
    out = sys.stdout if stream is None else stream
    if out is None or out.closed:
        return
    text = rendered(scorecard, lang, planned, styled=out.isatty())
    encoding = getattr(out, "encoding", None) or "utf-8"
    if not _speaks(encoding, text):
        text = rendered(scorecard, "en", planned).translate(ASCII)
        text = text.encode(encoding, "replace").decode(encoding)
    with suppress(OSError, ValueError):
        out.write(text)
        out.flush()


def rendered(
    scorecard: Scorecard, lang: Language, planned: int | None = None, *, styled: bool = False
) -> str:
    """Return the table and the lines below it as text; `styled` adds bold headings."""
    from rich.console import Console

    text = StringIO()
    width = min(get_terminal_size((WIDTH, 24)).columns, WIDTH)
    console = Console(
        file=text, width=width, force_terminal=styled, highlight=False, markup=False, emoji=False
    )
    console.print(_table(scorecard, lang))
    for line in remarks(scorecard, lang, planned):
        console.print(line)
    return text.getvalue()


def _speaks(encoding: str, text: str) -> bool:
    """Return whether an encoding has all characters of a text."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _table(scorecard: Scorecard, lang: Language) -> Table:
    from rich import box
    from rich.table import Table

    name = scorecard.plan.label_en if lang == "en" else scorecard.plan.label_zh
    table = Table(
        title=say("title", lang, plan=printable(name)),
        box=box.SIMPLE_HEAD,
        padding=0,
        show_edge=False,
    )
    table.add_column(say("clause", lang), justify="right", no_wrap=True)
    table.add_column(say("target", lang), overflow="fold", min_width=22, ratio=1)
    table.add_column(say("asked", lang), overflow="fold", max_width=15)
    table.add_column(say("median", lang), justify="right", overflow="fold", max_width=8)
    table.add_column(say("interval_80", lang), justify="right", overflow="fold", max_width=18)
    table.add_column(say("probability", lang), overflow="fold", max_width=13)
    table.add_column(say("evidence", lang), overflow="fold", width=12 if lang == "en" else 10)
    clause = None
    for entry in sorted(scorecard.default_entries, key=lambda e: e.assessment.target.clause):
        target = entry.assessment.target
        shown = "" if target.clause == clause else str(target.clause)
        clause = target.clause
        table.add_row(shown, label(target, lang), *_cells(entry, lang))
    return table


def _cells(entry: Entry, lang: Language) -> tuple[str, ...]:
    probability, spread = entry.assessment.probability, entry.quantiles
    grade = say(entry.evidence.grade, lang)
    if probability is None:
        return (asked(entry, lang), "", "", "", grade)
    word = say(likelihood(probability), lang)
    return (
        asked(entry, lang),
        number(spread["median"]),
        f"{number(spread['q10'], 3)} … {number(spread['q90'], 3)} ",
        f"{percent(probability)} {word}",
        grade,
    )


def remarks(scorecard: Scorecard, lang: Language, planned: int | None = None) -> list[str]:
    """Return the lines below the table: joint probability, bottlenecks, memory and priors."""
    labels = {
        entry.assessment.target.id: label(entry.assessment.target, lang)
        for entry in scorecard.default_entries
    }
    lines = []
    if planned is not None and planned > scorecard.members:
        lines.append(say("members_of", lang, n=scorecard.members, all=planned))
    else:
        lines.append(say("members", lang, n=scorecard.members))
    lines += _joint_lines(scorecard, labels, lang)
    for key, statuses in (
        ("rests_memory", ("memory", "derived_mem")),
        ("rests_prior", ("prior", "assumed", "prior_sign_cited")),
    ):
        names = [
            labels[entry.assessment.target.id]
            for entry in scorecard.default_entries
            if entry.evidence.status in statuses and entry.assessment.reached is not None
        ]
        lines.append(say(key, lang, names=_names(names, lang)))
    return lines


def _joint_lines(scorecard: Scorecard, labels: dict[str, str], lang: Language) -> list[str]:
    outcomes, everything = scorecard.outcomes, scorecard.everything
    if outcomes.probability is None or outcomes.mc_error is None:
        lines = [say("joint_empty", lang)]
    else:
        told = say(
            "joint", lang, n=len(outcomes.names), p=percent(outcomes.probability, 1),
            error=percent(outcomes.mc_error, 1),
        )  # fmt: skip
        more = len(everything.names) - len(outcomes.names)
        if more and everything.probability is not None:
            rest = say("joint_all", lang, n=more, p=percent(everything.probability, 1))
            told += say("list_separator", lang) + rest
        lines = [told, bottleneck_line(outcomes, labels, lang)]
    if outcomes.left_out:
        names = _names([labels[name] for name in outcomes.left_out], lang)
        lines.append(say("left_out", lang, n=len(outcomes.left_out), names=names))
    return lines


def bottleneck_line(outcomes: Joint, labels: dict[str, str], lang: Language) -> str:
    """Return the line that names the tightest bottlenecks of a joint probability."""
    named = [
        say("bottleneck", lang, name=labels[name], p=percent(without, 1))
        for name, without in outcomes.bottlenecks
    ]
    return say("bottlenecks", lang, names=say("list_separator", lang).join(named))


def _names(names: Iterable[str], lang: Language) -> str:
    found = list(names)
    if not found:
        return say("none", lang)
    shown = say("list_separator", lang).join(found[:NAMES_SHOWN])
    rest = len(found) - NAMES_SHOWN
    return shown if rest <= 0 else shown + " " + say("and_more", lang, n=rest)
