"""The page's tables of what probabilities rest on: contrasts and the variance by source.

They show what ``contrast`` and ``decompose`` wrote beside the run, and nothing where these
commands were not used on its scenario.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.provenance import differing, made_from
from sim.report.figures.decomposition import Shares
from sim.report.figures.decomposition import stored as stored_shares
from sim.report.material import Material
from sim.report.page_words import tell
from sim.report.terminal import label
from sim.report.words import Language, number, percent, say
from sim.store import told
from sim.uncertainty import GROUP_NAMES

CONTRASTS = ("memory", "posterior")


@dataclass(frozen=True)
class BasisTable:
    """One table: its kind, heading, what it says, whether it answers for the run, header, rows."""

    kind: str
    heading: str
    about: str
    standing: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def basis_tables(
    material: Material, folder: Path, lang: Language, settings: Mapping[str, Any]
) -> tuple[BasisTable, ...]:
    """Return the tables that lie beside a run.

    Parameters
    ----------
    material : Material
        The run.
    folder : Path
        Where its directory and the commands' tables lie.
    lang : {"en", "zh"}
        Language of words.
    settings : Mapping
        The run's resolved scenario; empty where it is not known.

    Raises
    ------
    OutputError
        If a table that is there cannot be read.
    """
    found = [_contrast(material, folder, of, lang, settings) for of in CONTRASTS]
    parts = _shares(material, folder, lang, settings)
    return tuple(each for each in (*found, parts) if each is not None)


def fits_this_run(
    row: Mapping[str, str], material: Material, settings: Mapping[str, Any], kind: str,
    lang: Language,
) -> str:  # fmt: skip
    """Return a sentence that says whether a table answers for this run, and why if not."""
    expected = made_from(settings, material.city.bundle, kind) if settings else {}
    found = differing(row, expected)
    if found is None:
        return tell("basis_unknown", lang)
    if not found:
        return tell("basis_same", lang)
    listed = tell("basis_and", lang).join(tell(f"basis_other_{name}", lang) for name in found)
    return tell("basis_differs", lang, what=listed)


def _names(material: Material, lang: Language) -> Mapping[tuple[str, str], str]:
    """Return the label of every default reading that can be assessed."""
    return {
        (e.assessment.target.id, e.assessment.target.reading): label(e.assessment.target, lang)
        for e in material.scorecard.default_entries
        if e.assessment.reached is not None
    }


def _contrast(
    material: Material, folder: Path, of: str, lang: Language, settings: Mapping[str, Any]
) -> BasisTable | None:
    path = folder / f"{material.scenario}-{of}.csv"
    if not path.is_file():
        return None
    with told(path, "read"), path.open(encoding="utf-8", newline="") as handle:
        stored = list(csv.DictReader(handle))
    names = _names(material, lang)
    rows = [row for row in stored if (row["target_id"], row["reading"]) in names]
    if not rows:
        return None
    header = (
        say("target", lang), tell(f"basis_{of}_with", lang), tell(f"basis_{of}_without", lang),
        tell("basis_difference", lang), tell("basis_median", lang),
    )  # fmt: skip
    body = tuple(
        (
            names[row["target_id"], row["reading"]],
            _percent(row["probability_with"]), _percent(row["probability_without"]),
            _difference(row["difference"], row["mc_error"]),
            f"{_number(row['median_with'])} → {_number(row['median_without'])}",
        )
        for row in rows
    )  # fmt: skip
    about = tell("basis_contrast_about", lang, members=rows[0]["members"])
    standing = fits_this_run(rows[0], material, settings, of, lang)
    return BasisTable(of, tell(f"basis_{of}", lang), about, standing, header, body)


def _percent(cell: str) -> str:
    return percent(float(cell)) if cell else ""


def _number(cell: str) -> str:
    return number(float(cell)) if cell else ""


def _difference(cell: str, error: str) -> str:
    """Return a difference of probabilities in points with its Monte Carlo error.

    Examples
    --------
    >>> _difference("-0.31", "0.047"), _difference("", "")
    ('-31 ± 5', '')
    """
    return f"{100 * float(cell):+.0f} ± {100 * float(error):.0f}" if cell else ""


def _shares(
    material: Material, folder: Path, lang: Language, settings: Mapping[str, Any]
) -> BasisTable | None:
    shares: Shares = stored_shares(material, folder)
    names = {key: name for key, name in _names(material, lang).items() if key in shares}
    if not names:
        return None
    header = (say("target", lang), *(words[lang == "zh"] for words in GROUP_NAMES.values()))
    body = tuple(
        (name, *(_share(shares[key][group]) for group in GROUP_NAMES))
        for key, name in names.items()
    )
    row = next(iter(shares[next(iter(names))].values()))
    about = tell("basis_shares_about", lang, members=row["members"])
    standing = fits_this_run(row, material, settings, "decomposition", lang)
    heading = tell("basis_shares", lang)
    return BasisTable("decomposition", heading, about, standing, header, body)


def _share(row: Mapping[str, str]) -> str:
    """Return a total share with its Monte Carlo error.

    Examples
    --------
    >>> _share({"total": "0.234", "total_mc_error": "0.05"})
    '0.23 ± 0.05'
    """
    return f"{float(row['total']):.2f} ± {float(row['total_mc_error']):.2f}"
