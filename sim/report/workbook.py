"""The tables as one Excel workbook: a sheet each, and a sheet that explains them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from sim.errors import printable
from sim.report.explanations import EXPLANATIONS
from sim.report.scorecard import Cell, is_missing
from sim.report.tables import Table
from sim.report.words import LANGUAGES, WORDS, Language, say

TRANSLATED = ("class", "likelihood", "evidence", "default_reading")
"""Columns whose words are shown in the reader's language."""
PROBABILITIES = (
    "probability", "probability_mc_error", "probability_low", "probability_high", "mc_error",
)  # fmt: skip
PROBABILITY_FORMAT = "0.0%"
NUMBER_FORMAT = "#,##0.00"
WIDEST = 60
CELL_LIMIT = 32767
"""Longest text that an Excel cell holds."""


def workbook(tables: Sequence[Table], lang: Language) -> bytes:
    """Return an Excel workbook of the tables.

    Text is stored as text, so that nothing in it is taken for a formula.

    Parameters
    ----------
    tables : sequence of Table
        One sheet each, in this order, after the sheet of explanations.
    lang : {"en", "zh"}
        Language of sheet names, explanations and words.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for table in (_explanations(tables, lang), *tables):
        _sheet(book.create_sheet(say(f"sheet_{table.name}", lang)), table, lang)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _explanations(tables: Sequence[Table], lang: Language) -> Table:
    place = LANGUAGES.index(lang)
    rows = tuple(
        (say(f"sheet_{table.name}", lang), column, meaning[place])
        for table in tables
        for column, meaning in EXPLANATIONS.get(table.name, {}).items()
    )
    heads = (say("table", lang), say("column", lang), say("meaning", lang))
    return Table("explanations", heads, rows)


def _sheet(sheet: Any, table: Table, lang: Language) -> None:
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    for number, row in enumerate((table.columns, *table.rows), start=1):
        for place, value in enumerate(row, start=1):
            if is_missing(value):
                continue
            column = table.columns[place - 1]
            shown = value if number == 1 else _shown(value, column, lang)
            cell = sheet.cell(number, place, shown)
            if isinstance(shown, str):
                cell.data_type = "s"  # a text that starts with '=' is no formula
            elif isinstance(shown, float):
                cell.number_format = (
                    PROBABILITY_FORMAT if column in PROBABILITIES else NUMBER_FORMAT
                )
    for place, column in enumerate(table.columns, start=1):
        head = sheet.cell(1, place)
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="DDE6EE")
        longest = max((_width(row[place - 1]) for row in table.rows[:200]), default=0)
        width = min(max(longest, _width(column)) + 2, WIDEST)
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    if table.rows:
        sheet.auto_filter.ref = sheet.dimensions


def _shown(value: Cell, column: str, lang: Language) -> Cell:
    """Return a cell as Excel gets it: words translated, control characters escaped."""
    if not isinstance(value, str):
        return value
    if column in TRANSLATED and value in WORDS:
        return say(value, lang)
    return printable(value, CELL_LIMIT - 1)


def _width(value: Cell) -> int:
    """Return about how many columns a cell takes; a Chinese character takes two."""
    if isinstance(value, float):
        return 10
    return sum(2 if ord(c) > 0x2E80 else 1 for c in str(value or ""))
