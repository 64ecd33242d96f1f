"""Proper scores of densities with the ``scores`` package, as labelled arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scores.continuous import mae, rmse
from scores.probability import crps_for_ensemble

from calibration.backtest.design import HORIZONS, NAMES, NOMINAL, SEED, origin_set
from calibration.backtest.forecasts import OriginForecasts
from calibration.backtest.vintages import Outcomes
from sim.rng import KeyedRandom

Floats = NDArray[np.float64]
DIMS = ("series", "origin", "horizon")


@dataclass(frozen=True)
class Verification:
    """Forecasts beside outcomes.

    Parameters
    ----------
    draws : xarray.DataArray
        (model, series, origin, horizon, member)
    outcome : xarray.DataArray
        (series, origin, horizon), NaN where nothing was released.
    sets : xarray.DataArray
        ``training``, ``between`` or ``test`` of each pair.
    """

    draws: xr.DataArray
    outcome: xr.DataArray
    sets: xr.DataArray

    def crps(self) -> xr.DataArray:
        """Return the CRPS of every pair, (model, series, origin, horizon)."""
        return crps_by_pair(self.draws, self.outcome)

    def pit(self) -> xr.DataArray:
        """Return the probability integral transforms, randomised where draws tie (counts)."""
        below = (self.draws < self.outcome).mean("member")
        equal = (self.draws == self.outcome).mean("member")
        shape = self.outcome.shape
        flat = KeyedRandom(SEED, 0).uniforms("backtest/pit", np.arange(self.outcome.size))[0]
        mixed = xr.DataArray(flat.reshape(shape), coords=self.outcome.coords, dims=DIMS)
        known = self.outcome.notnull() & self.draws.notnull().all("member")
        found: xr.DataArray = (below + mixed * equal).where(known)
        return found

    def error(self) -> xr.DataArray:
        """Return the error of the density's mean."""
        found: xr.DataArray = self.draws.mean("member") - self.outcome
        return found


def crps_by_pair(draws: xr.DataArray, outcome: xr.DataArray) -> xr.DataArray:
    """Return the CRPS of each pair, one model at a time to spare memory."""
    found: xr.DataArray = xr.concat(
        [
            crps_for_ensemble(
                draws.sel(model=name), outcome, "member", method="ecdf", preserve_dims=list(DIMS)
            )
            for name in draws.model.values
        ],
        dim=draws.model,
    )
    return found


def verification(forecasts: Sequence[OriginForecasts], outcomes: Outcomes) -> Verification:
    """Put the forecasts of all origins beside the outcomes."""
    models = list(forecasts[0].draws)
    array = np.array([[each.draws[m] for each in forecasts] for m in models])
    coordinates = {
        "model": models, "series": list(NAMES), "origin": list(outcomes.origins),
        "horizon": list(HORIZONS),
    }  # fmt: skip
    draws = xr.DataArray(
        array, dims=("model", "origin", "series", "horizon", "member"), coords=coordinates
    ).transpose("model", *DIMS, "member")
    del coordinates["model"]
    outcome = xr.DataArray(outcomes.values, dims=DIMS, coords=coordinates)
    sets = [
        [
            [origin_set(origin, bool(k)) for k in known]
            for origin, known in zip(outcomes.origins, row, strict=True)
        ]
        for row in outcomes.training
    ]
    return Verification(draws, outcome, xr.DataArray(np.array(sets), dims=DIMS, coords=coordinates))


def coverage(pit: xr.DataArray) -> dict[float, xr.DataArray]:
    """Return whether each outcome lies in the central interval of each nominal size.

    Examples
    --------
    >>> pit = xr.DataArray([0.1, 0.5, 0.99], dims="origin")
    >>> [float(inside.sum()) for inside in coverage(pit).values()]
    [1.0, 2.0, 2.0]
    """
    return {
        size: ((pit >= 0.5 - size / 2) & (pit <= 0.5 + size / 2)).where(pit.notnull())
        for size in NOMINAL
    }


def point_scores(error: xr.DataArray, over: Sequence[str]) -> Mapping[str, xr.DataArray]:
    """Return root mean square and mean absolute error over dimensions."""
    zero = xr.zeros_like(error)
    reduce = {"reduce_dims": list(over)}
    return {"rmse": rmse(error, zero, **reduce), "mae": mae(error, zero, **reduce)}
