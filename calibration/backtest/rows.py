"""The rows of ``backtest.csv``: every metric with its interval and number of pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from calibration.backtest.design import ENGINE
from calibration.backtest.intervals import (
    bootstrap_interval,
    compare,
    exact_interval,
    resample,
)
from calibration.backtest.scoring import Verification, coverage, point_scores
from calibration.backtest.selection import BENCHMARK

COLUMNS = (
    "series", "model", "origin_set", "horizon", "metric", "value", "interval_low",
    "interval_high", "n",
)  # fmt: skip
POOLED = "pooled"
ALL = "all"
SETS = ("training", "between", "test")
PIT_BINS = 10
Row = tuple[str, str, str, str, str, float | None, float | None, float | None, int]


@dataclass(frozen=True)
class Scored:
    """Scores of all pairs, restricted to one set of origins.

    Parameters
    ----------
    crps, error, pit : xarray.DataArray
        (model, series, origin, horizon), NaN outside the set.
    scale : xarray.DataArray
        (series,): spread of the series before the test, by which scores are pooled.
    """

    name: str
    crps: xr.DataArray
    error: xr.DataArray
    pit: xr.DataArray
    scale: xr.DataArray

    @property
    def pair(self) -> xr.DataArray:
        """Scores of engine and benchmark over the series' spread."""
        return self.crps.sel(model=[ENGINE, BENCHMARK]) / self.scale


def scored_sets(found: Verification, scale: xr.DataArray) -> list[Scored]:
    """Score every pair once and split by set; sets without a pair are left out."""
    crps, error, pit = found.crps(), found.error(), found.pit()
    parts = []
    for name in SETS:
        inside = (found.sets == name) & found.outcome.notnull()
        if not bool(inside.any()):
            continue
        origins = inside.any(("series", "horizon"))
        score, gap, place = (a.where(inside).sel(origin=origins) for a in (crps, error, pit))
        parts.append(Scored(name, score, gap, place, scale))
    return parts


def selections(scored: Scored) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (series, horizon, selector) of every cell, pooled ones included."""
    horizons = [int(h) for h in scored.crps.horizon.values]
    names = [str(s) for s in scored.crps.series.values]
    for series in (*names, POOLED):
        chosen: dict[str, Any] = {} if series == POOLED else {"series": [series]}
        for horizon in (*horizons, ALL):
            one = {} if horizon == ALL else {"horizon": [horizon]}
            yield series, str(horizon), {**chosen, **one}


def score_rows(scored: Scored) -> Iterator[Row]:
    """Yield mean CRPS, RMSE and MAE of every model by series and horizon."""
    for series, horizon, where in selections(scored):
        if series == POOLED or horizon == ALL:
            continue
        for model in scored.crps.model.values:
            crps = scored.crps.sel(model=model, **where)
            count = int(crps.notnull().sum())
            if not count:
                continue
            head = (series, str(model), scored.name, horizon)
            yield (*head, "crps", float(crps.mean()), None, None, count)
            points = point_scores(scored.error.sel(model=model, **where), ("origin",))
            for metric, value in points.items():
                yield (*head, metric, float(value.item()), None, None, count)


def skill_rows(scored: Scored) -> Iterator[Row]:
    """Yield the engine's CRPS skill against its benchmarks with block-bootstrap intervals."""
    drawn = resample(scored.pair)
    for series, horizon, where in selections(scored):
        pair = scored.pair.sel(**where)
        count = int(pair.sel(model=ENGINE).notnull().sum())
        if not count:
            continue
        low, high = bootstrap_interval(skill(drawn.sel(**where)))
        yield (
            series, ENGINE, scored.name, horizon, "crps_skill", float(skill(pair).item()), low,
            high, count,
        )  # fmt: skip


def skill(pair: xr.DataArray) -> xr.DataArray:
    """Return one minus the ratio of summed scores, engine over benchmark, over all pairs."""
    both = pair.where(pair.notnull().all("model"))
    total = both.sum(("series", "origin", "horizon"))
    other = total.sel(model=BENCHMARK)
    return 1.0 - total.sel(model=ENGINE) / other.where(other > 0.0)


