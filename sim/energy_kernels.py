"""Compiled loop of the energy process: one pass over the firms."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, exp


@apart
def fall(  # type: ignore[no-untyped-def]
    by_class, quota, heavy, group, sector, response, water_target, water_response, speed, alive,
    investment, usual, capital, gain, falls, energy, water, pollutant,
):  # fmt: skip
    """Move the intensities of energy, water and pollutants, in place.

    The long-run response of energy is that of a firm's class (the first: none), and `quota` times
    what its sector is `heavy`. The responses so far close part of their gap to the targets, in
    place. New capital beyond the usual brings newer vintages: the usual is in `falls`, what
    intensities fall by themselves.
    """
    for row in range(len(group)):
        i = np.uint64(row)
        modern = (investment[i] - usual[i]) / max(capital[i], 1.0)
        newer = -gain * min(max(modern, -0.05), 0.15)
        newer = newer if alive[i] else 0.0
        target = by_class[np.uint16(group[i] + 1)] + quota * heavy[np.uint16(sector[i])]
        step = speed * (target - response[i])
        response[i] += step
        water_step = speed * (water_target - water_response[i])
        water_response[i] += water_step
        energy[i] *= exp(step + newer - falls[0])
        water[i] *= exp(water_step + 0.5 * newer - falls[1])
        pollutant[i] *= exp(newer - falls[2])
