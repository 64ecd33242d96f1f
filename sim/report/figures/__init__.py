"""The figures of a run: declared one by one, drawn and written together."""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from sim.report.figures.registry import FIGURES, FigureKind, Page, figure
from sim.report.figures.style import RESOLUTION, styled
from sim.store import atomic_write_bytes, told, write_csv

if TYPE_CHECKING:
    from sim.report.material import Material
    from sim.report.words import Language

for _part in (
    "scorecard", "attainment", "fans", "evidence", "posterior", "ladder", "land", "capital",
    "projects", "listings", "intensity", "track_record",
):  # fmt: skip
    import_module(f"sim.report.figures.{_part}")

from sim.report.figures.comparison import draw_comparison, draw_effect  # noqa: E402

__all__ = [
    "FIGURES",
    "FigureKind",
    "Page",
    "draw_all",
    "draw_comparison",
    "figure",
    "write_page",
]


def draw_all(material: Material, folder: Path, lang: Language, svg: bool) -> tuple[str, ...]:
    """Draw every declared figure that the run has data for.

    Where a complete run without the plan (same city, plan, seed and members) lies beside the
    run's directory, the effect of the plan is drawn as well.

    Parameters
    ----------
    material : Material
        The run.
    folder : Path
        Where ``<name>.png`` and ``<name>.csv`` go; created.
    lang : {"en", "zh"}
        Language of labels.
    svg : bool
        Whether ``<name>.svg`` is written too.

    Returns
    -------
    tuple of str
        Names of the pages written, in the order of the report.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    with told(folder, "create the directory"):
        folder.mkdir(parents=True, exist_ok=True)
    written: list[str] = []
    with styled(lang) as drawable:
        for kind in FIGURES.values():
            pages = kind.draw(material, drawable)
            names = kind.page_names(len(pages))
            for name, page in zip(names, pages, strict=True):
                write_page(page, folder, name, svg)
            written += names
    return (*written, *draw_effect(material, folder, lang, svg))


def write_page(page: Page, folder: Path, name: str, svg: bool) -> None:
    """Write one page as PNG, its data as CSV, and SVG on request.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(page.canvas)
    picture = BytesIO()
    page.canvas.savefig(picture, format="png", dpi=RESOLUTION, metadata={"Software": None})
    atomic_write_bytes(folder / f"{name}.png", picture.getvalue())
    write_csv(folder / f"{name}.csv", page.columns, page.rows)
    if svg:
        drawing = BytesIO()
        page.canvas.savefig(drawing, format="svg", metadata={"Date": None, "Creator": None})
        atomic_write_bytes(folder / f"{name}.svg", drawing.getvalue())
