"""Known answers: Ishigami's function with noise of known variance, from file to indices."""

from __future__ import annotations

import csv
from math import pi
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.analysis.noise import noise_variance
from sim.analysis.sensitivity import morris_indices, sobol_indices, whole_blocks
from sim.analysis.unit_problem import problem_of
from sim.cli.sweep import completeness, report
from sim.errors import ModelBreach
from sim.results import MemberResult
from sim.sweep.designs import Design, unit_points
from tests.sim import toy_sweep
from tests.sim.toy_sweep import FACTORS

A, B = 7.0, 0.1
VARIANCE = A**2 / 8 + B * pi**4 / 5 + B**2 * pi**8 / 18 + 0.5
FIRST = (0.5 * (1 + B * pi**4 / 5) ** 2 / VARIANCE, A**2 / 8 / VARIANCE, 0.0, 0.0)
BOTH = 8 * B**2 * pi**8 / 225 / VARIANCE
TOTAL = (FIRST[0] + BOTH, FIRST[1], BOTH, 0.0)
"""Indices of Ishigami and Homma (1990) by hand; the fourth factor is inert."""


def analysed(path: Path, out: Path, **options: Any) -> dict[tuple[str, str, str], dict[str, str]]:
    """Run a sweep with its sensitivity; return (output, factor, index) to the row."""
    finish = report("en", False, True, None, False)
    toy_sweep.run(path, out, finish=finish, complete=completeness(True, False), **options)
    with (out / "sensitivity.csv").open(encoding="utf-8", newline="") as file:
        return {(row["output"], row["factor"], row["index"]): row for row in csv.DictReader(file)}


def test_the_whole_path_recovers_the_indices_of_ishigami(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, "{kind: sobol, n: 64, seed: 5}", members=4)
    found = analysed(path, tmp_path / "out")
    shares = set()
    for place, name in enumerate(FACTORS):
        for index, truth in (("S1", FIRST[place]), ("ST", TOTAL[place])):
            row = found["indicator.output", f"levers.{name}", index]
            low, high = float(row["interval_low"]), float(row["interval_high"])
            assert low <= truth <= high, (name, index, row)
            assert high - low < 0.9
            shares.add(float(row["monte_carlo_share"]))
    [share] = shares
    # Each cell is a mean over four members of noise of variance 1; the members' luck of variance
    # 25 is common to all cells and must not count.
    assert share == pytest.approx(0.25 / (VARIANCE + 0.25), rel=0.25)
    inert = found["indicator.output", f"levers.{FACTORS[3]}", "ST"]
    assert float(inert["value"]) == 0.0  # on common random numbers nothing at all moves
    assert not any(row["value"] in ("", "nan") for row in found.values())
    names = {entry.name for entry in (tmp_path / "out" / "figures").iterdir()}
    assert {"sensitivity_tornado.png", "sensitivity_map.png", "map.png", "parallel.png"} <= names
    constant = (tmp_path / "out" / "sensitivity.json").read_text(encoding="utf-8")
    assert "indicator.land" in constant


def test_noise_without_common_numbers_is_taken_off() -> None:
    """An inert factor's total index is zero within its interval although every cell is noisy."""
    truth = {(0, "S1"): 1.0, (0, "ST"): 1.0, (1, "S1"): 0.0, (1, "ST"): 0.0}
    held, inert, shares = dict.fromkeys(truth, 0), [], []
    for trial in range(40):
        design = unit_points(Design("sobol", 256, seed=trial), 2)
        noise = np.random.default_rng(trial).normal(0.0, 0.5, len(design))
        outputs = design[:, 0] + noise  # variance 1/12 of the first factor, 1/4 of noise
        for row in sobol_indices(outputs, 2, 0.25, [0.5, 0.5], seed=trial):
            assert row.low is not None
            assert row.high is not None
            held[row.factor, row.measure] += row.low <= truth[row.factor, row.measure] <= row.high
            if (row.factor, row.measure) == (1, "ST"):
                inert.append(row.value)
                shares.append(row.monte_carlo_share)
    # Intervals of 95 %: 38 of 40 are expected, fewer than 34 would have a chance of 1 in 70.
    assert min(held.values()) >= 34, held
    assert abs(np.mean(inert)) < 0.2
    assert np.mean(shares) == pytest.approx(0.75, abs=0.03)
    raw = sobol_indices(outputs, 2, np.nan, [np.nan, np.nan], seed=1)[3]
    assert raw.low is not None
    assert raw.low > 0.3  # without the correction the inert factor's total index is all noise


