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


def pay_for_levers(state: CityState, plan: Plan, values: LeverValues, before: LeverValues) -> None:
    """Enter the quarter's spending by lever as event totals ``spending.<lever>``, yuan.

    Where firms are paid (subsidies, rewards, grants) it is what they were paid less what the
    before-plan value would have paid them for the same activity: negative when a lever was cut,
    also to nothing. Elsewhere the plan's unit cost times the change is booked as a programme.

    Parameters
    ----------
    values, before : Mapping
        Lever values put into effect, and before the plan, by (lever, class).
    """
    state.counts.update(dict.fromkeys(TOTALS.values(), 0.0))
    for clause in plan.clauses.values():
        for name, priced in clause.levers.items():
            programme = PROGRAMMES.get(name)
            if programme is None:
                amount = paid_beyond(state, name)
            else:
                keys = VALUES[name]
                moved = sum([values[key] - before[key] for key in keys]) / len(keys)
                amount = YEARS * priced.cost * moved * state.scale
                if amount != 0.0:
                    state.ledger.pay("government", "outside", programme, amount)
            state.counts[TOTALS[name]] = amount


def paid_beyond(state: CityState, name: str) -> float:
    """Return what firms were paid under a lever beyond its before-plan value, yuan."""
    paid = state.ledger.flows.get(("government", "firms", f"lever:{name}"), 0.0)
    usual = state.counts.get(f"usual_payment.{name}", 0.0)
    # Both are sums over firms: equal ones may differ in their last bits.
    return 0.0 if math.isclose(paid, usual, rel_tol=1e-9) else paid - usual
