"""Measurement error of published figures, by how well they are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calibration.reading import Row
from calibration.schemas import EXACT_UNITS, POINT_UNITS

Figure = tuple[float, float]
"""A published figure and its standard deviation, per cent."""
Table = Mapping[tuple[str, str], Mapping[str, Figure]]
"""(series, region) -> {period: figure}, cut at the information date."""
MEASUREMENT_POINTS: Mapping[str, float] = {
    "cited": 0.10,
    "derived": 0.30,
    "derived_mem": 1.20,
    "memory": 1.00,
    "assumed": 1.50,
    "prior": 1.50,
    "prior_sign_cited": 1.50,
}
"""Standard deviation of a figure in points (growth rates, ratios in per cent, indices): cited
rows carry rounding and small revisions, derived ones arithmetic on rounded figures, memory rows
a full point or more."""
MEASUREMENT_RELATIVE: Mapping[str, float] = {
    "cited": 0.003,
    "derived": 0.005,
    "derived_mem": 0.025,
    "memory": 0.020,
    "assumed": 0.050,
    "prior": 0.050,
    "prior_sign_cited": 0.050,
}
"""The same for levels, as a share of the value."""


@dataclass(frozen=True)
class Observation:
    """One published value.

    Parameters
    ----------
    value : float
        In `unit`; rates in per cent as published.
    sd : float
        Measurement error (standard deviation) in the unit of the value.
    status : str
        How well it is known.
    unit : str
        Unit of the controlled vocabulary.
    first_release : str
        Month of this vintage's release.
    """

    value: float
    sd: float
    status: str
    unit: str
    first_release: str


def measurement_sd(value: float, unit: str, status: str) -> float:
    """Return the measurement error of a value by the declared tables.

    Examples
    --------
    >>> measurement_sd(5.4, "%", "memory"), measurement_sd(1000.0, "亿元", "cited")
    (1.0, 3.0)
    """
    if unit in EXACT_UNITS:
        return 0.0
    if unit in POINT_UNITS:
        return MEASUREMENT_POINTS[status]
    return abs(value) * MEASUREMENT_RELATIVE[status]


def observation(row: Row, released: str) -> Observation:
    """Return a row of series.csv or drivers.csv with its measurement error."""
    value, unit, status = row["value"], str(row["unit"]), str(row["status"])
    assert isinstance(value, float)
    return Observation(value, measurement_sd(value, unit, status), status, unit, str(row[released]))
