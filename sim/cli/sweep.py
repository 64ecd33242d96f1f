"""``sweep`` and ``sensitivity``: many settings of a scenario, none simulated twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.console import complain
from sim.cli.problems_zh import in_chinese
from sim.cli.setup import Ensure, city_of
from sim.cli.words import say
from sim.errors import InputError, Problem, printable
from sim.scenario import project_root
from sim.scenario_sections import resources
from sim.sweep.zarr_copy import ZARR_STORE, need_zarr, write_zarr
from sim.threads import workers_for

if TYPE_CHECKING:
    from sim.report.words import Language
    from sim.sweep.files import SweepFile
    from sim.sweep.sweeping import SweepOutcome, SweptCells

PROCESS_GB = 0.4
"""Memory of a process with the libraries loaded."""
ANALYSED = ("sobol", "morris")
SHOWN = 5
"""So many failed cells are named."""


@dataclass(frozen=True)
class Request:
    """What the command line asks of a sweep.

    Attributes
    ----------
    file : str
        The sweep file.
    out, cells, log : str or None
        Its directory, the folder of finished cells, a file for lines of progress.
    jobs, scheduler
        Processes of this machine, or the address of a Dask scheduler.
    lang, svg, zarr, quiet, extend, fresh, dry_run, no_report
        As the options say.
    map_of : str or None
        The two factors of the maps, separated by a comma.
    """

    file: str
    out: str | None = None
    cells: str | None = None
    log: str | None = None
    jobs: int | str = "auto"
    scheduler: str | None = None
    lang: Language | None = None
    svg: bool = False
    zarr: bool = False
    quiet: bool = False
    extend: bool = False
    fresh: bool = False
    dry_run: bool = False
    no_report: bool = False
    map_of: str | None = None


def main(request: Request, ensure: Ensure, *, sensitivity: bool = False) -> int:
    """Simulate a sweep, write its directory, and analyse its sensitivity if asked.

    Returns
    -------
    int
        0, or 3 when members failed in some cell.
    """
    from sim.sweep.files import read_sweep

    root = project_root()
    sweep = read_sweep(request.file)
    if sensitivity and sweep.design.kind not in ANALYSED:
        message = f"sensitivity needs kind {' or '.join(ANALYSED)}, is {sweep.design.kind}"
        raise InputError([Problem(request.file, "design.kind", message)])
    pair = pair_of(request.map_of, sweep)
    language: Language = request.lang or sweep.base.report["lang"]
    if request.dry_run:
        return show_plan(sweep, request.jobs, language)
    if request.zarr:
        need_zarr()
    from sim.sweep.running import local_tasks
    from sim.sweep.store import FOLDER
    from sim.sweep.sweeping import Options, run_sweep

    base = sweep.base
    city = city_of(base, ensure)
    options = Options(
        local_tasks(request.jobs, None), quiet=request.quiet, lang=language,
        log=Path(request.log) if request.log else None, extend=request.extend,
        fresh=request.fresh,
        finish=report(
            language, request.svg, sensitivity, pair, request.no_report, zarr=request.zarr
        ),
        complete=completeness(sensitivity, request.no_report or bool(pair), zarr=request.zarr),
    )  # fmt: skip
    out = Path(request.out) if request.out else root / "outputs" / sweep.name
    store = Path(request.cells) if request.cells else root / "outputs" / FOLDER
    if request.scheduler is None:
        outcome = run_sweep(sweep, city, out, store, options)
    else:
        from sim.sweep.cluster import connected

        with connected(request.scheduler) as run_tasks:
            options = replace(options, run_tasks=run_tasks, remote=True)
            outcome = run_sweep(sweep, city, out, store, options)
    return tell(outcome, language, quiet=request.quiet)


def pair_of(text: str | None, sweep: SweepFile) -> tuple[str, str] | None:
    """Return the two factors that maps are drawn over.

    Raises
    ------
    InputError
        If they are not two different factors of the sweep.
    """
    if text is None:
        return None
    names = [name.strip() for name in text.split(",")]
    known = [factor.key for factor in sweep.factors]
    wrong = [name for name in names if name not in known]
    if wrong or len(names) != 2 or names[0] == names[1]:
        about = f"{wrong[0]!r} is no factor" if wrong else "name two factors, such as A,B"
        message = f"{about}; there are: {', '.join(known)}"
        raise InputError([Problem("command line", "--map", message)])
    return names[0], names[1]


def report(
    lang: Language, svg: bool, sensitivity: bool, pair: tuple[str, str] | None, bare: bool,
    *, zarr: bool = False,
) -> Callable[[Path, SweptCells], None]:  # fmt: skip
    """Return what writes tables and figures into the folder about to be published."""

    def finish(folder: Path, swept: SweptCells) -> None:
        from sim.report.sweeps import write_sweep

        if zarr:
            write_zarr(folder)
        write_sweep(
            swept, folder, lang, svg=svg, sensitivity=sensitivity, pair=pair, figures=not bare
        )

    return finish


def completeness(sensitivity: bool, anew: bool, *, zarr: bool = False) -> Callable[[Path], bool]:
    """Return whether a published directory holds all that is asked for."""
    wanted = ["sensitivity.csv" if sensitivity else "design.csv", "figures"]
    wanted += [ZARR_STORE] if zarr else []
    return lambda path: not anew and all((path / name).exists() for name in wanted)


def show_plan(sweep: SweepFile, jobs: int | str, lang: str) -> int:
    """Print cells, memory and expected time, and simulate nothing."""
    from sim.sweep.cells import cells_of, hours_of

    grid = cells_of(sweep)
    hours = hours_of(sweep, [cell.point for cell in grid.cells])
    scale = max(cell.scenario.population_scale for cell in grid.cells)
    memory, _ = resources(sweep.base.members, scale, len(sweep.base.quarters))
    workers = workers_for(jobs, sweep.base.members * len(grid.cells))
    rows: Mapping[str, object] = {
        "sweep_scenario": f"{sweep.source} ({sweep.base.name})",
        "design": f"{sweep.design.kind}, n {sweep.design.n}, seed {sweep.design.seed}",
        "factors": ", ".join(factor.key for factor in sweep.factors),
        "cells": f"{len(grid.cells)} ({len(grid.rows)})",
        "members_each": sweep.base.members,
        "memory": f"{memory * workers + PROCESS_GB * (workers + 1):.1f} GB",
        "hours": f"{hours / workers:.2g} h ({workers})",
        "disk": f"{0.15 * len(grid.cells):,.0f} MB",
    }
    for key, value in rows.items():
        print(f"  {say(key, lang)}: {printable(str(value), 2000)}")
    return 0


def tell(outcome: SweepOutcome, lang: str, *, quiet: bool = False) -> int:
    """Say where the results are and which cells failed; return the exit code."""
    if not quiet:
        done = say("cells_done", lang, n=outcome.cells, new=outcome.simulated)
        print(say("reused", lang) if outcome.reused else done)
        if outcome.members_cpu > 0.0:
            members, other = outcome.members_cpu, outcome.other_cpu
            print(say("cpu", lang, members=members, other=other, percent=100.0 * other / members))
        print(say("written", lang, path=printable(str(outcome.path))))
    if outcome.failed:
        complain(say("cells_failed", lang, n=len(outcome.failed), all=outcome.cells))
        for cell, (status, reason, replay) in list(outcome.failed.items())[:SHOWN]:
            shown = printable(in_chinese(reason) if lang == "zh" else reason, 300)
            complain(f"  {cell} ({status}): {shown} ({replay})")
    return outcome.exit_code
