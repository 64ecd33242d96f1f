"""National drivers: arithmetic of partial quarters, the state space, draws and scores."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.statespace.sarimax import SARIMAX

from calibration.diagnostics import joint_scores, normal_crps, series_tests
from calibration.drivers import (
    DriverData,
    DriverModel,
    driver_data,
    export_draws,
    fit_drivers,
    partial_figure,
)
from calibration.latent import LatentModel, fit_latent, positive_inverse
from calibration.priors import Prior
from calibration.schemas import SOURCES
from calibration.specs import DRIVER_CANDIDATES, DRIVERS, GROWTHS, long_run_growth
from sim.units import month_name, quarter_index

Q1_2018 = quarter_index("2018Q1")


def monthly_series(last: str) -> dict[str, dict[str, float]]:
    """Fifteen years of flat drivers up to a month: growth 6 %, exports 100 a month."""
    end = int(last[:4]) * 12 + int(last[5:]) - 1
    months = [month_name(i) for i in range(2004 * 12, end + 1)]
    values = {
        "industrial": 6.0,
        "exports": 100.0,
        "ppi": 2.0,
        "cpi": 2.0,
        "credit": 13.0,
        "orders": 52.0,
    }
    return {SOURCES[name] + "_m": dict.fromkeys(months, values[name]) for name in DRIVERS}


def test_partial_quarter_averages_rates_sums_exports_and_takes_the_last_stock() -> None:
    months = {"2018-01": 10.0, "2018-02": 20.0, "2017-01": 10.0, "2017-02": 10.0}
    assert partial_figure("ppi", months, Q1_2018, 2) == pytest.approx(100 * np.log(1.15))
    assert partial_figure("exports", months, Q1_2018, 2) == pytest.approx(100 * np.log(1.5))
    assert partial_figure("credit", months, Q1_2018, 2) == 20.0
    assert partial_figure("orders", months, Q1_2018, 2) == -35.0
    assert np.isnan(partial_figure("ppi", months, Q1_2018, 3))


def test_running_quarter_is_noisier_than_a_full_one() -> None:
    series = monthly_series("2018-02")
    ppi = series[SOURCES["ppi"] + "_m"]
    for month in ppi:
        ppi[month] += 1.0 if month.endswith("-03") else 0.0
    data = driver_data(series)
    column = DRIVERS.index("ppi")
    assert data.last == Q1_2018
    # March is one point higher every year: two months miss the quarter by a third of a point.
    gap = 100 * (np.log1p(0.02 + 0.01 / 3) - np.log1p(0.02))
    assert data.noise[-1, column] == pytest.approx(np.hypot(data.noise[-2, column], gap))


def test_months_after_the_date_do_not_touch_earlier_quarters() -> None:
    full, cut = driver_data(monthly_series("2018-02")), driver_data(monthly_series("2016-12"))
    rows = len(cut.values)
    np.testing.assert_array_equal(full.values[:rows], cut.values)
    np.testing.assert_array_equal(full.noise[:rows], cut.noise)


class FirstOrder(LatentModel):
    """First-order autoregression with flat priors, to be compared with statsmodels' own."""

    def __init__(self, endog: np.ndarray) -> None:
        flat = (Prior("persistence", "unit", 0.5, 50.0, ""), Prior("sd", "positive", 1.0, 50.0, ""))
        super().__init__(endog, 1, flat, k_posdef=1)
        self["design"], self["selection"] = np.eye(1), np.eye(1)

    def assign(self, values: dict[str, float]) -> None:
        self["transition"] = np.array([[values["persistence"]]])
        self["state_cov"] = np.array([[values["sd"] ** 2]])
        variance = values["sd"] ** 2 / (1.0 - values["persistence"] ** 2)
        self.ssm.initialize_known(np.zeros(1), np.array([[variance]]))


@pytest.fixture(scope="module")
def autoregression() -> np.ndarray:
    generator = np.random.default_rng(5)
    path = np.zeros(600)
    for i in range(1, 600):
        path[i] = 0.8 * path[i - 1] + 2.0 * generator.standard_normal()
    return path


def test_fit_equals_a_direct_statsmodels_call(autoregression: np.ndarray) -> None:
    ours = fit_latent(FirstOrder(autoregression))
    direct = SARIMAX(autoregression, order=(1, 0, 0)).fit(disp=0)
    assert ours.converged
    assert ours.log_likelihood == pytest.approx(direct.llf, abs=1e-4)
    assert ours.parameters()["persistence"] == pytest.approx(direct.params[0], abs=1e-3)
    assert ours.parameters()["sd"] ** 2 == pytest.approx(direct.params[1], rel=2e-3)


