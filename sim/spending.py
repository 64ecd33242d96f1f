"""What each lever costs in a quarter beyond its before-plan value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.flows import PAID_TO_FIRMS
from sim.levers import LEVERS

if TYPE_CHECKING:
    from sim.plan import Plan
    from sim.policy import LeverValues
    from sim.state import CityState

YEARS = 0.25
"""A quarter of a year: the plan's unit costs are yearly."""
TOTALS = {name: f"spending.{name}" for name in LEVERS}
"""Event total of each lever."""
PROGRAMMES = {name: f"programme:{name}" for name in LEVERS if name not in PAID_TO_FIRMS}
"""Kind of flow of each lever that pays no firms."""
VALUES = {name: [(name, c) for c in lever.classes or ("",)] for name, lever in LEVERS.items()}
"""What each lever's values are kept under: by class, or under no class."""


class Programmes:
    """What programmes cost, worked out anew only when a lever's value has changed.

    Parameters
    ----------
    plan : Plan
        Its unit costs price the levers.
    """

    def __init__(self, plan: Plan) -> None:
        levers = [pair for clause in plan.clauses.values() for pair in clause.levers.items()]
        self.priced = [(name, priced.cost) for name, priced in levers if name in PROGRAMMES]
        self.paid = [name for name, _ in levers if name not in PROGRAMMES]
        self.given: tuple[LeverValues, LeverValues] = {}, {}
        self.costs: dict[str, float] = {}

    def of(self, values: LeverValues, before: LeverValues, scale: float) -> dict[str, float]:
        """Return the quarter's cost of each programme beyond its before-plan value, yuan."""
        if (values, before) != self.given:
            self.given, self.costs = (values, before), {}
            for name, cost in self.priced:
                keys = VALUES[name]
                moved = sum([values[key] - before[key] for key in keys]) / len(keys)
                self.costs[name] = YEARS * cost * moved * scale
        return self.costs


def pay_for_levers(
    state: CityState, programmes: Programmes, values: LeverValues, before: LeverValues
) -> None:
    """Enter the quarter's spending by lever as event totals ``spending.<lever>``, yuan.

    Where firms are paid (subsidies, rewards, grants) it is what they were paid less what the
    before-plan value would have paid them for the same activity: negative when a lever was cut,
    also to nothing. Elsewhere the plan's unit cost times the change is booked as a programme.

    Parameters
    ----------
    values, before : Mapping
        Lever values put into effect, and before the plan, by (lever, class).
    """
    counts = state.counts
    counts.update(dict.fromkeys(TOTALS.values(), 0.0))
    for name, amount in programmes.of(values, before, state.scale).items():
        if amount != 0.0:
            state.ledger.pay("government", "outside", PROGRAMMES[name], amount)
            counts[TOTALS[name]] = amount
    for name in programmes.paid:
        counts[TOTALS[name]] = paid_beyond(state, name)


def paid_beyond(state: CityState, name: str) -> float:
    """Return what firms were paid under a lever beyond its before-plan value, yuan."""
    paid = state.ledger.flows.get(("government", "firms", f"lever:{name}"), 0.0)
    usual = state.counts.get(f"usual_payment.{name}", 0.0)
    # Both are sums over firms: equal ones may differ in their last bits.
    return 0.0 if math.isclose(paid, usual, rel_tol=1e-9) else paid - usual
