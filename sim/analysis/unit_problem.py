"""What SALib asks about factors: here all of them live on the unit interval."""

from __future__ import annotations


def problem_of(factors: int) -> dict[str, object]:
    """Return a problem of so many factors on the unit interval.

    Examples
    --------
    >>> problem_of(1)
    {'num_vars': 1, 'names': ['x0'], 'bounds': [[0.0, 1.0]]}
    """
    return {
        "num_vars": factors,
        "names": [f"x{place}" for place in range(factors)],
        "bounds": [[0.0, 1.0]] * factors,
    }
