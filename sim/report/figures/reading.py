"""What figures ask of a run: spreads, names, history, year ends."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from sim.analysis.attainment import quantiles
from sim.plan import Target
from sim.report.material import Material
from sim.report.scorecard import Entry
from sim.report.tables import period_quarter
from sim.report.unit_words import unit_words
from sim.report.words import Language
from sim.results import Floats
from sim.units import quarter_of_year

SUFFIX = re.compile(r" ?\((first release|首次发布)\)$")
QUANTILE_COLUMNS = ("q025", "q05", "q10", "q25", "median", "q75", "q90", "q95", "q975")


def spread(material: Material, name: str) -> Floats | None:
    """Return the quantiles of an indicator, shape (9, quarters); None where it is not there."""
    values = material.ensemble.indicators.get(name)
    if values is None or bool(np.isnan(values).all()):
        return None
    return quantiles(values)


def has_all(material: Material, names: Sequence[str]) -> bool:
    """Return whether a run holds values of all these indicators."""
    return all(spread(material, name) is not None for name in names)


def indicator_name(material: Material, name: str, lang: Language) -> str:
    """Return an indicator's name for readers."""
    about = material.dataset[name].attrs if name in material.dataset else {}
    text = str(about.get("long_name" if lang == "en" else "long_name_zh", name))
    return SUFFIX.sub("", text) or name


def indicator_unit(material: Material, name: str, lang: Language) -> str:
    """Return an indicator's unit for readers."""
    return unit_words(material.units.get(name, ""), lang)


def target_name(target: Target, lang: Language) -> str:
    """Return a target's name for readers."""
    return target.label_en if lang == "en" else target.label_zh


def year_end_positions(quarters: Sequence[int]) -> list[int]:
    """Return the positions of the fourth quarters."""
    return [place for place, quarter in enumerate(quarters) if quarter_of_year(quarter) == 4]


def annual_only(material: Material, name: str) -> bool:
    """Return whether an indicator is shown at year ends only: sums of the year so far."""
    return material.kinds.get(name) == "ytd"


def published(material: Material, name: str) -> list[tuple[int, float, str]]:
    """Return (quarter, value, status) of what was published of an indicator, in order.

    What ends within a quarter stands in that quarter, so that a value of April is seen. Sums of
    the year so far are given for whole years only.
    """
    table: Mapping[str, tuple[float, str]] = material.city.published.get(name, {})
    found = []
    for period, (value, status) in table.items():
        quarter = period_quarter(period)
        if quarter is None:
            quarter = int(period[:4]) * 4 + (int(period[5:7]) - 1) // 3
        if not annual_only(material, name) or quarter_of_year(quarter) == 4:
            found.append((quarter, float(value), status))
    return sorted(found)


def by_clause(entries: Sequence[Entry]) -> list[Entry]:
    """Return entries in the order of the plan's clauses."""
    return sorted(entries, key=lambda entry: entry.assessment.target.clause)


def assessable(material: Material) -> list[Entry]:
    """Return the default readings that can be assessed, by clause."""
    return by_clause(
        [e for e in material.scorecard.default_entries if e.assessment.reached is not None]
    )


def not_assessable(material: Material) -> list[Entry]:
    """Return the default readings that cannot be assessed, by clause."""
    return by_clause(
        [e for e in material.scorecard.default_entries if e.assessment.reached is None]
    )


def single_quarters(values: Floats, quarters: Sequence[int]) -> Floats:
    """Return the flows of single quarters from sums of the year so far.

    Examples
    --------
    >>> single_quarters(np.array([[1.0, 3.0, 6.0, 10.0, 5.0]]), range(8072, 8077)).tolist()
    [[1.0, 2.0, 3.0, 4.0, 5.0]]
    """
    out = values.copy()
    for place in range(1, len(quarters)):
        if quarter_of_year(quarters[place]) != 1:
            out[:, place] = values[:, place] - values[:, place - 1]
    return out
