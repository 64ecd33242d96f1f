"""Named reasons why a model gives no number. A flag is reported and counted, never replaced."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEAST_PER_PARAMETER = 3
"""Observations a model must have for each of its parameters."""
UNIT_ROOT = 0.999
"""Largest modulus of an autoregressive root that still counts as stationary."""
COLLINEAR = 1e6
"""Condition number of standardised columns from which they count as one."""


class Flag(StrEnum):
    """Why a fit gives no forecast."""

    CONSTANT = "constant"
    COLLINEAR = "collinear"
    TOO_SHORT = "too_short"
    UNIT_ROOT = "unit_root"
    NOT_CONVERGED = "not_converged"
    FAILED = "numerical_failure"


class Flagged(Exception):
    """A model that cannot forecast, with the flag that says why."""

    def __init__(self, flag: Flag, detail: str = "") -> None:
        super().__init__(f"{flag}: {detail}" if detail else str(flag))
        self.flag = flag


def need_variation(values: Floats, parameters: int) -> None:
    """Raise Flagged where a series is too short for its parameters or never moves.

    Parameters
    ----------
    values : array, shape (nobs,)
        NaN where nothing was published.
    parameters : int
        Of the model to be fitted.
    """
    known = values[np.isfinite(values)]
    if len(known) < LEAST_PER_PARAMETER * parameters:
        raise Flagged(Flag.TOO_SHORT, f"{len(known)} values for {parameters} parameters")
    if np.ptp(known) <= 1e-9 * max(1.0, float(np.abs(known).max())):
        raise Flagged(Flag.CONSTANT, f"all {len(known)} values equal {known[0]:g}")


def need_independent(columns: Floats) -> None:
    """Raise Flagged where columns (nobs, k) are linear combinations of one another."""
    rows = columns[np.isfinite(columns).all(axis=1)]
    spread = rows.std(axis=0)
    if (spread <= 0.0).any():
        raise Flagged(Flag.CONSTANT, "a column never moves")
    condition = float(np.linalg.cond((rows - rows.mean(axis=0)) / spread))
    if not condition < COLLINEAR:
        raise Flagged(Flag.COLLINEAR, f"condition number {condition:.1e}")


def need_stationary(coefficients: Floats) -> None:
    """Raise Flagged where an autoregression has a root on or inside the unit circle.

    Parameters
    ----------
    coefficients : array, shape (lags,) or (lags, k, k)
        Lag coefficients, first lag first.

    Examples
    --------
    >>> need_stationary(np.array([0.5, 0.4]))
    """
    blocks = np.asarray(coefficients, dtype=np.float64)
    if blocks.ndim == 1:
        blocks = blocks[:, None, None]
    lags, size = len(blocks), blocks.shape[1]
    if lags == 0:
        return
    companion = np.zeros((lags * size, lags * size))
    companion[:size] = np.concatenate(list(blocks), axis=1)
    companion[size:, :-size] = np.eye((lags - 1) * size)
    modulus = float(np.abs(np.linalg.eigvals(companion)).max())
    if modulus >= UNIT_ROOT:
        raise Flagged(Flag.UNIT_ROOT, f"largest root {modulus:.3f}")


def need_convergence(result: object) -> None:
    """Raise Flagged where statsmodels' optimiser did not converge."""
    told = getattr(result, "mle_retvals", None)
    if told is not None and not told.get("converged", True):
        raise Flagged(Flag.NOT_CONVERGED, "the optimiser stopped early")
