"""National drivers: a joint state space of quarterly growth seen through year-on-year figures.

Latent quarterly log growth of each driver is a mean, a shared drifting trend (industry and
exports), a common factor and an own autoregression; the year-on-year figure published is the
sum of four quarters plus noise. The running quarter enters as a nowcast from its months, with
the error such a partial figure had in the past.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.latent import LatentFit, LatentModel, fit_latent
from calibration.schemas import SOURCES
from calibration.specs import (
    DRIVER_CANDIDATES,
    DRIVERS,
    GROWTHS,
    MEASUREMENT_SD,
    DriverSpec,
    driver_priors,
)
from sim.units import month_index, month_name, quarter_index, quarter_name

Floats = NDArray[np.float64]
Values = Mapping[str, float]
COUNT = len(DRIVERS)


@dataclass(frozen=True)
class DriverData:
    """Quarterly drivers in model units, shape (quarters, drivers), with their noise.

    Parameters
    ----------
    first : int
        Quarter index of the first row.
    values : array
        100 * log(1 + yoy) for growths, per cent for credit, index minus 50 for orders; NaN
        where nothing was published.
    noise : array
        Standard deviation of each figure, wider where only some months are out.
    """

    first: int
    values: Floats
    noise: Floats

    @property
    def last(self) -> int:
        """Quarter index of the last row."""
        return self.first + len(self.values) - 1

    def since(self, quarter: int, until: int | None = None) -> DriverData:
        """Return the rows from `quarter` to `until` (both included)."""
        end = None if until is None else until + 1 - self.first
        rows = slice(max(0, quarter - self.first), end)
        return DriverData(max(quarter, self.first), self.values[rows], self.noise[rows])


def partial_figure(name: str, monthly: Values, quarter: int, months: int) -> float:
    """Return a quarter's figure computed from its first `months` months (NaN if not out).

    Exports are summed and compared with the same months a year before; credit is the latest
    month (it is a stock); the others are averaged.
    """
    first = quarter * 3
    keys = [month_name(first + i) for i in range(months)]
    if any(k not in monthly for k in keys):
        return float("nan")
    now = [monthly[k] for k in keys]
    if name == "exports":
        before = [monthly.get(month_name(month_index(k) - 12), float("nan")) for k in keys]
        return float(100.0 * np.log(sum(now) / sum(before)))
    if name == "credit":
        return float(now[-1])
    mean = float(np.mean(now))
    return mean - 50.0 if name == "orders" else float(100.0 * np.log1p(mean / 100.0))


def root_mean_square(values: Floats) -> float:
    """Return the root mean square of the finite entries (zero if there are none)."""
    known = values[np.isfinite(values)]
    return float(np.sqrt(np.mean(known**2))) if len(known) else 0.0


def driver_data(series: Mapping[str, Values]) -> DriverData:
    """Arrange published months into quarterly figures with noise.

    Parameters
    ----------
    series : mapping
        Series name (as in drivers.csv) to {month: value}, already cut at the information date.
    """
    monthly = {name: series.get(SOURCES[name] + "_m", {}) for name in DRIVERS}
    latest = max(month_index(m) for values in monthly.values() for m in values)
    first, last = quarter_index("2005Q1"), latest // 3
    shape = (last - first + 1, COUNT)
    values, noise = np.full(shape, np.nan), np.ones(shape)
    for column, name in enumerate(DRIVERS):
        table = np.array(
            [
                [partial_figure(name, monthly[name], first + row, k) for k in (1, 2, 3)]
                for row in range(shape[0])
            ]
        )
        gaps = table[:, :2] - table[:, 2:]
        for row in range(shape[0]):
            known = np.flatnonzero(np.isfinite(table[row]))
            if len(known):
                values[row, column] = table[row, known[-1]]
                # January and February carry the New Year: compare like quarters only.
                spread = 0.0 if known[-1] == 2 else root_mean_square(gaps[row % 4 :: 4, known[-1]])
                noise[row, column] = np.hypot(MEASUREMENT_SD[name], spread)
    return DriverData(first, values, noise)


class DriverModel(LatentModel):
    """State space of a :class:`DriverSpec`.

    States: trend, factor, own autoregressions (six), then three lags of the quarterly log
    growth of the four :data:`GROWTHS`.
    """

    def __init__(self, data: DriverData, spec: DriverSpec) -> None:
        self.spec, self.table = spec, data
        lags = 3 * len(GROWTHS)
        super().__init__(
            data.values, 2 + COUNT + lags, driver_priors(data.last), k_posdef=2 + COUNT
        )
        states = self.k_states
        observation = np.zeros((COUNT, COUNT, len(data.values)))
        for column in range(COUNT):
            observation[column, column] = data.noise[:, column] ** 2
        self["obs_cov"] = observation
        selection = np.zeros((states, 2 + COUNT))
        selection[: 2 + COUNT] = np.eye(2 + COUNT)
        self["selection"] = selection
        start = np.zeros(states)
        start[0] = 2.5
        variance = np.full(states, 4.0)
        variance[0] = 1.5**2
        self.ssm.initialize_known(start, np.diag(variance))

    def rows(self, values: Mapping[str, float]) -> Floats:
        """Return the weights of the current states in each driver, shape (drivers, states)."""
        weights = np.zeros((COUNT, self.k_states))
        for row, name in enumerate(DRIVERS):
            if name in ("industrial", "exports"):
                weights[row, 0] = 1.0
            if name == "credit":
                weights[row, 0] = 4.0
            loading = 1.0 if name == "industrial" else values[f"loading_{name}"]
            weights[row, 1] = loading if name in self.spec.linked else 0.0
            weights[row, 2 + row] = 1.0
        return weights

    def assign(self, values: dict[str, float]) -> None:
        """Write the system matrices."""
        weights = self.rows(values)
        design, intercept = weights.copy(), np.zeros((COUNT, 1))
        transition = np.zeros((self.k_states, self.k_states))
        keep = values["trend_persistence"] if self.spec.converging else 1.0
        transition[0, 0], transition[1, 1] = keep, values["factor_persistence"]
        drift = np.zeros((self.k_states, 1))
        drift[0, 0] = (1.0 - keep) * values["trend_mean"]
        for row, name in enumerate(DRIVERS):
            transition[2 + row, 2 + row] = values[f"persistence_{name}"]
            mean = values.get(f"mean_{name}", 0.0)
            intercept[row, 0] = 4.0 * mean if name in GROWTHS else mean
            if name in GROWTHS:
                lag = 2 + COUNT + 3 * row
                design[row, lag : lag + 3] = 1.0
                transition[lag] = weights[row]
                transition[lag + 1, lag] = transition[lag + 2, lag + 1] = 1.0
        self["state_intercept"] = drift
        sds = [values["trend_sd"], values["factor_sd"]]
        sds += [values[f"sd_{name}"] for name in DRIVERS]
        self["design"], self["obs_intercept"], self["transition"] = design, intercept, transition
        self["state_cov"] = np.diag(np.square(sds))


def fit_drivers(
    data: DriverData, spec: DriverSpec, tolerance: float = 1e-9, start: Floats | None = None
) -> LatentFit:
    """Fit one candidate to all rows of `data` from its first quarter on."""
    model = DriverModel(data.since(quarter_index(spec.first)), spec)
    return fit_latent(model, tolerance, start)


def export_draws(
    fit: LatentFit, data: DriverData, count: int, generator: np.random.Generator, first: int
) -> dict[str, Any]:
    """Return the bundle's entry: parameter draws, last states and the smoothed past.

    Returns
    -------
    dict
        ``origin`` (last quarter), ``parameters`` name -> (draws,), ``last`` state -> (draws,),
        ``history`` driver -> (draws, quarters) of quarterly log growth (per cent), or level
        for credit, from `first` to the origin.
    """
    parameters, states = fit.draws(count, generator)
    model = fit.model
    assert isinstance(model, DriverModel)
    names = model.param_names
    history = {name: np.empty((count, data.last - first + 1)) for name in DRIVERS}
    for i in range(count):
        values = dict(zip(names, parameters[i].tolist(), strict=True))
        paths = model.rows(values) @ states[i]
        for row, name in enumerate(DRIVERS):
            path = paths[row] + values.get(f"mean_{name}", 0.0)
            lead = first - model.table.first
            before = np.full(max(0, -lead), np.nan)
            history[name][i] = np.concatenate([before, path[max(0, lead) :]])
    last = {"trend": states[:, 0, -1], "factor": states[:, 1, -1]}
    last |= {name: states[:, 2 + row, -1] for row, name in enumerate(DRIVERS)}
    spec = model.spec
    table = dict(zip(names, parameters.T, strict=True))
    table["loading_industrial"] = np.ones(count)
    table |= {f"loading_{name}": np.zeros(count) for name in DRIVERS if name not in spec.linked}
    if not spec.converging:
        table["trend_persistence"] = np.ones(count)
    return {
        "candidate": spec.name,
        "origin": quarter_name(data.last),
        "first": quarter_name(first),
        "parameters": table,
        "last": last,
        "history": history,
    }


__all__ = [
    "DRIVER_CANDIDATES",
    "DriverData",
    "DriverModel",
    "driver_data",
    "export_draws",
    "fit_drivers",
    "partial_figure",
]
