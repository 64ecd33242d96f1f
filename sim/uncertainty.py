"""Where a member's uncertainty comes from: five groups of random streams.

In an ordinary run every group is keyed by the member's own number. A nested design
(:mod:`sim.analysis.variance`) gives the groups different numbers, so that one group can be drawn
anew while the others stay, firm by firm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.rng import KeyedRandom

GROUPS = ("outside_world", "parameters", "initial_state", "implementation", "chance")
"""Outside world (drivers, listings' intensity, the city's demand, share prices, land quota),
behavioural parameters, initial state (history, dated levels of the city, its synthesised firms
and parcels), implementation of levers, chance of firms, projects and counts."""
GROUP_NAMES: dict[str, tuple[str, str]] = {
    "outside_world": ("outside world", "外部环境"),
    "parameters": ("parameters", "参数"),
    "initial_state": ("initial state", "初始状态"),
    "implementation": ("implementation", "执行"),
    "chance": ("chance of firms and projects", "企业与项目偶然性"),
}
"""Group to its names, English and Chinese."""
OUTSIDE_STREAMS = ("market/index", "market/finance", "land/quota")
"""Streams of common events that a process draws for itself."""


@dataclass(frozen=True)
class Sources:
    """Random numbers of one member by group; see :data:`GROUPS`."""

    outside_world: KeyedRandom
    parameters: KeyedRandom
    initial_state: KeyedRandom
    implementation: KeyedRandom
    chance: KeyedRandom


def sources(seed: int, member: int, moved: Mapping[str, int] | None = None) -> Sources:
    """Return the random numbers of a member, some groups keyed by another member's number.

    Parameters
    ----------
    seed, member : int
        Root seed of the scenario; number of the member.
    moved : Mapping, optional
        Group to the member's number that keys it instead.

    Raises
    ------
    KeyError
        If a group is not one of :data:`GROUPS`.

    Examples
    --------
    >>> mixed = sources(1, 5, {"chance": 9})
    >>> mixed.parameters.member, mixed.chance.member
    (5, 9)
    """
    numbers = dict.fromkeys(GROUPS, member)
    for group, number in (moved or {}).items():
        if group not in numbers:
            raise KeyError(group)
        numbers[group] = number
    made = {group: KeyedRandom(seed, number) for group, number in numbers.items()}
    outside = dict.fromkeys(OUTSIDE_STREAMS, numbers["outside_world"])
    made["chance"] = KeyedRandom(seed, numbers["chance"], outside)
    return Sources(**made)
