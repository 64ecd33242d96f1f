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
    firms without a living leader that grew from something feel no pull.
    """
    for k in leaders:
        known = alive[k] and previous[k] > 0.0 and output[k] > 0.0
        lead[k] = log(output[k]) - log(previous[k]) if known else np.nan
    total, mean = 0.0, 0.0
    for i in followers:
        growth = lead[leader[i]]
        if alive[i] and not np.isnan(growth):
            weight = max(output[i], 1.0)
            total += weight
            mean += weight * growth
    mean /= total if total > 0.0 else 1.0
    pull[:] = 0.0
    for i in followers:
        growth = lead[leader[i]]
        if alive[i] and not np.isnan(growth):
            pull[i] = content * min(max(growth - mean, -bound), bound)


@kernel
def living_by_tier(alive, tier, tiers):  # type: ignore[no-untyped-def]
    """Return living firms by tier, shape (tiers,)."""
    count = np.zeros(tiers, np.int64)
    for i in range(len(alive)):
        count[np.uint16(tier[i])] += 1 if alive[i] else 0
    return count
