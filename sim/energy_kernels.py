"""Compiled loop of the energy process: one pass over the firms."""

from __future__ import annotations

import numba as nb


@nb.njit(cache=True, nogil=True)
def log_changes(  # type: ignore[no-untyped-def]
    target, group, sector, response, water_target, water_response, speed, alive, investment,
    usual, capital, gain, falls, out,
):  # fmt: skip
    """Fill the log changes of energy, water and pollutant intensities, shape (3, firms).

    `target` holds the long-run response of energy by class (first row: none) and sector. The
    responses so far close part of their gap to the targets, in place. New capital beyond the
    usual brings newer vintages: the usual is in `falls`, what intensities fall by themselves.
    """
    for i in range(len(group)):
        energy = speed * (target[group[i] + 1, sector[i]] - response[i])
        response[i] += energy
        water = speed * (water_target - water_response[i])
        water_response[i] += water
        vintage = 0.0
        if alive[i]:
            modern = (investment[i] - usual[i]) / max(capital[i], 1.0)
            vintage = -gain * min(max(modern, -0.05), 0.15)
        out[0, i] = energy + vintage - falls[0]
        out[1, i] = water + 0.5 * vintage - falls[1]
        out[2, i] = vintage - falls[2]
