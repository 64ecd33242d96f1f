"""Transformations between published forms of a series: explicit, small, never filling holes.

Periods are text keys: ``2015`` (year), ``2015Q3`` (quarter or year to date), ``2015-10`` (month).
A value that needs a missing one is left out of the result.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sim.units import month_index, month_name, quarter_index, quarter_name

SEASONAL_SHARES = (0.22, 0.25, 0.255, 0.275)
"""Shares of the four quarters in a year's industrial value added: provincial nominal GDP by
quarter 2006-2017 gives 0.20, 0.25, 0.25, 0.30; industry leans less on the last quarter (prior)."""


def cumulated_to_quarters(levels: Mapping[str, float]) -> dict[str, float]:
    """Difference year-to-date levels into single quarters.

    Examples
    --------
    >>> cumulated_to_quarters({"2015Q1": 10.0, "2015Q2": 25.0, "2015Q4": 60.0})
    {'2015Q1': 10.0, '2015Q2': 15.0}
    """
    result: dict[str, float] = {}
    for period in sorted(levels, key=quarter_index):
        if period.endswith("Q1"):
            result[period] = levels[period]
            continue
        before = quarter_name(quarter_index(period) - 1)
        if before in levels:
            result[period] = levels[period] - levels[before]
    return result


def quarters_to_cumulated(quarters: Mapping[str, float]) -> dict[str, float]:
    """Sum single quarters from January on; a year stops at its first missing quarter.

    Examples
    --------
    >>> quarters_to_cumulated({"2015Q1": 10.0, "2015Q2": 15.0, "2015Q4": 1.0})
    {'2015Q1': 10.0, '2015Q2': 25.0}
    """
    result: dict[str, float] = {}
    for period in sorted(quarters, key=quarter_index):
        before = quarter_name(quarter_index(period) - 1)
        if period.endswith("Q1"):
            result[period] = quarters[period]
        elif before in result:
            result[period] = result[before] + quarters[period]
    return result


def ytd_growth_to_quarters(
    growth: Mapping[str, float], shares: Sequence[float] = SEASONAL_SHARES
) -> dict[str, float]:
    """Turn year-to-date growth over the year before into single-quarter growth.

    Year-to-date growth is the mean of the quarters' growth weighted by the quarters of the year
    before, whose shares are given.

    Parameters
    ----------
    growth : mapping
        Growth in per cent by quarter key, year to date.
    shares : sequence of four floats
        Shares of the quarters in the year before.

    Examples
    --------
    >>> ytd_growth_to_quarters({"2015Q1": 6.0, "2015Q2": 5.0}, (0.25, 0.25, 0.25, 0.25))
    {'2015Q1': 6.0, '2015Q2': 4.0}
    """
    _four(shares)
    result: dict[str, float] = {}
    for period in sorted(growth, key=quarter_index):
        number = int(period[-1])
        if number == 1:
            result[period] = growth[period]
            continue
        before = quarter_name(quarter_index(period) - 1)
        if before in growth:
            done, now = math.fsum(shares[: number - 1]), shares[number - 1]
            total = growth[period] * (done + now) - growth[before] * done
            result[period] = total / now
    return result


def ytd_contributions(
    growth: Mapping[str, float], shares: Sequence[float] = SEASONAL_SHARES
) -> dict[str, float]:
    """Return each quarter's contribution to the year's growth, in points of the year.

    The contributions of four quarters sum to the growth of the year.

    Examples
    --------
    >>> flat = {f"2015Q{q}": 4.0 for q in (1, 2, 3, 4)}
    >>> round(sum(ytd_contributions(flat).values()), 9)
    4.0
    """
    single = ytd_growth_to_quarters(growth, shares)
    return {period: value * shares[int(period[-1]) - 1] for period, value in single.items()}


def chain_index(growth: Mapping[int, float], base: int) -> dict[int, float]:
    """Chain yearly growth (fractions) into an index that is one in the base year.

    The chain runs from the base year outwards and stops at the first missing year.

    Examples
    --------
    >>> chain_index({2016: 0.1, 2017: 0.0, 2015: 0.25}, 2015)
    {2014: 0.8, 2015: 1.0, 2016: 1.1, 2017: 1.1}
    """
    index = {base: 1.0}
    year = base
    while year + 1 in growth:
        index[year + 1] = index[year] * (1.0 + growth[year + 1])
        year += 1
    year = base
    while year in growth:
        index[year - 1] = index[year] / (1.0 + growth[year])
        year -= 1
    return dict(sorted(index.items()))


def previous_year_index_to_growth(index: Mapping[str, float]) -> dict[int, float]:
    """Turn indices with the year before = 100 (上年=100) into growth as fractions by year.

    Examples
    --------
    >>> previous_year_index_to_growth({"2015": 96.0})
    {2015: -0.04}
    """
    return {int(year): round(value / 100.0 - 1.0, 12) for year, value in sorted(index.items())}


def january_february(monthly: Mapping[str, float], how: str = "mean") -> dict[str, float]:
    """Make January and February one observation, kept under February.

    The bureau publishes the two together because of the moving New Year; a split is a compiler's.
    Where one of the two is missing neither is kept.

    Parameters
    ----------
    monthly : mapping
        Values by month.
    how : str
        ``mean`` for growth rates, ``sum`` for flows.

    Examples
    --------
    >>> january_february({"2017-01": 2.0, "2017-02": 10.0, "2017-03": 7.0})
    {'2017-02': 6.0, '2017-03': 7.0}
    """
    if how not in ("mean", "sum"):
        raise ValueError(f"how must be mean or sum, not {how!r}")
    result: dict[str, float] = {}
    for month in sorted(monthly):
        if month.endswith("-01"):
            continue
        if month.endswith("-02"):
            january = month_name(month_index(month) - 1)
            if january in monthly:
                total = monthly[january] + monthly[month]
                result[month] = total / 2.0 if how == "mean" else total
            continue
        result[month] = monthly[month]
    return result


def months_to_quarters(monthly: Mapping[str, float], how: str = "mean") -> dict[str, float]:
    """Aggregate complete quarters: ``mean``, ``sum`` or ``last`` of three months.

    Examples
    --------
    >>> months_to_quarters({"2017-04": 1.0, "2017-05": 2.0, "2017-06": 6.0, "2017-07": 9.0})
    {'2017Q2': 3.0}
    """
    if how not in ("mean", "sum", "last"):
        raise ValueError(f"how must be mean, sum or last, not {how!r}")
    result: dict[str, float] = {}
    for quarter in sorted({month_index(month) // 3 for month in monthly}):
        names = [month_name(quarter * 3 + offset) for offset in range(3)]
        if all(name in monthly for name in names):
            values = [monthly[name] for name in names]
            chosen = values[-1] if how == "last" else math.fsum(values)
            result[quarter_name(quarter)] = chosen / 3.0 if how == "mean" else chosen
    return result


def growth_of_levels(levels: Mapping[int, float]) -> dict[int, float]:
    """Return growth as fractions between consecutive years.

    Examples
    --------
    >>> growth_of_levels({2015: 100.0, 2016: 110.0, 2018: 130.0})
    {2016: 0.1}
    """
    return {
        year: round(value / levels[year - 1] - 1.0, 12)
        for year, value in sorted(levels.items())
        if year - 1 in levels
    }


def deflate(nominal: float, price: float) -> float:
    """Return real growth from nominal and price growth, all fractions.

    Examples
    --------
    >>> round(deflate(0.155, 0.05), 12)
    0.1
    """
    return (1.0 + nominal) / (1.0 + price) - 1.0


def _four(shares: Sequence[float]) -> None:
    if len(shares) != 4 or any(share <= 0.0 for share in shares):
        raise ValueError("four positive quarterly shares are needed")
    if abs(math.fsum(shares) - 1.0) > 1e-9:
        raise ValueError(f"quarterly shares sum to {math.fsum(shares):.6f}, not to one")
