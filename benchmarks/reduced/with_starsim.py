"""The reduced model as a Starsim module: python benchmarks/reduced/with_starsim.py N S.

Written for Starsim 3.7 (``pip install starsim``). States are Starsim's arrays, the arithmetic is
numpy on them, as in Starsim's own modules; random numbers come from its distributions. Its arrays
and numbers are set to double precision, as in all other forms; by default they are of 32 bits.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import starsim as ss

from benchmarks import reduced as m
from benchmarks.reduced.measuring import run
from benchmarks.reduced.numpy_form import by_sector, quarter

ss.options(precision=64)
STATES = tuple(name for name in m.FIELDS if name != "sector")


class Firms(ss.Module):
    """All firms as states of a module."""

    def __init__(self, columns: dict[str, Any]) -> None:
        super().__init__()
        self.start = columns
        self.define_states(*(ss.FloatArr(name) for name in STATES))
        self.sales, self.technology, self.leaving = (ss.random() for _ in range(3))

    def init_post(self) -> None:
        """Put the firms of the start into the states."""
        super().init_post()
        for name in STATES:
            getattr(self, name)[:] = self.start[name]
        self.sector = self.start["sector"]
        self.total = by_sector(self.sector, self.start["output"])
        weighted = by_sector(self.sector, self.start["output"] * self.start["log_tfp"])
        self.mean = weighted / np.maximum(self.total, 1e-300)

    def step(self) -> None:
        """Simulate one quarter."""
        uids = self.sim.people.auids
        uniforms = np.array([d.rvs(uids) for d in (self.sales, self.technology, self.leaving)])
        columns = {name: getattr(self, name).values for name in STATES}
        columns["sector"] = self.sector
        self.total, self.mean = quarter(columns, self.total, self.mean, uniforms)
        for name in STATES:
            getattr(self, name)[:] = columns[name]


def make(columns: dict[str, Any], quarters: int) -> tuple[Any, Any]:
    """Return the model's step and its outputs."""
    firms = Firms(columns)
    sim = ss.Sim(
        modules=firms,
        n_agents=len(columns["output"]),
        dur=quarters,
        dt=1.0,
        verbose=0,
        rand_seed=1,
        copy_inputs=False,
    )
    sim.init()
    return sim.run_one_step, lambda: firms.output.values


if __name__ == "__main__":
    run(make)
