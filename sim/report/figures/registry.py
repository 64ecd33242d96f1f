"""How a figure is declared: one decorated function, everything else follows from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.report.material import Material
from sim.report.scorecard import Cell
from sim.report.words import Language

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


@dataclass(frozen=True)
class Page:
    """One drawn page of a figure, with the numbers that it shows.

    Attributes
    ----------
    canvas : matplotlib.figure.Figure
        What is drawn.
    columns, rows
        The data, written beside it as CSV.
    """

    canvas: Canvas
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


Draw = Callable[[Material, Language], Sequence[Page]]


@dataclass(frozen=True)
class FigureKind:
    """A declared figure.

    Attributes
    ----------
    name : str
        Name of its files; further pages get ``_2``, ``_3`` and so on.
    title, caption : tuple of (str, str)
        What it is and how to read it, English and Chinese.
    draw : callable
        (material, language) to pages; none where the run holds nothing to draw.
    """

    name: str
    title: tuple[str, str]
    caption: tuple[str, str]
    draw: Draw

    def page_names(self, count: int) -> tuple[str, ...]:
        """Return the file names, without suffix, of so many pages.

        Examples
        --------
        >>> FigureKind("land", ("", ""), ("", ""), lambda material, lang: ()).page_names(2)
        ('land', 'land_2')
        """
        return tuple(self.name if page == 1 else f"{self.name}_{page}"
                     for page in range(1, count + 1))  # fmt: skip


FIGURES: dict[str, FigureKind] = {}
"""All declared figures by name, in the order of the report."""


def figure(
    name: str, title_en: str, title_zh: str, *, caption_en: str, caption_zh: str
) -> Callable[[Draw], Draw]:
    """Declare the decorated function as a figure.

    Parameters
    ----------
    name : str
        Name of its files.
    title_en, title_zh : str
        What it shows.
    caption_en, caption_zh : str
        How to read it, for people who see no other figure.

    Raises
    ------
    ValueError
        If the name is taken.
    """

    def declare(draw: Draw) -> Draw:
        if name in FIGURES:
            raise ValueError(f"figure declared twice: {name}")
        FIGURES[name] = FigureKind(name, (title_en, title_zh), (caption_en, caption_zh), draw)
        return draw

    return declare
