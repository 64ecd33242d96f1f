"""The bank weighted at an origin: what counts, what does not, and numbers done in the head."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest

from calibration.backtest.bank_cases import (
    CASES,
    MODEL,
    bank_case_rows,
    case_draws,
    joint_forecast,
    known_figures,
    weighted,
)
from calibration.backtest.design import MEMBERS, information_date
from calibration.backtest.forecasts import OriginForecasts
from calibration.estimate.bank import BANK_FILE, COLUMNS, Bank, write_bank
from sim.units import quarter_index

ROOT = Path(__file__).resolve().parents[3]
HOME = ROOT / "calibration" / "data" / "hangzhou"
FITS = ROOT / "calibration" / "fits" / "hangzhou"
ORIGIN = quarter_index("2015Q4")
AS_OF = information_date(ORIGIN)
BY_NAME = {case.name: case for case in CASES}
SIMULATIONS = 2000


def made_up() -> Bank:
    """Return a bank whose employment falls by a member's own rate in every year."""
    generator = np.random.default_rng(3)
    values = 0.01 * generator.standard_normal((SIMULATIONS, len(COLUMNS)))
    rate = -0.03 + 0.02 * generator.standard_normal(SIMULATIONS)
    for column, name in enumerate(COLUMNS):
        if name.startswith("employment_change"):
            values[:, column] = rate
    return Bank(1, np.arange(SIMULATIONS), values, COLUMNS, {"start": "2013Q1", "seed": 1})


def copy_with(folder: Path, *, later: bool) -> Path:
    """Copy the data; raise the city's figures by the year's own share, later or earlier ones."""
    place = folder / "hangzhou"
    shutil.copytree(HOME, place)
    with (place / "series.csv").open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = list(reader)
    for row in rows:
        if row["region"] == "hangzhou" and (row["first_release"][:7] > AS_OF) is later:
            share = 1.0 + (int(row["period"][:4]) - 2000) / 1000.0
            row["value"] = str(round(share * float(row["value"]), 4))
    with (place / "series.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(reader.fieldnames or ()), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return place


def test_a_later_figure_leaves_an_origins_weights_bitwise_as_they_are(tmp_path: Path) -> None:
    bank = made_up()
    seen = known_figures(HOME, "hangzhou", AS_OF, FITS)
    assert "employment_change_2014" in seen
    assert "employment_change_2015" not in seen
    later = copy_with(tmp_path / "later", later=True)
    now = copy_with(tmp_path / "now", later=False)
    ours = weighted(bank, seen)[0]
    theirs = weighted(bank, known_figures(later, "hangzhou", AS_OF, FITS))[0]
    for name in ("scores", "weights", "rows"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
    # What was released by then does count.
    moved = weighted(bank, known_figures(now, "hangzhou", AS_OF, FITS))[0]
    assert not np.array_equal(moved.weights, ours.weights)
    final = information_date(quarter_index("2017Q4"))
    assert known_figures(later, "hangzhou", final, FITS) != known_figures(
        HOME, "hangzhou", final, FITS
    )


def test_before_any_release_all_simulations_count_alike() -> None:
    sample, _, _ = weighted(made_up(), {})
    assert len(sample.rows) == SIMULATIONS
    assert sample.effective_size == pytest.approx(SIMULATIONS)
    drawn = joint_forecast(made_up(), {})["employment_change_2016"]
    assert drawn.shape == (MEMBERS,)
    assert drawn.mean() == pytest.approx(-0.03, abs=0.003)


def test_a_figure_of_one_year_narrows_the_years_it_is_tied_to() -> None:
    # Rates of the bank have variance 0.02 squared; a figure with that error halves it.
    given = joint_forecast(made_up(), {"employment_change_2014": (-0.01, 0.02)})
    rate = given["employment_change_2016"]
    assert rate.mean() == pytest.approx(-0.02, abs=0.002)
    assert rate.std() == pytest.approx(0.02 / np.sqrt(2.0), rel=0.1)
    assert given["high_tech_lead_2016"].std() == pytest.approx(0.01, rel=0.15)


def test_figures_in_the_head() -> None:
    growth = BY_NAME["agents_productivity"].value(5.0, np.log(0.96))
    assert float(growth) == pytest.approx(100.0 * (1.05 / 0.96 - 1.0))
    assert float(BY_NAME["agents_revenue"].value(np.log(0.955))) == pytest.approx(-4.5)
    assert float(BY_NAME["agents_rd_intensity"].value(np.log(1.5))) == pytest.approx(1.5)
    assert float(BY_NAME["agents_high_tech_lead"].value(6.5)) == 6.5


def test_growth_is_the_origins_path_plus_what_agents_add() -> None:
    joint = {
        "value_added_growth_2016": np.full(MEMBERS, 7.0),
        "path_growth_2016": np.full(MEMBERS, 7.5),
    }
    final = {"value_added_growth_2016": (5.4, 1e-9)}
    path = np.full(MEMBERS, 9.0)
    drawn = case_draws(BY_NAME["agents_industry"], 2016, joint, path, final, ORIGIN)
    assert drawn == pytest.approx(np.full(MEMBERS, 8.5), abs=1e-6)
    lacking = {"value_added_growth_2016": joint["value_added_growth_2016"]}
    assert case_draws(BY_NAME["agents_industry"], 2016, lacking, path, final, ORIGIN) is None


def test_rows_hold_quantiles_and_outcome_of_every_case(tmp_path: Path) -> None:
    paths = {"city_industry": np.full((12, MEMBERS), 6.0)}
    forecasts = [OriginForecasts(origin, {}, {}, {}, paths) for origin in (ORIGIN, ORIGIN + 1)]
    assert list(bank_case_rows(HOME, "hangzhou", tmp_path, forecasts)) == []
    write_bank(made_up(), tmp_path / BANK_FILE)
    rows = list(bank_case_rows(HOME, "hangzhou", tmp_path, forecasts))
    assert {row[1] for row in rows} == {MODEL}
    assert {row[2] for row in rows} == {"single_2015Q4"}
    found = {(row[0], row[3], row[4]): row[5] for row in rows}
    # Employment of 2016: 106.6 of 110.5 ten thousand.
    outcome = found["agents_employment", "4", "outcome"]
    assert outcome == pytest.approx(100.0 * (106.6 / 110.5 - 1.0))
    assert ("agents_employment", "8", "outcome") not in found
    for (name, horizon, metric), value in found.items():
        assert value is not None
        if metric == "q10":
            assert value < (found[name, horizon, "median"] or 0.0) + 1e-9
