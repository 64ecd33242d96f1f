"""Is a target reached, how likely, and from when: pure functions of member arrays.

Arrays have the shape (members, quarters); the axis of quarters is described by a sequence of
quarter indices (see :mod:`sim.units`). A value that does not exist (NaN) never meets a target.

Definitions by the target's window:

``deadline`` and ``cumulative``
    At quarter q the indicator's own value at q is compared; cumulated indicators are cumulated
    by the bureau from the first simulated quarter, and a later window start is subtracted.
``each_year``
    The condition must hold at every year-end from the window's start. At quarter q it counts as
    attained when all year-ends before q met it *and* the value at q meets it: still on course.
    The deciding value of a member is that of its worst year-end.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from sim.plan import Target
from sim.units import quarter_of_year

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
QUANTILE_NAMES = ("q025", "q05", "q10", "q25", "median", "q75", "q90", "q95", "q975")
LIKELY_FROM = 0.5
"""Share of members from which a target counts as likely in ``first_quarter_likely``."""

LIKELIHOOD_FROM_ABOVE = (
    (0.99, "virtually certain"),
    (0.90, "very likely"),
    (0.66, "likely"),
)
"""Lower ends of the calibrated scale of the IPCC's guidance note on uncertainty (2010)."""
LIKELIHOOD_FROM_BELOW = (
    (0.01, "exceptionally unlikely"),
    (0.10, "very unlikely"),
    (0.33, "unlikely"),
)


def likelihood(probability: float) -> str:
    """Return the word of the IPCC's scale for a probability.

    Examples
    --------
    >>> likelihood(0.66), likelihood(0.5), likelihood(0.0)
    ('likely', 'about as likely as not', 'exceptionally unlikely')
    """
    for least, word in LIKELIHOOD_FROM_ABOVE:
        if probability >= least:
            return word
    for most, word in LIKELIHOOD_FROM_BELOW:
        if probability <= most:
            return word
    return "about as likely as not"


def monte_carlo_error(probability: float, members: int) -> float:
    """Return the standard error of a share of members, never zero.

    Half the width of Wilson's score interval at one standard deviation: the binomial formula
    sqrt(p (1 - p) / n) away from 0 and 1, and 1 / (2 n + 2) at 0 and 1, where that formula would
    claim certainty (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    Examples
    --------
    >>> round(monte_carlo_error(0.0, 9), 12)
    0.05
    """
    spread = probability * (1.0 - probability) / members + 0.25 / members**2
    return sqrt(spread) / (1.0 + 1.0 / members)


def margin(
    values: Floats,
    operator: str,
    low: float | None,
    high: float | None,
    baseline: Floats | None = None,
) -> Floats:
    """Return how far values lie beyond the bound: positive when the target is exceeded.

    Parameters
    ----------
    values : ndarray
        Shape (members, ...), in the target's unit.
    operator : str
        One of ``>= <= > < between``.
    low, high : float or None
        Bounds; where the operator's bound is ``None`` the member's own `baseline` is the bound.
    baseline : ndarray, optional
        Shape (members,), the member's level of the base year.

    Raises
    ------
    ValueError
        If a bound is missing or the operator unknown.
    """
    if operator == "between":
        if low is None or high is None:
            raise ValueError("operator 'between' needs both bounds")
        return np.minimum(values - low, high - values)
    if operator not in (">=", ">", "<=", "<"):
        raise ValueError(f"unknown operator {operator!r}")
    rising = operator in (">=", ">")
    bound = low if rising else high
    if bound is not None:
        level: Floats | float = bound
    elif baseline is not None:
        level = baseline.reshape(baseline.shape + (1,) * (values.ndim - 1))
    else:
        raise ValueError(f"operator {operator!r} needs a bound or a baseline")
    return np.asarray(values - level if rising else level - values, dtype=np.float64)


def meets(
    values: Floats,
    operator: str,
    low: float | None,
    high: float | None,
    baseline: Floats | None = None,
) -> Flags:
    """Return whether values meet a target; see :func:`margin` for parameters and errors."""
    beyond = margin(values, operator, low, high, baseline)
    return np.asarray(beyond > 0.0 if operator in (">", "<") else beyond >= 0.0)


