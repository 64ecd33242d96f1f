"""Units and calendar: conversion at the border only.

Inside the engine money is yuan, area is integer square metres, energy is tonnes of
coal equivalent (tce), rates are fractions of one and time is a quarter index.
"""

from __future__ import annotations

import math
import re

QUARTERS_PER_YEAR = 4
YUAN = 1.0
"""One yuan in the model's money: what every nominal constant is a multiple of."""
YI_YUAN = 1e8 * YUAN
"""One 亿元 in yuan."""
WAN_YUAN = 1e4 * YUAN
"""One 万元 in yuan."""
MU = 2000.0 / 3.0
"""One mu 亩 in square metres (exactly 2000/3)."""
SQUARE_KILOMETRE = 1_000_000
WAN_TCE = 1e4
KWH_PER_TCE = 1.0 / 0.1229e-3
"""Electricity at calorific value: 1 kWh = 0.1229 kgce (GB/T 2589-2008, annex A)."""

_QUARTER = re.compile(r"^(\d{4})Q([1-4])$")
_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


def quarter_index(name: str) -> int:
    """Return the integer index of a quarter.

    Parameters
    ----------
    name : str
        A quarter as ``2018Q1``.

    Returns
    -------
    int
        ``year * 4 + (quarter - 1)``.

    Raises
    ------
    ValueError
        If `name` is not a quarter.

    Examples
    --------
    >>> quarter_index("2018Q1") - quarter_index("2017Q4")
    1
    """
    match = _QUARTER.match(name)
    if match is None:
        raise ValueError(f"not a quarter like 2018Q1: {name!r}")
    return int(match.group(1)) * QUARTERS_PER_YEAR + int(match.group(2)) - 1


def quarter_name(index: int) -> str:
    """Return the name of a quarter index.

    Examples
    --------
    >>> quarter_name(quarter_index("2020Q4"))
    '2020Q4'
    """
    return f"{index // QUARTERS_PER_YEAR}Q{index % QUARTERS_PER_YEAR + 1}"


def year_of(index: int) -> int:
    """Return the calendar year of a quarter index."""
    return index // QUARTERS_PER_YEAR


def quarter_of_year(index: int) -> int:
    """Return 1, 2, 3 or 4: the position of a quarter index in its year."""
    return index % QUARTERS_PER_YEAR + 1


def month_index(name: str) -> int:
    """Return ``year * 12 + (month - 1)`` of a month such as ``2018-04``.

    Raises
    ------
    ValueError
        If `name` is not a month.
    """
    match = _MONTH.match(name)
    if match is None:
        raise ValueError(f"not a month like 2018-04: {name!r}")
    return int(match.group(1)) * 12 + int(match.group(2)) - 1


def month_name(index: int) -> str:
    """Return the name of a month index.

    Examples
    --------
    >>> month_name(month_index("2018-04"))
    '2018-04'
    """
    return f"{index // 12}-{index % 12 + 1:02d}"


def last_full_year(as_of: str) -> int:
    """Return the last year whose annual figures are out: those of a year come in February.

    Examples
    --------
    >>> last_full_year("2018-04"), last_full_year("2018-01")
    (2017, 2016)
    """
    return int(as_of[:4]) - (1 if int(as_of[5:7]) >= 2 else 2)


def annual_to_quarterly(rate: float) -> float:
    """Compound an annual rate of growth down to a quarter.

    Examples
    --------
    >>> round((1 + annual_to_quarterly(0.08)) ** 4, 12)
    1.08
    """
    return float((1.0 + rate) ** 0.25 - 1.0)


def year_profile(growth: float) -> list[float]:
    """Return quarterly levels of a year growing steadily at `growth`, mean one.

    Examples
    --------
    >>> year_profile(0.0)
    [1.0, 1.0, 1.0, 1.0]
    """
    shape = [math.exp(math.log1p(growth) / 4.0 * (k - 1.5)) for k in range(4)]
    return [level * 4.0 / sum(shape) for level in shape]
