"""Competitors: known answers of statsmodels, and a named flag instead of a silent number."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.tsa.api import VAR
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.statespace.structural import UnobservedComponents

from calibration.backtest.competitors import (
    COMPETITORS,
    Sample,
    choose_arima,
    fit_arima,
    fitted,
    run_competitor,
)
from calibration.backtest.flags import Flag, Flagged, need_independent, need_stationary

NILE = sm.datasets.nile.load_pandas().data["volume"].to_numpy(dtype=float)
NOISE = np.random.default_rng(7)


def alone(values: np.ndarray) -> Sample:
    return Sample(values, values[:, None], 1, values[:, None])


def flag_of(name: str, sample: Sample) -> Flag:
    with pytest.raises(Flagged) as caught:
        run_competitor(name, sample, 4)
    return caught.value.flag


def test_local_level_of_the_nile_is_durbin_and_koopmans() -> None:
    # Durbin & Koopman (2012), sections 2.3 and 7: variances 15099 and 1469.1; exact diffuse log
    # likelihood -632.5456 as in Helske (2017), which leaves out the first observation's constant.
    result = fitted(UnobservedComponents(NILE, level="llevel", use_exact_diffuse=True))
    assert result.llf + 0.5 * np.log(2.0 * np.pi) == pytest.approx(-632.5456, abs=2e-4)
    # The likelihood is flat there: its optimum, not the last digit of the variances, is fixed.
    np.testing.assert_allclose(result.params, [15099.0, 1469.1], rtol=0.02)


def test_random_walk_drift_moves_on_by_the_mean_step() -> None:
    found = run_competitor("random_walk_drift", alone(NILE), 3)
    step = (NILE[-1] - NILE[0]) / (len(NILE) - 1)
    np.testing.assert_allclose(found.mean, NILE[-1] + step * np.arange(1, 4), rtol=1e-3)
    # Three steps of noise and nine times the variance of a drift estimated from 99 of them.
    ratio = (3.0 + 9.0 / 99.0) / (1.0 + 1.0 / 99.0)
    np.testing.assert_allclose((found.deviation[2] / found.deviation[0]) ** 2, ratio, rtol=1e-3)


def test_arima_fit_is_the_direct_call() -> None:
    ours = fit_arima(NILE, (1, 0, 1))
    direct = SARIMAX(NILE, order=(1, 0, 1), trend="c").fit(disp=False, maxiter=500)
    np.testing.assert_array_equal(ours.params, direct.params)
    best = choose_arima(NILE, [(p, 0, 0) for p in (1, 2)])
    assert best.bic == min(fit_arima(NILE, (p, 0, 0)).bic for p in (1, 2))


def test_vector_autoregression_is_the_direct_call() -> None:
    data = sm.datasets.macrodata.load_pandas().data[["realgdp", "realcons"]].to_numpy()
    rows = 100.0 * np.diff(np.log(data), axis=0)
    found = run_competitor("var", Sample(rows[:, 0], rows, 1, rows), 4)
    direct = min((VAR(rows).fit(k) for k in (1, 2)), key=lambda fit: fit.bic)
    np.testing.assert_allclose(found.mean, direct.forecast(rows[-direct.k_ar :], 4)[:, 0])
    np.testing.assert_allclose(found.deviation**2, direct.forecast_cov(4)[:, 0, 0])


@pytest.mark.parametrize("name", sorted(COMPETITORS))
def test_constant_and_too_short_series_are_flagged(name: str) -> None:
    flat = np.full(40, 6.5)
    assert flag_of(name, alone(flat)) is Flag.CONSTANT
    assert flag_of(name, alone(np.array([1.0, 3.0, 2.0]))) is Flag.TOO_SHORT


def test_collinear_series_are_flagged() -> None:
    x = NOISE.standard_normal(60)
    twice = np.column_stack([x, 2.0 * x + 1.0])
    assert flag_of("var", Sample(x, twice, 1, twice)) is Flag.COLLINEAR
    panel = np.column_stack([NOISE.standard_normal(60), twice])
    assert flag_of("dynamic_factor", Sample(panel[:, 0], panel, 1, panel)) is Flag.COLLINEAR
    need_independent(np.column_stack([x, NOISE.standard_normal(60)]))


def test_roots_on_the_unit_circle_are_flagged() -> None:
    need_stationary(np.array([0.9]))
    with pytest.raises(Flagged, match="unit_root"):
        need_stationary(np.array([1.0]))
    with pytest.raises(Flagged, match="unit_root"):
        need_stationary(np.array([1.5, -0.5]))
    # Two trends that both explode: the lag matrix has its largest root above one.
    growing = 1.05 ** np.arange(60)
    pair = np.column_stack([growing + 0.01 * NOISE.standard_normal(60),
                            NOISE.standard_normal(60)])  # fmt: skip
    assert flag_of("var", Sample(pair[:, 0], pair, 1, pair)) is Flag.UNIT_ROOT


def test_an_optimiser_that_stops_early_is_flagged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calibration.backtest.competitors.MOST_ITERATIONS", 1)
    assert flag_of("ar", alone(NILE)) is Flag.NOT_CONVERGED
    assert flag_of("dynamic_factor", Sample(
        NILE, NILE[:, None], 1, np.column_stack([NILE, NOISE.standard_normal((len(NILE), 2))])
    )) is Flag.NOT_CONVERGED  # fmt: skip


def test_holes_are_bridged_not_filled() -> None:
    values = NILE.copy()
    values[10:20] = np.nan
    found = run_competitor("random_walk_drift", alone(values), 1)
    step = (NILE[-1] - NILE[0]) / (len(NILE) - 1)
    np.testing.assert_allclose(found.mean, NILE[-1] + step, rtol=1e-3)
