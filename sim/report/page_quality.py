"""The quality-assurance page of a run, after the Aqua Book: purpose, checks, faults."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.accounting import MONEY_TOLERANCE
from sim.analysis.evidence import PRIOR_STATUSES
from sim.report.margins import margins
from sim.report.material import Material
from sim.report.page_words import tell
from sim.report.quality_words import FAULTS, QUALITY_WORDS
from sim.report.words import LANGUAGES, Language, percent
from sim.scenario import project_root

PASS, FAIL, NOT_RUN = "pass", "fail", "not_run"
STORED_BYTES = 100_000
"""A stored result is never larger."""


@dataclass(frozen=True)
class Check:
    """One row of the table of checks."""

    name: str
    outcome: str
    outcome_told: str
    seen: str
    when: str


def quality(material: Material, planned: int, lang: Language) -> dict[str, Any]:
    """Return what the page shows.

    Parameters
    ----------
    material : Material
        The run.
    planned : int
        Members that the scenario asked for.
    lang : {"en", "zh"}
        Language of words.
    """
    drawn = material.scorecard.figures
    judged = sum(figure.status in PRIOR_STATUSES for figure in drawn.values())
    return {
        "words": {key: _say(key, lang) for key in QUALITY_WORDS},
        "checks": [*own_checks(material, planned, lang), *stored_checks(lang)],
        "assumed": _say("assumed_told", lang, n=len(drawn), judged=judged,
                        section=tell("assumptions", lang)),
        "faults": [_say(key, lang) for key in FAULTS],
        "unfit": _say("unfit_told", lang, section=tell("limits", lang)),
    }  # fmt: skip


def _say(key: str, lang: Language, **values: object) -> str:
    text = QUALITY_WORDS[key][LANGUAGES.index(lang)]
    return text.format(**values) if values else text


def _row(key: str, outcome: str, seen: str, when: str, lang: Language) -> Check:
    return Check(_say(f"check_{key}", lang), outcome, _say(outcome, lang), seen, when)


def own_checks(material: Material, planned: int, lang: Language) -> list[Check]:
    """Return the checks that this run answers by its own results."""
    now = _say("this_run", lang)
    rows = []
    gaps = largest_gaps(material)
    if gaps:
        name, gap = max(gaps.items(), key=lambda item: item[1])
        held = PASS if gap <= MONEY_TOLERANCE else FAIL
        seen = _say("seen_identities", lang, n=len(gaps), gap=f"{gap:.1e}", name=name)
        rows.append(_row("identities", held, seen, now, lang))
    members = material.scorecard.members
    seen = _say("seen_members", lang, n=members, all=planned)
    rows.append(_row("members", PASS if members >= planned else FAIL, seen, now, lang))
    table = margins(material, lang)
    if table:
        kept = sum(row.kept for row in table)
        seen = _say("seen_margins", lang, n=kept, all=len(table))
        rows.append(_row("margins", PASS if kept == len(table) else FAIL, seen, now, lang))
    values = list(material.ensemble.indicators.values())
    infinite = sum(int(np.isinf(value).sum()) for value in values)
    seen = _say("seen_finite", lang, n=sum(value.size for value in values))
    rows.append(_row("finite", FAIL if infinite else PASS, seen, now, lang))
    return rows


def largest_gaps(material: Material) -> dict[str, float]:
    """Return each identity's largest gap over the members that finished."""
    found = {}
    for variable in material.dataset.data_vars:
        if str(variable).startswith("check_"):
            values = np.asarray(material.dataset[variable].values, dtype=np.float64)
            about = str(material.dataset[variable].attrs.get("long_name", variable))
            name = about.removeprefix("largest breach of the identity ")
            found[name] = float(np.nanmax(values, initial=0.0))
    return found


def _fuzz(stored: Mapping[str, Any], lang: Language) -> str:
    share = percent(float(stored["typos_answered_share"]))
    return _say("seen_fuzz", lang, cases=stored["cases"], processes=stored["processes"],
                faults=stored["faults"], share=share)  # fmt: skip


def _crash(stored: Mapping[str, Any], lang: Language) -> str:
    return _say("seen_crash", lang, driver=stored["kills of the driver"],
                worker=stored["kills of a worker"], disks=stored["full disks"],
                faults=stored["faults"])  # fmt: skip


def _repeat(stored: Mapping[str, Any], lang: Language) -> str:
    return _say("seen_repeat", lang, runs=stored["runs"], digests=stored["digests"])


def _mutation(stored: Mapping[str, Any], lang: Language) -> str:
    return _say("seen_mutation", lang, caught=stored["caught"], bugs=stored["bugs"])


def _identities(stored: Mapping[str, Any], lang: Language) -> str:
    return _say("seen_identities_many", lang, members=stored["members"],
                identities=stored["identities"], failed=stored["failed"],
                gap=stored["largest_relative_money_gap"])  # fmt: skip


STORED: Mapping[str, Callable[[Mapping[str, Any], Language], str]] = {
    "identities_many": _identities, "repeat": _repeat, "crash": _crash, "fuzz": _fuzz,
    "mutation": _mutation,
}  # fmt: skip
"""Long checks by the name of their file in ``docs/trust``."""


def stored_checks(lang: Language, folder: Path | None = None) -> list[Check]:
    """Return the long checks with the dates of their stored results, or that there is none."""
    home = folder or project_root() / "docs" / "trust"
    rows = []
    for name, told in STORED.items():
        try:
            with (home / f"{name}.json").open("rb") as handle:
                stored = json.loads(handle.read(STORED_BYTES))
            outcome = PASS if stored["passed"] is True else FAIL
            rows.append(_row(name, outcome, told(stored, lang), str(stored["date"]), lang))
        except (OSError, ValueError, KeyError, TypeError):
            rows.append(_row(name, NOT_RUN, "", "", lang))
    return rows
