"""Strict reading of CSV tables: every fault is told with its line and column.

The column of a place is the number of the field, counted from one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.checking import Checker
from sim.errors import nearest
from sim.reading import Place, ScalarNode, decode, read_bytes, refuse

MAX_TABLE_BYTES = 20_000_000
_FORMULA = re.compile(r"^[=+\-@]")


@dataclass(frozen=True)
class Row:
    """One row of a table: cells by column name and the line where it starts."""

    cells: dict[str, str]
    columns: tuple[str, ...]
    file: str
    line: int

    def place(self, column: str) -> Place:
        """Return the place of a cell."""
        return Place(self.file, self.line, self.columns.index(column) + 1)

    def node(self, column: str) -> ScalarNode:
        """Return a cell as a node, so that it is checked as a scenario's values are."""
        return ScalarNode(self.cells[column].strip(), False, self.place(column))

    def number(self, column: str, checker: Checker) -> float | None:
        """Return a cell as a finite number; an empty cell is a noted problem."""
        return checker.number(self.node(column), column)


def read_table(
    path: Path,
    shown: str,
    checker: Checker,
    required: Sequence[str],
    optional: Sequence[str] = (),
) -> list[Row]:
    """Read a CSV file with a header line.

    Parameters
    ----------
    path : Path
        File to read: UTF-8, comma-separated.
    shown : str
        The path for messages.
    checker : Checker
        Receives faulty rows (ragged ones are left out of the result).
    required, optional : sequence of str
        Column names, in any order; other columns are refused.

    Returns
    -------
    list of Row
        The rows that have one cell a column.

    Raises
    ------
    InputError
        If the file is missing, not text, empty, badly quoted or has a faulty header.
    """
    text = decode(read_bytes(path, shown, MAX_TABLE_BYTES), shown, tabs=True)
    reader = csv.reader(io.StringIO(text), strict=True)
    rows: list[Row] = []
    columns: tuple[str, ...] = ()
    line = 1
    try:
        for cells in reader:
            start, line = line, reader.line_num + 1
            if not columns:
                columns = _header(cells, shown, required, optional)
            elif len(cells) == len(columns):
                values = dict(zip(columns, cells, strict=True))
                rows.append(Row(values, columns, shown, start))
            elif cells:
                message = f"{len(cells)} fields where the header has {len(columns)}"
                checker.add(Place(shown, start, min(len(cells), len(columns)) + 1), "", message)
    except csv.Error as error:
        raise refuse(Place(shown, max(reader.line_num, 1), 1), f"not CSV: {error}") from None
    if not columns:
        raise refuse(Place(shown, 1, 1), "empty: a header line is needed")
    return rows


def column_names(path: Path, shown: str) -> tuple[str, ...]:
    """Return the names in a CSV file's header line.

    Parameters
    ----------
    path, shown
        As for :func:`read_table`.

    Raises
    ------
    InputError
        If the file cannot be read as text or is empty.
    """
    text = decode(read_bytes(path, shown, MAX_TABLE_BYTES), shown, tabs=True)
    cells = next(csv.reader(io.StringIO(text)), [])
    if not cells:
        raise refuse(Place(shown, 1, 1), "empty: a header line is needed")
    return tuple(dict.fromkeys(cell.strip() for cell in cells))


def _header(
    cells: list[str], shown: str, required: Sequence[str], optional: Sequence[str]
) -> tuple[str, ...]:
    """Return the column names after checking that each is known, once, and none is missing."""
    names = tuple(cell.strip() for cell in cells)
    legal = [*required, *optional]
    if len(names) == 1 and re.search(r"[;\t|]", names[0]):
        raise refuse(Place(shown, 1, 1), "fields must be separated by commas, not ; | or tabs")
    checker = Checker()
    for number, name in enumerate(names, start=1):
        if name not in legal:
            near = nearest(name, legal) or f"; legal: {', '.join(legal)}"
            checker.add(Place(shown, 1, number), name, f"unknown column{near}")
        elif name in names[: number - 1]:
            checker.add(Place(shown, 1, number), name, "column given twice")
    for name in required:
        if name not in names:
            checker.add(Place(shown, 1, 1), name, "missing column")
    checker.stop()
    return names


def defused(cell: object) -> object:
    """Return a text cell that no spreadsheet takes for a formula; numbers pass unchanged.

    Examples
    --------
    >>> defused("=1+1"), defused(-1.5)
    ("'=1+1", -1.5)
    """
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell
