"""Yuan times k: the whole model counts its money in another unit, and nothing real moves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np


def figures(root: Path, yuan: float) -> dict[str, list[float]]:
    """Simulate in a process of its own: the unit is set before the model is imported."""
    command = [sys.executable, "-m", "tests.properties.other_money", str(yuan)]
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


def test_money_in_another_unit_moves_no_figure(root: Path) -> None:
    """Every constant, datum, parameter and lever that is money is declared as such: 238 figures."""
    plain, other = figures(root, 1.0), figures(root, 8.0)
    assert len(plain) > 200
    assert plain.keys() == other.keys()
    for name, expected in plain.items():
        np.testing.assert_allclose(other[name], expected, rtol=1e-8, atol=1e-8, err_msg=name)
