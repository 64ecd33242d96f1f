"""The reduced model on mesa-frames (polars): python benchmarks/reduced/with_mesa_frames.py N S.

Written for the version that the registry offers, 0.1.0a0 (``pip install --pre mesa-frames``).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

os.environ["POLARS_MAX_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF

from benchmarks import reduced as m
from benchmarks.reduced.measuring import run

U, V, W, GAP = (pl.col(name) for name in ("u", "v", "w", "gap"))
OUTPUT, CAPITAL, STAFF, TFP = (pl.col(name) for name in ("output", "capital", "staff", "log_tfp"))
ENTRANTS = {
    "output": m.ENTRANT_OUTPUT, "capital": m.ENTRANT_CAPITAL, "staff": m.ENTRANT_STAFF,
    "cash": 0.0, "age": 0.0,
}  # fmt: skip


def of_sector(values: Any) -> pl.Expr:
    """Return each firm's entry of a table by sector."""
    return pl.lit(pl.Series(values)).gather(pl.col("sector"))


def laplace(uniform: pl.Expr) -> pl.Expr:
    """Return Laplace numbers of scale one of uniforms."""
    size = (2.0 * pl.min_horizontal(uniform, 1.0 - uniform)).log()
    return pl.when(uniform < 0.5).then(size).otherwise(-size)


class Firms(AgentSetPolars):
    """All firms as one data frame."""

    def __init__(self, model: ModelDF, columns: dict[str, Any]) -> None:
        super().__init__(model)
        self += pl.DataFrame({"unique_id": np.arange(len(columns["output"]))} | columns)
        self.note_sectors()

    def note_sectors(self) -> None:
        """Note outputs and mean TFP of the sectors."""
        sums = (
            self.agents.group_by("sector")
            .agg(OUTPUT.sum(), weighted=(OUTPUT * TFP).sum())
            .sort("sector")
        )
        self.total = np.zeros(m.SECTORS)
        self.mean = np.zeros(m.SECTORS)
        self.total[sums["sector"]] = sums["output"]
        self.mean[sums["sector"]] = sums["weighted"] / sums["output"]

    def step(self) -> None:
        """Simulate one quarter."""
        drawn = self.model.random.random((3, len(self.agents)))
        luck = (pl.Series(name, values) for name, values in zip("uvw", drawn, strict=True))
        gone = m.HAZARD * (-m.SELECTION * GAP.clip(-2.0, 2.0)).exp() > W
        moved = (
            self.agents.with_columns(*luck)
            .lazy()
            .with_columns(gap=TFP - of_sector(self.mean))
            .with_columns(gone=gone)
            .with_columns(
                TFP - pl.when("gone").then(GAP).otherwise(0.0),
                pl.when("gone").then(0.0).otherwise(GAP).alias("gap"),
                *(
                    pl.when("gone").then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
                    for name, value in ENTRANTS.items()
                ),
            )
            .with_columns(
                OUTPUT * (m.REPLICATOR * GAP + m.SALES_SHOCK * laplace(U)).exp(),
                TFP + m.DRIFT + m.TFP_SHOCK * laplace(V),
            )
            .collect()
        )
        sums = moved.group_by("sector").agg(OUTPUT.sum())
        grown = np.full(m.SECTORS, 1e-300)
        grown[sums["sector"]] = sums["output"]
        needed = (OUTPUT.log() - TFP - m.SHARE * CAPITAL.log()) / (1.0 - m.SHARE)
        short = (needed - STAFF.log()).clip(-m.WIDEST, m.WIDEST)
        self.agents = (
            moved.lazy()
            .with_columns(OUTPUT * of_sector(self.total * np.exp(m.DEMAND) / grown))
            .with_columns(
                STAFF * (m.ADJUSTMENT * short).exp(),
                (1.0 - m.WEAR) * CAPITAL + m.INVESTMENT * OUTPUT,
            )
            .with_columns(pl.col("cash") + m.MARGIN * OUTPUT - m.WAGE * STAFF, pl.col("age") + 1.0)
            .drop("u", "v", "w", "gap", "gone")
            .collect()
        )
        self.note_sectors()


def make(columns: dict[str, Any], _: int) -> tuple[Any, Any]:
    """Return the model's step and its outputs."""
    model = ModelDF(seed=1)
    firms = Firms(model, columns)
    model.agents += firms
    (firms,) = model.agents.agents
    return model.step, lambda: firms.agents["output"].to_numpy()


if __name__ == "__main__":
    run(make)
