"""Monte Carlo noise of cells that share their members' random numbers.

The value of member m in cell c is the cell's level, plus the member's luck, which is the same in
all cells and moves no difference between them, plus a remainder. The variance of the remainder over
the number of members is the noise of a cell's mean, as far as it differs from cell to cell. It is
estimated from the two-way table without repetition (Scheffé 1959, section 4.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from sim.analysis.attainment import Floats

Tables = Callable[[], Iterable[Floats]]
"""Gives the cells' values, shape (outputs, members) each, from the start each time it is called."""


def complete(tables: Tables) -> NDArray[np.bool_] | None:
    """Return which members of which output have a value in every cell; ``None`` without cells."""
    found: NDArray[np.bool_] | None = None
    for values in tables():
        known = np.isfinite(values)
        found = known if found is None else found & known
    return found


def noise_variance(tables: Tables) -> Floats | None:
    """Return the noise variance of each output's mean over members.

    Parameters
    ----------
    tables : callable
        Values of every cell; all of one shape. Passed through twice, one cell in memory.

    Returns
    -------
    ndarray or None
        Shape (outputs,); NaN for an output with fewer than two complete members, ``None`` with
        fewer than two cells.

    Examples
    --------
    Two cells, two members: the second cell lies 1 and 3 above the first, 2 on average, so the
    remainders are +-1/2, their squares sum to 1, over one degree of freedom and two members.

    >>> noise_variance(lambda: iter([np.array([[0.0, 5.0]]), np.array([[1.0, 8.0]])]))
    array([0.5])
    """
    known = complete(tables)
    if known is None:
        return None
    members = known.sum(axis=1)
    some = np.where(members > 1, members, np.nan)
    first: Floats | None = None
    cells, squares, levels, levels_squared = 0, np.zeros(len(known)), 0.0, 0.0
    sums = np.zeros(known.shape)
    for values in tables():
        first = values if first is None else first
        # Less the first cell: the member's luck drops out, and with it the loss of digits.
        apart = np.subtract(values, first, where=known, out=np.zeros(known.shape))
        level = apart.sum(axis=1) / some
        cells += 1
        sums += apart
        squares += (apart**2).sum(axis=1)
        levels, levels_squared = levels + level, levels_squared + level**2
    if cells < 2:
        return None
    luck = (sums**2).sum(axis=1) / cells
    remainder = squares - some * levels_squared - luck + some * levels**2 / cells
    return np.asarray(np.maximum(remainder, 0.0) / ((cells - 1) * (some - 1)) / some)
