"""``run``: scenario, fits, ensemble, report; the order of the stages and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.console import complain
from sim.cli.words import say
from sim.errors import printable
from sim.scenario import load_with_plan, project_root

if TYPE_CHECKING:
    from sim.city import City
    from sim.ensemble import RunOutcome
    from sim.plan import Plan
    from sim.report.words import Language

Ensure = Callable[..., Path]
"""``calibration.fits.ensure``: (city, as_of, root, drop_memory) to the bundle of fits. It is
handed in, because the simulation never imports the calibration."""


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
    root = project_root()
    language: Language = lang or loaded.report["lang"]
    from sim.city import load_city
    from sim.ensemble import run_ensemble

    bundle = ensure(loaded.city, loaded.as_of, root, loaded.switches["drop_memory"])
    city = load_city(bundle)

    def finish(folder: Path) -> None:
        from sim.report import write_report

        write_report(folder, plan, city, language, svg or bool(loaded.report["svg"]))

    outcome = run_ensemble(
        loaded,
        plan,
        city,
        Path(out) if out else root / "outputs" / loaded.name,
        jobs=jobs,
        quiet=quiet,
        lang=language,
        fresh=fresh,
        finish=None if no_report else finish,
    )
    if not quiet:
        _show(outcome, plan, city, loaded.members, language)
    return tell_failures(outcome, loaded.members, language)


def _show(outcome: RunOutcome, plan: Plan, city: City, members: int, lang: Language) -> None:
    from sim.report.material import gather
    from sim.report.terminal import show_scorecard

    show_scorecard(gather(outcome.path, plan, city).scorecard, lang, planned=members)
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
