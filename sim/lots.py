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
from sim.rng import draw_words
from sim.state import CityState

STREAM = "firms/quarter"
LASTING, PASSING, TECHNOLOGY, EVENTS = range(4)
"""Purposes: lasting and passing shock of sales; shock of TFP; two events, 32 bits each: the
upper half decides on exit, the lower on upgrading."""


@apart
def _draw(words, firm_id, first, quarter, key):  # type: ignore[no-untyped-def]
    """Fill the words of the firms from row `first` on, shape (4, firms or more)."""
    draw_words(words, first, firm_id, first, len(firm_id) - first, quarter, 0, key)


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
        _draw(table, state.firms.firm_id, known, state.quarter, state.random.key(STREAM))
        memory["lots.quarter"], memory["lots.known"] = float(state.quarter), float(count)
    return np.asarray(table[:, :count])
