"""Compiled loops of the listing pipeline: who may enter it, and who moves through it."""

from __future__ import annotations

from sim.compiled import kernel


@kernel
def candidates(  # type: ignore[no-untyped-def]
    large, none, stage, revenue, profit, birth, floor, born_by, rows,
):  # fmt: skip
    """Write firms in no stage that are large, old and sound enough; return how many there are.

    Parameters
    ----------
    large : ndarray of int, shape (firms,)
        Rows of the firms looked at.
    none : int
        Code of firms in no stage.
    stage, revenue, profit, birth : ndarray, shape (rows of the city,)
    floor : float
        Least yearly revenue, yuan.
    born_by : int
        Last quarter of birth.
    rows : ndarray of int, shape (firms,)
    """
    found = 0
    for i in large:
        rows[found] = i  # kept only if the count moves on: no branch to mispredict
        grown = (revenue[i] >= floor) & (birth[i] <= born_by)
        found += (stage[i] == none) & grown & (profit[i] >= 0.0)
    return found


@kernel
def advance(  # type: ignore[no-untyped-def]
    rows, lots, stage, since, quarter, first, none, forward, leave, listed,
):  # fmt: skip
    """Move firms (rows) a stage on or out of the pipeline; return how many pass and how many leave.

    Parameters
    ----------
    lots : ndarray, shape (rows,)
        Uniforms.
    stage, since : ndarray of int
        Stage of every firm of the city, and the quarter in which it began.
    quarter, first, none : int
        Present quarter; code of the first of three stages, and of none.
    forward, leave : tuple of float
        Chances to move on and to leave, by stage.
    listed : ndarray of int, shape (rows,)
        Rows of the firms that pass the last stage are written.
    """
    passed = gone = 0
    for k in range(len(rows)):
        i = rows[k]
        at = stage[i] - first
        if lots[k] < forward[at]:
            stage[i] += 1
            since[i] = quarter
            listed[passed] = i
            passed += at == 2
        elif lots[k] < forward[at] + leave[at]:
            stage[i] = none
            since[i] = quarter
            gone += 1
    return passed, gone
