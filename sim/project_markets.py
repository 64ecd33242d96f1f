"""Markets of large projects' plants: what a new plant sells, firms of its sector lose."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.project_kernels import living_of_sectors, take_turns
from sim.rows import rows_where
from sim.state import Codes, Firms, Floats, Integers

LARGEST_TAKE = 0.5
"""A plant takes at most this share of its sector's local sales in one quarter."""


def living_in(firms: Firms, sector: Codes) -> Integers:
    """Return rows of the living firms of some sectors, given by their codes, rising."""
    codes = np.array(sorted(set(sector.tolist())), dtype=np.int16)
    chosen = np.empty(firms.count, dtype=np.bool_)
    living_of_sectors(firms.sector, firms.alive, codes, chosen)
    return rows_where(chosen)


def take_markets(
    firms: Firms, plants: Sequence[int], extra: Floats | None = None,
    rivals: Integers | None = None,
) -> Floats:  # fmt: skip
    """Let plants take their part of their sectors' output, one after the other.

    Parameters
    ----------
    plants : sequence of int
        Rows of the plants, each once, in the order in which they take.
    extra : ndarray, shape (plants,), optional
        Yuan at 2015 prices that each takes and adds to its own output. By default a plant takes
        what it sells already.
    rivals : ndarray of int, optional
        Rows of the living firms of the plants' sectors where they are known, plants left out or
        not.

    Returns
    -------
    ndarray, shape (plants,)
        Yuan that each took from the others.
    """
    rows = np.array(plants, dtype=np.int64)
    sector = firms.sector[rows]
    order = sector.argsort(kind="stable")
    if rivals is None:
        rivals = living_in(firms, sector)
    own, lost, taken = np.empty((3, len(rows)))
    take_turns(
        rivals, rows[order], firms.sector, own if extra is None else extra[order],
        extra is not None, LARGEST_TAKE, firms.real_output,
        np.empty((2, int(sector.max(initial=0)) + 1)), own, lost,
    )  # fmt: skip
    taken[order] = lost
    return taken
