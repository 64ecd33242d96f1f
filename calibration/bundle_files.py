"""Files of a bundle: names, and JSON at a fixed number of digits; imports no fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from calibration.specs import DIGITS

FITTED = (
    "drivers",
    "city_path",
    "gdp",
    "history",
    "information_economy",
    "counts",
    "national",
    "diagnostics",
)
"""Files that :func:`calibration.bundle.build` fills."""


def dump(content: Any, path: Path) -> None:
    """Write JSON with sorted keys and every float at :data:`DIGITS` significant digits."""
    text = json.dumps(
        plain(content), sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    with path.open("w", encoding="utf-8", newline="\n") as handle:
        handle.write(text + "\n")


def plain(content: Any) -> Any:
    """Turn arrays into lists, floats into rounded floats, not-a-number into null."""
    if isinstance(content, dict):
        return {str(k): plain(v) for k, v in content.items()}
    if isinstance(content, (list, tuple)):
        return [plain(v) for v in content]
    if isinstance(content, np.ndarray):
        return plain(content.tolist())
    if isinstance(content, (float, np.floating)):
        return float(f"{content:.{DIGITS - 1}e}") if np.isfinite(content) else None
    if isinstance(content, (bool, np.bool_)):
        return bool(content)
    return int(content) if isinstance(content, np.integer) else content


def load_json(path: Path) -> Any:
    """Read a JSON file of a bundle."""
    return json.loads(path.read_text(encoding="utf-8"))
