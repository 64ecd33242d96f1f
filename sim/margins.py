"""Sizes, shares and whole numbers that add up to a margin."""

from __future__ import annotations

import numpy as np

from sim.state import Floats, Integers


def largest_remainder(total: int, shares: Floats) -> Integers:
    """Split a whole number by shares; the parts add up exactly.

    Examples
    --------
    >>> largest_remainder(10, np.array([0.55, 0.25, 0.20]))
    array([6, 2, 2])
    """
    exact = total * shares / shares.sum()
    parts = np.floor(exact).astype(np.int64)
    short = total - int(parts.sum())
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[:short]] += 1
    return np.asarray(parts)


def scale_above(excess: Floats, floor: float, totals: Floats, numbers: Integers) -> Floats:
    """Return sizes ``floor + k * excess`` whose stretches add up to their totals; no k is negative.

    Parameters
    ----------
    excess : ndarray, shape (firms,)
        Positive.
    floor : float
        Least size.
    totals : ndarray, shape (stretches,)
    numbers : ndarray of int, shape (stretches,)
        Firms of each stretch, one or more.

    Examples
    --------
    >>> scale_above(np.array([1.0, 3.0, 0.5]), 2.0, np.array([12.0, 3.0]), np.array([2, 1]))
    array([4., 8., 3.])
    """
    room = np.maximum(totals - floor * numbers, 0.0)
    sizes = excess * (room / sums_of_stretches(excess, numbers)).repeat(numbers)
    sizes += floor
    return np.asarray(sizes)


def sums_of_stretches(values: Floats, numbers: Integers) -> Floats:
    """Return the sum of each of the stretches that follow each other, none of them empty.

    Examples
    --------
    >>> sums_of_stretches(np.array([1.0, 3.0, 0.5]), np.array([2, 1])).tolist()
    [4.0, 0.5]
    """
    return np.asarray(np.add.reduceat(values, np.cumsum(numbers) - numbers))


def shift_of_odds(odds: Floats, weight: Floats, goal: float) -> float:
    """Return what log odds are shifted by so that the weighted mean share is `goal`.

    Within -5 and 5. Newton's steps inside a bracket that halves whenever a step leaves it.

    Examples
    --------
    >>> bool(np.isclose(shift_of_odds(np.zeros(3), np.ones(3), 0.75), np.log(3.0)))
    True
    """
    low, high, shift = -5.0, 5.0, 0.0
    total = max(float(weight.sum()), 1e-300)
    for _ in range(60):
        share = 1.0 / (1.0 + np.exp(-(odds + shift)))
        gap = float(weight @ share) / total - goal
        low, high = (shift, high) if gap < 0.0 else (low, shift)
        slope = float(weight @ (share * (1.0 - share))) / total
        step = shift - gap / max(slope, 1e-300)
        after = step if low < step < high else 0.5 * (low + high)
        if abs(after - shift) <= 1e-15 * max(abs(shift), 1.0):
            break
        shift = after
    return shift
