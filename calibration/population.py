"""What the simulation needs of a city beyond the fits, put into the bundle as one frozen file.

Tables are cut at the information date; codes of sectors and districts become row numbers;
money becomes yuan.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from calibration.bundle_files import dump
from calibration.series import load_rows, load_series
from sim.errors import InputError, Problem, nearest
from sim.units import YI_YUAN, quarter_index

FOREVER = 10**6
"""Last quarter of a firm that is still active."""
SECTOR_COLUMNS = (
    "code", "name_en", "name_zh", "kind", "output_share", "firm_share", "revenue_per_worker_rel",
    "value_added_rate", "labour_share", "capital_output", "profit_margin", "export_share",
    "energy_intensity_rel", "water_intensity_rel", "pollutant_intensity_rel",
    "strategic_emerging_share", "high_tech_share", "traditional", "electronics", "characteristic",
    "size_sd",
)  # fmt: skip
DISTRICT_COLUMNS = (
    "code", "name_en", "name_zh", "urban", "value_added_share", "land_share", "land_price_floor",
)  # fmt: skip
PLATFORM_COLUMNS = (
    "code", "name_en", "name_zh", "district", "zone", "output_share", "land_share",
    "protected_unit",
)  # fmt: skip
PUBLISHED = {
    "industrial_value_added": ("industrial_value_added", 1.0),
    "industrial_value_added_growth": ("industrial_value_added_growth", 1.0),
    "industrial_revenue": ("industrial_revenue", 1.0),
    "industrial_employment": ("industrial_employment", 1e4),
    "gdp": ("gdp", 1.0),
    "gdp_growth": ("gdp_growth", 1.0),
    "rd_intensity": ("industrial_rd_intensity", 1.0),
    "industrial_investment": ("industrial_investment", 1.0),
    "new_listings": ("new_listings", 1.0),
    "listed_firms": ("listed_firms", 1.0),
    "listed_firms_a_share": ("listed_firms_a_share", 1.0),
    "information_economy_value_added": ("information_economy_value_added", 1.0),
    "high_tech_value_added": ("high_tech_value_added", 1.0),
    "high_tech_firms": ("high_tech_firms", 1.0),
}
"""Indicator to the series that is its history and the factor to the indicator's unit."""


def columns(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, list[Any]]:
    """Return the named columns of a table as lists."""
    return {name: [row[name] for row in rows] for name in names}


def giants(
    rows: Sequence[Mapping[str, Any]], sectors: list[str], districts: list[str]
) -> list[dict[str, Any]]:
    """Return the named firms, money in yuan, energy in tce."""
    return [
        {
            "name_zh": row["name_zh"],
            "name_en": row["name_en"],
            "sector": sectors.index(row["sector"]),
            "district": districts.index(row["district"]),
            "revenue": row["revenue"] * YI_YUAN,
            "employees": row["employees"],
            "energy": None if row["energy"] is None else row["energy"] * 1e4,
            "listed": row["listed"],
            "leader": bool(row["leader"]),
            "active_until": FOREVER
            if not row["active_until"]
            else quarter_index(row["active_until"]),
            "sd_log": row["sd_log"],
        }
        for row in rows
    ]


def listed_firms(rows: Sequence[Mapping[str, Any]], sectors: list[str]) -> list[dict[str, Any]]:
    """Return A-share firms seated in the city with the chance that they moved in later."""
    return [
        {
            "name_zh": row["name_zh"],
            "sector": sectors.index(row["sector"]),
            "quarter": quarter_index(row["quarter"]),
            "moved_in_later": row["moved_in_later"],
        }
        for row in rows
    ]


def priors(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return city-level priors in the form of parameters."""
    made = []
    for row in rows:
        lowest = -math.inf if row.get("lowest") in (None, "") else float(row["lowest"])
        highest = math.inf if row.get("highest") in (None, "") else float(row["highest"])
        made.append(
            {
                name: row[name]
                for name in ("name", "central", "low", "high", "unit", "source", "status")
            }
            | {
                "long_name": row["long_name"],
                "long_name_zh": row["long_name_zh"],
                "lowest": None if math.isinf(lowest) else lowest,
                "highest": None if math.isinf(highest) else highest,
            }
        )
    return made


def opening_margins(
    rows: Sequence[Mapping[str, Any]], levels: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return levels of earlier years in the form of the city's priors that they stand for.

    Raises
    ------
    InputError
        If a row names no level of priors.csv.
    """
    known = {level["name"]: level for level in levels}
    unknown = sorted({row["name"] for row in rows} - set(known))
    if unknown:
        raise InputError(
            [Problem("opening_margins.csv", n, f"not in priors.csv{nearest(n, known)}")
             for n in unknown]
        )  # fmt: skip
    changed = ("central", "low", "high", "status", "source")
    return [
        {**known[row["name"]], **{name: row[name] for name in changed}, "year": row["year"]}
        for row in rows
    ]


def policy_history(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return dated values of every lever and class."""
    values: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for row in rows:
        year, month = row["from"].split("-")
        quarter = int(year) * 4 + (int(month) - 1) // 3
        values.setdefault((row["lever"], row["class"] or ""), []).append((quarter, row["value"]))
    return [
        {"lever": lever, "class": part, "values": sorted(dated)}
        for (lever, part), dated in sorted(values.items())
    ]


def published(city_home: Path, as_of: str, drop_memory: bool = False) -> dict[str, Any]:
    """Return indicator history for figures: name to (period, value, status) rows."""
    table = load_series(city_home, as_of, drop_memory=drop_memory)
    out: dict[str, Any] = {}
    for indicator, (series, factor) in PUBLISHED.items():
        seen = table.get(series)
        out[indicator] = [
            [period, found.value * factor, found.status] for period, found in seen.items()
        ]
    return out


def write_population(city_home: Path, as_of: str, work: Path, drop_memory: bool = False) -> None:
    """Write ``population.json`` of a fits bundle.

    Parameters
    ----------
    city_home : Path
        Folder of the city's tables.
    as_of : str
        Information date, as ``2018-04``.
    work : Path
        Folder of the bundle.
    drop_memory : bool
        Leave out history rows of status memory.

    Raises
    ------
    InputError
        If a table is missing or malformed.
    """

    def rows(name: str) -> list[Any]:
        return list(load_rows(city_home, name, as_of))

    levels = priors(rows("priors"))
    earlier = rows("opening_margins") if (city_home / "opening_margins.csv").is_file() else []
    sector_rows, district_rows = rows("sectors"), rows("districts")
    sectors = [row["code"] for row in sector_rows]
    districts = [row["code"] for row in district_rows]
    platform_table = columns(rows("platforms"), PLATFORM_COLUMNS)
    platform_table["district"] = [districts.index(code) for code in platform_table["district"]]
    dump(
        {
            "name": city_home.name,
            "as_of": as_of,
            "sectors": columns(sector_rows, SECTOR_COLUMNS),
            "districts": columns(district_rows, DISTRICT_COLUMNS),
            "platforms": platform_table,
            "giants": giants(rows("giants"), sectors, districts),
            "listed": listed_firms(rows("ipos"), sectors),
            "priors": levels,
            "opening_margins": opening_margins(earlier, levels),
            "policy_history": policy_history(rows("policy_history")),
            "events": [dict(row) for row in rows("events")],
            "published": published(city_home, as_of, drop_memory),
        },
        work / "population.json",
    )
