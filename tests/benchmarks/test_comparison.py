"""The comparison of speeds: its parts run, say what they measured, and can be kept and drawn."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import reduced
from benchmarks.drawing import draw
from benchmarks.reduced.compiled_form import (
    CANDIDATES,
    Compiled,
    candidates,
    shocks,
)
from benchmarks.reduced.numpy_form import population, quarter
from benchmarks.running import PEERS, exponent, task
from benchmarks.tables import as_csv, as_text
from benchmarks.tasks import beside
from sim.rng import philox


def luck_of(first: int, size: int, quarter: int, key: Any) -> Any:
    """Return the uniforms of shocks: firm j takes the halves of word j // n of block j % n."""
    zero = np.uint64(0)
    agents = np.arange(first, first + (size + 3) // 4, dtype=np.uint64)
    words = [philox(agent, np.uint64(quarter), zero, zero, *key) for agent in agents]
    own = np.array(words, dtype=np.uint64).T.ravel()[:size]
    halves = np.array([own >> np.uint64(32), own & np.uint64(0xFFFFFFFF)], dtype=np.float64)
    return (halves + 0.5) * 2.0**-32


def drawn(model: Compiled, firms: int) -> Any:
    """Return the uniforms of the coming quarter, as the compiled form draws them."""
    uniforms, quarter = np.ones((3, firms)), model.quarter + 1
    for first, end in itertools.pairwise(model.edges):
        size = int(end - first)
        uniforms[:2, first:end] = luck_of(int(first), size, quarter, model.key)
        lists = model.masks, model.where, model.lots
        found = candidates(first, size, quarter, model.key, *lists)
        # Of all uniforms those of candidates are the ones below their share.
        uniforms[2, first + model.where[:found]] = model.lots[:found] / CANDIDATES
    return uniforms


@pytest.mark.parametrize("firms", [37, 5_003])
def test_the_reduced_model_is_the_same_compiled_and_in_numpy(firms: int) -> None:
    model, columns = Compiled(population(firms)), population(firms)
    total, mean = model.total.copy(), model.mean.copy()
    for _ in range(8):
        uniforms = drawn(model, firms)
        model.step()
        total, mean = quarter(columns, total, mean, uniforms)
        for name, compiled in zip(reduced.FIELDS, model.columns, strict=True):
            size = float(np.abs(columns[name]).max()) or 1.0
            np.testing.assert_allclose(compiled, columns[name], rtol=1e-12, atol=1e-12 * size)
    assert 0 < np.count_nonzero(columns["age"] < 8.0) < firms


def test_the_reduced_model_keeps_its_sectors_demand() -> None:
    model = Compiled(population(4_000))
    before = model.total.copy()
    for _ in range(3):
        model.step()
    np.testing.assert_allclose(model.total, before * np.exp(3 * reduced.DEMAND), rtol=1e-12)


def test_every_firm_has_shocks_of_its_own() -> None:
    model = Compiled(population(1_000))
    (first, end), quarter = model.edges[1:3], 5
    size = int(end - first)
    shocks(first, size, quarter, model.key, model.ids, model.words, *model.moved)
    uniforms = luck_of(int(first), size, quarter, model.key)
    signed = np.sign(uniforms - 0.5) * -np.log(1.0 - np.abs(2.0 * uniforms - 1.0))
    size_of = [[reduced.SALES_SHOCK], [reduced.TFP_SHOCK]]
    expected = size_of * signed + [[0.0], [reduced.DRIFT]]
    np.testing.assert_allclose([moved[:size] for moved in model.moved], expected, rtol=1e-12)
    assert len(set(uniforms.ravel().tolist())) == 2 * size


def test_one_firm_in_sixteen_may_leave_with_a_lot_of_its_own() -> None:
    firms, key = 40_000, Compiled(population(100)).key
    masks, where, lots = np.empty(632, np.uint64), np.empty(firms, np.int64), np.empty(firms)
    found = candidates(0, firms, 5, key, masks, where, lots)
    chance = 1.0 / CANDIDATES
    spread = np.sqrt(firms * chance * (1.0 - chance))
    assert abs(found - firms * chance) < 4.0 * spread
    assert np.all(np.diff(where[:found]) > 0)
    assert where[found - 1] < firms
    assert len(set(lots[:found].tolist())) == found
    assert abs(lots[:found].mean() - 0.5) < 4.0 / np.sqrt(12.0 * found)


@pytest.mark.parametrize("form", ["twin", "numpy"])
def test_both_forms_are_measured_beside_the_engine(form: str) -> None:
    found = beside(form, 0.01, 1)
    assert found["firms"] > 400
    assert found["rate"] * 1e6 * found["quarter_s"] == pytest.approx(found["firms"])
    assert found["times_engine"] == pytest.approx(found["engine_rate"] / found["rate"])


def test_a_city_of_another_size_is_measured_in_its_own_process() -> None:
    found = task("growing", scale=0.02, quarters=1)
    assert found["firms"] == pytest.approx(1_100, rel=0.1)
    assert found["memory"] > 50e6


def test_exponents_are_slopes_on_a_log_scale() -> None:
    sizes = [1e3, 1e4, 1e5]
    assert exponent(sizes, [3e-3 * n**1.5 for n in sizes]) == pytest.approx(1.5)


def test_the_command_prints_and_keeps_what_it_measured(root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "--quick", "--only", "reduced", "--save"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path)], cwd=root, check=True, capture_output=True, text=True
    )
    (stored,) = tmp_path.glob("*.json")
    found = json.loads(stored.read_text(encoding="utf-8"))["reduced"]
    assert found["compiled"]["rate"] > 0.0 < found["numpy"]["rate"]
    for name, (_, _, install) in PEERS.items():
        assert ("rate" in found[name]) != (found[name].get("not_installed") == install)
        assert name in done.stdout
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".csv", ".png"}


def test_kept_results_can_be_read_printed_and_drawn_again(root: Path, tmp_path: Path) -> None:
    kept = sorted((root / "benchmarks" / "results").glob("*-comparison.json"))
    assert kept
    result = json.loads(kept[-1].read_text(encoding="utf-8"))
    text = as_text(result)
    assert f"{result['forms']['twin']['times_engine']:.0f} x" in text
    assert f"exponent in firms: {result['growth']['exponent']:.2f}" in text
    lines = dict(line.split(",", 1) for line in as_csv(result).splitlines())
    assert float(lines["forms.engine.rate"]) == result["forms"]["engine"]["rate"]
    draw(result, tmp_path / "all.png")
    assert (tmp_path / "all.png").stat().st_size > 20_000
