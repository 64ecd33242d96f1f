"""The scorecard on a terminal, a pipe, and where there is neither."""

from __future__ import annotations

import io
import unicodedata

import pytest

from sim.report.material import Material
from sim.report.terminal import asked, remarks, show_scorecard
from sim.report.words import LANGUAGES, Language


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_fits_and_holds_no_control_characters(
    material: Material, lang: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "180")
    out = io.StringIO()
    show_scorecard(material.scorecard, lang, stream=out)
    text = out.getvalue()
    assert max(columns(line) for line in text.splitlines()) <= 100
    assert all(unicodedata.category(c) != "Cc" for c in text.replace("\n", ""))
    flat = "".join(text.split())
    for word in {"en": ("Probability", "prior", "50.0%"), "zh": ("概率", "瓶颈", "50.0%")}[lang]:
        assert word in flat


def test_markup_in_a_label_is_shown_literally(material: Material) -> None:
    out = io.StringIO()
    show_scorecard(material.scorecard, "en", stream=out)
    flat = "".join(c for c in out.getvalue() if c not in " \n│")
    assert "\\x1b[31m" in flat or "\\x1b[3" in flat
    assert "[/bold]" in "".join(remarks(material.scorecard, "en"))


def test_the_remarks_say_what_holds_the_plan_back(material: Material) -> None:
    text = remarks(material.scorecard, "en", planned=9)
    assert text[0].startswith("8 of 9 members")
    assert text[1].startswith("All 2 assessable outcomes together: 50.0 %")
    assert text[1].endswith("with the commitments (1): 25.0 %")
    assert text[2].startswith("Tightest bottlenecks: Number of listed (without it 75.0 %)")
    assert text[3] == "Outcomes left out, not assessable (1): Number of clean"
    assert text[4] == "Starting from memory figures: none"
    assert "Number of talent" in text[5]


def test_what_is_asked(material: Material) -> None:
    entries = material.scorecard.default_entries
    assert [asked(entry, "en") for entry in entries] == [
        "≥ 144 firms",
        "> base level",
        "3–5 firms",
        "< base level",
    ]
    assert asked(entries[1], "zh") == "> 基期水平"


def test_a_stream_without_the_characters_gets_plain_lines(material: Material) -> None:
    raw = io.BytesIO()
    show_scorecard(material.scorecard, "zh", stream=io.TextIOWrapper(raw, encoding="ascii"))


def test_a_closed_stream_is_no_error(material: Material) -> None:
    out = io.StringIO()
    out.close()
    show_scorecard(material.scorecard, "en", stream=out)
