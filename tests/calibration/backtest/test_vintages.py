"""Vintages: nothing released after an origin touches its forecast, and a wrong date is noticed."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from calibration.backtest.design import (
    HORIZONS,
    LAST_OUTCOME,
    NAMES,
    ORIGINS,
    information_date,
    origin_set,
)
from calibration.backtest.engine import engine_forecasts
from calibration.backtest.samples import annual_rows, sample_of
from calibration.backtest.vintages import read_outcomes, read_vintage, vintage_of_origin
from calibration.specs import DRIVER_CANDIDATES
from sim.units import quarter_index

HOME = Path(__file__).resolve().parents[3] / "calibration" / "data" / "hangzhou"
ORIGIN = quarter_index("2013Q1")
AS_OF = information_date(ORIGIN)
RELEASE = {"drivers.csv": "published", "series.csv": "first_release"}
SPEC = next(spec for spec in DRIVER_CANDIDATES if spec.name == "independent")
Change = Callable[[dict[str, str]], None]


def changed(folder: Path, file: str, change: Change) -> None:
    """Rewrite a table with `change` applied to every row."""
    with (folder / file).open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = list(reader)
    assert reader.fieldnames is not None
    for row in rows:
        change(row)
    with (folder / file).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, reader.fieldnames, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def spoil_later(column: str) -> Change:
    def change(row: dict[str, str]) -> None:
        if row[column][:7] > AS_OF:
            row["value"] = str(round(float(row["value"]) * 1.5 + 1.0, 4))

    return change


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two copies: every later figure changed; one later figure dated too early."""
    later, early = (tmp_path_factory.mktemp(name) / "hangzhou" for name in ("later", "early"))
    for place in (later, early):
        shutil.copytree(HOME, place)
    for file, column in RELEASE.items():
        changed(later, file, spoil_later(column))

    def misdate(row: dict[str, str]) -> None:
        if (row["series"], row["period"]) == ("CN_IVA_yoy_m", "2013-06"):
            assert row["published"] > AS_OF
            row["published"] = AS_OF

    changed(early, "drivers.csv", misdate)
    return later, early


def test_later_figures_leave_every_vintage_and_sample_as_they_are(
    copies: tuple[Path, Path],
) -> None:
    for origin in (ORIGIN, ORIGIN - 1):
        ours = vintage_of_origin(HOME, "hangzhou", origin)
        theirs = vintage_of_origin(copies[0], "hangzhou", origin)
        assert ours.figures == theirs.figures
        assert ours.panel == theirs.panel
        assert ours.tables.world() == theirs.tables.world()
    final = read_vintage(HOME, "hangzhou", "2018-04")
    assert read_vintage(copies[0], "hangzhou", "2018-04").figures != final.figures


def test_forecast_is_bitwise_equal_but_for_a_wrong_release_date(copies: tuple[Path, Path]) -> None:
    ours, later, early = (
        engine_forecasts(vintage_of_origin(home, "hangzhou", ORIGIN), SPEC, members=8)[0]
        for home in (HOME, *copies)
    )
    assert set(NAMES) <= set(ours)
    for name, draws in ours.items():
        np.testing.assert_array_equal(draws, later[name])
    assert (ours["industrial"] != early["industrial"]).any()


def test_figures_end_at_the_origin_and_the_annual_one_a_month_later() -> None:
    origin = quarter_index("2013Q4")
    vintage = vintage_of_origin(HOME, "hangzhou", origin)
    for name in NAMES:
        last = origin - 4 if name == "city_gdp" else origin
        assert max(vintage.figures[name]) == last, name


def test_pairs_by_horizon_are_those_of_the_design() -> None:
    outcomes = read_outcomes(HOME, "hangzhou")
    counts = np.isfinite(outcomes.values).sum(axis=1)
    for name in ("industrial", "ppi", "exports", "zhejiang_gdp", "listings"):
        assert counts[NAMES.index(name)].tolist() == [17, 17, 17, 13, 9]
    assert outcomes.training.sum(axis=1)[0].tolist() == [7, 6, 4, 0, 0]
    late = [o for o in ORIGINS if o >= quarter_index("2015Q1")]
    assert [sum(o + h <= LAST_OUTCOME for o in late) for h in HORIZONS] == [8, 8, 8, 4, 0]


def test_no_test_outcome_is_known_in_training() -> None:
    outcomes = read_outcomes(HOME, "hangzhou")
    for index in np.argwhere(outcomes.training):
        origin, horizon = outcomes.origins[index[1]], HORIZONS[index[2]]
        assert origin_set(origin, known_in_training=True) == "training"
        assert origin + horizon < quarter_index("2014Q4")


def test_annual_rows_take_the_fourth_quarter_and_the_mean_of_the_year() -> None:
    own = np.array([np.nan, np.nan, np.nan, 8.0, np.nan])
    related = np.array([[1.0], [2.0], [3.0], [6.0], [9.0]])
    np.testing.assert_array_equal(annual_rows(own, related, 2012 * 4), [[8.0, 3.0]])


def test_counts_are_given_to_competitors_as_square_roots() -> None:
    from calibration.backtest.design import SERIES

    listings = next(series for series in SERIES if series.count)
    vintage = vintage_of_origin(HOME, "hangzhou", ORIGIN)
    sample = sample_of(vintage, listings, ORIGIN)
    assert sample.values[-1] == np.sqrt(vintage.figures["listings"][ORIGIN])
