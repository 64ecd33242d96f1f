"""The reduced model in the style of the engine: two fused, blocked passes and keyed numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks import reduced as m
from sim.compiled import BLOCK, apart, exp, log, part
from sim.inversion import laplace
from sim.rng import KeyedRandom, lower_unit, philox_in_rows, upper_unit

HAZARD, SELECTION = m.HAZARD, m.SELECTION
REPLICATOR, SALES_SHOCK, DRIFT, TFP_SHOCK = m.REPLICATOR, m.SALES_SHOCK, m.DRIFT, m.TFP_SHOCK
ADJUSTMENT, SHARE, WIDEST = m.ADJUSTMENT, m.SHARE, m.WIDEST
WEAR, INVESTMENT, MARGIN, WAGE = m.WEAR, m.INVESTMENT, m.MARGIN, m.WAGE
ENTRANT_OUTPUT, ENTRANT_CAPITAL = m.ENTRANT_OUTPUT, m.ENTRANT_CAPITAL
ENTRANT_STAFF = m.ENTRANT_STAFF
ONE = np.uint64(1)


@apart
def luck(first, size, quarter, key, sales, technology, leaving):  # type: ignore[no-untyped-def]
    """Fill three uniforms of the firms from row `first` on: rows 2k and 2k + 1 share a block."""
    odd = first % 2
    words, others = np.empty(BLOCK + 2, np.uint64), np.empty(BLOCK + 2, np.uint64)
    for pair in range((size + odd + 1) // 2):
        block = philox_in_rows(np.uint64(first // 2 + pair), np.uint64(quarter), key[0], key[1])
        j = np.uint64(2 * pair)
        words[j], others[j], words[j + ONE], others[j + ONE] = block
    for j in range(size):
        word = words[np.uint64(odd + j)]
        sales[j], technology[j] = upper_unit(word), lower_unit(word)
        leaving[j] = upper_unit(others[np.uint64(odd + j)])


@part
def summed(values, size):  # type: ignore[no-untyped-def]
    """Return the sum of the first `size` values, added in eight lanes that run side by side."""
    a = b = c = d = e = f = g = h = 0.0
    whole = size - size % 8
    for k in range(0, whole, 8):
        j = np.uint64(k)
        a += values[j]
        b += values[j + np.uint64(1)]
        c += values[j + np.uint64(2)]
        d += values[j + np.uint64(3)]
        e += values[j + np.uint64(4)]
        f += values[j + np.uint64(5)]
        g += values[j + np.uint64(6)]
        h += values[j + np.uint64(7)]
    for k in range(whole, size):
        a += values[k]
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


@apart
def grow(quarter, key, mean, edges, output, capital, staff, tfp, cash, age):  # type: ignore[no-untyped-def]
    """Replace leavers, move output and TFP; return what output comes to, by sector."""
    total = np.zeros(len(mean))
    sales, technology, leaving = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    gap = np.empty(BLOCK)
    for s in range(len(mean)):
        for start in range(edges[s], edges[s + 1], BLOCK):
            size = min(BLOCK, edges[s + 1] - start)
            luck(start, size, quarter, key, sales, technology, leaving)
            for j in range(size):
                i = np.uint64(start + j)
                apart_by = tfp[i] - mean[s]
                hazard = HAZARD * exp(-SELECTION * min(max(apart_by, -2.0), 2.0))
                gone = leaving[j] < hazard
                capital[i] = ENTRANT_CAPITAL if gone else capital[i]
                staff[i] = ENTRANT_STAFF if gone else staff[i]
                cash[i] = 0.0 if gone else cash[i]
                age[i] = 0.0 if gone else age[i]
                before = ENTRANT_OUTPUT if gone else output[i]
                ahead = 0.0 if gone else apart_by
                tfp[i] += DRIFT + TFP_SHOCK * laplace(technology[j]) - (apart_by - ahead)
                gap[j] = before * exp(REPLICATOR * ahead + SALES_SHOCK * laplace(sales[j]))
                output[i] = gap[j]
            total[s] += summed(gap, size)
    return total


@apart
def settle(factor, edges, output, capital, staff, tfp, cash, age):  # type: ignore[no-untyped-def]
    """Scale outputs, hire, invest and book; return sectors' output and output times TFP."""
    total, weighted = np.zeros(len(factor)), np.zeros(len(factor))
    move, worth = np.empty(BLOCK), np.empty(BLOCK)
    for s in range(len(factor)):
        for start in range(edges[s], edges[s + 1], BLOCK):
            size = min(BLOCK, edges[s + 1] - start)
            for j in range(size):
                i = np.uint64(start + j)
                made, hands, plant = output[i] * factor[s], staff[i], capital[i]
                needed = log(made / hands) - tfp[i] - SHARE * log(plant / hands)
                short = min(max(needed / (1.0 - SHARE), -WIDEST), WIDEST)
                hands *= exp(ADJUSTMENT * short)
                output[i], staff[i] = made, hands
                capital[i] = (1.0 - WEAR) * plant + INVESTMENT * made
                cash[i] += MARGIN * made - WAGE * hands
                age[i] += 1.0
                move[j] = made
                worth[j] = made * tfp[i]
            total[s] += summed(move, size)
            weighted[s] += summed(worth, size)
    return total, weighted


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
        _, *rest = self.columns
        grown = grow(self.quarter, self.key, self.mean, self.edges, *rest)
        factor = self.total * float(np.exp(m.DEMAND)) / np.maximum(grown, 1e-300)
        self.total, weighted = settle(factor, self.edges, *rest)
        self.mean = weighted / np.maximum(self.total, 1e-300)
