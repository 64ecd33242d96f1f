"""The reduced model in the style of the engine: compiled loops and keyed numbers.

Three things are done that the other forms do not do: of each firm the log of output over labour
is kept, which spares two logs a quarter; lots are drawn only for the firms that could leave; and a
sector's columns stay in the second-level cache from its first loop to its last. All fields are
double precision, as in the other forms.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from benchmarks import reduced as m
from sim.compiled import apart, exp, exp_beyond_one, log, lowest_bit, part
from sim.inversion import laplace
from sim.rng import (
    KeyedRandom,
    draw_words,
    lower_unit,
    philox_in_rows,
    unit_open,
    upper_unit,
)

HAZARD, SELECTION = m.HAZARD, m.SELECTION
REPLICATOR, SALES_SHOCK, DRIFT, TFP_SHOCK = m.REPLICATOR, m.SALES_SHOCK, m.DRIFT, m.TFP_SHOCK
ADJUSTMENT, SHARE, WIDEST = m.ADJUSTMENT, m.SHARE, m.WIDEST
WEAR, INVESTMENT, MARGIN, WAGE = m.WEAR, m.INVESTMENT, m.MARGIN, m.WAGE
LABOUR = 1.0 - SHARE
ENTRANT = m.ENTRANT_OUTPUT, m.ENTRANT_CAPITAL, m.ENTRANT_STAFF
ENTRANT_RATIO = float(np.log(m.ENTRANT_OUTPUT) - LABOUR * np.log(m.ENTRANT_STAFF))
NEXT = np.uint64(8)
"""Eight neighbours among the candidates take the same word of eight blocks."""
CANDIDATES = 16.0
"""One firm in so many is looked at more closely; the largest hazard, 0.054, is less."""
ONE = np.uint64(1)

summing: Any = nb.njit(
    cache=True, nogil=True, error_model="numpy", noalias=True, fastmath={"reassoc"}
)
"""Decorator of a loop with sums, added in as many lanes as the compiler likes."""


@part
def blocks_of(size):  # type: ignore[no-untyped-def]
    """Return how many blocks of four words a sector of so many firms draws: a word each."""
    return (size + 3) // 4


@apart
def shocks(first, size, quarter, key, ids, words, sales, technology):  # type: ignore[no-untyped-def]
    """Draw the shocks of a sector's firms; sales take the upper half of a word, TFP the lower.

    With n blocks, firms j, j + n, j + 2 n and j + 3 n share block j. The last may serve fewer.
    """
    blocks = blocks_of(size)
    draw_words(words, 0, ids, first, blocks, quarter, 0, key)
    for k in range(4):
        for row in range(blocks):
            j, at = np.uint64(row), np.uint64(k * blocks + row)
            sales[at] = SALES_SHOCK * laplace(upper_unit(words[k, j]))
            technology[at] = DRIFT + TFP_SHOCK * laplace(lower_unit(words[k, j]))


@apart
def candidates(first, size, quarter, key, masks, where, lots):  # type: ignore[no-untyped-def]
    """Find the firms of a sector that may leave, and draw their lots; return their number.

    Four words of 64 bits have a bit in common for one firm in sixteen: one block serves 64 firms.
    Lots are drawn four a block for the candidates in their order.
    """
    groups = (size + 63) // 64
    for group in range((groups + 7) // 8 * 8):  # eight at once
        words = philox_in_rows(first + group, quarter, key[0], key[1], 1)
        masks[np.uint64(group)] = words[0] & words[1] & words[2] & words[3]
    found = 0
    for group in range(groups):
        mask = masks[np.uint64(group)]
        while mask != np.uint64(0):
            where[np.uint64(found)] = 64 * group + lowest_bit(mask)
            found += 1
            mask &= mask - ONE
    while found > 0 and where[found - 1] >= size:
        found -= 1
    for some in range(0, found, 32):
        for row in range(8):
            at = np.uint64(some + row)
            words = philox_in_rows(np.uint64(first) + at, quarter, key[0], key[1], 2)
            lots[at] = unit_open(words[0])
            at += NEXT
            lots[at] = unit_open(words[1])
            at += NEXT
            lots[at] = unit_open(words[2])
            at += NEXT
            lots[at] = unit_open(words[3])
    return found


@apart
def replace(  # type: ignore[no-untyped-def]
    first, found, mean, where, lots, output, capital, staff, tfp, cash, age, ratio
):
    """Put entrants in the place of the candidates that leave."""
    for k in range(found):
        i = np.uint64(first + where[np.uint64(k)])
        gap = min(max(tfp[i] - mean, -2.0), 2.0)
        lots[np.uint64(k)] -= CANDIDATES * HAZARD * exp(-SELECTION * gap)
    for k in range(found):
        if lots[np.uint64(k)] < 0.0:
            i = np.uint64(first + where[np.uint64(k)])
            output[i], capital[i], staff[i] = ENTRANT
            tfp[i], cash[i], age[i], ratio[i] = mean, 0.0, 0.0, ENTRANT_RATIO


@summing
def move(  # type: ignore[no-untyped-def]
    first, size, mean, sales, technology, plant, output, capital, tfp, ratio
):
    """Move output and TFP by their shocks; return the sector's output.

    What log capital counts for is noted for the next loop: a log that another step waits for
    stands in the loop before it, since the processor holds few turns of a long chain at once.
    """
    grown = 0.0
    for row in range(size):
        j = np.uint64(row)
        i = np.uint64(first) + j
        plant[j] = SHARE * log(capital[i])
        shock = REPLICATOR * (tfp[i] - mean) + sales[j]
        tfp[i] += technology[j]
        ratio[i] += shock
        made = output[i] * exp(shock)
        output[i] = made
        grown += made
    return grown


@summing
def book(  # type: ignore[no-untyped-def]
    first, size, factor, rise, plant, output, capital, staff, tfp, cash, age, ratio
):
    """Scale outputs by a factor, whose log is `rise`, hire, invest and book.

    Returns
    -------
    made_by_all, weighted : float
        The sector's output, and the sum of log TFP weighted by it.
    """
    made_by_all, weighted = 0.0, 0.0
    for row in range(size):
        j = np.uint64(row)
        i = np.uint64(first) + j
        made, hands, skill, free = output[i] * factor, staff[i], tfp[i], ratio[i] + rise
        short = (free - skill - plant[j]) * (1.0 / LABOUR)
        hired = ADJUSTMENT * min(max(short, -WIDEST), WIDEST)
        half = exp_beyond_one(0.5 * hired)  # exp(x) = (1 + half)^2: half of x is near zero
        hands += hands * (half * (half + 2.0))
        output[i], staff[i], ratio[i] = made, hands, free - LABOUR * hired
        capital[i] = (1.0 - WEAR) * capital[i] + INVESTMENT * made
        cash[i] += MARGIN * made - WAGE * hands
        age[i] += 1.0
        made_by_all += made
        weighted += made * skill
    return made_by_all, weighted


@apart
def simulate(  # type: ignore[no-untyped-def]
    quarter, key, edges, demand, total, mean, ids, words, moved, plant, masks, where, lots,
    output, capital, staff, tfp, cash, age, ratio,
):  # fmt: skip
    """Simulate a quarter, one sector after the other; renew their output and mean TFP, in place."""
    sales, technology = moved
    for s in range(len(mean)):
        first, size = edges[s], edges[s + 1] - edges[s]
        shocks(first, size, quarter, key, ids, words, sales, technology)
        found = candidates(first, size, quarter, key, masks, where, lots)
        replace(
            first, found, mean[s], where, lots, output, capital, staff, tfp, cash, age, ratio
        )  # fmt: skip
        grown = move(
            first, size, mean[s], sales, technology, plant, output, capital, tfp, ratio
        )  # fmt: skip
        factor = total[s] * demand / max(grown, 1e-300)
        made_by_all, weighted = book(
            first, size, factor, log(factor), plant,
            output, capital, staff, tfp, cash, age, ratio,
        )  # fmt: skip
        total[s], mean[s] = made_by_all, weighted / max(made_by_all, 1e-300)


class Compiled:
    """The reduced model as columns and compiled loops.

    Parameters
    ----------
    columns : dict
        The seven fields by name, shape (firms,); ``sector`` rises.
    """

    def __init__(self, columns: dict[str, Any]) -> None:
        self.columns = tuple(columns[name] for name in m.FIELDS)
        self.key = KeyedRandom(1, 0).key("reduced/quarter")
        sector, output, _, staff, tfp, _, _ = self.columns
        self.ratio = np.log(output) - LABOUR * np.log(staff)
        # Firms stand in the order of their sectors, and entrants take the rows of leavers.
        self.edges = np.searchsorted(sector, np.arange(m.SECTORS + 1))
        self.total = np.bincount(sector, output, m.SECTORS)
        weighted = np.bincount(sector, output * tfp, m.SECTORS)
        self.mean = weighted / np.maximum(self.total, 1e-300)
        self.quarter = 0
        room = int(np.diff(self.edges).max()) + 512
        self.ids, self.words = np.arange(len(sector)), np.empty((4, room), np.uint64)
        self.moved, self.plant = (np.empty(room), np.empty(room)), np.empty(room)
        self.masks = np.empty(room // 64, np.uint64)
        self.where, self.lots = np.empty(room, np.int64), np.empty(room)

    def step(self) -> None:
        """Simulate one quarter."""
        self.quarter += 1
        demand = float(np.exp(m.DEMAND))
        simulate(
            self.quarter, self.key, self.edges, demand, self.total, self.mean,
            self.ids, self.words, self.moved, self.plant, self.masks, self.where, self.lots,
            *self.columns[1:], self.ratio,
        )  # fmt: skip
