"""Compiled sums of the statistics bureau: one pass over the firms of a scope, in their order.

The same sums are written with numpy in the tests.
"""

from __future__ import annotations

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def flows(  # type: ignore[no-untyped-def]
    rows, value_added, price, real_output, energy, water, employees, sector, made, before,
):  # fmt: skip
    """Return tracked flows of firms of the quarter on top of those `before`, shape (rows, 6).

    Real value added, energy, water, staff, then value added and staff of manufacturers.
    """
    out = np.empty((len(rows), 6))
    for k in range(len(rows)):
        i = rows[k]
        real, staff = value_added[i] / price, employees[i]
        part = made[sector[i]]
        out[k, 0] = before[k, 0] + real
        out[k, 1] = before[k, 1] + energy[i] * real_output[i]
        out[k, 2] = before[k, 2] + water[i] * real_output[i]
        out[k, 3] = before[k, 3] + staff
        out[k, 4] = before[k, 4] + part * real
        out[k, 5] = before[k, 5] + part * staff
    return out


@nb.njit(cache=True, nogil=True)
def pairs(rows, others):  # type: ignore[no-untyped-def]
    """Return positions in two rising lists of rows of those that stand in both."""
    here, there = np.empty((2, min(len(rows), len(others))), np.int64)
    found = left = right = 0
    while left < len(rows) and right < len(others):
        if rows[left] == others[right]:
            here[found], there[found] = left, right
            found += 1
        step = rows[left] <= others[right]
        right += rows[left] >= others[right]
        left += step
    return here[:found], there[:found]


@nb.njit(cache=True, nogil=True)
def matched(rows, on_roster, now, then, this, last):  # type: ignore[no-untyped-def]
    """Return sums of flows this year and last of firms on the roster with a base, shape (2, 6)."""
    out = np.zeros((2, 6))
    for k in range(len(now)):
        if on_roster[rows[now[k]]] and last[then[k], 0] > 0.0:
            for flow in range(6):
                out[0, flow] += this[now[k], flow]
                out[1, flow] += last[then[k], flow]
    return out


@nb.njit(cache=True, nogil=True)
def compared(before, now, old, new, sector, here, there, sectors):  # type: ignore[no-untyped-def]
    """Sum value added, energy and water before and now over two scopes of firms.

    Parameters
    ----------
    before, now : ndarray, shape (firms, 6)
        Flows of the scope then and of the scope now.
    old, new : ndarray of int, shape (firms,)
        Their rows.
    sector : ndarray of int
        Sector of every row of the city.
    here, there : ndarray of int, shape (stayers,)
        Positions in `new` and in `old` of firms in both.

    Returns
    -------
    whole : ndarray, shape (2, 3)
        Sums over each scope.
    kept : ndarray, shape (2, 3, sectors)
        Sums by sector over firms in both with value added in both.
    """
    whole, kept = np.zeros((2, 3)), np.zeros((2, 3, sectors))
    for k in range(len(old)):
        for flow in range(3):
            whole[0, flow] += before[k, flow]
    for k in range(len(new)):
        for flow in range(3):
            whole[1, flow] += now[k, flow]
    for k in range(len(here)):
        if now[here[k], 0] > 0.0 and before[there[k], 0] > 0.0:
            s = sector[new[here[k]]]
            for flow in range(3):
                kept[0, flow, s] += before[there[k], flow]
                kept[1, flow, s] += now[here[k], flow]
    return whole, kept


@nb.njit(cache=True, nogil=True)
def totals(  # type: ignore[no-untyped-def]
    rows, sector, value_added, revenue, real_output, employees, profit, tax, wage, export_share,
    upgraded, energy, water, traits,
):  # fmt: skip
    """Return industry's totals over the firms of a scope, shape (16,).

    `traits` are, by sector, manufacturing (0 or 1), high-tech and emerging shares, (sectors, 3).
    """
    out = np.zeros(16)
    for i in rows:
        value, sales, output, staff = value_added[i], revenue[i], real_output[i], employees[i]
        trait = traits[sector[i]]
        out[0] += value
        out[1] += sales
        out[2] += output
        out[3] += staff
        out[4] += trait[0] * value
        out[5] += trait[0] * sales
        out[6] += trait[0] * staff
        out[7] += profit[i]
        out[8] += tax[i]
        out[9] += wage[i] * staff
        out[10] += trait[1] * value
        out[11] += trait[2] * value
        out[12] += sales * export_share[i]
        out[13] += upgraded[i]
        out[14] += energy[i] * output
        out[15] += water[i] * output
    return out
