"""Outputs of a run: tables, workbook, IAMC file, figures, page and terminal."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.garbage import rarely_sought

if TYPE_CHECKING:
    import xarray

    from sim.city import City
    from sim.plan import Plan
    from sim.report.material import Material
    from sim.report.words import Language

CODELIST = Path(__file__).resolve().parents[2] / "scenarios" / "iamc_variables.csv"


def write_report(
    out_dir: Path,
    plan: Plan,
    city: City,
    lang: Language,
    svg: bool,
    results: xarray.Dataset,
    processes: int = 1,
) -> Material:
    """Write everything that people read from a run's results, into its directory.

    Parameters
    ----------
    out_dir : Path
        Run's directory, holding ``results.nc``.
    plan, city : Plan, City
        What was planned, and what was known of the city.
    lang : {"en", "zh"}
        Language of words and labels; names of columns and keys stay English.
    svg : bool
        Whether figures are also written as SVG.
    results : xarray.Dataset
        Content of ``results.nc``.
    processes : int
        How many may work at the same time.

    Returns
    -------
    Material
        What all of it was made from.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    from sim.report.material import material_of

    with rarely_sought():  # a figure is made of tens of thousands of objects
        material = material_of(results, plan, city, out_dir.name)
        figures, page = _part("figures"), _part("html")
        tables = partial(write_tables, material, out_dir, lang)
        if figures is None:
            tables()
        else:
            folder = out_dir / "figures"
            figures.draw_all(material, folder, lang, svg, processes=processes, beside=tables)
        if page is not None:
            page.write_html(material, out_dir, lang)
    return material


def write_tables(material: Material, out_dir: Path, lang: Language) -> None:
    """Write the CSV tables, the workbook and the IAMC file of a run.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    from sim.report.iamc import Block, iamc_table, variable_names
    from sim.report.tables import all_tables, write_table
    from sim.report.workbook import workbook
    from sim.store import atomic_write_bytes

    tables = all_tables(material, lang)
    for table in tables:
        write_table(table, out_dir)
    atomic_write_bytes(out_dir / "tables.xlsx", workbook(tables, lang))
    block = Block(
        material.scenario,
        material.city.name,
        material.ensemble,
        material.units,
        material.kinds,
        material.scorecard.assessments,
    )
    write_table(iamc_table([block], variable_names(CODELIST)), out_dir)


def _part(name: str) -> Any:
    """Return a module of this package, or None where it is not installed."""
    full = f"{__name__}.{name}"
    return import_module(full) if find_spec(full) else None
