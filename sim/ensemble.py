"""An ensemble: members of one scenario over processes, resumable, then one results file."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sim
from sim.checkpoints import load_member, member_path, prepare
from sim.digest import digest_file
from sim.errors import OutputError
from sim.interruption import interruptible
from sim.manifest import Identity, build_manifest, identity_of, read_manifest, write_manifest
from sim.output_directory import OutputDirectory, hold
from sim.progress import Progress
from sim.results import (
    RESULTS_FILE,
    Layout,
    MemberResult,
    as_read,
    build_dataset,
    declared_layout,
    read_dataset,
    write_dataset,
)
from sim.store import atomic_write_text, told
from sim.threads import workers_for
from sim.workers import (
    Crew,
    Done,
    Run,
    Simulate,
    failed_member,
    model_simulate,
    run_tasks,
    simulate_one,
)

if TYPE_CHECKING:
    import xarray

    from sim.city import City
    from sim.plan import Plan
    from sim.scenario import Scenario

RESOLVED = "scenario.resolved.yaml"
Finish = Callable[[Path, "xarray.Dataset"], None]
"""Given the folder about to be published and its results, writes further files (tables, figures,
report) there."""


@dataclass(frozen=True)
class FailedMember:
    """A member that stopped: why, and how to run it again alone."""

    member: int
    seed: int
    reason: str
    replay: str


@dataclass(frozen=True)
class RunOutcome:
    """What a run left.

    Attributes
    ----------
    path : Path
        The run's directory.
    completed : int
        Members in the results.
    failed : tuple of FailedMember
        Members that stopped.
    digest : str
        Digest of the results.
    reused : bool
        Whether a complete run of the same content was there already.
    """

    path: Path
    completed: int
    failed: tuple[FailedMember, ...]
    digest: str
    reused: bool = False

    @property
    def exit_code(self) -> int:
        """0, or 3 when members failed."""
        return 3 if self.failed else 0


def run_ensemble(
    scenario: Scenario,
    plan: Plan,
    city: City,
    out_dir: Path,
    *,
    jobs: int | str = "auto",
    quiet: bool = False,
    lang: str = "en",
    fresh: bool = False,
    simulate: Simulate | None = None,
    layout: Layout | None = None,
    finish: Finish | None = None,
    known_as: Path | None = None,
    crew: Crew | None = None,
) -> RunOutcome:
    """Simulate all members of a scenario and publish the run's directory in one step.

    The same call after an interruption resumes; a complete run of the same content is not
    simulated again. Until the new run is complete the directory keeps what it held.

    Parameters
    ----------
    scenario, plan, city
        What to simulate.
    out_dir : Path
        The run's directory.
    jobs : int or "auto"
        Worker processes; 1 simulates in this process. The results do not depend on it.
    quiet, lang
        Progress on standard error: whether, and in which language (``en``, ``zh``).
    fresh : bool
        Discard finished members and results that lie there.
    simulate : callable, optional
        Simulation of one member; by default ``sim.model.simulate_member``.
    layout : Layout, optional
        Rows of a member's arrays; by default the declared indicators and levers.
    finish : callable, optional
        Given the folder about to be published and the results as :func:`~sim.results.read_dataset`
        returns them, writes tables, figures and report there.
    known_as : Path, optional
        Where the directory will stand in the end, for the commands that name it.
    crew : Crew, optional
        Workers started ahead; they are ended with the last member.

    Raises
    ------
    InputError
        If an interrupted run of something else lies there.
    OutputError, BusyError
        If the directory cannot be written, lacks space, or is held by another run.
    NothingSimulated
        If every member failed.
    Interrupted
        After SIGINT, SIGTERM or SIGHUP; finished members are kept.
    """
    shape = layout or declared_layout(city)
    run = _EnsembleRun(scenario, plan, city, shape, jobs, simulate)
    run.known_as, run.crew = known_as, crew
    with (
        interruptible(lang),
        told(out_dir),
        hold(out_dir, needed_bytes=_bytes_needed(scenario, shape)) as output,
    ):
        ready = None if fresh else run.finished(output)
        if ready is None:
            run.simulate_members(output, quiet=quiet, lang=lang, fresh=fresh)
        elif crew is not None:
            crew.end()
        return run.publish(output, ready, finish)


def simulate_in_memory(
    scenario: Scenario,
    plan: Plan,
    city: City,
    *,
    members: Sequence[int] | None = None,
    simulate: Simulate | None = None,
) -> list[MemberResult]:
    """Simulate members in this process and write nothing.

    Parameters
    ----------
    members : sequence of int, optional
        By default all of the scenario.
    """
    run = Run(scenario, plan, Path())
    chosen = simulate or model_simulate()
    numbers = range(scenario.members) if members is None else members
    return [simulate_one(run, city, member, chosen) for member in numbers]


def dataset_of(
    scenario: Scenario,
    plan: Plan,
    city: City,
    results: Sequence[MemberResult],
    layout: Layout | None = None,
) -> xarray.Dataset:
    """Return the results of members as a Dataset; see :func:`sim.results.build_dataset`."""
    from sim.scenario import content_hash

    shape = layout or declared_layout(city)
    posterior = city.posterior_for(scenario.parameters_from)
    attributes = {
        "title": f"Regional plan simulation: {scenario.label_en}",
        "title_zh": f"区域产业政策模拟:{scenario.label_zh}",
        "source": f"regional-plan-simulator {sim.__version__}",
        "history": f"simulated from scenario {scenario.name} with seed {scenario.seed}",
        "scenario": scenario.name,
        "scenario_hash": content_hash(scenario),
        "city": scenario.city,
        "plan": scenario.plan,
        "information_date": scenario.as_of,
        "parameters_from": "prior" if posterior is None else "posterior",
    }
    if posterior is not None:
        attributes["posterior_information_date"] = posterior.information_date
    described = replace(shape, parameters={**shape.parameters, **city.priors})
    return build_dataset(
        results,
        scenario.quarters,
        layout=described,
        targets=plan.targets,
        attributes=attributes,
    )


def shown_path(path: Path) -> str:
    """Return a path as one would type it from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _bytes_needed(scenario: Scenario, layout: Layout) -> int:
    """Return the space of the members' files and the results, generously."""
    rows = 2 * len(layout.indicators) + len(layout.levers)
    member = 8 * rows * len(scenario.quarters) + 20_000
    return 2 * member * scenario.members


