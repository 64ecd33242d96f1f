"""Sums by sector: stretches of one sector and firms in any order give what counting gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.compiled import kernel
from sim.sector_sums import LANES, RUN, add_by_sector, add_chosen, joined

SECTORS, BLOCK = 7, 100


@kernel
def by_sector(sector, values, sums):  # type: ignore[no-untyped-def]
    """Return sums by sector of all rows, entered in blocks whose length is no multiple of a run."""
    for start in range(0, len(sector), BLOCK):
        size = min(BLOCK, len(sector) - start)
        block = np.ascontiguousarray(values[:, start : start + size])
        add_by_sector(sector, start, size, block, sums)
    return joined(sums)


@kernel
def of_chosen(values, chosen, sums):  # type: ignore[no-untyped-def]
    """Return sums by sector of the chosen rows, all of the last sector."""
    for start in range(0, len(values), RUN):
        add_chosen(sums, np.uint64(SECTORS - 1), np.uint64(1), values, chosen, np.uint64(start))
    return joined(sums)


def expected(sector: np.ndarray, values: np.ndarray) -> list[list[float]]:
    return [np.bincount(sector, row, SECTORS).tolist() for row in values]


@given(
    st.lists(st.tuples(st.integers(0, SECTORS - 1), st.integers(1, 4 * RUN)), max_size=20),
    st.lists(st.integers(0, SECTORS - 1), max_size=60),
)
def test_whole_numbers_are_summed_exactly(
    stretches: list[tuple[int, int]], others: list[int]
) -> None:
    codes = [code for code, length in stretches for _ in range(length)] + others
    sector = np.array(codes, dtype=np.int16)
    values = np.arange(3.0 * len(sector)).reshape(3, -1) % 11.0
    found = by_sector(sector, values, np.zeros((SECTORS, 3, LANES)))
    assert found.tolist() == expected(sector, values)


@pytest.mark.parametrize("place", [0, 1, RUN - 1])
def test_one_other_sector_within_a_run_is_seen(place: int) -> None:
    sector = np.full(RUN, 2, dtype=np.int16)
    sector[place] = 5
    found = by_sector(sector, np.ones((1, RUN)), np.zeros((SECTORS, 1, LANES)))
    assert found[0].tolist() == [0.0, 0.0, RUN - 1.0, 0.0, 0.0, 1.0, 0.0]


@given(st.lists(st.booleans(), min_size=2 * RUN, max_size=2 * RUN))
def test_of_a_run_only_the_chosen_are_added(flags: list[bool]) -> None:
    chosen, values = np.array(flags), np.arange(2.0 * RUN)
    values[~chosen] = np.inf  # not even multiplied by zero
    found = of_chosen(values, chosen, np.zeros((SECTORS, 2, LANES)))
    assert found[1].tolist() == [0.0] * (SECTORS - 1) + [values[chosen].sum()]
    assert not found[0].any()
