"""Decomposition of an intensity's change: structure, technology, entry and exit.

Additive logarithmic mean Divisia index (LMDI-I; Ang 2004, Energy Policy 32, 1131-1139) over
sectors for firms present in both periods; what leavers and newcomers change stands apart.
"""

from __future__ import annotations

import numpy as np

from sim.state import Floats

EFFECTS = ("structure", "technology", "turnover")
"""结构, 技术, 进出 (entry and exit)."""


def logarithmic_mean(left: Floats, right: Floats) -> Floats:
    """Return the logarithmic mean of two positive arrays.

    Examples
    --------
    >>> logarithmic_mean(np.array([1.0, 2.0]), np.array([1.0, 4.0])).round(4)
    array([1.    , 2.8854])
    """
    difference = np.log(right) - np.log(left)
    safe = np.where(np.abs(difference) < 1e-12, 1.0, difference)
    return np.asarray(np.where(np.abs(difference) < 1e-12, left, (right - left) / safe))


def decompose(use: Floats, value: Floats, used: Floats, made: Floats) -> tuple[float, float, float]:
    """Return the log change of use per value by structure, technology and turnover.

    The three add up to the change of the whole scope's intensity exactly; all are zero where
    no firm stayed to compare.

    Parameters
    ----------
    use, value : ndarray, shape (2,)
        Use and real value added of the whole scope, before and now.
    used, made : ndarray, shape (2, sectors)
        The same of the firms in scope at both times, by sector.

    Examples
    --------
    One sector halves its intensity, nothing else moves:

    >>> use, value = np.array([1.0, 0.5]), np.array([1.0, 1.0])
    >>> effects = decompose(use, value, use[:, None], value[:, None])
    >>> [round(effect, 4) for effect in effects]
    [0.0, -0.6931, 0.0]
    """
    if not (bool(used.any(axis=1).all()) and bool(made.any(axis=1).all())):
        return 0.0, 0.0, 0.0
    whole, kept = use / value, used.sum(axis=1) / made.sum(axis=1)
    turnover = float(np.log(kept[0] / whole[0]) + np.log(whole[1] / kept[1]))
    open_ = (used > 0.0).all(axis=0) & (made > 0.0).all(axis=0)
    # Weights of the ratio E/V: mean use of the sector over total value, both periods.
    ratio = used[:, open_] / made.sum(axis=1, keepdims=True)
    weight = logarithmic_mean(ratio[0], ratio[1])
    total = logarithmic_mean(kept[:1], kept[1:])[0]
    share = np.log(made[:, open_] / made.sum(axis=1, keepdims=True))
    intensity = np.log(used[:, open_] / made[:, open_])
    structure = float(weight @ (share[1] - share[0]) / total)
    technical = float(weight @ (intensity[1] - intensity[0]) / total)
    return structure, technical, turnover
