"""Compiled loops of the capital funds: who may apply, found in one pass over the firms."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, kernel


@apart
def unlisted_above(alive, tier, lowest, stage, listed, annual, chosen):  # type: ignore[no-untyped-def]
    """Flag living firms with sales above a tier and in none of two `listed` stages."""
    for row in range(len(alive)):
        i = np.uint64(row)
        free = (stage[i] != listed[0]) & (stage[i] != listed[1])
        chosen[i] = (tier[i] > lowest) & alive[i] & (annual[i] > 0.0) & free


@kernel
def applicants(  # type: ignore[no-untyped-def]
    alive, annual, roster, sector, made, able, smallest, ratio, least,
):  # fmt: skip
    """Return rows of living firms with sales that may get grants, and that make first sets.

    Returns
    -------
    grants : ndarray of int
        On the roster, of sectors `made`.
    makers : ndarray of int
        Of sectors `able`, sales above `smallest`, R&D above `least` of sales.
    """
    grants, makers = np.empty(len(alive), np.int64), np.empty(len(alive), np.int64)
    granted, making = 0, 0
    for i in range(len(alive)):
        s = np.uint16(sector[i])
        if roster[i] and alive[i] and made[s] and annual[i] > 0.0:
            grants[granted] = i
            granted += 1
        if annual[i] > smallest and alive[i] and able[s] and ratio[i] > least:
            makers[making] = i
            making += 1
    return grants[:granted], makers[:making]
