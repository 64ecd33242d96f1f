"""``report.html`` of a comparison: differences of the outputs beside those of the inputs."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.comparison import Row
from sim.report.comparison_words import COMPARISON_WORDS
from sim.report.html import PAGE, POLICY, TEMPLATES
from sim.report.words import Language, number, percent
from sim.store import atomic_write_text, safe_name, told
from sim.units import quarter_name

if TYPE_CHECKING:
    from sim.report.comparing import Compared
    from sim.report.scorecard import Entry

CLEAR = 2.0
"""Monte Carlo errors from which a difference is set in bold."""


@dataclass(frozen=True)
class Difference:
    """A cell: the difference with its error in percentage points, and whether it is clear."""

    text: str
    clear: bool = False


@dataclass(frozen=True)
class Line:
    """A row of the table of targets."""

    kind: str
    clause: str
    name: str
    probabilities: tuple[str, ...]
    differences: tuple[Difference, ...]


def write_page(found: Compared, folder: Path, lang: Language) -> None:
    """Write the page of a comparison beside its figures.

    Raises
    ------
    OutputError
        If a figure cannot be read or the page not be written.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    page = environment.get_template("compare.html.j2")
    atomic_write_text(folder / PAGE, page.render(content(found, folder, lang)))


def content(found: Compared, folder: Path, lang: Language) -> dict[str, Any]:
    """Return everything the template shows."""
    side = 0 if lang == "en" else 1
    words = {key: text[side] for key, text in COMPARISON_WORDS.items()}
    names = [scenario.name for scenario in found.scenarios]
    plan = found.materials[0].plan
    return {
        "lang": "zh-CN" if lang == "zh" else "en",
        "policy": POLICY,
        "t": words,
        "title": f"{plan.label_en if lang == 'en' else plan.label_zh}: {words['comparison']}",
        "about": "; ".join(
            words["scenario_about"].format(
                name=s.name, label=s.label_en if lang == "en" else s.label_zh,
                n=m.scorecard.members, all=s.members,
            )
            for s, m in zip(found.scenarios, found.materials, strict=True)
        ),
        "warnings": list(_warnings(found, words)),
        "names": names,
        "rows": [*_joint(found, words), *_targets(found, words, lang)],
        "inputs": found.inputs[1:],
        "pictures": list(_pictures(found, folder, lang)),
    }  # fmt: skip


def _warnings(found: Compared, words: Mapping[str, str]) -> Iterable[str]:
    yield words["prior_predictive"]
    if len({s.levers_from for s in found.scenarios}) > 1 or any(
        s.levers == s.before_plan for s in found.scenarios
    ):
        yield words["against_before_plan"]
    lost = [s.name for s, m in zip(found.scenarios, found.materials, strict=True)
            if m.scorecard.members < s.members]  # fmt: skip
    if lost:
        yield words["members_lost"].format(names=", ".join(lost))


def _pairs(found: Compared) -> dict[tuple[str, str, str, str], Row]:
    """Return (kind, id, reading, second scenario) to the row of the last quarter."""
    first = found.scenarios[0].name
    return {
        (row.kind, row.id, row.reading or "", row.scenario_b): row
        for row in found.rows
        if row.kind != "indicator" and row.scenario_a == first
    }


def _differences(
    found: Compared, pairs: Mapping[tuple[str, str, str, str], Row], key: tuple[str, str, str]
) -> tuple[Difference, ...]:
    cells = []
    for scenario in found.scenarios[1:]:
        row = pairs.get((*key, scenario.name))
        cells.append(Difference("–") if row is None else difference(row))
    return tuple(cells)


def difference(row: Row) -> Difference:
    """Return a difference of probabilities as percentage points with its error."""
    points, error = 100.0 * row.difference, 100.0 * row.difference_mc_error
    sign = "+" if points > 0 else "−" if points < 0 else ""
    text = f"{sign}{number(abs(round(points, 1)), 3)} ± {number(round(error, 2), 2)}"
    return Difference(text, points != 0.0 and abs(points) >= CLEAR * error)


def _joint(found: Compared, words: Mapping[str, str]) -> Iterable[Line]:
    pairs = _pairs(found)
    for kind in ("outcomes", "all"):
        shown = []
        for material in found.materials:
            card = material.scorecard
            together = card.outcomes if kind == "outcomes" else card.everything
            chance, error = together.probability, together.mc_error
            shown.append("–" if chance is None else _probability(chance, error or 0.0))
        cells = _differences(found, pairs, ("joint", kind, ""))
        yield Line("joint", "", words[kind], tuple(shown), cells)


def _targets(found: Compared, words: Mapping[str, str], lang: Language) -> Iterable[Line]:
    pairs = _pairs(found)
    entries = sorted(
        found.materials[0].scorecard.default_entries, key=lambda e: e.assessment.target.clause
    )
    for entry in entries:
        target = entry.assessment.target
        name = target.label_en if lang == "en" else target.label_zh
        if target.target_class == "commitment":
            name += f" ({words['commitment']})"
        name += f", {quarter_name(target.deadline)}"
        shown = tuple(_cell(m.scorecard.entry(target.id)) for m in found.materials)
        if any(cell != "–" for cell in shown):
            cells = _differences(found, pairs, ("target", target.id, target.reading))
            yield Line(target.target_class, str(target.clause), name, shown, cells)


def _cell(entry: Entry) -> str:
    one = entry.assessment
    return "–" if one.probability is None else _probability(one.probability, one.mc_error or 0.0)


def _probability(chance: float, error: float) -> str:
    return f"{percent(chance)} ± {number(100.0 * error, 2)}"


def _pictures(found: Compared, folder: Path, lang: Language) -> Iterable[tuple[str, str]]:
    for entry in found.materials[0].scorecard.default_entries:
        target = entry.assessment.target
        path = folder / "figures" / f"{safe_name(f'attainment_{target.id}')}.png"
        if path.is_file():
            with told(path, "read"):
                packed = base64.b64encode(path.read_bytes()).decode("ascii")
            title = target.label_en if lang == "en" else target.label_zh
            yield title, f"data:image/png;base64,{packed}"
