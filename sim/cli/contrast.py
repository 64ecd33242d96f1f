"""``contrast``: one scenario scored twice, with and without what its probabilities may rest on."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import sim
from sim.analysis.comparison import paired_shares
from sim.cli.console import table
from sim.cli.setup import Ensure, city_of, place_of_table
from sim.errors import printable
from sim.provenance import COLUMNS as MADE_FROM
from sim.provenance import made_from
from sim.scenario import load_with_plan, resolved
from sim.store import write_csv

if TYPE_CHECKING:
    from sim.report.material import Material

SIDES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "memory": ({"switches.drop_memory": "false"}, {"switches.drop_memory": "true"}),
    "posterior": ({"parameters_from": "posterior"}, {"parameters_from": "prior"}),
}
"""What is contrasted: settings with it and without it."""
COLUMNS = (
    "target_id", "reading", "default_reading", "probability_with", "probability_without",
    "difference", "mc_error", "median_with", "median_without", "unit", "evidence_with",
    "evidence_without", "contrast", "scenario", "members", "code_version", *MADE_FROM,
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
    target = place_of_table(out, f"{loaded.name}-{of}.csv")
    runs, codes = [], []
    for side in SIDES[of]:
        run, code = simulated(
            scenario, ensure, {**settings, **side}, jobs=jobs, lang=lang, quiet=quiet
        )
        runs.append(run)
        codes.append(code)
    about = {"contrast": of, "scenario": loaded.name, "members": loaded.members,
             "code_version": sim.__version__,
             **made_from(resolved(loaded), runs[0].city.bundle, of)}  # fmt: skip
    rows = [about | row for row in rows_of(*runs)]
    write_csv(target, COLUMNS, ([row[column] for column in COLUMNS] for row in rows))
    if not quiet:
        print(_table(rows, of, lang))
        print(_say("written", lang, path=printable(str(target))))
    return max(codes)


def simulated(
    scenario: str, ensure: Ensure, settings: Mapping[str, str], *, jobs: int | str, lang: str,
    quiet: bool,
) -> tuple[Material, int]:  # fmt: skip
    """Simulate one side in a temporary directory; return what it says and its exit code."""
    from sim.ensemble import run_ensemble
    from sim.report.material import gather

    loaded, plan = load_with_plan(scenario, settings)
    city = city_of(loaded, ensure)
    with tempfile.TemporaryDirectory(prefix="contrast-") as folder:
        place = Path(folder) / loaded.name
        outcome = run_ensemble(loaded, plan, city, place, jobs=jobs, quiet=quiet, lang=lang)
        return gather(place, plan, city), outcome.exit_code


def rows_of(first: Material, second: Material) -> list[dict[str, Any]]:
    """Return one row for each reading; a side that cannot assess it has an empty cell.

    Difference and Monte Carlo error are paired: taken within each member that finished on both
    sides, since both meet the same random numbers.
    """
    places = np.intersect1d(first.dataset["member"], second.dataset["member"], return_indices=True)[
        1:
    ]
    rows = []
    sides = first.scorecard.entries, second.scorecard.entries
    for one, two in zip(*sides, strict=True):
        ends = one.assessment, two.assessment
        found = difference(ends[0].reached, ends[1].reached, places)
        rows.append({
            "target_id": ends[0].target.id, "reading": ends[0].target.reading,
            "default_reading": "yes" if ends[0].target.default_reading else "no",
            "probability_with": ends[0].probability, "probability_without": ends[1].probability,
            "difference": found and found[0], "mc_error": found and found[1],
            "median_with": one.quantiles.get("median"),
            "median_without": two.quantiles.get("median"), "unit": ends[0].target.unit,
            "evidence_with": one.evidence.grade, "evidence_without": two.evidence.grade,
        })  # fmt: skip
    return rows


def difference(
    first: NDArray[np.bool_] | None,
    second: NDArray[np.bool_] | None,
    places: Sequence[NDArray[np.intp]],
) -> tuple[float, float] | None:
    """Return the paired difference of two shares, second less first, and its error.

    Examples
    --------
    Of four members one changes its mind: a quarter, give or take as much.

    >>> members = np.arange(4)
    >>> before, after = np.zeros(4, bool), np.array([True, False, False, False])
    >>> difference(before, after, (members, members))
    (0.25, 0.25)
    """
    if first is None or second is None:
        return None
    mine, yours = (
        side[place].astype(np.float64)[:, None]
        for side, place in zip((first, second), places, strict=True)
    )
    found = paired_shares(mine, yours, identical=False)
    return float(found.difference[0]), float(found.error[0])


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
