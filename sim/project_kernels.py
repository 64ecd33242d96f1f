"""Compiled loop of large projects: a new plant's market is taken from firms of its sector."""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel


@kernel
def make_way(rivals, row, wanted, largest, output):  # type: ignore[no-untyped-def]
    """Let firms (rows) other than `row` lose output in proportion; return what they lose in all.

    That is `wanted`, but at most the share `largest` of what they have.
    """
    total = 0.0
    for i in rivals:
        total += output[np.uint64(i)] if i != row else 0.0
    if total <= 0.0:
        return 0.0
    share, own = min(wanted / total, largest), output[row]
    for i in rivals:
        output[np.uint64(i)] *= 1.0 - share
    output[row] = own
    return share * total