def test_a_simulated_autoregression_is_recovered_with_its_error(
    autoregression: np.ndarray,
) -> None:
    fit = fit_latent(FirstOrder(autoregression))
    parameters, states = fit.draws(200, np.random.default_rng(1))
    # Asymptotic error of the persistence: sqrt((1 - 0.8^2) / 600) = 0.0245.
    assert parameters[:, 0].mean() == pytest.approx(0.8, abs=3 * 0.0245)
    assert parameters[:, 0].std() == pytest.approx(0.0245, rel=0.25)
    assert parameters[:, 1].mean() == pytest.approx(2.0, abs=0.2)
    np.testing.assert_allclose(states[0, 0], autoregression, atol=1e-6)


def test_tight_prior_holds_the_parameter(autoregression: np.ndarray) -> None:
    model = FirstOrder(autoregression)
    model.priors = (Prior("persistence", "unit", 0.3, 1e-4, ""), model.priors[1])
    model.centre, model.spread = np.array([np.log(0.3 / 0.7), 0.0]), np.array([1e-4, 50.0])
    assert fit_latent(model).parameters()["persistence"] == pytest.approx(0.3, abs=1e-3)


def test_curvature_never_claims_less_than_the_prior() -> None:
    covariance = positive_inverse(np.diag([-3.0, 100.0]), np.array([0.5, 0.5]))
    np.testing.assert_allclose(covariance, np.diag([0.25, 0.01]))


@pytest.fixture(scope="module")
def short() -> DriverData:
    generator = np.random.default_rng(2)
    values = np.array([8.0, 6.0, 1.5, 2.5, 13.0, 2.0]) + generator.standard_normal((34, 6))
    return DriverData(quarter_index("2010Q1"), values, np.full((34, 6), 0.3))


def test_draws_sum_to_the_published_year_on_year_rate(short: DriverData) -> None:
    spec = DRIVER_CANDIDATES[3]
    fit = fit_drivers(short, spec, tolerance=1e-5)
    entry = export_draws(fit, short, 40, np.random.default_rng(3), short.first)
    for name in GROWTHS:
        sums = entry["history"][name][:, -4:].sum(axis=1)
        observed = short.values[-1, DRIVERS.index(name)]
        assert abs(sums.mean() - observed) < 0.6
    assert entry["origin"] == "2018Q2"
    assert entry["parameters"]["loading_industrial"].tolist() == [1.0] * 40
    assert entry["parameters"]["loading_ppi"].tolist() == [0.0] * 40


def test_independent_candidate_ignores_the_factor(short: DriverData) -> None:
    spec = next(s for s in DRIVER_CANDIDATES if s.name == "independent")
    model = DriverModel(short, spec)
    params = model.start_params
    before = model.loglike(params)
    names = model.param_names
    params[names.index("loading_ppi")] = 5.0
    params[names.index("factor_sd")] = 3.0
    assert model.loglike(params) == pytest.approx(before)


def test_scores_have_their_known_values() -> None:
    # A normal forecast at its centre: sd * (sqrt(2) - 1) / sqrt(pi).
    exact = (np.sqrt(2.0) - 1.0) / np.sqrt(np.pi)
    zero, one = np.zeros((1, 2)), np.eye(2)[None]
    assert normal_crps(np.zeros(1), np.zeros(1), np.full(1, 3.0))[0] == pytest.approx(3 * exact)
    joint, crps = joint_scores(np.array([[1.0, 0.0]]), zero, one, np.ones(2))
    assert joint == pytest.approx(1.0)
    assert crps > exact


def test_too_few_errors_are_not_tested() -> None:
    assert series_tests(np.ones(11)) == {"observations": 11}
    white = series_tests(np.random.default_rng(0).standard_normal(300))
    assert white["ljung_box_p"] > 0.01
    assert white["jarque_bera_p"] > 0.01
    trended = series_tests(np.cumsum(np.random.default_rng(0).standard_normal(300)))
    assert trended["ljung_box_p"] < 1e-6


def test_long_run_growth_is_the_plan_known_at_the_time() -> None:
    assert long_run_growth(quarter_index("2014Q1")) == pytest.approx(2.0)
    assert long_run_growth(quarter_index("2018Q1")) == pytest.approx(1.55)
