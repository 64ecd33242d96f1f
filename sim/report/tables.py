"""The tables of a run: built once, written as CSV and together as one Excel workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.analysis.attainment import QUANTILE_NAMES, monte_carlo_error, quantiles
from sim.analysis.evaluation import Assessment, Ensemble
from sim.analysis.joint import conditional, pair
from sim.report.material import Material
from sim.report.scorecard import (
    SCORECARD_COLUMNS,
    Cell,
    Scorecard,
    scorecard_rows,
)
from sim.report.words import Language
from sim.store import write_csv
from sim.units import QUARTERS_PER_YEAR, quarter_name

MOST_WORTH = 5
"""Figures listed per target."""
Published = Mapping[str, Mapping[str, tuple[float, str]]]


@dataclass(frozen=True)
class Table:
    """A table: a name (of the file and the sheet), columns and rows; ``None`` is empty."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def scorecard_table(scorecard: Scorecard, lang: Language) -> Table:
    """Return one row for every reading of every target."""
    return Table("scorecard", SCORECARD_COLUMNS, tuple(scorecard_rows(scorecard, lang)))


def attainment_table(assessments: Iterable[Assessment], quarters: Sequence[int]) -> Table:
    """Return the attainment curves, one row per reading and quarter up to its deadline."""
    rows: list[tuple[Cell, ...]] = []
    for one in assessments:
        curve = () if one.curve is None else one.curve.tolist()
        for quarter, share in zip(quarters, curve, strict=False):
            rows.append((one.target.id, one.target.reading, quarter_name(quarter), share))
    return Table("attainment", ("target_id", "reading", "quarter", "probability"), tuple(rows))


def indicators_table(
    ensemble: Ensemble, units: Mapping[str, str], published: Published | None = None
) -> Table:
    """Return every indicator's quantiles and mean by quarter, its history before them.

    Parameters
    ----------
    ensemble : Ensemble
        The run's arrays.
    units : Mapping
        Indicator to unit.
    published : Mapping, optional
        Indicator to {period: (value, status)} as known at the information date; its rows stand
        before the projection with equal quantiles.
    """
    rows: list[tuple[Cell, ...]] = []
    for name, values in ensemble.indicators.items():
        unit = units.get(name, "")
        for quarter, value in history(name, published or {}, ensemble.quarters[0]):
            row = (name, quarter_name(quarter), unit)
            rows.append((*row, *[value] * len(QUANTILE_NAMES), value))
        spread = quantiles(values)
        for position, quarter in enumerate(ensemble.quarters):
            column = values[:, position]
            known = column[~np.isnan(column)]
            mean = float(known.mean()) if known.size else None
            cells = (float(value) for value in spread[:, position])
            rows.append((name, quarter_name(quarter), unit, *cells, mean))
    columns = ("indicator", "quarter", "unit", *QUANTILE_NAMES, "mean")
    return Table("indicators", columns, tuple(rows))


def history(name: str, published: Published, start: int) -> list[tuple[int, float]]:
    """Return (quarter index, value) of an indicator's published history before `start`.

    A year stands at its fourth quarter, whose year-to-date value is the year's; months that end
    no quarter are left out.
    """
    found = {}
    for period, (value, _) in published.get(name, {}).items():
        quarter = period_quarter(period)
        if quarter is not None and quarter < start:
            found[quarter] = float(value)
    return sorted(found.items())


def period_quarter(period: str) -> int | None:
    """Return the quarter index at whose end a period ends, or ``None`` within a quarter.

    Examples
    --------
    >>> [quarter_name(period_quarter(p)) for p in ("2017", "2017Q3", "2017-06")]
    ['2017Q4', '2017Q3', '2017Q2']
    >>> period_quarter("2018-04") is None
    True
    """
    year = int(period[:4]) * QUARTERS_PER_YEAR
    if len(period) == 4:
        return year + 3
    if period[4] == "Q":
        return year + int(period[5]) - 1
    month = int(period[5:7])
    return year + month // 3 - 1 if month % 3 == 0 else None


def joint_table(scorecard: Scorecard) -> Table:
    """Return the joint, pairwise and conditional probabilities of default readings.

    ``pair`` is the probability of both targets, ``given`` that of `target_a` among members that
    reach `target_b` (empty where none does).
    """
    rows: list[tuple[Cell, ...]] = [
        ("outcomes", None, None, scorecard.outcomes.probability, scorecard.outcomes.mc_error),
        ("all", None, None, scorecard.everything.probability, scorecard.everything.mc_error),
    ]
    reached = {
        entry.assessment.target.id: entry.assessment.reached
        for entry in scorecard.default_entries
        if entry.assessment.reached is not None
    }
    names = list(reached)
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            both = pair(reached[a], reached[b])
            rows.append(("pair", a, b, both, monte_carlo_error(both, scorecard.members)))
    for a in names:
        for b in names:
            if a != b:
                rows.append(("given", a, b, *(conditional(reached[a], reached[b]) or (None, None))))
    return Table("joint", ("set", "target_a", "target_b", "probability", "mc_error"), tuple(rows))


def information_table(scorecard: Scorecard) -> Table:
    """Return for every reading the figures whose knowledge would move its probability most.

    ``expected_move`` is the standard deviation of the probability over readings still to come;
    ``published`` says whether a yearbook could print the figure or it takes a study.
    """
    rows: list[tuple[Cell, ...]] = []
    for entry in scorecard.entries:
        target, span = entry.assessment.target, entry.evidence.span
        for rank, worth in enumerate(span.worth[:MOST_WORTH] if span else (), start=1):
            rows.append((
                target.id, target.reading, rank, worth.figure,
                "yes" if worth.published else "no", worth.correlation, worth.move,
            ))  # fmt: skip
    columns = ("target_id", "reading", "rank", "figure", "published", "rank_correlation",
               "expected_move")  # fmt: skip
    return Table("information", columns, tuple(rows))


def all_tables(material: Material, lang: Language) -> tuple[Table, ...]:
    """Return the tables of a run's directory, in the order of the workbook's sheets."""
    return (
        scorecard_table(material.scorecard, lang),
        attainment_table(material.scorecard.assessments, material.ensemble.quarters),
        indicators_table(material.ensemble, material.units, material.city.published),
        joint_table(material.scorecard),
        information_table(material.scorecard),
    )


def write_table(table: Table, folder: Path) -> Path:
    """Write ``<name>.csv``: UTF-8, full precision, text that a spreadsheet would run defused."""
    path = folder / f"{table.name}.csv"
    write_csv(path, table.columns, table.rows)
    return path
