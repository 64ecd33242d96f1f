"""Columns that grow as firms and parcels are added: those of one type are rows of one table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

SPARE_ROOM = 1.5
"""A table that is full moves to one for this many times the rows it needs. Firms grow by at most
half in three years: hardly a column moves twice."""


def with_room(rows: int) -> int:
    """Return the rows for which there shall be room: eight times an odd number.

    Columns of eight bytes then begin an odd number of cache lines apart: several that are read
    side by side do not meet in the same places of a cache.
    """
    return 8 * (-(-int(SPARE_ROOM * rows) // 8) | 1)


class Block:
    """Columns of one type with room behind them, so that longer ones need no copy.

    Parameters
    ----------
    kind : dtype
        Type of the columns.
    fills : Mapping
        What a new row holds, by the name of the column.
    number : int
        Columns that there is room for, at least those of `fills`.
    """

    def __init__(self, kind: Any, fills: Mapping[str, Any], number: int = 0) -> None:
        self.fills, self.rows = dict(fills), 0
        self._table = np.empty((max(number, len(fills)), 0), kind)
        self._given: list[NDArray[Any] | None] = []
        self._values = np.array(list(fills.values()), kind)[:, None]

    def add(self, name: str, fill: Any, kept: dict[str, NDArray[Any]]) -> None:
        """Add a column where not :attr:`full` (for the arguments see :meth:`lengthen`)."""
        row = len(self.fills)
        self.fills[name] = fill
        self._values = np.array(list(self.fills.values()), self._table.dtype)[:, None]
        own = None  # a column that others put there is copied when the table grows
        if name not in kept:
            own = kept[name] = self._table[row, : self.rows]
            own[:] = fill
        self._given += [None] * (row - len(self._given)) + [own]

    @property
    def full(self) -> bool:
        """Whether there is no room for one column more: the table never moves for that."""
        return len(self.fills) == len(self._table)

    def lengthen(
        self, kept: dict[str, NDArray[Any]], rows: int, unfilled: Collection[str] = ()
    ) -> None:
        """Put the columns into `kept`, `rows` long: those that there are, then new ones.

        What stands in `kept` counts where others put it there or took it out.

        Parameters
        ----------
        unfilled : collection of str
            New columns that the caller fills.
        """
        if self._table.shape[1] < rows:
            self._table = np.empty((len(self._table), with_room(rows)), self._table.dtype)
        table, filled = self._table, len(self.fills)
        if self.rows:
            table[:filled, self.rows : rows] = self._values
        given, replaced = self._given + [None] * (filled - len(self._given)), []
        for row, (name, own) in enumerate(zip(self.fills, given, strict=True)):
            held = kept.get(name)
            if held is None:
                if name not in unfilled:
                    table[row, :rows] = self._values[row]
            elif held.base is not table:
                replaced.append((row, held))
            elif held is not own:  # another column of this table, perhaps: two may have swapped
                replaced.append((row, held.copy()))
        for row, held in replaced:
            table[row, : len(held)] = held
            table[row, len(held) : rows] = self._values[row]
        now = list(table[:filled, :rows])
        kept.update(zip(self.fills, now, strict=True))
        self._given, self.rows = [*now], rows


def blocks_of(fills: Mapping[str, tuple[Any, Any]]) -> list[Block]:
    """Return blocks for columns whose types and fills are given by name, one for each type."""
    of_kind: dict[Any, dict[str, Any]] = {}
    for name, (kind, fill) in fills.items():
        of_kind.setdefault(np.dtype(kind), {})[name] = fill
    return [Block(kind, of_kind[kind]) for kind in sorted(of_kind, key=str)]
