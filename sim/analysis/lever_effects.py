"""What each lever does on its own: the low against the high end of its range on paired members.

Every lever is taken alone, all others at their before-plan values. Both ends meet the same
random numbers, member by member, so that their difference is the lever's effect. A lever acts
from the plan's first quarter, and only the part of the change from its before-plan value that
the implementation factor carries out. See ``docs/lever-effects.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.analysis.inert import breaches_of
from sim.checkpoints import load_member, member_path
from sim.lever_paths import LeverPath
from sim.results import MemberResult, indicator_names
from sim.workers import Done, Run, Simulate, run_tasks

if TYPE_CHECKING:
    from sim.city import City
    from sim.levers import Lever
    from sim.plan import Plan
    from sim.scenario import Scenario

Floats = NDArray[np.float64]
Advance = Callable[[bool], None]
"""Told after each simulated member whether it failed."""

ERRORS_NEEDED = 2.0
"""Monte Carlo errors that the mean must lie away from zero: one chance in twenty otherwise."""
MOVED_SHOWN = 5
"""How many of the other indicators that moved most are reported."""


@dataclass(frozen=True)
class Moved:
    """An indicator that a lever moved.

    Attributes
    ----------
    indicator : str
        Its name.
    difference : float
        Mean difference of the high from the low end, in the indicator's unit.
    in_spreads : float
        The same over the standard deviation between members at the low end.
    """

    indicator: str
    difference: float
    in_spreads: float


@dataclass(frozen=True)
class LeverEffect:
    """The effect of a lever's whole range on its own indicator at the last quarter.

    Attributes
    ----------
    lever : Lever
        The declaration: clause, range, own indicator, direction, minimum effect.
    members : int
        Pairs compared: those whose indicator exists at both ends (the quality of projects does
        not in a member without projects).
    failed : tuple of str
        Members that stopped at one end, with the reason.
    mean, median, mc_error : float
        Of the paired differences, high end less low end, in the indicator's unit; `mc_error` is
        the standard error of the mean.
    share_right, share_wrong : float
        Shares of members that moved in the declared and in the other direction.
    moved : tuple of Moved
        Other indicators that moved most.
    inert_moved : tuple of str
        Indicators that moved although the table of inert indicators says they cannot.
    """

    lever: Lever
    members: int
    failed: tuple[str, ...]
    mean: float
    median: float
    mc_error: float
    share_right: float
    share_wrong: float
    moved: tuple[Moved, ...] = ()
    inert_moved: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, by key: ``direction``, ``size``, ``noise``, ``inert``, ``failed``."""
        signed = self.lever.direction * self.mean
        found = {
            "failed": bool(self.failed) or self.members == 0,
            "direction": not (signed > 0.0 and self.share_right > self.share_wrong),
            "size": not signed >= self.lever.minimum_effect,
            "noise": not signed >= ERRORS_NEEDED * self.mc_error,
            "inert": bool(self.inert_moved),
        }
        return tuple(name for name, wrong in found.items() if wrong)

    @property
    def passes(self) -> bool:
        """Whether the lever does what its declaration says."""
        return not self.problems


@dataclass(frozen=True)
class Pairs:
    """Members of both ends of a lever, in the same order.

    Attributes
    ----------
    low, high : tuple of MemberResult
        Members that finished at both ends.
    failed : tuple of str
        The others, with the reason.
    """

    low: tuple[MemberResult, ...]
    high: tuple[MemberResult, ...]
    failed: tuple[str, ...] = ()


def before_plan_scenario(base: Scenario) -> Scenario:
    """Return a scenario with every lever on its before-plan path."""
    return replace(base, levers_from="before_plan", levers=base.before_plan)


