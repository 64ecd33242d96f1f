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

CLAUSES_THAT_MOVE: Mapping[str, frozenset[int]] = {
    "ipo_window": frozenset(),
    "breakthrough_fields": frozenset({15}),
    "implementation": frozenset({30}),
    "talent_national": frozenset({22}),
    "talent_designers": frozenset({22}),
    "talent_teams": frozenset({22}),
    "talent_overseas": frozenset({22}),
    "industrial_quota_share": frozenset({19}),
}


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
    """Return whether the table lets a lever move an indicator."""
    return lever.clause in CLAUSES_THAT_MOVE.get(indicator, frozenset({lever.clause}))
