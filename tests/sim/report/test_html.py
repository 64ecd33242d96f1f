"""The page: offline, escaped, the answer first, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from sim.report.figures import draw_all
from sim.report.html import content, render, write_html
from sim.report.margins import margins
from sim.report.material import Material, material_of
from sim.report.page_words import PAGE_WORDS, tell
from sim.report.unit_words import UNIT_WORDS
from sim.report.words import LANGUAGES, Language
from sim.results import write_dataset

RESOLVED = """\
name: small
label: {en: "A <b>small</b> scenario", zh: "小情景"}
as_of: 2018-04
members: 9
seed: 5
population: {scale: 0.5}
levers: {from: plan}
outside_world: {export_demand: {shock: -0.08}}
"""


class Reader(HTMLParser):
    """Collect texts, tags and addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.texts: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "srcset", "action")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.texts.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


@pytest.fixture
def folder(small_run: Any, tmp_path: Path) -> Path:
    write_dataset(small_run, tmp_path / "results.nc")
    (tmp_path / "scenario.resolved.yaml").write_text(RESOLVED, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_one_offline_file(material: Material, folder: Path, lang: Language) -> None:
    draw_all(material, folder / "figures", lang, svg=False)
    write_html(material, folder, lang)
    page = (folder / "report.html").read_text(encoding="utf-8")
    reader = read(page)
    assert not {"script", "link", "iframe", "object", "form"} & set(reader.tags)
    assert all(a.startswith(("data:image/png;base64,", "#")) for a in reader.addresses)
    assert sum(a.startswith("data:") for a in reader.addresses) == 4
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "http" not in re.sub(r"http-equiv", "", page.split("<body>")[0])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_answer_stands_first(material: Material, folder: Path, lang: Language) -> None:
    text = " ".join(read(render(material, folder, lang)).texts)
    # Members 4 to 7 reach 144 firms, members 2 to 7 the share: four of eight reach both.
    headline = tell("headline", lang, n=2, hits=4, members=8, p="50.0 %", error="16.7 %")
    assert headline in text
    assert text.index(headline) < text.index(PAGE_WORDS["targets"][LANGUAGES.index(lang)])
    assert tell("failed", lang, n=1, all=9) in text
    assert tell("scaled", lang, scale="0.5") in text
    assert "no data on pollutants" in text
    assert "export_demand" in text
    assert tell("next_effect", lang) in text


def test_outcomes_are_counted_by_word(material: Material, folder: Path) -> None:
    found = content(material, folder, "en")
    # listed 50 % in between, share 75 % likely, emissions not assessable; talent is a commitment.
    assert [count for _, count, _ in found["answer"].counts] == [1, 1, 0, 1]
    assert found["least"][0][2] == "50 %"


def test_hostile_labels_are_shown_literally(
    small_run: Any, material: Material, folder: Path
) -> None:
    label = "<script>alert(1)</script>{{7*7}}\"'&"
    targets = tuple(
        replace(target, label_en=label, label_zh=label) for target in material.plan.targets
    )
    plan = replace(material.plan, targets=targets, label_en=label)
    page = render(material_of(small_run, plan, material.city, "x"), folder, "en")
    reader = read(page)
    assert "script" not in reader.tags
    assert "b" not in [t for t in reader.tags if t == "b" and "A <b>small" in page]
    assert any("<script>alert(1)</script>{{7*7}}" in text for text in reader.texts)
    assert "49" not in [text.strip() for text in reader.texts]
    assert "A &lt;b&gt;small&lt;/b&gt; scenario" in page


def test_margins_compare_what_was_drawn_and_reproduced(small_run: Any, material: Material) -> None:
    run = small_run.copy(deep=True)
    for name, value in {"listed_firms": 101.0, "listed_firms_target": 100.0}.items():
        run[f"parameter_margin_{name}"] = ("member", [value] * 8, {"units": "1"})
    city = replace(material.city, published={"listed_firms": {"2017": (100.0, "cited")}})
    (row,) = margins(material_of(run, material.plan, city, "x"), "en")
    assert row.published == row.drawn == 100.0
    assert row.reproduced == 101.0
    assert row.deviation == pytest.approx(0.01)
    assert row.kept  # cited: one per cent is allowed
    run["parameter_margin_listed_firms"] += 1.0
    (row,) = margins(material_of(run, material.plan, city, "x"), "zh")
    assert row.name == "境内外上市公司"
    assert not row.kept


def test_a_page_without_files_beside_it_is_complete(material: Material, tmp_path: Path) -> None:
    text = " ".join(read(render(material, tmp_path, "en")).texts)
    assert PAGE_WORDS["limits"][0] in text
    assert PAGE_WORDS["no_margins"][0] in text


def test_every_word_exists_in_both_languages() -> None:
    gaps = re.compile(r"\{(\w+)\}")
    for key, (english, chinese) in PAGE_WORDS.items():
        assert english.strip(), key
        assert chinese.strip(), key
        assert sorted(set(gaps.findall(english))) == sorted(set(gaps.findall(chinese))), key
    assert all(len(pair) == 2 for pair in UNIT_WORDS.values())
