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

    from sim.city import City
    from sim.ensemble import RunOutcome
    from sim.plan import Plan
    from sim.report.material import Material
    from sim.report.words import Language

MOST_PROCESSES = 6
"""More do not make a report faster: its longest figure takes as long as the others together."""

NEEDED_LATER = ("xarray", "netCDF4", "sim.report.figures", "sim.report.html")
"""Modules that results and report need, a second to import: time when only one core works."""


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

    def finish(folder: Path, results: xarray.Dataset) -> None:
        _ended(imports)  # no copy of this process may begin amid an import
        from sim.report import write_report

        drawn = svg or bool(loaded.report["svg"])
        cores = workers_for(jobs, MOST_PROCESSES)
        read.append(write_report(folder, plan, city, language, drawn, results, cores))

    with _imported_meanwhile() as imports, Crew() as crew:
        workers = workers_for(jobs, loaded.members)
        if workers > 1:  # they import the model while the city is read here
            crew.start(workers)
        from sim.ensemble import run_ensemble

        city = city_of(loaded, ensure)
        if workers > 1 and not no_report:
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
            finish=None if no_report else finish,
            crew=crew,
        )
    if not quiet:
        _show(outcome, plan, city, loaded.members, language, read)
    return tell_failures(outcome, loaded.members, language)


@contextmanager
def _imported_meanwhile() -> Iterator[Thread]:
    """Yield a thread that imports what is needed later; it does not outlive the block."""
    thread = Thread(target=_import_what_is_needed_later)
    try:
        yield thread
    finally:
        _ended(thread)


def _import_what_is_needed_later() -> None:
    """Import while this process waits for its workers; what is missing is told when needed."""
    for name in NEEDED_LATER:
        with suppress(ImportError):
            import_module(name)


def _ended(thread: Thread) -> None:
    """Wait for the end of a thread that may never have begun."""
    if thread.ident is not None:
        thread.join()


def _show(
    outcome: RunOutcome,
    plan: Plan,
    city: City,
    members: int,
    lang: Language,
    read: Sequence[Material],
) -> None:
    """Print the scorecard, from the material of the report if one has just been written."""
    from sim.report.material import gather
    from sim.report.terminal import show_scorecard

    material = read[-1] if read else gather(outcome.path, plan, city)
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
