"""A comparison through the real engine: directory, tables, page, resumption."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.cli.compare import load_all, run_comparison
from sim.digest import digest_directory
from sim.errors import InputError
from sim.manifest import read_manifest
from sim.report.comparing import inputs_diff
from sim.results import MemberResult
from sim.scenario import load_scenario
from tests.sim import toy_run

ROOT = Path(__file__).resolve().parents[2]


def helped(chosen: Any, plan: Any, city: Any, member: int) -> MemberResult:
    """Add half a unit of output to the scenario named so."""
    found = toy_run.simulate(chosen, plan, city, member)
    if chosen.name == "helped":
        return replace(found, published=np.add(found.published, [[0.0], [0.5]]))
    return found


def compared(tmp_path: Path, *names: str, **options: Any) -> Path:
    out = tmp_path / "out"
    city = toy_run.city(tmp_path / "bundle")
    settings = {"jobs": 1, "quiet": True, "simulate": helped, "layout": toy_run.LAYOUT, **options}
    run_comparison(
        [toy_run.scenario(name=name) for name in names], toy_run.plan(), [city] * len(names), out,
        **settings,
    )  # fmt: skip
    return out


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_directory_holds_what_the_contract_names(tmp_path: Path) -> None:
    out = compared(tmp_path, "plain", "helped")
    assert {entry.name for entry in out.iterdir()} == {
        "comparison.csv", "inputs_diff.csv", "plain", "helped", "figures", "report.html",
        "scenarios_iamc.csv", "manifest.json",
    }  # fmt: skip
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []
    found = rows(out / "comparison.csv")
    assert list(found[0]) == [
        "kind", "id", "reading", "quarter", "scenario_a", "scenario_b", "a", "b", "difference",
        "difference_mc_error",
    ]  # fmt: skip
    output = [row for row in found if row["id"] == "output" and row["kind"] == "indicator"]
    assert {float(row["difference"]) for row in output} == {0.5}
    land = [row for row in found if row["id"] == "land"]
    assert {row["difference"] for row in land} == {"0.0"}
    assert rows(out / "inputs_diff.csv") == [{"key": "name", "a": "plain", "b": "helped"}]
    assert {row["Scenario"] for row in rows(out / "scenarios_iamc.csv")} == {"plain", "helped"}
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Prior-predictive" in page
    assert (out / "figures" / "attainment_output.png").stat().st_size > 5000
    manifest = read_manifest(out)
    assert manifest["digest"] == digest_directory(out)
    assert manifest["scenarios"] == ["plain", "helped"]


def test_a_second_time_nothing_is_simulated(tmp_path: Path) -> None:
    first = digest_directory(compared(tmp_path, "plain", "helped"))

    def forbidden(*_: Any) -> MemberResult:
        raise AssertionError("simulated again")

    assert digest_directory(compared(tmp_path, "plain", "helped", simulate=forbidden)) == first
    assert digest_directory(compared(tmp_path, "helped", "plain", simulate=forbidden)) == first


def test_another_comparison_replaces_the_old_one(tmp_path: Path) -> None:
    compared(tmp_path, "plain", "helped")
    out = compared(tmp_path, "plain", "third")
    assert sorted(p.name for p in out.iterdir() if p.is_dir()) == ["figures", "plain", "third"]


def test_an_interrupted_comparison_goes_on(tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    def dies(chosen: Any, plan: Any, city: Any, member: int) -> MemberResult:
        if chosen.name == "helped" and member == 3:
            raise Killed
        return helped(chosen, plan, city, member)

    with pytest.raises(Killed):
        compared(tmp_path, "plain", "helped", simulate=dies)
    assert not (tmp_path / "out" / "comparison.csv").exists()
    seen: list[tuple[str, int]] = []

    def counting(chosen: Any, plan: Any, city: Any, member: int) -> MemberResult:
        seen.append((chosen.name, member))
        return helped(chosen, plan, city, member)

    out = compared(tmp_path, "plain", "helped", simulate=counting)
    assert seen == [("helped", 3), ("helped", 4), ("helped", 5)]
    assert len(rows(out / "comparison.csv")) > 0


def test_scenarios_that_cannot_be_paired_are_refused(tmp_path: Path) -> None:
    base, other = ROOT / "scenarios" / "base.yaml", tmp_path / "other.yaml"
    text = base.read_text(encoding="utf-8").replace("seed: 20180411", "seed: 1")
    other.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"other\.yaml: seed: 1 here, 20180411 .* paired"):
        load_all([str(base), str(other)], {})


def test_the_same_file_twice_gets_two_names() -> None:
    base = str(ROOT / "scenarios" / "base.yaml")
    scenarios, _ = load_all([base, base], {})
    assert [scenario.name for scenario in scenarios] == ["base", "base_2"]


def test_inputs_differ_where_the_values_in_force_differ() -> None:
    base = load_scenario(ROOT / "scenarios" / "base.yaml")
    dearer = load_scenario(
        ROOT / "scenarios" / "base.yaml",
        {"levers.energy_price_surcharge.D": "0.3", "population.scale": "0.5", "name": "dearer"},
    )
    found = {row[0]: row[1:] for row in inputs_diff([base, dearer])}
    assert found["name"] == ("base", "dearer")
    assert found["population.scale"] == ("1.0", "0.5")
    changed = {key for key in found if key.startswith("levers.")}
    assert changed
    assert all(key.startswith("levers.energy_price_surcharge.D.") for key in changed)
    assert {found[key][1] for key in changed} == {"0.3"}
