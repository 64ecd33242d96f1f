"""Compiled loop of large projects: plants' markets are taken from firms of their sector."""

from __future__ import annotations

from sim.compiled import kernel


@kernel
def take_turns(firms, plants, extra, young, largest, output, own, taken):  # type: ignore[no-untyped-def]
    """Let plants of a sector take output from all its other firms in proportion, one after another.

    What firms that are no such plant keep is one factor, applied once. The time grows with the
    square of the plants, not of the city: a sector of the real city has five at most.

    Parameters
    ----------
    firms, plants : ndarray of int, shapes (firms,), (plants,)
        Rows of the sector's living firms, the plants among them, and of the plants in their order.
    extra : ndarray, shape (plants,)
        Yuan that young plants take and add to their output.
    young : bool
        Else plants take what they sell themselves when it is their turn, and add nothing.
    largest : float
        A plant takes at most this share of what the others have.
    output : ndarray, shape (rows,)
        Yuan of all firms of the city; changed.
    own, taken : ndarray, shape (plants,)
        Room to work in; yuan that each plant took are written.
    """
    rest, kept = 0.0, 1.0
    for k in range(len(plants)):
        own[k], output[plants[k]] = output[plants[k]], 0.0
    for i in firms:
        rest += output[i]
    for k in range(len(plants)):
        others = rest * kept
        for j in range(len(plants)):
            others += own[j] if j != k else 0.0
        wanted = extra[k] if young else own[k]
        share = min(wanted / others, largest) if others > 0.0 else 0.0
        taken[k] = share * others
        kept *= 1.0 - share
        for j in range(len(plants)):
            own[j] *= 1.0 - share if j != k else 1.0
        own[k] += extra[k] if young else 0.0
    for i in firms:
        output[i] *= kept
    for k in range(len(plants)):
        output[plants[k]] = own[k]
