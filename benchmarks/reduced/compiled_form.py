"""The reduced model in the style of the engine: two blocked passes and keyed numbers."""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from benchmarks import reduced as m
from sim.compiled import BLOCK, apart, exp, log, part
from sim.inversion import laplace
from sim.rng import KeyedRandom, lower_unit, philox_of_two, upper_unit

HAZARD, SELECTION = m.HAZARD, m.SELECTION
REPLICATOR, SALES_SHOCK, DRIFT, TFP_SHOCK = m.REPLICATOR, m.SALES_SHOCK, m.DRIFT, m.TFP_SHOCK
ADJUSTMENT, SHARE, WIDEST = m.ADJUSTMENT, m.SHARE, m.WIDEST
WEAR, INVESTMENT, MARGIN, WAGE = m.WEAR, m.INVESTMENT, m.MARGIN, m.WAGE
ENTRANT = m.ENTRANT_OUTPUT, m.ENTRANT_CAPITAL, m.ENTRANT_STAFF
RISK = float(HAZARD * np.exp(2.0 * SELECTION))
"""Largest hazard: no lot above it needs a closer look."""
GROUP, HALF, QUARTER = 64, np.uint64(32), np.uint64(16)
"""Firms that share 32 blocks of random words: the first half takes two words of each, the second
half the other two."""


@part
def put(words, at, sales, technology, leaving):  # type: ignore[no-untyped-def]
    """Fill the three uniforms of two firms from the words of their block."""
    sales[at], technology[at] = upper_unit(words[0]), lower_unit(words[0])
    leaving[at] = upper_unit(words[1])
    sales[at + HALF], technology[at + HALF] = upper_unit(words[2]), lower_unit(words[2])
    leaving[at + HALF] = upper_unit(words[3])


@apart
def luck(first, size, quarter, key, sales, technology, leaving):  # type: ignore[no-untyped-def]
    """Fill three uniforms of whole groups of firms; row `first` is a multiple of GROUP."""
    for group in range(0, size, GROUP):
        block = np.uint64(first + group) // np.uint64(2)
        for row in range(GROUP // 4):
            j = np.uint64(row)
            one, two = block + j, block + j + QUARTER
            words, others = philox_of_two(one, two, quarter, key[0], key[1])
            put(words, np.uint64(group) + j, sales, technology, leaving)
            put(others, np.uint64(group) + j + QUARTER, sales, technology, leaving)


@nb.njit(cache=True, nogil=True, forceinline=True, fastmath={"reassoc"})
def summed(values, low, high):  # type: ignore[no-untyped-def]
    """Return the sum of some values, added in as many lanes as the compiler likes."""
    total = 0.0
    for j in range(low, high):
        total += values[np.uint64(j)]
    return total


@apart
def simulate(  # type: ignore[no-untyped-def]
    quarter, key, edges, demand, total, mean, output, capital, staff, tfp, cash, age,
):  # fmt: skip
    """Simulate a quarter, one sector after the other; renew their output and mean TFP, in place.

    A sector's columns stay in the second-level cache between its two passes: leavers are
    replaced, output and TFP move; then outputs are scaled to the sector's total, firms hire,
    invest and book.
    """
    sales, technology, leaving = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    moved, worth, where = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK + 1, np.int64)
    for s in range(len(mean)):
        grown = 0.0
        for start in range(edges[s] // GROUP * GROUP, edges[s + 1], BLOCK):
            low, high = max(edges[s] - start, 0), min(BLOCK, edges[s + 1] - start)
            luck(start, high, quarter, key, sales, technology, leaving)
            found = 0
            for j in range(low, high):
                where[found] = j  # kept only if the next line moves on: no branch to mispredict
                found += leaving[np.uint64(j)] < RISK
            for k in range(found):
                j = np.uint64(where[k])
                i = np.uint64(start) + j
                gap = min(max(tfp[i] - mean[s], -2.0), 2.0)
                if leaving[j] < HAZARD * exp(-SELECTION * gap):
                    output[i], capital[i], staff[i] = ENTRANT
                    tfp[i], cash[i], age[i] = mean[s], 0.0, 0.0
            for row in range(low, high):
                j = np.uint64(row)
                i = np.uint64(start) + j
                shock = REPLICATOR * (tfp[i] - mean[s]) + SALES_SHOCK * laplace(sales[j])
                tfp[i] += DRIFT + TFP_SHOCK * laplace(technology[j])
                moved[j] = output[i] * exp(shock)
                output[i] = moved[j]
            grown += summed(moved, low, high)
        factor = total[s] * demand / max(grown, 1e-300)
        made_by_all, weighted = 0.0, 0.0
        for start in range(edges[s], edges[s + 1], BLOCK):
            size = min(BLOCK, edges[s + 1] - start)
            for row in range(size):
                j = np.uint64(row)
                i = np.uint64(start) + j
                made, hands, plant = output[i] * factor, staff[i], capital[i]
                each = 1.0 / hands
                needed = log(made * each) - tfp[i] - SHARE * log(plant * each)
                short = min(max(needed * (1.0 / (1.0 - SHARE)), -WIDEST), WIDEST)
                hands *= exp(ADJUSTMENT * short)
                output[i], staff[i] = made, hands
                capital[i] = (1.0 - WEAR) * plant + INVESTMENT * made
                cash[i] += MARGIN * made - WAGE * hands
                age[i] += 1.0
                moved[j] = made
                worth[j] = made * tfp[i]
            made_by_all += summed(moved, 0, size)
            weighted += summed(worth, 0, size)
        total[s] = made_by_all
        mean[s] = weighted / max(made_by_all, 1e-300)


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
        sector, output, *_, tfp, _, _ = self.columns
        # Firms stand in the order of their sectors, and entrants take the rows of leavers.
        self.edges = np.searchsorted(sector, np.arange(m.SECTORS + 1))
        self.total = np.bincount(sector, output, m.SECTORS)
        weighted = np.bincount(sector, output * tfp, m.SECTORS)
        self.mean = weighted / np.maximum(self.total, 1e-300)
        self.quarter = 0

    def step(self) -> None:
        """Simulate one quarter."""
        self.quarter += 1
        demand = float(np.exp(m.DEMAND))
        simulate(
            self.quarter, self.key, self.edges, demand, self.total, self.mean, *self.columns[1:]
        )
