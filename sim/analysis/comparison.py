"""Scenarios against one another on paired members, each difference with its Monte Carlo error.

Scenarios of one seed meet the same random numbers, member by member, so that a difference is
taken within each member before it is averaged. Only members that finished in both runs count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.attainment import Floats, monte_carlo_error
from sim.analysis.evaluation import Assessment, Ensemble
from sim.units import quarter_name

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Side:
    """One scenario of a comparison.

    Attributes
    ----------
    name : str
        Name of the scenario, unique within the comparison.
    members : ndarray, shape (members,)
        Numbers of the members in the results.
    ensemble, assessments : Ensemble, tuple of Assessment
        The run's arrays and what they say about the plan.
    content : str
        Hash of the scenario without its name: equal for scenarios that cannot differ.
    """

    name: str
    members: NDArray[np.integer]
    ensemble: Ensemble
    assessments: tuple[Assessment, ...]
    content: str = ""


class Paired(NamedTuple):
    """Means of paired values and of their difference, shape (quarters,) each.

    Attributes
    ----------
    a, b, difference : ndarray
        Mean of the first, of the second, and of second less first, over members that have both
        values; NaN where there is no such member.
    error : ndarray
        Standard error of the mean difference; NaN for a single member.
    """

    a: Floats
    b: Floats
    difference: Floats
    error: Floats


class Row(NamedTuple):
    """One row of ``comparison.csv``."""

    kind: str
    id: str
    reading: str | None
    quarter: str
    scenario_a: str
    scenario_b: str
    a: float
    b: float
    difference: float
    difference_mc_error: float


def paired(first: Floats, second: Floats) -> Paired:
    """Return the paired difference of two arrays of shape (members, quarters).

    Examples
    --------
    >>> found = paired(np.array([[1.0], [2.0]]), np.array([[2.0], [5.0]]))
    >>> found.difference.item(), found.error.item()
    (2.0, 1.0)
    """
    both = np.isfinite(first) & np.isfinite(second)
    count = both.sum(axis=0)
    some = np.where(count > 0, count, np.nan)

    def mean(values: Floats) -> Floats:
        return np.asarray(np.where(both, values, 0.0).sum(axis=0) / some)

    moved = np.subtract(second, first, where=both, out=np.zeros(both.shape))
    difference = mean(moved)
    squares = np.where(both, (moved - difference) ** 2, 0.0).sum(axis=0)
    degrees = np.where(count > 1, count - 1, np.nan)
    return Paired(mean(first), mean(second), difference, np.sqrt(squares / degrees / some))


def paired_shares(first: Floats, second: Floats, *, identical: bool) -> Paired:
    """Return the paired difference of shares of members, whose error is never zero.

    Where no member changes the error of a share of zero holds, see
    :func:`sim.analysis.attainment.monte_carlo_error`; between identical scenarios it is zero.

    Parameters
    ----------
    first, second : ndarray of 0 and 1, shape (members, quarters)
        Whether a target holds.
    identical : bool
        Whether the scenarios cannot differ.
    """
    found = paired(first, second)
    if identical:
        return found
    floor = monte_carlo_error(0.0, len(first))
    return found._replace(error=np.fmax(found.error, floor))


def shared_members(one: Side, other: Side) -> tuple[Rows, Rows]:
    """Return the positions, in both runs, of the members that both have."""
    _, first, second = np.intersect1d(one.members, other.members, return_indices=True)
    return first, second


def compare(sides: Sequence[Side]) -> Iterator[Row]:
    """Yield the rows of all pairs of scenarios: targets, joint probabilities, indicators.

    Parameters
    ----------
    sides : sequence of Side
        Two or more scenarios of one horizon.
    """
    for one, other in combinations(sides, 2):
        first, second = shared_members(one, other)
        if not len(first):
            continue
        yield from _targets(one, other, first, second)
        yield from _joint(one, other, first, second)
        yield from _indicators(one, other, first, second)


def _rows(
    kind: str, name: str, reading: str | None, sides: tuple[Side, Side], found: Paired, start: int
) -> Iterator[Row]:
    """Yield one row a quarter; `start` is the quarter of the first."""
    for place in range(len(found.a)):
        if np.isfinite(found.difference[place]):
            numbers = (float(values[place]) for values in found)
            quarter = quarter_name(sides[0].ensemble.quarters[start + place])
            yield Row(kind, name, reading, quarter, sides[0].name, sides[1].name, *numbers)


def _targets(one: Side, other: Side, first: Rows, second: Rows) -> Iterator[Row]:
    others = {(a.target.id, a.target.reading): a for a in other.assessments}
    for mine in one.assessments:
        yours = others.get((mine.target.id, mine.target.reading))
        if yours is None or mine.holds is None or yours.holds is None:
            continue
        found = paired_shares(
            mine.holds[first].astype(np.float64), yours.holds[second].astype(np.float64),
            identical=one.content == other.content,
        )  # fmt: skip
        yield from _rows("target", mine.target.id, mine.target.reading, (one, other), found, 0)


def _joint(one: Side, other: Side, first: Rows, second: Rows) -> Iterator[Row]:
    """Yield the probability of all default readings together, those with an outcome first."""
    shared = _reached(one).keys() & _reached(other).keys()
    for name, outcomes in (("outcomes", True), ("all", False)):
        together = [
            _all_reached(side, shared, outcomes)[rows].astype(np.float64)[:, None]
            for side, rows in ((one, first), (other, second))
            if shared
        ]
        if together:
            found = paired_shares(*together, identical=one.content == other.content)
            last = len(one.ensemble.quarters) - 1
            yield from _rows("joint", name, None, (one, other), found, last)


def _reached(side: Side) -> Mapping[str, Assessment]:
    return {
        one.target.id: one
        for one in side.assessments
        if one.target.default_reading and one.reached is not None
    }


def _all_reached(side: Side, names: set[str], outcomes_only: bool) -> NDArray[np.bool_]:
    """Return whether each member reaches all targets of the names."""
    together = np.ones(len(side.members), dtype=np.bool_)
    for name, one in _reached(side).items():
        if name in names and (not outcomes_only or one.target.target_class == "outcome"):
            assert one.reached is not None
            together &= one.reached
    return together


def _indicators(one: Side, other: Side, first: Rows, second: Rows) -> Iterator[Row]:
    for name, values in one.ensemble.indicators.items():
        if name in other.ensemble.indicators:
            found = paired(values[first], other.ensemble.indicators[name][second])
            yield from _rows("indicator", name, None, (one, other), found, 0)
