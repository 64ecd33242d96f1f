"""How much of a probability is data and how much is prior: declared rules, see docs/evidence.md.

Two questions are answered from the members of one run, without running again:

*Which priors move the target?* A drawn parameter counts as relevant when the rank correlation
between it and the margin of the target is significant at 5 % after Bonferroni's correction for
the number of parameters tried, so that noise alone rarely names one.

*How far does the probability move?* With the share of the margin's variance that the relevant
parameters explain together, :func:`sim.analysis.information.prior_ends` gives the probability at
both ends of the priors; and the one figure is named whose knowledge would move it most
(:mod:`sim.analysis.information`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from sim.analysis.attainment import Flags, Floats
from sim.analysis.evaluation import Assessment
from sim.analysis.information import Worth, normal_score, prior_ends, worth_of
from sim.parameters.declare import Parameter

FAMILY_WISE_ERROR = 0.05
MEMBERS_NEEDED = 30
"""Below this number of members nothing is said about priors."""
DATA_DRIVEN_MOST = 0.25
"""Largest share of variance from priors that a data-driven target may have."""
PRIOR_DRIVEN_LEAST = 0.5
"""Share of variance from priors from which a target is prior-driven."""

HISTORY_NEEDED = 3
"""Published values that a data-driven target's indicator needs: the fewest that show whether
growth changes."""

GRADES = ("data-driven", "mixed", "prior-driven", "not assessable")
PRIOR_STATUSES = ("prior", "assumed", "prior_sign_cited")
STATUS_RANKS = {
    "cited": 0,
    "plan": 0,
    "derived": 1,
    "memory": 2,
    "derived_mem": 2,
    "not_published": 2,
    "prior_sign_cited": 3,
    "assumed": 3,
    "prior": 3,
}
"""How far a figure's status is from a published one; an unknown status counts as a prior.

