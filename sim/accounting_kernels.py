"""One pass over the firms for the census that the identities compare."""

from __future__ import annotations

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def census(alive, tier, sector, district, tiers, sectors, districts):  # type: ignore[no-untyped-def]
    """Return living firms by tier and sector, and how many stand outside every category.

    Returns
    -------
    counted : ndarray of int, shape (tiers, sectors)
    outside : int
        Living firms whose tier, sector or district is none of the declared ones.
    """
    counted = np.zeros((tiers, sectors), np.int64)
    outside = 0
    for i in range(len(alive)):
        if alive[i]:
            t, s, d = tier[i], sector[i], district[i]
            if 0 <= t < tiers and 0 <= s < sectors and 0 <= d < districts:
                counted[t, s] += 1
            else:
                outside += 1
    return counted, outside
