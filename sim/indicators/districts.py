"""Indicators of single districts: a city is data, and so are its districts."""

from __future__ import annotations

from collections.abc import Sequence

from sim.indicators.declare import Figure, Indicator
from sim.units import SQUARE_KILOMETRE, YI_YUAN


def of_districts(districts: Sequence[tuple[str, str, str]]) -> tuple[Indicator, ...]:
    """Return the indicators of a city's districts, district by district.

    Parameters
    ----------
    districts : sequence of (str, str, str)
        Code, English and Chinese name, in the order of the city's table.

    Examples
    --------
    >>> [one.name for one in of_districts([("xihu", "Xihu", "西湖区")])]
    ['district_value_added_xihu', 'district_industrial_land_xihu']
    """
    found = []
    for place, (code, en, zh) in enumerate(districts):
        found += [
            Indicator(
                f"district_value_added_{code}", "亿元", "ytd",
                f"Above-scale industrial value added, {en}", f"{zh}规上工业增加值",
                "above-scale firms by the district of their works, current prices",
                Figure(f"district_value_added.{place}", YI_YUAN),
            ),
            Indicator(
                f"district_industrial_land_{code}", "km2", "stock",
                f"Industrial land, {en}", f"{zh}工业用地",
                "land register at the quarter's end; innovation-type land M0 included",
                Figure(
                    f"district_industrial_land.{place}", SQUARE_KILOMETRE, to_date=False
                ),
            ),
        ]  # fmt: skip
    return tuple(found)
