"""Compiled loops of certificates and the ladder: renewal, recognition, leaders' pull, tiers."""

from __future__ import annotations

import numpy as np

from sim.compiled import BLOCK, apart, exp, kernel, log, part
from sim.rng import philox, philox_in_rows, unit_open


@part
def _required(revenue, sizes, ratios):  # type: ignore[no-untyped-def]
    """Return the R&D ratio that a certificate asks for; :func:`certificates.required_ratio`."""
    return ratios[0] if revenue <= sizes[0] else ratios[1] if revenue <= sizes[1] else ratios[2]


@kernel
def renew(  # type: ignore[no-untyped-def]
    rows, alive, until, ratio, revenue, firm_id, quarter, term, key, chances, sizes, ratios, held,
):  # fmt: skip
    """Take certificates (`held`) from firms that left; renew those that end, or let them lapse.

    Parameters
    ----------
    rows : ndarray of int
        Holders, firms that left among them.
    until : ndarray of int, shape (firms,)
        Quarter in which a certificate ends; `term` quarters later when it is renewed.
    key : tuple of uint64
        Of the stream of lots.
    chances : tuple of float
        To be renewed for firms that meet the rule, a small shortfall forgiven, and others.
    sizes, ratios : tuple of float
        Sales at which the rule changes, and the R&D ratio it asks for below, between and above.

    Returns
    -------
    tuple of int
        Holders that left, certificates that lapsed, and the quarter in which the next ones end.
    """
    gone, lapsed, following, zero = 0, 0, quarter + term, np.uint64(0)
    for row in rows:
        i = np.uint64(row)
        if not alive[i]:
            held[i] = False
            gone += 1
        elif until[i] <= quarter:
            agent = np.uint64(firm_id[i])
            words = philox(agent, np.uint64(quarter), zero, zero, key[0], key[1])
            keeps = ratio[i] >= 0.8 * _required(revenue[i], sizes, ratios)
            held[i] = unit_open(words[0]) < (chances[0] if keeps else chances[1])
            until[i] = quarter + term if held[i] else -1
            lapsed += not held[i]
        else:
            following = min(following, until[i])
    return gone, lapsed, following


@apart
def recognise(  # type: ignore[no-untyped-def]
    alive, sector, high_tech, ratio, revenue, firm_id, quarter, term, key, wanted, sizes, ratios,
    least, softness, rows, weights, held, until,
):  # fmt: skip
    """Give certificates (`held`) to as many firms as are `wanted` in expectation; return how many.

    Living firms without one that do research are hit by their own lot with a chance in
    proportion to :func:`sim.certificates.eligibility`, which is zero for sales below `least`.

    Parameters
    ----------
    high_tech : ndarray, shape (sectors,)
        High-tech share.
    sizes, ratios : tuple of float
        As for :func:`renew`.
    softness : float
        Width of the notch.
    rows, weights : ndarray, shape (firms + 1,)
        To work in.
    """
    found, all_weights = 0, 0.0
    for row in range(len(alive)):
        i = np.uint64(row)
        rows[found] = row  # kept only if the next line moves on
        found += alive[i] & (not held[i]) & (ratio[i] > 0.0) & (revenue[i] >= least)
    for k in range(found):
        i = np.uint64(rows[k])
        gap = (ratio[i] - _required(revenue[i], sizes, ratios)) / softness
        chance = 1.0 / (1.0 + exp(-min(max(gap, -30.0), 30.0)))
        weights[k] = chance * (0.05 + high_tech[np.uint16(sector[i])])
    for k in range(found):
        all_weights += weights[k]
    given = 0
    for k in range(found):
        i = np.uint64(rows[k])
        words = philox_in_rows(firm_id[i], quarter, key[0], key[1])
        weights[k] = wanted * weights[k] / all_weights - unit_open(words[0])
    for k in range(found):
        if weights[k] > 0.0:
            held[rows[k]], until[rows[k]] = True, quarter + term
            given += 1
    return given


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


@apart
def living_by_tier(alive, tier, count):  # type: ignore[no-untyped-def]
    """Fill living firms by tier, shape (4,).

    Counted in lanes of 16 bits for each tier, so that many rows are added at once.
    """
    lanes = np.zeros(BLOCK, np.int64)
    for start in range(0, len(alive), BLOCK):
        for j in range(min(BLOCK, len(alive) - start)):
            i = np.uint64(start + j)
            lanes[j] += np.int64(alive[i]) << (16 * np.int64(tier[i]))
    for k in range(len(count)):
        count[k] = 0
        for j in range(BLOCK):
            count[k] += (lanes[j] >> (16 * k)) & 0xFFFF


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
