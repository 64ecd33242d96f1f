"""The codelist of ``scenarios_iamc.csv`` as a project definition of the package nomenclature.

One folder a dimension: ``variable`` (name, unit, description), ``region`` and ``subannual``. A
variable's quantiles are one entry with the tag ``{Percentile}``. Nothing here is written by hand:
names come from ``scenarios/iamc_variables.csv``, units and descriptions from the declarations.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.report.iamc import PERCENTILES, SUBANNUAL, attainment_name, variable_name
from sim.store import atomic_write_text

if TYPE_CHECKING:
    from sim.indicators.declare import Indicator
    from sim.plan import Target

HEAD = "# Written by `python run.py codelist`; do not edit.\n"
TAG = "Percentile"
_FORBIDDEN = str.maketrans({":": ",", ";": ",", '"': "'"})
"""Characters that nomenclature refuses in any text."""


@dataclass(frozen=True)
class Variable:
    """One entry of the codelist.

    Attributes
    ----------
    name, unit : str
        As written in ``scenarios_iamc.csv``.
    description : str
        What it is.
    ranged : bool
        Whether its quantiles are written as well.
    """

    name: str
    unit: str
    description: str
    ranged: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The name itself, and those of its quantiles."""
        endings = PERCENTILES.values() if self.ranged else ()
        return (self.name, *(f"{self.name}|{ending}" for ending in endings))


def variables(
    indicators: Iterable[Indicator], targets: Iterable[Target], names: Mapping[str, str]
) -> Iterator[Variable]:
    """Yield everything that ``scenarios_iamc.csv`` may hold.

    Parameters
    ----------
    indicators : iterable of Indicator
        Those of every city and those of its districts.
    targets : iterable of Target
        Readings of the plan's targets.
    names : Mapping
        Indicator to variable, see :func:`sim.report.iamc.variable_names`.
    """
    for one in indicators:
        yield Variable(variable_name(one.name, names), one.unit, one.long_name, True)
    for target in targets:
        text = f"Share of members that reach the target {target.id}, reading {target.reading}"
        yield Variable(attainment_name(target), "1", text, False)


def write_codelist(
    found: Iterable[Variable], region: Mapping[str, str], folder: Path
) -> tuple[Path, ...]:
    """Write the definition and return its files.

    Parameters
    ----------
    found : iterable of Variable
        From :func:`variables`.
    region : Mapping
        Name of the city to its description.
    folder : Path
        Where the folders of the dimensions go; created where it does not exist.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    percentiles = [_entry(ending, ending) for ending in PERCENTILES.values()]
    content = {
        "variable/variables.yaml": _lines(_variable_entries(found)),
        f"variable/tag_{TAG.lower()}.yaml": _lines([{TAG: percentiles}]),
        "region/regions.yaml": _lines(
            [{"City": [_entry(name, text) for name, text in region.items()]}]
        ),
        "subannual/subannual.yaml": _lines(_entry(name, text) for name, text in SUBANNUAL.items()),
    }
    for name, text in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        atomic_write_text(folder / name, HEAD + text)
    return tuple(folder / name for name in content)


def _variable_entries(found: Iterable[Variable]) -> Iterator[dict[str, object]]:
    for one in sorted(found, key=lambda variable: variable.name):
        # A list, because nomenclature reads a text that looks like a number as one.
        unit = [one.unit]
        yield _entry(one.name, one.description, unit=unit)
        if one.ranged:
            yield _entry(
                f"{one.name}|{{{TAG}}}", f"{one.description}, {{{TAG}}} over members", unit=unit
            )


def _entry(name: str, description: str, **more: object) -> dict[str, object]:
    return {name: {"description": description.translate(_FORBIDDEN), **more}}


def _lines(entries: Iterable[Mapping[str, object]]) -> str:
    """Return a YAML list, one entry a line: what JSON writes is YAML as well."""
    return "".join(f"- {json.dumps(entry, ensure_ascii=False)}\n" for entry in entries)
