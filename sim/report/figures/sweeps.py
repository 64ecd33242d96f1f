"""The figures of a sweep: maps over two factors, curves of all cells, parallel coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.report.figures.maps import maps
from sim.report.figures.parallel import parallel
from sim.report.figures.registry import Page
from sim.report.figures.spaghetti import spaghetti
from sim.report.figures.style import styled
from sim.report.words import Language
from sim.store import told

if TYPE_CHECKING:
    from sim.report.sweeps import Surface


def draw_sweep(
    surface: Surface, folder: Path, lang: Language, svg: bool, pair: tuple[str, str] | None
) -> tuple[str, ...]:
    """Draw every figure that the sweep has data for; return the names of the pages.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    from sim.report.figures import write_page

    with told(folder, "create the directory"):
        folder.mkdir(parents=True, exist_ok=True)
    written: list[str] = []
    with styled(lang) as drawable:
        found: dict[str, Sequence[Page]] = {
            "map": maps(surface, drawable, pair),
            "curves": spaghetti(surface, drawable),
            "parallel": parallel(surface, drawable),
        }
        for name, pages in found.items():
            for place, page in enumerate(pages):
                written.append(name if not place else f"{name}_{place + 1}")
                write_page(page, folder, written[-1], svg)
    return tuple(written)
