"""Where a target's uncertainty comes from: a nested design over groups of random streams.

Two independent ensembles A and B, and for each group an ensemble that is A but for that group,
which is B's (pick-freeze). With f the quantity of a member (reached or not, or the margin):

    first order   S = 1 - E[(f(B) - f(AB))^2] / 2V     (what knowing the group alone would remove)
    total         T =     E[(f(A) - f(AB))^2] / 2V     (what is left if all but the group is known)

Jansen 1999 (Computer Physics Communications 117, 35-43); Saltelli et al. 2010. Groups interact,
so that first orders add up to less than one and totals to more. Monte Carlo errors are those of a
bootstrap over members.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.uncertainty import GROUPS, Sources, sources

if TYPE_CHECKING:
    from sim.city import City
    from sim.plan import Plan
    from sim.results import MemberResult
    from sim.scenario import Scenario

Floats = NDArray[np.float64]
BLOCKS = ("a", "b", *GROUPS)
"""Ensembles of the design, in the order of their members' numbers."""
BOOTSTRAP, BOOTSTRAP_SEED = 400, 20180411


@dataclass(frozen=True)
class Share:
    """A group's part in the variance of one quantity.

    Attributes
    ----------
    group : str
        One of :data:`sim.uncertainty.GROUPS`.
    first, first_error : float
        First-order share and its Monte Carlo error.
    total, total_error : float
        Total share and its Monte Carlo error.
    """

    group: str
    first: float
    first_error: float
    total: float
    total_error: float


def design(seed: int, number: int, members: int) -> Sources:
    """Return the random numbers of one member of the design.

    Parameters
    ----------
    seed : int
        Root seed of the scenario.
    number : int
        Block times `members` plus the place in the block.
    members : int
        Members of each block.

    Examples
    --------
    Of blocks of ten, number 23 is the fourth member of the block of the outside world:

    >>> found = design(1, 23, 10)
    >>> found.outside_world.member, found.parameters.member
    (13, 3)
    """
    block, place = divmod(number, members)
    name = BLOCKS[block]
    if name == "a":
        return sources(seed, place)
    if name == "b":
        return sources(seed, members + place)
    return sources(seed, place, {name: members + place})


def simulate_nested(scenario: Scenario, plan: Plan, city: City, number: int) -> MemberResult:
    """Simulate one member of the design; ``scenario.members`` is the size of a block."""
    from sim.model import simulate_member

    random = design(scenario.seed, number, scenario.members)
    return simulate_member(scenario, plan, city, number, random)


def shares(values: Mapping[str, Floats]) -> list[Share] | None:
    """Return each group's shares in the variance of one quantity.

    Parameters
    ----------
    values : Mapping
        Block to values, shape (members,); members where any block lacks a value are left out.

    Returns
    -------
    list of Share or None
        ``None`` where the quantity does not vary.
    """
    table = np.stack([values[name] for name in BLOCKS]).astype(np.float64)
    table = table[:, ~np.isnan(table).any(axis=0)]
    if table.shape[1] < 2 or np.ptp(table) == 0.0:
        return None
    centre = _indices(table)
    random = np.random.Generator(np.random.PCG64(BOOTSTRAP_SEED))
    picks = random.integers(0, table.shape[1], (BOOTSTRAP, table.shape[1]))
    again = np.array([found for pick in picks if (found := _indices(table[:, pick])) is not None])
    if centre is None or len(again) < 2:
        return None
    error = again.std(axis=0)
    return [
        Share(group, *map(float, (centre[0, row], error[0, row], centre[1, row], error[1, row])))
        for row, group in enumerate(GROUPS)
    ]


def _indices(table: Floats) -> Floats | None:
    """Return first-order and total indices, shape (2, groups); None without variance."""
    a, b, mixed = table[0], table[1], table[2:]
    variance = float(np.concatenate([a, b]).var())
    if variance <= 0.0:
        return None
    first = 1.0 - 0.5 * ((b - mixed) ** 2).mean(axis=1) / variance
    total = 0.5 * ((a - mixed) ** 2).mean(axis=1) / variance
    return np.asarray(np.stack([first, total]))
