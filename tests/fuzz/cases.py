"""Faulty and harmless files by chance: scenarios, plans and data tables, each with what is due.

Every case is a pure function of (kind, number), so that a finding can be made again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from calibration.schemas import SCHEMAS

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("scenario", "plan", "table")
OWN_NAMES = ("rate", "all")
"""Keys of the plan below that its author chose: no other word is nearer."""
LETTERS = "abcdefghijklmnopqrstuvwxyz_"

SCENARIO = """\
name: fuzzed
label: {en: A scenario, zh: 情景}
city: hangzhou
plan: hangzhou_2018
as_of: 2018-04
start: 2018Q1
end: 2020Q4
members: 20
seed: 1
population:
  scale: 0.5
levers:
  from: plan
  land_floor: 200
  approval_days: {2018Q3: 100, 2019Q1: 90}
  energy_price_surcharge:
    C: 0.02
    D: {2018Q3: 0.30}
outside_world:
  export_demand: {shock: -0.08, from: 2018Q3, until: 2019Q4}
switches:
  drop_memory: false
report:
  lang: en
"""
PLAN = """\
name: small
label: A small plan
date: 2018-01-01
acts_from: 2018Q2
clauses:
  1:
    title: {en: Digital, zh: 数字}
    levers:
      digital_spillover:
        plan: 0.03
        cost: 0
        cost_basis: none
        status: prior
        reason: assumed
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
NUMBERS = (
    "50%", "1,000", "0x1F", "010", "12:30", ".nan", ".inf", "1e999", "NO", "[1]", "{a: 1}",
    '"1"', "１２", "1_0", "1e", "--1", "~",
)  # fmt: skip
"""Never a legal number of any key."""
HAZARDS = (
    "&a 1", "*a", "!!python/object/apply:os.system ['touch pwned']", "!x 1", "|\n\tx",
    "{{7*7}}: [", "[" * 40 + "]" * 40, "\x1b[31m", "\x00", "'", '"', "{", "@x", "`x`", "%x",
)  # fmt: skip
"""Never a legal value: what opens a file, runs code or fills a template is refused."""


@dataclass(frozen=True)
class Case:
    """A file to be read and what is due.

    Attributes
    ----------
    due : str
        ``run``, ``refuse``, ``typo`` or ``any`` (either, but never anything else).
    line : int
        Line that one of the problems must name; 0 where none is known beforehand.
    key : str
        The key that a typo must be answered with.
    table : str
        Name of the table's schema.
    """

    kind: str
    name: str
    data: bytes
    due: str
    line: int = 0
    key: str = ""
    table: str = ""


Mutation = Callable[[random.Random, list[str]], tuple[list[str], str, int, str]]


def _keys(lines: list[str]) -> list[int]:
    """Return positions of lines that begin with a legal key; names of the user's own are none."""
    found = []
    for i, line in enumerate(lines):
        word = line.split(":")[0].strip()
        if ":" in line and word.replace("_", "").isalpha() and word not in OWN_NAMES:
            found.append(i)
    return found


def mistype(chance: random.Random, word: str) -> str:
    """Return a word with one letter left out, doubled, swapped, replaced or added."""
    at = chance.randrange(len(word))
    letter = chance.choice(LETTERS)
    made = chance.choice((
        word[:at] + word[at + 1 :], word[:at] + letter + word[at + 1 :],
        word[:at] + letter + word[at:], word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
    ))  # fmt: skip
    return made if made and made != word else word + "s"


def _typo(chance: random.Random, lines: list[str]) -> tuple[list[str], str, int, str]:
    at = chance.choice(_keys(lines))
    key = lines[at].split(":")[0].strip()
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    rest = lines[at].lstrip()[len(key) :]
    lines[at] = indent + mistype(chance, key) + rest
    return lines, "typo", at + 1, key


def _number(chance: random.Random, lines: list[str]) -> tuple[list[str], str, int, str]:
    able = [i for i in _keys(lines)
            if lines[i].split(":")[1].strip().replace(".", "").isdigit()]  # fmt: skip
    at = chance.choice(able)
    lines[at] = f"{lines[at].split(':')[0]}: {chance.choice(NUMBERS)}"
    return lines, "refuse", at + 1, ""


def _hazard(chance: random.Random, lines: list[str]) -> tuple[list[str], str, int, str]:
    able = [i for i in _keys(lines) if lines[i].split(":")[1].strip()]
    at = chance.choice(able)
    lines[at] = f"{lines[at].split(':')[0]}: {chance.choice(HAZARDS)}"
    return lines, "refuse", 0, ""


def _twice(chance: random.Random, lines: list[str]) -> tuple[list[str], str, int, str]:
    able = [i for i in _keys(lines) if lines[i].split(":")[1].strip()]
    at = chance.choice(able)
    lines.insert(at + 1, lines[at])
    return lines, "refuse", at + 2, ""


def _drop(chance: random.Random, lines: list[str]) -> tuple[list[str], str, int, str]:
    del lines[chance.randrange(len(lines))]
    return lines, "any", 0, ""


def _swap(chance: random.Random, lines: list[str]) -> tuple[list[str], str, int, str]:
    i, j = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[i], lines[j] = lines[j], lines[i]
    return lines, "any", 0, ""


