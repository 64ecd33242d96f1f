"""All densities of one origin, and of all origins by a pool of processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calibration.backtest.competitors import COMPETITORS, Normal, run_competitor
from calibration.backtest.design import ENGINE, HORIZONS, MEMBERS, NAMES, REACH, SERIES
from calibration.backtest.engine import engine_forecasts
from calibration.backtest.flags import Flagged
from calibration.backtest.samples import annual_shift, in_unit, sample_of
from calibration.backtest.vintages import Vintage, vintage_of_origin
from calibration.specs import DriverSpec
from sim.threads import pin_threads

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class OriginForecasts:
    """What every model said at one origin.

    Parameters
    ----------
    draws : dict
        Model -> array (series, horizons, members) in the series' unit; NaN where flagged.
    flags : dict
        (model, series) -> why there is no number.
    chosen : dict
        What the engine chose by itself.
    cases : dict
        Single cases: figure -> array (REACH, members).
    """

    origin: int
    draws: dict[str, Floats]
    flags: dict[tuple[str, str], str]
    chosen: dict[str, str]
    cases: dict[str, Floats]


def forecast_origin(
    home: Path,
    city: str,
    origin: int,
    spec: DriverSpec | None = None,
    models: tuple[str, ...] = tuple(COMPETITORS),
) -> OriginForecasts:
    """Make all densities of one origin from what its information date knew.

    Parameters
    ----------
    home : Path
        The city's data directory.
    spec : DriverSpec, optional
        A fixed driver candidate instead of the rolling-origin choice.
    models : tuple of str
        Competitors to run.
    """
    vintage = vintage_of_origin(home, city, origin)
    rows = [h - 1 for h in HORIZONS]
    engine, chosen = engine_forecasts(vintage, spec)
    draws = {ENGINE: np.array([engine[name][:, rows].T for name in NAMES])}
    flags: dict[tuple[str, str], str] = {}
    for model in models:
        found, told = competitor_draws(model, vintage, origin)
        draws[model] = found
        flags |= {(model, name): flag for name, flag in told.items()}
    cases = {name: paths.T for name, paths in engine.items() if name not in NAMES}
    cases |= {f"{name}_path": engine[name].T for name in ("industrial", "ppi", "listings")}
    return OriginForecasts(origin, draws, flags, dict(chosen), cases)


def competitor_draws(model: str, vintage: Vintage, origin: int) -> tuple[Floats, dict[str, str]]:
    """Return a competitor's densities (series, horizons, members) and its flags by series."""
    out = np.full((len(SERIES), len(HORIZONS), MEMBERS), np.nan)
    flags = {}
    rows = [h - 1 for h in HORIZONS]
    for place, series in enumerate(SERIES):
        try:
            sample = sample_of(vintage, series, origin)
            shift = annual_shift(series, origin, vintage) if model == "var" else 0
            normal = run_competitor(model, sample, REACH + shift)
        except Flagged as flagged:
            flags[series.name] = str(flagged.flag)
            continue
        ahead = Normal(normal.mean[shift:], normal.deviation[shift:])
        out[place] = in_unit(ahead, series)[:, rows].T
    return out, flags


def forecast_all(
    home: Path,
    city: str,
    origins: Iterable[int],
    jobs: int = 1,
    spec: DriverSpec | None = None,
    models: tuple[str, ...] = tuple(COMPETITORS),
) -> list[OriginForecasts]:
    """Make the densities of all origins, one process per job.

    Each origin depends on nothing but its vintage, so that neither the number of processes nor
    their order moves a bit.
    """
    chosen = list(origins)
    if jobs <= 1 or len(chosen) == 1:
        return [forecast_origin(home, city, origin, spec, models) for origin in chosen]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=pin_threads) as pool:
        tasks = [
            pool.submit(forecast_origin, home, city, origin, spec, models) for origin in chosen
        ]
        return [task.result() for task in tasks]
