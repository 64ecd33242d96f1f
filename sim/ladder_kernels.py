"""Compiled loop of the ladder: leaders' growth passed on to those who supply them."""

from __future__ import annotations

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def leaders_growth(alive, leader, output, previous, growth):  # type: ignore[no-untyped-def]
    """Fill the log growth of each supplier's leader, NaN without a living leader.

    Returns the suppliers' output-weighted mean: they count by their own size, one yuan or more.
    """
    total, mean = 0.0, 0.0
    for i in range(len(leader)):
        growth[i] = np.nan
        k = leader[i]
        if k >= 0 and alive[i] and alive[k] and previous[k] > 0.0 and output[k] > 0.0:
            growth[i] = np.log(output[k] / previous[k])
            weight = max(output[i], 1.0)
            total += weight
            mean += weight * growth[i]
    return mean / total if total > 0.0 else 0.0