def test_where_all_is_noise_there_is_no_index() -> None:
    outputs = np.random.default_rng(1).normal(size=32)
    rows = sobol_indices(outputs, 2, 10.0, [0.0, 0.0], seed=1)
    assert {(row.value, row.monte_carlo_share) for row in rows} == {(None, 1.0)}
    flat = sobol_indices(np.ones(32), 2, 0.0, [0.0, 0.0], seed=1)
    assert {(row.value, row.monte_carlo_share) for row in flat} == {(None, None)}


def test_morris_of_a_line_is_its_slope() -> None:
    design = unit_points(Design("morris", 10, seed=2), 3)
    rows = morris_indices(design, 3.0 * design[:, 0] - design[:, 1], np.nan, 4, seed=0)
    values = {(row.factor, row.measure): row.value for row in rows}
    assert values[0, "mu_star"] == pytest.approx(3.0)
    assert values[1, "mu_star"] == pytest.approx(1.0)
    assert values[2, "mu_star"] == 0.0
    assert values[0, "sigma"] == pytest.approx(0.0, abs=1e-12)


def test_noise_variance_does_not_count_the_luck_of_members() -> None:
    generator = np.random.default_rng(3)
    luck = 1e6 + 100.0 * generator.normal(size=50)
    levels = np.arange(40.0)
    cells = [luck + level + generator.normal(0.0, 2.0, 50) for level in levels]
    [found] = noise_variance(lambda: iter([cell[None] for cell in cells]))  # type: ignore[misc]
    assert found == pytest.approx(4.0 / 50.0, rel=0.1)


def test_a_failed_cell_takes_its_base_point_along(tmp_path: Path) -> None:
    assert (
        whole_blocks(np.array([True] * 7 + [False, True]), 3).tolist() == [True] * 6 + [False] * 3
    )

    def failing(scenario: Any, plan: Any, city: Any, member: int) -> MemberResult:
        if toy_sweep.unit(scenario, FACTORS[0]) > 0.95:
            raise ModelBreach("2018Q2", "land", 1.5)
        return toy_sweep.simulate(scenario, plan, city, member)

    path = toy_sweep.file(tmp_path, "{kind: sobol, n: 32, seed: 5}", members=2)
    found = analysed(path, tmp_path / "out", simulation=failing)
    text = (tmp_path / "out" / "sensitivity.json").read_text(encoding="utf-8")
    assert '"blocks": 32' in text
    left_out = int(text.partition('"blocks_left_out": ')[2].partition(",")[0])
    unit = unit_points(Design("sobol", 32, seed=5), 4).reshape(32, 6, 4)
    assert left_out == int((unit[:, :, 0] > 0.95).any(axis=1).sum()) > 0
    assert all(row["value"] not in ("", "nan") for row in found.values())


def test_morris_through_the_whole_path(tmp_path: Path) -> None:
    path = toy_sweep.file(tmp_path, "{kind: morris, n: 6, seed: 1}", members=2)
    found = analysed(path, tmp_path / "out")
    inert = found["indicator.output", f"levers.{FACTORS[3]}", "mu_star"]
    assert float(inert["value"]) == 0.0
    active = found["indicator.output", f"levers.{FACTORS[1]}", "mu_star"]
    assert float(active["value"]) > 1.0
    assert problem_of(4)["num_vars"] == 4
