"""Compiled loop of the energy process: one pass over the firms."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, exp, exp_beyond_one, part
from sim.sector_sums import RUN, alike


@part
def half_newer(investment, usual, capital, gain, lives):  # type: ignore[no-untyped-def]
    """Return the root of the factor on intensities by new capital beyond the usual.

    At most 15 % of the capital is newer: so far from one the exponential needs no whole powers of
    two (`gain` up to four: the prior ends at 0.6).
    """
    modern = min(max((investment - usual) / max(capital, 1.0), -0.05), 0.15)
    return 1.0 + exp_beyond_one(-0.5 * gain * modern if lives else 0.0)


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
    clean = exp(-falls[2])
    for start in range(0, len(group), RUN):
        size, begin = min(RUN, len(group) - start), np.uint64(start)
        known = size == RUN and alike(group, begin) and alike(sector, begin)
        if known and alike(response, begin) and alike(water_response, begin):
            # Neighbours of one class, sector and age: what they respond by is the same.
            target = by_class[np.uint16(group[begin] + 1)]
            target += quota * heavy[np.uint16(sector[begin])]
            step = speed * (target - response[begin])
            water_step = speed * (water_target - water_response[begin])
            factor, water_factor = exp(step - falls[0]), exp(water_step - falls[1])
            step, water_step = response[begin] + step, water_response[begin] + water_step
            for row in range(RUN):
                i = begin + np.uint64(row)
                response[i], water_response[i] = step, water_step
                newer = half_newer(investment[i], usual[i], capital[i], gain, alive[i])
                energy[i] *= factor * (newer * newer)
                water[i] *= water_factor * newer
                pollutant[i] *= clean * (newer * newer)
        else:
            for row in range(size):
                i = begin + np.uint64(row)
                target = by_class[np.uint16(group[i] + 1)] + quota * heavy[np.uint16(sector[i])]
                step = speed * (target - response[i])
                response[i] += step
                water_step = speed * (water_target - water_response[i])
                water_response[i] += water_step
                newer = half_newer(investment[i], usual[i], capital[i], gain, alive[i])
                energy[i] *= exp(step - falls[0]) * (newer * newer)
                water[i] *= exp(water_step - falls[1]) * newer
                pollutant[i] *= clean * (newer * newer)
