"""Compiled loop of the energy process: one pass over the firms."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, exp_each, kernel, part


@part
def scale(values, factor):  # type: ignore[no-untyped-def]
    """Multiply values by the first of the factors."""
    for j in range(len(values)):
        values[j] *= factor[j]


@kernel
def fall(  # type: ignore[no-untyped-def]
    target, group, sector, response, water_target, water_response, speed, alive, investment,
    usual, capital, gain, falls, energy, water, pollutant,
):  # fmt: skip
    """Move the intensities of energy, water and pollutants, in place.

    `target` holds the long-run response of energy by class (first row: none) and sector. The
    responses so far close part of their gap to the targets, in place. New capital beyond the
    usual brings newer vintages: the usual is in `falls`, what intensities fall by themselves.
    """
    first, second, third = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    for start in range(0, len(group), BLOCK):
        stop = min(start + BLOCK, len(group))
        size = stop - start
        # Few columns to a loop: the compiler then proves them apart and takes several at once.
        made, wont, stock = investment[start:stop], usual[start:stop], capital[start:stop]
        for j in range(size):
            modern = (made[j] - wont[j]) / max(stock[j], 1.0)
            third[j] = -gain * min(max(modern, -0.05), 0.15)
        here, code, division = alive[start:stop], group[start:stop], sector[start:stop]
        for j in range(size):
            third[j] = third[j] if here[j] else 0.0
            first[j] = target[np.uint16(code[j] + 1), np.uint16(division[j])]
        so_far, so_far_water = response[start:stop], water_response[start:stop]
        for j in range(size):
            step = speed * (first[j] - so_far[j])
            so_far[j] += step
            first[j] = step + third[j] - falls[0]
        for j in range(size):
            step = speed * (water_target - so_far_water[j])
            so_far_water[j] += step
            second[j] = step + 0.5 * third[j] - falls[1]
            third[j] -= falls[2]
        exp_each(first, size)
        exp_each(second, size)
        exp_each(third, size)
        scale(energy[start:stop], first)
        scale(water[start:stop], second)
        scale(pollutant[start:stop], third)
