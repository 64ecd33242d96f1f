"""Columns that a process keeps per firm beside the firm table, grown as firms are added."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.growing import with_room
from sim.state import CityState


def column(state: CityState, name: str, fill: float | NDArray[Any] = 0.0) -> NDArray[Any]:
    """Return the process's own column, one entry per firm, longer if firms were added.

    Parameters
    ----------
    state : CityState
        The city; the column lives in ``state.arrays`` under `name`.
    name : str
        ``<process>.<name>``.
    fill : float or ndarray, shape (firms,)
        Value of rows that are not in the column yet; an array gives one per firm, and the
        column's type. Columns with one value grow together, when the first of them is asked for.

    Returns
    -------
    ndarray, shape (firms,)
        The stored array itself: changes in place are kept.
    """
    kept, count = state.arrays.get(name), state.firms.count
    if kept is not None and len(kept) == count:
        return kept
    beside = state.beside
    if isinstance(fill, np.ndarray):
        grown, known = lengthened(state, name, fill.dtype)
        grown[known:] = fill[known:]
        return grown
    if name not in beside.fills:
        if beside.full:
            grown, known = lengthened(state, name)
            grown[known:] = fill
            return grown
        beside.add(name, fill, state.arrays)
    kept = state.arrays.get(name)
    if kept is None or len(kept) < count:
        beside.lengthen(state.arrays, count)
    return state.arrays[name]


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
    kept, count = state.arrays.get(name), state.firms.count
    known = 0 if kept is None else len(kept)
    if kept is not None and known == count:
        return kept, known
    buffer = state.buffers.get(name)
    if buffer is None or len(buffer) < count or (kept is not None and kept.base is not buffer):
        buffer = state.buffers[name] = np.empty(with_room(count), kind)
        if kept is not None:
            buffer[:known] = kept
    grown = state.arrays[name] = buffer[:count]
    return grown, known


def years_since(state: CityState, quarter: int) -> float:
    """Return the years from `quarter` to the quarter before the simulation (negative: before)."""
    return (state.first - 1 - quarter) / 4.0
