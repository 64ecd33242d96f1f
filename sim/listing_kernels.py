"""Compiled loops of the listing pipeline: who may enter it, who does, and who moves through it."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, kernel, part


@part
def appeal(revenue, previous, high_tech, largest):  # type: ignore[no-untyped-def]
    """Return a firm's relative chance: larger, faster-growing, high-tech firms come first."""
    growth = min(max(revenue / max(previous, 1.0), 0.5), 2.0)
    return np.sqrt(min(revenue, largest)) * growth * (0.5 + high_tech)


@apart
def candidates(  # type: ignore[no-untyped-def]
    large, none, stage, revenue, previous, profit, birth, sector, high_tech, floor, born_by,
    least, largest, rows, weights,
):  # fmt: skip
    """Write firms in no stage that are large, old and sound enough; return how many there are.

    Parameters
    ----------
    large : ndarray of int, shape (firms,)
        Rows of the firms looked at.
    none : int
        Code of firms in no stage.
    stage, revenue, previous, profit, birth, sector : ndarray, shape (rows of the city,)
    high_tech : ndarray, shape (sectors,)
    floor : float
        Least yearly revenue, yuan.
    born_by : int
        Last quarter of birth.
    least, largest : float
        Least profit; yearly revenue beyond which size brings no firm nearer; yuan.
    rows, weights : ndarray, shape (firms + 1,)
        Rows and relative chances are written.
    """
    found = 0
    for row in large:
        i = np.uint64(row)
        rows[found] = row  # kept only if the count moves on: no branch to mispredict
        grown = (revenue[i] >= floor) & (birth[i] <= born_by)
        found += (stage[i] == none) & grown & (profit[i] >= least)
    for k in range(found):
        i = np.uint64(rows[k])
        weights[k] = appeal(revenue[i], previous[i], high_tech[np.uint16(sector[i])], largest)
    return found


@apart
def enter(rows, lots, weights, expected, stage, since, joint, begun, quarter, chosen):  # type: ignore[no-untyped-def]
    """Let an expected number of candidates begin the stage `begun`; return how many do.

    Their rows are written to `chosen`, shape (candidates,).
    """
    total, found = 0.0, 0
    for k in range(len(rows)):
        total += weights[k]
    for k in range(len(rows)):
        if lots[k] < expected * weights[k] / total:
            i = rows[k]
            stage[i], since[i], joint[i] = begun, quarter, True
            chosen[found] = i
            found += 1
    return found


@kernel
def advance(  # type: ignore[no-untyped-def]
    staged, lots, alive, stage, since, quarter, first, none, gone_for_good, forward, leave, passed,
    listed,
):  # fmt: skip
    """Move firms a stage on or out of the pipeline; take those that are dead off the list.

    Parameters
    ----------
    staged, lots : ndarray, shape (firms in a stage or listed,)
        Rows and uniforms.
    alive, stage, since : ndarray, shape (rows of the city,)
        Stage of every firm, and the quarter in which it began.
    quarter, first, none, gone_for_good : int
        Present quarter; code of the first of three stages, of none and of firms taken off.
    forward, leave : tuple of float
        Chances to move on and to leave, by stage.
    passed, listed : ndarray of int, shape (firms in a stage or listed,)
        Written: rows of those that pass the last stage, and of those listed before.

    Returns
    -------
    passed, gone, listed : int
        Numbers of firms that pass, that leave the pipeline, and listed before.
    """
    ahead = gone = old = 0
    for k in range(len(staged)):
        i = staged[k]
        at = stage[i] - first
        if not alive[i]:
            stage[i] = gone_for_good
        elif at > 2:
            listed[old] = i
            old += 1
        elif lots[k] < forward[at]:
            stage[i] += 1
            since[i] = quarter
            passed[ahead] = i
            ahead += at == 2
        elif lots[k] < forward[at] + leave[at]:
            stage[i] = none
            since[i] = quarter
            gone += 1
    return ahead, gone, old
