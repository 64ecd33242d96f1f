"""Scenarios: inheritance, overrides, lever paths, what a resolved scenario holds."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest

from sim.ensemble import yaml_text
from sim.errors import InputError
from sim.levers import LEVERS
from sim.scenario import (
    Scenario,
    content_hash,
    load_scenario,
    load_with_plan,
    resolved,
    resources,
)
from sim.shocks import DRIVERS
from sim.units import quarter_index
from sim.world import SHOCKABLE

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
GOOD = ROOT / "tests" / "inputs" / "bad" / "good.yaml"


def scenario(tmp_path: Path, text: str, **overrides: str) -> Scenario:
    """Load a scenario that differs from a good one by `text`."""
    shutil.copy(GOOD, tmp_path / "good.yaml")
    path = tmp_path / "case.yaml"
    path.write_text("extends: good.yaml\n" + text, encoding="utf-8")
    return load_scenario(path, overrides)


def problems(tmp_path: Path, text: str, overrides: dict[str, str] | None = None) -> str:
    """Return what is told about a faulty scenario."""
    shutil.copy(GOOD, tmp_path / "good.yaml")
    path = tmp_path / "case.yaml"
    path.write_text("extends: good.yaml\n" + text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_scenario(path, overrides)
    return str(raised.value)


@pytest.fixture(scope="module")
def base() -> Scenario:
    return load_scenario(ROOT / "scenarios" / "base.yaml")


def test_base_is_the_plan_over_its_years(base: Scenario) -> None:
    assert (base.name, base.city, base.plan, base.as_of) == (
        "base", "hangzhou", "hangzhou_2018", "2018-04",
    )  # fmt: skip
    assert (base.first, base.last) == (quarter_index("2018Q1"), quarter_index("2020Q4"))
    assert (base.members, base.seed, base.population_scale) == (200, 20180411, 1.0)
    assert base.outside_world == {}
    assert base.switches == {"census_revision": False, "drop_memory": False}
    assert set(base.levers) == set(base.before_plan) == set(LEVERS)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_scenario_of_the_project_loads(path: Path) -> None:
    found = load_scenario(path)
    assert found.name == path.stem
    assert found.label_en != found.label_zh
    for name, lever in LEVERS.items():
        path_of = found.levers[name]
        paths = path_of if lever.classes else {"": path_of}
        assert set(paths) == set(lever.classes or ("",))
        for values in paths.values():
            assert len(values) == 12
            assert all(lever.low <= value <= lever.high for value in values)


def test_plan_values_hold_from_the_second_quarter(base: Scenario) -> None:
    quota = base.levers["industrial_quota_share"]
    before = base.before_plan["industrial_quota_share"]
    assert quota[0] == before[0]
    assert quota[1:] == (0.30,) * 11
    assert before == (before[0],) * 12
    assert base.levers["land_floor"] == (0.0,) + (240.0,) * 11


def test_no_plan_is_what_was_in_force(base: Scenario) -> None:
    found = load_scenario(ROOT / "scenarios" / "no_plan.yaml")
    assert found.levers == found.before_plan == base.before_plan
    assert found.levers != base.levers


def test_history_before_the_information_date_and_not_after(tmp_path: Path) -> None:
    early = scenario(tmp_path, "start: 2016Q1\nas_of: 2017-08\nend: 2017Q4\nlevers: before_plan\n")
    assert early.levers["approval_days"] == (180.0,) * 8  # the ceiling of 2017-09 is not known yet
    later = scenario(tmp_path, "start: 2016Q1\nas_of: 2018-04\nend: 2017Q4\nlevers: before_plan\n")
    assert later.levers["approval_days"] == (180.0,) * 6 + (120.0,) * 2


def test_before_the_first_row_a_lever_is_neutral(tmp_path: Path) -> None:
    found = scenario(tmp_path, "start: 2012Q1\nend: 2012Q2\nlevers: before_plan\n")
    assert found.levers["listing_reward"] == (LEVERS["listing_reward"].neutral,) * 2


def test_a_number_means_the_whole_horizon(tmp_path: Path) -> None:
    found = scenario(tmp_path, "levers: {from: plan, technical_upgrade_subsidy: 0.1}\n")
    assert found.levers["technical_upgrade_subsidy"] == (0.1,) * 12


def test_a_step_holds_until_the_next_and_before_the_first_what_it_starts_from(
    tmp_path: Path, base: Scenario
) -> None:
    text = "levers: {technical_upgrade_subsidy: {2019Q1: 0.15, 2018Q3: 0.10}}\n"
    found = scenario(tmp_path, text)
    planned = base.levers["technical_upgrade_subsidy"]
    expected = (planned[0], planned[1]) + (0.10,) * 2 + (0.15,) * 8
    assert found.levers["technical_upgrade_subsidy"] == expected


def test_classes_are_addressed_one_by_one(tmp_path: Path, base: Scenario) -> None:
    text = "levers: {energy_price_surcharge: {D: {2018Q3: 0.30}, C: 0.10}}\n"
    found = scenario(tmp_path, text).levers["energy_price_surcharge"]
    planned = base.levers["energy_price_surcharge"]
    assert isinstance(found, dict)
    assert isinstance(planned, dict)
    assert found["D"] == planned["D"][:2] + (0.30,) * 10
    assert found["C"] == (0.10,) * 12
    assert found["A"] == planned["A"]


def test_one_number_serves_all_classes_until_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "middle.yaml").write_text(
        "extends: good.yaml\nlevers: {energy_price_surcharge: 0.1}\n"
    )
    shutil.copy(GOOD, tmp_path / "good.yaml")
    (tmp_path / "case.yaml").write_text(
        "extends: middle.yaml\nlevers: {energy_price_surcharge: {D: 0.2}}\n"
    )
    found = load_scenario(tmp_path / "case.yaml").levers["energy_price_surcharge"]
    assert isinstance(found, dict)
    assert [found[name][0] for name in "ABCD"] == [0.1, 0.1, 0.1, 0.2]


def test_extends_writes_only_differences(tmp_path: Path) -> None:
    found = scenario(tmp_path, "members: 7\n")
    assert (found.name, found.members, found.seed, found.city) == ("case", 7, 1, "hangzhou")
    assert found.levers_from == "plan"


def test_paths_merge_and_other_kinds_replace(tmp_path: Path) -> None:
    shutil.copy(GOOD, tmp_path / "good.yaml")
    (tmp_path / "parent.yaml").write_text(
        "extends: good.yaml\n"
        "levers: {from: before_plan, technical_upgrade_subsidy: {2018Q2: 0.1, 2019Q1: 0.2}}\n"
        "outside_world: {ppi: {shock: 0.1, from: 2018Q3}}\n"
    )
    (tmp_path / "child.yaml").write_text(
        "extends: parent.yaml\n"
        "levers: {technical_upgrade_subsidy: {2019Q1: 0.3}}\n"
        "outside_world: {ppi: {path: {2018Q2: 0.02}}}\n"
    )
    found = load_scenario(tmp_path / "child.yaml")
    path = found.levers["technical_upgrade_subsidy"]
    assert (path[1], path[4], found.levers_from) == (0.1, 0.3, "before_plan")
    assert found.outside_world["ppi"].path == {quarter_index("2018Q2"): 0.02}
    assert found.outside_world["ppi"].size == 0.0


def test_a_shock_without_a_window_means_the_whole_horizon(tmp_path: Path) -> None:
    alone = scenario(tmp_path, "outside_world: {export_demand: {shock: -0.1}}\n")
    assert alone.outside_world["export_demand"].first == alone.first
    assert resolved(alone)["outside_world"] == {"export_demand": {"shock": -0.1, "from": "2018Q1"}}
    said = scenario(tmp_path, "outside_world: {export_demand: {shock: -0.1, from: 2018Q1}}\n")
    assert content_hash(said) == content_hash(alone)
    later = scenario(tmp_path, "start: 2017Q1\noutside_world: {export_demand: {shock: -0.1}}\n")
    assert later.outside_world["export_demand"].first == quarter_index("2017Q1")


def test_set_changes_single_values(tmp_path: Path) -> None:
    settings = {
        "members": "1e2",
        "levers.energy_price_surcharge.D": "{2018Q4: 0.2}",
        "outside_world.export_demand": "{shock: -0.08, from: 2018Q3, until: 2019Q4}",
        "switches.drop_memory": "true",
        "population.scale": "0.1",
        "name": "other",
    }
    shutil.copy(GOOD, tmp_path / "good.yaml")
    found = load_scenario(tmp_path / "good.yaml", settings)
    surcharge = found.levers["energy_price_surcharge"]
    assert isinstance(surcharge, dict)
    assert (found.name, found.members, found.population_scale) == ("other", 100, 0.1)
    assert surcharge["D"][3:] == (0.2,) * 9
    shock = found.outside_world["export_demand"]
    assert (shock.size, shock.first, shock.until) == (
        -0.08, quarter_index("2018Q3"), quarter_index("2019Q4"),
    )  # fmt: skip
    assert found.switches["drop_memory"]
    assert found.levers["land_floor"][1:] == (240.0,) * 11  # `levers: plan` still holds


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("memers", "5", "command line: memers: unknown key; did you mean 'members'?"),
        ("levers.fund_leverages", "3", "unknown key; did you mean 'fund_leverage'?"),
        ("members", "0", "command line: members: 0 is outside the legal range"),
        ("members", "", "command line: members: empty"),
        ("members", "[", "command line: members: YAML:"),
        ("members", "*a", "alias *a is not allowed"),
        ("members.", "5", "not a key path"),
        ("", "5", "not a key path"),
        ("extends", "base.yaml", "`extends` cannot be set here"),
        ("a.b.c.d.e.f.g", "1", "not a key path"),
        ("levers.technical_upgrade_subsidy", "{2021Q1: 0.1}", "outside the horizon"),
    ],
)
def test_set_is_checked_like_a_file(tmp_path: Path, key: str, value: str, told: str) -> None:
    assert told in problems(tmp_path, "", {key: value})


def test_hostile_labels_stay_text(tmp_path: Path) -> None:
    for label in ("<script>alert(1)</script>", "{{7*7}}", "=cmd|' /C calc'!A0", "$\\frac{$"):
        quoted = "'" + label.replace("'", "''") + "'"
        assert scenario(tmp_path, f"label: {quoted}\n").label_en == label


def test_a_label_in_one_language_serves_both(tmp_path: Path) -> None:
    found = scenario(tmp_path, "label: {zh: 情景}\n")
    assert (found.label_en, found.label_zh) == ("情景", "情景")


def test_resolved_scenario_loads_as_itself(tmp_path: Path) -> None:
    for name in ("base", "green_push", "listing_window_shut", "credit_squeeze"):
        found = load_scenario(ROOT / "scenarios" / f"{name}.yaml")
        path = tmp_path / "scenario.resolved.yaml"
        path.write_text(yaml_text(resolved(found)), encoding="utf-8")
        again = load_scenario(path)
        assert resolved(again) == resolved(found)
        assert content_hash(again) == content_hash(found)


def test_report_options_are_no_content(tmp_path: Path) -> None:
    plain = scenario(tmp_path, "")
    shown = scenario(tmp_path, "report: {lang: zh, svg: true}\n")
    assert shown.report == {"lang": "zh", "svg": True}
    assert content_hash(plain) == content_hash(shown)


def test_content_hash_sees_every_change(tmp_path: Path) -> None:
    texts = (
        "", "seed: 2\n", "members: 21\n", "end: 2020Q3\n", "as_of: 2018-03\n",
        "population: {scale: 0.5}\n", "switches: {drop_memory: true}\n", "levers: before_plan\n",
        "outside_world: {ppi: {shock: 0.1}}\n", "levers: {land_floor: {2020Q4: 241}}\n",
    )  # fmt: skip
    assert len({content_hash(scenario(tmp_path, text)) for text in texts}) == len(texts)


def test_lever_values_of_a_quarter(base: Scenario) -> None:
    values = base.lever_values(quarter_index("2018Q2"))
    assert values["land_floor", ""] == 240.0
    assert set(values) == {
        (name, part) for name, lever in LEVERS.items() for part in lever.classes or ("",)
    }
    assert base.before_plan_values(quarter_index("2018Q2"))["land_floor", ""] == 0.0


def test_a_scenario_travels_to_workers(base: Scenario) -> None:
    assert pickle.loads(pickle.dumps(base)) == base


def test_drivers_are_those_that_the_outside_world_knows() -> None:
    assert set(DRIVERS) == set(SHOCKABLE)


def test_resources_grow_with_members_and_scale() -> None:
    one, more = resources(100, 1.0, 12), resources(1000, 1.0, 12)
    large = resources(100, 10.0, 12)
    assert more[1] == pytest.approx(10 * one[1])
    assert large[0] > one[0]
    assert one[1] < 1.0  # the base run is a matter of minutes


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of what a scenario is read from."""
    data = tmp_path / "calibration" / "data" / "hangzhou"
    data.mkdir(parents=True)
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    shutil.copy(ROOT / "calibration" / "data" / "hangzhou" / "policy_history.csv", data)
    return tmp_path


