"""What a figure would be worth: by how much knowing it would move a target's probability.

Preposterior analysis (Raiffa and Schlaifer 1961) over the ensemble itself. Were figure x
published with an error, the probability would move to P(reached | reading); its standard
deviation over the readings to be expected is what the reading is worth. The joint distribution of
margin and figure is a Gaussian copula with the rank correlation found between members, so that
the two hundred members of an ordinary run suffice: with reading u (standard normal),

    P(reached | u) = Phi((Phi^-1(P) + r u) / sqrt(1 - r^2)).

The same formula with the multiple correlation of all figures gives the range of the probability
over the priors together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sim.parameters import dated

Floats = NDArray[np.float64]
FIGURE_ERROR = 0.1
"""Error of a published level in standard deviations of its prior: yearbook figures are exact
beside what is not known of them."""
STUDY_ERROR = 0.5
"""The same for a behavioural parameter, which no yearbook prints: a good study."""
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(41)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_NORMAL = NormalDist()
LARGEST_CORRELATION = 0.999
END = 1.6448536269514722


@dataclass(frozen=True)
class Worth:
    """The worth of one figure for one target.

    Attributes
    ----------
    figure : str
        Name of the parameter or level.
    published : bool
        Whether a yearbook could print it; otherwise it takes a study.
    correlation : float
        Rank correlation with the margin.
    move : float
        Expected move of the probability (standard deviation, fraction).
    """

    figure: str
    published: bool
    correlation: float
    move: float


def normal_score(probability: float, members: int) -> float:
    """Return the score of a share of members, drawn to the middle where all or none reach.

    Examples
    --------
    >>> normal_score(0.5, 200)
    0.0
    >>> round(normal_score(0.0, 199), 2)
    -2.81
    """
    least = 0.5 / (members + 1.0)
    return _NORMAL.inv_cdf(min(max(probability, least), 1.0 - least))


def conditional(score: float, correlation: float, reading: float) -> float:
    """Return the probability given a reading, in standard deviations of its distribution.

    Examples
    --------
    >>> conditional(0.0, 0.6, 0.0)
    0.5
    >>> round(conditional(0.0, 0.6, 1.0), 4)
    0.7734
    """
    bounded = min(max(correlation, -LARGEST_CORRELATION), LARGEST_CORRELATION)
    return _NORMAL.cdf((score + bounded * reading) / sqrt(1.0 - bounded**2))


def expected_move(score: float, correlation: float) -> float:
    """Return the standard deviation of the probability over readings still to come.

    Examples
    --------
    >>> round(expected_move(0.0, 0.0), 9)
    0.0
    >>> round(expected_move(0.0, 0.9), 2)
    0.39
    """
    found = np.array([conditional(score, correlation, float(node)) for node in _NODES])
    mean = float(_WEIGHTS @ found)
    return sqrt(max(float(_WEIGHTS @ (found - mean) ** 2), 0.0))


def prior_ends(score: float, share: float) -> tuple[float, float]:
    """Return the probability at the 5 % and 95 % points of all priors together.

    Parameters
    ----------
    share : float
        Share of the margin's variance that the priors explain.

    Examples
    --------
    >>> [round(end, 3) for end in prior_ends(0.0, 0.36)]
    [0.109, 0.891]
    """
    correlation = sqrt(min(max(share, 0.0), 1.0))
    return conditional(score, correlation, -END), conditional(score, correlation, END)


def reliability(name: str) -> float:
    """Return the correlation of a reading with the figure that it reads."""
    error = FIGURE_ERROR if dated(name) else STUDY_ERROR
    return 1.0 / sqrt(1.0 + error**2)


def worth_of(correlations: Mapping[str, float], score: float) -> list[Worth]:
    """Return the worth of each figure, most valuable first.

    Parameters
    ----------
    correlations : Mapping
        Figure to its rank correlation with the margin; only relevant ones.
    score : float
        Normal score of the target's probability.
    """
    found = [
        Worth(name, dated(name), value, expected_move(score, value * reliability(name)))
        for name, value in correlations.items()
    ]
    return sorted(found, key=lambda worth: (-worth.move, worth.figure))
