"""A city as data: everything known about it at the information date, frozen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import OutputError
from sim.parameters.declare import Parameter
from sim.posterior import Posterior, load_posterior
from sim.state import Codes, Flags, Floats


@dataclass(frozen=True)
class Sectors:
    """Model-wide sector list; every array has the shape (sectors,).

    What follows from the list is worked out once; like the list, it is read only.
    """

    code: tuple[str, ...]
    name_en: tuple[str, ...]
    name_zh: tuple[str, ...]
    kind: tuple[str, ...]
    """manufacturing, utility, mining or service."""
    output_share: Floats
    """Share of above-scale main revenue (services: 0)."""
    firm_share: Floats
    revenue_per_worker_rel: Floats
    value_added_rate: Floats
    """Value added over main revenue, fraction."""
    labour_share: Floats
    """Wages over value added, fraction."""
    capital_output: Floats
    """Net fixed assets over main revenue."""
    profit_margin: Floats
    export_share: Floats
    energy_intensity_rel: Floats
    """tce per 万元 of revenue: relative only."""
    water_intensity_rel: Floats
    pollutant_intensity_rel: Floats
    strategic_emerging_share: Floats
    high_tech_share: Floats
    traditional: Flags
    electronics: Flags
    characteristic: Flags
    size_sd: Floats

    @cached_property
    def manufacturing(self) -> Flags:
        """Sectors of manufacturing."""
        return np.array([kind == "manufacturing" for kind in self.kind])

    @cached_property
    def service(self) -> Flags:
        """Light service sectors: counted for listings, certificates, information economy."""
        return np.array([kind == "service" for kind in self.kind])

    @cached_property
    def industry(self) -> Flags:
        """Mining, manufacturing and utilities."""
        return ~self.service

    @cached_property
    def high_tech_makers(self) -> Flags:
        """Sectors of manufacturing of which more than half is high-tech."""
        return self.manufacturing & (self.high_tech_share > 0.5)

    @cached_property
    def project_weight(self) -> Floats:
        """Relative number of large projects: output, tilted to emerging and high-tech sectors."""
        lean = 0.2 + self.strategic_emerging_share + 0.5 * self.high_tech_share
        return np.where(self.manufacturing, self.output_share * lean, 0.0)

    @cached_property
    def heavy_users(self) -> Floats:
        """One where energy per revenue lies above the median of the sectors that use any."""
        usual = self.energy_intensity_rel
        return (usual > np.median(usual[usual > 0])).astype(np.float64)


@dataclass(frozen=True)
class Districts:
    """Districts and counties; every array has the shape (districts,)."""

    code: tuple[str, ...]
    name_en: tuple[str, ...]
    name_zh: tuple[str, ...]
    urban: Flags
    """Part of the urban districts 市区, which the land targets cover."""
    value_added_share: Floats
    land_share: Floats
    land_price_floor: Floats
    """Yuan per m2."""


@dataclass(frozen=True)
class Platforms:
    """Industrial platforms 产业平台; every array has the shape (platforms,)."""

    code: tuple[str, ...]
    name_en: tuple[str, ...]
    name_zh: tuple[str, ...]
    district: Codes
    zone: tuple[str, ...]
    output_share: Floats
    """Share of the city's above-scale output."""
    land_share: Floats
    """Share of the city's industrial land."""
    protected_unit: Floats
    """Share of its industrial land inside the protected unit, fraction."""


@dataclass(frozen=True)
class Giant:
    """A firm known by name at the information date (local establishments only)."""

    name_zh: str
    name_en: str
    sector: int
    district: int
    revenue: float
    """Yuan per year."""
    employees: float
    energy: float
    """tce per year; NaN unknown."""
    listed: str
    leader: bool
    active_until: int
    """Last quarter index of operation, or a large number."""
    sd_log: float


@dataclass(frozen=True)
class ListedFirm:
    """An A-share firm seated in the city."""

    name_zh: str
    sector: int
    quarter: int
    moved_in_later: float
    """Probability that the seat moved in after listing."""


