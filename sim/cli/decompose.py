"""``decompose``: the variance of every target by group of uncertainty, as a table."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sim
from sim.cli.console import complain, table
from sim.cli.setup import Ensure, city_of, place_of_table
from sim.errors import NothingSimulated, printable
from sim.progress import Progress
from sim.provenance import COLUMNS as MADE_FROM
from sim.provenance import made_from
from sim.scenario import load_with_plan, resolved
from sim.store import write_csv
from sim.threads import workers_for
from sim.uncertainty import GROUP_NAMES

if TYPE_CHECKING:
    from sim.analysis.evaluation import Assessment
    from sim.city import City
    from sim.plan import Plan
    from sim.results import MemberResult
    from sim.scenario import Scenario

COLUMNS = (
    "target_id", "reading", "quantity", "group", "first_order", "first_order_mc_error", "total",
    "total_mc_error", "members", "scale", "scenario", "parameters_from", "code_version",
    *MADE_FROM,
)  # fmt: skip
WORDS: dict[str, tuple[str, str]] = {
    "target": ("target (margin, total shares of variance)", "目标（差距的方差，总效应）"),
    "written": ("written: {path}", "已写入：{path}"),
    "failed": ("{n} members of the design failed; left out", "设计中 {n} 个样本失败，已剔除"),
}


def main(
    scenario: str,
    ensure: Ensure,
    settings: Mapping[str, str],
    *,
    jobs: int | str,
    out: str | None,
    lang: str,
    quiet: bool = False,
) -> int:
    """Simulate the design, write the table, print the totals of the margins.

    Returns
    -------
    int
        0, or 3 when members failed.

    Raises
    ------
    OutputError
        If the table cannot be written; found before anything is simulated.
    NothingSimulated
        If every member failed.
    """
    loaded, plan = load_with_plan(scenario, settings)
    target = place_of_table(out, f"{loaded.name}-decomposition.csv")
    city = city_of(loaded, ensure)
    results = simulate(loaded, plan, city, jobs, lang=lang, quiet=quiet)
    failed = sum(result.failed is not None for result in results)
    rows = rows_of(loaded, plan, city, results)
    if not rows:
        raise NothingSimulated("no target varies over the finished members of the design")
    write_csv(target, COLUMNS, ([row[column] for column in COLUMNS] for row in rows))
    if not quiet:
        print(_table(rows, lang))
        print(_say("written", lang, path=printable(str(target))))
    if failed:
        complain(_say("failed", lang, n=failed))
    return 3 if failed else 0


def simulate(
    scenario: Scenario, plan: Plan, city: City, jobs: int | str, *, lang: str, quiet: bool
) -> list[MemberResult]:
    """Simulate every member of the design and return them in its order."""
    from sim.analysis.variance import BLOCKS, simulate_nested
    from sim.checkpoints import load_member
    from sim.workers import Run, failed_member, run_tasks

    count = len(BLOCKS) * scenario.members
    with (
        tempfile.TemporaryDirectory(prefix="decompose-") as folder,
        Progress(count, quiet=quiet, lang=lang) as progress,
    ):
        runs = [Run(scenario, plan, Path(folder))]
        tasks = [(0, number) for number in range(count)]
        workers = workers_for(jobs, count)
        lost: dict[int, str] = {}
        with closing(
            run_tasks(runs, city, tasks, workers=workers, simulate=simulate_nested)
        ) as outcomes:
            for outcome in outcomes:
                progress.advance(failed=outcome.failed is not None)
                if outcome.failed:
                    lost[outcome.member] = outcome.failed
        return [
            (None if number in lost else load_member(Path(folder), number))
            or failed_member(number, lost.get(number, "cannot be read back"))
            for number in range(count)
        ]


def rows_of(
    scenario: Scenario, plan: Plan, city: City, results: Sequence[MemberResult]
) -> list[dict[str, Any]]:
    """Return the shares of every target's attainment and margin, members that failed left out."""
    from sim.analysis.evaluation import ensemble_of, evaluate
    from sim.analysis.variance import BLOCKS, shares
    from sim.ensemble import dataset_of

    size = scenario.members
    whole = [
        place for place in range(size)
        if all(results[block * size + place].failed is None for block in range(len(BLOCKS)))
    ]  # fmt: skip
    if not whole:
        return []
    assessed: dict[str, tuple[Assessment, ...]] = {}
    for block, name in enumerate(BLOCKS):
        members = [replace(results[block * size + p], member=p) for p in whole]
        dataset = dataset_of(scenario, plan, city, members)
        assessed[name] = evaluate(plan, ensemble_of(dataset))
    posterior = city.posterior_for(scenario.parameters_from)
    about = {
        "members": len(whole), "scale": scenario.population_scale, "scenario": scenario.name,
        "parameters_from": "prior" if posterior is None else "posterior",
        "code_version": sim.__version__,
        **made_from(resolved(scenario), city.bundle, "decomposition"),
    }  # fmt: skip
    rows = []
    for position, first in enumerate(assessed["a"]):
        if first.reached is None or first.margins is None:
            continue
        for quantity in ("margins", "reached"):
            values = {n: getattr(found[position], quantity) for n, found in assessed.items()}
            for share in shares(values) or ():
                rows.append(about | {
                    "target_id": first.target.id, "reading": first.target.reading,
                    "quantity": quantity, "group": share.group, "first_order": share.first,
                    "first_order_mc_error": share.first_error, "total": share.total,
                    "total_mc_error": share.total_error,
                })  # fmt: skip
    return rows


def _say(key: str, lang: str, **values: object) -> str:
    return WORDS[key][lang == "zh"].format(**values)


def _table(rows: Sequence[Mapping[str, Any]], lang: str) -> str:
    """Return the total shares of the margins by target and group, with their errors."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        if row["quantity"] == "margins":
            cell = f"{row['total']:.2f} ± {row['total_mc_error']:.2f}"
            found.setdefault((row["target_id"], row["reading"]), {})[row["group"]] = cell
    header = [_say("target", lang), *(words[lang == "zh"] for words in GROUP_NAMES.values())]
    body = [
        [f"{target} {reading}", *(cells.get(group, "") for group in GROUP_NAMES)]
        for (target, reading), cells in found.items()
    ]
    return table(header, body)