class _EnsembleRun:
    """One run on its way from scenario to published directory."""

    def __init__(
        self,
        scenario: Scenario,
        plan: Plan,
        city: City,
        layout: Layout,
        jobs: int | str,
        simulate: Simulate | None,
    ) -> None:
        self.scenario, self.plan, self.city = scenario, plan, city
        self.layout, self.jobs, self.simulate = layout, jobs, simulate
        self.identity: Identity = identity_of(scenario, plan, city)
        self.results: list[MemberResult] = []
        self.wall_time: dict[str, float] = {}
        self.workers = 0
        self.known_as: Path | None = None
        self.crew: Crew | None = None

    @contextmanager
    def _timed(self, phase: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.wall_time[phase] = self.wall_time.get(phase, 0.0) + time.monotonic() - began

    def finished(self, output: OutputDirectory) -> dict[str, Any] | None:
        """Return the manifest of a complete, undamaged run of the same content, if it is here."""
        try:
            manifest = read_manifest(output.path)
            same = manifest["run_hash"] == self.identity.run_hash
            whole = same and digest_file(output.path / RESULTS_FILE) == manifest["digest"]
        except OutputError:
            return None
        return manifest if whole else None

    def simulate_members(
        self, output: OutputDirectory, *, quiet: bool, lang: str, fresh: bool
    ) -> None:
        """Simulate what is not yet finished and collect all members in their order."""
        content = self.identity.content
        folder = prepare(output, self.identity.run_hash, content, fresh=fresh)
        found = {m: load_member(folder, m) for m in range(self.scenario.members)}
        open_members = [member for member, result in found.items() if result is None]
        done = len(found) - len(open_members)
        lost: dict[int, str] = {}
        self.workers = workers_for(self.jobs, len(open_members))
        with (
            self._timed("simulate"),
            Progress(len(found), done, quiet=quiet, lang=lang) as progress,
            closing(self._outcomes(folder, open_members)) as outcomes,
        ):
            for outcome in outcomes:
                progress.advance(failed=outcome.failed is not None)
                if outcome.failed and not member_path(folder, outcome.member).exists():
                    lost[outcome.member] = outcome.failed
        for member in found:
            result = found[member] or load_member(folder, member)
            if result is None and member not in lost:
                raise OutputError(f"{member_path(folder, member)}: cannot be read back")
            self.results.append(result or failed_member(member, lost[member]))

    def _outcomes(self, folder: Path, members: Sequence[int]) -> Generator[Done, None, None]:
        runs = [Run(self.scenario, self.plan, folder)]
        tasks = [(0, member) for member in members]
        return run_tasks(
            runs, self.city, tasks, workers=self.workers, simulate=self.simulate, crew=self.crew
        )

    def publish(
        self, output: OutputDirectory, ready: dict[str, Any] | None, finish: Finish | None
    ) -> RunOutcome:
        """Write the run's files into a staged folder and put it in the directory's place."""
        staged = output.stage()
        results, made = staged / RESULTS_FILE, None
        if ready is None:
            with self._timed("assemble"):
                made = dataset_of(self.scenario, self.plan, self.city, self.results, self.layout)
                write_dataset(made, results)
            manifest = self._manifest(digest_file(results), self.known_as or output.path)
        else:
            with told(results):
                results.write_bytes((output.path / RESULTS_FILE).read_bytes())
            manifest = {key: value for key, value in ready.items() if key != "files"}
        self._write_resolved(staged)
        with self._timed("report"):
            if finish is not None:
                finish(staged, read_dataset(results) if made is None else as_read(made))
        manifest["wall_time_s"] = {
            **manifest["wall_time_s"],
            **{k: round(v, 3) for k, v in self.wall_time.items()},
        }
        write_manifest(staged, manifest)
        output.publish()
        failed = tuple(FailedMember(**entry) for entry in manifest["failed_members"])
        return RunOutcome(
            output.path, len(manifest["member_ids"]), failed, manifest["digest"], ready is not None
        )

    def _manifest(self, digest: str, path: Path) -> dict[str, Any]:
        failed = [
            {"member": r.member, "seed": self.scenario.seed, "reason": r.failed,
             "replay": f"python run.py replay {shown_path(path)} {r.member}"}
            for r in self.results
            if r.failed is not None
        ]  # fmt: skip
        members = [r.member for r in self.results if r.failed is None]
        return build_manifest(
            self.scenario, self.identity, digest=digest, members=members, failed=failed,
            workers=self.workers, wall_time=self.wall_time,
        )  # fmt: skip

    def _write_resolved(self, folder: Path) -> None:
        from sim.scenario import resolved

        atomic_write_text(folder / RESOLVED, yaml_text(resolved(self.scenario)))


def yaml_text(tree: dict[str, Any]) -> str:
    """Return plain values as YAML 1.2 text that loads as the same values."""
    import io

    from ruamel.yaml import YAML

    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.width = 100
    out = io.StringIO()
    writer.dump(tree, out)
    return out.getvalue()