HEADER = "lever,class,from,value,unit,status,source,note\n"
HISTORY = {
    "empty": ("", ":1:1: empty: a header line is needed"),
    "semicolons": (HEADER.replace(",", ";"), ":1:1: fields must be separated by commas"),
    "missing_column": (HEADER.replace(",value", ""), ":1:1: value: missing column"),
    "unknown_column": (HEADER.replace("source", "sorce"), "unknown column; did you mean 'source'?"),
    "column_twice": (HEADER.replace("note", "unit"), ":1:8: unit: column given twice"),
    "ragged": (HEADER + "land_floor,,2014-01,0\n", ":2:5: 4 fields where the header has 8"),
    "overlong": (HEADER + "land_floor,,2014-01,0,km2,prior,x,y,z\n", "9 fields where the header"),
    "decimal_comma": (HEADER + 'land_floor,,2014-01,"0,5",km2,prior,x,\n',
                      ":2:4: land_floor: '0,5' must be a number: a decimal point"),
    "no_value": (HEADER + "land_floor,,2014-01,,km2,prior,x,\n", ":2:4: land_floor: no value"),
    "not_finite": (HEADER + "land_floor,,2014-01,nan,km2,prior,x,\n", "nan must be finite"),
    "out_of_range": (HEADER + "land_floor,,2014-01,-1,km2,prior,x,\n", "outside the legal range"),
    "unknown_lever": (HEADER + "land_flor,,2014-01,0,km2,prior,x,\n",
                      ":2:1: land_flor: unknown lever; did you mean 'land_floor'?"),
    "unknown_class": (HEADER + "land_floor,D,2014-01,0,km2,prior,x,\n", ":2:2: land_floor: unknow"),
    "bad_date": (HEADER + "land_floor,,Jan 14,0,km2,prior,x,\n", ":2:3: from: 'Jan 14' is not a"),
    "wrong_unit": (HEADER + "land_floor,,2014-01,0,mu,prior,x,\n",
                   ":2:5: land_floor: unit 'mu' must be 'km2'"),
    "twice": (HEADER + "land_floor,,2014-01,0,km2,prior,x,\n" * 2, ":3:3: land_floor: a second"),
    "open_quote": (HEADER + 'land_floor,,2014-01,0,km2,prior,"x,\n', "not CSV: unexpected end"),
    "after_a_quoted_line_break": (
        HEADER + 'land_floor,,2014-01,0,km2,prior,"x\ny",\nland_flor,,2014,0,km2,prior,x,\n',
        ":4:1: land_flor"),
}  # fmt: skip


