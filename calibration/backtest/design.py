"""The frozen design: origins, horizons, series, the line between training and test.

Fixed before any test outcome was scored. Changing a line here after the test was seen is tuning
on the test: the decision record says when and why.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.units import month_name, quarter_index

ORIGINS = range(quarter_index("2012Q4"), quarter_index("2016Q4") + 1)
"""Last quarter that is over at each origin."""
QUICK_ORIGINS = (quarter_index("2012Q4"), quarter_index("2015Q4"))
QUICK_MODELS = ("random_walk_drift", "ar")
QUICK_DRIVERS = "demand_factor"
"""A quick run leaves out the slow competitors and the rolling choice of the driver candidate."""
HORIZONS = (1, 2, 4, 8, 12)
"""Quarters after the origin."""
REACH = max(HORIZONS)
LAST_OUTCOME = quarter_index("2017Q4")
OUTCOMES_AS_OF = "2018-04"
FIRST_TEST_ORIGIN = quarter_index("2015Q1")
TRAINING_AS_OF = "2014-12"
"""Outcomes released by then belong to the training set: to choices, never to the result."""
MEMBERS = 512
"""Draws of a density: each of the 256 stored draws twice."""
SEED = 20121231
NOMINAL = (0.50, 0.80, 0.95)
BENCHMARK_OF_LAST_RESORT = "random_walk_drift"
ENGINE = "engine"
LOOKS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("2026-11-25", "first run of the frozen design", ()),
    ("2026-11-25",
     "second look, after two changes chosen on outcomes released by the end of 2014: listings by "
     "an autoregressive intensity, no constant rate, because the first look found them too sure; "
     "drivers chosen by rolling-origin CRPS, as the design had asked, instead of the "
     "Dawid-Sebastiani score (decision 0012). Whoever made them had seen the first result",
     ("listings",)),
)  # fmt: skip
"""Every run of other forecasts on the test origins: date, reason, series changed because of what
an earlier look had shown. A test set is spent by looking at it: these earn no skill any more."""


@dataclass(frozen=True)
class Series:
    """A forecast figure.

    Parameters
    ----------
    name : str
    label, label_zh : str
    unit : str
    driver : str
        Its name among the drivers of the bundle, empty where it is none.
    count : bool
        Whether it is a count (competitors then model its square root, whose variance is steady).
    """

    name: str
    label: str
    label_zh: str
    unit: str
    driver: str = ""
    count: bool = False


SERIES = (
    Series(
        "industrial", "national industrial growth, quarter on year",
        "全国规上工业增加值季度同比", "%", "industrial",
    ),
    Series(
        "ppi", "national producer prices, quarter on year",
        "全国工业生产者出厂价格季度同比", "%", "ppi",
    ),
    Series(
        "exports", "national exports in dollars, quarter on year",
        "全国出口（美元）季度同比", "%", "exports",
    ),
    Series(
        "zhejiang_gdp", "Zhejiang nominal GDP, year to date on year",
        "浙江现价生产总值累计同比", "%",
    ),
    Series(
        "listings", "A-share listings of the city in a quarter",
        "本市季度A股上市家数", "1", count=True,
    ),
    Series(
        "city_gdp", "GDP growth of the city, year to date on year",
        "本市生产总值累计增速", "%",
    ),
)  # fmt: skip
NAMES = tuple(series.name for series in SERIES)


def information_date(origin: int) -> str:
    """Return the month whose end is the information date of an origin.

    The month after the quarter: national figures of the quarter, provincial GDP and listings are
    out by its end, the annual bulletin of the city (February) is not.

    Examples
    --------
    >>> information_date(quarter_index("2012Q4")), information_date(quarter_index("2013Q1"))
    ('2013-01', '2013-04')
    """
    return month_name(3 * (origin + 1))


def origin_set(origin: int, known_in_training: bool) -> str:
    """Return ``training``, ``test`` or ``between`` (an early origin whose outcome came later).

    Examples
    --------
    >>> origin_set(quarter_index("2014Q4"), False), origin_set(quarter_index("2015Q1"), False)
    ('between', 'test')
    """
    if origin >= FIRST_TEST_ORIGIN:
        return "test"
    return "training" if known_in_training else "between"
