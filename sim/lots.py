"""The random words that every firm draws in a quarter: four, of one block of the generator.

A block costs as much as reading ten columns, and most of it used to be thrown away: each
purpose drew a block and took one word. The words are a pure function of (seed, member, stream,
quarter, firm id); each has one purpose, so that purposes stay independent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import apart
from sim.growing import with_room
from sim.rng import philox, philox_of_two
from sim.state import CityState

STREAM = "firms/quarter"
LASTING, PASSING, TECHNOLOGY, EVENTS = range(4)
"""Purposes: lasting and passing shock of sales; shock of TFP; two events, 32 bits each: the
upper half decides on exit, the lower on upgrading."""


@apart
def _draw(lasting, passing, technology, events, firm_id, first, quarter, key):  # type: ignore[no-untyped-def]
    """Fill the words of the firms from row `first` on."""
    key_0, key_1 = key[0], key[1]
    half = (len(firm_id) - first) // 2
    for row in range(first, first + half):
        i, k = np.uint64(row), np.uint64(row + half)
        one, other = philox_of_two(firm_id[i], firm_id[k], quarter, key_0, key_1)
        lasting[i], passing[i], technology[i], events[i] = one
        lasting[k], passing[k], technology[k], events[k] = other
    for row in range(first + 2 * half, len(firm_id)):
        i, zero = np.uint64(row), np.uint64(0)
        words = philox(np.uint64(firm_id[i]), np.uint64(quarter), zero, zero, key_0, key_1)
        lasting[i], passing[i], technology[i], events[i] = words


def words(state: CityState) -> NDArray[np.uint64]:
    """Return the present quarter's words, shape (4, firms); newcomers get theirs when asked.

    Rows stand in the order of the purposes. Read only.
    """
    count, memory = state.firms.count, state.memory
    table: Any = state.buffers.get("lots.words")
    known = int(memory.get("lots.known", 0.0)) if memory.get("lots.quarter") == state.quarter else 0
    if table is None or table.shape[1] < count:
        larger = np.empty((4, with_room(count)), dtype=np.uint64)
        if known:
            larger[:, :known] = table[:, :known]
        table = state.buffers["lots.words"] = larger
    if known < count:
        _draw(*table, state.firms.firm_id, known, state.quarter, state.random.key(STREAM))
        memory["lots.quarter"], memory["lots.known"] = float(state.quarter), float(count)
    return np.asarray(table[:, :count])
