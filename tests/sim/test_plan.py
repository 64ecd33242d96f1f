"""The plan of 2018 against the text it reads, and what a faulty plan gets."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.levers import LEVERS
from sim.plan import Plan, Target, content_hash, load_plan
from sim.units import quarter_index

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "scenarios" / "plans" / "hangzhou_2018.yaml"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(FILE)


def reading(plan: Plan, target: str, name: str) -> Target:
    [found] = [t for t in plan.targets if (t.id, t.reading) == (target, name)]
    return found


def test_counts_of_the_opinion(plan: Plan) -> None:
    assert list(plan.clauses) == list(range(1, 31))
    assert len(plan.targets) == 46
    assert len({target.id for target in plan.targets}) == 36
    assert Counter(t.target_class for t in plan.default_targets()) == {
        "outcome": 26, "commitment": 10,
    }  # fmt: skip
    assert plan.acts_from == quarter_index("2018Q2")
    assert plan.deadline == quarter_index("2020Q4")


def test_every_target_has_one_default_reading(plan: Plan) -> None:
    defaults = Counter(target.id for target in plan.targets if target.default_reading)
    assert set(defaults.values()) == {1}


def test_every_clause_acts_through_its_own_levers(plan: Plan) -> None:
    assert set(plan.levers) == set(LEVERS)
    for number, clause in plan.clauses.items():
        assert clause.levers
        assert all(LEVERS[name].clause == number for name in clause.levers)
        assert clause.title_en != clause.title_zh
        assert clause.department


def test_what_the_text_states_is_marked_as_such(plan: Plan) -> None:
    stated = {name for name, lever in plan.levers.items() if lever.status == "plan"}
    assert stated == {
        "tax_share_to_receiver", "fields_per_year", "industrial_quota_share", "land_floor",
        "quota_in_platforms",
    }  # fmt: skip
    assert plan.levers["land_floor"].steps[""][0].value == 240
    assert plan.levers["industrial_quota_share"].steps[""][0].value == 0.30
    assert all(lever.reason and lever.cost_basis for lever in plan.levers.values())


def test_readings_share_no_indicator(plan: Plan) -> None:
    indicators = Counter(target.indicator for target in plan.targets)
    assert max(indicators.values()) == 1
    assert reading(plan, "labour_productivity_growth", "since_2017").indicator == (
        "labour_productivity_growth_since_2017"
    )
    assert reading(plan, "projects_2bn", "construction_started").indicator == (
        "projects_ge_2bn_construction_started"
    )


def test_bounds_windows_and_baselines(plan: Plan) -> None:
    rate = reading(plan, "value_added_rate", "manufacturing")
    assert (rate.operator, rate.low, rate.high, rate.window) == (">=", 25.5, None, "deadline")
    fall = reading(plan, "energy_intensity_fall", "constant_prices")
    assert (fall.operator, fall.low, fall.high, fall.baseline) == ("<=", None, -16.0, "2015")
    fields = reading(plan, "breakthrough_fields", "each_year")
    assert (fields.low, fields.high, fields.window) == (3.0, 5.0, "each_year")
    rise = reading(plan, "platform_rise_output_share", "direction")
    assert (rise.low, rise.high, rise.baseline, rise.operator) == (None, None, "2017", ">")
    projects = reading(plan, "projects_10bn", "signed")
    assert (projects.window, projects.window_start) == ("cumulative", quarter_index("2018Q1"))
    assert (projects.low, projects.deadline) == (3.0, quarter_index("2020Q4"))


def test_what_has_no_baseline_is_not_assessable_and_says_why(plan: Plan) -> None:
    silent = [target for target in plan.targets if not target.assessable]
    assert {"joint_stock_firms", "platform_fall_pollutant_emission"} <= {
        target.id for target in silent
    }
    assert all(target.reason and target.reason_zh for target in silent)
    assert reading(plan, "listed_firms", "phoenix").assessable


def test_content_hash_ignores_form(plan: Plan, tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8")
    other = tmp_path / "plan.yaml"
    other.write_bytes(b"\xef\xbb\xbf" + ("# x\n" + text).replace("\n", "\r\n").encode())
    assert content_hash(load_plan(other)) == content_hash(plan)
    other.write_text(text.replace("value: 25.5", "value: 25.6", 1), encoding="utf-8")
    assert content_hash(load_plan(other)) != content_hash(plan)


SMALL = """\
name: small
label: A small plan
date: 2018-01-01
acts_from: 2018Q2
clauses:
  1:
    title: {en: Digital, zh: 数字}
    levers:
      digital_spillover: {plan: 0.03, cost: 0, cost_basis: none, status: prior, reason: assumed}
targets:
  rate:
    clause: 1
    class: outcome
    status: plan
    quote: words
    default_reading: all
    readings:
      all:
        indicator: value_added_rate
        label: Rate
        operator: ">="
        value: 25.5
        unit: "%"
        deadline: 2020Q4
"""
FAULTS = {
    "typo": ("title:", "titel:", ":7:5: clauses.1.titel: unknown key; did you mean 'title'?"),
    "no_quote": ("    quote: words\n", "", "targets.rate.quote: missing; it must be given"),
    "operator": ('">="', '"=>"', "targets.rate.readings.all.operator: '=>' is not known"),
    "default": ("default_reading: all", "default_reading: al", "did you mean 'all'?"),
    "no_bound": ("        value: 25.5\n", "", "missing; give a value, or a baseline to rise above"),
    "between": ('">="', "between", "targets.rate.readings.all.low: missing"),
    "lever": ("digital_spillover", "digital_spilover", "did you mean 'digital_spillover'?"),
    "range": ("plan: 0.03", "plan: 3", "3 is outside the legal range 0 to 0.1 elasticity"),
    "cost": ("cost: 0,", "cost: -1,", "-1 is outside the legal range 0 to"),
    "no_reason": (", reason: assumed", "", "clauses.1.levers.digital_spillover.reason: missing"),
    "clause": ("    clause: 1", "    clause: 2", "no such clause in this plan"),
    "clause_number": ("  1:\n", "  one:\n", "a clause is a number from 1 to 999"),
    "other_clause": ("  1:\n", "  2:\n", "is a lever of clause 1"),
    "deadline": ("deadline: 2020Q4", "deadline: 2020", "'2020' is not a quarter"),
    "window": ("deadline: 2020Q4", "deadline: 2020Q4\n        window: each_year",
               "missing; a window 'each_year' needs its first quarter"),
    "assessable": ("deadline: 2020Q4", "deadline: 2020Q4\n        assessable: false",
                   "missing; say why the target is not assessable"),
    "status": ("status: plan", "status: guessed", "'guessed' is not known"),
    "class": ("class: outcome", "class: outcom", "did you mean 'outcome'?"),
}  # fmt: skip


def test_a_small_plan_loads(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    found = load_plan(path)
    assert (found.name, found.label_zh) == ("small", "A small plan")
    assert found.targets[0].low == 25.5
    assert found.levers["digital_spillover"].start == quarter_index("2018Q2")


@pytest.mark.parametrize("name", FAULTS)
def test_faulty_plan(name: str, tmp_path: Path) -> None:
    old, new, told = FAULTS[name]
    assert old in SMALL
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_plan(path)
    assert told in str(raised.value)
    assert str(raised.value).startswith(f"{path}:")
