"""What all compiled loops share: how they are compiled, and exp and log that a loop can vectorise.

Numba calls the C library once per number. The two functions below are polynomials without a
branch, so that the compiler works on four or eight numbers at once. Products and sums that are
rounded once are spelt out, never left to the compiler: the same bits for one number and for
eight, and on every processor.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

import numba as nb
import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.core.cpu import CPUTargetOptions
from numba.core.options import TargetOptions
from numba.core.registry import CPUDispatcher
from numba.extending import intrinsic

from sim.loop_compiler import OPTIONS

_options: Any = CPUTargetOptions
_build: Any = cgutils
_compile: Any = nb.njit
_flag: Any = TargetOptions.Mapping
_options.noalias = _flag("noalias")
_MAKERS = frozenset(("arange", "array", "copy", "empty", "empty_like", "full", "ones", "zeros"))
"""Names by which a function makes arrays."""


def _makes_arrays(function: Any) -> bool:
    """Return whether a function makes arrays, itself or by a function of this module's kinds."""
    known = function.__globals__
    return any(
        getattr(known[name], "targetoptions", {}).get("_nrt", False)
        if name in known
        else name in _MAKERS
        for name in function.__code__.co_names
    )


_FORM = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
"""Nobody calls a loop from C: the form for it would take a fifteenth of the time to compile. A
division by zero gives an infinity, as in numpy: Python's exception would keep loops from being
vectorised."""


def _decorate(function: Any, **options: Any) -> Any:
    """Return a compiled loop.

    One that makes no arrays goes without counts of who uses those it is given: a call from Python
    with ten arrays takes half as long, and compiling it a tenth less. (Where that is mistaken, the
    loop does not compile.)
    """
    return _compile(cache=True, _nrt=_makes_arrays(function), **_FORM, **OPTIONS, **options)(
        function
    )


class _Part(CPUDispatcher):
    """A function compiled for the loops that inline it, and once more if Python calls it."""

    @cached_property
    def _alone(self) -> Any:
        return _compile(_nrt=self.targetoptions["_nrt"], **_FORM, **OPTIONS)(self.py_func)

    def __call__(self, *arguments: Any) -> Any:
        return self._alone(*arguments)


def part(function: Any) -> Any:
    """Decorate a small function that becomes part of the loops that call it."""
    only_inlined = {"forceinline": True, "no_cpython_wrapper": True, "nopython": True}
    asked = {**_FORM, **only_inlined, "_nrt": _makes_arrays(function)}
    made = _Part(function, targetoptions=asked, **OPTIONS)
    made.enable_caching()
    return made


kernel: Any = _decorate
"""Decorator of a compiled loop."""
apart: Any = partial(_decorate, noalias=True)
"""Decorator of a compiled loop none of whose changed arrays shares memory with another argument.

The compiler is told so by a flag that numba has and its decorator does not name. It then takes
several rows at once however many columns a loop has and whatever it looks up by sector, so that
one loop does what took six. Called with overlapping arrays such a loop may give wrong numbers: a
test looks at the calls of a member."""
BLOCK = 512
"""Firms worked on at a time: the numbers between two steps of a loop stay in the nearest cache.
Rows within a block are counted by ``np.uint64``: a signed row could be negative, and count from
the end, which would be tested at every access."""
LANES = 4
"""Counts by cell run in so many lanes: neighbours share a cell, and a single count would wait for
itself."""

_LOG2E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_TO_WHOLE = 1.5 * 2.0**52 + 1023.0
"""A sum with it holds the nearest whole number, plus the bias of exponents, in its last bits."""
_SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
_MANTISSA = 0x000FFFFFFFFFFFFF


def _type_fused(typing_context: Any, a: Any, b: Any, c: Any) -> Any:
    """Return a * b + c, rounded once (one machine instruction where there is one)."""
    number = nb.types.float64

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return number(number, number, number), generate


fused: Any = intrinsic(_type_fused)


@part
def exp_beyond_one(r):  # type: ignore[no-untyped-def]
    """Return e to the power of r less one, for r within half of log 2 from zero.

    r + r**2 q(r), which with one is the polynomial of degree eleven nearest to exp (relative error
    4e-18), added up in pairs so that few steps wait for each other.
    """
    square = r * r
    a = fused(r, 1.6666666666666643537e-01, 5.0000000000000011102e-01)
    b = fused(r, 8.3333333333563044260e-03, 4.1666666666623268511e-02)
    c = fused(r, 1.9841269784768932700e-04, 1.3888888917445521305e-03)
    d = fused(r, 2.7557355145289780158e-06, 2.4801521060885955170e-05)
    e = fused(r, 2.5068358578807789906e-08, 2.7620168672095344275e-07)
    fourth = square * square
    q = fused(fourth, fused(fourth, e, fused(square, d, c)), fused(square, b, a))
    return fused(square, q, r)


