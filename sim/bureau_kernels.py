"""Compiled sums of the statistics bureau: one pass over the firms of a scope, in their order.

Sums are added to arrays of the caller: what a loop allocates itself costs compile time. The same
sums are written with numpy in the tests.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, kernel, list_set, part

COUNTED = 128
"""Firms of a block that are counted at once: their number fits into eight bits."""
LANES = 16
"""Sums run in so many lanes, of four neighbouring stretches of firms at a time: the lanes stay in
registers, and each column is read from one place."""


@apart
def scopes(  # type: ignore[no-untyped-def]
    alive, on_roster, industry, revenue, threshold, land_area, per_mu_class, chosen, rows, out,
    found, classes,
):  # fmt: skip
    """List the firms that observers look at, and those of each scope.

    Parameters
    ----------
    chosen : ndarray of bool, shape (firms, up to the next multiple of 64)
        To work in: living firms on the roster, above scale in industry, with land or a class.
    rows : ndarray of int, shape (firms + 4,)
        Receives their rows, rising.
    out : ndarray of int, shape (4, firms + 4)
        Receives the rows of firms on the roster, of industry above the threshold, of industry on
        the roster, of these and all with land.
    found : ndarray of int, shape (5,)
        Receives how many there are of all these lists.
    classes : ndarray of int, shape (5,)
        Added to: firms without a class of the per-mu evaluation, then of class A to D.
    """
    number = 0
    for start in range(0, len(chosen), 64):
        size = min(64, len(alive) - start)
        for j in range(size):
            i = np.uint64(start + j)
            above = industry[i] & (revenue[i] >= threshold)
            placed = (land_area[i] > 0) | (per_mu_class[i] >= 0)
            chosen[i] = alive[i] & (on_roster[i] | above | placed)
        for j in range(size, 64):
            chosen[np.uint64(start + j)] = False
        number = list_set(chosen, start, rows, number)
    roster = above_scale = industrial = users = np.uint64(0)
    for k in range(number):
        row = rows[np.uint64(k)]
        i = np.uint64(row)
        listed = on_roster[i] & industry[i]
        # Written every time, kept only if the count moves on: no branch.
        out[0, roster] = out[1, above_scale] = out[2, industrial] = out[3, users] = row
        roster += np.uint64(on_roster[i])
        above_scale += np.uint64(industry[i] & (revenue[i] >= threshold))
        industrial += np.uint64(listed)
        users += np.uint64(listed | (land_area[i] > 0))
        classes[np.uint64(per_mu_class[i] + 1)] += 1
    found[0], found[1], found[2], found[3], found[4] = (
        number, roster, above_scale, industrial, users,
    )  # fmt: skip


@part
def _summed(  # type: ignore[no-untyped-def]
    row, alive, industry, made, investment, upgrading, talent, debt
):
    """Return what a firm adds to the five sums; every value counts, if only by zero."""
    i = np.uint64(row)
    living = 1.0 if alive[i] else 0.0
    counted, owed = living if industry[i] else 0.0, debt[i]
    makers = owed if made[i] else 0.0
    return counted * investment[i], counted * upgrading[i], living * talent[i], makers, owed


@apart
def sums(  # type: ignore[no-untyped-def]
    alive, industry, made, investment, upgrading, talent, debt, lanes
):
    """Add up what observers and identities ask of all firms.

    Parameters
    ----------
    lanes : ndarray, shape (5, LANES)
        Added to, in so many parts: investment and its upgrading part of living firms of industry,
        talent of living firms, debt of makers and of all.
    """
    whole = len(alive) // (4 * LANES) * (4 * LANES)
    for start in range(0, whole, 4 * LANES):
        for lane in range(LANES):
            invested = upgraded = attached = makers = owed = 0.0
            for part_of_block in range(4):
                own = _summed(
                    start + part_of_block * LANES + lane, alive, industry, made, investment,
                    upgrading, talent, debt,
                )  # fmt: skip
                invested += own[0]
                upgraded += own[1]
                attached += own[2]
                makers += own[3]
                owed += own[4]
            lanes[0, lane] += invested
            lanes[1, lane] += upgraded
            lanes[2, lane] += attached
            lanes[3, lane] += makers
            lanes[4, lane] += owed
    for row in range(whole, len(alive)):
        own = _summed(row, alive, industry, made, investment, upgrading, talent, debt)
        for k in range(5):
            lanes[k, 0] += own[k]


@apart
def census(  # type: ignore[no-untyped-def]
    alive, tier, sector, district, sectors, districts, certified, industry, quoted, joint_stock,
    cells, kinds,
):  # fmt: skip
    """Count living firms by tier and sector, and those of four kinds.

    Parameters
    ----------
    tier : ndarray of int, shape (firms,)
        0 to 3, see :data:`sim.state.TIERS`.
    cells : ndarray of int, shape (4 * sectors + 1,)
        Added to, tier by tier; the last are living firms whose tier, sector or district is none
        of the declared ones.
    kinds : ndarray of int, shape (4,)
        Added to: certified firms, those of industry, quoted firms, companies limited by shares.
    """
    wide, last = np.uint64(sectors), np.uint64(4 * sectors)
    for start in range(0, len(alive), COUNTED):
        size, code = min(COUNTED, len(alive) - start), sector[np.uint64(start)]
        others = np.uint16(0)
        held = made = listed = companies = np.uint8(0)
        for j in range(size):
            i = np.uint64(start + j)
            here = alive[i] & certified[i]
            held = np.uint8(held + here)
            made = np.uint8(made + (here & industry[i]))
            listed = np.uint8(listed + (alive[i] & quoted[i]))
            companies = np.uint8(companies + (alive[i] & joint_stock[i]))
        kinds[0] += held
        kinds[1] += made
        kinds[2] += listed
        kinds[3] += companies
        for j in range(size):
            others |= np.uint16(sector[np.uint64(start + j)] ^ code)
        s = np.uint64(np.uint16(code))  # a code below zero is a large one without its sign
        if (others == 0) & (s < wide):  # four blocks in five are of one sector
            living = known = startups = growing = leaders = np.uint8(0)
            for j in range(size):
                i = np.uint64(start + j)
                here = (np.uint16(tier[i]) < 4) & (np.uint16(district[i]) < districts) & alive[i]
                living = np.uint8(living + alive[i])
                known = np.uint8(known + here)
                startups = np.uint8(startups + (here & (tier[i] == 1)))
                growing = np.uint8(growing + (here & (tier[i] == 2)))
                leaders = np.uint8(leaders + (here & (tier[i] == 3)))
            cells[s] += np.int64(known) - startups - growing - leaders
            cells[wide + s] += startups
            cells[np.uint64(2) * wide + s] += growing
            cells[np.uint64(3) * wide + s] += leaders
            cells[last] += np.int64(living) - known
        else:
            for j in range(size):
                i = np.uint64(start + j)
                t, s = np.uint64(np.uint16(tier[i])), np.uint64(np.uint16(sector[i]))
                known = (t < np.uint64(4)) & (s < wide) & (np.uint16(district[i]) < districts)
                cells[t * wide + s if known else last] += alive[i]


@apart
def look(  # type: ignore[no-untyped-def]
    rows, on_roster, industry, yearly, threshold, sector, value_added, revenue, real_output,
    employees, profit, tax, wage, export_share, upgraded, energy, water, traits, price,
    old_rows, old_flows, flows, totals, whole, kept,
):  # fmt: skip
    """Add up a quarter of the roster and of above-scale industry; compare the roster with before.

    Parameters
    ----------
    rows : ndarray of int, shape (rows,)
        Rising; firms of the roster, of industry with yearly revenue from the threshold on, others.
    traits : ndarray, shape (sectors, 3)
        By sector, manufacturing (0 or 1), high-tech and emerging shares.
    price : float
        Deflator of value added.
    old_rows : ndarray of int, shape (old rows,)
    old_flows : ndarray, shape (old rows, 3)
        The rows of the last quarter, and what this loop wrote to `flows` then.
    flows : ndarray, shape (rows, 3)
        Receives real value added, energy and water of each firm on the roster, zeros of others.
    totals : ndarray, shape (2, 16)
        Added to: totals of the roster, and what those of industry above the threshold have beyond
        them. Few firms are in one of both scopes only.
    whole : ndarray, shape (3,)
        Added to: flows of the roster.
    kept : ndarray, shape (2, 3, sectors)
        Added to by sector: flows before and now of firms with value added on both rosters.
    """
    old, last = np.uint64(0), np.uint64(len(old_rows))
    for row in range(len(rows)):
        k = np.uint64(row)
        i = np.uint64(rows[k])
        listed, above = on_roster[i], industry[i] & (yearly[i] >= threshold)
        s, value, output = np.uint64(sector[i]), value_added[i], real_output[i]
        burnt, drawn = energy[i] * output, water[i] * output
        sales, staff = revenue[i], employees[i]
        for scope in range(2):
            times = np.int64(above) - np.int64(listed) if scope else np.int64(listed)
            if times == 0:
                continue
            totals[scope, 0] += times * value
            totals[scope, 1] += times * sales
            totals[scope, 2] += times * output
            totals[scope, 3] += times * staff
            totals[scope, 4] += times * (traits[s, 0] * value)
            totals[scope, 5] += times * (traits[s, 0] * sales)
            totals[scope, 6] += times * (traits[s, 0] * staff)
            totals[scope, 7] += times * profit[i]
            totals[scope, 8] += times * tax[i]
            totals[scope, 9] += times * (wage[i] * staff)
            totals[scope, 10] += times * (traits[s, 1] * value)
            totals[scope, 11] += times * (traits[s, 2] * value)
            totals[scope, 12] += times * (sales * export_share[i])
            totals[scope, 13] += times * upgraded[i]
            totals[scope, 14] += times * burnt
            totals[scope, 15] += times * drawn
        flows[k, 0] = value / price if listed else 0.0
        flows[k, 1] = burnt if listed else 0.0
        flows[k, 2] = drawn if listed else 0.0
        while old < last and old_rows[old] < rows[k]:
            old += np.uint64(1)
        stayed = old < last and old_rows[old] == rows[k]
        both = stayed and flows[k, 0] > 0.0 and old_flows[old, 0] > 0.0
        for flow in range(3):
            whole[flow] += flows[k, flow]
            if both:
                kept[0, flow, s] += old_flows[old, flow]
                kept[1, flow, s] += flows[k, flow]


@apart
def follow(  # type: ignore[no-untyped-def]
    rows, sector, made, value_added, price, real_output, energy, water, employees, before, flows,
    here, there, last,
):  # fmt: skip
    """Write flows of firms since January; add up those of firms that are compared with last year.

    Parameters
    ----------
    made : ndarray, shape (sectors,)
        1 for sectors of manufacturing.
    before, flows : ndarray, shape (rows, 4)
        Real value added, energy, water and staff without this quarter (zeros in January), and
        with it.
    here, there : ndarray of int, shape (firms that are compared,)
        Their places in `flows` and in `last`.
    last : ndarray, shape (rows of last year, 4)
        The same flows a year ago. Who had no value added is not compared.

    Returns
    -------
    tuple of two tuples of float
        This year and last: the flows, then value added and staff of manufacturers.
    """
    real = 1.0 / price
    for row in range(len(rows)):
        k = np.uint64(row)
        i = np.uint64(rows[k])
        flows[k, 0] = before[k, 0] + real * value_added[i]
        flows[k, 1] = before[k, 1] + energy[i] * real_output[i]
        flows[k, 2] = before[k, 2] + water[i] * real_output[i]
        flows[k, 3] = before[k, 3] + employees[i]
    value = burnt = drawn = staff = made_value = made_staff = 0.0
    value_then = burnt_then = drawn_then = staff_then = made_value_then = made_staff_then = 0.0
    for pair in range(len(here)):
        k, then = np.uint64(here[pair]), np.uint64(there[pair])
        if last[then, 0] > 0.0:
            share = made[np.uint64(sector[np.uint64(rows[k])])]
            value += flows[k, 0]
            burnt += flows[k, 1]
            drawn += flows[k, 2]
            staff += flows[k, 3]
            made_value += share * flows[k, 0]
            made_staff += share * flows[k, 3]
            value_then += last[then, 0]
            burnt_then += last[then, 1]
            drawn_then += last[then, 2]
            staff_then += last[then, 3]
            made_value_then += share * last[then, 0]
            made_staff_then += share * last[then, 3]
    return (
        (value, burnt, drawn, staff, made_value, made_staff),
        (value_then, burnt_then, drawn_then, staff_then, made_value_then, made_staff_then),
    )


@kernel
def pairs(rows, others, chosen, here, there):  # type: ignore[no-untyped-def]
    """Write positions in two rising lists of rows of those that stand in both; return how many.

    Of the firms whose flag in `chosen` is set. `here` and `there` have room for one more than the
    shorter list.
    """
    found = left = right = 0
    while left < len(rows) and right < len(others):
        mine, other = rows[left], others[right]
        here[found], there[found] = left, right  # kept only if the count moves on: no branch
        found += (mine == other) & chosen[mine]
        left += mine <= other
        right += mine >= other
    return found


@part
def logarithmic_mean(left, right):  # type: ignore[no-untyped-def]
    """Return the logarithmic mean of two positive numbers."""
    difference = np.log(right) - np.log(left)
    return left if abs(difference) < 1e-12 else (right - left) / difference


@kernel
def decompose(before, now, kept, effects):  # type: ignore[no-untyped-def]
    """Write the effects of structure, technology and turnover, see :mod:`sim.decomposition`."""
    effects[:] = 0.0
    for flow in range(1, len(now)):
        spent_0 = spent_1 = made_0 = made_1 = structure = technology = 0.0
        for s in range(kept.shape[2]):
            spent_0, spent_1 = spent_0 + kept[0, flow, s], spent_1 + kept[1, flow, s]
            made_0, made_1 = made_0 + kept[0, 0, s], made_1 + kept[1, 0, s]
        if not (spent_0 > 0.0 and spent_1 > 0.0 and made_0 > 0.0 and made_1 > 0.0):
            continue
        for s in range(kept.shape[2]):
            used_0, used_1, value_0, value_1 = (
                kept[0, flow, s], kept[1, flow, s], kept[0, 0, s], kept[1, 0, s],
            )  # fmt: skip
            if used_0 > 0.0 and used_1 > 0.0 and value_0 > 0.0 and value_1 > 0.0:
                # Weights of the ratio E/V: mean use of the sector over total value, both periods.
                weight = logarithmic_mean(used_0 / made_0, used_1 / made_1)
                structure += weight * (np.log(value_1 / made_1) - np.log(value_0 / made_0))
                technology += weight * (np.log(used_1 / value_1) - np.log(used_0 / value_0))
        kept_0, kept_1 = spent_0 / made_0, spent_1 / made_1
        total = logarithmic_mean(kept_0, kept_1)
        whole_0, whole_1 = before[flow] / before[0], now[flow] / now[0]
        effects[flow - 1, 0], effects[flow - 1, 1] = structure / total, technology / total
        effects[flow - 1, 2] = np.log(kept_0 / whole_0) + np.log(whole_1 / kept_1)
