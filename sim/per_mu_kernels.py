"""Compiled loop of the per-mu evaluation, over the firms evaluated."""

from __future__ import annotations

from sim.compiled import apart


@apart
def scores(indicators, weights, cap, mean, out):  # type: ignore[no-untyped-def]
    """Write the weighted score of each firm, see :func:`sim.per_mu.scores`.

    Parameters
    ----------
    weights : ndarray, shape (indicators,)
        Of sum one.
    mean : ndarray, shape (indicators,)
        Zeros; receives the mean of each indicator, losses counted as zero.
    """
    number = indicators.shape[1]
    for row in range(number):
        for k in range(len(weights)):
            mean[k] += max(indicators[k, row], 0.0)
        out[row] = 0.0
    for k in range(len(weights)):
        mean[k] /= number
        if mean[k] > 0.0:
            for row in range(number):
                out[row] += weights[k] * min(max(indicators[k, row] / mean[k], 0.0), cap)