def coverage_rows(scored: Scored) -> Iterator[Row]:
    """Yield the share of outcomes inside the engine's central intervals.

    Exact intervals where pairs do not overlap (one series, one quarter ahead), else block
    bootstrap over origins.
    """
    pit = scored.pit.sel(model=ENGINE, drop=True)
    for size, inside in coverage(pit).items():
        drawn = resample(inside)
        for series, horizon, where in selections(scored):
            cell = inside.sel(**where)
            count = int(cell.notnull().sum())
            if not count:
                continue
            value = float(cell.mean())
            if horizon == "1" and series != POOLED:
                low, high = exact_interval(round(value * count), count)
            else:
                low, high = bootstrap_interval(
                    drawn.sel(**where).mean(("series", "origin", "horizon"))
                )
            metric = f"coverage_{100 * size:.0f}"
            yield series, ENGINE, scored.name, horizon, metric, value, low, high, count


def pit_rows(scored: Scored) -> Iterator[Row]:
    """Yield the share of the engine's PIT values in each tenth, by series and pooled."""
    pit = scored.pit.sel(model=ENGINE, drop=True)
    for series, horizon, where in selections(scored):
        values = pit.sel(**where).values
        values = values[np.isfinite(values)]
        if horizon != ALL or not len(values):
            continue
        shares = np.histogram(values, bins=PIT_BINS, range=(0.0, 1.0))[0] / len(values)
        for number, share in enumerate(shares, start=1):
            yield (
                series, ENGINE, scored.name, ALL, f"pit_{number:02d}", float(share), None, None,
                len(values),
            )  # fmt: skip


def comparison_rows(scored: Scored) -> Iterator[Row]:
    """Yield Diebold–Mariano p values and measured sizes where the sample allows the test."""
    for series, horizon, where in selections(scored):
        if series == POOLED or horizon == ALL:
            continue
        cell = scored.pair.sel(**where).squeeze(("series", "horizon"))
        gap = (cell.sel(model=ENGINE) - cell.sel(model=BENCHMARK)).values
        found = compare(gap, int(horizon))
        if found is None:
            continue
        head = (series, ENGINE, scored.name, horizon)
        count = int(np.isfinite(gap).sum())
        defined = found.p_value if np.isfinite(found.p_value) else None
        yield (*head, "dm_p_value", defined, None, None, count)
        yield (*head, "dm_size_at_5", found.size, None, None, count)


def flag_rows(flags: Mapping[tuple[str, str, str], Sequence[int]]) -> Iterator[Row]:
    """Yield the number of origins at which a model was flagged, by flag.

    Parameters
    ----------
    flags : mapping
        (model, series, flag) -> origins.
    """
    for (model, series, flag), origins in sorted(flags.items()):
        count = len(origins)
        yield series, model, ALL, ALL, f"flag_{flag}", float(count), None, None, count


def case_rows(found: Verification, origins: Sequence[int], names: Sequence[str]) -> Iterator[Row]:
    """Yield quantiles of engine and outcome at some origins, for fans.

    Parameters
    ----------
    origins : sequence of int
    names : sequence of str
        Name of each origin in the column ``origin_set`` (``case_2014Q4``).
    """
    levels = {"q025": 0.025, "q10": 0.1, "q25": 0.25, "median": 0.5, "q75": 0.75, "q90": 0.9,
              "q975": 0.975}  # fmt: skip
    for origin, name in zip(origins, names, strict=True):
        for series in found.outcome.series.values:
            for horizon in found.outcome.horizon.values:
                cell = {"origin": origin, "series": series, "horizon": horizon}
                head = (str(series), ENGINE, name, str(horizon))
                draws = found.draws.sel(model=ENGINE, **cell).values
                for metric, level in levels.items():
                    yield (*head, metric, float(np.quantile(draws, level)), None, None, 1)
                outcome = float(found.outcome.sel(**cell))
                if np.isfinite(outcome):
                    yield (*head, "outcome", outcome, None, None, 1)


def all_rows(found: Verification, scale: xr.DataArray) -> Iterator[Row]:
    """Yield every row that rests on scored pairs."""
    for scored in scored_sets(found, scale):
        for maker in (score_rows, skill_rows, coverage_rows, pit_rows, comparison_rows):
            yield from maker(scored)
