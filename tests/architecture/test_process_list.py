"""The ODD document describes the processes that the model runs, in the order it runs them."""

from __future__ import annotations

import re
from pathlib import Path

from sim.model import PROCESSES

HEADING = re.compile(r"^###+ .*?`(\w+)`", re.MULTILINE)


def test_the_odd_document_lists_the_processes_of_the_code(root: Path) -> None:
    text = (root / "docs" / "odd.md").read_text(encoding="utf-8")
    assert HEADING.findall(text) == list(PROCESSES)


def test_processes_are_named_once() -> None:
    assert len(PROCESSES) >= 10
    assert len(set(PROCESSES)) == len(PROCESSES)
