"""Single cases of the agent-based model: the bank weighted by what each origin knew.

At each fourth quarter the bank of hindcasts is weighted (regression-adjusted ABC) by the
observables released by then, and forecasts the city's later annual figures. The bank's outside
world (national demand, prices, the city's industrial path) is smoothed from everything known when
it was simulated: these are *ex-post* forecasts of what the agents add, the outside world given.
Growth of industry, which lies in that path itself, takes the origin's own path forecast instead
and only what the agents added to their path from the bank. Too few and too dependent to be scored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calibration.backtest.design import MEMBERS, OUTCOMES_AS_OF, information_date
from calibration.backtest.forecasts import OriginForecasts
from calibration.backtest.rows import Row
from calibration.estimate.abc import Sample, estimate
from calibration.estimate.bank import BANK_FILE, Bank, read_bank
from calibration.estimate.observables import Figure, Known, observed_values
from calibration.estimate.posterior import problem
from calibration.series import load_series
from sim.units import quarter_name

Floats = NDArray[np.float64]
Joint = Mapping[str, Floats]
MODEL = "agent_based"
LEVELS = {"q10": 0.1, "median": 0.5, "q90": 0.9}
YEARS = (2014, 2015, 2016, 2017)
AHEAD = (1, 2, 3)
"""Years ahead: horizons of 4, 8 and 12 quarters."""
SEED = 20121234
"""Of the published figures' errors in the forecasts."""


@dataclass(frozen=True)
class Case:
    """A figure of one year put together from columns of the bank.

    Parameters
    ----------
    columns : tuple of str
        Stems of the columns it is made of, each with the year appended.
    published : tuple of str
        Stems of the observables whose figures make its outcome.
    """

    name: str
    columns: tuple[str, ...]
    published: tuple[str, ...]

    def value(self, *parts: Floats | float) -> Floats:
        """Return the figure in per cent (or points) from its published parts."""
        first = np.asarray(parts[0], dtype=np.float64)
        if self.name == "agents_productivity":
            return np.asarray(100.0 * ((1.0 + first / 100.0) * np.exp(-np.asarray(parts[1])) - 1.0))
        if self.published[0].endswith("_change"):
            return np.asarray(100.0 * np.expm1(first))
        if self.published[0] in ("rd_intensity", "value_added_rate"):
            # The bank holds the logarithm of per cent.
            return np.exp(first)
        return first


GROWTH = "value_added_growth"
CASES = (
    Case("agents_industry", (GROWTH, "path_growth"), (GROWTH,)),
    Case("agents_productivity", (GROWTH, "path_growth", "employment_change"),
         (GROWTH, "employment_change")),
    Case("agents_employment", ("employment_change",), ("employment_change",)),
    Case("agents_revenue", ("revenue_change",), ("revenue_change",)),
    Case("agents_value_added_rate", ("value_added_rate",), ("value_added_rate",)),
    Case("agents_rd_intensity", ("rd_intensity",), ("rd_intensity",)),
    Case("agents_high_tech_lead", ("high_tech_lead",), ("high_tech_lead",)),
)  # fmt: skip
"""Figures of the city with an outcome. Listings are the known counts in the hindcast, energy per
value added has no yearly figure after 2011: neither can be a case."""


def known_figures(home: Path, city: str, as_of: str, bundle: Path) -> dict[str, Figure]:
    """Return the dated observables released by the end of a month."""
    known = Known(city, load_series(home, as_of), bundle)
    return dict(observed_values(known, dated_only=True))


def later_columns(bank: Bank) -> tuple[str, ...]:
    """Return the columns that cases are made of and the bank holds, in its order."""
    stems = {stem for case in CASES for stem in case.columns}
    return tuple(n for n in bank.observables if n.rpartition("_")[0] in stems)


def weighted(bank: Bank, figures: Mapping[str, Figure]) -> tuple[Sample, Floats, Floats]:
    """Weight the bank by the figures of an origin and adjust what it forecasts.

    Nearness and adjustment are those of the structural estimation, with the later columns in the
    place of the parameters.

    Returns
    -------
    sample : Sample
        Its scores are the later columns, standardised.
    centre, spread : ndarray
        Of the columns.
    """
    columns = later_columns(bank)
    values = np.column_stack([bank.column(name) for name in columns])
    centre, spread = values.mean(axis=0), values.std(axis=0)
    spread = np.where(spread > 0.0, spread, 1.0)
    scores = (values - centre) / spread
    posed = problem(bank, figures, ())
    if not posed.observables:
        rows = np.arange(len(values))
        sample = Sample(scores, np.full(len(rows), 1.0 / len(rows)), rows)
    else:
        sample = estimate(scores, posed.summaries, posed.observed)
    return sample, centre, spread


def joint_forecast(bank: Bank, figures: Mapping[str, Figure]) -> dict[str, Floats]:
    """Return joint draws of the later columns, (MEMBERS,) each."""
    sample, centre, spread = weighted(bank, figures)
    drawn = centre + spread * sample.resampled(MEMBERS)
    return dict(zip(later_columns(bank), drawn.T, strict=True))


def case_draws(
    case: Case, year: int, joint: Joint, path: Floats, figures: Mapping[str, Figure], seed: int
) -> Floats | None:
    """Return draws of the published figure, its error included; None where a part is missing.

    Parameters
    ----------
    joint : Mapping
        From :func:`joint_forecast`.
    path : ndarray, shape (MEMBERS,)
        Growth of the city's industry in that year as the origin's own path forecasts it, per cent.
    figures : Mapping
        The outcome's figures, for their errors.
    """
    names = [f"{stem}_{year}" for stem in case.columns]
    if any(name not in joint for name in names):
        return None
    generator = np.random.Generator(np.random.PCG64([SEED, seed, year]))
    parts = []
    for stem in case.published:
        value = joint[f"{stem}_{year}"]
        if stem == GROWTH:
            value = path + value - joint[f"path_growth_{year}"]
        error = figures[f"{stem}_{year}"][1]
        parts.append(value + error * generator.standard_normal(len(value)))
    return case.value(*parts)


def bank_case_rows(
    home: Path, city: str, bundle: Path, forecasts: Sequence[OriginForecasts]
) -> Iterator[Row]:
    """Yield quantiles and outcome of each case, horizons 4, 8 and 12, by origin.

    Yields
    ------
    Row
        Series is the case's name, model :data:`MODEL`, ``n`` the figures that weighted the bank.
    """
    bank = read_bank(bundle / BANK_FILE)
    if bank is None:
        return
    final = known_figures(home, city, OUTCOMES_AS_OF, bundle)
    for each in forecasts:
        if each.origin % 4 != 3:
            continue
        figures = known_figures(home, city, information_date(each.origin), bundle)
        used = len(problem(bank, figures, ()).observables)
        joint = joint_forecast(bank, figures)
        for ahead in AHEAD:
            year = each.origin // 4 + ahead
            path = each.cases["city_industry"][4 * ahead - 1]
            for case in CASES:
                if any(f"{stem}_{year}" not in final for stem in case.published):
                    continue
                draws = case_draws(case, year, joint, path, final, each.origin)
                if draws is None:
                    continue
                outcome = case.value(*(final[f"{s}_{year}"][0] for s in case.published))
                head = (case.name, MODEL, f"single_{quarter_name(each.origin)}", str(4 * ahead))
                for metric, level in LEVELS.items():
                    yield (*head, metric, float(np.quantile(draws, level)), None, None, used)
                yield (*head, "outcome", float(outcome), None, None, used)
