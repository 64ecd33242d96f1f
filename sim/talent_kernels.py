"""Compiled loop of the talent process: one pass over the firms."""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel


@kernel
def host_edges(order, alive, sector, made, ratio, revenue, edges):  # type: ignore[no-untyped-def]
    """Fill cumulated R&D outlays of living firms of sectors `made`, in the order of rows given."""
    total = 0.0
    for k in range(len(order)):
        i = np.uint64(order[k])
        hosts = alive[i] and made[np.uint16(sector[i])]
        total += ratio[i] * revenue[i] if hosts else 0.0
        edges[k] = total
