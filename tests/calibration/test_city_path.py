"""The city's latent path, annual levels, history and what an information date hides."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from calibration.annual import LevelModel, fit_levels, level_draws
from calibration.bundle_files import FITTED, load_json, plain
from calibration.city_path import (
    CITY_INDICATORS,
    MONTH_NOISE,
    export_path,
    fit_city,
    quarter_of_period,
    regional_data,
)
from calibration.fits import ensure
from calibration.history import land_draws, levels
from calibration.information_economy import fit_growth
from calibration.prices import PRIOR, fit_deflator
from calibration.priors import Prior
from calibration.regional import annual_growth, year_to_date_weights
from calibration.tables import read_priors, read_tables
from sim.errors import InputError
from sim.units import quarter_index

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "calibration" / "data" / "hangzhou"
FIRST = quarter_index("2009Q1")
STEADY = np.full(36, 100.0 * np.log(1.06) / 4.0)


def test_year_to_date_weights_average_the_years_rates() -> None:
    full = year_to_date_weights(quarter_index("2017Q4"))
    np.testing.assert_allclose(full, np.array([1, 2, 3, 4, 3, 2, 1]) / 4.0)
    half = year_to_date_weights(quarter_index("2017Q2"))
    np.testing.assert_allclose(half, [0.5, 1.0, 1.0, 1.0, 0.5, 0.0, 0.0])


def test_periods_fall_on_quarters() -> None:
    assert quarter_of_period("2016") == (quarter_index("2016Q4"), 0.0)
    assert quarter_of_period("2016Q3") == (quarter_index("2016Q3"), 0.0)
    assert quarter_of_period("2017-08") == (quarter_index("2017Q3"), MONTH_NOISE)
    assert quarter_of_period("2017-06") == (quarter_index("2017Q2"), 0.0)


def test_the_more_precise_of_two_figures_of_a_quarter_is_kept() -> None:
    table = {
        ("industrial_value_added_growth", "city"): {"2017Q2": (7.0, 0.1), "2017-07": (9.0, 0.1)}
    }
    data = regional_data(table, CITY_INDICATORS, STEADY, FIRST)
    assert data.values[quarter_index("2017Q2") - FIRST, 1] == pytest.approx(100 * np.log(1.07))
    assert np.isfinite(data.values).sum() == 1


def test_annual_growth_of_a_steady_path() -> None:
    path = np.full((2, 40), 100.0 * np.log(1.08) / 4.0)
    np.testing.assert_allclose(annual_growth(path, quarter_index("2009Q1"), 2015), 0.08)


def test_precise_figures_pin_the_citys_years() -> None:
    years = {str(y): (5.0 + y - 2012, 0.05) for y in range(2010, 2018)}
    table = {("industrial_value_added_growth", "city"): years}
    fit = fit_city(table, STEADY, FIRST)
    _, growth = export_path(fit, 100, np.random.default_rng(0))
    for year, (value, _) in years.items():
        drawn = 100.0 * annual_growth(growth, FIRST, int(year))
        assert drawn.mean() == pytest.approx(value, abs=0.25)
        assert drawn.std() < 0.6


def test_without_figures_the_prior_speaks_and_is_wide() -> None:
    fit = fit_city({}, STEADY, FIRST)
    entry, growth = export_path(fit, 200, np.random.default_rng(0))
    drawn = 100.0 * annual_growth(growth, FIRST, 2017)
    assert drawn.mean() == pytest.approx(5.4, abs=1.5)
    assert drawn.std() > 1.5
    spread = np.log(entry["parameters"]["sd_city"]).std()
    assert spread == pytest.approx(0.3, rel=0.2)


def test_levels_with_exact_ends_interpolate_in_logs() -> None:
    priors = [Prior("drift_x", "real", 0.0, 1.0, ""), Prior("sd_x", "positive", 1e-4, 0.01, "")]
    increments = np.zeros((50, 5))
    fit = fit_levels(
        [{"2010": (100.0, 1e-4), "2014": (146.41, 1e-4)}], increments, 2010, ("x",), priors
    )
    (drawn,) = level_draws(fit, increments, np.random.default_rng(0))
    np.testing.assert_allclose(drawn.mean(axis=0), [100, 110, 121, 133.1, 146.41], rtol=2e-3)


def test_second_series_rides_on_the_first() -> None:
    observed = np.log(np.array([[100.0, 25.0], [110.0, 27.5]]))
    priors = [
        Prior("drift_a", "real", 0.0, 1.0, ""),
        Prior("sd_a", "positive", 0.1, 1.0, ""),
        Prior("drift_b", "real", 0.0, 1.0, ""),
        Prior("sd_b", "positive", 0.1, 1.0, ""),
    ]
    model = LevelModel(observed, np.full((2, 2), 0.01), np.zeros(2), ("a", "b"), priors)
    model.update(np.array([0.02, 0.1, 0.01, 0.2]))
    np.testing.assert_allclose(model["state_intercept"][:, 0], [0.02, 0.03])
    np.testing.assert_allclose(model["selection"], [[1.0, 0.0], [1.0, 1.0]])


def test_prior_level_stands_in_only_where_nothing_is_published() -> None:
    priors = {"industrial_employment_2017": (105.0, 2.5), "industrial_employment_2016": (90.0, 1.0)}
    table = {("industrial_employment", "city"): {"2016": (106.6, 0.005)}}
    found = levels(table, priors, "industrial_employment", 1e4)
    assert found["2016"] == (pytest.approx(1.066e6), 0.005)
    assert found["2017"] == (pytest.approx(1.05e6), pytest.approx(2.5 / 105.0))


def test_land_grows_at_its_prior_rate() -> None:
    priors = {"construction_land_2012": (280.0, 1e-6), "construction_land_growth": (2.0, 1e-9)}
    drawn = land_draws(priors, 3, range(2012, 2015), np.random.default_rng(0))
    np.testing.assert_allclose(drawn[0], 280e4 * 2000 / 3 * np.exp([0.0, 0.02, 0.04]), rtol=1e-6)


def test_deflator_without_data_is_its_prior_and_with_much_is_least_squares() -> None:
    coefficients, _, _ = fit_deflator(np.empty(0), np.empty((0, 3)))
    np.testing.assert_allclose(coefficients, PRIOR, atol=1e-9)
    generator = np.random.default_rng(4)
    matrix = np.column_stack([np.ones(4000), generator.normal(0, 0.05, (4000, 2))])
    target = matrix @ np.array([0.01, 0.4, 0.2]) + generator.normal(0, 0.005, 4000)
    coefficients, _, scale = fit_deflator(target, matrix)
    np.testing.assert_allclose(coefficients, [0.01, 0.4, 0.2], atol=0.006)
    assert scale == pytest.approx(0.005, rel=0.1)


def test_information_economy_follows_its_published_slowdown() -> None:
    published = {str(2011 + i): (26.0 - 2.0 * i, 0.1) for i in range(7)}
    fit = fit_growth({("information_economy_growth", "city"): published}, 2010, 2017)
    assert fit.parameters()["deceleration"] == pytest.approx(2.0, abs=0.3)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    home = tmp_path / "hangzhou"
    shutil.copytree(HOME, home)
    return home


def test_a_row_released_later_changes_nothing(copied: Path) -> None:
    before = read_tables(copied, "hangzhou", "2017-06", False).manifest()
    lines = (copied / "series.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    late = next(
        i for i, line in enumerate(lines) if line.startswith("gdp_growth,hangzhou,2017,year")
    )
    assert ",2018-02," in lines[late]
    lines[late] = lines[late].replace(",year,8,", ",year,3,").replace(",year,8.0,", ",year,3.0,")
    (copied / "series.csv").write_text("".join(lines), encoding="utf-8")
    assert read_tables(copied, "hangzhou", "2017-06", False).manifest() == before
    after = read_tables(copied, "hangzhou", "2018-04", False)
    assert after.city["gdp_growth", "city"]["2017"][0] == 3.0
    assert read_tables(HOME, "hangzhou", "2018-04", False).manifest() != after.manifest()


def test_dropping_memory_drops_recollected_levels() -> None:
    kept = read_tables(HOME, "hangzhou", "2018-04", False).city
    dropped = read_tables(HOME, "hangzhou", "2018-04", True).city
    assert "2015" in kept["industrial_value_added", "city"]
    assert "2015" not in dropped["industrial_value_added", "city"]
    assert dropped["gdp", "city"]["2015"] == kept["gdp", "city"]["2015"]


def test_priors_of_an_earlier_date_are_the_earlier_rows() -> None:
    path = HOME / "outside_priors.csv"
    assert "closure_energy_per_gdp_2016" not in read_priors(path, "2015-06")
    assert read_priors(path, "2015-06")["overseas_listings_per_year"] == (3.0, 1.8)
    assert read_priors(path, "2018-04")["overseas_listings_per_year"] == (4.0, 1.5)


def test_bad_prior_rows_are_all_named(tmp_path: Path) -> None:
    path = tmp_path / "outside_priors.csv"
    header = "name,first_release,value,sd,unit,status,source,reason\n"
    rows = "a,2010-01,x,1,%,prior,s,r\nb,2010-01,1,nan,%,prior,s,r\n"
    path.write_text(header + rows, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_priors(path, "2018-04")
    assert str(caught.value).count("outside_priors.csv:") == 2
    with pytest.raises(InputError):
        read_priors(tmp_path / "absent.csv", "2018-04")


def test_written_numbers_have_the_declared_digits() -> None:
    assert plain({"b": np.array([1 / 3, np.nan]), "a": True}) == {"b": [0.3333333, None], "a": True}


def test_committed_fits_match_the_data_beside_them() -> None:
    tables = read_tables(HOME, "hangzhou", "2018-04", False)
    committed = load_json(ROOT / "calibration" / "fits" / "hangzhou" / "manifest.json")
    assert committed["world"] == tables.world(), "run `python run.py calibrate`"


def test_a_donor_of_the_same_rows_lends_its_fits(tmp_path: Path) -> None:
    for part in ("data", "fits"):
        shutil.copytree(ROOT / "calibration" / part, tmp_path / "calibration" / part)
    (tmp_path / "calibration" / "data" / "hangzhou" / "note.csv").write_text("a\n1\n")
    bundle = ensure("hangzhou", "2018-04", tmp_path)
    assert bundle.parent == tmp_path / "outputs" / ".fits"
    committed = tmp_path / "calibration" / "fits" / "hangzhou"
    for name in FITTED:
        assert (bundle / f"{name}.json").read_bytes() == (committed / f"{name}.json").read_bytes()
    assert ensure("hangzhou", "2018-04", tmp_path) == bundle
    assert [p.name for p in bundle.parent.iterdir()] == [bundle.name]


def test_unknown_city_names_the_known_ones() -> None:
    with pytest.raises(InputError, match="hangzhou"):
        ensure("atlantis", "2018-04", ROOT)
