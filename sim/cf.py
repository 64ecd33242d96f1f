"""What the CF conventions (version 1.8) ask of names, units and time.

UDUNITS knows no currency and reads ``mu`` as something else: money and counts are therefore
written with units "1", and the attributes ``declared_unit``, ``currency``, ``scale`` and
``price_basis`` say what is meant. Values are never changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.units import MU, QUARTERS_PER_YEAR, quarter_name

if TYPE_CHECKING:
    from sim.plan import Target

EPOCH = date(2000, 1, 1)
SCALES = {"亿": 1e8, "万": 1e4}
MONEY = re.compile(r"([亿万]?)元|\byuan\b|\bCNY\b|\bRMB\b")
PHYSICAL = {
    "%": "%",
    "%/yr": "%/year",
    "km2": "km2",
    "m2": "m2",
    "m3": "m3",
    "万m3": "1e4 m3",
    "亿m3": "1e8 m3",
    "mu": f"{MU:.10g} m2",
    "亩": f"{MU:.10g} m2",
    "万亩": f"{1e4 * MU:.10g} m2",
    "tce": "29307.6 MJ",
    "万tce": "2.93076e8 MJ",
    "kWh": "kW h",
    "days": "day",
    "months": "month",
    "years": "year",
    "quarters": "3 month",
}
"""Units of the declarations as UDUNITS writes them (1 tce = 29 307.6 MJ, GB/T 2589-2008)."""


def nc_name(name: str) -> str:
    """Return a name that CF allows: letters, digits and underscores, a letter first.

    Examples
    --------
    >>> nc_name("lever_energy price.D")
    'lever_energy_price_D'
    """
    made = re.sub(r"[^0-9A-Za-z_]", "_", name)
    return made if made[:1].isalpha() else f"v_{made}"


def unit_attributes(unit: str, name: str = "") -> dict[str, Any]:
    """Return the attributes that state a unit.

    Parameters
    ----------
    unit : str
        Unit of the declaration, such as ``亿元``, ``%`` or ``yuan/person``.
    name : str
        Name of the variable; names of real values say so.

    Examples
    --------
    >>> unit_attributes("km2")
    {'units': 'km2', 'declared_unit': 'km2'}
    >>> unit_attributes("亿元")["scale"]
    100000000.0
    """
    made: dict[str, Any] = {"units": PHYSICAL.get(unit, "1"), "declared_unit": unit}
    found = list(MONEY.finditer(unit))
    if len(found) == 1:  # yuan per yuan is a plain number
        money = found[0]
        real = re.search(r"(^|_)(real|constant|comparable)(_|$)", name) or "2015" in unit
        made["currency"] = "CNY"
        made["scale"] = SCALES.get(money.group(1) or "", 1.0)
        made["price_basis"] = "constant 2015 prices" if real else "current prices"
    return made


def _day(quarter: int) -> int:
    """Return the days from the epoch to the first day of a quarter."""
    year, position = divmod(quarter, QUARTERS_PER_YEAR)
    return (date(year, 3 * position + 1, 1) - EPOCH).days


def target_variables(targets: Sequence[Target]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the readings of a plan's targets, one per step of the dimension ``target``.

    Returns
    -------
    coordinates : dict
        Texts: identifier, reading, indicator and unit.
    variables : dict
        Bounds (NaN: none, or the level of the base year), deadline (last day), default or not.
    """
    texts = {
        "target_id": ("target", "目标", [target.id for target in targets]),
        "target_reading": ("reading of the target", "口径", [t.reading for t in targets]),
        "target_indicator": ("indicator of the target", "指标", [t.indicator for t in targets]),
        "target_unit": ("unit of the bounds", "单位", [target.unit for target in targets]),
    }
    coordinates = {
        name: ("target", np.array(values, dtype=object), {"long_name": en, "long_name_zh": zh})
        for name, (en, zh, values) in texts.items()
    }
    shared = {"units": "1", "comment": "in the unit that target_unit names"}
    low = np.array([np.nan if t.low is None else t.low for t in targets], dtype=np.float64)
    high = np.array([np.nan if t.high is None else t.high for t in targets], dtype=np.float64)
    deadlines = np.array([_day(t.deadline + 1) - 1 for t in targets], dtype=np.int32)
    default = np.array([t.default_reading for t in targets], dtype=np.int8)
    variables = {
        "target_low": ("target", low, {
            "long_name": "lower bound", "long_name_zh": "下限", **shared}),
        "target_high": ("target", high, {
            "long_name": "upper bound", "long_name_zh": "上限", **shared}),
        "target_deadline": ("target", deadlines, {
            "long_name": "last day of the deadline's quarter", "long_name_zh": "期限",
            "units": f"days since {EPOCH.isoformat()}", "calendar": "standard"}),
        "target_default": ("target", default, {
            "long_name": "whether this reading counts", "long_name_zh": "是否默认口径",
            "flag_values": np.array([0, 1], dtype=np.int8),
            "flag_meanings": "alternative default"}),
    }  # fmt: skip
    return coordinates, variables


def time_axis(quarters: Sequence[int]) -> tuple[dict[str, Any], Any]:
    """Return the coordinates of time and the bounds variable.

    A quarter is marked by its last day; its bounds are its first day and the next quarter's.

    Parameters
    ----------
    quarters : sequence of int
        Quarter indices.

    Returns
    -------
    coordinates : dict
        ``time`` and ``quarter`` (its name, such as ``2018Q4``) as xarray takes them.
    bounds : tuple
        The variable ``time_bnds``, shape (quarters, 2).
    """
    starts = np.array([_day(quarter) for quarter in quarters], dtype=np.int32)
    ends = np.array([_day(quarter + 1) for quarter in quarters], dtype=np.int32)
    about = {
        "units": f"days since {EPOCH.isoformat()}",
        "calendar": "standard",
        "standard_name": "time",
        "long_name": "last day of the quarter",
        "long_name_zh": "季度末日",
        "axis": "T",
        "bounds": "time_bnds",
    }
    names = np.array([quarter_name(quarter) for quarter in quarters], dtype=object)
    label = {"long_name": "quarter", "long_name_zh": "季度"}
    coordinates = {"time": ("time", ends - 1, about), "quarter": ("time", names, label)}
    return coordinates, (("time", "bnds"), np.column_stack([starts, ends]))