@pytest.mark.parametrize("name", HISTORY)
def test_faulty_policy_history(name: str, project: Path) -> None:
    text, told = HISTORY[name]
    path = project / "calibration" / "data" / "hangzhou" / "policy_history.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_scenario(project / "scenarios" / "base.yaml", root=project)
    assert told in str(raised.value)
    assert str(raised.value).startswith("calibration/data/hangzhou/policy_history.csv")


def test_missing_policy_history(project: Path) -> None:
    (project / "calibration" / "data" / "hangzhou" / "policy_history.csv").unlink()
    with pytest.raises(InputError, match=r"policy_history.csv: no such file"):
        load_scenario(project / "scenarios" / "base.yaml", root=project)


def test_unsorted_history_and_one_row_are_fine(project: Path) -> None:
    path = project / "calibration" / "data" / "hangzhou" / "policy_history.csv"
    path.write_text(
        HEADER + "approval_days,,2017-09,120,days,cited,x,\napproval_days,,2014,180,days,prior,x,\n"
    )
    found = load_scenario(project / "scenarios" / "no_plan.yaml", root=project)
    assert found.levers["approval_days"] == (120.0,) * 12
    assert found.levers["land_floor"] == (LEVERS["land_floor"].neutral,) * 12


def test_an_error_in_the_plan_names_the_plan(project: Path) -> None:
    path = project / "scenarios" / "plans" / "hangzhou_2018.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("clause: 4\n", "clause: 44\n", 1))
    with pytest.raises(InputError) as raised:
        load_with_plan(project / "scenarios" / "base.yaml", root=project)
    told = str(raised.value)
    assert told.startswith("scenarios/plans/hangzhou_2018.yaml:")
    assert "targets.value_added_rate.clause: no such clause in this plan" in told
