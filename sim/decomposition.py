"""Decomposition of an intensity's change: structure, technology, entry and exit.

Additive logarithmic mean Divisia index (LMDI-I; Ang 2004, Energy Policy 32, 1131-1139) over
sectors for firms present in both periods; what leavers and newcomers change stands apart.
"""

from __future__ import annotations

import numpy as np

from sim import bureau_kernels as kernels
from sim.state import Floats

EFFECTS = ("structure", "technology", "turnover")
"""结构, 技术, 进出 (entry and exit)."""


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
    effects = np.empty(len(EFFECTS))
    kernels.decompose(use, value, used, made, effects)
    structure, technology, turnover = effects.tolist()
    return structure, technology, turnover
