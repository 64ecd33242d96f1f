"""Strict reading of data tables: a column declared is a column checked.

Every fault is told with its file, line and column (the number of the field, counted from one),
and all of them at once. Nothing is guessed: a cell is read by its declared kind or refused.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.checking import percentage_hint
from sim.errors import InputError, Problem, nearest
from sim.reading import decode, read_bytes

MAX_BYTES = 5_000_000
MAX_PROBLEMS = 200
"""Problems listed before the reader stops: a file of the wrong kind is not worth more lines."""

Cell = str | float | int | bool | None
Row = dict[str, Cell]

_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
_PERIOD = re.compile(r"^\d{4}(Q[1-4]|-(0[1-9]|1[0-2]))?$")
_QUARTER = re.compile(r"^\d{4}Q[1-4]$")
_MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
_DATE = re.compile(r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")
_SHAPES = {
    "period": (_PERIOD, "a period such as 2015, 2015Q3 or 2015-10"),
    "quarter": (_QUARTER, "a quarter such as 2015Q3"),
    "month": (_MONTH, "a month such as 2018-04"),
    "date": (_DATE, "a date such as 2018-04-11"),
}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Name in the header.
    kind : str
        text, number, integer, flag (0 or 1), period, quarter, month or date.
    empty : bool
        Whether a cell may be empty (it is then None).
    choices : tuple of str
        Controlled vocabulary of a text column.
    low, high : float
        Legal range of a number.
    absent : bool
        Whether the column itself may be left out.
    """

    name: str
    kind: str = "text"
    empty: bool = False
    choices: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf
    absent: bool = False


