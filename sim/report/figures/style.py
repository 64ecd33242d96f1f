"""How all figures look: colours, sizes, fonts, axes of time, bands, labels."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.report.fonts import FONT_FILE, use_fonts
from sim.report.words import Language, number
from sim.results import Floats
from sim.units import QUARTERS_PER_YEAR

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

PAGE_WIDTH = 7.5
"""Inches: the text width of an A4 or letter page."""
RESOLUTION = 160
"""Dots per inch of the PNG files."""
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILLION, PURPLE, GREY = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
    "#7A7A7A",
)  # fmt: skip
"""The palette of Okabe and Ito (2008), told apart with any kind of colour vision."""
GRADE_COLOURS = {
    "data-driven": BLUE, "mixed": ORANGE, "prior-driven": PURPLE, "not assessable": GREY,
}  # fmt: skip
GRADE_MARKERS = {"data-driven": "o", "mixed": "s", "prior-driven": "D", "not assessable": "x"}
PIECES = re.compile(
    r"[\uff08]*[\u2e80-\uffef][\uff0c\uff09\u3002\uff1b]*|[^\u2e80-\uffef\s]+\s*|\s+"
)
"""Parts of a label between which a line may break."""
STATUS_STYLE = {
    "cited": ("o", BLACK, BLACK),
    "plan": ("o", BLACK, BLACK),
    "derived": ("s", BLACK, "white"),
    "memory": ("^", VERMILLION, "white"),
    "derived_mem": ("v", VERMILLION, "white"),
}
"""Status of a published figure to marker, edge and fill."""
BANDS = ((0, 8, 0.16), (2, 6, 0.28), (3, 5, 0.45))
"""Positions of the quantiles that bound the 95, 80 and 50 % bands, and their opacity."""
MEDIAN = 4
NEAR = 3.5
"""Axes of fewer years than this name the quarter at which a year is marked."""
SETTINGS: Any = {
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.titley": 1.0,  # where it stands anyway: looking for room measures every label
    "axes.labelsize": 8.0,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.linewidth": 0.4,
    "grid.color": "#DDDDDD",
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "lines.linewidth": 1.3,
    "text.parse_math": False,  # a label is text, whatever dollars it holds
    "axes.formatter.useoffset": False,
    "axes.formatter.use_mathtext": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "figures",
}


@contextmanager
def styled(lang: Language) -> Iterator[Language]:
    """Set the style, and yield the language that the fonts at hand can draw."""
    import matplotlib as mpl

    with mpl.rc_context():
        drawable = use_fonts()
        mpl.rcParams.update(SETTINGS)
        yield lang if drawable else "en"


def pick(lang: Language, en: str, zh: str) -> str:
    """Return the text in the chosen language."""
    return en if lang == "en" else zh


@lru_cache(maxsize=1)
def _drawable() -> frozenset[int]:
    """Return the code points that one of the fonts in use can draw."""
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    files = [font_manager.findfont("DejaVu Sans"), str(FONT_FILE)]
    found: set[int] = set()
    for file in files:
        try:
            found |= set(FT2Font(file).get_charmap())
        except (OSError, RuntimeError):  # no Chinese font beside the module
            continue
    return frozenset(found)


def plain(text: str) -> str:
    r"""Return a label that can be drawn: no control characters, no characters without a glyph.

    Examples
    --------
    >>> plain("a\x1b[0m" + chr(0x1F9A2))
    'a[0m?'
    """
    kept = (c for c in text if unicodedata.category(c)[0] != "C")
    return "".join(c if ord(c) in _drawable() else "?" for c in kept)


def _width(text: str) -> int:
    """Return the columns of a text; a Chinese character counts for two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, width: int, lines: int = 2) -> str:
    r"""Break a label into lines of `width` Latin letters; a Chinese character counts for two.

    Latin words stay whole, Chinese text breaks anywhere but before closing punctuation. What
    does not fit into so many lines ends in an ellipsis.

    Examples
    --------
    >>> wrap("one two three four", 9, 2)
    'one two\nthree ...'
    >>> wrap("规上工业增加值", 8, 2)
    '规上工业\n增加值'
    """
    done = [""]
    for piece in PIECES.findall(plain(text)):
        if _width((done[-1] + piece).rstrip()) <= width:
            done[-1] += piece
        else:
            done.append(piece)
    done = [line.strip() for line in done if line.strip()]
    if len(done) > lines:
        done = done[:lines]
        mark = "…" if _width(done[-1]) > 1.5 * len(done[-1]) else " ..."
        while _width(done[-1] + mark) > width and " " in done[-1] + mark:
            done[-1] = done[-1].rpartition(" ")[0] if " " in done[-1] else done[-1][:-2]
        while _width(done[-1] + mark) > width and len(done[-1]) > 1:
            done[-1] = done[-1][:-1]
        done[-1] += mark
    return "\n".join(done)


