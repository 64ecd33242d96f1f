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
    for name in LEVERS:
        state.counts[f"spending.{name}"] = 0.0
    for clause in plan.clauses.values():
        for name, priced in clause.levers.items():
            if name in PAID_TO_FIRMS:
                amount = paid_beyond(state, name)
            else:
                classes = LEVERS[name].classes or ("",)
                moved = sum(values[name, c] - before[name, c] for c in classes) / len(classes)
                amount = YEARS * priced.cost * moved * state.scale
                if amount != 0.0:
                    state.ledger.pay("government", "outside", f"programme:{name}", amount)
            state.counts[f"spending.{name}"] = amount


def paid_beyond(state: CityState, name: str) -> float:
    """Return what firms were paid under a lever beyond its before-plan value, yuan."""
    paid = state.ledger.total(f"lever:{name}")
    usual = state.counts.get(f"usual_payment.{name}", 0.0)
    # Both are sums over firms: equal ones may differ in their last bits.
    return 0.0 if math.isclose(paid, usual, rel_tol=1e-9) else paid - usual
