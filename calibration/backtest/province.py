"""The province's nominal GDP by the engine's mechanism: real path plus deflator.

The engine samples the province's deviation only as the lead of the city's; here its own growth is
put together from the same draws and numbers, and the deflator regression of the city is
fitted to the province's year-to-date figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.backtest.vintages import Vintage, whole_quarters
from calibration.prices import fit_deflator
from calibration.specs import DRIVERS
from sim.outside_paths import SHOCKS
from sim.rng import KeyedRandom
from sim.units import quarter_name

Floats = NDArray[np.float64]
MOST_PERSISTENT = 0.95


def province_paths(
    entry: Mapping[str, Any],
    draw: int,
    national: Floats,
    quarters: range,
    origin: int,
    stream: str,
    random: KeyedRandom,
) -> Floats:
    """Return the province's quarterly log growth, per cent: past draw, then its own dynamics.

    The numbers are those that moved the province inside :func:`sim.outside_paths.regional_path`.
    """
    parameter = {name: float(values[draw]) for name, values in entry["parameters"].items()}
    deviation = float(entry["last"]["province"][draw])
    explained = parameter["mean_province"] + parameter["loading_province"] * national
    past = origin - quarters.start + 1
    growth = np.empty(len(quarters))
    growth[:past] = entry["province_growth"][draw][:past]
    for position in range(past, len(quarters)):
        noise = random.normals(stream, SHOCKS[:2], quarters[position])[0]
        deviation = parameter["persistence_province"] * deviation
        deviation += parameter["sd_province"] * noise[0]
        growth[position] = explained[position] + deviation
    return growth


def deflator_sample(vintage: Vintage) -> tuple[list[int], Floats, Floats]:
    """Return quarters, deflator growth and regressors of the province, year to date (fractions).

    A quarter enters where both nominal and real growth were published by then.
    """
    real = whole_quarters(vintage.tables.city["gdp_growth", "province"])
    data = vintage.drivers
    rows: list[tuple[int, float, list[float]]] = []
    for quarter, nominal in sorted(vintage.figures["zhejiang_gdp"].items()):
        start = quarter - quarter % 4 - data.first
        prices = data.values[start : quarter - data.first + 1]
        if quarter in real and start >= 0 and quarter <= data.last:
            gap = np.log1p(nominal / 100.0) - np.log1p(real[quarter] / 100.0)
            means = [prices[:, DRIVERS.index(n)].mean() / 100.0 for n in ("ppi", "cpi")]
            if np.isfinite(means).all():
                rows.append((quarter, float(gap), [1.0, *means]))
    return (
        [r[0] for r in rows],
        np.array([r[1] for r in rows]),
        np.array([r[2] for r in rows]).reshape(-1, 3),
    )


def residual_persistence(quarters: list[int], residuals: Floats) -> float:
    """Return the first autocorrelation of neighbouring residuals, within [0, 0.95].

    Examples
    --------
    >>> residual_persistence([0, 1, 2], np.array([1.0, 0.5, 0.25]))
    0.5
    """
    pairs = [k for k in range(1, len(quarters)) if quarters[k] == quarters[k - 1] + 1]
    if not pairs:
        return 0.0
    now, before = residuals[pairs], residuals[[k - 1 for k in pairs]]
    slope = float(now @ before) / max(float(before @ before), 1e-12)
    return min(max(slope, 0.0), MOST_PERSISTENT)


def nominal_growth(vintage: Vintage, draws: Mapping[str, Floats], origin: int) -> Floats:
    """Return year-to-date nominal growth of the province, per cent, (members, ahead).

    The regression's last residual fades at its own persistence; its spread fills up likewise.
    """
    quarters, target, matrix = deflator_sample(vintage)
    coefficients, covariance, scale = fit_deflator(target, matrix)
    real = draws["zhejiang_real_gdp_log"]
    members, reach = real.shape
    root = np.linalg.cholesky(covariance)
    residuals = target - matrix @ coefficients
    keep = residual_persistence(quarters, residuals)
    fresh = bool(quarters) and quarters[-1] == origin
    carried = float(residuals[-1]) if fresh else 0.0
    out = np.empty((members, reach))
    for member in range(members):
        random = KeyedRandom(vintage_seed(origin), member)
        beta = coefficients + root @ random.normals("backtest/deflator", np.arange(3))[0]
        noise = random.normals("backtest/deflator_residual", np.arange(reach))[0]
        error = carried
        for step in range(reach):
            error = keep * error + scale * np.sqrt(1.0 - keep**2) * noise[step]
            prices = [draws[f"{n}_year_to_date_log"][member, step] / 100.0 for n in ("ppi", "cpi")]
            deflator = beta @ np.array([1.0, *prices]) + error
            out[member, step] = 100.0 * np.expm1(real[member, step] / 100.0 + deflator)
    return out


def vintage_seed(origin: int) -> int:
    """Return the root seed of the deflator's numbers at an origin.

    Examples
    --------
    >>> vintage_seed(8051)
    20124
    """
    return int(quarter_name(origin).replace("Q", ""))