def _tab(chance: random.Random, lines: list[str]) -> tuple[list[str], str, int, str]:
    at = chance.randrange(len(lines))
    lines[at] += chance.choice(("\t", "\x07", "\x00", "\x7f"))
    return lines, "refuse", at + 1, ""


def _character(chance: random.Random, lines: list[str]) -> tuple[list[str], str, int, str]:
    at = chance.randrange(len(lines))
    place = chance.randrange(len(lines[at]) + 1)
    what = chance.choice(":{}[],#&*!|>'\"%@`-? \u200b\u0430\u2028\ufeff<$=\\")
    lines[at] = lines[at][:place] + what + lines[at][place:]
    return lines, "any", 0, ""


def _indent(chance: random.Random, lines: list[str]) -> tuple[list[str], str, int, str]:
    at = chance.randrange(len(lines))
    lines[at] = " " * chance.randrange(1, 9) + lines[at]
    return lines, "any", 0, ""


def _harmless(chance: random.Random, lines: list[str]) -> tuple[list[str], str, int, str]:
    at = chance.randrange(len(lines))
    lines[at] += "  # 注"
    lines.insert(0, "# a comment")
    return lines, "run", 0, ""


YAML_MUTATIONS: tuple[Mutation, ...] = (
    _typo, _typo, _typo, _number, _number, _hazard, _twice, _drop, _swap, _tab, _character,
    _character, _indent, _harmless,
)  # fmt: skip


def yaml_case(kind: str, number: int) -> Case:
    """Return a scenario or plan file changed at one place, sometimes at three."""
    chance = random.Random(f"{kind}/{number}")
    base = SCENARIO if kind == "scenario" else PLAN
    mutation = YAML_MUTATIONS[number % len(YAML_MUTATIONS)]
    lines, due, line, key = mutation(chance, base.splitlines())
    if chance.random() < 0.15:  # more faults at once: nothing is known of their lines
        for _ in range(2):
            lines = chance.choice(YAML_MUTATIONS)(chance, lines)[0] if _keys(lines) else lines
        due, line, key = "any", 0, ""
    data = ("\n".join(lines) + "\n").encode()
    if chance.random() < 0.1:
        data = data.replace(b"\n", b"\r\n")
    if chance.random() < 0.05:
        cut = chance.randrange(len(data))
        data, due, line, key = data[:cut], "any", 0, ""
    if chance.random() < 0.05:
        noise = chance.randbytes(chance.randrange(1, 6))
        cut = chance.randrange(len(data))
        data, due, line, key = data[:cut] + noise + data[cut:], "any", 0, ""
    return Case(kind, f"{mutation.__name__.strip('_')} {number}", data, due, line, key)


TABLES = tuple(SCHEMAS)
CELLS = ("1,5", "12;5", "nan", "inf", "1e999", "５０", "5 %", "x", "NA", "--")
DATA = ROOT / "calibration" / "data" / "hangzhou"


def table_case(number: int) -> Case:
    """Return a table of the real city changed at one place."""
    import csv
    import io

    chance = random.Random(f"table/{number}")
    name = TABLES[number % len(TABLES)]
    rows = list(csv.reader(io.StringIO((DATA / f"{name}.csv").read_text(encoding="utf-8"))))
    rows = rows[: 1 + min(len(rows) - 1, 12)]
    rows = [[cell.replace("\n", " ") for cell in row] for row in rows]
    at, due, line, key = 1 + chance.randrange(len(rows) - 1), "refuse", 0, ""
    kind = number // len(TABLES) % 9
    numeric = [i for i, cell in enumerate(rows[1]) if cell.replace(".", "").isdigit()
               and rows[0][i] in ("value", "central", "output_share", "land_share", "revenue",
                                  "sd", "employees")]  # fmt: skip
    if kind == 0 and numeric:
        rows[at][chance.choice(numeric)] = chance.choice(CELLS)
        line = at + 1
    elif kind == 1:
        rows[at] = rows[at][:-1] if chance.random() < 0.5 else [*rows[at], "more"]
        line = at + 1
    elif kind in (2, 3):
        place = chance.randrange(len(rows[0]))
        key, due, line = rows[0][place], "typo", 1
        rows[0][place] = mistype(chance, key)
    elif kind == 4:
        rows.insert(at + 1, list(rows[at]))
        line = at + 2
    elif kind == 5:
        rows, due = rows[:1], "refuse"
    elif kind == 6:
        place = chance.randrange(len(rows[at]))
        rows[at][place] = chance.choice(("", " ", "=1+1", "<script>", "\u200b", "\x1b[31m"))
        due = "any"
    else:
        due = "any"
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    text = out.getvalue()
    if kind == 7:
        text = text.replace(",", chance.choice((";", "\t", "|")))
        due, line = "refuse", 0
    data = text.encode()
    if kind == 8:
        cut = chance.randrange(len(data))
        data = data[:cut] + chance.randbytes(3) + data[cut:]
        due = "any"
    return Case("table", f"{name} {number}", data, due, line, key, name)


def case(kind: str, number: int) -> Case:
    """Return a case by kind and number."""
    return table_case(number) if kind == "table" else yaml_case(kind, number)
