"""``report.html``: one offline file, the answer first."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.analysis.evidence import PRIOR_STATUSES
from sim.report.margins import margins
from sim.report.material import Material
from sim.report.page_answer import answer
from sim.report.page_basis import basis_tables
from sim.report.page_posterior import posterior_about, posterior_rows
from sim.report.page_quality import quality
from sim.report.page_record import record_section
from sim.report.page_rows import (
    assumptions,
    by_status,
    identities,
    lever_rows,
    target_rows,
)
from sim.report.page_run import assurance, resolved_settings, versions
from sim.report.page_words import LIMITS, PAGE_WORDS, tell
from sim.report.scorecard import record_of
from sim.report.terminal import label
from sim.report.words import WORDS, Language, number, percent, say
from sim.store import atomic_write_text, told

PAGE = "report.html"
TEMPLATES = Path(__file__).parent / "templates"
LEAST_LIKELY = 8
"""So many outcomes the section on bottlenecks shows."""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; " \
         "form-action 'none'"  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A page of a figure, ready to be shown."""

    name: str
    title: str
    caption: str
    data: str


def write_html(material: Material, out_dir: Path, lang: Language) -> None:
    """Write the page of a run.

    Parameters
    ----------
    material : Material
        The run.
    out_dir : Path
        Its directory, with the figures already drawn in ``figures``.
    lang : {"en", "zh"}
        Language of the page.

    Raises
    ------
    OutputError
        If a figure cannot be read or the page not be written.
    """
    atomic_write_text(out_dir / PAGE, render(material, out_dir, lang))


def render(material: Material, folder: Path, lang: Language) -> str:
    """Return the page of a run as text; parameters as in :func:`write_html`."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = shown
    environment.filters["percent"] = percent
    page = environment.get_template("report.html.j2")
    return page.render(content(material, folder, lang))


def shown(value: float | None, digits: int = 4) -> str:
    """Return a number for reading, or nothing where there is none."""
    return "" if value is None or math.isnan(value) else number(value, digits)


def content(material: Material, folder: Path, lang: Language) -> dict[str, Any]:
    """Return everything the template shows."""
    side = 0 if lang == "en" else 1
    settings, text = resolved_settings(folder)
    basis = basis_tables(material, folder.parent, lang, settings)
    standing = {table.kind: table.standing for table in basis}
    pictures = [
        replace(p, caption=f"{p.caption} {standing[p.name]}")
        if p.name in standing and p.caption
        else p
        for p in figures_of(folder / "figures", lang)
    ]
    levers, total = lever_rows(material, settings, lang)
    planned = int(settings.get("members", material.scorecard.members))
    drawn = material.scorecard.figures
    return {
        "lang": "zh-CN" if lang == "zh" else "en",
        "policy": POLICY,
        "t": {key: words[side] for key, words in {**WORDS, **PAGE_WORDS}.items()},
        "title": material.plan.label_en if lang == "en" else material.plan.label_zh,
        "scenario": _scenario_label(material, settings, lang),
        "date": tell("information_date", lang, date=settings.get("as_of", "")),
        "warnings": _warnings(material, settings, planned, lang),
        "answer": answer(material, lang, any(p.name == "effect_of_plan" for p in pictures)),
        "targets": target_rows(material, lang),
        "readings": target_rows(material, lang, default=False),
        "least": least_likely(material, lang),
        "pictures": pictures,
        "record": record_section(record_of(material.city), lang),
        "basis": basis,
        "levers": levers,
        "total": total,
        "assumptions": assumptions(material, lang),
        "assumptions_about": tell(
            "assumptions_about", lang, n=len(drawn),
            judged=sum(figure.status in PRIOR_STATUSES for figure in drawn.values()),
        ),
        "posterior": posterior_rows(material, lang),
        "posterior_about": posterior_about(material, lang),
        "outside": _outside(settings, lang),
        "margins": margins(material, lang),
        "notes": _notes(material, lang),
        "limits": [tell(key, lang) for key in LIMITS],
        "identities": identities(material),
        "quality": quality(material, planned, lang),
        "assurance": assurance(material, folder, planned, lang),
        "versions": versions(material, folder, settings, lang),
        "resolved": text,
    }  # fmt: skip


def figures_of(folder: Path, lang: Language) -> list[Picture]:
    """Return the drawn figures of a folder in their declared order, as data addresses."""
    from sim.report.figures import FIGURES, comparison, decomposition

    side = 0 if lang == "en" else 1
    kinds = {kind.name: (kind.title[side], kind.caption[side]) for kind in FIGURES.values()}
    for more in (comparison, decomposition):
        kinds[more.NAME] = (more.TITLE[side], more.CAPTION[side])
    found = []
    for name, (title, caption) in kinds.items():
        page, path = 1, folder / f"{name}.png"
        while path.is_file():
            with told(path, "read"):
                packed = base64.b64encode(path.read_bytes()).decode("ascii")
            head = title if page == 1 else f"{title} ({page})"
            told_once = caption if page == 1 else ""
            found.append(Picture(name, head, told_once, f"data:image/png;base64,{packed}"))
            page += 1
            path = folder / f"{name}_{page}.png"
    return found


def least_likely(material: Material, lang: Language) -> list[tuple[str, str, str, str]]:
    """Return the outcomes least likely on their own: clause, name, probability, gap."""
    entries = [
        e for e in material.scorecard.default_entries
        if e.assessment.target.target_class == "outcome" and e.assessment.probability is not None
    ]  # fmt: skip
    entries.sort(key=lambda e: e.assessment.probability or 0.0)
    return [
        (
            str(e.assessment.target.clause),
            label(e.assessment.target, lang),
            percent(e.assessment.probability or 0.0),
            shown(e.assessment.gap, 3),
        )
        for e in entries[:LEAST_LIKELY]
    ]


def _scenario_label(material: Material, settings: Mapping[str, Any], lang: Language) -> str:
    words = settings.get("label", {})
    return str(words.get(lang, material.scenario)) if isinstance(words, Mapping) else ""


def _warnings(
    material: Material, settings: Mapping[str, Any], planned: int, lang: Language
) -> list[str]:
    found = []
    scale = float(settings.get("population", {}).get("scale", 1.0))
    if scale != 1.0:
        found.append(tell("scaled", lang, scale=f"{scale:g}"))
    lost = planned - material.scorecard.members
    if lost > 0:
        found.append(tell("failed", lang, n=lost, all=planned))
    return found


def _outside(settings: Mapping[str, Any], lang: Language) -> str:
    changed = settings.get("outside_world") or {}
    if not changed:
        return tell("no_shocks", lang)
    names = (f"{name} {dict(shock)}" for name, shock in changed.items())
    return tell("outside_shocks", lang, names=say("list_separator", lang).join(names))


def _notes(material: Material, lang: Language) -> list[str]:
    separator = say("list_separator", lang)
    missing = [
        label(e.assessment.target, lang) for e in material.scorecard.default_entries
        if e.assessment.reached is None
    ]  # fmt: skip
    groups: Sequence[tuple[str, list[str]]] = (
        ("memory_targets", by_status(material, ("memory", "derived_mem"), lang)),
        ("prior_targets", by_status(material, PRIOR_STATUSES, lang)),
        ("missing_targets", missing),
    )
    return [
        tell(key, lang, names=separator.join(names) or say("none", lang)) for key, names in groups
    ]
