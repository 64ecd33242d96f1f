"""Sums over many rows in one pass, without a copy of the chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.compiled import ZEROS, eight_more, kernel, together
from sim.state import Floats


@kernel
def _sums_of_four(a, b, c, d):  # type: ignore[no-untyped-def]
    """Return the sums of four columns: read side by side, memory delivers thrice as fast."""
    in_a, in_b, in_c, in_d = ZEROS, ZEROS, ZEROS, ZEROS
    whole = len(a) - len(a) % 8
    for first in range(0, whole, 8):
        in_a = eight_more(in_a, a, first)
        in_b = eight_more(in_b, b, first)
        in_c = eight_more(in_c, c, first)
        in_d = eight_more(in_d, d, first)
    rest = np.zeros(4)
    for i in range(whole, len(a)):
        rest[0] += a[i]
        rest[1] += b[i]
        rest[2] += c[i]
        rest[3] += d[i]
    return (
        together(in_a) + rest[0], together(in_b) + rest[1],
        together(in_c) + rest[2], together(in_d) + rest[3],
    )  # fmt: skip


def sums(columns: Sequence[Floats]) -> list[float]:
    """Return the sum of each of some columns of one length.

    Examples
    --------
    >>> sums([np.ones(3), np.arange(3.0), np.zeros(3), np.ones(3), np.full(3, 2.0)])
    [3.0, 3.0, 0.0, 3.0, 6.0]
    """
    found: list[float] = []
    for first in range(0, len(columns), 4):
        four = [*columns[first : first + 4]]
        found.extend(_sums_of_four(*four, *four[:1] * (4 - len(four))))
    return found[: len(columns)]


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