@dataclass(frozen=True)
class Schema:
    """The columns of a table and what must hold between its rows.

    Parameters
    ----------
    key : tuple of str
        Columns that together name a row: duplicates are refused.
    ascending : tuple of str
        First the columns of a group, then the one that must rise within the group.
    one_unit : tuple of str
        Columns of a group that must have a single ``unit``.
    sums : mapping
        Column of shares to (column, excluded value) or None: shares must sum to one.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    ascending: tuple[str, ...] = ()
    one_unit: tuple[str, ...] = ()
    sums: Mapping[str, tuple[str, str] | None] = field(default_factory=dict)


@dataclass
class _Found:
    """Problems of one file in the order found."""

    shown: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: int, column: int, key: str, message: str) -> None:
        self.problems.append(Problem(f"{self.shown}:{line}:{column}", key, message))
        if len(self.problems) >= MAX_PROBLEMS:
            self.stop()

    def stop(self) -> None:
        if self.problems:
            raise InputError(self.problems)


def number_fault(text: str) -> str:
    """Return what is wrong with a text that should be a finite number, or an empty string.

    Examples
    --------
    >>> number_fault("12.5"), number_fault("12,5")
    ('', "decimal comma or thousands separator in '12,5': write 12.5 or 1250")
    """
    if _NUMBER.match(text) and text.isascii():
        return "" if math.isfinite(float(text)) else f"{text} is not finite"
    if text.lower().lstrip("+-") in ("nan", "inf", "infinity", "na", "n/a", "null", "none"):
        return f"{text!r} is not a finite number: leave out the row"
    if not text.isascii():
        return f"{text!r} has characters that are not ASCII digits"
    if "," in text:
        return f"decimal comma or thousands separator in {text!r}: write 12.5 or 1250"
    if text.endswith("%"):
        return f"per-cent sign in {text!r}: the unit has its own column"
    return f"{text!r} is not a number"


def _value(text: str, column: Column) -> tuple[Cell, str]:
    """Return the value of a cell and what is wrong with it (empty: nothing)."""
    if text == "":
        return None, "" if column.empty else "empty cell"
    if column.kind in ("number", "integer"):
        fault = number_fault(text)
        if fault:
            return None, fault
        number = float(text)
        if not column.low <= number <= column.high:
            told = f"{text} is outside the legal range {column.low:g} to {column.high:g}"
            return None, told + percentage_hint(number, column.low, column.high)
        if column.kind == "number":
            return number, ""
        return (int(number), "") if number.is_integer() else (None, f"{text} is not a whole number")
    if column.kind == "flag":
        return (text == "1", "") if text in ("0", "1") else (None, f"{text!r} is not 0 or 1")
    if column.kind in _SHAPES:
        pattern, wanted = _SHAPES[column.kind]
        return (text, "") if pattern.match(text) else (None, f"{text!r} is not {wanted}")
    if column.choices and text not in column.choices:
        near = nearest(text, column.choices)
        legal = near or "; legal: " + ", ".join(column.choices[:40])
        return None, f"{text!r} is not in the vocabulary of this column{legal}"
    return text, ""


def _header(cells: Sequence[str], schema: Schema, found: _Found) -> list[Column | None]:
    """Return the declared column of each field; faults are added to `found`."""
    names = [cell.strip() for cell in cells]
    declared = {column.name: column for column in schema.columns}
    if len(names) == 1 and re.search(r"[;\t|]", names[0]):
        found.add(1, 1, "", "fields must be separated by commas, not by ; | or tabs")
        found.stop()
    for place, name in enumerate(names, start=1):
        if name not in declared:
            found.add(1, place, name, f"unknown column{nearest(name, declared)}")
        elif name in names[: place - 1]:
            found.add(1, place, name, "column given twice")
    for name, column in declared.items():
        if name not in names and not column.absent:
            found.add(1, 1, name, "missing column")
    found.stop()
    return [declared.get(name) for name in names]


def _records(text: str, found: _Found) -> list[tuple[int, list[str]]]:
    """Split CSV text into (line, cells); blank lines are left out."""
    reader = csv.reader(io.StringIO(text), strict=True)
    records: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if cells:
                records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        found.add(max(reader.line_num, 1), 1, "", f"not CSV: {error}")
        found.stop()
    return records


def read_table(path: Path, schema: Schema, shown: str | None = None) -> list[Row]:
    """Read a table by its schema.

    UTF-8 with or without a byte-order mark and any line ends are read; comma-separated, with a
    header line; columns in any order. Cells are stripped of outer blanks.

    Parameters
    ----------
    path : Path
        The file, at most 5 MB.
    schema : Schema
        Its declared columns.
    shown : str, optional
        The path for messages; `path` itself if not given.

    Returns
    -------
    list of dict
        One dict a row: column name to text, float, int, bool, or None for an empty cell.

    Raises
    ------
    InputError
        With every fault found: missing file, directory or FIFO, other encodings, NUL bytes, wrong
        delimiter, ragged rows, faulty cells, duplicate or unsorted keys, mixed units, shares that
        do not sum to one, no rows, a column without any value.
    """
    found = _Found(shown or str(path))
    text = decode(read_bytes(path, found.shown, MAX_BYTES), found.shown, tabs=True)
    records = _records(text, found)
    if not records:
        found.add(1, 1, "", "empty: a header line and rows are needed")
        found.stop()
    columns = _header(records[0][1], schema, found)
    rows: list[Row] = []
    lines: list[int] = []
    for line, cells in records[1:]:
        if len(cells) != len(columns):
            message = f"{len(cells)} fields where the header has {len(columns)}"
            found.add(line, min(len(cells), len(columns)) + 1, "", message)
            continue
        rows.append(_row(line, cells, columns, found))
        lines.append(line)
    if len(records) == 1:
        found.add(1, 1, "", "no rows below the header")
    _between_rows(rows, lines, columns, schema, found)
    found.stop()
    return rows


def _row(line: int, cells: Sequence[str], columns: Sequence[Column | None], found: _Found) -> Row:
    """Read one row; faulty cells become None and a problem."""
    row: Row = {}
    for place, (cell, column) in enumerate(zip(cells, columns, strict=True), start=1):
        if column is not None:
            value, fault = _value(cell.strip(), column)
            row[column.name] = value
            if fault:
                found.add(line, place, column.name, fault)
    return row


def _between_rows(
    rows: Sequence[Row],
    lines: Sequence[int],
    columns: Sequence[Column | None],
    schema: Schema,
    found: _Found,
) -> None:
    """Check what must hold between rows."""
    place = {column.name: n for n, column in enumerate(columns, start=1) if column is not None}
    for column in schema.columns:
        counted = column.kind in ("number", "integer") and column.name in place
        if rows and counted and all(row[column.name] is None for row in rows):
            found.add(lines[0], place[column.name], column.name, "no value in any row")
    if schema.key:
        _unique(rows, lines, schema.key, place, found)
    if schema.ascending:
        _ascending(rows, lines, schema.ascending, place, found)
    if schema.one_unit:
        _one_unit(rows, lines, schema.one_unit, place, found)
    for name, exclude in schema.sums.items():
        kept = [row for row in rows if exclude is None or row.get(exclude[0]) != exclude[1]]
        total = math.fsum(float(row[name] or 0.0) for row in kept if name in row)
        if kept and abs(total - 1.0) > 1e-6:
            found.add(1, place.get(name, 1), name, f"shares sum to {total:.6f}, not to one")


def _unique(
    rows: Sequence[Row],
    lines: Sequence[int],
    key: tuple[str, ...],
    place: Mapping[str, int],
    found: _Found,
) -> None:
    seen: dict[tuple[Cell, ...], int] = {}
    for row, line in zip(rows, lines, strict=True):
        name = tuple(row.get(column) for column in key)
        if name in seen:
            said = " ".join(str(part) for part in name if part is not None)
            found.add(line, place.get(key[0], 1), key[-1],
                      f"duplicate of line {seen[name]}: {said}")  # fmt: skip
        else:
            seen[name] = line


def _ascending(
    rows: Sequence[Row],
    lines: Sequence[int],
    order: tuple[str, ...],
    place: Mapping[str, int],
    found: _Found,
) -> None:
    """Within a group (all but the last column) the last column may not fall."""
    last: dict[tuple[Cell, ...], str] = {}
    for row, line in zip(rows, lines, strict=True):
        group, value = tuple(row.get(c) for c in order[:-1]), row.get(order[-1])
        if value is None:
            continue
        if str(value) < last.get(group, ""):
            found.add(line, place[order[-1]], order[-1],
                      f"{value} stands after {last[group]}: sort the rows")  # fmt: skip
        last[group] = str(value)


def _one_unit(
    rows: Sequence[Row],
    lines: Sequence[int],
    group: tuple[str, ...],
    place: Mapping[str, int],
    found: _Found,
) -> None:
    units: dict[tuple[Cell, ...], Cell] = {}
    for row, line in zip(rows, lines, strict=True):
        name, unit = tuple(row.get(column) for column in group), row.get("unit")
        if unit is not None and units.setdefault(name, unit) != unit:
            said = " ".join(str(part) for part in name)
            found.add(line, place["unit"], "unit", f"{said} is in {units[name]} above, here {unit}")
