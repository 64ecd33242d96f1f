"""Sobol and Morris indices of noisy outputs: SALib's estimators, the Monte Carlo part taken off.

With the noise variance ``s2`` of a cell's mean and the variance ``V`` of the outputs over the
design, the share ``s2 / V`` is Monte Carlo. SALib's indices rest on ``V``; here

* first order: its numerator, mean B (AB - A), holds no noise on average, so that the index is
  S1 V / (V - s2);
* total: half the mean square of A - AB holds half the noise variance ``d2`` of that difference,
  measured on the members that both cells share, so that it is (ST V - d2 / 2) / (V - s2). On
  common random numbers a factor that changes nothing has differences of exactly zero and no noise.

The intervals (95 %, bootstrap over base points) are SALib's, on the same scale. Of Morris the mean
absolute effect and the spread are SALib's; noise enters both, and its share is stated.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.attainment import Floats

CONFIDENCE = 0.95
RESAMPLES = 200
MOST_NOISE = 0.95
"""Share of Monte Carlo from which nothing is left to be divided: there is no Sobol index."""
TINY = 1e-12
"""Relative spread below which an output does not vary."""


class Index(NamedTuple):
    """One sensitivity index.

    Attributes
    ----------
    factor : int
        Position of the factor.
    measure : str
        ``S1``, ``ST``, ``mu_star`` or ``sigma``.
    value, low, high : float or None
        Estimate and interval; ``None`` where it is not defined.
    monte_carlo_share : float or None
        Part of the output's variance over the design that is Monte Carlo, 0 to 1.
    """

    factor: int
    measure: str
    value: float | None
    low: float | None
    high: float | None
    monte_carlo_share: float | None


def varies(outputs: Floats) -> bool:
    """Return whether an output moves over the design at all."""
    spread = float(np.ptp(outputs))
    return spread > TINY * max(1.0, float(np.abs(outputs).max()))


def share_of_noise(outputs: Floats, noise: float) -> float | None:
    """Return the part of the outputs' variance that is Monte Carlo, at most 1.

    Examples
    --------
    >>> share_of_noise(np.array([0.0, 2.0]), 0.25)
    0.25
    """
    if np.isnan(noise) or not varies(outputs):
        return None
    return min(float(noise / outputs.var()), 1.0)


def whole_blocks(known: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """Return which rows belong to blocks of `size` rows that are complete.

    SALib turns one missing row into missing indices without a word; here the base point or
    trajectory that it belongs to is left out.

    Examples
    --------
    >>> whole_blocks(np.array([True, True, True, False]), 2).tolist()
    [True, True, False, False]
    """
    return np.repeat(known.reshape(-1, size).all(axis=1), size)


def sobol_indices(
    outputs: Floats, factors: int, noise: float, between: Sequence[float], seed: int
) -> list[Index]:
    """Return first-order and total indices of an output.

    Parameters
    ----------
    outputs : ndarray, shape (base points * (factors + 2),)
        In the order of the design, complete blocks only.
    factors : int
        Number of factors.
    noise : float
        Monte Carlo variance of an output, as far as it differs between cells; NaN: unknown, then
        nothing is taken off.
    between : sequence of float
        For each factor the mean Monte Carlo variance of the difference between A and AB.
    seed : int
        Of the bootstrap.
    """
    if not varies(outputs):
        return [Index(f, name, None, None, None, None) for f in range(factors)
                for name in ("S1", "ST")]  # fmt: skip
    from SALib.analyze import sobol

    from sim.analysis.unit_problem import problem_of

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sobol.analyze(
            problem_of(factors), outputs, calc_second_order=False, num_resamples=RESAMPLES,
            conf_level=CONFIDENCE, seed=seed + 1,  # SALib takes 0 for no seed
        )  # fmt: skip
    share = share_of_noise(outputs, noise)
    variance = float(outputs.reshape(-1, factors + 2)[:, [0, -1]].var())
    signal = variance - (0.0 if np.isnan(noise) else noise)
    rows = []
    for f in range(factors):
        apart = 0.0 if np.isnan(between[f]) else between[f]
        for name, less in (("S1", 0.0), ("ST", 0.5 * apart)):
            value, half = float(found[name][f]), float(found[f"{name}_conf"][f])
            if signal <= (1.0 - MOST_NOISE) * variance:
                rows.append(Index(f, name, None, None, None, share))
                continue
            value, half = (value * variance - less) / signal, half * variance / signal
            rows.append(Index(f, name, value, value - half, value + half, share))
    return rows


def morris_indices(
    design: Floats, outputs: Floats, noise: float, levels: int, seed: int
) -> list[Index]:
    """Return the mean absolute elementary effect and the effects' spread, over a factor's range.

    Parameters
    ----------
    design : ndarray, shape (rows, factors)
        In the unit cube, whole trajectories only.
    outputs : ndarray, shape (rows,)
        In the output's unit.
    noise : float
        Monte Carlo variance of an output; NaN: unknown.
    levels : int
        Of the design.
    seed : int
        Of the bootstrap.
    """
    from SALib.analyze import morris

    from sim.analysis.unit_problem import problem_of

    factors = design.shape[1]
    share = share_of_noise(outputs, noise)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = morris.analyze(
            problem_of(factors), design, outputs, num_resamples=RESAMPLES,
            conf_level=CONFIDENCE, num_levels=levels, seed=seed + 1,
        )  # fmt: skip
    rows = []
    for f in range(factors):
        value, half = float(found["mu_star"][f]), float(found["mu_star_conf"][f])
        rows.append(Index(f, "mu_star", value, value - half, value + half, share))
        rows.append(Index(f, "sigma", float(found["sigma"][f]), None, None, share))
    return rows
