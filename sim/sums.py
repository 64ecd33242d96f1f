"""Sums over many rows in one pass, without a copy of the chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.compiled import BLOCK, kernel, total, zeros
from sim.state import Floats

AT_ONCE = 5


@kernel
def _sums_of_five(a, b, c, d, e):  # type: ignore[no-untyped-def]
    """Return the sums of five columns: read side by side, memory delivers twice as fast."""
    in_a, in_b, in_c, in_d, in_e = zeros(), zeros(), zeros(), zeros(), zeros()
    for start in range(0, len(a), BLOCK):
        for j in range(min(BLOCK, len(a) - start)):
            i = np.uint64(start + j)
            in_a[j] += a[i]
            in_b[j] += b[i]
            in_c[j] += c[i]
            in_d[j] += d[i]
            in_e[j] += e[i]
    return total(in_a), total(in_b), total(in_c), total(in_d), total(in_e)


def sums(columns: Sequence[Floats]) -> list[float]:
    """Return the sum of each of some columns of one length.

    Examples
    --------
    >>> sums([np.ones(3), np.arange(3.0), np.zeros(3), np.ones(3), np.full(3, 2.0), np.ones(3)])
    [3.0, 3.0, 0.0, 3.0, 6.0, 3.0]
    """
    found: list[float] = []
    for first in range(0, len(columns), AT_ONCE):
        some = [*columns[first : first + AT_ONCE]]
        found.extend(_sums_of_five(*some, *some[:1] * (AT_ONCE - len(some))))
    return found[: len(columns)]


@kernel
def chosen_sum(values, chosen):  # type: ignore[no-untyped-def]
    """Return the sum of `values` where `chosen` (flags of the same length), in floating point."""
    found = zeros()
    for start in range(0, len(values), BLOCK):
        for j in range(min(BLOCK, len(values) - start)):
            i = np.uint64(start + j)
            found[j] += values[i] if chosen[i] else 0.0
    return total(found)
