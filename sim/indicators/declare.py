"""How an indicator is declared: one decorated function of the bureau's book."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


class Book(Protocol):
    """What an indicator may ask of the statistics bureau's records."""

    def quarter_value(self, name: str, quarter: int) -> float:
        """Flow of the single quarter, or stock at its end."""

    def year_to_date(self, name: str, quarter: int) -> float:
        """Flow from January to the end of `quarter`."""

    def annual(self, name: str, year: int) -> float:
        """Flow of a whole year or stock at its end, drawn history included."""

    def since(self, name: str, quarter: int) -> float:
        """Flow cumulated from the first simulated quarter to `quarter`."""

    def fixed(self, name: str) -> float:
        """A drawn scalar of the city (a prior or base-year value)."""

    def over(self, name: str, quarters: Sequence[int], to_date: bool) -> list[float]:
        """Year-to-date values of several quarters, or those of the quarters themselves."""


Formula = Callable[[Book, int], float]
KINDS = ("stock", "ytd", "growth", "ratio", "quarter")


@dataclass(frozen=True)
class Figure:
    """The rule of an indicator that is a single figure of the book, in a unit of its own."""

    name: str
    """In the book."""
    unit: float = 1.0
    """What one of the indicator's units is in the book's."""
    to_date: bool = True
    """Whether it is summed up since January; otherwise it is the quarter's own."""

    def __call__(self, book: Book, quarter: int) -> float:
        """Return the value of a quarter."""
        return self.over(book, (quarter,))[0]

    def over(self, book: Book, quarters: Sequence[int]) -> list[float]:
        """Return the values of several quarters."""
        unit = self.unit
        return [value / unit for value in book.over(self.name, quarters, self.to_date)]


@dataclass(frozen=True)
class Indicator:
    """One indicator as the statistics bureau computes it.

    Parameters
    ----------
    name : str
        Name in every output file.
    unit : str
        Unit of the value (percent is ``%``).
    kind : str
        stock (quarter's end), ytd (year to date), growth, ratio or quarter (single quarter).
    long_name, long_name_zh : str
        What it is, in both languages.
    source : str
        Definition followed.
    rule : callable
        (book, quarter) to value; NaN where it does not exist yet. It may divide by zero.
    """

    name: str
    unit: str
    kind: str
    long_name: str
    long_name_zh: str
    source: str
    rule: Formula

    def formula(self, book: Book, quarter: int) -> float:
        """Return the value of a quarter; NaN for a ratio over nothing.

        A city may have no firm of the kind that a ratio is about.
        """
        try:
            return self.rule(book, quarter)
        except ZeroDivisionError:
            return float("nan")

    def over(self, book: Book, quarters: Sequence[int]) -> list[float]:
        """Return the values of several quarters."""
        rule = self.rule
        if isinstance(rule, Figure):
            return rule.over(book, quarters)
        try:  # all at once: hardly a ratio is over nothing
            return [rule(book, quarter) for quarter in quarters]
        except ZeroDivisionError:
            return [self.formula(book, quarter) for quarter in quarters]


INDICATORS: dict[str, Indicator] = {}
"""All declared indicators by name."""


def add(
    name: str, unit: str, kind: str, formula: Formula, *, en: str, zh: str, source: str
) -> None:
    """Register an indicator.

    Raises
    ------
    ValueError
        If the name is taken or the kind unknown.
    """
    if name in INDICATORS:
        raise ValueError(f"indicator declared twice: {name}")
    if kind not in KINDS:
        raise ValueError(f"indicator {name}: kind must be one of {', '.join(KINDS)}")
    INDICATORS[name] = Indicator(name, unit, kind, en, zh, source, formula)


def indicator(
    unit: str, kind: str, *, en: str, zh: str, source: str
) -> Callable[[Formula], Formula]:
    """Declare the decorated function as the indicator of that function's name."""

    def declare(formula: Formula) -> Formula:
        add(formula.__name__, unit, kind, formula, en=en, zh=zh, source=source)
        return formula

    return declare
