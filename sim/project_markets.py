"""Markets of large projects' plants: what a new plant sells, firms of its sector lose."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.project_kernels import make_way
from sim.rows import rows_where
from sim.state import Firms, Integers

LARGEST_TAKE = 0.5
"""A plant takes at most this share of its sector's local sales in one quarter."""
FEW = 8
"""Up to so many plants of a sector go through all its firms one after the other; the real city
has five at most."""
SMALLEST_FACTOR = 1e-6
"""What is left of rivals' output is applied to them when it falls below this share."""


class Market:
    """Output of the living firms of a sector (rows) while new plants take their part of it.

    Each plant in turn takes from all others in proportion. In a city a hundred times the real
    one a sector gets hundreds of plants in a quarter, and going through all firms for each would
    take time by the square of the city's size. There the total is carried along, and what the
    others keep is one factor, which `settle` applies: output is held over that factor until
    then. Both ways give the same but for rounding.
    """

    def __init__(self, firms: Firms, rows: Integers, plants: int) -> None:
        self.output, self.rows, self.few = firms.real_output, rows, plants <= FEW
        self.total = 0.0 if self.few else float(self.output[rows].sum())
        self.factor = 1.0

    def output_of(self, row: int) -> float:
        """Return the output of a firm, yuan at 2015 prices."""
        return float(self.output[row]) * self.factor

    def make_room(self, row: int, wanted: float) -> float:
        """Let all firms but one lose `wanted`, at most the largest share; return their loss."""
        if self.few:
            return float(make_way(self.rows, row, wanted, LARGEST_TAKE, self.output))
        own = float(self.output[row])
        others = (self.total - own) * self.factor
        if others <= 0.0:
            return 0.0
        share = min(wanted / others, LARGEST_TAKE)
        self.factor *= 1.0 - share
        self._set(row, own / (1.0 - share))
        if self.factor < SMALLEST_FACTOR:
            self.settle()
        return share * others

    def add(self, row: int, extra: float) -> None:
        """Raise the output of a firm by `extra`, yuan at 2015 prices."""
        self._set(row, float(self.output[row]) + extra / self.factor)

    def _set(self, row: int, output: float) -> None:
        self.total += output - float(self.output[row])
        self.output[row] = output

    def settle(self) -> None:
        """Apply what rivals keep to the output of all of them."""
        if self.factor != 1.0:
            self.output[self.rows] *= self.factor
            self.total, self.factor = self.total * self.factor, 1.0


class Markets:
    """Markets of the sectors that plants (rows) enter, each looked up once.

    No firm may come or go while they are used.
    """

    def __init__(self, firms: Firms, plants: Sequence[int]) -> None:
        self.firms = firms
        self.plants = np.bincount(firms.sector[np.array(plants, dtype=np.int64)]).tolist()
        self.known: dict[int, Market] = {}

    def of(self, row: int) -> Market:
        """Return the market of a plant."""
        firms, sector = self.firms, int(self.firms.sector[row])
        if sector not in self.known:
            living = rows_where((firms.sector == sector) & firms.alive)
            self.known[sector] = Market(firms, living, self.plants[sector])
        return self.known[sector]

    def settle(self) -> None:
        """Apply what rivals keep in all markets (:meth:`Market.settle`)."""
        for market in self.known.values():
            market.settle()
