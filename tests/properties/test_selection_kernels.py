"""Compiled loops of draws by weight against numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.project_kernels import take_turns
from sim.rng import STRETCH, KeyedRandom
from sim.selection import chosen_by_weight, largest_first, weighted_order
from sim.selection_kernels import place_lots, soonest
from tests.properties.cities import Columns, columns

few = settings(max_examples=25)


@few
@given(columns(), st.integers(1, 400))
def test_those_that_wait_the_shortest_exponential_times(of: Columns, number: int) -> None:
    keyed, ids = KeyedRandom(7, 1), np.arange(len(of.output)) + 5
    weights = np.where(of.uniform > 0.3, of.share, 0.0)
    chosen = np.flatnonzero(weights > 0.0)
    table, waits = np.empty((4, len(ids) + 1), np.int64), np.empty((2, len(ids) + 1))
    words, key = np.empty((4, STRETCH), np.uint64), keyed.key("test")
    found, ordered = soonest(ids, weights, number, 8073, key, words, table, waits)
    first, waits = table[0], waits[0]
    if ordered:
        assert table[1, :found].tolist() == waits[:found].argsort(kind="stable").tolist()
    assert min(number, len(chosen)) <= found <= len(chosen)
    wanted = -np.log(keyed.uniforms("test", ids[chosen], 8073)[0]) / weights[chosen]
    place = np.searchsorted(chosen, first[:found])
    assert chosen[place].tolist() == first[:found].tolist()
    np.testing.assert_allclose(waits[:found], wanted[place], rtol=1e-12)
    # Nobody who is left out comes sooner than the first `number` of those that are kept.
    out = np.delete(wanted, place)
    if len(out):
        assert np.sort(waits[:found])[number - 1] <= out.min()


@few
@given(st.integers(1, 400), st.integers(1, 190), st.sampled_from([0.0, 1.0, 12.0]))
def test_draws_of_even_and_of_very_uneven_weights(size: int, number: int, spread: float) -> None:
    keyed, ids = KeyedRandom(7, 1), np.arange(size) + 5
    weights = 10.0 ** (-spread * keyed.uniforms("weights", ids)[0])
    waits = -np.log(keyed.uniforms("test", ids, 8073)[0]) / weights
    found = weighted_order(keyed, "test", ids, ids, weights, 8073, number)
    assert found.tolist() == ids[waits.argsort()[:number]].tolist()
    alike = chosen_by_weight(keyed, "test", ids, ids, weights, 8073, number)
    assert alike.tolist() == sorted(found.tolist())


@few
@given(
    st.lists(st.floats(-1e300, 1e300) | st.integers(0, 3), min_size=1, max_size=60),
    st.integers(1, 70),
)
def test_the_largest_of_any_values(values: list[float], number: int) -> None:
    given_values = np.array(values, dtype=np.float64)
    whole = (-given_values).argsort(kind="stable")
    assert largest_first(given_values, number).tolist() == whole[:number].tolist()


@pytest.mark.parametrize("gap", [5e-324, 1e-307, 1e-300])
def test_the_largest_of_values_next_to_each_other(gap: float) -> None:
    assert largest_first(np.array([0.0, gap, 0.0, 2.0 * gap]), 2).tolist() == [3, 1]


def test_a_weight_that_is_no_number_does_not_stop_a_draw() -> None:
    ids = np.arange(50)
    for odd in (np.nan, np.inf):
        weights = np.ones(50)
        weights[7] = odd
        found = weighted_order(KeyedRandom(7, 1), "test", ids, ids, weights, 0, 3)
        assert len(set(found.tolist())) == 3
        assert (7 in found) == (odd == np.inf)


@few
@given(
    st.lists(st.floats(0.0, 9.0), min_size=1, max_size=40),
    st.lists(st.floats(0.0, 1.0), max_size=40),
)
def test_lots_are_placed_as_by_searchsorted(weights: list[float], lots: list[float]) -> None:
    edges, drawn = np.cumsum(weights), np.array(lots)
    index = np.empty(len(drawn), np.int64)
    place_lots(edges, drawn, edges[-1], index)
    wanted = np.minimum(np.searchsorted(edges, edges[-1] * drawn), len(edges) - 1)
    assert index.tolist() == wanted.tolist()


@few
@given(columns(), st.floats(0.0, 1e12))
def test_plants_take_their_market_from_the_others(of: Columns, wanted: float) -> None:
    firms, output = np.union1d(np.flatnonzero(of.alive), [0]), of.output.copy()
    one_sector, sums = np.zeros(len(output), np.int16), np.empty((2, 1))
    own, taken = np.empty((2, 1))
    take_turns(
        firms, np.array([0]), one_sector, np.array([wanted]), True, 0.5, output, sums, own, taken
    )
    others = firms[firms != 0]
    total = float(of.output[others].sum())
    share = min(wanted / total, 0.5) if total > 0.0 else 0.0
    expected = of.output.copy()
    expected[others] *= 1.0 - share
    expected[0] += wanted
    np.testing.assert_allclose(output, expected, rtol=1e-12)
    np.testing.assert_allclose(taken, [share * total], rtol=1e-12)
