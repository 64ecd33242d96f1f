"""Dated national facts and priors without a series: known rates, IPO pauses, tariff tail.

Each entry carries the month it became known, so that an earlier information date does not see
it. Rows marked memory are recollected, not seen in a source.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sim.units import quarter_index


@dataclass(frozen=True)
class Known:
    """A value in force from a date, known from a month on."""

    start: str
    value: float
    known: str


LENDING_RATES = (
    Known("2010Q1", 5.5, "2010-05"),
    Known("2010Q4", 6.19, "2011-02"),
    Known("2011Q4", 8.01, "2012-02"),
    Known("2012Q4", 6.78, "2013-02"),
    Known("2013Q4", 7.20, "2014-02"),
    Known("2014Q4", 6.77, "2015-02"),
    Known("2015Q4", 5.27, "2016-02"),
    Known("2016Q4", 5.27, "2017-02"),
    Known("2017Q4", 5.74, "2018-02"),
)
"""Weighted average lending rate of banks, per cent (memory: central bank's quarterly reports)."""
PASS_RATES = (
    Known("2010Q1", 0.85, "2011-01"),
    Known("2011Q1", 0.78, "2012-01"),
    Known("2012Q1", 0.83, "2013-01"),
    Known("2014Q1", 0.90, "2015-01"),
    Known("2015Q1", 0.92, "2016-01"),
    Known("2016Q1", 0.91, "2017-01"),
    Known("2017Q1", 0.85, "2018-01"),
    Known("2017Q4", 0.60, "2018-01"),
    Known("2018Q1", 0.50, "2018-04"),
)
"""Share of reviewed listing applications that pass (memory; a new committee sat from October
2017 and refused far more)."""
VAT_RATES = (
    Known("2009Q1", 0.17, "2008-11"),
    # In force from 1 May: one month of the quarter at 17 %, two at 16 %.
    Known("2018Q2", 0.17 / 3.0 + 0.16 * 2.0 / 3.0, "2018-03"),
    Known("2018Q3", 0.16, "2018-03"),
)
"""Standard rate of manufacturing (events.csv; announced 2018-03-28)."""


@dataclass(frozen=True)
class Pause:
    """A stop of A-share listings, from its first day to the day before trading resumed."""

    start: date
    end: date


IPO_PAUSES = (
    Pause(date(2004, 8, 30), date(2005, 1, 31)),
    Pause(date(2005, 5, 25), date(2006, 6, 18)),
    Pause(date(2008, 9, 25), date(2009, 7, 9)),
    Pause(date(2012, 11, 3), date(2014, 1, 16)),
    Pause(date(2014, 2, 20), date(2014, 6, 25)),
    Pause(date(2015, 7, 4), date(2015, 12, 2)),
)
"""2012-14 and 2015: events.csv; the others memory. None is seen before its own first day."""


@dataclass(frozen=True)
class NationalPrior:
    """A normal prior: centre and standard deviation, with its reason."""

    centre: float
    spread: float
    reason: str


PRIORS = {
    "purchase_price_loading": NationalPrior(
        1.3, 0.07, "purchase prices swing more than producer prices: loading 1.2 to 1.4"
    ),
    "export_price_passthrough": NationalPrior(
        0.4, 0.12, "dollar export prices follow part of domestic producer prices"
    ),
    "export_industry_share": NationalPrior(
        0.15, 0.04, "industrial demand moved per log point of exports: export delivery over sales"
    ),
    "lending_rate_mean": NationalPrior(0.058, 0.004, "mean of the last years; no easing assumed"),
    "lending_rate_sd": NationalPrior(0.0018, 0.0002, "a quarter's move, 2010-2017"),
    "pass_rate_mean": NationalPrior(0.80, 0.05, "2010-2017 average, stricter committee"),
    "pass_rate_persistence": NationalPrior(0.85, 0.03, "committees sit for more than a year"),
    "pass_rate_sd": NationalPrior(0.30, 0.05, "logit points a quarter"),
    "wage_demand_link": NationalPrior(0.25, 0.10, "wages follow the cycle in part"),
}
TARIFF_KNOWN = "2018-04"
TARIFF = {
    "probability": NationalPrior(
        0.5, 0.0, "list of 3 April 2018 (events.csv): as likely as not to enter into force"
    ),
    "log_median_loss": NationalPrior(
        -3.9,
        0.9,
        "2 % of exports: 50 of 2,260 billion dollars at 25 % and an elasticity of "
        "about 3, at the median; escalation gives the tail (95 %: 9 %)",
    ),
}
"""The fat tail of export demand: from 2018Q3, phased in over four quarters."""


def known_path(entries: tuple[Known, ...], as_of: str) -> dict[int, float]:
    """Return quarter index -> value of the entries known at `as_of` (end of that month)."""
    return {quarter_index(k.start): k.value for k in entries if k.known <= as_of}


def open_share(quarter: int, pauses: tuple[Pause, ...]) -> float:
    """Return the share of a quarter's days outside the pauses.

    Examples
    --------
    >>> open_share(2013 * 4, IPO_PAUSES)
    0.0
    """
    year, first_month = quarter // 4, 3 * (quarter % 4) + 1
    start = date(year, first_month, 1)
    end = date(year + first_month // 10, (first_month + 2) % 12 + 1, 1)
    closed = sum(
        max(
            0,
            (
                min(p.end.toordinal() + 1, end.toordinal())
                - max(p.start.toordinal(), start.toordinal())
            ),
        )
        for p in pauses
    )
    return 1.0 - closed / (end - start).days


def known_pauses(as_of: str) -> tuple[Pause, ...]:
    """Return the pauses begun by the end of `as_of`; a running one has no end in sight yet."""
    year, month = int(as_of[:4]), int(as_of[5:7])
    limit = date(year + month // 12, month % 12 + 1, 1)
    return tuple(
        Pause(p.start, p.end if p.end < limit else date(9998, 12, 31))
        for p in IPO_PAUSES
        if p.start < limit
    )


def window_open(as_of: str) -> bool:
    """Say whether new listings were possible at the end of `as_of`.

    Examples
    --------
    >>> window_open("2013-01"), window_open("2014-01"), window_open("2018-04")
    (False, True, True)
    """
    return all(pause.end < date(9998, 12, 31) for pause in known_pauses(as_of))
