"""A look at a city's tables before anything heavy is imported: refused at once, all together."""

from __future__ import annotations

from pathlib import Path

from calibration.reading import Row, read_table
from calibration.schemas import SCHEMAS, SOURCES
from sim.errors import InputError, Problem
from sim.units import last_full_year

LEAST_DRIVER_VALUES = 24
"""Published values by the information date that a national driver needs: two years of months."""
LEAST_SERIES = {"gdp": 5, "gdp_growth": 5, "industrial_value_added_growth": 2}
"""Series of the city without which nothing can be fitted, and how many periods they need."""


def check_tables(root: Path, city: str, as_of: str) -> None:
    """Read every table of a city by its schema and see that the fits have something to hold on to.

    Raises
    ------
    InputError
        With the problems of all tables.
    """
    home = root / "calibration" / "data" / city
    if not home.is_dir():
        return  # told with the names of the known cities by whoever asks for the fits
    tables: dict[str, list[Row]] = {}
    problems: list[Problem] = []
    for name, schema in SCHEMAS.items():
        try:
            tables[name] = read_table(home / f"{name}.csv", schema)
        except InputError as error:
            problems += error.problems
    for name, found in (("drivers", _drivers), ("series", _series)):
        if name in tables:
            problems += found(home / f"{name}.csv", tables[name], city, as_of)
    if problems:
        raise InputError(problems)


def _drivers(path: Path, rows: list[Row], city: str, as_of: str) -> list[Problem]:
    months: dict[str, list[str]] = {f"{stem}_m": [] for stem in SOURCES.values()}
    for row in rows:
        if row["series"] in months and str(row["published"]) <= as_of:
            months[str(row["series"])].append(str(row["period"]))
    problems = [
        _too_few(path, name, len(found), LEAST_DRIVER_VALUES, as_of)
        for name, found in months.items()
        if len(found) < LEAST_DRIVER_VALUES
    ]
    # The city's past is drawn to the last full year, at the nation's prices.
    year, enough = last_full_year(as_of), not problems
    for prices in (f"{SOURCES[name]}_m" for name in ("ppi", "cpi")):
        if (last := max(months[prices], default="")) < f"{year}-12" and enough:
            message = f"ends with {last} by {as_of}; the fits need all of {year}"
            problems.append(Problem(f"{path}:1:1", prices, message))
    return problems


def _series(path: Path, rows: list[Row], city: str, as_of: str) -> list[Problem]:
    periods: dict[str, set[str]] = {name: set() for name in LEAST_SERIES}
    for row in rows:
        name = str(row["series"])
        if name in periods and row["region"] == city and str(row["first_release"]) <= as_of:
            periods[name].add(str(row["period"]))
    return [
        _too_few(path, name, len(periods[name]), least, as_of)
        for name, least in LEAST_SERIES.items()
        if len(periods[name]) < least
    ]


def _too_few(path: Path, name: str, number: int, least: int, as_of: str) -> Problem:
    return Problem(
        f"{path}:1:1", name, f"{number} values released by {as_of}; the fits need {least}"
    )
