"""Compiled sums of the statistics bureau: one pass over the firms of a scope, in their order.

Sums are added to arrays of the caller: what a loop allocates itself costs compile time. The same
sums are written with numpy in the tests.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, kernel, part


@apart
def observed(  # type: ignore[no-untyped-def]
    alive, on_roster, industry, revenue, threshold, land_area, per_mu_class, chosen,
):  # fmt: skip
    """Set flags of living firms on the roster, above scale in industry, with land or a class."""
    for row in range(len(alive)):
        i = np.uint64(row)
        above = industry[i] & (revenue[i] >= threshold)
        placed = (land_area[i] > 0) | (per_mu_class[i] >= 0)
        chosen[i] = alive[i] & (on_roster[i] | above | placed)


@kernel
def scopes(rows, on_roster, industry, revenue, threshold, land_area, per_mu_class, out, found):  # type: ignore[no-untyped-def]
    """Write the scopes that each of the observed firms (rows) belongs to.

    Parameters
    ----------
    out : ndarray of int, shape (5, rows)
        Rows of firms on the roster, of industry above the threshold, of industry on the roster,
        of these and all with land, of those with a class.
    found : ndarray of int, shape (5,)
        Zeros; how many there are of each.
    """
    for i in rows:
        listed = on_roster[i] & industry[i]
        # Written every time, kept only if the count moves on: no branch.
        for k in range(5):
            out[k, found[k]] = i
        found[0] += on_roster[i]
        found[1] += industry[i] & (revenue[i] >= threshold)
        found[2] += listed
        found[3] += listed | (land_area[i] > 0)
        found[4] += per_mu_class[i] >= 0


@kernel
def add_flows(  # type: ignore[no-untyped-def]
    rows, value_added, price, real_output, energy, water, employees, before, flows,
):  # fmt: skip
    """Write real value added, energy, water and staff of firms on top of those `before`.

    `before` and `flows` have the shape (rows, 4) and may be the same.
    """
    for k in range(len(rows)):
        i = rows[k]
        flows[k, 0] = before[k, 0] + value_added[i] / price
        flows[k, 1] = before[k, 1] + energy[i] * real_output[i]
        flows[k, 2] = before[k, 2] + water[i] * real_output[i]
        flows[k, 3] = before[k, 3] + employees[i]


@kernel
def pairs(rows, others, here, there):  # type: ignore[no-untyped-def]
    """Write positions in two rising lists of rows of those that stand in both; return how many.

    `here` and `there` have room for one more than the shorter list.
    """
    found = left = right = 0
    while left < len(rows) and right < len(others):
        mine, other = rows[left], others[right]
        here[found], there[found] = left, right  # kept only if the count moves on: no branch
        found += mine == other
        left += mine <= other
        right += mine >= other
    return found


@apart
def matched(rows, sector, made, now, then, this, last, out):  # type: ignore[no-untyped-def]
    """Add flows this year and last of firms with value added last year to `out`, shape (2, 6).

    `now` and `then` are the firms' positions in `this` and `last`. The last two flows are value
    added and staff of manufacturers (`made` is 1 for their sectors).
    """
    for k in range(len(now)):
        if last[then[k], 0] > 0.0:
            share = made[sector[rows[now[k]]]]
            for flow in range(4):
                out[0, flow] += this[now[k], flow]
                out[1, flow] += last[then[k], flow]
            out[0, 4] += share * this[now[k], 0]
            out[1, 4] += share * last[then[k], 0]
            out[0, 5] += share * this[now[k], 3]
            out[1, 5] += share * last[then[k], 3]


@apart
def all_flows(flows, out):  # type: ignore[no-untyped-def]
    """Add value added, energy and water of a scope's firms, shape (firms, 4), to `out`, (3,)."""
    for k in range(len(flows)):
        for flow in range(3):
            out[flow] += flows[k, flow]


@kernel
def compared(before, now, new, sector, here, there, kept):  # type: ignore[no-untyped-def]
    """Add value added, energy and water, before and now, of firms in both of two scopes.

    Parameters
    ----------
    before, now : ndarray, shape (firms, 4)
        Flows of the scope then and of the scope now.
    new : ndarray of int, shape (firms,)
        Rows of the scope now.
    sector : ndarray of int
        Sector of every row of the city.
    here, there : ndarray of int, shape (stayers,)
        Positions in `new` and in the scope then of firms in both.
    kept : ndarray, shape (2, 3, sectors)
        Added to by sector, for firms with value added in both.
    """
    for k in range(len(here)):
        if now[here[k], 0] > 0.0 and before[there[k], 0] > 0.0:
            s = sector[new[here[k]]]
            for flow in range(3):
                kept[0, flow, s] += before[there[k], flow]
                kept[1, flow, s] += now[here[k], flow]


@part
def logarithmic_mean(left, right):  # type: ignore[no-untyped-def]
    """Return the logarithmic mean of two positive numbers."""
    difference = np.log(right) - np.log(left)
    return left if abs(difference) < 1e-12 else (right - left) / difference


@kernel
def decompose(use, value, used, made, out):  # type: ignore[no-untyped-def]
    """Write the effects of structure, technology and turnover, see :mod:`sim.decomposition`."""
    out[:] = 0.0
    spent_0 = spent_1 = made_0 = made_1 = 0.0
    for s in range(used.shape[1]):
        spent_0, spent_1 = spent_0 + used[0, s], spent_1 + used[1, s]
        made_0, made_1 = made_0 + made[0, s], made_1 + made[1, s]
    if not (spent_0 > 0.0 and spent_1 > 0.0 and made_0 > 0.0 and made_1 > 0.0):
        return
    kept_0, kept_1 = spent_0 / made_0, spent_1 / made_1
    for s in range(used.shape[1]):
        if used[0, s] > 0.0 and used[1, s] > 0.0 and made[0, s] > 0.0 and made[1, s] > 0.0:
            # Weights of the ratio E/V: mean use of the sector over total value, both periods.
            weight = logarithmic_mean(used[0, s] / made_0, used[1, s] / made_1)
            out[0] += weight * (np.log(made[1, s] / made_1) - np.log(made[0, s] / made_0))
            out[1] += weight * (
                np.log(used[1, s] / made[1, s]) - np.log(used[0, s] / made[0, s])
            )  # fmt: skip
    total = logarithmic_mean(kept_0, kept_1)
    out[0] /= total
    out[1] /= total
    whole_0, whole_1 = use[0] / value[0], use[1] / value[1]
    out[2] = np.log(kept_0 / whole_0) + np.log(whole_1 / kept_1)


@apart
def totals(  # type: ignore[no-untyped-def]
    rows, sector, value_added, revenue, real_output, employees, profit, tax, wage, export_share,
    upgraded, energy, water, traits, out,
):  # fmt: skip
    """Add industry's totals over the firms of a scope to `out`, shape (16,).

    `traits` are, by sector, manufacturing (0 or 1), high-tech and emerging shares, (sectors, 3).
    """
    for i in rows:
        value, sales, output, staff = value_added[i], revenue[i], real_output[i], employees[i]
        s = sector[i]
        out[0] += value
        out[1] += sales
        out[2] += output
        out[3] += staff
        out[4] += traits[s, 0] * value
        out[5] += traits[s, 0] * sales
        out[6] += traits[s, 0] * staff
        out[7] += profit[i]
        out[8] += tax[i]
        out[9] += wage[i] * staff
        out[10] += traits[s, 1] * value
        out[11] += traits[s, 2] * value
        out[12] += sales * export_share[i]
        out[13] += upgraded[i]
        out[14] += energy[i] * output
        out[15] += water[i] * output
