"""Choices made on training pairs only: the benchmark of each series."""

from __future__ import annotations

from collections.abc import Mapping

import xarray as xr

from calibration.backtest.design import BENCHMARK_OF_LAST_RESORT, ENGINE
from calibration.backtest.scoring import Verification

BENCHMARK = "benchmark"
"""The preselected competitor of each series, as a model of its own."""


def mean_over_horizons(crps: xr.DataArray) -> xr.DataArray:
    """Return the mean score: origins first, then horizons, each of equal weight."""
    return crps.mean("origin").mean("horizon")


def preselect(crps: xr.DataArray, sets: xr.DataArray) -> dict[str, str]:
    """Return for each series the competitor of lowest mean CRPS on the training pairs.

    One that was flagged at any training pair is out; where all are, the random walk stands in.

    Parameters
    ----------
    crps : xarray.DataArray
        (model, series, origin, horizon)
    sets : xarray.DataArray
        (series, origin, horizon)
    """
    training = sets == "training"
    chosen = {}
    for series in crps.series.values:
        known = training.sel(series=series) & crps.sel(series=series).notnull().any("model")
        table = crps.sel(series=series).where(known)
        complete = table.notnull().sum(("origin", "horizon")) == known.sum()
        means = mean_over_horizons(table)
        legal = [
            str(m) for m in crps.model.values
            if m != ENGINE and bool(complete.sel(model=m)) and bool(known.any())
        ]  # fmt: skip
        best = min(legal, key=lambda m: float(means.sel(model=m)), default=BENCHMARK_OF_LAST_RESORT)
        chosen[str(series)] = best
    return chosen


def with_benchmark(found: Verification, chosen: Mapping[str, str]) -> Verification:
    """Add the preselected benchmark as a model; a flagged one is the random walk there."""
    walk = found.draws.sel(model=BENCHMARK_OF_LAST_RESORT, drop=True)
    rows = []
    for series in found.draws.series.values:
        own = found.draws.sel(model=chosen[str(series)], series=series, drop=True)
        rows.append(own.where(own.notnull(), walk.sel(series=series, drop=True)))
    made = xr.concat(rows, dim=found.draws.series).transpose(*walk.dims)
    draws = xr.concat([found.draws, made.expand_dims(model=[BENCHMARK])], dim="model")
    return Verification(draws, found.outcome, found.sets)


def beaten(crps: xr.DataArray, sets: xr.DataArray) -> dict[str, float]:
    """Return by series the engine's mean training CRPS over its benchmark's: above one, beaten."""
    table = crps.where(sets == "training")
    ratio = mean_over_horizons(table.sel(model=ENGINE)) / mean_over_horizons(
        table.sel(model=BENCHMARK)
    )
    return {str(s): float(ratio.sel(series=s)) for s in ratio.series.values}
