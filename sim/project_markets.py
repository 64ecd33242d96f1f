"""Markets of large projects' plants: what a new plant sells, firms of its sector lose."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.project_kernels import take_turns
from sim.rows import rows_where
from sim.state import Firms, Floats

LARGEST_TAKE = 0.5
"""A plant takes at most this share of its sector's local sales in one quarter."""


def take_markets(firms: Firms, plants: Sequence[int], extra: Floats | None = None) -> Floats:
    """Let plants take their part of their sectors' output, one after the other.

    Parameters
    ----------
    plants : sequence of int
        Rows of the plants, each once, in the order in which they take.
    extra : ndarray, shape (plants,), optional
        Yuan at 2015 prices that each takes and adds to its own output. By default a plant takes
        what it sells already.

    Returns
    -------
    ndarray, shape (plants,)
        Yuan that each took from the others.
    """
    rows = np.array(plants, dtype=np.int64)
    sector, taken = firms.sector[rows], np.empty(len(rows))
    for code in sorted(set(sector.tolist())):
        chosen = np.flatnonzero(sector == code)
        lost, own = np.empty((2, len(chosen)))
        take_turns(
            rows_where((firms.sector == code) & firms.alive), rows[chosen],
            own if extra is None else extra[chosen], extra is not None, LARGEST_TAKE,
            firms.real_output, own, lost,
        )  # fmt: skip
        taken[chosen] = lost
    return taken