def since_window(values: Floats, quarters: Sequence[int], target: Target) -> Floats:
    """Return the values with what was cumulated before the target's window taken off."""
    if target.window != "cumulative" or target.window_start is None:
        return values
    before = target.window_start - 1
    if before not in quarters:
        return values
    return values - values[:, [list(quarters).index(before)]]


def year_ends(quarters: Sequence[int], target: Target) -> list[int]:
    """Return the positions of the fourth quarters of the target's window, deadline included."""
    first = target.window_start if target.window_start is not None else quarters[0]
    return [
        position
        for position, quarter in enumerate(quarters)
        if quarter_of_year(quarter) == 4 and first <= quarter <= target.deadline
    ]


def attained(
    values: Floats, quarters: Sequence[int], target: Target, baseline: Floats | None = None
) -> Flags:
    """Return per member and quarter whether the target holds by its own definition.

    Parameters
    ----------
    values : ndarray
        Indicator as first released, shape (members, quarters).
    quarters : sequence of int
        Quarter indices of the second axis, consecutive.
    target : Target
        Operator, bounds and window.
    baseline : ndarray, optional
        Shape (members,), for targets whose bound is a base year's level.
    """
    compared = since_window(values, quarters, target)
    now = meets(compared, target.operator, target.low, target.high, baseline)
    if target.window != "each_year":
        return now
    result = now.copy()
    kept = np.ones(len(values), dtype=bool)
    ends = set(year_ends(quarters, target))
    for position in range(len(quarters)):
        # Early in a year there may be no value yet: the last standing holds until there is.
        known = np.isfinite(compared[:, position])
        before = result[:, position - 1] if position else np.zeros(len(values), dtype=bool)
        result[:, position] = np.where(known, kept & now[:, position], before)
        if position in ends:
            kept &= now[:, position]
    return result


def deciding_values(
    values: Floats, quarters: Sequence[int], target: Target, baseline: Floats | None = None
) -> Floats:
    """Return for each member the value that decides: at the deadline, or of the worst year-end.

    Returns
    -------
    ndarray
        Shape (members,); a member with a missing year-end gets NaN.
    """
    compared = since_window(values, quarters, target)
    if target.window != "each_year":
        last: Floats = compared[:, list(quarters).index(target.deadline)]
        return last
    ends = year_ends(quarters, target)
    beyond = margin(compared[:, ends], target.operator, target.low, target.high, baseline)
    worst = np.argmin(np.where(np.isnan(beyond), -np.inf, beyond), axis=1)
    deciding: Floats = compared[:, ends][np.arange(len(values)), worst]
    return deciding


def quantiles(values: Floats) -> Floats:
    """Return the quantiles of :data:`QUANTILES` over members, NaN left out, shape (9, ...).

    Where no member has a value the quantiles are NaN.
    """
    if not np.isnan(values).any():
        return np.asarray(np.quantile(values, QUANTILES, axis=0), dtype=np.float64)
    columns = values.reshape(len(values), -1)
    result = np.full((len(QUANTILES), columns.shape[1]), np.nan)
    some = ~np.isnan(columns).all(axis=0)
    result[:, some] = np.nanquantile(columns[:, some], QUANTILES, axis=0)
    shaped: Floats = result.reshape(len(QUANTILES), *values.shape[1:])
    return shaped


def first_quarter_likely(curve: Floats, quarters: Sequence[int]) -> int | None:
    """Return the first quarter index from which the attainment curve stays at 0.5 or above.

    Parameters
    ----------
    curve : ndarray
        Share of members by quarter, shape (quarters,), ending at the deadline.
    quarters : sequence of int
        Quarter indices of `curve`.

    Returns
    -------
    int or None
        ``None`` where the curve ends below 0.5.
    """
    below = np.flatnonzero(curve < LIKELY_FROM)
    position = 0 if below.size == 0 else int(below[-1]) + 1
    return quarters[position] if position < len(curve) else None
