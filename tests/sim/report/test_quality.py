"""The quality-assurance page: what this run answers itself, what was stored, what is missing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.report.html import render
from sim.report.material import Material, material_of
from sim.report.page_quality import STORED, own_checks, quality, stored_checks
from sim.report.quality_words import QUALITY_WORDS
from sim.report.words import LANGUAGES, Language

EXAMPLES: dict[str, dict[str, Any]] = {
    "identities_many": {
        "members": 1000,
        "failed": 0,
        "identities": 20,
        "largest_relative_money_gap": "3.1e-15",
    },
    "repeat": {"runs": 96, "digests": 1},
    "crash": {"kills of the driver": 100, "kills of a worker": 30, "full disks": 20, "faults": 0},
    "fuzz": {"cases": 3000, "processes": 150, "faults": 0, "typos_answered_share": 0.9876},
    "mutation": {"caught": 26, "bugs": 30},
}


def outcomes(material: Material, planned: int) -> dict[str, str]:
    return {check.name: check.outcome for check in own_checks(material, planned, "en")}


def with_gaps(small_run: Any, material: Material, *gaps: float) -> Material:
    values = np.full(small_run.sizes["member"], gaps[0])
    values[-1] = gaps[-1]
    about = {"long_name": "largest breach of the identity money"}
    dataset = small_run.assign(check_money=("member", values, about))
    return material_of(dataset, material.plan, material.city, "x")


def test_identities_pass_or_fail_by_their_largest_gap(small_run: Any, material: Material) -> None:
    name = QUALITY_WORDS["check_identities"][0]
    assert name not in outcomes(material, 8)  # nothing was recorded: nothing is claimed
    assert outcomes(with_gaps(small_run, material, 1e-12, 1e-9), 8)[name] == "pass"
    assert outcomes(with_gaps(small_run, material, 1e-12, 1e-6), 8)[name] == "fail"


def test_members_that_stopped_and_infinite_values_fail(material: Material) -> None:
    members, finite = (QUALITY_WORDS[f"check_{name}"][0] for name in ("members", "finite"))
    assert outcomes(material, 8)[members] == outcomes(material, 8)[finite] == "pass"
    assert outcomes(material, 9)[members] == "fail"
    broken = dict(material.ensemble.indicators)
    broken["share"] = np.where(broken["share"] > 26.0, np.inf, broken["share"])
    infinite = replace(material, ensemble=replace(material.ensemble, indicators=broken))
    assert outcomes(infinite, 8)[finite] == "fail"


def test_stored_results_are_told_with_their_date(tmp_path: Path) -> None:
    assert set(EXAMPLES) == set(STORED)
    for name, seen in EXAMPLES.items():
        content = {"passed": name != "mutation", "date": "2018-05-01", **seen}
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    many, repeat, crash, fuzz, mutation = stored_checks("en", tmp_path)
    assert (repeat.outcome, repeat.seen, repeat.when) == (
        "pass",
        "96 runs, 1 digest(s)",
        "2018-05-01",
    )
    assert many.seen == (
        "1000 members, 20 identities, 0 members stopped; largest money gap 3.1e-15"
    )
    assert crash.seen.startswith("100 kills of the driver, 30 of a worker, 20 full disks, 0 faults")
    assert "99 %" in fuzz.seen
    assert (mutation.outcome, mutation.seen) == ("fail", "26 of 30")


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"passed": true, "date": "x"}', "null"])
def test_a_missing_or_broken_file_is_no_result(tmp_path: Path, text: str) -> None:
    if text:
        (tmp_path / "fuzz.json").write_text(text, encoding="utf-8")
    assert [check.outcome for check in stored_checks("zh", tmp_path)] == ["not_run"] * 5


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_holds_purpose_checks_assumptions_faults(
    material: Material, tmp_path: Path, lang: Language
) -> None:
    page = render(material, tmp_path, lang)
    shown = quality(material, 8, lang)
    for key in ("purpose", "checks", "assumed", "faults", "unfit"):
        assert f"<h3>{shown['words'][key]}</h3>" in page
    assert shown["words"]["check_mutation"] in page
    assert "{" not in " ".join(check.seen for check in shown["checks"])


def test_every_word_exists_in_both_languages_with_the_same_gaps() -> None:
    gaps = re.compile(r"\{(\w+)\}")
    for key, (english, chinese) in QUALITY_WORDS.items():
        assert english.strip(), key
        assert chinese.strip(), key
        assert sorted(gaps.findall(english)) == sorted(gaps.findall(chinese)), key


def test_every_stored_check_of_the_project_can_be_read(root: Path) -> None:
    for path in sorted((root / "docs" / "trust").glob("*.json")):
        assert path.stem in STORED
        assert json.loads(path.read_text(encoding="utf-8"))["date"].startswith("20")
