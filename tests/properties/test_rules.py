"""Pure halves of the rules: what must hold for any numbers they can be given."""

from __future__ import annotations

import math
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.bureau import KEEP_SHARE, next_roster
from sim.decomposition import decompose
from sim.demography import quarterly_probability
from sim.energy import price_response
from sim.innovation import diffusion_pace, research_factor
from sim.levers import LEVERS, Lever
from sim.margins import largest_remainder, scale_above
from sim.parameters import PARAMETERS
from sim.policy import NEUTRAL, NUMERIC_CLAUSES, carried_out, shares_carried_out, terms_in_force
from sim.population import THRESHOLD
from sim.rng import KeyedRandom
from sim.selection import awards, joined, largest_first, rationed
from tests.properties.cities import Columns, columns
from tests.sim.small_city import city_of

shares = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12).filter(lambda x: sum(x) > 1e-6)
unit = st.floats(0.0, 1.0)
rate = st.floats(-0.2, 0.2)


# Splitting -----------------------------------------------------------------------------------


@given(st.integers(0, 10**7), shares)
def test_largest_remainder_adds_up_and_stays_within_one_of_exact(
    total: int, parts: list[float]
) -> None:
    weights = np.array(parts)
    found = largest_remainder(total, weights)
    exact = total * weights / weights.sum()
    assert found.sum() == total
    assert (found >= 0).all()
    assert (np.abs(found - exact) < 1.0 + 1e-6).all()
    assert not found[weights == 0.0].any() or total <= len(parts)


@given(shares, st.floats(0.0, 10.0), st.floats(0.0, 1e4))
def test_sizes_above_a_floor_add_up(excess: list[float], floor: float, total: float) -> None:
    sizes = scale_above(np.array(excess), floor, np.array([total]), np.array([len(excess)]))
    assert (sizes >= floor).all()
    assert sizes.sum() == pytest.approx(max(total, floor * len(excess)))
    twice = scale_above(
        np.array([2.0, *excess]), floor, np.array([total, total]), np.array([1, len(excess)])
    )
    np.testing.assert_allclose(twice[1:], sizes)
    assert twice[0] == pytest.approx(max(total, floor))


@given(st.integers(0, 20), st.floats(0.0, 1e9), st.floats(1.0, 1e8))
def test_awards_spend_the_pool_and_more_money_takes_from_nobody(
    places: int, pool: float, ticket: float
) -> None:
    paid = awards(places, pool, ticket)
    assert paid.sum() == pytest.approx(pool if places else 0.0)
    assert (np.diff(paid) <= 0.0).all()
    assert (awards(places, 1.5 * pool, ticket) >= paid - 1e-6 * ticket).all()
    first = places // 2
    assert (awards(places, pool, ticket, first) == paid[:first]).all()


@given(st.lists(st.integers(0, 30), max_size=200), st.integers(0, 60))
def test_the_largest_are_those_of_a_full_stable_sort(values: list[int], number: int) -> None:
    """Ties, of which there are many here, go by position."""
    given_values = np.array(values, dtype=np.float64)
    whole = np.argsort(-given_values, kind="stable")
    assert largest_first(given_values, number).tolist() == whole[:number].tolist()


@given(st.lists(st.integers(0, 50)), st.lists(st.integers(0, 50)))
def test_joined_rows_are_the_union(rows: list[int], others: list[int]) -> None:
    both = joined(np.array(rows, dtype=np.int64), np.array(others, dtype=np.int64))
    assert both.tolist() == sorted({*rows, *others})


@given(columns(), st.floats(0.0, 1.2))
def test_rationing_grants_no_more_than_asked_or_supplied(of: Columns, fraction: float) -> None:
    supply = fraction * float(of.output.sum())
    granted = rationed(of.output, of.score, supply)
    assert (granted <= of.output).all()
    assert (granted >= 0.0).all()
    assert granted.sum() == pytest.approx(min(supply, float(of.output.sum())), rel=1e-9, abs=1e-3)
    more = rationed(of.output, of.score, 1.1 * supply)
    assert (more >= granted * (1.0 - 1e-9)).all()


# Bureau --------------------------------------------------------------------------------------


@given(columns(), st.lists(st.floats(0.0, 4e7), min_size=30, max_size=30))
def test_roster_has_hysteresis(of: Columns, sizes: list[float]) -> None:
    count = len(of.output)
    revenue, was = np.array(sizes[:count]), of.uniform > 0.5
    now = next_roster(was, revenue, of.alive)
    assert now[of.alive & (revenue >= THRESHOLD)].all()
    assert not now[~of.alive].any()
    assert not now[revenue < KEEP_SHARE * THRESHOLD].any()
    between = of.alive & (revenue >= KEEP_SHARE * THRESHOLD) & (revenue < THRESHOLD)
    assert now[between].tolist() == was[between].tolist()
    assert next_roster(now, revenue, of.alive).tolist() == now.tolist()


