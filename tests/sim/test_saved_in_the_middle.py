"""A member saved after some quarters and loaded by another process goes on to the same bits."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.bureau import in_both_books
from sim.model import CityModel
from sim.results import declared_layout
from tests.sim.small_city import city_of, small_model

BEFORE, AFTER = 5, 4
GO_ON = f"""
import pickle, sys
from tests.sim.test_saved_in_the_middle import content, go_on
with open(sys.argv[1], "rb") as saved:
    sys.stdout.buffer.write(content(go_on(pickle.load(saved), {AFTER})))
"""


def go_on(model: CityModel, quarters: int) -> CityModel:
    for _ in range(quarters):
        model.step()
    return model


def content(model: CityModel) -> bytes:
    """Return the bytes of all firms, and of all indicators of the present quarter in both books."""
    columns = [column for _, column in sorted(vars(model.state.firms).items())
               if isinstance(column, np.ndarray)]  # fmt: skip
    books = in_both_books(
        declared_layout(city_of()).indicators, model.published, model.true_state,
        [model.state.quarter],
    )  # fmt: skip
    return b"".join(np.ascontiguousarray(part).tobytes() for part in (*columns, *books))


@pytest.fixture(scope="module")
def straight() -> bytes:
    """What nine quarters give at one go."""
    return content(go_on(small_model(), BEFORE + AFTER))


def test_loaded_by_another_process_it_goes_on(tmp_path: Path, root: Path, straight: bytes) -> None:
    saved = tmp_path / "model"
    saved.write_bytes(pickle.dumps(go_on(small_model(), BEFORE)))
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONHASHSEED": "7"}
    found = subprocess.run(
        [sys.executable, "-c", GO_ON, str(saved)],
        cwd=root, env=environment, capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    assert len(straight) > 100_000
    assert found.stdout == straight


def test_a_copy_is_a_branch_of_its_own(straight: bytes) -> None:
    """The original is not touched by what its copy does."""
    original = go_on(small_model(), BEFORE)
    branch = copy.deepcopy(original)
    branch.state.firms.cash[branch.firms_where(tier=3)] += 1e9
    branch.take_stock()
    assert content(go_on(branch, AFTER)) != straight
    assert content(go_on(original, AFTER)) == straight
