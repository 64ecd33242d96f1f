"""Listings counts, the IPO window's history and dated national facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import statsmodels.api as sm

from calibration.counts import (
    IN_FORCE,
    CountData,
    count_data,
    count_scores,
    design,
    export_counts,
    fit_counts,
    gamma_draws,
    window_hazards,
)
from calibration.intensity import fit_intensity
from calibration.national import (
    IPO_PAUSES,
    VAT_RATES,
    Pause,
    known_path,
    known_pauses,
    open_share,
)
from calibration.specs import COUNT_CANDIDATES, CountSpec
from sim.units import quarter_index

POISSON, TREND = CountSpec("p", False, "none"), CountSpec("t", False, "trend")


def simulated(rate: float, slope: float, dispersion: float) -> CountData:
    generator = np.random.default_rng(9)
    trend = np.linspace(-2.0, 2.0, 400)
    exposure = np.tile([1.0, 0.5], 200)
    mean = exposure * rate * np.exp(slope * trend)
    if dispersion:
        mean = mean * generator.gamma(1 / dispersion, dispersion, 400)
    counts = generator.poisson(mean).astype(float)
    return CountData(np.arange(400), counts, exposure, trend, np.zeros(400))


def test_known_rate_and_slope_are_recovered() -> None:
    fit = fit_counts(simulated(4.0, 0.3, 0.0), TREND)
    assert np.exp(fit.coefficients[0]) == pytest.approx(4.0, rel=0.06)
    assert fit.coefficients[1] == pytest.approx(0.3, abs=0.06)


def test_fit_equals_a_direct_statsmodels_call() -> None:
    data = simulated(3.0, 0.0, 0.0)
    direct = sm.GLM(
        data.counts, design(data, POISSON), family=sm.families.Poisson(), exposure=data.exposure
    ).fit()
    fit = fit_counts(data, POISSON)
    np.testing.assert_allclose(fit.coefficients, direct.params)
    np.testing.assert_allclose(fit.covariance, direct.cov_params())
    # A Poisson rate has a closed form: events over exposure.
    assert np.exp(fit.coefficients[0]) == pytest.approx(data.counts.sum() / data.exposure.sum())


def test_overdispersion_is_found() -> None:
    fit = fit_counts(simulated(5.0, 0.0, 0.5), CountSpec("n", True, "none"))
    assert fit.dispersion == pytest.approx(0.5, rel=0.3)


def test_a_prediction_has_the_moments_of_its_model() -> None:
    data = simulated(5.0, 0.0, 0.5)
    spec = CountSpec("n", True, "none")
    exact = replace(fit_counts(data, spec), covariance=np.array([[1e-12]]), dispersion=0.5)
    mean = float(np.exp(exact.coefficients[0]))
    drawn = exact.predict(data, np.array([1.0, 0.5]), 20_000)
    # Negative binomial: mean plus dispersion times its square.
    assert drawn.mean(axis=0) == pytest.approx([mean, mean / 2.0], rel=0.03)
    assert drawn[:, 0].var() == pytest.approx(mean + 0.5 * mean**2, rel=0.05)


def test_scores_stand_beside_each_other_for_every_model() -> None:
    data = simulated(3.0, 0.0, 0.0).until(24)
    found = count_scores(data, horizon=4, count=64)
    # The market of the made-up data stands still: that regression is named, not scored.
    market = "negative_binomial_market"
    assert found["collinear"] == [market]
    assert {market, *found["models"]} == {IN_FORCE, *(spec.name for spec in COUNT_CANDIDATES)}
    for scores in found["models"].values():
        assert scores["crps_total"] > scores["crps_quarter"] > 0.0
        assert 0.0 <= scores["total_inside_80"] <= 1.0
    assert count_scores(data.until(1)) == {}


def test_open_share_counts_days() -> None:
    half = (Pause(date(2017, 7, 1), date(2017, 8, 15)),)
    assert open_share(quarter_index("2017Q3"), half) == pytest.approx(46 / 92)
    assert open_share(quarter_index("2017Q2"), half) == 1.0
    assert open_share(quarter_index("2013Q2"), IPO_PAUSES) == 0.0
    # 3 December to the year's end: 29 of 92 days.
    assert open_share(quarter_index("2015Q4"), IPO_PAUSES) == pytest.approx(29 / 92)


def test_a_running_pause_has_no_end_in_sight() -> None:
    seen = known_pauses("2013-03")
    assert open_share(quarter_index("2014Q4"), seen) == 0.0
    assert open_share(quarter_index("2014Q4"), known_pauses("2018-04")) == 1.0
    assert len(known_pauses("2012-10")) == len(seen) - 1


def test_tax_cut_is_unknown_before_its_announcement() -> None:
    assert quarter_index("2018Q3") not in known_path(VAT_RATES, "2018-02")
    known = known_path(VAT_RATES, "2018-03")
    assert known[quarter_index("2018Q3")] == 0.16
    assert known[quarter_index("2018Q2")] == pytest.approx((0.17 + 2 * 0.16) / 3)


def test_quarters_behind_a_closed_window_are_left_out() -> None:
    listings = {"2013Q4": 1.0, "2014Q3": 2.0, "2017Q1": 5.0, "2017": 26.0}
    data = count_data(listings, {"2016Q4": 4000.0}, IPO_PAUSES)
    assert data.quarters.tolist() == [quarter_index("2014Q3"), quarter_index("2017Q1")]
    assert data.market[-1] == pytest.approx(0.0)


def test_hazards_follow_the_pauses() -> None:
    pauses = (Pause(date(2012, 1, 1), date(2012, 12, 31)),)
    first, last = quarter_index("2007Q1"), quarter_index("2016Q4")
    closing, reopening = window_hazards(pauses, first, last, 4000, np.random.default_rng(0))
    assert closing.mean() == pytest.approx(1.5 / 37, rel=0.05)
    assert reopening.mean() == pytest.approx(1.5 / 5, rel=0.05)


def test_the_bundle_takes_joint_draws_of_the_intensity() -> None:
    data = simulated(4.0, 0.0, 0.0).until(59)
    priors = dict.fromkeys(
        ("overseas_listings_per_year", "move_ins_per_year", "departures_per_year"), (4.0, 1.0)
    )
    hazards = (np.full(500, 0.1), np.full(500, 0.3))
    fit = fit_intensity(data.quarters, data.counts, data.exposure, 60)
    entry = export_counts(fit, priors, hazards, 500, np.random.default_rng(1))
    now = np.exp(entry["log_rate"] + entry["level_sd"] * entry["last"])
    assert now.mean() == pytest.approx(4.0, rel=0.15)
    assert entry["overseas_listings"].mean() == pytest.approx(1.0, rel=0.05)


def test_gamma_draws_have_their_moments() -> None:
    drawn = gamma_draws(3.0, 1.5, 20_000, np.random.default_rng(0))
    assert drawn.mean() == pytest.approx(3.0, rel=0.02)
    assert drawn.std() == pytest.approx(1.5, rel=0.03)
    assert drawn.min() > 0.0


def test_candidate_names_are_unique() -> None:
    names = [spec.name for spec in COUNT_CANDIDATES]
    assert len(set(names)) == len(names)
