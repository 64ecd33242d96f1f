"""Simulating both ends of levers on paired members and yielding each lever's effect."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.lever_effects import LeverEffect, Pairs, effect_of
from sim.analysis.lever_ends import ends_of
from sim.checkpoints import load_member, member_path
from sim.results import MemberResult, indicator_names
from sim.workers import Done, Run, Simulate, run_tasks

if TYPE_CHECKING:
    from sim.city import City
    from sim.levers import Lever
    from sim.plan import Plan
    from sim.scenario import Scenario

Advance = Callable[[bool], None]
"""Told after each simulated member whether it failed."""


def lever_effects(
    base: Scenario,
    plan: Plan,
    city: City,
    levers: Sequence[Lever],
    folder: Path,
    *,
    workers: int = 1,
    simulate: Simulate | None = None,
    advance: Advance | None = None,
) -> Generator[LeverEffect, None, None]:
    """Simulate both ends of levers and yield each effect when its members are finished.

    An end that is the before-plan path itself is simulated once for all levers.

    Parameters
    ----------
    base : Scenario
        Horizon, seed, number of members and size of the population.
    plan, city
        What else a member needs; the plan's first quarter is the levers' first.
    levers : sequence of Lever
        The levers to try.
    folder : Path
        An empty folder for members on their way; they are removed once read.
    workers : int
        Processes; the results do not depend on it.
    simulate, advance : callable, optional
        Simulation of one member, by default the model's; what to tell after each member.
    """
    ends = _Ends(base, plan, levers, folder)
    tasks = [(run, member) for run in range(len(ends.runs)) for member in range(base.members)]
    names = indicator_names(city)
    finished: dict[int, dict[int, MemberResult | str]] = {}
    waiting = list(levers)
    with closing(run_tasks(ends.runs, city, tasks, workers=workers, simulate=simulate)) as done:
        for outcome in done:
            run = finished.setdefault(outcome.run, {})
            run[outcome.member] = _taken(ends.runs[outcome.run].folder, outcome)
            if advance is not None:
                advance(outcome.failed is not None)
            for lever in [each for each in waiting if ends.ready(each, finished)]:
                waiting.remove(lever)
                yield effect_of(lever, ends.pairs(lever, finished), names)
                ends.forget(lever, finished)


def _taken(folder: Path, outcome: Done) -> MemberResult | str:
    """Read a finished member and remove its file; of a failed one return the reason."""
    found = load_member(folder, outcome.member)
    member_path(folder, outcome.member).unlink(missing_ok=True)
    if outcome.failed is not None or found is None:
        return outcome.failed or "its file cannot be read back"
    return found


class _Ends:
    """The runs behind levers' ends, each with a folder of its own."""

    def __init__(self, base: Scenario, plan: Plan, levers: Iterable[Lever], folder: Path) -> None:
        self.members = base.members
        scenarios, self.of = ends_of(base, plan, levers)
        self.runs = [_run(end, plan, folder, number) for number, end in enumerate(scenarios)]

    def ready(self, lever: Lever, finished: Mapping[int, Mapping[int, object]]) -> bool:
        return all(len(finished.get(run, ())) == self.members for run in self.of[lever.name])

    def pairs(
        self, lever: Lever, finished: Mapping[int, Mapping[int, MemberResult | str]]
    ) -> Pairs:
        low, high, failed = [], [], []
        ends = [finished[run] for run in self.of[lever.name]]
        for member in range(self.members):
            first, second = ends[0][member], ends[1][member]
            if isinstance(first, str) or isinstance(second, str):
                reasons = [end for end in (first, second) if isinstance(end, str)]
                failed.append(f"{member}: {'; '.join(dict.fromkeys(reasons))}")
            else:
                low.append(first)
                high.append(second)
        return Pairs(tuple(low), tuple(high), tuple(failed))

    def forget(self, lever: Lever, finished: dict[int, dict[int, MemberResult | str]]) -> None:
        """Drop the members of runs that belong to this lever alone."""
        for run in self.of[lever.name]:
            if run != 0:
                finished.pop(run, None)


def _run(scenario: Scenario, plan: Plan, folder: Path, number: int) -> Run:
    place = folder / f"{number:03d}"
    place.mkdir()
    return Run(scenario, plan, place)
