"""Inverse distribution functions, compiled: normal, Laplace and Poisson numbers from uniforms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.compiled import (
    BLOCK,
    exp,
    fused,
    kernel,
    list_set,
    log,
    part,
)

CENTRE = 0.425
"""Uniforms within this of one half need one polynomial; the others are in the tails."""
FAR = 5.0
"""Uniforms within exp(-25) of zero or one, one in 36 billion, have a polynomial of their own."""
LARGEST_COUNT = 10_000
_STEP = 500.0
"""Means are gone through in steps whose exponential does not vanish."""


@part
def _centre(q):  # type: ignore[no-untyped-def]
    r = fused(-q, q, 0.180625)
    top = fused(r, 2.5090809287301226727e3, 3.3430575583588128105e4)
    top = fused(r, fused(r, top, 6.7265770927008700853e4), 4.5921953931549871457e4)
    top = fused(r, fused(r, top, 1.3731693765509461125e4), 1.9715909503065514427e3)
    top = fused(r, fused(r, top, 1.3314166789178437745e2), 3.3871328727963666080e0)
    below = fused(r, 5.2264952788528545610e3, 2.8729085735721942674e4)
    below = fused(r, fused(r, below, 3.9307895800092710610e4), 2.1213794301586595867e4)
    below = fused(r, fused(r, below, 5.3941960214247511077e3), 6.8718700749205790830e2)
    return q * top / fused(r, fused(r, below, 4.2313330701600911252e1), 1.0)


@part
def _tail(r):  # type: ignore[no-untyped-def]
    r -= 1.6
    top = fused(r, 7.74545014278341407640e-4, 2.27238449892691845833e-2)
    top = fused(r, fused(r, top, 2.41780725177450611770e-1), 1.27045825245236838258e0)
    top = fused(r, fused(r, top, 3.64784832476320460504e0), 5.76949722146069140550e0)
    top = fused(r, fused(r, top, 4.63033784615654529590e0), 1.42343711074968357734e0)
    below = fused(r, 1.05075007164441684324e-9, 5.47593808499534494600e-4)
    below = fused(r, fused(r, below, 1.51986665636164571966e-2), 1.48103976427480074590e-1)
    below = fused(r, fused(r, below, 6.89767334985100004550e-1), 1.67638483018380384940e0)
    return top / fused(r, fused(r, below, 2.05319162663775882187e0), 1.0)


@part
def _far_tail(r):  # type: ignore[no-untyped-def]
    r -= 5.0
    top = 2.71155556874348757815e-5 + r * 2.01033439929228813265e-7
    top = 2.65321895265761230930e-2 + r * (1.24266094738807843860e-3 + r * top)
    top = 1.78482653991729133580e0 + r * (2.96560571828504891230e-1 + r * top)
    top = 6.65790464350110377720e0 + r * (5.46378491116411436990e0 + r * top)
    below = 1.42151175831644588870e-7 + r * 2.04426310338993978564e-15
    below = 7.86869131145613259100e-4 + r * (1.84631831751005468180e-5 + r * below)
    below = 1.36929880922735805310e-1 + r * (1.48753612908506148525e-2 + r * below)
    return top / (1.0 + r * (5.99832206555887937690e-1 + r * below))


@part
def _distance(uniform):  # type: ignore[no-untyped-def]
    return np.sqrt(-log(min(uniform, 1.0 - uniform)))


@part
def one_normal(uniform):  # type: ignore[no-untyped-def]
    """Return the standard normal number of one uniform."""
    if abs(uniform - 0.5) <= CENTRE:
        return _centre(uniform - 0.5)
    distance = _distance(uniform)
    size = _tail(distance) if distance <= FAR else _far_tail(distance)
    return size if uniform > 0.5 else -size


@part
def _find_tails(values, before, size, where, beyond):  # type: ignore[no-untyped-def]
    """List which values of a block lie in the tails, and return how many do."""
    found = 0
    for row in range(size):
        j = np.uint64(row)
        beyond[j] = abs(values[before + j] - 0.5) > CENTRE
    for row in range(size, BLOCK):
        beyond[np.uint64(row)] = False
    for row in range(0, BLOCK, 64):
        found = list_set(beyond, row, where, found)
    return found


@kernel
def _invert(values, tails, where, beyond):  # type: ignore[no-untyped-def]
    """Turn uniforms into standard normals: the tails of a block side by side, the centre of all.

    Worked in are `tails` and `beyond`, flags, as long as a block, and `where`, four longer.
    """
    for start in range(0, len(values), BLOCK):
        before, size = np.uint64(start), min(BLOCK, len(values) - start)
        found, far = _find_tails(values, before, size, where, beyond), 0
        for row in range(found):
            k = np.uint64(row)
            tails[k] = values[before + np.uint64(where[k])]
        for row in range(found):
            k = np.uint64(row)
            uniform = tails[k]
            distance = _distance(uniform)
            far += 1 if distance > FAR else 0
            size_here = _tail(distance)
            tails[k] = size_here if uniform > 0.5 else -size_here
        if far:
            for row in range(found):
                k = np.uint64(row)
                uniform = values[before + np.uint64(where[k])]
                distance = _distance(uniform)
                if distance > FAR:
                    tails[k] = _far_tail(distance) if uniform > 0.5 else -_far_tail(distance)
        for row in range(size):
            i = before + np.uint64(row)
            values[i] = _centre(values[i] - 0.5)
        for row in range(found):
            k = np.uint64(row)
            values[before + np.uint64(where[k])] = tails[k]


def to_normal(values: NDArray[np.float64]) -> None:
    """Turn uniforms into standard normals by inversion, in place.

    Algorithm AS 241 (Wichura 1988, Applied Statistics 37, 477-484), sixteen digits: the tails of
    a block, gathered side by side, and the centre of all, so that the compiler takes several of
    either at a time.
    """
    _invert(values, np.empty(BLOCK), np.empty(BLOCK + 4, np.int64), np.empty(BLOCK, np.bool_))


@part
def laplace(uniform):  # type: ignore[no-untyped-def]
    """Return the Laplace number of scale one of a uniform, by inversion."""
    size = log(2.0 * min(uniform, 1.0 - uniform))
    return size if uniform < 0.5 else -size


@part
def laplace_each(values, count):  # type: ignore[no-untyped-def]
    """Turn the first `count` values, uniforms, into Laplace numbers, in place."""
    for i in range(count):
        values[i] = laplace(values[i])


@kernel
def to_laplace(values):  # type: ignore[no-untyped-def]
    """Turn uniforms into Laplace numbers, in place."""
    laplace_each(values, len(values))


@part
def one_poisson(uniform, mean):  # type: ignore[no-untyped-def]
    """Return the count up to which a Poisson variable stays with a probability of `uniform`.

    The smallest count whose distribution function reaches the uniform: it never falls when the
    mean rises. Terms are added from zero on, at most :data:`LARGEST_COUNT`; they are scaled so
    that large means do not vanish.
    """
    if not mean > 0.0:
        return 0
    # Terms start from exp(-start); the rest of exp(-mean) is multiplied in by steps.
    start = min(mean, _STEP)
    left = mean - start
    term = exp(-start)
    rest, total, count = exp(-left), term, 0
    while uniform > total * rest and count < LARGEST_COUNT:
        if total > 1e100 and left > 0.0:
            step = min(left, _STEP)
            left -= step
            term *= exp(-step)
            total *= exp(-step)
            rest = exp(-left)
        count += 1
        term *= mean / count
        if count > mean and term < 1e-17 * total:
            break
        total += term
    return count
