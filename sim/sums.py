"""Sums over chosen rows in one pass, without a copy of the chosen."""

from __future__ import annotations

import numba as nb


@nb.njit(cache=True, nogil=True)
def chosen_sum(values, chosen):  # type: ignore[no-untyped-def]
    """Return the sum of `values` where `chosen` (flags of the same length), in floating point."""
    total = 0.0
    for i in range(len(values)):
        if chosen[i]:
            total += values[i]
    return total
