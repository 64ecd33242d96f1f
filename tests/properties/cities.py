"""Random firms for the property tests: what a kernel sees of a city, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

MAX_FIRMS = 30


@dataclass(frozen=True)
class Columns:
    """Columns of the same firms.

    Attributes
    ----------
    sector, alive : ndarray
        Code 0 to 3; whether the firm lives.
    output, capital, staff : ndarray
        Positive amounts.
    score : ndarray
        Log productivity, of either sign.
    share, uniform : ndarray
        Within 0.02 and 0.9; within (0, 1).
    """

    sector: NDArray[np.int64]
    alive: NDArray[np.bool_]
    output: NDArray[np.float64]
    capital: NDArray[np.float64]
    staff: NDArray[np.float64]
    score: NDArray[np.float64]
    share: NDArray[np.float64]
    uniform: NDArray[np.float64]

    def taken(self, order: NDArray[np.int64]) -> Columns:
        """Return the firms in another order."""
        return Columns(*(getattr(self, column.name)[order] for column in fields(self)))

    def paired(self) -> Columns:
        """Return every firm twice, the twins after all firms."""
        once = np.arange(len(self.output))
        return self.taken(np.concatenate([once, once]))


@st.composite
def columns(draw: st.DrawFn) -> Columns:
    """Draw one to thirty firms; sizes span six orders of magnitude."""
    count = draw(st.integers(1, MAX_FIRMS))
    generator = np.random.Generator(np.random.Philox(key=draw(st.integers(0, 2**32))))
    dead = draw(st.sampled_from([0.0, 0.2, 1.0]))
    return Columns(
        generator.integers(0, 4, count),
        generator.uniform(size=count) >= dead,
        10.0 ** generator.uniform(5.0, 11.0, count),
        10.0 ** generator.uniform(5.0, 11.0, count),
        10.0 ** generator.uniform(0.0, 4.0, count),
        generator.normal(size=count),
        generator.uniform(0.02, 0.9, count),
        generator.uniform(0.001, 0.999, count),
    )