@dataclass(frozen=True)
class City:
    """One city at one information date.

    Attributes
    ----------
    priors : Mapping
        City-level unknowns (levels without data) as parameters, by name.
    policy_history : Mapping
        (lever, class) to its dated values ((quarter index, value), ...).
    published : Mapping
        Indicator history for figures: name to {period: (value, status)}.
    opening_margins : Mapping
        Year to the levels that differ from `priors` at the end of that year, for a start before
        the projection's; a level keeps the name that it has in `priors`.
    posterior : Posterior or None
        Behavioural parameters as the hindcast informs them, where one was estimated on data
        known at the information date.
    """

    name: str
    as_of: str
    sectors: Sectors
    districts: Districts
    platforms: Platforms
    giants: tuple[Giant, ...]
    listed: tuple[ListedFirm, ...]
    priors: Mapping[str, Parameter]
    policy_history: Mapping[tuple[str, str], tuple[tuple[int, float], ...]]
    events: tuple[Mapping[str, str], ...]
    published: Mapping[str, Mapping[str, tuple[float, str]]]
    bundle: Path
    opening_margins: Mapping[int, Mapping[str, Parameter]] = field(default_factory=dict)
    posterior: Posterior | None = None

    def priors_at(self, year: int) -> Mapping[str, Parameter]:
        """Return the city's unknowns for a start at the end of `year`."""
        return {**self.priors, **self.opening_margins.get(year, {})}

    def posterior_for(self, parameters_from: str) -> Posterior | None:
        """Return the posterior that a scenario draws from, ``None`` where it draws priors."""
        return self.posterior if parameters_from == "posterior" else None


_FLAGS = ("traditional", "electronics", "characteristic", "urban")
_TEXTS = ("code", "name_en", "name_zh", "kind", "zone")


def _columns(cls: Any, table: Mapping[str, Any]) -> Any:
    """Build a frozen table of `cls` from lists of values."""
    made: dict[str, Any] = {}
    for column in fields(cls):
        values = table[column.name]
        if column.name in _TEXTS:
            made[column.name] = tuple(values)
        elif column.name in _FLAGS:
            made[column.name] = np.array(values, dtype=bool)
        elif column.name == "district":
            made[column.name] = np.array(values, dtype=np.int16)
        else:
            made[column.name] = np.array(values, dtype=np.float64)
    return cls(**made)


def _bounded(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a prior's fields with open bounds as infinities (JSON has none)."""
    open_ends = {"lowest": -inf, "highest": inf}
    return {k: open_ends[k] if k in open_ends and v is None else v for k, v in row.items()}


def load_city(bundle: Path) -> City:
    """Read the frozen city out of a fits bundle.

    Parameters
    ----------
    bundle : Path
        Directory with ``population.json`` as written by the calibration stage.

    Raises
    ------
    OutputError
        If the bundle cannot be read.
    """
    path = bundle / "population.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OutputError(f"{path}: cannot read the calibrated city: {error}") from None
    return City(
        name=data["name"],
        as_of=data["as_of"],
        sectors=_columns(Sectors, data["sectors"]),
        districts=_columns(Districts, data["districts"]),
        platforms=_columns(Platforms, data["platforms"]),
        giants=tuple(
            Giant(**(row | {"energy": nan if row["energy"] is None else row["energy"]}))
            for row in data["giants"]
        ),
        listed=tuple(ListedFirm(**row) for row in data["listed"]),
        priors={row["name"]: Parameter(**_bounded(row)) for row in data["priors"]},
        policy_history={
            (row["lever"], row["class"]): tuple((q, v) for q, v in row["values"])
            for row in data["policy_history"]
        },
        events=tuple(data["events"]),
        published={
            name: {period: (value, status) for period, value, status in rows}
            for name, rows in data["published"].items()
        },
        bundle=bundle,
        opening_margins=_opening_margins(data.get("opening_margins", [])),
        posterior=load_posterior(bundle),
    )


def _opening_margins(rows: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, Parameter]]:
    """Return year -> name -> level from the rows of a bundle."""
    found: dict[int, dict[str, Parameter]] = {}
    for row in rows:
        entry = Parameter(**_bounded({k: v for k, v in row.items() if k != "year"}))
        found.setdefault(int(row["year"]), {})[entry.name] = entry
    return found
