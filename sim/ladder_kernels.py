"""Compiled loops of the ladder: leaders' growth passed on to those who supply them; tiers."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, exp, kernel, log


@apart
def pull_of_leaders(  # type: ignore[no-untyped-def]
    leaders, followers, leads, alive, output, previous, content, bound, work, pull,
):  # fmt: skip
    """Fill the log demand pull on followers: local content times their leader's lead.

    The lead is a leader's log growth less the followers' mean, at most `bound`. Followers count
    by their own output, one yuan or more; those without a living leader that grew from something
    feel no pull. Rows of other firms are not touched.

    Parameters
    ----------
    leaders, followers : ndarray of int
        Rows.
    leads : ndarray of int, shape (followers,)
        Place of each one's leader among the leaders.
    work : ndarray, shape (2, leaders)
        To work in.

    Returns
    -------
    int
        Followers that live.
    """
    for k in range(len(leaders)):
        i = np.uint64(leaders[k])
        known = alive[i] and previous[i] > 0.0 and output[i] > 0.0
        work[0, k] = log(output[i]) - log(previous[i]) if known else 0.0
        work[1, k] = 1.0 if known else 0.0
    weights, mean, living = 0.0, 0.0, 0
    for row in range(len(followers)):
        j = np.uint64(row)
        i, place = np.uint64(followers[j]), np.uint64(leads[j])
        weight = max(output[i], 1.0) * work[1, place] * alive[i]
        weights += weight
        mean += weight * work[0, place]
        living += alive[i]
    mean /= weights if weights > 0.0 else 1.0
    for k in range(len(leaders)):
        work[0, k] = work[1, k] * content * min(max(work[0, k] - mean, -bound), bound)
    for row in range(len(followers)):
        j = np.uint64(row)
        i = np.uint64(followers[j])
        pull[i] = work[0, np.uint64(leads[j])] * alive[i]
    return living


@kernel
def due_tiers(  # type: ignore[no-untyped-def]
    revenue, previous, birth, quarter, ratio, certified, starting, growing, leading, due,
):  # fmt: skip
    """Fill the tier whose entry rule each firm meets; :func:`sim.tiers.due_tier` is the plain form.

    Parameters
    ----------
    starting, growing : tuple
        Largest age in years and sales, least R&D ratio of a start-up; least sales, growth and
        R&D ratio of a growth firm.
    leading : float
        Least sales of a backbone leader.
    """
    years, largest, start_rd = starting
    floor, rate, grow_rd = growing
    for i in range(len(revenue)):
        sold = revenue[i]
        growth = sold / max(previous[i], 1.0) - 1.0 if previous[i] > 0.0 else 0.0
        young = ((quarter - birth[i]) / 4.0 < years) & (sold < largest)
        tier = 1 if young & ((ratio[i] >= start_rd) | certified[i]) else 0
        middle = (sold >= floor) & (sold < leading) & (growth >= rate)
        tier = 2 if middle & (certified[i] | (ratio[i] >= grow_rd)) else tier
        due[i] = 3 if sold >= leading else tier


@apart
def eligibility(  # type: ignore[no-untyped-def]
    rows, rd_ratio, revenue, sector, high_tech_share, rule, sizes, softness, smallest, out,
):  # fmt: skip
    """Write the relative chance of each of the firms `rows` to be certified.

    :func:`sim.certificates.eligibility` is the plain form.

    Parameters
    ----------
    high_tech_share : ndarray, shape (sectors,)
    rule : tuple of float
        Least R&D ratio of firms up to each of the two `sizes` (yuan a year), and beyond.
    """
    for row in range(len(rows)):
        k = np.uint64(row)
        i = np.uint64(rows[k])
        sold = revenue[i]
        need = rule[0] if sold <= sizes[0] else (rule[1] if sold <= sizes[1] else rule[2])
        beyond = min(max((rd_ratio[i] - need) / softness, -30.0), 30.0)
        share = (0.05 + high_tech_share[np.uint64(sector[i])]) / (1.0 + exp(-beyond))
        out[k] = share if sold >= smallest else 0.0
