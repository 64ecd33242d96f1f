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


def decompose(before: Floats, now: Floats, kept: Floats) -> Floats:
    """Return the log change of uses per value by structure, technology and turnover.

    The three add up to the change of the whole scope's intensity exactly; all are zero where
    no firm stayed to compare.

    Parameters
    ----------
    before, now : ndarray, shape (1 + uses,)
        Real value added of the whole scope, then each use.
    kept : ndarray, shape (2, 1 + uses, sectors)
        The same before and now of the firms in scope at both times, by sector.

    Returns
    -------
    ndarray, shape (uses, 3)

    Examples
    --------
    One sector halves its intensity, nothing else moves:

    >>> before, now = np.array([1.0, 1.0]), np.array([1.0, 0.5])
    >>> effects = decompose(before, now, np.stack([before, now])[:, :, None])
    >>> effects.round(4).tolist()
    [[0.0, -0.6931, 0.0]]
    """
    effects = np.empty((len(now) - 1, len(EFFECTS)))
    kernels.decompose(before, now, kept, effects)
    return effects
