"""The stored backtest as the report reads it: sentences, section and figure."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from sim.report import track_record
from sim.report.figures import FIGURES
from sim.report.figures.style import styled
from sim.report.material import Material
from sim.report.page_record import record_section
from sim.report.track_record import (
    NO_RECORD,
    NO_SKILL,
    SERIES_OF,
    Row,
    TrackRecord,
    read_record,
    skill_of,
    skill_sentence,
)
from sim.report.words import Language

LANGS: tuple[Language, Language] = ("en", "zh")
ABOUT = {
    "series": {"listings": ["A-share listings", "A股上市", "1"]},
    "benchmarks": {"listings": "ar"},
    "first_test_origin": "2015Q1",
    "date": "2018-05-01",
    "version": "0.1.0",
}


def record(skill: tuple[float, float, float], covered: float = 0.8) -> TrackRecord:
    """One series with skill on the test origins, one single case, one fan."""
    value, low, high = skill
    rows = [
        Row(name, "engine", "test", horizon, "crps_skill", value, low, high, 28)
        for name in ("listings", "pooled")
        for horizon in ("all", "1", "2")
    ]
    rows += [
        Row("pooled", "engine", "test", "all", f"coverage_{size}", covered, covered - 0.1,
            covered + 0.1, 28)
        for size in (50, 80, 95)
    ]  # fmt: skip
    rows += [Row("pooled", "engine", "test", "all", f"pit_{k:02d}", 0.1, None, None, 28)
             for k in range(1, 11)]  # fmt: skip
    rows += [
        Row("listings", "engine", "test", "2", "dm_p_value", 0.03, None, None, 8),
        Row("listings", "engine", "test", "2", "dm_size_at_5", 0.12, None, None, 8),
    ]
    for metric, level in {"q10": 6.0, "median": 7.0, "q90": 8.0, "outcome": 9.0}.items():
        rows.append(
            Row("city_industry", "engine", "single_2014Q4", "4", metric, level, None, None, 1)
        )
    for horizon in ("1", "4"):
        for metric in ("q025", "q10", "q25", "median", "q75", "q90", "q975", "outcome"):
            rows.append(
                Row("listings", "engine", "case_2014Q4", horizon, metric, 2.0, None, None, 1)
            )
    return TrackRecord(tuple(rows), ABOUT)


@pytest.mark.parametrize(
    ("skill", "kind"),
    [((0.2, 0.1, 0.3), "earned"), ((0.2, -0.1, 0.3), "unproven"), ((-0.2, -0.3, -0.1), "worse")],
)
def test_skill_is_earned_only_where_its_interval_lies_above_zero(
    skill: tuple[float, float, float], kind: str
) -> None:
    held = record(skill)
    found = skill_of("listed_firms", held)
    assert (found.kind, found.earned, found.n) == (kind, kind == "earned", 28)
    english, chinese = (skill_sentence(found, held, lang) for lang in LANGS)
    assert "A-share listings" in english
    assert "A股上市" in chinese
    assert ("No skill earned" in english) is (kind != "earned")


def test_better_scores_of_too_narrow_intervals_earn_nothing() -> None:
    narrow = Row("listings", "engine", "test", "all", "coverage_80", 0.46, 0.24, 0.65, 28)
    held = record((0.04, 0.01, 0.09))
    held = dataclasses.replace(held, rows=(*held.rows, narrow))
    found = skill_of("listed_firms", held)
    assert (found.kind, found.earned) == ("too_sure", False)
    assert "held only 46 % of 28" in skill_sentence(found, held, "en")
    section = record_section(held, "en")
    assert "too sure" in section.rows[0].verdict
    assert any("held only 46 %" in sentence for sentence in section.sentences)


def test_what_was_changed_after_a_look_at_the_test_earns_nothing() -> None:
    held = record((0.2, 0.1, 0.3))
    looks = [{"changed": []}, {"changed": ["listings"]}]
    again = dataclasses.replace(held, about={**ABOUT, "looks": looks})
    found = skill_of("listed_firms", again)
    assert (found.kind, found.earned) == ("repaired", False)
    assert "no blind test" in skill_sentence(found, again, "en")
    assert "并非盲测" in skill_sentence(found, again, "zh")
    section = record_section(again, "en")
    assert "first look" in section.rows[0].verdict
    assert "look number 2" in section.about


def test_cases_of_the_agents_stand_beside_the_scores() -> None:
    held = record((0.2, 0.1, 0.3))
    rows = [
        Row("agents_value_added_rate", "agent_based", f"single_{origin}", horizon, metric, value,
            None, None, 4)
        for origin, horizon, outcome in (("2013Q4", "8", 24.3), ("2014Q4", "4", 26.0))
        for metric, value in (("q10", 23.0), ("median", 24.0), ("q90", 25.0), ("outcome", outcome))
    ]  # fmt: skip
    held = dataclasses.replace(held, rows=(*held.rows, *rows))
    found = skill_of("value_added_rate", held)
    assert (found.kind, found.agents_n, found.agents_inside) == ("none", 2, 1)
    assert not found.earned
    for lang, words in zip(LANGS, ("1 of 2", "2 个结果中有 1 个"), strict=True):
        assert words in skill_sentence(found, held, lang)
    section = record_section(held, "en")
    assert "1 of 2" in section.agents_about
    assert section.agents[0][1:] == ("2013Q4", "2", "24.3", "24", "23 … 25", "yes")
    assert section.agents[1][-1] == "no"


def test_single_cases_and_nothing_earn_no_skill() -> None:
    held = record((0.2, 0.1, 0.3))
    found = skill_of("industrial_value_added_growth", held)
    assert (found.kind, found.n, found.inside) == ("cases", 1, 0)
    assert "0 of 1" in skill_sentence(found, held, "en")
    assert skill_of("water_intensity_change", held) == NO_SKILL
    assert skill_of("listed_firms", NO_RECORD) == NO_SKILL
    assert "no skill is earned" in skill_sentence(NO_SKILL, held, "en")


def test_section_says_shortfalls_in_words() -> None:
    section = record_section(record((0.2, -0.1, 0.3), covered=0.6), "en")
    assert [row.name for row in section.rows] == ["A-share listings", "all series"]
    assert section.rows[0].benchmark == "autoregression"
    assert "no skill earned" in section.rows[0].verdict
    text = " ".join(section.sentences)
    # Of nominal 80 and 95 % only 60 % were held; nominal 50 % lies inside 50 to 70 %.
    assert "The 80 % intervals held 60 %" in text
    assert "The 95 % intervals held 60 %" in text
    assert "The 50 % intervals" not in text
    assert "p = 0.030" in text
    assert "12 % of samples" in text
    assert section.cases[0][1:] == ("2014Q4", "9", "7", "6 … 8")
    assert record_section(NO_RECORD, "en").rows == ()
    assert "earned" in record_section(NO_RECORD, "en").about


def write(folder: Path, as_of: str) -> None:
    (folder / track_record.ABOUT).write_text(f'{{"outcomes_as_of": "{as_of}"}}', encoding="utf-8")
    (folder / track_record.TABLE).write_text(
        "series,model,origin_set,horizon,metric,value,interval_low,interval_high,n\n"
        "listings,engine,test,all,crps_skill,0.5,0.25,0.75,28\n",
        encoding="utf-8",
    )


def test_a_record_with_later_outcomes_is_not_seen(tmp_path: Path) -> None:
    write(tmp_path, "2018-04")
    assert not track_record._read(tmp_path, "2016-01")
    row = track_record._read(tmp_path, "2018-04").one("listings", "crps_skill")
    assert row is not None
    assert (row.value, row.low, row.high, row.n) == (0.5, 0.25, 0.75, 28)
    assert not read_record("atlantis", "2018-04")


def test_figure_draws_skill_coverage_and_fans(
    material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sim.report.figures.track_record as drawn

    monkeypatch.setattr(drawn, "record_of", lambda city: record((0.2, 0.1, 0.3)))
    with styled("en") as lang:
        (page,) = FIGURES["track_record"].draw(material, lang)
    assert {row[0] for row in page.rows} == {"skill", "pit", "coverage", "fan"}
    monkeypatch.setattr(drawn, "record_of", lambda city: NO_RECORD)
    assert list(FIGURES["track_record"].draw(material, lang)) == []


def test_notes_carry_the_record(material: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.report import scorecard as module

    held = record((0.2, 0.1, 0.3))
    entry = dataclasses.replace(
        material.scorecard.entries[0], skill=skill_of("listed_firms", held), record=held
    )
    assert SERIES_OF["listed_firms"] == "listings"
    note = module.skill_note(entry, material.scorecard.figures, "en")
    assert note.startswith("Track record: earlier forecasts of A-share listings scored 20 % better")
