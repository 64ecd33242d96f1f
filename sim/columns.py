"""Columns that a process keeps per firm beside the firm table, grown as firms are added."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.state import SPARE_ROOM, CityState


def column(state: CityState, name: str, fill: float | NDArray[Any] = 0.0) -> NDArray[Any]:
    """Return the process's own column, one entry per firm, longer if firms were added.

    Parameters
    ----------
    state : CityState
        The city; the column lives in ``state.arrays`` under `name`.
    name : str
        ``<process>.<name>``.
    fill : float, bool or ndarray, shape (firms,)
        Value of rows that are not in the column yet, and the column's type; an array gives one
        per firm.

    Returns
    -------
    ndarray, shape (firms,)
        The stored array itself: changes in place are kept.
    """
    kept = state.arrays.get(name)
    if kept is not None and len(kept) == len(state.firms.firm_id):
        return kept
    grown, known = lengthened(state, name, np.asarray(fill).dtype)
    grown[known:] = fill[known:] if isinstance(fill, np.ndarray) else fill
    return grown


def lengthened(state: CityState, name: str, kind: Any = np.float64) -> tuple[NDArray[Any], int]:
    """Return the process's own column with room for all firms, and how many rows were known.

    The caller fills the others in place: where their values have to be worked out first,
    :func:`column` would hold them twice.

    Parameters
    ----------
    name : str
        ``<process>.<name>``.
    kind : dtype
        Type of a new column.
    """
    kept, count = state.arrays.get(name), len(state.firms.firm_id)
    known = 0 if kept is None else len(kept)
    if kept is not None and known == count:
        return kept, known
    buffer = state.buffers.get(name)
    if buffer is None or len(buffer) < count or (kept is not None and kept.base is not buffer):
        buffer = state.buffers[name] = np.empty(int(SPARE_ROOM * count) + 1, kind)
        if kept is not None:
            buffer[:known] = kept
    grown = state.arrays[name] = buffer[:count]
    return grown, known


def years_since(state: CityState, quarter: int) -> float:
    """Return the years from `quarter` to the quarter before the simulation (negative: before)."""
    return (state.first - 1 - quarter) / 4.0
