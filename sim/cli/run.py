"""``run``: scenario, fits, ensemble, report; the order of the stages and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from sim.cli.console import complain
from sim.cli.setup import Ensure, city_of
from sim.cli.words import say
from sim.errors import printable
from sim.scenario import load_with_plan, project_root

if TYPE_CHECKING:
    import xarray

    from sim.ensemble import RunOutcome
    from sim.report.material import Material
    from sim.report.words import Language

MOST_PROCESSES = 6
"""More do not make a report faster: its longest figure takes as long as the others together."""

NEEDED_FOR_RESULTS = ("xarray", "netCDF4", "dask.array", "sim.report.terminal")
"""Modules that results and scorecard need (dask where it is installed: xarray looks for it), a
second to import: time when only one core works."""
NEEDED_FOR_REPORT = ("sim.report.figures", "sim.report.html")
"""What a report needs beside."""


def main(
    scenario: str,
    ensure: Ensure,
    settings: Mapping[str, str],
    *,
    out: str | None = None,
    jobs: int | str = "auto",
    lang: Language | None = None,
    no_report: bool = False,
    svg: bool = False,
    quiet: bool = False,
    fresh: bool = False,
) -> int:
    """Simulate a scenario, write its directory, print its scorecard.

    Returns
    -------
    int
        0, or 3 when members failed.
    """
    loaded, plan = load_with_plan(scenario, settings)
    language: Language = lang or loaded.report["lang"]
    from sim.threads import workers_for
    from sim.workers import Crew

    read: list[Material] = []
    kept: list[xarray.Dataset] = []
    needed = NEEDED_FOR_RESULTS + (() if no_report else NEEDED_FOR_REPORT)

    def finish(folder: Path, results: xarray.Dataset) -> None:
        if no_report:
            kept.append(results)  # for the scorecard
            return
        _ended(imports)  # no copy of this process may begin amid an import
        from sim.report import write_report

        drawn = svg or bool(loaded.report["svg"])
        cores = workers_for(jobs, MOST_PROCESSES)
        read.append(write_report(folder, plan, city, language, drawn, results, cores))

    with _imported_meanwhile(needed) as imports, Crew() as crew:
        workers = workers_for(jobs, loaded.members)
        if workers > 1:  # they import the model while the city is read here
            crew.start(workers)
        from sim.ensemble import run_ensemble

        city = city_of(loaded, ensure)
        if workers > 1:
            imports.start()
        outcome = run_ensemble(
            loaded,
            plan,
            city,
            Path(out) if out else project_root() / "outputs" / loaded.name,
            jobs=jobs,
            quiet=quiet,
            lang=language,
            fresh=fresh,
            finish=finish,
            crew=crew,
        )
    if not quiet:
        from sim.report.material import material_of

        read += [material_of(results, plan, city, outcome.path.name) for results in kept]
        _show(outcome, read[-1], loaded.members, language)
    return tell_failures(outcome, loaded.members, language)


@contextmanager
def _imported_meanwhile(needed: Sequence[str]) -> Iterator[Thread]:
    """Yield a thread that imports what is needed later; it does not outlive the block."""
    thread = Thread(target=_import_what_is_needed_later, args=(needed,))
    try:
        yield thread
    finally:
        _ended(thread)


def _import_what_is_needed_later(needed: Sequence[str]) -> None:
    """Import while this process waits for its workers; what is missing is told when needed."""
    for name in needed:
        with suppress(ImportError):
            import_module(name)


def _ended(thread: Thread) -> None:
    """Wait for the end of a thread that may never have begun."""
    if thread.ident is not None:
        thread.join()


def _show(outcome: RunOutcome, material: Material, members: int, lang: Language) -> None:
    """Print the scorecard of what has just been written."""
    from sim.report.terminal import show_scorecard

    show_scorecard(material.scorecard, lang, planned=members)
    if outcome.reused:
        print(say("reused", lang))
    print(say("written", lang, path=printable(str(outcome.path))))


def tell_failures(outcome: RunOutcome, members: int, lang: str) -> int:
    """Name the failed members on standard error; return the exit code."""
    if outcome.failed:
        complain(say("failed", lang, n=len(outcome.failed), all=members))
        for failed in outcome.failed:
            complain(f"  {failed.member}: {printable(failed.reason, 500)} ({failed.replay})")
    return outcome.exit_code
