"""Dated results of the long checks: one small JSON file each in ``docs/trust``."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "trust"
Value = str | int | float | list[str] | dict[str, int]


def store(name: str, passed: bool, result: Mapping[str, Value], command: str) -> Path:
    """Write what a check found, with its command and date; print it; return the file."""
    content = {
        "check": name,
        "passed": passed,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "command": command,
        "python": ".".join(map(str, sys.version_info[:3])),
        "system": f"{platform.system()} {platform.machine()}",
        **result,
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")
    print(text, end="")
    return path


def rate_bound(number: int) -> float:
    """Return the upper 95 % bound of a rate of which none was seen in `number` (rule of three)."""
    return round(3.0 / number, 6)
