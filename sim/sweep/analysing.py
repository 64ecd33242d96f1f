"""From a finished sweep of a Sobol or Morris design to the indices of every output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.attainment import Floats
from sim.analysis.sensitivity import (
    Index,
    morris_indices,
    sobol_indices,
    varies,
    whole_blocks,
)
from sim.sweep.dataset import member_values
from sim.sweep.designs import MORRIS_LEVELS, unit_points

if TYPE_CHECKING:
    from sim.sweep.record import CellRecord
    from sim.sweep.sweeping import SweptCells


class IndexRow(NamedTuple):
    """One row of ``sensitivity.csv``."""

    output: str
    method: str
    factor: str
    measure: str
    value: float | None
    interval_low: float | None
    interval_high: float | None
    monte_carlo_share: float | None


@dataclass(frozen=True)
class Sensitivity:
    """The indices of a sweep, and what they could not use.

    Attributes
    ----------
    rows : tuple of IndexRow
        Outputs in the plan's order, then indicators.
    left_out : int
        Base points or trajectories left out because one of their cells failed.
    blocks : int
        All of them.
    constant : tuple of str
        Outputs that do not vary over the design: they have no indices.
    """

    rows: tuple[IndexRow, ...]
    left_out: int
    blocks: int
    constant: tuple[str, ...]


COLUMNS = ("output", "method", "factor", "index", "value", "interval_low", "interval_high",
           "monte_carlo_share")  # fmt: skip
"""Of ``sensitivity.csv``: the fields of a row."""


def output_names(swept: SweptCells) -> tuple[str, ...]:
    """Return the outputs: probabilities of the targets, indicators at the end, all outcomes."""
    targets = [
        f"target.{t.id}" + ("" if t.default_reading else f".{t.reading}")
        for t in swept.sweep.plan.targets
    ]
    indicators = [f"indicator.{name}" for name in sorted(swept.results.indicators)]
    return (*targets, *indicators, "joint.outcomes")


def analyse(swept: SweptCells) -> Sensitivity:
    """Return the indices of every output of a sweep.

    Parameters
    ----------
    swept : SweptCells
        A sweep of kind ``sobol`` or ``morris`` whose cells all have records.
    """
    design = swept.sweep.design
    factors = len(swept.sweep.factors)
    size = factors + (2 if design.kind == "sobol" else 1)
    values = _cell_means(swept)[list(swept.grid.rows)]
    alive = np.isfinite(values).any(axis=1)
    kept = whole_blocks(np.asarray(alive), size)
    noise = _noise(swept)
    between = _noise_between(swept, kept, factors) if design.kind == "sobol" else None
    unit = unit_points(design, factors)
    names, keys = output_names(swept), [factor.key for factor in swept.sweep.factors]
    rows: list[IndexRow] = []
    constant: list[str] = []
    for place, name in enumerate(names):
        outputs = values[kept, place]
        if not len(outputs) or np.isnan(outputs).any():
            continue  # not assessable: there is no output
        if not varies(outputs):
            constant.append(name)
            continue
        found: list[Index]
        if between is not None:
            apart = between[:, place].tolist()
            found = sobol_indices(outputs, factors, noise[place], apart, design.seed)
        else:
            found = morris_indices(unit[kept], outputs, noise[place], MORRIS_LEVELS, design.seed)
        rows += [IndexRow(name, design.kind, keys[one.factor], *one[1:]) for one in found]
    blocks = len(kept) // size
    return Sensitivity(tuple(rows), blocks - int(kept.sum()) // size, blocks, tuple(constant))


def _values(record: CellRecord, swept: SweptCells) -> Floats:
    """Return each output of each member, shape (outputs, members); the last is all outcomes."""
    targets = swept.sweep.plan.targets
    chosen = [
        k for k, target in enumerate(targets)
        if target.default_reading and target.target_class == "outcome"
        and record.reached[k, 0] >= 0
    ]  # fmt: skip
    every = (record.reached[chosen] == 1).all(axis=0) if chosen else np.full(
        len(record.members), np.nan)  # fmt: skip
    return np.vstack([member_values(record), every.astype(np.float64)])


def _cell_means(swept: SweptCells) -> Floats:
    """Return the mean over members of every output, shape (cells, outputs); NaN: failed."""
    means = np.full((len(swept.grid.cells), len(output_names(swept))), np.nan)
    for place, record in enumerate(swept.results.records()):
        if len(record.members):
            values = _values(record, swept)
            known = np.isfinite(values)
            count = known.sum(axis=1)
            total = np.where(known, values, 0.0).sum(axis=1)
            means[place] = total / np.where(count > 0, count, np.nan)
    return means


def _noise(swept: SweptCells) -> Floats:
    """Return the Monte Carlo variance of every output; NaN where it is not known."""
    from sim.analysis.noise import noise_variance

    def complete() -> Iterator[Floats]:
        return (_values(r, swept) for r in swept.results.records() if r.status == "done")

    found = noise_variance(complete)
    return np.full(len(output_names(swept)), np.nan) if found is None else found


def _noise_between(swept: SweptCells, kept: NDArray[np.bool_], factors: int) -> Floats:
    """Return the mean Monte Carlo variance of A less AB, shape (factors, outputs).

    From the members that both cells share; the records of one base point are in memory at a time.
    """
    size = factors + 2
    rows = np.array(swept.grid.rows).reshape(-1, size)[kept.reshape(-1, size).all(axis=1)]
    total = np.zeros((factors, len(output_names(swept))))
    count = np.zeros_like(total)
    for block in rows:
        first = swept.results.record(int(block[0]))
        for factor in range(factors):
            other = swept.results.record(int(block[1 + factor]))
            _, mine, yours = np.intersect1d(first.members, other.members, return_indices=True)
            if len(mine) < 2:
                continue
            apart = _values(other, swept)[:, yours] - _values(first, swept)[:, mine]
            variance = apart.var(axis=1, ddof=1) / len(mine)
            known = np.isfinite(variance)
            total[factor] += np.where(known, variance, 0.0)
            count[factor] += known
    return np.asarray(total / np.where(count > 0, count, np.nan))
