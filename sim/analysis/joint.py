"""Several targets at once: joint, pairwise and conditional probabilities, and bottlenecks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.attainment import Flags, monte_carlo_error


@dataclass(frozen=True)
class Joint:
    """Probability that several targets are reached together.

    Attributes
    ----------
    probability, mc_error : float or None
        ``None`` where the set is empty.
    names : tuple of str
        Targets in the set.
    left_out : tuple of str
        Targets that belong to the set but cannot be assessed.
    bottlenecks : tuple of (str, float)
        The two targets whose removal raises the joint probability most, with the joint
        probability without them; ties go to the least likely target.
    """

    probability: float | None
    mc_error: float | None
    names: tuple[str, ...]
    left_out: tuple[str, ...]
    bottlenecks: tuple[tuple[str, float], ...]


def joint(reached: dict[str, Flags], left_out: Sequence[str] = (), tightest: int = 2) -> Joint:
    """Return the probability that all targets of a set are reached by the same member.

    Parameters
    ----------
    reached : dict of str to ndarray
        Target to whether each member reaches it, shape (members,) each.
    left_out : sequence of str
        Names to carry along as not assessable.
    tightest : int
        How many bottlenecks to name.
    """
    names = tuple(reached)
    if not names:
        return Joint(None, None, (), tuple(left_out), ())
    table = np.array([reached[name] for name in names])
    missed = (~table).sum(axis=0)
    probability = float(np.mean(missed == 0))
    # Without target i a member succeeds when it missed nothing, or only i.
    without = [float(np.mean(missed - ~row == 0)) for row in table]
    order = sorted(range(len(names)), key=lambda i: (-without[i], float(table[i].mean()), i))
    return Joint(
        probability,
        monte_carlo_error(probability, table.shape[1]),
        names,
        tuple(left_out),
        tuple((names[i], without[i]) for i in order[:tightest]),
    )


def pair(first: Flags, second: Flags) -> float:
    """Return the probability that two targets are reached together."""
    return float(np.mean(first & second))


def conditional(first: Flags, second: Flags) -> tuple[float, float] | None:
    """Return (probability, Monte Carlo error) of `first` given `second`.

    Returns
    -------
    tuple or None
        ``None`` where no member reaches `second`.
    """
    given = int(second.sum())
    if given == 0:
        return None
    probability = float(np.mean(first[second]))
    return probability, monte_carlo_error(probability, given)