``not_published`` is a series without a value for a year that the indicator starts from: what stands
in for it is inferred from the values around it."""


@dataclass(frozen=True)
class PriorRange:
    """How far the priors move a probability.

    Attributes
    ----------
    low, high : float
        Range of the probability over the priors; the overall probability lies inside.
    parameter : str
        The figure whose knowledge would narrow it most; empty where none is relevant.
    worth : tuple of Worth
        All relevant figures, most valuable first.
    """

    low: float
    high: float
    parameter: str
    worth: tuple[Worth, ...] = ()


def ranks(values: Floats) -> Floats:
    """Return ranks along the first axis, ties averaged, centred, scaled to standard deviation 1.

    A constant column becomes zeros.

    Examples
    --------
    >>> ranks(np.array([[1.0], [5.0], [5.0], [9.0]])).ravel().round(2).tolist()
    [-1.41, 0.0, 0.0, 1.41]
    """
    result = np.empty_like(values)
    order = np.argsort(values, axis=0)
    np.put_along_axis(result, order, np.arange(float(len(values)))[:, None], axis=0)
    ordered = np.take_along_axis(values, order, axis=0)
    for column in np.flatnonzero((ordered[1:] == ordered[:-1]).any(axis=0)):  # ties: averaged
        _, place, counts = np.unique(values[:, column], return_inverse=True, return_counts=True)
        result[:, column] = (np.cumsum(counts) - (counts + 1) / 2.0)[place]
    result -= result.mean(axis=0)
    spread = result.std(axis=0)
    scaled: Floats = np.divide(result, spread, out=np.zeros_like(result), where=spread > 0)
    return scaled


def relevant(margins: Floats, parameters: Mapping[str, Floats]) -> dict[str, float]:
    """Return the significant rank correlations of parameters with the margins, by name.

    Parameters
    ----------
    margins : ndarray
        Shape (members,), without NaN.
    parameters : Mapping
        Drawn values by name, shape (members,) each.
    """
    members = len(margins)
    if members < MEMBERS_NEEDED or not parameters:
        return {}
    names = list(parameters)
    table = ranks(np.column_stack([parameters[name] for name in names]))
    correlation = table.T @ ranks(margins[:, None])[:, 0] / members
    critical = NormalDist().inv_cdf(1.0 - FAMILY_WISE_ERROR / (2.0 * len(names)))
    strong = np.abs(correlation) * sqrt(members - 1.0) > critical
    return {
        name: float(value)
        for name, value, chosen in zip(names, correlation, strong, strict=True)
        if chosen
    }


def prior_range(
    reached: Flags, margins: Floats, parameters: Mapping[str, Floats]
) -> PriorRange | None:
    """Return the range of the probability over the relevant priors, and their worth.

    Parameters
    ----------
    reached, margins : ndarray
        Shape (members,); whether the target is reached, and by how much.
    parameters : Mapping
        Drawn values of the parameters that no data of the city inform, shape (members,) each.

    Returns
    -------
    PriorRange or None
        ``None`` where fewer than :data:`MEMBERS_NEEDED` members have a margin.
    """
    defined = ~np.isnan(margins)
    if int(defined.sum()) < MEMBERS_NEEDED:
        return None
    overall = float(reached.mean())
    known = {name: values[defined] for name, values in parameters.items()}
    found = relevant(margins[defined], known)
    if not found:
        return PriorRange(overall, overall, "")
    score = normal_score(overall, len(reached))
    worth = worth_of(found, score)
    share = explained(margins[defined], {name: known[name] for name in found})
    ends = prior_ends(score, share)
    return PriorRange(min(ends[0], overall), max(ends[1], overall), worth[0].figure, tuple(worth))


def prior_share(margins: Floats, parameters: Mapping[str, Floats]) -> float | None:
    """Return the share of the margins' rank variance explained by the relevant parameters.

    Adjusted R² of a least-squares regression of ranks on ranks (standardised rank regression,
    Saltelli et al. 2008, *Global Sensitivity Analysis*, section 1.2.5), cut to 0–1.

    Returns
    -------
    float or None
        ``None`` with fewer than :data:`MEMBERS_NEEDED` members or margins that do not vary.
    """
    defined = ~np.isnan(margins)
    members = int(defined.sum())
    if members < MEMBERS_NEEDED or np.ptp(margins[defined]) == 0.0:
        return None
    known = {name: values[defined] for name, values in parameters.items()}
    chosen = relevant(margins[defined], known)
    if not chosen:
        return 0.0
    return explained(margins[defined], {name: known[name] for name in chosen})


def explained(margins: Floats, parameters: Mapping[str, Floats]) -> float:
    """Return the adjusted R² of the margins' ranks on the parameters' ranks, cut to 0-1."""
    members = len(margins)
    regressors = ranks(np.column_stack(list(parameters.values())))
    response = ranks(margins[:, None])[:, 0]
    fitted = regressors @ np.linalg.lstsq(regressors, response, rcond=None)[0]
    unexplained = float(np.mean((response - fitted) ** 2))
    degrees = max(members - len(parameters) - 1, 1)
    return min(max(1.0 - unexplained * (members - 1) / degrees, 0.0), 1.0)


def worst_status(statuses: Sequence[str]) -> str:
    """Return the status furthest from a published figure; ``prior`` where there is none.

    Examples
    --------
    >>> worst_status(["cited", "memory", "derived"]), worst_status([])
    ('memory', 'prior')
    """
    if not statuses:
        return "prior"
    worst = max(statuses, key=lambda status: STATUS_RANKS.get(status, 3))
    return worst if worst in STATUS_RANKS else "prior"


def grade(share: float | None, status: str, history: int) -> str:
    """Return the evidence grade of a target that can be assessed.

    Parameters
    ----------
    share : float or None
        Share of variance from priors, see :func:`prior_share`; ``None`` where unknown.
    status : str
        Worst status of the figures that the indicator starts from.
    history : int
        Published values of the indicator.

    Examples
    --------
    >>> grade(0.1, "cited", 6), grade(0.1, "memory", 6), grade(0.7, "cited", 6)
    ('data-driven', 'mixed', 'prior-driven')
    """
    rank = STATUS_RANKS.get(status, 3)
    if rank >= 3 or (share is not None and share >= PRIOR_DRIVEN_LEAST):
        return "prior-driven"
    known = rank <= 1 and history >= HISTORY_NEEDED
    if known and share is not None and share <= DATA_DRIVEN_MOST:
        return "data-driven"
    return "mixed"


def judged(figures: Mapping[str, Parameter], informed: Collection[str] = ()) -> list[str]:
    """Return the parameters whose prior is our own judgement and no data of the city narrow."""
    return [
        name for name, figure in figures.items()
        if name not in informed and figure.status in PRIOR_STATUSES
    ]  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """What a target's probability rests on.

    Attributes
    ----------
    grade : str
        One of :data:`GRADES`.
    share : float or None
        Share of variance from our own priors.
    status : str
        Worst status of the figures that the indicator starts from.
    span : PriorRange or None
        Range of the probability over the priors, and whose prior it is.
    """

    grade: str
    share: float | None
    status: str
    span: PriorRange | None


def weigh(
    assessment: Assessment,
    parameters: Mapping[str, Floats],
    figures: Mapping[str, Parameter],
    status: str,
    history: int,
    informed: Collection[str] = (),
) -> Evidence:
    """Return the evidence behind one assessment.

    Parameters
    ----------
    assessment : Assessment
        From :func:`sim.analysis.evaluation.assess`.
    parameters : Mapping
        Drawn values by name, shape (members,) each.
    figures : Mapping
        Declarations of the drawn parameters by name.
    status : str
        Worst status of the starting figures.
    history : int
        Published values of the indicator.
    informed : collection of str
        Parameters that the hindcast narrows, see :meth:`sim.posterior.Posterior.informed`.
    """
    if assessment.reached is None or assessment.margins is None:
        return Evidence("not assessable", None, status, None)
    free = {n: parameters[n] for n in figures if n not in informed and n in parameters}
    ours = {name: free[name] for name in judged(figures, informed) if name in free}
    share = prior_share(assessment.margins, ours)
    span = prior_range(assessment.reached, assessment.margins, free)
    return Evidence(grade(share, status, history), share, status, span)
