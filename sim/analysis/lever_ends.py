"""The two ends of a lever's range as scenarios: all other levers at their before-plan values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.lever_paths import LeverPath

if TYPE_CHECKING:
    from sim.levers import Lever
    from sim.plan import Plan
    from sim.scenario import Scenario


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


def ends_of(
    base: Scenario, plan: Plan, levers: Iterable[Lever]
) -> tuple[list[Scenario], dict[str, tuple[int, int]]]:
    """Return the scenarios to simulate, and which two are the ends of each lever.

    The first is the before-plan path, which several levers may have as one end.

    Parameters
    ----------
    base, plan : Scenario, Plan
        Horizon and before-plan paths; the plan's first quarter is the levers' first.
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