@part
def exp(x):  # type: ignore[no-untyped-def]
    """Return e to the power of x; x is kept within -700 and 700.

    Relative error at most 1.6 * 2**-53: whole powers of two are taken off, the rest is small.
    """
    x = min(max(x, -700.0), 700.0)
    shifted = fused(x, _LOG2E, _TO_WHOLE)
    power = shifted - _TO_WHOLE
    r = fused(-power, _LN2_LOW, fused(-power, _LN2_HIGH, x))
    scale = np.int64(np.float64(shifted).view(np.int64) << 52).view(np.float64)
    return fused(exp_beyond_one(r), scale, scale)


@part
def log(x):  # type: ignore[no-untyped-def]
    """Return the natural logarithm of a positive normal number (2.3e-308 and more).

    Relative error at most 1.6 * 2**-53 (the series of the inverse hyperbolic tangent around one
    with the coefficients of fdlibm's ``e_log``, added up in pairs).
    """
    bits = np.float64(x).view(np.int64) - _SQRT_HALF_BITS
    power = np.float64(bits >> 52)
    mantissa = np.int64((bits & _MANTISSA) + _SQRT_HALF_BITS).view(np.float64)
    beyond = mantissa - 1.0
    ratio = beyond / (mantissa + 1.0)
    square = ratio * ratio
    fourth = square * square
    a = fused(square, 3.999999999940941908e-01, 6.666666666666735130e-01)
    b = fused(square, 2.222219843214978396e-01, 2.857142874366239149e-01)
    c = fused(square, 1.531383769920937332e-01, 1.818357216161805012e-01)
    c = fused(fourth, 1.479819860510658591e-01, c)
    series = fused(fourth * fourth, c, fused(fourth, b, a))
    rest = fused(-ratio, fused(-square, series, beyond), power * _LN2_LOW)
    return fused(power, _LN2_HIGH, beyond + rest)


@part
def log_each(values, count):  # type: ignore[no-untyped-def]
    """Replace the first `count` values by their logarithms."""
    for i in range(count):
        values[i] = log(values[i])


def _type_zeros(typing_context: Any) -> Any:
    """Return zeros in as many lanes as a block has rows, on the stack."""
    array = nb.types.Array(nb.types.float64, 1, "C")

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        width, count = (ir.Constant(ir.IntType(64), number) for number in (8, BLOCK))
        # Eight more: buffers of 4 KiB side by side would share the sets of the nearest cache.
        spaced = ir.Constant(ir.IntType(64), BLOCK + 8)
        lanes = _build.alloca_once(builder, ir.DoubleType(), size=spaced)
        lanes.align = 64
        _build.memset(builder, lanes, builder.mul(width, count), 0)
        found = context.make_array(array)(context, builder)
        context.populate_array(
            found, data=lanes, shape=[count], strides=[width], itemsize=width, meminfo=None
        )
        return found._getvalue()

    return array(), generate


zeros: Any = intrinsic(_type_zeros)
"""A sum in as many lanes as a block has rows, before it begins.

Row j of every block is added to entry j: such a sum does not keep the loop around it from taking
several rows at once. It lies on the stack: nothing asks for memory, and it compiles at once."""


@part
def total(lanes):  # type: ignore[no-untyped-def]
    """Return the sum of the lanes."""
    found = 0.0
    for j in range(BLOCK):
        found += lanes[j]
    return found


_word: Any = nb.types.uint64


def _type_bits(typing_context: Any, flags: Any, row: Any) -> Any:
    """Return 64 flags from a row on as the bits of one word."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        given = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = _build.get_item_pointer(context, builder, signature.args[0], given, [arguments[1]])
        kind = ir.VectorType(ir.IntType(8), 64)
        found = builder.load(builder.bitcast(place, kind.as_pointer()), align=1)
        set_flags = builder.icmp_unsigned("!=", found, ir.Constant(kind, [0] * 64))
        return builder.bitcast(set_flags, ir.IntType(64))

    return _word(flags, _word), generate


def _type_number(typing_context: Any, word: Any) -> Any:
    """Return how many bits of a word are set."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return nb.types.int64(_word), generate


def _type_lowest(typing_context: Any, word: Any) -> Any:
    """Return the number of the lowest set bit of a word, 64 where there is none."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return nb.types.int64(_word), generate


bits_of: Any = intrinsic(_type_bits)
number_of_bits: Any = intrinsic(_type_number)
lowest_bit: Any = intrinsic(_type_lowest)
_ONE = np.uint64(1)


@part
def list_set(flags, row, rows, found):  # type: ignore[no-untyped-def]
    """Write the rows of those of 64 flags from `row` on that are set behind `found` others.

    Four are written at a time, the surplus to be written over: no end of a short loop is guessed
    wrong. Return how many `rows` holds, of which it must have room for four more.
    """
    bits = bits_of(flags, np.uint64(row))
    number = number_of_bits(bits)
    for _ in range((number + 3) // 4):
        for _ in range(4):
            rows[np.uint64(found)] = row + lowest_bit(bits)
            bits &= bits - _ONE
            found += 1
    return found - -number % 4
