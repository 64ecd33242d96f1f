"""What each lever does on its own: the low against the high end of its range on paired members.

Every lever is taken alone, all others at their before-plan values. Both ends meet the same
random numbers, member by member, so that their difference is the lever's effect. A lever acts
from the plan's first quarter, and only the part of the change from its before-plan value that
the implementation factor carries out. See ``docs/lever-effects.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.analysis.inert import breaches_of
from sim.results import MemberResult

if TYPE_CHECKING:
    from sim.levers import Lever

Floats = NDArray[np.float64]

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
