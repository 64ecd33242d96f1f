"""The margins table: what the synthesised city reproduces of the figures it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.analysis.evidence import STATUS_RANKS
from sim.report.material import Material
from sim.report.tables import period_quarter
from sim.report.words import Language

PREFIX, SUFFIX = "margin_", "_target"
CITED_MOST = 0.01
"""Largest deviation allowed from a cited figure (MODEL: margins within 1 %)."""
OTHER_MOST = 0.03
"""Largest deviation allowed from a derived or proxied figure."""
ROUNDING = 1e-9


@dataclass(frozen=True)
class Known:
    """Where a margin's figure comes from.

    Attributes
    ----------
    names : tuple of str
        Its name, English and Chinese.
    unit : tuple of str
        Unit as readers see it.
    scale : float
        Units of the model in one unit of the reader.
    series, prior : str
        Name of the published series and of the prior that hold the figure; empty where none.
    """

    names: tuple[str, str]
    unit: tuple[str, str] = ("", "")
    scale: float = 1.0
    series: str = ""
    prior: str = ""


YI = ("× 100 m yuan", "亿元")
FIRMS = ("firms", "家")
KM2 = ("km²", "平方公里")
KNOWN: dict[str, Known] = {
    "industrial_revenue": Known(("Main revenue of above-scale industry", "规上工业主营业务收入"),
                                YI, 1e8, "industrial_revenue", "industrial_revenue_2017"),
    "industrial_value_added": Known(("Value added of above-scale industry", "规上工业增加值"),
                                    YI, 1e8, "industrial_value_added"),
    "industrial_employment": Known(("Employment of above-scale industry", "规上工业用工"),
                                   ("persons", "人"), 1.0, "industrial_employment",
                                   "industrial_employment_2017"),
    "above_scale_firms": Known(("Above-scale industrial firms", "规上工业企业数"), FIRMS, 1.0, "",
                               "above_scale_firms_2017"),
    "rd_outlay": Known(("R&D outlay of above-scale industry", "规上工业研发经费"), YI, 1e8, "",
                       "rd_intensity_2017"),
    "gdp": Known(("Gross domestic product", "地区生产总值"), YI, 1e8, "gdp"),
    "information_economy_value_added": Known(
        ("Value added of the information economy", "信息经济增加值"), YI, 1e8,
        "information_economy_value_added"),
    "listed_firms_a_share": Known(("A-share listed firms", "境内A股上市公司"), FIRMS, 1.0,
                                  "listed_firms_a_share", "listed_a_share_2017"),
    "listed_firms": Known(("Listed firms, domestic and overseas", "境内外上市公司"), FIRMS, 1.0,
                          "listed_firms", "overseas_listed_2017"),
    "high_tech_firms": Known(("Certified high-tech enterprises", "国家高新技术企业"), FIRMS, 1.0,
                             "high_tech_firms", "high_tech_firms_2017"),
    "industrial_land_urban_km2": Known(("Industrial land, urban districts", "市区工业用地"), KM2,
                                       1.0, "", "industrial_land_2017"),
    "urban_construction_land_km2": Known(("Urban construction land", "市区城市建设用地"), KM2,
                                         1.0, "", "urban_construction_land_2017"),
}  # fmt: skip
"""Margins that have a name for readers; others are shown under their own."""


@dataclass(frozen=True)
class Margin:
    """One row of the table.

    Attributes
    ----------
    name, unit : str
        For readers.
    published : float or None
        The published or remembered figure of the year before the start.
    drawn : float
        Median over members of what the member was to reproduce.
    reproduced : float
        Median over members of what its synthesised city holds.
    deviation : float
        Largest relative deviation between the two in any member.
    status : str
        Status of the figure.
    kept : bool
        Whether the deviation stays within the allowed one.
    """

    name: str
    unit: str
    published: float | None
    drawn: float
    reproduced: float
    deviation: float
    status: str
    kept: bool


def margins(material: Material, lang: Language) -> list[Margin]:
    """Return the margins of the opening city that a run has recorded.

    Parameters
    ----------
    material : Material
        The run: scalars ``margin_<name>`` (reproduced) and ``margin_<name>_target`` (to be
        reproduced) of every member.
    lang : {"en", "zh"}
        Language of names and units.
    """
    scalars = material.ensemble.parameters
    names = [
        name.removeprefix(PREFIX) for name in scalars
        if name.startswith(PREFIX) and f"{name}{SUFFIX}" in scalars
    ]  # fmt: skip
    order = list(KNOWN)
    names.sort(key=lambda name: (order.index(name) if name in order else len(order), name))
    return [_margin(material, scalars, name, lang) for name in names]


def _margin(
    material: Material, scalars: Mapping[str, np.ndarray], name: str, lang: Language
) -> Margin:
    known = KNOWN.get(name, Known((name, name)))
    side = 0 if lang == "en" else 1
    made = scalars[PREFIX + name] / known.scale
    wanted = scalars[PREFIX + name + SUFFIX] / known.scale
    year = material.ensemble.quarters[0] // 4 - 1
    published, status = _figure(material, known, year)
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.abs(made / wanted - 1.0)
    deviation = float(np.nanmax(away)) if np.isfinite(away).any() else float("nan")
    most = CITED_MOST if STATUS_RANKS.get(status, 3) == 0 else OTHER_MOST
    return Margin(
        known.names[side], known.unit[side], published, float(np.nanmedian(wanted)),
        float(np.nanmedian(made)), deviation, status, deviation <= most + ROUNDING,
    )  # fmt: skip


def _figure(material: Material, known: Known, year: int) -> tuple[float | None, str]:
    """Return the published figure of a year and its status; else the status of its prior."""
    for period, (value, status) in material.city.published.get(known.series, {}).items():
        if period_quarter(period) == 4 * year + 3:
            return float(value), status
    prior = material.city.priors.get(known.prior)
    return None, prior.status if prior else "prior"
