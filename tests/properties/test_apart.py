"""Loops that are told their arrays lie apart are called with arrays that do."""

from __future__ import annotations

import sys
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

from tests.sim.small_city import small_model


def arrays_of(given: tuple[Any, ...]) -> list[np.ndarray]:
    """Return all arrays of a call, those in tuples too, in one order."""
    found: list[np.ndarray] = []
    for one in given:
        found += arrays_of(one) if isinstance(one, tuple) else [one]
    return [one for one in found if isinstance(one, np.ndarray)]


class Watch:
    """Stands for a loop; notes which of its arrays change and which pairs share memory."""

    def __init__(self, loop: Any) -> None:
        self.loop, self.calls = loop, 0
        self.changed: set[int] = set()
        self.shared: set[tuple[int, int]] = set()

    def __call__(self, *given: Any) -> Any:
        arrays = arrays_of(given)
        before = [one.tobytes() for one in arrays]
        result = self.loop(*given)
        self.calls += 1
        self.changed |= {k for k, one in enumerate(arrays) if one.tobytes() != before[k]}
        self.shared |= {
            (a, b)
            for (a, one), (b, other) in combinations(enumerate(arrays), 2)
            if np.may_share_memory(one, other)
        }
        return result

    def overlaps(self) -> set[tuple[int, int]]:
        """Return pairs of arrays that share memory and of which one changes."""
        return {pair for pair in self.shared if self.changed & {*pair}}


def test_what_a_loop_changes_shares_no_memory_with_its_other_arrays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watches: dict[Any, Watch] = {}
    small_model().step()
    for module in [m for name, m in sys.modules.items() if name.startswith("sim.")]:
        for name, loop in list(vars(module).items()):
            if isinstance(loop, Dispatcher) and loop.targetoptions.get("noalias"):
                monkeypatch.setattr(module, name, watches.setdefault(loop, Watch(loop)))
    model = small_model()
    for _ in range(4):
        model.step()
    names = {loop.py_func.__name__: watch for loop, watch in watches.items()}
    assert {"invest", "settle", "fall", "_draw"} <= names.keys()
    assert [name for name, watch in names.items() if not watch.calls] == []
    assert {name: pairs for name, watch in names.items() if (pairs := watch.overlaps())} == {}


def test_a_shared_column_is_noticed() -> None:
    def double(a: np.ndarray, b: np.ndarray) -> None:
        a[:] = 2.0 * b

    column = np.arange(1.0, 6.0)
    apart, shared = Watch(double), Watch(double)
    apart(np.zeros(5), column)
    shared(column[:4], column[1:])
    assert apart.overlaps() == set()
    assert shared.overlaps() == {(0, 1)}
