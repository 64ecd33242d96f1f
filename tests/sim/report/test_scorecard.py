"""The scorecard's rows, column by column, for members counted by hand."""

from __future__ import annotations

from sim.report.material import Material
from sim.report.scorecard import SCORECARD_COLUMNS, Cell, scorecard_rows
from sim.report.words import Language

CONTRACT = (
    "target_id clause class indicator reading default_reading operator target_low target_high "
    "unit deadline probability probability_mc_error likelihood probability_low probability_high "
    "evidence q025 q05 q10 q25 median q75 q90 q95 q975 gap first_quarter_likely skill_note"
)


def row(material: Material, number: int, lang: Language = "en") -> dict[str, Cell]:
    cells = scorecard_rows(material.scorecard, lang)[number]
    return dict(zip(SCORECARD_COLUMNS, cells, strict=True))


def test_the_columns_are_those_of_the_contract() -> None:
    assert list(SCORECARD_COLUMNS) == CONTRACT.split()


def test_a_level_to_reach_at_the_deadline(material: Material) -> None:
    # Listed firms at 2020Q4 are 100 + 11 k for k = 0..7: k >= 4 reach 144.
    found = row(material, 0)
    assert found["target_id"] == "listed"
    assert (found["clause"], found["class"], found["default_reading"]) == (13, "outcome", "yes")
    assert (found["operator"], found["target_low"], found["target_high"]) == (">=", 144.0, None)
    assert found["probability"] == 0.5
    assert found["likelihood"] == "about as likely as not"
    assert found["median"] == 138.5
    assert found["gap"] == -5.5
    assert found["deadline"] == "2020Q4"
    assert found["first_quarter_likely"] == "2020Q4"
    assert found["probability_low"] is None  # eight members are too few for ranges


def test_a_second_reading_has_its_own_row(material: Material) -> None:
    found = row(material, 1)
    assert (found["reading"], found["default_reading"]) == ("strict", "no")
    assert found["probability"] == 0.125
    assert found["first_quarter_likely"] is None


def test_a_rise_above_the_baseline_carries_the_baseline(material: Material) -> None:
    # Shares are 20..27, all members start from 21.5.
    found = row(material, 2)
    assert (found["target_low"], found["target_high"]) == (21.5, None)
    assert found["probability"] == 0.75
    assert found["gap"] == 2.0
    assert found["first_quarter_likely"] == "2018Q1"


def test_between_each_year_has_both_bounds(material: Material) -> None:
    found = row(material, 3)
    assert (found["target_low"], found["target_high"]) == (3.0, 5.0)
    assert found["probability"] == 0.75
    assert found["class"] == "commitment"


def test_a_target_that_cannot_be_assessed_has_empty_cells(material: Material) -> None:
    found = row(material, 4)
    assert found["evidence"] == "not assessable"
    for column in ("probability", "probability_mc_error", "likelihood", "median", "gap"):
        assert found[column] is None
    assert found["skill_note"] == "Not assessed: no data on pollutants"


def test_every_row_has_one_plain_sentence_in_either_language(material: Material) -> None:
    for number in range(5):
        english, chinese = (str(row(material, number, lang)["skill_note"]) for lang in LANGS)
        assert english != chinese
        assert english.startswith(("No track record", "Not assessed"))
        assert chinese.startswith(("无预测业绩", "未评估"))
    assert "2 published values" in str(row(material, 0)["skill_note"])


LANGS: tuple[Language, Language] = ("en", "zh")


def test_headline_counts_those_left_out(material: Material) -> None:
    card = material.scorecard
    # Together: members 4..7 have enough firms, members 2..7 the share.
    assert card.outcomes.probability == 0.5
    assert card.outcomes.left_out == ("clean",)
    assert card.outcomes.bottlenecks == (("listed", 0.75), ("share_up", 0.5))
    assert card.everything.probability == 0.25  # talent holds for members 0..5
    assert card.entry("talent").assessment.probability == 0.75
