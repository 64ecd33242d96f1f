"""Compiled loops of the ladder: leaders' growth passed on to those who supply them; counts."""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel, log


@kernel
def pull_of_leaders(  # type: ignore[no-untyped-def]
    leaders, followers, leader, alive, output, previous, content, bound, lead, pull,
):  # fmt: skip
    """Fill the log demand pull on followers: local content times their leader's lead.

    The lead is a leader's log growth less the followers' mean, at most `bound`. Followers count
    by their own output, one yuan or more. `lead` is a table to work in, one entry per firm;
    followers without a living leader that grew from something feel no pull, and others are not
    touched.
    """
    for k in leaders:
        known = alive[k] and previous[k] > 0.0 and output[k] > 0.0
        lead[k] = log(output[k]) - log(previous[k]) if known else np.nan
    total, mean = 0.0, 0.0
    for row in followers:
        i = np.uint64(row)
        growth = lead[leader[i]]
        if alive[i] and not np.isnan(growth):
            weight = max(output[i], 1.0)
            total += weight
            mean += weight * growth
    mean /= total if total > 0.0 else 1.0
    for row in followers:
        i = np.uint64(row)
        growth = lead[leader[i]]
        if alive[i] and not np.isnan(growth):
            pull[i] = content * min(max(growth - mean, -bound), bound)
        else:
            pull[i] = 0.0


@kernel
def living_by_tier(alive, tier, tiers):  # type: ignore[no-untyped-def]
    """Return living firms by tier, shape (tiers,)."""
    count = np.zeros(tiers, np.int64)
    for kind in range(tiers):
        found = 0
        for i in range(len(alive)):
            found += alive[i] & (tier[i] == kind)
        count[kind] = found
    return count


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
