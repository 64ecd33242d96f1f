"""What was known at an information date, as plain tables for the fits."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calibration import national, specs
from calibration.measurement import Figure
from calibration.reading import MAX_BYTES, read_table
from calibration.schemas import POINT_UNITS, SCHEMAS
from calibration.series import DriverTable, SeriesTable, load_drivers, load_series
from calibration.specs import DRIVER_SERIES, NEEDED, SPEC_VERSION, province_of
from sim.reading import read_bytes
from sim.units import quarter_index


@dataclass(frozen=True)
class Tables:
    """Tables cut at `as_of`.

    Attributes
    ----------
    city : dict
        (series, "city" or "province") -> {period: (value, standard deviation)}; points for
        growth, shares for levels.
    drivers : dict
        Series -> {period: value}.
    priors : dict
        Name -> (value, standard deviation) of outside_priors.csv, latest row by `as_of`.
    structure : dict
        Hashes of the city's other files (they carry no dates).
    """

    name: str
    as_of: str
    drop_memory: bool
    city: dict[tuple[str, str], dict[str, Figure]]
    drivers: dict[str, dict[str, float]]
    priors: dict[str, Figure]
    structure: dict[str, str]

    def world(self) -> str:
        """Return the digest of all that the outside world's fits depend on.

        Only rows visible at `as_of` enter, and the declared specifications: a row released
        later, or another wording, leaves it as it is.
        """
        return _hash(
            {
                "as_of": self.as_of,
                "drop_memory": self.drop_memory,
                "specs": declared(),
                "city": {f"{s}/{r}": values for (s, r), values in self.city.items()},
                "drivers": self.drivers,
                "priors": self.priors,
            }
        )

    def manifest(self) -> dict[str, Any]:
        """Return what identifies a bundle: the world's digest and the city's other files."""
        content = {
            "city": self.name,
            "as_of": self.as_of,
            "drop_memory": self.drop_memory,
            "spec_version": SPEC_VERSION,
            "world": self.world(),
            "files": self.structure,
        }
        return content | {"digest": _hash(content)}


def declared() -> str:
    """Return the declared specifications and priors as text: numbers and names, no wording."""
    priors = [
        *specs.driver_priors(quarter_index(specs.HISTORY_FIRST)),
        *specs.CITY_PRIORS,
        *specs.GDP_PRIORS,
        *specs.INFORMATION_ECONOMY_PRIORS,
        *specs.LISTING_PRIORS,
    ]
    return repr(
        (
            SPEC_VERSION,
            specs.DRAWS,
            specs.DIGITS,
            specs.HISTORY_FIRST,
            sorted(specs.MEASUREMENT_SD.items()),
            specs.DRIVER_CANDIDATES,
            specs.LONG_RUN_GROWTH,
            [(p.name, p.kind, p.centre, p.spread) for p in priors],
            national.LENDING_RATES,
            national.PASS_RATES,
            national.VAT_RATES,
            national.IPO_PAUSES,
            [
                (n, p.centre, p.spread)
                for n, p in sorted((national.PRIORS | national.TARIFF).items())
            ],
            specs.COUNT_CANDIDATES,
        )
    )


def _hash(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def read_priors(path: Path, as_of: str) -> dict[str, Figure]:
    """Read outside_priors.csv: of each name the latest row first released by `as_of`.

    Raises
    ------
    InputError
        If the file is missing or faulty.
    """
    found: dict[str, tuple[str, Figure]] = {}
    for row in read_table(path, SCHEMAS["outside_priors"]):
        name, release = str(row["name"]), str(row["first_release"])
        if release <= as_of and release >= found.get(name, ("", (0.0, 0.0)))[0]:
            found[name] = (release, (float(row["value"] or 0.0), float(row["sd"] or 0.0)))
    return {name: figure for name, (_, figure) in found.items()}


def read_tables(home: Path, city: str, as_of: str, drop_memory: bool) -> Tables:
    """Read the city's files as known at `as_of`.

    Parameters
    ----------
    home : Path
        The city's data directory.
    drop_memory : bool
        Leave out rows whose status is memory or derives from it.
    """
    series = load_series(home, as_of, drop_memory=drop_memory)
    drivers = load_drivers(home, as_of)
    regions = {"city": city, "province": province_of(city)}
    table = {(name, place): figures(series, name, regions[place]) for name, place in NEEDED}
    structure = {
        path.name: hashlib.sha256(read_bytes(path, str(path), MAX_BYTES)).hexdigest()
        for path in sorted(home.glob("*.csv"))
        if path.name not in ("series.csv", "drivers.csv", "outside_priors.csv")
    }
    return Tables(
        city,
        as_of,
        drop_memory,
        table,
        {name: values_of(drivers, name) for name in DRIVER_SERIES},
        read_priors(home / "outside_priors.csv", as_of),
        structure,
    )


def figures(series: SeriesTable, name: str, region: str) -> dict[str, Figure]:
    """Return first releases of a series with errors: points for rates, shares for levels.

    A series of which nothing was released yet is empty: the fits then lean on their priors.
    """
    try:
        rows = series.get(name, region)
    except KeyError:
        return {}
    return {
        period: (row.value, row.sd if row.unit in POINT_UNITS else row.sd / abs(row.value or 1.0))
        for period, row in rows.items()
    }


def values_of(drivers: DriverTable, name: str) -> dict[str, float]:
    """Return a driver's values by period, empty where nothing was published yet."""
    try:
        return {period: seen.value for period, seen in drivers.get(name).items()}
    except KeyError:
        return {}
