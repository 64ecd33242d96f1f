"""The city's tables as they stood at an information date.

Nothing first released after the information date is seen: the same rule serves projection and
backtest. Holes stay holes; what a series lacks is told in the notes, never filled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from calibration.measurement import Observation, observation
from calibration.reading import Row, read_table
from calibration.schemas import KNOWN_FROM, RECALLED, SCHEMAS
from sim.errors import InputError, Problem, nearest
from sim.units import month_index, month_name, quarter_index, quarter_name

_MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")


@dataclass(frozen=True)
class SeriesTable:
    """All series of a city as seen at the end of `as_of`.

    Parameters
    ----------
    rows : tuple
        (series, region, span, period, observation), vintages of one figure in order of release.
    on_file : frozenset
        (series, region) of the whole file, whatever the date: tells a series not released yet
        from one that does not exist.
    notes : tuple of str
        Documented rules that were applied: single observations, gaps.
    """

    as_of: str
    rows: tuple[tuple[str, str, str, str, Observation], ...]
    on_file: frozenset[tuple[str, str]]
    notes: tuple[str, ...]

    def names(self, region: str = "hangzhou") -> tuple[str, ...]:
        """Return the names of all series of a region."""
        return tuple(sorted({name for name, place, *_ in self.rows if place == region}))

    def regions(self) -> tuple[str, ...]:
        """Return all regions."""
        return tuple(sorted({row[1] for row in self.rows}))

    def get(
        self, series: str, region: str = "hangzhou", span: str | None = None, *,
        vintage: str = "first",
    ) -> dict[str, Observation]:  # fmt: skip
        """Return the observations of a series by period, earliest first.

        Parameters
        ----------
        series : str
            Name of the series.
        region : str
            Region code.
        span : str, optional
            year, ytd, quarter, month or point; needed only where two spans share a period.
        vintage : str
            ``first`` for the first release (what targets are scored on), ``latest`` for the last
            release seen at the information date.

        Returns
        -------
        dict
            Period to observation; empty where nothing was released by the information date.

        Raises
        ------
        KeyError
            If the file has no row of that name and region at any date.
        ValueError
            If two spans share a period and `span` is not given, or the vintage is unknown.
        """
        if vintage not in ("first", "latest"):
            raise ValueError(f"vintage must be first or latest, not {vintage!r}")
        if (series, region) not in self.on_file:
            names = [name for name, place in self.on_file if place == region]
            raise KeyError(f"no series {series!r} of {region!r}{nearest(series, names)}")
        found: dict[str, tuple[str, Observation]] = {}
        for name, place, kind, period, seen in self.rows:
            if name != series or place != region:
                continue
            if span is not None and kind != span:
                continue
            before = found.get(period)
            if before is not None and before[0] != kind:
                raise ValueError(f"{series}: {period} as {before[0]} and {kind}; name the span")
            if before is None or vintage == "latest":
                found[period] = (kind, seen)
        return {period: pair[1] for period, pair in sorted(found.items())}

    def value(
        self, series: str, period: str, region: str = "hangzhou", *, vintage: str = "first"
    ) -> float:
        """Return one value.

        Raises
        ------
        KeyError
            If the series has no value of that period at this information date.
        """
        return self.get(series, region, vintage=vintage)[period].value


@dataclass(frozen=True)
class DriverTable:
    """National and provincial drivers as seen at the end of `as_of`.

    Parameters
    ----------
    observations : mapping
        Series name to {period: observation}, as published.
    notes : tuple of str
        Documented rules that were applied: gaps.
    """

    as_of: str
    observations: Mapping[str, Mapping[str, Observation]]
    notes: tuple[str, ...]

    def get(self, series: str) -> Mapping[str, Observation]:
        """Return a driver's observations by period.

        Raises
        ------
        KeyError
            If nothing of that name was published by the information date.
        """
        if series not in self.observations:
            near = nearest(series, self.observations)
            raise KeyError(f"no driver {series!r} by {self.as_of}{near}")
        return self.observations[series]

    @property
    def quarterly(self) -> dict[str, dict[str, float]]:
        """Values by quarter, of every series that has quarters."""
        return self._of(lambda period: "Q" in period)

    @property
    def monthly(self) -> dict[str, dict[str, float]]:
        """Values by month, of every series that has months."""
        return self._of(lambda period: "-" in period)

    def _of(self, chosen: Callable[[str], bool]) -> dict[str, dict[str, float]]:
        parts = {
            name: {period: seen.value for period, seen in values.items() if chosen(period)}
            for name, values in self.observations.items()
        }
        return {name: part for name, part in parts.items() if part}


def check_month(as_of: str) -> str:
    """Return an information date such as ``2018-04``.

    Raises
    ------
    InputError
        If it is not a month.
    """
    if not _MONTH.match(as_of):
        raise InputError([Problem("information date", "as_of", f"{as_of!r} is not a month")])
    return as_of


def load_rows(
    city_dir: Path, name: str, as_of: str | None = None, *, drop_memory: bool = False
) -> list[Row]:
    """Read one table of a city.

    Parameters
    ----------
    city_dir : Path
        Folder of the city's tables.
    name : str
        Stem of the file, one of :data:`calibration.schemas.SCHEMAS`.
    as_of : str, optional
        Information date; rows known only later are left out.
    drop_memory : bool
        Leave out rows that rest on recollection.

    Raises
    ------
    InputError
        If the table cannot be read or is faulty.
    """
    rows = read_table(city_dir / f"{name}.csv", SCHEMAS[name])
    return seen_rows(rows, name, as_of, drop_memory=drop_memory)


def seen_rows(
    rows: Iterable[Row], name: str, as_of: str | None, *, drop_memory: bool = False
) -> list[Row]:
    """Return the rows of table `name` that were known at `as_of` (all if it is None).

    Raises
    ------
    InputError
        If `as_of` is not a month.
    """
    column = KNOWN_FROM.get(name)
    limit = None if as_of is None else check_month(as_of)
    return [
        row
        for row in rows
        if not (limit and column and str(row[column])[:7] > limit)
        and not (drop_memory and row.get("status") in RECALLED)
    ]


def load_series(city_dir: Path, as_of: str, *, drop_memory: bool = False) -> SeriesTable:
    """Read ``series.csv`` as it stood at an information date.

    Parameters
    ----------
    city_dir : Path
        Folder of the city's tables.
    as_of : str
        Information date (a month): rows first released later are not seen.
    drop_memory : bool
        Leave out memory rows and what was derived from them.

    Raises
    ------
    InputError
        If the table is faulty or nothing was released by then.
    """
    rows = load_rows(city_dir, "series")
    on_file = frozenset((str(row["series"]), str(row["region"])) for row in rows)
    made = []
    for row in seen_rows(rows, "series", as_of, drop_memory=drop_memory):
        place = (str(row["series"]), str(row["region"]), str(row["span"]), str(row["period"]))
        made.append((*place, observation(row, "first_release")))
    _some(made, city_dir / "series.csv", as_of)
    made.sort(key=lambda item: (*item[:4], item[4].first_release))
    groups: dict[str, list[str]] = {}
    for name, region, span, period, _ in made:
        groups.setdefault(f"{name} ({region}, {span})", []).append(period)
    return SeriesTable(as_of, tuple(made), on_file, tuple(_notes(groups)))


def load_drivers(city_dir: Path, as_of: str) -> DriverTable:
    """Read ``drivers.csv`` as it stood at an information date.

    Raises
    ------
    InputError
        If the table is faulty, nothing was published by then, or a driver of at least eight
        values never moves (no variation: nothing can be estimated from it).
    """
    path = city_dir / "drivers.csv"
    series: dict[str, dict[str, Observation]] = {}
    for row in load_rows(city_dir, "drivers", as_of):
        seen = observation(row, "published")
        series.setdefault(str(row["series"]), {})[str(row["period"])] = seen
    _some(series, path, as_of)
    still = [
        Problem(f"{path}:1:1", name, f"constant: all {len(values)} values are equal")
        for name, values in series.items()
        if len(values) >= 8 and len({seen.value for seen in values.values()}) == 1
    ]
    if still:
        raise InputError(still)
    return DriverTable(as_of, series, tuple(_notes(series)))


def _some(rows: object, path: Path, as_of: str) -> None:
    if not rows:
        raise InputError([Problem(f"{path}:1:1", "", f"nothing was released by {as_of}")])


def _notes(groups: Mapping[str, Iterable[str]]) -> list[str]:
    """State the rule for single observations and gaps: both are kept as they are."""
    notes = []
    for name, periods in groups.items():
        found = sorted(set(periods))
        if len(found) == 1:
            notes.append(f"{name}: a single observation, {found[0]}")
            continue
        missing = missing_periods(found)
        if missing:
            shown = ", ".join(missing[:6]) + (" …" if len(missing) > 6 else "")
            notes.append(f"{name}: {len(missing)} periods missing and not filled: {shown}")
    return notes


def missing_periods(periods: Iterable[str]) -> list[str]:
    """Return the periods missing between the first and the last of one frequency each.

    Examples
    --------
    >>> missing_periods(["2014Q4", "2015Q2", "2015", "2017"])
    ['2015Q1', '2016']
    """
    missing: list[str] = []
    for chosen, index, name in (
        ("-", month_index, month_name),
        ("Q", quarter_index, quarter_name),
        ("", int, str),
    ):
        found = {index(p) for p in periods if (chosen in p if chosen else p.isdigit())}
        if found:
            span = range(min(found), max(found) + 1)
            missing += [name(number) for number in span if number not in found]
    return missing
