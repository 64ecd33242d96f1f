"""Read one case and say what is wrong with what came of it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from calibration.reading import read_table
from calibration.schemas import SCHEMAS
from sim.errors import InputError, Problem, printable
from sim.plan import load_plan
from sim.scenario import load_scenario
from tests.fuzz.cases import Case

SLOWEST = 1.0
"""CPU seconds that a refusal may take."""
_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d+):(?P<column>\d+)")


@dataclass
class Verdict:
    """What happened to one case."""

    outcome: str
    seconds: float
    faults: list[str] = field(default_factory=list)
    typo_answered: bool | None = None


def read(case: Case, path: Path) -> None:
    """Read a case's file as the program does."""
    if case.kind == "scenario":
        load_scenario(path)
    elif case.kind == "plan":
        load_plan(path)
    else:
        read_table(path, SCHEMAS[case.table])


def judge(case: Case, folder: Path) -> Verdict:
    """Write the file of a case into an empty folder, read it, and judge."""
    path = folder / ("case.csv" if case.kind == "table" else "case.yaml")
    path.write_bytes(case.data)
    began = time.process_time()
    problems: tuple[Problem, ...] = ()
    try:
        read(case, path)
    except InputError as error:
        problems = error.problems
    verdict = Verdict("refused" if problems else "accepted", time.process_time() - began)
    verdict.faults = faults(case, problems, path)
    if verdict.seconds > SLOWEST:
        verdict.faults.append(f"took {verdict.seconds:.2f} s")
    if [p.name for p in folder.iterdir()] != [path.name]:
        verdict.faults.append("left other files in the folder")
    if case.due == "typo":
        verdict.typo_answered = any(f"did you mean '{case.key}'?" in p.message for p in problems)
    return verdict


def faults(case: Case, problems: tuple[Problem, ...], path: Path) -> list[str]:
    """Return what is wrong with an answer: its lines, its file, or that there is none."""
    found = []
    if case.due in ("refuse", "typo") and not problems:
        found.append("accepted")
    if case.due == "run" and problems:
        found.append(f"refused: {problems[0]}")
    lines = set()
    for problem in problems:
        place = _PLACE.fullmatch(problem.where)
        if place is None or place["file"] != str(path):
            # A text without structure has no line.
            if problem.where != str(path):
                found.append(f"no place: {problem}")
            continue
        lines.add(int(place["line"]))
        text = str(problem)
        if printable(text, 10_000) != text or "\n" in text:
            found.append(f"not printable: {text!r}")
    return found + faults_of_lines(case, lines, str(problems[0])) if problems else found


def faults_of_lines(case: Case, lines: set[int], told: str) -> list[str]:
    """Return what is wrong with the lines that an answer names."""
    found = []
    length = case.data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
    if any(not 1 <= line <= length for line in lines):
        found.append(f"no such line: {told}")
    if case.line and case.line not in lines:
        found.append(f"line {case.line} is not named but {sorted(lines)}: {told}")
    return found