def year_position(quarter: int) -> float:
    """Return the place of a quarter on an axis of years: a year's mark is its fourth quarter.

    Examples
    --------
    >>> year_position(2018 * 4 + 3)
    2018.0
    """
    return (quarter - QUARTERS_PER_YEAR + 1) / QUARTERS_PER_YEAR


def positions(quarters: Sequence[int]) -> Floats:
    """Return the places of quarters on an axis of years."""
    return np.array([year_position(quarter) for quarter in quarters])


def grid(
    rows: int,
    columns: int,
    panel_height: float,
    *,
    top: float = 0.25,
    bottom: float = 0.35,
    left: float = 0.5,
    right: float = 0.1,
    across: float = 0.5,
    down: float = 0.55,
) -> tuple[Canvas, list[Axes]]:
    """Return a page of equal panels, all distances in inches.

    Parameters
    ----------
    rows, columns : int
        Panels.
    panel_height : float
        Height of the plotting area of a panel.
    top, bottom, left, right : float
        Margins of the page.
    across, down : float
        Space between panels.
    """
    from matplotlib.figure import Figure

    height = top + bottom + rows * panel_height + (rows - 1) * down
    canvas = Figure(figsize=(PAGE_WIDTH, height))
    width = (PAGE_WIDTH - left - right - (columns - 1) * across) / columns
    axes = []
    for row in range(rows):
        low = height - top - (row + 1) * panel_height - row * down
        for column in range(columns):
            box = (left + column * (width + across), low, width, panel_height)
            axes.append(
                canvas.add_axes(
                    (box[0] / PAGE_WIDTH, box[1] / height, box[2] / PAGE_WIDTH, box[3] / height)
                )
            )
    return canvas, axes


def year_ticks(axes: Axes, first: float, last: float, most: int = 6) -> None:
    """Mark whole years on the horizontal axis, at most so many."""
    start, end = int(np.ceil(first - 1e-9)), int(np.floor(last + 1e-9))
    step = max(1, -(-(end - start + 1) // most))
    years = list(range(end, start - 1, -step))[::-1]
    suffix = "Q4" if last - first < NEAR else ""
    axes.set_xticks(years, [f"{year}{suffix}" for year in years])
    axes.set_xlim(first - 0.15 * max(step, 1), last + 0.15 * max(step, 1))


def fan(axes: Axes, x: Floats, spread: Floats, colour: str = BLUE) -> None:
    """Draw the 50, 80 and 95 % bands and the median; `spread` has the shape (9, points)."""
    for low, high, opacity in BANDS:
        axes.fill_between(x, spread[low], spread[high], color=colour, alpha=opacity, linewidth=0)
    axes.plot(x, spread[MEDIAN], color=colour, marker="." if len(x) <= 4 else "", markersize=5)


def band(axes: Axes, x: Floats, spread: Floats, colour: str, label: str) -> None:
    """Draw the median and the 80 % band alone."""
    axes.fill_between(x, spread[2], spread[6], color=colour, alpha=0.2, linewidth=0)
    axes.plot(x, spread[MEDIAN], color=colour, label=label)


def tidy_numbers(axes: Axes, most: int = 4) -> None:
    """Put few, plainly written numbers on the vertical axis."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(most))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, place: _short(value)))


def _short(value: float) -> str:
    """Return the number at a mark; from a hundred thousand on in thousands."""
    return f"{number(value / 1000)}k" if abs(value) >= 1e5 else number(value)


def percent_axis(axes: Axes) -> None:
    """Make the vertical axis one of probabilities."""
    axes.set_ylim(-0.04, 1.06)
    axes.set_yticks([0.0, 0.5, 1.0], ["0", "50", "100 %"])


def foot(canvas: Canvas, text: str, lines: int = 4) -> None:
    """Write a note below the panels, broken at the page's width."""
    canvas.text(
        0.01, 0.06 / canvas.get_figheight(), wrap(text, 112, lines),
        ha="left", va="bottom", fontsize=8, color="#333333",
    )  # fmt: skip
