"""The vocabulary is complete in both languages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.attainment import likelihood
from sim.analysis.evidence import GRADES, STATUS_RANKS
from sim.report.words import WORDS, percent, say


def test_both_languages_have_the_same_gaps() -> None:
    for key, (english, chinese) in WORDS.items():
        gaps = [sorted(re.findall(r"\{(\w+)\}", text)) for text in (english, chinese)]
        assert gaps[0] == gaps[1], key
        assert english, key
        assert chinese, key


def test_every_grade_status_and_likelihood_has_a_word() -> None:
    words = [likelihood(p / 100) for p in range(101)]
    for key in (*GRADES, *STATUS_RANKS, *words):
        assert say(key, "zh") != key


def test_an_undeclared_word_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("no such word", "en")


@given(st.floats(0, 1))
def test_only_certainty_is_shown_as_certain(probability: float) -> None:
    shown = percent(probability)
    assert (shown == "0 %") == (probability == 0.0)
    assert (shown == "100 %") == (probability == 1.0)
