"""Decomposition of an intensity's change: structure, technology, entry and exit.

Additive logarithmic mean Divisia index (LMDI-I; Ang 2004, Energy Policy 32, 1131-1139) over
sectors for firms present in both periods; what leavers and newcomers change stands apart.
"""

from __future__ import annotations

import numpy as np

from sim.state import Codes, Flags, Floats

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


def decompose(
    use: tuple[Floats, Floats],
    value: tuple[Floats, Floats],
    sector: Codes,
    present: tuple[Flags, Flags],
    sectors: int,
) -> tuple[float, float, float]:
    """Return the log change of use per value by structure, technology and turnover.

    The three add up to the change of the whole scope's intensity exactly.

    Parameters
    ----------
    use, value : pair of ndarray, shape (firms,)
        Use and real value added before and now.
    sector : ndarray of int, shape (firms,)
    present : pair of ndarray of bool, shape (firms,)
        In scope before and now.
    sectors : int
        Number of sectors.

    Examples
    --------
    One sector halves its intensity, nothing else moves:

    >>> one = np.array([1.0]); here = np.array([True])
    >>> effects = decompose((one, one / 2), (one, one), np.array([0]), (here, here), 1)
    >>> [round(effect, 4) for effect in effects]
    [0.0, -0.6931, 0.0]
    """
    stay = present[0] & present[1] & (value[0] > 0.0) & (value[1] > 0.0)
    periods = zip(use, value, present, strict=True)
    whole = [float(u[inside].sum()) / float(v[inside].sum()) for u, v, inside in periods]
    kept = [float(u[stay].sum()) / float(v[stay].sum()) for u, v in zip(use, value, strict=True)]
    turnover = float(np.log(kept[0] / whole[0]) + np.log(whole[1] / kept[1]))
    used = [np.bincount(sector[stay], u[stay], sectors) for u in use]
    made = [np.bincount(sector[stay], v[stay], sectors) for v in value]
    open_ = (used[0] > 0) & (used[1] > 0) & (made[0] > 0) & (made[1] > 0)
    # Weights of the ratio E/V: mean use of the sector over total value, both periods.
    ratio = [u[open_] / m.sum() for u, m in zip(used, made, strict=True)]
    weight = logarithmic_mean(ratio[0], ratio[1])
    total = logarithmic_mean(
        np.array([used[0].sum() / made[0].sum()]), np.array([used[1].sum() / made[1].sum()])
    )[0]
    share = np.log(made[1][open_] / made[1].sum()) - np.log(made[0][open_] / made[0].sum())
    technology = np.log(used[1][open_] / made[1][open_]) - np.log(used[0][open_] / made[0][open_])
    structure = float(weight @ share / total)
    technical = float(weight @ technology / total)
    return structure, technical, turnover
