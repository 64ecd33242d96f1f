"""Compiled loop of the energy process: one pass over the firms."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, exp_each, kernel


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
        size = min(BLOCK, len(group) - start)
        # Few columns to a loop: the compiler then proves them apart and takes several at once.
        for j in range(size):
            i = np.uint64(start + j)
            modern = (investment[i] - usual[i]) / max(capital[i], 1.0)
            third[j] = -gain * min(max(modern, -0.05), 0.15)
        for j in range(size):
            i = np.uint64(start + j)
            third[j] = third[j] if alive[i] else 0.0
            first[j] = target[np.uint16(group[i] + 1), np.uint16(sector[i])]
        for j in range(size):
            i = np.uint64(start + j)
            step = speed * (first[j] - response[i])
            response[i] += step
            first[j] = step + third[j] - falls[0]
        for j in range(size):
            i = np.uint64(start + j)
            step = speed * (water_target - water_response[i])
            water_response[i] += step
            second[j] = step + 0.5 * third[j] - falls[1]
            third[j] -= falls[2]
        exp_each(first, size)
        exp_each(second, size)
        exp_each(third, size)
        for j in range(size):
            energy[np.uint64(start + j)] *= first[j]
        for j in range(size):
            water[np.uint64(start + j)] *= second[j]
        for j in range(size):
            pollutant[np.uint64(start + j)] *= third[j]
