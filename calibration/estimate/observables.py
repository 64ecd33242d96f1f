"""What the hindcast is compared with: figures of the city, as the bureau would publish them.

Each entry is a function of a simulated book and a figure of ``series.csv`` with its measurement
error. Listings and the loading on national demand are not here: their likelihood is tractable,
they are estimated in the bundle's own fits, whose draws every member uses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import hypot, isnan, log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calibration.bundle_files import load_json
from calibration.measurement import MEASUREMENT_RELATIVE, Observation
from calibration.regional import SPAN, year_to_date_weights
from calibration.series import SeriesTable
from calibration.specs import province_of
from sim.bureau import Records
from sim.indicators import INDICATORS
from sim.indicators.industry import matched_growth
from sim.indicators.resources import intensity_growth

Floats = NDArray[np.float64]
Figure = tuple[float, float]
"""Value and standard deviation of its measurement error."""
Simulated = Callable[[Records], float]
HIGH_TECH_DISCREPANCY = 2.5
"""Points by which the lead may miss although the parameters are right (model discrepancy, Kennedy
and O'Hagan 2001): shares of high-tech output inside a sector are constant here and rise in the
city, firm by firm."""
STAFF_DISCREPANCY = 2.0
"""Points by which staff of the city's firms may move apart from the province's in a year, which
stands in where the city has no figure: industrial growth of the two differed by 1.0, -0.8 and
-1.3 points in 2015 to 2017, staff by no more than twice that (judgement)."""
ENERGY_YEARS = (2013, 2014, 2015)
"""Before the year after the closing of the Banshan works, which a reduced population lacks."""


@dataclass(frozen=True)
class Known:
    """What is known of a city: its series at the information date, and the bundle of fits."""

    city: str
    table: SeriesTable
    bundle: Path

    def figure(self, name: str, year: int) -> Observation | None:
        """Return the city's figure of a year, first release, ``None`` where there is none."""
        try:
            return self.table.get(name, self.city).get(str(year))
        except KeyError:
            return None


Seen = Callable[[Known], Figure | None]


@dataclass(frozen=True)
class Observable:
    """One declared observable of the hindcast.

    Parameters
    ----------
    name : str
        With its year.
    unit : str
        Unit of value and error.
    simulated : callable
        From a member's published book.
    seen : callable
        From the tables at an information date and the bundle: figure and error, ``None`` where
        nothing was released.
    fitted : bool
        Whether it enters the estimation; otherwise it is a predictive check only.
    dated : bool
        Whether its figure carries a release date of its own; one read off a whole bundle does not
        and is left out where the bank is weighted for an earlier date.
    """

    name: str
    unit: str
    simulated: Simulated
    seen: Seen
    fitted: bool = True
    dated: bool = True


def level(name: str, indicator: str, year: int, factor: float = 1.0) -> tuple[Simulated, Seen]:
    """Compare the log of a level; its error is a share of the value."""

    def simulated(book: Records) -> float:
        return log(INDICATORS[indicator].formula(book, 4 * year + 3))

    def seen(known: Known) -> Figure | None:
        found = known.figure(name, year)
        return None if found is None else (log(found.value * factor), relative(found))

    return simulated, seen


def relative(found: Observation) -> float:
    """Return the error of a figure as a share of it; ratios in per cent count as levels."""
    return MEASUREMENT_RELATIVE[found.status]


def change(name: str, indicator: str, first: int, last: int) -> tuple[Simulated, Seen]:
    """Compare the log change of a level between two years; errors are independent."""
    parts = [level(name, indicator, year) for year in (first, last)]

    def simulated(book: Records) -> float:
        return parts[1][0](book) - parts[0][0](book)

    def seen(known: Known) -> Figure | None:
        ends = [part[1](known) for part in parts]
        if ends[0] is None or ends[1] is None:
            return None
        return ends[1][0] - ends[0][0], hypot(ends[0][1], ends[1][1])

    return simulated, seen


def growth(year: int) -> tuple[Simulated, Seen]:
    """Compare real growth of above-scale value added, matched scope, per cent."""

    def simulated(book: Records) -> float:
        return 100.0 * matched_growth(book, "value_added_real", 4 * year + 3)

    def seen(known: Known) -> Figure | None:
        found = known.figure("industrial_value_added_growth", year)
        return None if found is None else (found.value, found.sd)

    return simulated, seen


def high_tech_lead(year: int) -> tuple[Simulated, Seen]:
    """Compare growth of high-tech value added less that of all above-scale industry, points."""

    def share(book: Records, at: int) -> float:
        quarter = 4 * at + 3
        total = book.year_to_date("value_added", quarter)
        return book.year_to_date("high_tech_value_added", quarter) / total

    def simulated(book: Records) -> float:
        return 100.0 * log(share(book, year) / share(book, year - 1))

    def seen(known: Known) -> Figure | None:
        part = known.figure("high_tech_value_added_growth", year)
        total = known.figure("industrial_value_added_growth", year)
        if part is None or total is None:
            return None
        gap = 100.0 * (log(1.0 + part.value / 100.0) - log(1.0 + total.value / 100.0))
        return gap, hypot(part.sd, total.sd, HIGH_TECH_DISCREPANCY)

    return simulated, seen


def staff_growth(year: int) -> tuple[Simulated, Seen]:
    """Compare growth of staff in January and February, matched scope, per cent.

    The province's figure stands in for the city's, with a discrepancy of its own.
    """

    def simulated(book: Records) -> float:
        return 100.0 * matched_growth(book, "employment", 4 * year)

    def seen(known: Known) -> Figure | None:
        province = province_of(known.city)
        try:
            rows = known.table.get("industrial_employment_growth", province)
        except KeyError:
            return None
        found = rows.get(f"{year}-02")
        return None if found is None else (found.value, hypot(found.sd, STAFF_DISCREPANCY))

    return simulated, seen


def energy() -> tuple[Simulated, Seen]:
    """Compare the mean yearly change of energy per value added, per cent.

    No yearly figure of industry is on file after 2011: the target is the bundle's smoothed
    history, which reads them off energy per GDP, and its whole spread counts as error.
    """

    def simulated(book: Records) -> float:
        changes = [intensity_growth(book, "energy", 4 * year + 3) for year in ENERGY_YEARS]
        return 100.0 * float(np.mean(changes))

    def seen(known: Known) -> Figure | None:
        history = load_json(known.bundle / "history.json")
        first = int(history["first_year"])
        draws = np.array(history["values"]["energy_intensity_change"])
        means = 100.0 * draws[:, [year - first for year in ENERGY_YEARS]].mean(axis=1)
        return float(means.mean()), float(means.std())

    return simulated, seen


def firms(year: int) -> tuple[Simulated, Seen]:
    """Compare the number of above-scale firms (log): a recollected level of the city's priors."""

    def simulated(book: Records) -> float:
        return log(INDICATORS["above_scale_firms"].formula(book, 4 * year + 3))

    def seen(known: Known) -> Figure | None:
        rows = load_json(known.bundle / "population.json")["priors"]
        row = next((r for r in rows if r["name"] == f"above_scale_firms_{year}"), None)
        if row is None:
            return None
        return log(row["central"]), log(row["high"] / row["low"]) / (2.0 * 1.645)

    return simulated, seen


def _declared() -> tuple[Observable, ...]:
    found = [
        Observable(f"employment_change_{y}", "log",
                   *change("industrial_employment", "industrial_employment", y - 1, y))
        for y in (2014, 2015, 2016)
    ]  # fmt: skip
    found += [
        Observable(f"revenue_change_{y}", "log",
                   *change("industrial_revenue", "industrial_revenue", y - 1, y), fitted=False)
        for y in (2014, 2015, 2016)
    ]  # fmt: skip
    found.append(Observable("staff_growth_2017", "%", *staff_growth(2017)))
    found += [Observable(f"value_added_growth_{y}", "%", *growth(y)) for y in (2015, 2016, 2017)]
    found.append(
        Observable("value_added_change_2015_2017", "log",
                   *change("industrial_value_added", "industrial_value_added", 2015, 2017))
    )  # fmt: skip
    found += [
        Observable(f"rd_intensity_{y}", "log", *level("industrial_rd_intensity", "rd_intensity", y))
        for y in (2013, 2014, 2015, 2016)
    ]
    found += [Observable(f"high_tech_lead_{y}", "points", *high_tech_lead(y)) for y in (2016, 2017)]
    found.append(Observable("energy_intensity_change_2013_2015", "%", *energy(), dated=False))
    found.append(Observable("above_scale_firms_2017", "log", *firms(2017), dated=False))
    found.append(
        Observable("value_added_rate_2015", "log",
                   *level("value_added_rate_over_revenue", "value_added_rate_industry", 2015),
                   fitted=False)
    )  # fmt: skip
    found.append(Observable("gdp_2017", "log", *level("gdp", "gdp", 2017), fitted=False))
    found.append(
        Observable("listed_firms_2017", "log", *level("listed_firms", "listed_firms", 2017),
                   fitted=False)
    )  # fmt: skip
    return tuple(found)


OBSERVABLES = _declared()
"""All observables in the order of the bank's columns; those not fitted are predictive checks."""


PATH_YEARS = (2014, 2015, 2016, 2017)
PATHS = tuple(f"path_growth_{year}" for year in PATH_YEARS)
"""Kept beside the observables: growth of the drawn path of the city's industry, per cent, which
published growth is compared with where the bank forecasts
(:mod:`calibration.backtest.bank_cases`)."""


def path_growth(log_growth: Floats, first: int) -> Floats:
    """Return year-to-date growth of a path in the years of :data:`PATH_YEARS`, per cent.

    Parameters
    ----------
    log_growth : ndarray, shape (quarters,)
        Quarterly, fractions.
    first : int
        Quarter index of its first entry.

    Examples
    --------
    Two per cent each quarter are 8.24 % a year:

    >>> path_growth(np.full(24, np.log(1.02)), 4 * 2012).round(2).tolist()
    [8.24, 8.24, 8.24, 8.24]
    """
    found = []
    for year in PATH_YEARS:
        place = 4 * year + 3 - first
        window = log_growth[place - SPAN + 1 : place + 1][::-1]
        found.append(100.0 * np.expm1(window @ year_to_date_weights(4 * year + 3)))
    return np.array(found)


def simulated_values(book: Records) -> Floats:
    """Return every observable of a simulated book, NaN where it has no value."""
    values = np.full(len(OBSERVABLES), np.nan)
    for column, entry in enumerate(OBSERVABLES):
        try:
            values[column] = entry.simulated(book)
        except (ValueError, ZeroDivisionError):  # the log of zero firms
            continue
    return values


def observed_values(known: Known, *, dated_only: bool = False) -> Mapping[str, Figure]:
    """Return observable to (value, error) for those released at the information date.

    `dated_only` leaves out what is read off a whole bundle.
    """
    found: dict[str, Figure] = {}
    for entry in OBSERVABLES:
        if dated_only and not entry.dated:
            continue
        value = entry.seen(known)
        if value is not None and not isnan(value[0]):
            found[entry.name] = value
    return found
