"""A refit repeats itself, leaves other commands' files alone, and narrows where data were added."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from calibration import bundle, bundle_files, city_path
from calibration.drivers import driver_data
from calibration.fits import CARRIED, calibrate
from calibration.regional import annual_growth
from calibration.tables import Tables, read_tables
from sim.units import quarter_index

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "calibration" / "data" / "hangzhou"
FITS = ROOT / "calibration" / "fits" / "hangzhou"
START = quarter_index(bundle.CITY_FIRST)
NEW_FIGURE = (
    "industrial_value_added_growth,hangzhou,2014,year,8.0,%,cited,2015-02,invented for a test,\n"
)


def close(ours: object, stored: object) -> None:
    """Compare nested numbers to the precision that holds across kinds of processors."""
    if isinstance(stored, dict):
        assert isinstance(ours, dict)
        assert ours.keys() == stored.keys()
        for key in stored:
            close(ours[key], stored[key])
    elif isinstance(stored, list):
        np.testing.assert_allclose(
            np.array(ours, dtype=float), np.array(stored, dtype=float), rtol=1e-4, atol=1e-9
        )
    elif isinstance(stored, float):
        assert ours == pytest.approx(stored, rel=1e-4)
    else:
        assert ours == stored


def refit_counts(tables: Tables) -> str:
    last = driver_data(tables.drivers).last
    entry = bundle.fit_listings(tables, last)[2]
    return json.dumps(bundle_files.plain(entry), sort_keys=True)


def test_refit_changes_no_byte_here_and_agrees_with_what_is_committed() -> None:
    tables = read_tables(HOME, "hangzhou", "2018-04", False)
    first, again = refit_counts(tables), refit_counts(tables)
    assert first == again
    close(json.loads(first), bundle_files.load_json(FITS / "counts.json"))


def test_calibrate_keeps_the_files_of_other_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("data", "fits"):
        shutil.copytree(ROOT / "calibration" / part, tmp_path / "calibration" / part)
    place = tmp_path / "calibration" / "fits" / "hangzhou"
    stored = {name: bundle_files.load_json(place / f"{name}.json") for name in bundle_files.FITTED}
    # The fits themselves are tested elsewhere: here only what surrounds them.
    monkeypatch.setattr("calibration.bundle.build", lambda tables: stored)
    for name in ("backtest.csv", "backtest.json"):
        assert name in CARRIED
        (place / name).write_text(f"kept {name}\n", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    assert calibrate("hangzhou", tmp_path) == 0
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before


def city_draws(home: Path) -> tuple[np.ndarray, np.ndarray]:
    """Refit the city; return draws of its industrial and GDP growth, (draws, quarters)."""
    tables = read_tables(home, "hangzhou", "2018-04", False)
    data = driver_data(tables.drivers)
    nation = city_path.national_path(data)[START - data.first :]
    paths = []
    for fit, name in ((city_path.fit_city, "city"), (city_path.fit_gdp, "gdp")):
        fitted = fit(tables.city, nation, START)
        paths.append(city_path.export_path(fitted, 512, bundle.generator(name))[1])
    return paths[0], paths[1]


def test_a_new_yearbook_figure_narrows_its_year_and_hardly_anything_else(tmp_path: Path) -> None:
    """The figure is invented and lives here only: the city's industrial growth of 2014."""
    home = tmp_path / "hangzhou"
    shutil.copytree(HOME, home)
    table = home / "series.csv"
    before_it = "industrial_value_added_growth,hangzhou,2015,year,"
    text = table.read_text(encoding="utf-8")
    assert text.count(before_it) == 1
    assert "industrial_value_added_growth,hangzhou,2014," not in text
    table.write_text(text.replace(before_it, NEW_FIGURE + before_it), encoding="utf-8")
    (industry, gdp), (with_figure, same_gdp) = city_draws(HOME), city_draws(home)

    def deviation(year: int) -> tuple[float, float]:
        before, after = (annual_growth(p, START, year).std() for p in (industry, with_figure))
        return float(before), float(after)

    before, after = deviation(2014)
    assert after < 0.3 * before
    near = annual_growth(with_figure, START, 2014).mean()
    assert abs(near - 0.08) < abs(annual_growth(industry, START, 2014).mean() - 0.08)
    for year in (2011, 2017):  # three years away, each with figures of its own
        before, after = deviation(year)
        assert after == pytest.approx(before, rel=0.1)
    np.testing.assert_array_equal(gdp, same_gdp)  # another series of the city
