"""Scores, intervals and choices in numbers done in the head."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from calibration.backtest.intervals import (
    LEAST_PAIRS,
    bootstrap_interval,
    compare,
    exact_interval,
    measured_size,
    resample,
)
from calibration.backtest.rows import (
    Scored,
    comparison_rows,
    coverage_rows,
    pit_rows,
    scored_sets,
    skill,
    skill_rows,
)
from calibration.backtest.scoring import Verification, crps_by_pair
from calibration.backtest.selection import BENCHMARK, preselect, with_benchmark
from calibration.diagnostics import normal_crps

MEMBERS = 400
POINTS = (np.arange(MEMBERS) + 0.5) / MEMBERS


def verification(outcome: float = 0.5, sets: str = "test", origins: int = 8) -> Verification:
    """Two competitors around the outcome, one narrow and right, one off by one."""
    models = {"engine": POINTS, "random_walk_drift": POINTS + 1.0, "ar": POINTS + 2.0}
    shape = (1, origins, 1)
    coordinates = {"series": ["x"], "origin": list(range(origins)), "horizon": [1]}
    draws = np.array([np.broadcast_to(v, (*shape, MEMBERS)) for v in models.values()])
    return Verification(
        xr.DataArray(
            draws,
            dims=("model", "series", "origin", "horizon", "member"),
            coords={"model": list(models), **coordinates},
        ),
        xr.DataArray(np.full(shape, outcome), dims=tuple(coordinates), coords=coordinates),
        xr.DataArray(np.full(shape, sets), dims=tuple(coordinates), coords=coordinates),
    )


def test_crps_of_a_uniform_density_at_its_middle_is_a_twelfth() -> None:
    # E|X - 1/2| = 1/4 and E|X - X'| = 1/3 for a uniform: 1/4 - 1/6.
    found = verification()
    crps = crps_by_pair(found.draws, found.outcome)
    np.testing.assert_allclose(crps.sel(model="engine"), 1 / 12, atol=1e-4)


def test_crps_of_normal_points_is_the_closed_form() -> None:
    from calibration.backtest.competitors import Normal

    points = Normal(np.array([1.0]), np.array([2.0])).quantiles(2000)[:, 0]
    truth = xr.DataArray([[[0.3]]], dims=("series", "origin", "horizon"))
    draws = xr.DataArray(
        points[None, None, None, None, :],
        dims=("model", "series", "origin", "horizon", "member"),
        coords={"model": ["normal"]},
    )
    exact = float(normal_crps(np.array(0.3), np.array(1.0), np.array(2.0)))
    assert float(crps_by_pair(draws, truth).item()) == pytest.approx(exact, abs=1e-3)


def test_pit_is_the_rank_and_spreads_ties_evenly() -> None:
    assert float(verification(0.25).pit().sel(model="engine")[0, 0, 0]) == pytest.approx(0.25)
    found = verification(0.0, origins=200)
    flat = Verification(xr.zeros_like(found.draws), found.outcome, found.sets)
    values = flat.pit().sel(model="engine").values.ravel()
    assert values.min() < 0.05
    assert values.max() > 0.95
    assert values.mean() == pytest.approx(0.5, abs=0.06)


def test_benchmark_is_the_best_on_training_pairs_and_never_one_that_was_flagged() -> None:
    found = verification(sets="training")
    assert preselect(found.crps(), found.sets) == {"x": "random_walk_drift"}
    broken = found.draws.copy()
    broken.loc[{"model": "random_walk_drift", "origin": 3}] = np.nan
    flagged = Verification(broken, found.outcome, found.sets)
    assert preselect(flagged.crps(), flagged.sets) == {"x": "ar"}
    # On test pairs nothing is chosen: the last resort stands in.
    test = verification()
    assert preselect(test.crps(), test.sets) == {"x": "random_walk_drift"}


def test_a_flagged_benchmark_is_the_random_walk_there() -> None:
    found = verification()
    broken = found.draws.copy()
    broken.loc[{"model": "ar", "origin": 2}] = np.nan
    made = with_benchmark(Verification(broken, found.outcome, found.sets), {"x": "ar"})
    means = made.draws.sel(model=BENCHMARK).mean("member").values.ravel()
    np.testing.assert_allclose(means, [2.5, 2.5, 1.5, 2.5, 2.5, 2.5, 2.5, 2.5])


def scored(found: Verification) -> Scored:
    scale = xr.DataArray([2.0], dims="series", coords={"series": ["x"]})
    (part,) = scored_sets(with_benchmark(found, {"x": "random_walk_drift"}), scale)
    return part


def test_skill_is_the_share_of_the_benchmarks_score_saved() -> None:
    # Engine 1/12; a uniform one off, at distance one: 1 - 1/6 = 5/6; so 1 - 1/10.
    part = scored(verification())
    assert float(skill(part.pair).item()) == pytest.approx(0.9, abs=1e-3)
    rows = {row[:5]: row[5:] for row in skill_rows(part)}
    value, low, high, count = rows["x", "engine", "test", "all", "crps_skill"]
    assert (low, high, count) == (pytest.approx(value), pytest.approx(value), 8)


def test_coverage_and_pit_rows_count_outcomes() -> None:
    rows = {row[4]: row[5:] for row in coverage_rows(scored(verification(0.85))) if row[3] == "1"
            and row[0] == "x"}  # fmt: skip
    assert [rows[f"coverage_{size}"][0] for size in (50, 80, 95)] == [0.0, 1.0, 1.0]
    assert rows["coverage_80"][1:3] == pytest.approx(exact_interval(8, 8))
    shares = [row[5] for row in pit_rows(scored(verification(0.85))) if row[0] == "x"]
    assert shares == [0.0] * 8 + [1.0, 0.0]


def test_block_bootstrap_repeats_itself_and_leaves_numpys_state_alone() -> None:
    values = xr.DataArray(np.arange(8.0), dims="origin")
    np.random.seed(5)  # noqa: NPY002
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    first = resample(values, iterations=50)
    assert np.random.random() == expected  # noqa: NPY002
    np.testing.assert_array_equal(first, resample(values, iterations=50))
    low, high = bootstrap_interval(first.mean("origin"))
    assert 0.0 < low < 3.5 < high < 7.0
    # Blocks of four neighbours: steps of one but at the seams.
    steps = np.diff(first.transpose("iteration", "origin").values[:, :4], axis=1) % 8
    np.testing.assert_array_equal(steps, 1.0)


def test_series_and_horizons_of_one_origin_are_drawn_together() -> None:
    values = xr.DataArray(np.arange(8.0), dims="origin").expand_dims(series=3, horizon=2)
    drawn = resample(values, iterations=20)
    np.testing.assert_array_equal(drawn.std(("series", "horizon")), 0.0)


def test_too_small_samples_are_not_tested() -> None:
    gap = np.random.default_rng(1).standard_normal(8)
    assert compare(gap[: LEAST_PAIRS - 1], 1) is None
    assert compare(gap, 8) is None
    assert compare(np.zeros(8), 1) is None
    assert compare(gap, 1) is not None


def test_size_of_the_test_is_measured_and_grows_with_overlap() -> None:
    one, four = measured_size(8, 1), measured_size(8, 4)
    assert one == pytest.approx(0.05, abs=0.02)
    assert four > one
    # A sample in which the engine loses every time is told from chance.
    lost = compare(1.0 + 0.1 * np.random.default_rng(2).standard_normal(8), 1)
    assert lost is not None
    assert lost.p_value < 0.01


def test_p_values_stand_beside_the_size_of_the_test() -> None:
    found = verification()
    moved = found.outcome + 0.01 * xr.DataArray(np.arange(8.0), dims="origin")
    rows = list(comparison_rows(scored(Verification(found.draws, moved, found.sets))))
    assert [row[4] for row in rows] == ["dm_p_value", "dm_size_at_5"]
