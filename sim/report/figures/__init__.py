"""The figures of a run: declared one by one, drawn and written together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from sim.report.figures.registry import FIGURES, FigureKind, Page, figure
from sim.report.figures.style import RESOLUTION, styled
from sim.report.side_by_side import side_by_side
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
from sim.report.figures.decomposition import draw_decomposition  # noqa: E402

__all__ = [
    "FIGURES",
    "FigureKind",
    "Page",
    "draw_all",
    "draw_comparison",
    "figure",
    "write_page",
]


def draw_all(
    material: Material,
    folder: Path,
    lang: Language,
    svg: bool,
    *,
    processes: int = 1,
    beside: Callable[[], object] | None = None,
) -> tuple[str, ...]:
    """Draw every declared figure that the run has data for.

    Where a complete run without the plan (same city, plan, seed and members) lies beside the
    run's directory, the effect of the plan is drawn as well; so is the table of `decompose`.

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
    processes : int
        How many draw at the same time.
    beside : callable, optional
        Other work on the run, done beside the figures.

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
    with styled(lang) as drawable:
        tasks: list[Callable[[], Sequence[str]]] = [
            partial(_draw, kind, material, folder, drawable, svg) for kind in FIGURES.values()
        ]
        tasks.append(partial(draw_effect, material, folder, lang, svg))
        tasks.append(partial(draw_decomposition, material, folder, lang, svg))
        if beside is not None:
            tasks.insert(0, partial(_nothing_drawn, beside))
        return tuple(name for names in side_by_side(tasks, processes) for name in names)


def _nothing_drawn(work: Callable[[], object]) -> Sequence[str]:
    work()
    return ()


def _draw(
    kind: FigureKind, material: Material, folder: Path, drawable: Language, svg: bool
) -> Sequence[str]:
    """Draw one figure and write its pages; return their names."""
    pages = kind.draw(material, drawable)
    names = kind.page_names(len(pages))
    for name, page in zip(names, pages, strict=True):
        write_page(page, folder, name, svg)
    return names


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
