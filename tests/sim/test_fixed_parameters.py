"""The section ``parameters`` of a scenario, and variants of what has been read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sim.checking import Checker
from sim.ensemble import yaml_text
from sim.errors import InputError
from sim.fixed_parameters import CALIBRATION_ONLY, legal_ranges
from sim.parameters import PARAMETERS
from sim.scenario import (
    FilesRead,
    Scenario,
    content_hash,
    load_scenario,
    load_with_plan,
    resolved,
)

ROOT = Path(__file__).resolve().parents[2]
GOOD = ROOT / "tests" / "inputs" / "bad" / "good.yaml"


def scenario(tmp_path: Path, text: str) -> Scenario:
    """Load a scenario that differs from a good one by `text`."""
    shutil.copy(GOOD, tmp_path / "good.yaml")
    path = tmp_path / "case.yaml"
    path.write_text("extends: good.yaml\n" + text, encoding="utf-8")
    return load_scenario(path)


def problems(tmp_path: Path, text: str) -> str:
    """Return what is told about a faulty scenario."""
    with pytest.raises(InputError) as raised:
        scenario(tmp_path, text)
    return str(raised.value)


def test_weights_of_the_per_mu_evaluation_are_not_all_zero(tmp_path: Path) -> None:
    names = [f"per_mu_weight_{name}" for name in ("tax", "value_added", "labour", "energy", "rd")]
    zeros = "".join(f"  {name}: 0\n" for name in names)
    told = problems(tmp_path, f"parameters:\n{zeros}")
    assert "case.yaml:3:" in told
    assert "one of the weights must be above zero" in told
    one = zeros.replace(f"{names[-1]}: 0", f"{names[-1]}: 0.1")
    assert scenario(tmp_path, f"parameters:\n{one}").parameters[names[-1]] == 0.1


def test_firms_sell_something(tmp_path: Path) -> None:
    told = problems(tmp_path, "parameters: {below_scale_revenue: 0}\n")
    assert "case.yaml:2:35: parameters.below_scale_revenue: must be above zero" in told
    told = problems(tmp_path, "parameters: {project_output_per_investment: 0}\n")
    assert "parameters.project_output_per_investment: must be above zero" in told
    held = scenario(tmp_path, "parameters: {below_scale_revenue: 0.5}\n")
    assert dict(held.parameters) == {"below_scale_revenue": 0.5}


def test_a_parameter_is_held_at_a_value(tmp_path: Path) -> None:
    found = scenario(tmp_path, "parameters: {depreciation_rate: 0.1, rd_intensity_2017: 3.1}\n")
    assert dict(found.parameters) == {"depreciation_rate": 0.1, "rd_intensity_2017": 3.1}
    assert resolved(found)["parameters"] == {"depreciation_rate": 0.1, "rd_intensity_2017": 3.1}
    again = tmp_path / "again.yaml"
    again.write_text(yaml_text(resolved(found)), encoding="utf-8")
    assert content_hash(load_scenario(again)) == content_hash(found)
    assert content_hash(found) != content_hash(scenario(tmp_path, ""))
    extended = tmp_path / "more.yaml"
    extended.write_text(
        "extends: case.yaml\nparameters: {depreciation_rate: 0.08}\n", encoding="utf-8"
    )
    (tmp_path / "case.yaml").write_text(
        "extends: good.yaml\nparameters: {depreciation_rate: 0.1, vat_share_of_revenue: 0.03}\n",
        encoding="utf-8",
    )
    both = dict(load_scenario(extended).parameters)
    assert both == {"depreciation_rate": 0.08, "vat_share_of_revenue": 0.03}


def test_faulty_parameters_are_told_with_their_place(tmp_path: Path) -> None:
    told = problems(tmp_path, "parameters: {depreciation_rat: 0.5, depreciation_rate: 50}\n")
    assert "case.yaml:2:14: parameters.depreciation_rat: unknown key; did you mean" in told
    assert "parameters.depreciation_rate: 50 is outside the legal range 0 to" in told
    assert "must be a mapping" in problems(tmp_path, "parameters: 3\n")


def test_a_variant_of_what_has_been_read_is_the_same_scenario() -> None:
    files, path = FilesRead(), ROOT / "scenarios" / "base.yaml"
    settings = {"levers.energy_price_surcharge.D": "0.3", "parameters.depreciation_rate": "0.1"}
    first = load_with_plan(path, files=files)[0]
    variant = load_with_plan(path, settings, files=files)[0]
    assert content_hash(variant) == content_hash(load_scenario(path, settings))
    assert content_hash(load_with_plan(path, files=files)[0]) == content_hash(first)


def test_no_parameter_that_a_scenario_may_hold_is_read_by_nobody() -> None:
    later = ("analysis", "report", "cli", "sweep", "parameters")
    sources = [
        path.read_text(encoding="utf-8")
        for path in (ROOT / "sim").rglob("*.py")
        if path.relative_to(ROOT / "sim").parts[0] not in (*later, "fixed_parameters.py")
    ]
    text = "\n".join(sources)
    city = ROOT / "calibration" / "data" / "hangzhou"
    priors = set(legal_ranges(city, Checker())) - set(PARAMETERS)
    assert len(priors) > 60
    assert {name for name in priors if f'"{name}"' not in text} == set()
    assert {name for name in CALIBRATION_ONLY if f'"{name}"' in text} == set()


def test_a_prior_of_the_calibration_is_refused_with_the_way_to_change_it(tmp_path: Path) -> None:
    told = problems(tmp_path, "parameters: {labour_share: 0.5}\n")
    assert "case.yaml:2:14: parameters.labour_share: works through the calibration alone" in told
