"""What each lever costs in a quarter beyond its before-plan value."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from sim.flows import PAID_TO_FIRMS
from sim.levers import LEVERS

if TYPE_CHECKING:
    from sim.plan import Plan
    from sim.policy import Policy
    from sim.state import CityState

YEARS = 0.25
"""A quarter of a year: the plan's unit costs are yearly."""
TOTALS = {name: f"spending.{name}" for name in LEVERS}
"""Event total of each lever."""
SPENT = itemgetter(*TOTALS.values())
"""Event totals of all levers, given the counts."""
PROGRAMMES = {
    name: ("government", "outside", f"programme:{name}")
    for name in LEVERS
    if name not in PAID_TO_FIRMS
}
"""Payer, payee and kind of flow of each lever that pays no firms."""
VALUES = {name: [(name, c) for c in lever.classes or ("",)] for name, lever in LEVERS.items()}
"""What each lever's values are kept under: by class, or under no class."""


@dataclass(frozen=True)
class Bill:
    """What the government spends on levers in a quarter, beyond their before-plan values.

    Attributes
    ----------
    flows : dict
        Payer, payee and kind of each programme that costs or saves to yuan of the quarter.
    spent : dict
        Event total of every lever to yuan of the quarter; zero where firms are paid.
    paid : tuple of str
        Levers of the plan whose money goes to firms: the amount is known once they were paid.
    """

    flows: dict[tuple[str, str, str], float]
    spent: dict[str, float]
    paid: tuple[str, ...]


def bill(costs: Mapping[str, float], policy: Policy, scale: float) -> Bill:
    """Return the bill of a quarter: the plan's unit costs times what the policy changes.

    Parameters
    ----------
    costs : Mapping
        Yuan a year per unit of each of the plan's levers.
    """
    flows, spent = {}, dict.fromkeys(TOTALS.values(), 0.0)
    values, before = policy.values, policy.before
    for name, cost in costs.items():
        if name not in PROGRAMMES:
            continue
        moved = [values[key] - before[key] for key in VALUES[name]]
        amount = YEARS * cost * (sum(moved) / len(moved)) * scale
        if amount != 0.0:
            flows[PROGRAMMES[name]] = spent[TOTALS[name]] = amount
    return Bill(flows, spent, tuple(name for name in costs if name not in PROGRAMMES))


def bills(plan: Plan, policies: Sequence[Policy], scale: float) -> list[Bill]:
    """Return the bill of every quarter; quarters that share a policy share it."""
    costs = {name: lever.cost for name, lever in plan.levers.items()}
    found: list[Bill] = []
    for position, policy in enumerate(policies):
        known = position > 0 and policy is policies[position - 1]
        found.append(found[-1] if known else bill(costs, policy, scale))
    return found


def pay_for_levers(state: CityState, owed: Bill) -> None:
    """Enter the quarter's spending by lever as event totals ``spending.<lever>``, yuan.

    Where firms are paid (subsidies, rewards, grants) it is what they were paid less what the
    before-plan value would have paid them for the same activity: negative when a lever was cut,
    also to nothing. Elsewhere the plan's unit cost times the change is booked as a programme.
    """
    state.ledger.book(owed.flows)
    state.counts.update(owed.spent)
    for name in owed.paid:
        state.counts[TOTALS[name]] = paid_beyond(state, name)


def paid_beyond(state: CityState, name: str) -> float:
    """Return what firms were paid under a lever beyond its before-plan value, yuan."""
    paid = state.ledger.flows.get(("government", "firms", f"lever:{name}"), 0.0)
    usual = state.counts.get(f"usual_payment.{name}", 0.0)
    # Both are sums over firms: equal ones may differ in their last bits.
    return 0.0 if math.isclose(paid, usual, rel_tol=1e-9) else paid - usual
