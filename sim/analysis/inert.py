"""Indicators that must not react to a lever: the one place where that is declared.

A lever reaches an indicator only through mechanisms. Where there is none, paired members agree
bit by bit in every quarter, in what the bureau publishes and in the true state. A breach of this
table is a leak: a shared random stream, a term read by the wrong process, a booking that should
not depend on policy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sim.results import MemberResult

if TYPE_CHECKING:
    from sim.levers import Lever

OUTSIDE: frozenset[int] = frozenset()
"""No clause: the outside world decides, or it is given."""
PROJECTS = frozenset({5, 7, 8})
"""Attraction, screening and collective decisions: all that lies before a signed project."""
CLAUSES_THAT_MOVE: Mapping[str, frozenset[int]] = {
    "ipo_window": OUTSIDE,
    "construction_land": OUTSIDE,
    "frontier_breakthroughs": frozenset({3}),
    "projects_ge_2bn": PROJECTS,
    "projects_5_10bn": PROJECTS,
    "projects_ge_10bn": PROJECTS,
    "projects_vetoed": PROJECTS,
    "projects_displaced": PROJECTS,
    "project_selection_quality": PROJECTS,
    "breakthrough_fields": frozenset({15}),
    "industrial_quota_share": frozenset({19}),
    "quota_in_platforms_share": frozenset({19, 21}),
    "talent_national": frozenset({22}),
    "talent_designers": frozenset({22}),
    "talent_teams": frozenset({22}),
    "talent_overseas": frozenset({22}),
    "skill_productivity_gain": frozenset({23}),
    "special_fund_grants": frozenset({24}),
    "fund_committed": frozenset({25}),
    "fund_drawn": frozenset({25}),
    "fund_leverage": frozenset({25}),
    "first_sets_insured": frozenset({26}),
    "implementation": frozenset({30}),
}
"""Indicator to the clauses whose levers may move it; other indicators may be moved by all."""
CLAUSES_THAT_MOVE_ONLY: Mapping[int, frozenset[str]] = {
    30: frozenset({"implementation", "public_spending"}),
}
"""Clause to the indicators that its levers may move: better implementation changes nothing else
as long as all other levers stay at what was in force before the plan."""
SPENDING = "public_spending_by_lever_"
"""Spending of a lever beyond before-plan: the lever itself moves it, and what is named below."""
TAKE_UP = {"service_coverage": SPENDING + "technical_upgrade_subsidy"}
"""Lever to the spending it moves besides its own: served firms claim a subsidy more often."""


def breaches_of(
    lever: Lever,
    low: Sequence[MemberResult],
    high: Sequence[MemberResult],
    names: Sequence[str],
) -> tuple[str, ...]:
    """Return the indicators that moved though the lever cannot reach them.

    Parameters
    ----------
    lever : Lever
        The lever that alone differs between the two ends.
    low, high : sequence of MemberResult
        The same members at both ends.
    names : sequence of str
        Indicators in the order of the members' rows.
    """
    rows = [i for i, name in enumerate(names) if not may_move(lever, name)]
    return tuple(
        names[row]
        for row in rows
        if any(
            first.published[row].tobytes() != second.published[row].tobytes()
            or first.true_state[row].tobytes() != second.true_state[row].tobytes()
            for first, second in zip(low, high, strict=True)
        )
    )


def may_move(lever: Lever, indicator: str) -> bool:
    """Return whether the tables let a lever move an indicator.

    Examples
    --------
    >>> from sim.levers import LEVERS
    >>> teams = LEVERS["talent_teams"]
    >>> may_move(teams, "talent_teams"), may_move(teams, "gdp"), may_move(teams, "ipo_window")
    (True, True, False)
    """
    if indicator.startswith(SPENDING):
        return indicator in (SPENDING + lever.name, TAKE_UP.get(lever.name))
    if indicator not in CLAUSES_THAT_MOVE_ONLY.get(lever.clause, frozenset({indicator})):
        return False
    return lever.clause in CLAUSES_THAT_MOVE.get(indicator, frozenset({lever.clause}))
