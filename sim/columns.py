"""Columns that a process keeps per firm beside the firm table, grown as firms are added."""

from __future__ import annotations

import numpy as np

from sim.state import CityState, Floats


def column(state: CityState, name: str, fill: float | Floats = 0.0) -> Floats:
    """Return the process's own column, one entry per firm, longer if firms were added.

    Parameters
    ----------
    state : CityState
        The city; the column lives in ``state.arrays`` under `name`.
    name : str
        ``<process>.<name>``.
    fill : float or ndarray, shape (firms,)
        Value of rows that are not in the column yet; an array gives one per firm.

    Returns
    -------
    ndarray, shape (firms,)
        The stored array itself: changes in place are kept.
    """
    kept = state.arrays.get(name)
    count = state.firms.count
    if kept is not None and len(kept) == count:
        return kept
    grown = np.full(count, fill) if np.isscalar(fill) else np.array(fill, dtype=np.float64)
    if kept is not None:
        grown[: len(kept)] = kept
    state.arrays[name] = grown
    return grown


def years_since(state: CityState, quarter: int) -> float:
    """Return the years from `quarter` to the quarter before the simulation (negative: before)."""
    return (state.first - 1 - quarter) / 4.0
