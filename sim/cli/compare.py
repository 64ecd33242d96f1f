"""``compare``: scenarios run on the same members, then their differences pair by pair."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.run import tell_failures
from sim.cli.setup import Ensure, city_of
from sim.cli.words import say
from sim.errors import InputError, Problem, printable
from sim.scenario import load_with_plan, project_root

if TYPE_CHECKING:
    import xarray

    from sim.city import City
    from sim.ensemble import RunOutcome
    from sim.output_directory import OutputDirectory
    from sim.plan import Plan
    from sim.report.words import Language
    from sim.scenario import Scenario

PAIRED = ("city", "plan", "start", "end", "seed")
"""What scenarios must share to be compared member by member."""


def main(
    files: Sequence[str],
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
    """Run scenarios and write what differs between them.

    Returns
    -------
    int
        0, or 3 when members of a scenario failed.
    """
    scenarios, plan = load_all(files, settings)
    language: Language = lang or scenarios[0].report["lang"]
    cities: dict[tuple[str, bool], City] = {}
    for each in scenarios:
        key = (each.as_of, each.switches["drop_memory"])
        if key not in cities:
            cities[key] = city_of(each, ensure)

    def finish(city: City, folder: Path, results: xarray.Dataset) -> None:
        from sim.report import write_report

        write_report(folder, plan, city, language, svg, results)

    name = "_vs_".join(scenario.name for scenario in scenarios)[:100]
    outcomes = run_comparison(
        scenarios, plan, [cities[s.as_of, s.switches["drop_memory"]] for s in scenarios],
        Path(out) if out else project_root() / "outputs" / name, jobs=jobs, quiet=quiet,
        lang=language, fresh=fresh, finish=None if no_report else finish, svg=svg,
    )  # fmt: skip
    if not quiet:
        print(say("written", language, path=printable(str(outcomes[0].path.parent))))
    codes = [
        tell_failures(outcome, scenario.members, language)
        for outcome, scenario in zip(outcomes, scenarios, strict=True)
    ]
    return max(codes)


def load_all(files: Sequence[str], settings: Mapping[str, str]) -> tuple[list[Scenario], Plan]:
    """Read scenarios, name them apart and check that members can be paired.

    Raises
    ------
    InputError
        With the problems of all files; or where there is only one, or they differ in city, plan,
        horizon or seed.
    """
    if len(files) < 2:
        message = "two scenarios or more are compared; write another file"
        raise InputError([Problem("command line", "", message)])
    problems: list[Problem] = []
    loaded: list[tuple[Scenario, Plan]] = []
    for file in files:
        try:
            loaded.append(load_with_plan(file, settings))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(dict.fromkeys(problems))
    names: dict[str, int] = {}
    scenarios = []
    for scenario, _ in loaded:
        names[scenario.name] = count = names.get(scenario.name, 0) + 1
        unique = scenario.name if count == 1 else f"{scenario.name}_{count}"
        scenarios.append(replace(scenario, name=unique))
    first = scenarios[0]
    for file, other in zip(files[1:], scenarios[1:], strict=True):
        for key in PAIRED:
            here, there = getattr(other, key), getattr(first, key)
            if here != there:
                message = f"{here} here, {there} in {files[0]}: members cannot be paired"
                problems.append(Problem(file, key, message))
    if problems:
        raise InputError(problems)
    return scenarios, loaded[0][1]


def run_comparison(
    scenarios: Sequence[Scenario],
    plan: Plan,
    cities: Sequence[City],
    out_dir: Path,
    *,
    lang: Language = "en",
    svg: bool = False,
    fresh: bool = False,
    finish: Callable[[City, Path, xarray.Dataset], None] | None = None,
    **options: Any,
) -> list[RunOutcome]:
    """Run scenarios below a comparison's directory and publish it in one step.

    The runs are made in ``<out>/.members/<name>``; until all is complete the directory keeps
    what it held, and the same call after an interruption resumes.

    Parameters
    ----------
    scenarios : sequence of Scenario
        Of different names.
    plan : Plan
        The plan of all.
    cities : sequence of City
        The city of each scenario as its fits have it.
    out_dir : Path
        The comparison's directory.
    lang, svg, fresh
        Language, figures as SVG too, discard what lies there.
    finish : callable, optional
        (city, folder, results): writes the tables and the report of one run.
    **options
        Passed to :func:`sim.ensemble.run_ensemble`.

    Returns
    -------
    list of RunOutcome
        One per scenario, with its final path.
    """
    from sim.ensemble import run_ensemble
    from sim.output_directory import hold
    from sim.report.comparing import compared, write_comparison
    from sim.report.material import gather

    with hold(out_dir) as output:
        outcomes = []
        for scenario, city in zip(scenarios, cities, strict=True):
            place = output.members / scenario.name
            if not fresh:
                _take_up(output, scenario.name)

            report = None if finish is None else partial(finish, city)
            outcomes.append(
                run_ensemble(
                    scenario, plan, city, place, lang=lang, fresh=fresh, finish=report,
                    known_as=output.path / scenario.name, **options,
                )
            )  # fmt: skip
        staged = output.stage()
        for outcome in outcomes:
            shutil.copytree(outcome.path, staged / outcome.path.name, copy_function=_link)
        materials = [gather(o.path, plan, city) for o, city in zip(outcomes, cities, strict=True)]
        write_comparison(compared(scenarios, materials), staged, lang, svg)
        _write_manifest(staged, scenarios, outcomes)
        output.publish()
        return [replace(o, path=output.path / o.path.name) for o in outcomes]


def _take_up(output: OutputDirectory, name: str) -> None:
    """Offer a published run of that name for reuse: linked, not copied."""
    from sim.output_directory import MANIFEST
    from sim.store import told

    published, place = output.path / name, output.members / name
    if (published / MANIFEST).is_file() and not place.exists() and not published.is_symlink():
        with told(place):
            output.members.mkdir(exist_ok=True)
            linked = output.members / f".{name}.taken"
            shutil.rmtree(linked, ignore_errors=True)
            shutil.copytree(published, linked, copy_function=_link)
            linked.rename(place)


def _link(source: str, target: str) -> str:
    """Link a file where the system can, else copy it; files are only ever replaced whole."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target)
    return target


def _write_manifest(
    staged: Path, scenarios: Sequence[Scenario], outcomes: Sequence[RunOutcome]
) -> None:
    from sim.digest import digest_directory
    from sim.manifest import combined_manifest, read_manifest, write_manifest

    runs = {o.path.name: read_manifest(o.path) for o in outcomes}
    manifest = combined_manifest("comparison", runs, digest_directory(staged))
    manifest["scenarios"] = [scenario.name for scenario in scenarios]
    write_manifest(staged, manifest)
