"""``contrast``: one scenario scored twice, with and without what its probabilities may rest on."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sim
from sim.cli.console import table
from sim.errors import printable
from sim.scenario import load_with_plan, project_root
from sim.store import writable, write_csv

if TYPE_CHECKING:
    from sim.report.scorecard import Scorecard

Ensure = Callable[..., Path]
SIDES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "memory": ({"switches.drop_memory": "false"}, {"switches.drop_memory": "true"}),
    "posterior": ({"parameters_from": "posterior"}, {"parameters_from": "prior"}),
}
"""What is contrasted: settings with it and without it."""
COLUMNS = (
    "target_id", "reading", "default_reading", "probability_with", "probability_without",
    "difference", "mc_error", "median_with", "median_without", "unit", "evidence_with",
    "evidence_without", "contrast", "scenario", "members", "code_version",
)  # fmt: skip
WORDS: dict[str, tuple[str, str]] = {
    "target": ("target", "目标"),
    "memory_0": ("with memory rows", "含记忆数据"),
    "memory_1": ("without", "不含"),
    "posterior_0": ("posterior", "后验"),
    "posterior_1": ("prior", "先验"),
    "median": ("median", "中位数"),
    "difference": ("difference", "差异"),
    "error": ("MC error", "模拟误差"),
    "written": ("written: {path}", "已写入：{path}"),
}


def main(
    scenario: str,
    ensure: Ensure,
    settings: Mapping[str, str],
    *,
    of: str,
    jobs: int | str,
    out: str | None,
    lang: str,
    quiet: bool = False,
) -> int:
    """Run both sides on the same seed, write and print their scorecards side by side.

    Returns
    -------
    int
        0, or 3 when members of a side failed.

    Raises
    ------
    OutputError
        If the table cannot be written; found before anything is simulated.
    """
    loaded = load_with_plan(scenario, settings)[0]
    target = Path(out) if out else project_root() / "outputs" / f"{loaded.name}-{of}.csv"
    writable(target)
    cards, codes = [], []
    for side in SIDES[of]:
        card, code = scored(
            scenario, ensure, {**settings, **side}, jobs=jobs, lang=lang, quiet=quiet
        )
        cards.append(card)
        codes.append(code)
    about = {"contrast": of, "scenario": loaded.name, "members": loaded.members,
             "code_version": sim.__version__}  # fmt: skip
    rows = [about | row for row in rows_of(*cards)]
    write_csv(target, COLUMNS, ([row[column] for column in COLUMNS] for row in rows))
    if not quiet:
        print(_table(rows, of, lang))
        print(_say("written", lang, path=printable(str(target))))
    return max(codes)


def scored(
    scenario: str, ensure: Ensure, settings: Mapping[str, str], *, jobs: int | str, lang: str,
    quiet: bool,
) -> tuple[Scorecard, int]:  # fmt: skip
    """Simulate one side in a temporary directory; return its scorecard and exit code."""
    from sim.city import load_city
    from sim.ensemble import run_ensemble
    from sim.report.material import gather

    loaded, plan = load_with_plan(scenario, settings)
    bundle = ensure(loaded.city, loaded.as_of, project_root(), loaded.switches["drop_memory"])
    city = load_city(bundle)
    with tempfile.TemporaryDirectory(prefix="contrast-") as folder:
        place = Path(folder) / loaded.name
        outcome = run_ensemble(loaded, plan, city, place, jobs=jobs, quiet=quiet, lang=lang)
        return gather(place, plan, city).scorecard, outcome.exit_code


def rows_of(first: Scorecard, second: Scorecard) -> list[dict[str, Any]]:
    """Return one row for each reading; a side that cannot assess it has an empty cell.

    The Monte Carlo error of the difference takes the sides as independent: members share their
    luck, but not the draws of data and parameters.
    """
    rows = []
    for one, two in zip(first.entries, second.entries, strict=True):
        ends = one.assessment, two.assessment
        p, q = (end.probability for end in ends)
        errors = [end.mc_error for end in ends]
        both = p is not None and q is not None
        rows.append({
            "target_id": ends[0].target.id, "reading": ends[0].target.reading,
            "default_reading": "yes" if ends[0].target.default_reading else "no",
            "probability_with": p, "probability_without": q,
            "difference": None if p is None or q is None else q - p,
            "mc_error": sum((e or 0.0) ** 2 for e in errors) ** 0.5 if both else None,
            "median_with": one.quantiles.get("median"),
            "median_without": two.quantiles.get("median"), "unit": ends[0].target.unit,
            "evidence_with": one.evidence.grade, "evidence_without": two.evidence.grade,
        })  # fmt: skip
    return rows


def _say(key: str, lang: str, **values: object) -> str:
    return WORDS[key][lang == "zh"].format(**values)


def _table(rows: list[dict[str, Any]], of: str, lang: str) -> str:
    """Return the default readings of both sides."""
    header = [_say(key, lang) for key in ("target", f"{of}_0", f"{of}_1", "difference", "error",
                                          "median", "median")]  # fmt: skip
    columns = ("target_id", "probability_with", "probability_without", "difference", "mc_error",
               "median_with", "median_without")  # fmt: skip
    body = [[row[c] for c in columns] for row in rows if row["default_reading"] == "yes"]
    return table(header, body)
