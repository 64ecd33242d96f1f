"""Figures: every one drawn from a run of the engine or from a run of eight known members."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.report.figures import FIGURES, draw_all, draw_comparison, figure
from sim.report.figures.comparison import effects
from sim.report.figures.style import plain, styled, wrap, year_position
from sim.report.material import Material, material_of
from sim.report.words import LANGUAGES, Language
from tests.sim.small_plan import QUARTERS

PNG = b"\x89PNG\r\n\x1a\n"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def city_run(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """Return a real run of two members of a small city over three years."""
    from calibration.fits import ensure
    from sim.city import load_city
    from sim.ensemble import dataset_of, simulate_in_memory
    from sim.scenario import load_with_plan, project_root

    scenario, plan = load_with_plan(
        project_root() / "scenarios" / "base.yaml",
        {"members": "2", "population.scale": "0.02"},
    )
    city = load_city(ensure(scenario.city, scenario.as_of, project_root()))
    results = simulate_in_memory(scenario, plan, city)
    return material_of(dataset_of(scenario, plan, city, results), plan, city, "base")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_run_of_the_engine_draws_every_figure(
    city_run: Material, tmp_path: Path, lang: Language
) -> None:
    written = draw_all(city_run, tmp_path / "figures", lang, svg=False)
    assert {name.rstrip("_0123456789") for name in written} == set(FIGURES)
    for name in written:
        assert (tmp_path / "figures" / f"{name}.png").read_bytes().startswith(PNG)
        assert rows_of(tmp_path / "figures" / f"{name}.csv")


def test_figures_of_the_engine_show_its_numbers(city_run: Material, tmp_path: Path) -> None:
    draw_all(city_run, tmp_path / "figures", "en", svg=False)
    found = {
        (row["what"], row["quarter"]): float(row["median"])
        for row in rows_of(tmp_path / "figures" / "fans_2.csv")
        + rows_of(tmp_path / "figures" / "fans.csv")
        + rows_of(tmp_path / "figures" / "fans_3.csv")
        if row["indicator"] == "listed_firms"
    }
    values = city_run.ensemble.indicators["listed_firms"][:, -1]
    assert found["projection", "2020Q4"] == pytest.approx(float(np.median(values)))
    assert found["target_low", ""] == 235.0
    assert found["cited", "2013Q4"] == 102.0
    flows = [r for r in rows_of(tmp_path / "figures" / "ladder.csv") if r["from"] == "growth"]
    assert any(row["to"] == "backbone" for row in flows)


def test_figures_without_their_data_are_left_out(material: Material, tmp_path: Path) -> None:
    written = draw_all(material, tmp_path / "figures", "en", svg=True)
    assert written == ("scorecard", "attainment", "fans", "evidence")
    assert len(list((tmp_path / "figures").iterdir())) == 3 * len(written)
    assert (tmp_path / "figures" / "fans.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_the_attainment_figure_holds_the_curves(material: Material, tmp_path: Path) -> None:
    draw_all(material, tmp_path / "figures", "en", svg=False)
    rows = rows_of(tmp_path / "figures" / "attainment.csv")
    last = {r["target_id"]: float(r["probability"]) for r in rows if r["quarter"] == "2020Q4"}
    # 100 + 11 m reaches 144 for m >= 4: four of eight. The share is 20 + m > 21.5: six of eight.
    assert last["listed"] == 0.5
    assert last["share_up"] == 0.75
    assert "clean" not in last  # not assessable: named in a note instead


def test_hostile_labels_are_drawn_as_text(
    small_run: Any, material: Material, tmp_path: Path
) -> None:
    from dataclasses import replace

    label = "$\\frac{$ <script>{{7*7}} 鿾 \x1b[31m"
    targets = tuple(
        replace(target, label_en=label, label_zh=label) for target in material.plan.targets
    )
    hostile = material_of(small_run, replace(material.plan, targets=targets), material.city, "x")
    for lang in LANGUAGES:
        assert draw_all(hostile, tmp_path / lang, lang, svg=False)
    assert "\x1b" not in plain(label)
    assert "$\\frac{$" in plain(label)


def test_every_label_of_the_figures_can_be_drawn() -> None:
    with styled("zh") as lang:
        assert lang == "zh"
    for kind in FIGURES.values():
        for text in (*kind.title, *kind.caption):
            assert text.strip()
        assert plain(kind.title[1]) == kind.title[1]


def test_the_paired_difference_counts_members(
    small_run: Any, material: Material, tmp_path: Path
) -> None:
    more = small_run.copy(deep=True)
    more["listed_firms"] = more["listed_firms"] + 11.0  # one member more reaches 144
    other = material_of(more, material.plan, material.city, "more")
    found = {e.entry.assessment.target.id: e for e in effects(material, other)}
    assert found["listed"].after - found["listed"].before == pytest.approx(1 / 8)
    # One of eight members changes: sd of (1, 0, …, 0) over the root of eight.
    assert found["listed"].error == pytest.approx((1 / 8 * 7 / 8 / 8) ** 0.5)
    assert found["share_up"].after == found["share_up"].before
    assert found["share_up"].error > 0.0
    assert draw_comparison(material, other, tmp_path, "en", svg=False) == ("effect_of_plan",)
    assert (tmp_path / "effect_of_plan.png").is_file()


def test_runs_without_common_members_are_not_compared(
    small_run: Any, material: Material, tmp_path: Path
) -> None:
    others = small_run.assign_coords(member=small_run["member"] + 100)
    other = material_of(others, material.plan, material.city, "others")
    assert draw_comparison(material, other, tmp_path, "en", svg=False) == ()
    assert list(tmp_path.iterdir()) == []


def test_a_figure_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice: land"):
        figure("land", "", "", caption_en="", caption_zh="")(lambda material, lang: ())


def test_labels_break_between_words_and_characters() -> None:
    assert wrap("alpha beta gamma", 10, 2) == "alpha beta\ngamma"
    assert wrap("规上工业", 4, 2) == "规上\n工业"
    assert wrap("规上工业增加值", 6, 1) == "规上…"
    assert wrap("one two three four five", 8, 1) == "one ..."


def test_a_year_stands_at_its_fourth_quarter() -> None:
    assert [year_position(QUARTERS[k]) for k in (3, 7, 11)] == [2018.0, 2019.0, 2020.0]