def scenario_at(base: Scenario, lever: Lever, value: float, first: int) -> Scenario:
    """Return the before-plan scenario with one lever at a value from a quarter on.

    Parameters
    ----------
    base : Scenario
        Its before-plan paths hold for everything else.
    lever : Lever
        The lever; all its classes take the value.
    value : float
        In the lever's unit, within its range.
    first : int
        Quarter index from which the value holds.
    """

    def moved(path: tuple[float, ...]) -> tuple[float, ...]:
        pairs = zip(base.quarters, path, strict=True)
        return tuple(value if quarter >= first else before for quarter, before in pairs)

    old = base.before_plan[lever.name]
    new: LeverPath = (
        {name: moved(path) for name, path in old.items()}
        if isinstance(old, Mapping)
        else moved(old)
    )
    return replace(
        base, levers_from="before_plan", levers={**base.before_plan, lever.name: new}
    )  # fmt: skip


def effect_of(lever: Lever, pairs: Pairs, names: Sequence[str]) -> LeverEffect:
    """Return the effect that pairs of members show.

    Parameters
    ----------
    lever : Lever
        The declaration to compare with.
    pairs : Pairs
        Members at both ends.
    names : sequence of str
        Indicators in the order of the members' rows.
    """
    inert = breaches_of(lever, pairs.low, pairs.high, names)
    row = list(names).index(lever.indicator)
    seen = [
        (low.published[:, -1], high.published[:, -1])
        for low, high in zip(pairs.low, pairs.high, strict=True)
        if np.isfinite(high.published[row, -1] - low.published[row, -1])
    ]
    count = len(seen)
    if not count:
        nothing = float("nan")
        return LeverEffect(lever, 0, pairs.failed, nothing, nothing, nothing, 0.0, 0.0, (), inert)
    low, high = np.array([pair[0] for pair in seen]), np.array([pair[1] for pair in seen])
    difference = high[:, row] - low[:, row]
    error = float(difference.std(ddof=1)) / sqrt(count) if count > 1 else float("nan")
    return LeverEffect(
        lever, count, pairs.failed, float(difference.mean()), float(np.median(difference)), error,
        float((lever.direction * difference > 0.0).mean()),
        float((lever.direction * difference < 0.0).mean()),
        moved_most(low, high, names, leave_out=lever.indicator), inert,
    )  # fmt: skip


def moved_most(
    low: Floats, high: Floats, names: Sequence[str], *, leave_out: str = ""
) -> tuple[Moved, ...]:
    """Return the indicators that moved most, measured in their spread between members.

    Parameters
    ----------
    low, high : ndarray, shape (members, indicators)
        Values at both ends.
    names : sequence of str
        The indicators.
    leave_out : str
        An indicator that is reported elsewhere; spending is left out too.

    Examples
    --------
    >>> low = np.array([[1.0, 5.0], [3.0, 5.0]])
    >>> moved_most(low, low + [1.0, 0.0], ["a", "b"])[0].indicator
    'a'
    """
    difference = high - low
    mean, spread = difference.mean(axis=0), low.std(axis=0)
    error = difference.std(axis=0) / sqrt(len(low))
    found = [
        Moved(name, float(mean[i]), float(mean[i] / spread[i]))
        for i, name in enumerate(names)
        if name != leave_out
        and not name.startswith("public_spending")
        and spread[i] > 0.0
        and abs(mean[i]) > ERRORS_NEEDED * error[i]
    ]
    return tuple(sorted(found, key=lambda m: (-abs(m.in_spreads), m.indicator))[:MOVED_SHOWN])


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
    names = indicator_names()
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


def ends_of(
    base: Scenario, plan: Plan, levers: Iterable[Lever]
) -> tuple[list[Scenario], dict[str, tuple[int, int]]]:
    """Return the scenarios to simulate, and which two are the ends of each lever.

    The first is the before-plan path, which several levers may have as one end.

    Parameters
    ----------
    base, plan : Scenario, Plan
        See :func:`lever_effects`.
    levers : iterable of Lever
        The levers to try.
    """
    scenarios = [before_plan_scenario(base)]
    places: dict[str, tuple[int, int]] = {}
    for lever in levers:
        numbers = []
        for value in (lever.low, lever.high):
            end = scenario_at(base, lever, value, plan.acts_from)
            if end == scenarios[0]:
                numbers.append(0)
            else:
                numbers.append(len(scenarios))
                scenarios.append(end)
        places[lever.name] = (numbers[0], numbers[1])
    return scenarios, places


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
