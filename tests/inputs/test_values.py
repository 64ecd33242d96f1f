"""Scalars: what is accepted means what is written; what is doubtful is refused."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.checking import Checker
from sim.errors import InputError, nearest
from sim.levers import LEVERS
from sim.reading import ListNode, MapNode, Place, ScalarNode, parse
from sim.scenario_sections import KEYS
from sim.shocks import DRIVERS

PLACE = Place("x.yaml", 1, 1)


def scalar(text: str, quoted: bool = False) -> ScalarNode:
    return ScalarNode(text, quoted, PLACE)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("-0", 0), ("7", 7), ("+7", 7), ("1e3", 1000), ("1E3", 1000), ("100e-2", 1),
     ("18446744073709551615", 2**64 - 1)],
)  # fmt: skip
def test_whole_numbers(text: str, value: int) -> None:
    checker = Checker()
    found = checker.integer(scalar(text), "k", 0, 2**64 - 1)
    assert (found, type(found), checker.problems) == (value, int, [])


@pytest.mark.parametrize(
    ("text", "value"), [("0.5", 0.5), (".5", 0.5), ("5.", 5.0), ("-1e-3", -0.001), ("3", 3.0)]
)
def test_numbers(text: str, value: float) -> None:
    checker = Checker()
    assert checker.number(scalar(text), "k") == value
    assert checker.problems == []


@pytest.mark.parametrize(
    "text",
    ["010", "-01", "0x1F", "0b1", "0o7", "12:30", "NO", "yes", "on", "1,000", "1,5", "50%", "1_0",
     "1 000", "\uff12\uff10", "٣", "²", "½", ".nan", "nan", "inf", "-.INF", "1e999", "1e", "e5",
     "--1", "1.2.3", "", "~", "null", "0.1e", "$1", "1e9999999999999999999999"],
)  # fmt: skip
def test_never_silently_a_number(text: str) -> None:
    for read in (
        lambda c: c.number(scalar(text), "k"),
        lambda c: c.integer(scalar(text), "k", 0, 9),
    ):
        checker = Checker()
        assert read(checker) is None
        assert len(checker.problems) == 1


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_itself(value: float) -> None:
    checker = Checker()
    found = checker.number(scalar(repr(value)), "k")
    assert found == value
    assert checker.problems == []


def test_minus_zero_is_zero() -> None:
    found = Checker().number(scalar("-0.0"), "k")
    assert str(found) == "0.0"


def test_booleans_are_two_words_only() -> None:
    assert Checker().boolean(scalar("true"), "k") is True
    assert Checker().boolean(scalar("false"), "k") is False
    for text in ("True", "FALSE", "yes", "no", "on", "off", "1", "0", "y"):
        checker = Checker()
        assert checker.boolean(scalar(text), "k") is None
        assert "true or false" in checker.problems[0].message
    quoted = Checker()
    assert quoted.boolean(scalar("true", quoted=True), "k") is None


def test_a_text_stays_what_was_written() -> None:
    for text in ("NO", "010", "0x1F", "12:30", "1e3", "杭州", "<script>", "{{7*7}}", "=cmd|x"):
        assert Checker().text(scalar(text), "k") == text


def test_quarters_and_months() -> None:
    checker = Checker()
    assert checker.quarter(scalar("2018Q2"), "k") == 2018 * 4 + 1
    assert checker.month(scalar("2018-04"), "k") == 2018 * 12 + 3
    assert checker.problems == []
    for text in ("2018Q0", "2018q1", "2018-Q1", "18Q1", "2018", "1977Q4", "2101Q1", "2018Q1 x"):
        assert checker.quarter(scalar(text), "k") is None
    for text in ("2018-4", "2018-13", "2018/04", "201804", "1900-01", "April 2018"):
        assert checker.month(scalar(text), "k") is None
    assert len(checker.problems) == 14


def test_problems_stop_together() -> None:
    checker = Checker()
    checker.stop()
    checker.add(PLACE, "a", "first")
    checker.add(PLACE, "b", "second")
    with pytest.raises(InputError, match=r"first\n.*second"):
        checker.stop()


WORDS = sorted({*KEYS, *LEVERS, *DRIVERS, "scale", "shock", "until", "census_revision"})
LETTERS = "abcdefghijklmnopqrstuvwxyz_"


def one_letter_typos(word: str) -> set[str]:
    """Return all deletions, swaps, replacements and insertions of one letter."""
    found = set()
    for i in range(len(word)):
        found.add(word[:i] + word[i + 1 :])
        found.add(word[:i] + word[i + 1 : i + 2] + word[i] + word[i + 2 :])
        for letter in LETTERS[i % 9 :: 9]:
            found.add(word[:i] + letter + word[i + 1 :])
            found.add(word[:i] + letter + word[i:])
    return found - set(WORDS)


def test_the_nearest_key_of_a_typo_is_the_one_meant() -> None:
    cases = 0
    right = 0
    levels = (KEYS, tuple(LEVERS), tuple(DRIVERS))
    for level in levers_sampled(levels):
        for word in level:
            for typo in one_letter_typos(word):
                cases += 1
                right += nearest(typo, level) == f"; did you mean {word!r}?"
    assert cases > 2000
    assert right / cases >= 0.95


def levers_sampled(levels: tuple[tuple[str, ...], ...]) -> list[tuple[str, ...]]:
    """Return the key lists that a user meets, longest thinned to keep the test quick."""
    return [level[::4] if len(level) > 40 else level for level in levels]


def outcome(text: str) -> tuple[bool, int]:
    """Return whether a text is a tree, and how many problems are told otherwise."""
    try:
        tree = parse(text, "x.yaml", [])
    except InputError as error:
        return False, len(error.problems)
    return isinstance(tree, (ScalarNode, ListNode, MapNode)), 0


@given(st.text(max_size=80))
def test_any_text_is_a_tree_or_one_told_problem(text: str) -> None:
    assert outcome(text) in ((True, 0), (False, 1))


FRAGMENTS = st.sampled_from(
    ["a", "b: ", "- ", "? ", ": ", "\n", "\n  ", "[", "]", "{", "}", ",", '"', "'", "|", ">", "&x",
     "*x", "!t", "%Y", "---", "...", "#", "<<", "@", "`", "\\", "1", "é", "\u2028", "\ufeff"]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=40).map("".join))
def test_any_yaml_like_text_is_a_tree_or_one_told_problem(text: str) -> None:
    began = time.process_time()
    assert outcome(text) in ((True, 0), (False, 1))
    assert time.process_time() - began < 1.0