@given(columns(), columns())
def test_decomposition_adds_up_to_the_change_of_the_intensity(
    before: Columns, after: Columns
) -> None:
    size = min(len(before.output), len(after.output))
    present = (before.alive[:size].copy(), after.alive[:size].copy())
    present[0][0] = present[1][0] = True  # one firm stays, or there is nothing to compare
    use = tuple(
        np.where(here, of.staff[:size], 0.0)
        for of, here in zip((before, after), present, strict=True)
    )
    value = tuple(
        np.where(here, of.output[:size], 0.0)
        for of, here in zip((before, after), present, strict=True)
    )
    sector = before.sector[:size]
    stay = present[0] & present[1] & (value[0] > 0.0) & (value[1] > 0.0)
    used, made = (
        np.stack([np.bincount(sector[stay], column[stay], 4) for column in of])
        for of in (use, value)
    )
    before, now = ([float(of[time].sum()) for of in (value, use)] for time in (0, 1))
    effects = decompose(np.array(before), np.array(now), np.stack([made, used], axis=1))
    change = math.log(use[1].sum() / value[1].sum()) - math.log(use[0].sum() / value[0].sum())
    assert effects.sum() == pytest.approx(change, abs=1e-9)
    kept = np.stack([used[[0, 0]], used[[0, 0]] * [[1.0], [2.0]]], axis=1)
    doubled = decompose(*kept.sum(axis=2), kept)
    assert doubled[0] == pytest.approx((0.0, math.log(2.0), 0.0), abs=1e-9)
    assert decompose(np.ones(2), np.ones(2), np.zeros((2, 2, 4))).tolist() == [[0.0, 0.0, 0.0]]


# Hazards and responses -----------------------------------------------------------------------


@given(st.floats(0.0, 50.0), st.floats(0.0, 5.0))
def test_quarterly_probability_is_a_probability_and_compounds(first: float, more: float) -> None:
    chance = float(quarterly_probability(first))
    assert 0.0 <= chance <= 1.0
    assert float(quarterly_probability(first + more)) >= chance
    assert (1.0 - chance) ** 4 == pytest.approx(math.exp(-first), abs=1e-12)


@given(st.floats(0.2, 5.0), st.floats(0.2, 5.0), st.floats(-1.0, -0.01))
def test_a_higher_energy_price_never_raises_intensity(
    price: float, reference: float, elasticity: float
) -> None:
    response = price_response(price, reference, elasticity)
    assert response * (price - reference) <= 0.0
    assert price_response(price, price, elasticity) == 0.0


@given(st.floats(0.0, 0.5), st.floats(0.0, 0.5), unit, unit)
def test_a_grant_beyond_the_usual_raises_research_and_the_usual_none(
    grant: float, usual: float, elasticity: float, relabelled: float
) -> None:
    found = research_factor(grant, usual, elasticity, relabelled)
    assert (found - 1.0) * (grant - usual) >= 0.0
    assert research_factor(usual, usual, elasticity, relabelled) == 1.0
    assert found <= research_factor(max(grant, usual), usual, elasticity, 0.0) + 1e-15


@given(st.floats(0.0, 2.0), st.floats(0.2, 1.0), st.floats(0.0, 3.0))
def test_cheaper_adoption_is_never_slower(pace: float, factor: float, elasticity: float) -> None:
    assert diffusion_pace(pace, factor, elasticity) >= diffusion_pace(pace, 1.0, elasticity)


# Levers and terms ----------------------------------------------------------------------------


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), unit)
def test_what_is_carried_out_lies_between_before_and_intended(
    intended: float, before: float, factor: float
) -> None:
    value = carried_out(intended, before, factor)
    low, high = sorted((before, intended))
    assert low - 1e-9 <= value <= high + 1e-9
    assert carried_out(before, before, factor) == before
    assert carried_out(intended, before, 0.0) == before


@given(st.integers(1, 30), unit, unit, st.integers(0, 50))
def test_coordination_and_assessment_never_lower_implementation(
    clause: int, together: float, review: float, member: int
) -> None:
    drawn = {name: PARAMETERS[name].central for name in PARAMETERS}
    random = KeyedRandom(1, member)
    factor = shares_carried_out([clause], together, review, drawn, random)[clause]
    assert 0.0 <= factor <= 1.0
    for more in ((1.0, review), (together, 1.0)):
        assert shares_carried_out([clause], *more, drawn, random)[clause] >= factor - 1e-12


@given(st.integers(1, 30), unit, st.integers(0, 50), st.floats(0.05, 0.97))
def test_gains_that_close_the_whole_gap_leave_nothing_to_luck(
    clause: int, other: float, member: int, mean: float
) -> None:
    drawn = {name: PARAMETERS[name].central for name in PARAMETERS}
    drawn |= {"coordination_gain": 1.0, "assessment_gain": 1.0, "implementation_mean": mean}
    random = KeyedRandom(1, member)
    assert shares_carried_out([clause], 1.0, other, drawn, random)[clause] == 1.0
    if clause in NUMERIC_CLAUSES:
        assert shares_carried_out([clause], other, 1.0, drawn, random)[clause] == 1.0


@given(st.integers(1, 29), st.integers(0, 50))
def test_each_clause_has_a_luck_of_its_own(clause: int, member: int) -> None:
    drawn = {name: PARAMETERS[name].central for name in PARAMETERS}
    random = KeyedRandom(1, member)
    one, other = shares_carried_out([clause, clause + 1], 0.0, 0.0, drawn, random).values()
    assert one != other


@given(st.sampled_from(list(LEVERS.values())), unit)
def test_a_lever_sets_its_own_terms_and_no_others(lever: Lever, position: float) -> None:
    priors = {name: prior.central for name, prior in city_of().priors.items()}
    drawn = MappingProxyType({n: p.central for n, p in PARAMETERS.items()} | priors)
    value = lever.low + position * (lever.high - lever.low)
    keys = {(lever.name, part): value for part in lever.classes or ("",)}
    terms = terms_in_force(keys, drawn)
    given_value = (value,) * len(lever.classes) if lever.classes else value
    own = lever.effect(given_value, drawn)
    for field, neutral in vars(NEUTRAL).items():
        expected = own[field] if field in own and value != lever.neutral else neutral
        assert getattr(terms, field) == expected
    neutral_too = {
        (other.name, part): other.neutral
        for other in LEVERS.values()
        for part in other.classes or ("",)
    }
    assert terms_in_force(neutral_too | keys, drawn) == terms
