"""Compiled loops of talent and the ladder against the same rules with numpy."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim import ladder_kernels, talent_kernels
from sim.certificates import SIZES, SMALLEST, SOFTNESS, eligibility, rule_of
from sim.rng import KeyedRandom
from sim.talent import productivity_gain
from sim.tiers import (
    BACKBONE_REVENUE,
    GROWTH_FLOOR,
    GROWTH_RATE,
    GROWTH_RD,
    STARTUP_RD,
    STARTUP_REVENUE,
    STARTUP_YEARS,
    due_tier,
    supplier_pull,
)
from sim.units import quarter_index
from tests.properties.cities import Columns, columns
from tests.properties.test_kernels import few


@few
@given(columns(), st.integers(0, 30))
def test_new_rows_are_put_in_by_id(of: Columns, known: int) -> None:
    known = min(known, len(of.output))
    ids = (of.uniform * 1e6).astype(np.int64)
    order = np.empty(len(ids), dtype=np.int64)
    order[:known] = np.argsort(ids[:known], kind="stable")
    new = known + np.argsort(ids[known:], kind="stable")
    ordered = talent_kernels.put_in(order, known, new, ids, 0)
    assert ids[order].tolist() == sorted(ids.tolist())
    assert sorted(order.tolist()) == list(range(len(ids)))
    same = order == np.arange(len(ids))
    assert ordered == (len(ids) if same.all() else int(np.argmin(same)))


@few
@given(columns(), st.booleans())
def test_arrivals_join_firms_by_their_research(of: Columns, as_they_stand: bool) -> None:
    # A hundred times as many firms, so that there are several stretches of the line.
    of = of.taken(np.arange(100 * len(of.output)) % len(of.output))
    made, size = of.score > -0.5, len(of.output)
    order = np.arange(size) if as_they_stand else np.argsort(np.arange(size) * 7919 % size)
    keyed, arrivals = KeyedRandom(7, 1), np.array([40, 0, 3])
    keys = tuple(keyed.key(name) for name in "abc")
    hosts, edges = np.empty(43, dtype=np.int64), np.empty(size)
    industry = of.alive, made, of.share, of.output
    talent_kernels.line_up(order, size if as_they_stand else 0, *industry, edges)
    talent_kernels.find_hosts(order, *industry, edges, arrivals, keys, 8073, hosts)
    outlay = np.where(of.alive & made, of.share * of.output, 0.0)
    line = np.cumsum(outlay[order])
    lots = np.concatenate([
        keyed.uniforms(name, np.arange(number), 8073)[0]
        for name, number in zip("abc", arrivals, strict=True)
    ])  # fmt: skip
    expected = order[np.minimum(np.searchsorted(line, lots * line[-1], side="right"), size - 1)]
    assert hosts.tolist() == (expected.tolist() if line[-1] > 0.0 else [-1] * 43)


@few
@given(columns())
def test_people_beyond_the_usual_help_their_hosts(of: Columns) -> None:
    size, came, usual = len(of.output), np.array([5, 2, 4]), np.array([3, 2, 6])
    persons, ratio = (0.5, 1.0, 6.0), 0.3 * of.share
    hosts = (np.arange(13) * 5) % (size + 1) - 1
    talent, extra, gain = np.zeros(size), 0.1 * of.score, np.zeros(size)
    helped = np.arange(0, size, 4)
    gain[helped] = 9.0
    moved = np.empty(13, dtype=np.int64)
    number = talent_kernels.join(
        hosts, came, usual, persons, of.alive, of.staff, ratio, (2.0, 0.6, 20.0), 0.3, talent,
        extra, gain, helped, moved, np.empty((2, 13)),
    )  # fmt: skip
    kinds = [0] * 5 + [1] * 2 + [2] * 6
    numbers = [*range(5), *range(2), *range(6)]
    joined, more = np.zeros(size), np.zeros(size)
    for host, kind, arrival in zip(hosts.tolist(), kinds, numbers, strict=True):
        now, before = arrival < came[kind], arrival < usual[kind]
        if host >= 0:
            joined[host] += persons[kind] * now
            more[host] += persons[kind] * (float(now) - float(before))
    np.testing.assert_allclose(talent, joined)
    np.testing.assert_allclose(extra, 0.1 * of.score + more, rtol=1e-12, atol=1e-15)
    staff = of.staff * np.minimum(2.0 * ratio, 0.6)
    expected = productivity_gain(0.1 * of.score, extra, staff, 0.3)
    expected = np.where(of.alive & (extra != 0.1 * of.score), expected, 0.0)
    np.testing.assert_allclose(gain, expected, rtol=1e-9, atol=1e-15)
    assert sorted(moved[:number].tolist()) == np.flatnonzero(gain).tolist()


@few
@given(columns())
def test_followers_feel_the_lead_of_their_leader(of: Columns) -> None:
    size = len(of.output)
    leader = np.where(of.uniform > 0.4, np.arange(size)[::-1] // 2, -1)
    followers = np.flatnonzero(leader >= 0)
    leaders, leads = np.unique(leader[followers], return_inverse=True)
    previous = np.where(of.share > 0.1, of.capital, 0.0)
    pull = np.full(size, 9.0)
    living = ladder_kernels.pull_of_leaders(
        leaders, followers, leads.astype(np.int32), of.alive, of.output, previous, 0.2, 0.15,
        np.empty((2, len(leaders))), pull,
    )  # fmt: skip
    assert living == np.count_nonzero(of.alive[followers])
    expected = np.where(leader >= 0, 0.0, 9.0)  # who follows nobody is not touched
    felt = np.array(
        [i for i in followers if of.alive[i] and of.alive[leader[i]] and previous[leader[i]] > 0],
        dtype=np.int64,
    )
    if len(felt):
        growth = np.log(of.output[leader[felt]] / previous[leader[felt]])
        expected[felt] = supplier_pull(
            growth, float(np.average(growth, weights=of.output[felt])), 0.2
        )
    np.testing.assert_allclose(pull, expected, rtol=1e-11, atol=1e-12)


@few
@given(columns())
def test_due_tiers_are_those_of_the_plain_rule(of: Columns) -> None:
    previous = np.where(of.uniform > 0.2, of.capital, 0.0)
    birth = 8073 - (of.uniform * 60).astype(np.int64)
    ratio, certified = 0.1 * of.share, of.score > 1.0
    due = np.empty(len(of.output), dtype=np.int16)
    ladder_kernels.due_tiers(
        of.output, previous, birth, 8073, ratio, certified,
        (STARTUP_YEARS, STARTUP_REVENUE, STARTUP_RD), (GROWTH_FLOOR, GROWTH_RATE, GROWTH_RD),
        BACKBONE_REVENUE, due,
    )  # fmt: skip
    growth = np.where(previous > 0.0, of.output / np.maximum(previous, 1.0) - 1.0, 0.0)
    plain = due_tier(of.output, growth, ratio, (8073 - birth) / 4.0, certified)
    assert due.tolist() == plain.tolist()


@few
@given(columns(), st.sampled_from(["2015Q4", "2016Q1"]))
def test_eligibility_for_certificates_is_that_of_the_plain_rule(of: Columns, when: str) -> None:
    rows, share, quarter = np.flatnonzero(of.alive), np.array([0.0, 0.3, 1.0]), quarter_index(when)
    ratio, sales, sector = 0.1 * of.share, of.output, (of.sector % 3).astype(np.int16)
    found = np.empty(len(rows))
    ladder_kernels.eligibility(
        rows, ratio, sales, sector, share, rule_of(quarter), SIZES, SOFTNESS, SMALLEST, found
    )
    plain = eligibility(ratio[rows], sales[rows], share[sector[rows]], quarter)
    np.testing.assert_allclose(found, plain, rtol=1e-13)
