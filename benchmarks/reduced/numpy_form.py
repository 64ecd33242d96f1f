"""The reduced model in plain numpy: reference of the compiled form, and base of the frameworks.

Needs numpy only, so that it can be imported beside a framework in an environment of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks import reduced as m

Columns = dict[str, Any]


def population(firms: int, seed: int = 7) -> Columns:
    """Return firms in the order of their sectors, sizes spread over some orders of magnitude."""
    random = np.random.default_rng(seed)
    output = np.exp(random.normal(15.5, 1.2, firms))
    capital = output * np.exp(random.normal(0.8, 0.3, firms))
    staff = np.maximum(output / 1.5e5, 1.0)
    tfp = np.log(output) - m.SHARE * np.log(capital) - (1.0 - m.SHARE) * np.log(staff)
    return {
        "sector": (np.arange(firms) * m.SECTORS // firms).astype(np.int16),
        "output": output, "capital": capital, "staff": staff,
        "log_tfp": tfp + random.normal(0.0, 0.1, firms),
        "cash": np.zeros(firms), "age": random.integers(0, 80, firms).astype(float),
    }  # fmt: skip


def laplace(uniform: Any) -> Any:
    """Return Laplace numbers of scale one of uniforms, by inversion."""
    size = np.log(2.0 * np.minimum(uniform, 1.0 - uniform))
    return np.where(uniform < 0.5, size, -size)


def by_sector(sector: Any, values: Any) -> Any:
    """Return sums by sector, shape (sectors,)."""
    return np.bincount(sector, values, m.SECTORS)


def quarter(of: Columns, total: Any, mean: Any, uniforms: Any) -> tuple[Any, Any]:
    """Move the columns by one quarter, in place; return sectors' output and mean TFP.

    Parameters
    ----------
    of : dict
        Columns of the fields (anything that behaves like a numpy array).
    total, mean : ndarray, shape (sectors,)
        Output and mean TFP of the sectors after last quarter.
    uniforms : ndarray, shape (3, firms)
        For sales, TFP and leaving.
    """
    sector = of["sector"]
    gap = of["log_tfp"] - mean[sector]
    gone = uniforms[2] < m.HAZARD * np.exp(-m.SELECTION * np.clip(gap, -2.0, 2.0))
    for name, value in (
        ("output", m.ENTRANT_OUTPUT), ("capital", m.ENTRANT_CAPITAL), ("staff", m.ENTRANT_STAFF),
        ("cash", 0.0), ("age", 0.0),
    ):  # fmt: skip
        of[name][gone] = value
    of["log_tfp"][gone] -= gap[gone]
    gap[gone] = 0.0
    of["output"] *= np.exp(m.REPLICATOR * gap + m.SALES_SHOCK * laplace(uniforms[0]))
    of["log_tfp"] += m.DRIFT + m.TFP_SHOCK * laplace(uniforms[1])
    grown = np.maximum(by_sector(sector, of["output"]), 1e-300)
    of["output"] *= (total * np.exp(m.DEMAND) / grown)[sector]
    needed = np.log(of["output"]) - of["log_tfp"] - m.SHARE * np.log(of["capital"])
    short = needed / (1.0 - m.SHARE) - np.log(of["staff"])
    of["staff"] *= np.exp(m.ADJUSTMENT * np.clip(short, -m.WIDEST, m.WIDEST))
    of["capital"] *= 1.0 - m.WEAR
    of["capital"] += m.INVESTMENT * of["output"]
    of["cash"] += m.MARGIN * of["output"] - m.WAGE * of["staff"]
    of["age"] += 1.0
    total = by_sector(sector, of["output"])
    weighted = by_sector(sector, of["output"] * of["log_tfp"])
    return total, weighted / np.maximum(total, 1e-300)


class Numpy:
    """The reduced model as columns and numpy."""

    def __init__(self, columns: Columns) -> None:
        self.columns, self.random = columns, np.random.default_rng(1)
        sector, output, tfp = (columns[name] for name in ("sector", "output", "log_tfp"))
        self.total = by_sector(sector, output)
        self.mean = by_sector(sector, output * tfp) / np.maximum(self.total, 1e-300)

    def step(self) -> None:
        """Simulate one quarter."""
        uniforms = self.random.random((3, len(self.columns["output"])))
        self.total, self.mean = quarter(self.columns, self.total, self.mean, uniforms)
