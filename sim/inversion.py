"""Inverse distribution functions, compiled: normal, Laplace and Poisson numbers from uniforms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.compiled import BLOCK, exp, kernel, log, part

CENTRE = 0.425
"""Uniforms within this of one half need one polynomial; the others are in the tails."""
FAR = 5.0
"""Uniforms within exp(-25) of zero or one, one in 36 billion, have a polynomial of their own."""
LARGEST_COUNT = 10_000
_STEP = 500.0
"""Means are gone through in steps whose exponential does not vanish."""


@part
def _centre(q):  # type: ignore[no-untyped-def]
    r = 0.180625 - q * q
    top = 3.3430575583588128105e4 + r * 2.5090809287301226727e3
    top = 4.5921953931549871457e4 + r * (6.7265770927008700853e4 + r * top)
    top = 1.9715909503065514427e3 + r * (1.3731693765509461125e4 + r * top)
    top = 3.3871328727963666080e0 + r * (1.3314166789178437745e2 + r * top)
    below = 2.8729085735721942674e4 + r * 5.2264952788528545610e3
    below = 2.1213794301586595867e4 + r * (3.9307895800092710610e4 + r * below)
    below = 6.8718700749205790830e2 + r * (5.3941960214247511077e3 + r * below)
    return q * top / (1.0 + r * (4.2313330701600911252e1 + r * below))


@part
def _tail(r):  # type: ignore[no-untyped-def]
    r -= 1.6
    top = 2.27238449892691845833e-2 + r * 7.74545014278341407640e-4
    top = 1.27045825245236838258e0 + r * (2.41780725177450611770e-1 + r * top)
    top = 5.76949722146069140550e0 + r * (3.64784832476320460504e0 + r * top)
    top = 1.42343711074968357734e0 + r * (4.63033784615654529590e0 + r * top)
    below = 5.47593808499534494600e-4 + r * 1.05075007164441684324e-9
    below = 1.48103976427480074590e-1 + r * (1.51986665636164571966e-2 + r * below)
    below = 1.67638483018380384940e0 + r * (6.89767334985100004550e-1 + r * below)
    return top / (1.0 + r * (2.05319162663775882187e0 + r * below))


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


@kernel
def one_normal(uniform):  # type: ignore[no-untyped-def]
    """Return the standard normal number of one uniform."""
    if abs(uniform - 0.5) <= CENTRE:
        return _centre(uniform - 0.5)
    distance = _distance(uniform)
    size = _tail(distance) if distance <= FAR else _far_tail(distance)
    return size if uniform > 0.5 else -size


@kernel
def to_normal(values):  # type: ignore[no-untyped-def]
    """Turn uniforms into standard normals by inversion, in place.

    Algorithm AS 241 (Wichura 1988, Applied Statistics 37, 477-484), sixteen digits: the tails of
    a block, gathered side by side, and the centre of all, so that the compiler takes several of
    either at a time.
    """
    tails, where = np.empty(BLOCK), np.empty(BLOCK, np.int64)
    for start in range(0, len(values), BLOCK):
        block = values[start : start + BLOCK]
        found, far = 0, 0
        for j in range(len(block)):
            where[found] = j  # stays if this one is in a tail
            found += 1 if abs(block[j] - 0.5) > CENTRE else 0
        for k in range(found):
            tails[k] = block[where[k]]
        for k in range(found):
            uniform = tails[k]
            distance = _distance(uniform)
            far += 1 if distance > FAR else 0
            size = _tail(distance)
            tails[k] = size if uniform > 0.5 else -size
        if far:
            for k in range(found):
                tails[k] = one_normal(block[where[k]])
        for j in range(len(block)):
            block[j] = _centre(block[j] - 0.5)
        for k in range(found):
            block[where[k]] = tails[k]


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


@kernel
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


def poisson(uniforms: NDArray[np.float64], means: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return :func:`one_poisson` of each uniform and mean, shape (uniforms,)."""
    pairs = zip(uniforms.tolist(), means.tolist(), strict=True)
    return np.array([one_poisson(uniform, mean) for uniform, mean in pairs], dtype=np.int64)
