"""Compiled loops of large projects: rivals of plants, what they are like, and their market."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, kernel


@kernel
def living_of_sectors(sector, alive, codes, chosen):  # type: ignore[no-untyped-def]
    """Flag the living firms of a few sectors, `codes`.

    Flags only, a block of firms sector by sector: such a loop works on many firms at once.
    """
    for start in range(0, len(sector), BLOCK):
        count, before = min(BLOCK, len(sector) - start), np.uint64(start)
        for row in range(count):
            chosen[before + np.uint64(row)] = False
        for k in range(len(codes)):
            for row in range(count):
                i = before + np.uint64(row)
                chosen[i] |= alive[i] & (sector[i] == codes[k])


@kernel
def roster_totals(rivals, on_roster, sector, output, staff, wage, columns, totals):  # type: ignore[no-untyped-def]
    """Add up above-scale firms by their sector.

    Parameters
    ----------
    rivals : ndarray of int, shape (firms looked at,)
        Rows.
    columns : tuple of ndarray
        What is weighted by output.
    totals : ndarray, shape (3 + columns, sectors)
        Zeros; output, staff, wages and the weighted columns are added.
    """
    for i in rivals:
        if on_roster[i]:
            code, made, people = sector[i], output[i], staff[i]
            totals[0, code] += made
            totals[1, code] += people
            totals[2, code] += people * wage[i]
            for k in range(len(columns)):
                totals[3 + k, code] += made * columns[k][i]


@kernel
def take_turns(  # type: ignore[no-untyped-def]
    rivals, plants, sector, extra, young, largest, output, sums, own, taken,
):  # fmt: skip
    """Let plants take output from all other firms of their sectors in proportion, in their order.

    What firms that are no such plant keep is one factor a sector, applied once. The time grows with
    the square of a sector's plants, not of the city: a sector of the real city has five at most.

    Parameters
    ----------
    rivals, plants : ndarray of int, shapes (firms,), (plants,)
        Rows of the sectors' living firms, plants among them or not, and of the plants: those of a
        sector stand together, in the order in which they take.
    sector : ndarray of int, shape (rows of the city,)
    extra : ndarray, shape (plants,)
        Yuan that young plants take and add to their output.
    young : bool
        Else plants take what they sell themselves when it is their turn, and add nothing.
    largest : float
        A plant takes at most this share of what the others have.
    output : ndarray, shape (rows of the city,)
        Yuan of all firms of the city; changed.
    sums : ndarray, shape (2, sectors)
        To work in: what firms that are no such plant have, and the share of it that they keep.
    own, taken : ndarray, shape (plants,)
        Room to work in; yuan that each plant took are written.
    """
    for k in range(len(plants)):
        own[k], output[plants[k]] = output[plants[k]], 0.0
        code = sector[plants[k]]
        sums[0, code], sums[1, code] = 0.0, 1.0
    at, sold = sector[plants[0]] if len(plants) else 0, 0.0
    for row in rivals:  # firms of a sector mostly stand together: their sum stays at hand
        i = np.uint64(row)
        if sector[i] != at:
            sums[0, at] += sold
            at, sold = sector[i], 0.0
        sold += output[i]
    sums[0, at] += sold
    first = 0
    while first < len(plants):
        code = sector[plants[first]]
        end = first + 1
        while end < len(plants) and sector[plants[end]] == code:
            end += 1
        for k in range(first, end):
            others = sums[0, code] * sums[1, code]
            for j in range(first, end):
                others += own[j] if j != k else 0.0
            wanted = extra[k] if young else own[k]
            share = min(wanted / others, largest) if others > 0.0 else 0.0
            taken[k] = share * others
            sums[1, code] *= 1.0 - share
            for j in range(first, end):
                own[j] *= 1.0 - share if j != k else 1.0
            own[k] += extra[k] if young else 0.0
        first = end
    for row in rivals:
        i = np.uint64(row)
        output[i] *= sums[1, np.uint16(sector[i])]
    for k in range(len(plants)):
        output[plants[k]] = own[k]
