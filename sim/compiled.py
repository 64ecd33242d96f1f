"""What all compiled loops share: how they are compiled, and exp and log that a loop can vectorise.

Numba calls the C library once per number. The two functions below are polynomials without a
branch, so that the compiler works on four or eight numbers at once, and give the same bits on
every processor.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np
from numba.core.cpu import CPUTargetOptions
from numba.core.options import TargetOptions

kernel: Any = nb.njit(cache=True, nogil=True, error_model="numpy")
"""Decorator of a compiled loop. A division by zero gives an infinity, as in numpy: Python's
exception would keep loops from being vectorised."""
_options: Any = CPUTargetOptions
_flag: Any = TargetOptions.Mapping
_options.noalias = _flag("noalias")
_decorate: Any = nb.njit
apart: Any = _decorate(cache=True, nogil=True, error_model="numpy", noalias=True)
"""Decorator of a compiled loop none of whose changed arrays shares memory with another argument.

The compiler is told so by a flag that numba has and its decorator does not name. It then takes
several rows at once however many columns a loop has and whatever it looks up by sector, so that
one loop does what took six. Called with overlapping arrays such a loop may give wrong numbers: a
test looks at the calls of a member."""
part: Any = nb.njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
"""Decorator of a small function that becomes part of the loops that call it."""

BLOCK = 512
"""Firms worked on at a time: the numbers between two steps of a loop stay in the nearest cache.
Rows within a block are counted by ``np.uint64``: a signed row could be negative, and count from
the end, which would be tested at every access."""
LANES = 4
"""Sums by sector run in so many lanes: neighbours share a sector, and a single sum would wait
for itself. The order of summation depends on nothing but the rows."""

_LOG2E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
_ONE_BITS = 0x3FF0000000000000
_MANTISSA = 0x000FFFFFFFFFFFFF


@part
def exp(x):  # type: ignore[no-untyped-def]
    """Return e to the power of x; x is kept within -700 and 700.

    Within 0.6 units in the last place of the true value (method of fdlibm's ``e_exp``: the rest
    after whole powers of two, then Remez's polynomial).
    """
    x = min(max(x, -700.0), 700.0)
    power = np.floor(x * _LOG2E + 0.5)
    high = x - power * _LN2_HIGH
    low = power * _LN2_LOW
    rest = high - low
    square = rest * rest
    odd = 6.61375632143793436117e-05 + square * (
        -1.65339022054652515390e-06 + square * 4.13813679705723846039e-08
    )
    odd = 1.66666666666666019037e-01 + square * (-2.77777777770155933842e-03 + square * odd)
    odd = rest - square * odd
    scale = np.int64((np.int64(power) + 1023) << 52).view(np.float64)
    return (1.0 - ((low - (rest * odd) / (2.0 - odd)) - high)) * scale


@part
def log(x):  # type: ignore[no-untyped-def]
    """Return the natural logarithm of a positive normal number (2.3e-308 and more).

    Within 0.7 units in the last place of the true value (method of fdlibm's ``e_log``: the
    series of the inverse hyperbolic tangent around one).
    """
    bits = np.float64(x).view(np.int64) + (_ONE_BITS - _SQRT_HALF_BITS)
    power = np.float64((bits >> 52) - 1023)
    mantissa = np.int64((bits & _MANTISSA) + _SQRT_HALF_BITS).view(np.float64)
    beyond = mantissa - 1.0
    ratio = beyond / (2.0 + beyond)
    square = ratio * ratio
    fourth = square * square
    even = fourth * (
        3.999999999940941908e-01
        + fourth * (2.222219843214978396e-01 + fourth * 1.531383769920937332e-01)
    )
    odd = 1.818357216161805012e-01 + fourth * 1.479819860511658591e-01
    odd = square * (6.666666666666735130e-01 + fourth * (2.857142874366239149e-01 + fourth * odd))
    half = 0.5 * beyond * beyond
    return power * _LN2_HIGH - (
        (half - (ratio * (half + (odd + even)) + power * _LN2_LOW)) - beyond
    )


@part
def joined(lanes):  # type: ignore[no-untyped-def]
    """Return the sums of lanes: from the shape (sectors, LANES, n) to (n, sectors)."""
    sectors, _, number = lanes.shape
    out = np.empty((number, sectors))
    for s in range(sectors):
        for k in range(number):
            total = 0.0
            for lane in range(LANES):
                total += lanes[s, lane, k]
            out[k, s] = total
    return out


@part
def log_each(values, count):  # type: ignore[no-untyped-def]
    """Replace the first `count` values by their logarithms."""
    for i in range(count):
        values[i] = log(values[i])


@part
def zeros():  # type: ignore[no-untyped-def]
    """Return a sum in as many lanes as a block has rows, before it begins.

    Row j of every block is added to entry j: such a sum does not keep the loop around it from
    taking several rows at once.
    """
    return np.zeros(BLOCK)


@part
def total(lanes):  # type: ignore[no-untyped-def]
    """Return the sum of the lanes."""
    found = 0.0
    for j in range(BLOCK):
        found += lanes[j]
    return found
