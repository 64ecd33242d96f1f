"""``lever-effects``: every lever's low against its high end on paired members, as a table."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.console import complain, table
from sim.cli.setup import Ensure, city_of, place_of_table
from sim.cli.words import say
from sim.errors import InputError, Problem, nearest, printable
from sim.progress import Progress
from sim.scenario import load_with_plan, project_root
from sim.store import write_csv
from sim.threads import workers_for

if TYPE_CHECKING:
    from sim.analysis.lever_effects import LeverEffect
    from sim.city import City
    from sim.levers import Lever
    from sim.plan import Plan
    from sim.scenario import Scenario

BASE_SCENARIO = "base.yaml"
PROJECT_CLAUSES = frozenset({5, 7, 8, 27})
"""Clauses whose levers act on large projects, of which the whole city has a few dozen."""
PROJECT_SCALE = 0.5
"""Smallest population scale for them: in a tenth of the city most members have no project."""
COLUMNS = (
    "clause", "lever", "unit", "low", "high", "indicator", "indicator_unit", "direction",
    "minimum_effect", "members", "scale", "failed_members", "mean", "mc_error", "median",
    "share_right", "share_wrong", "passes", "problems", "inert_moved", "moved",
)  # fmt: skip
WORDS: dict[str, tuple[str, str]] = {
    "clause": ("clause", "条"),
    "lever": ("lever", "政策杠杆"),
    "indicator": ("own indicator", "自身指标"),
    "minimum": ("at least", "最小效应"),
    "mean": ("mean", "均值"),
    "error": ("MC error", "模拟误差"),
    "median": ("median", "中位数"),
    "right": ("right sign", "方向正确"),
    "scale": ("scale", "企业比例"),
    "verdict": ("verdict", "结论"),
    "pass": ("pass", "通过"),
    "direction": ("wrong direction", "方向不符"),
    "size": ("below its minimum", "低于最小效应"),
    "noise": ("within the noise", "未超出模拟误差"),
    "inert": ("moves what it must not", "改动了不应改动的指标"),
    "failed": ("failed members", "样本失败"),
    "written": ("written: {path}", "已写入：{path}"),
    "summary": (
        "{good} of {all} levers do what they declare; {members} members",
        "{all} 项政策杠杆中 {good} 项符合声明；{members} 个样本",
    ),
}


def main(
    ensure: Ensure,
    *,
    members: str,
    scale: str,
    jobs: int | str,
    out: str | None,
    levers: Sequence[str],
    lang: str,
    quiet: bool = False,
) -> int:
    """Simulate, print and write the table of lever effects.

    Returns
    -------
    int
        0 when every lever does what it declares, else 3.

    Raises
    ------
    InputError
        If a lever is unknown or members or scale lie outside their range.
    OutputError
        If the table cannot be written; found before anything is simulated.
    Interrupted
        After SIGINT or SIGTERM.
    """
    from sim.interruption import Interrupted

    chosen = _chosen(levers)
    file = project_root() / "scenarios" / BASE_SCENARIO
    settings = {"members": members, "population.scale": scale}
    base, plan = load_with_plan(file, settings)
    target = place_of_table(out, "lever-effects.csv")
    city = city_of(base, ensure)
    larger = replace(base, population_scale=max(base.population_scale, PROJECT_SCALE))
    few = [lever for lever in chosen if lever.clause in PROJECT_CLAUSES]
    many = [lever for lever in chosen if lever not in few]
    try:
        found = [
            (effect, scenario.population_scale)
            for scenario, group in ((base, many), (larger, few))
            for effect in _effects(scenario, plan, city, group, jobs, quiet=quiet, lang=lang)
        ]
    except KeyboardInterrupt as stop:
        number = 2 if type(stop) is KeyboardInterrupt else 15
        raise Interrupted(number, say("interrupted_anew", lang)) from None
    found.sort(key=lambda pair: chosen.index(pair[0].lever))
    rows = [row_of(effect, size) for effect, size in found]
    write_csv(target, COLUMNS, ([row[column] for column in COLUMNS] for row in rows))
    if not quiet:
        _show(found, lang)
        good = sum(effect.passes for effect, _ in found)
        print(_say("summary", lang, good=good, all=len(found), members=base.members))
        print(_say("written", lang, path=printable(str(target))))
    return 0 if all(effect.passes for effect, _ in found) else 3


def _effects(
    base: Scenario,
    plan: Plan,
    city: City,
    levers: Sequence[Lever],
    jobs: int | str,
    *,
    quiet: bool,
    lang: str,
) -> list[LeverEffect]:
    """Simulate both ends of levers and return their effects in the order of finishing."""
    from sim.analysis.lever_ends import ends_of
    from sim.analysis.lever_runs import lever_effects

    if not levers:
        return []
    tasks = len(ends_of(base, plan, levers)[0]) * base.members
    with (
        tempfile.TemporaryDirectory(prefix="lever-effects-") as folder,
        Progress(tasks, quiet=quiet, lang=lang) as progress,
        closing(
            lever_effects(
                base, plan, city, levers, Path(folder), workers=workers_for(jobs, tasks),
                advance=lambda failed: progress.advance(failed=failed),
            )
        ) as effects,
    ):  # fmt: skip
        return list(effects)


def _say(key: str, lang: str, **values: object) -> str:
    return WORDS[key][lang == "zh"].format(**values)


def _chosen(names: Sequence[str]) -> list[Lever]:
    """Return the levers of the given names in the order of the clauses; all by default."""
    from sim.levers import LEVERS

    unknown = [name for name in names if name not in LEVERS]
    if unknown:
        raise InputError(
            [
                Problem("command line", "--lever", f"unknown lever {name!r}{nearest(name, LEVERS)}")
                for name in unknown
            ]
        )
    return [lever for name, lever in LEVERS.items() if not names or name in names]


def row_of(effect: LeverEffect, scale: float) -> dict[str, Any]:
    """Return an effect, measured at a population scale, as a row of the CSV file."""
    from sim.indicators import INDICATORS

    lever = effect.lever
    moved = (f"{m.indicator} {m.difference:+.4g} ({m.in_spreads:+.2f} sd)" for m in effect.moved)
    return {
        "clause": lever.clause,
        "lever": lever.name,
        "unit": lever.unit,
        "low": lever.low,
        "high": lever.high,
        "indicator": lever.indicator,
        "indicator_unit": INDICATORS[lever.indicator].unit,
        "direction": lever.direction,
        "minimum_effect": lever.minimum_effect,
        "members": effect.members,
        "scale": scale,
        "failed_members": len(effect.failed),
        "mean": effect.mean,
        "mc_error": effect.mc_error,
        "median": effect.median,
        "share_right": effect.share_right,
        "share_wrong": effect.share_wrong,
        "passes": effect.passes,
        "problems": " ".join(effect.problems),
        "inert_moved": " ".join(effect.inert_moved),
        "moved": "; ".join(moved),
    }


def _show(found: Sequence[tuple[LeverEffect, float]], lang: str) -> None:
    """Print the table; name what moved though it must not, and members that failed."""
    header = [
        _say(key, lang)
        for key in ("clause", "lever", "indicator", "minimum", "mean", "error", "median", "right",
                    "scale", "verdict")
    ]  # fmt: skip
    rows = [
        [
            effect.lever.clause, effect.lever.name, effect.lever.indicator,
            effect.lever.direction * effect.lever.minimum_effect, effect.mean, effect.mc_error,
            effect.median, effect.share_right, size,
            ", ".join(_say(problem, lang) for problem in effect.problems) or _say("pass", lang),
        ]
        for effect, size in found
    ]  # fmt: skip
    print(table(header, rows))
    for effect, _ in found:
        for name in effect.inert_moved:
            complain(f"{effect.lever.name}: {_say('inert', lang)}: {name}")
        for reason in effect.failed[:3]:
            complain(f"{effect.lever.name}: {_say('failed', lang)}: {printable(reason, 300)}")
