"""Sums over chosen rows in one pass, without a copy of the chosen."""

from __future__ import annotations

from sim.compiled import kernel


@kernel
def chosen_sum(values, chosen):  # type: ignore[no-untyped-def]
    """Return the sum of `values` where `chosen` (flags of the same length), in floating point.

    In four lanes and without a branch: every value must be a number, chosen or not.
    """
    first = second = third = fourth = 0.0
    even = len(values) // 4 * 4
    for i in range(0, even, 4):
        first += chosen[i] * values[i]
        second += chosen[i + 1] * values[i + 1]
        third += chosen[i + 2] * values[i + 2]
        fourth += chosen[i + 3] * values[i + 3]
    for i in range(even, len(values)):
        first += chosen[i] * values[i]
    return (first + second) + (third + fourth)
