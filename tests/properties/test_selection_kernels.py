"""Compiled loops of draws by weight against numpy."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.project_kernels import make_way
from sim.rng import KeyedRandom
from sim.selection_kernels import place_lots, race
from tests.properties.cities import Columns, columns

few = settings(max_examples=25)


@few
@given(columns())
def test_candidates_wait_exponential_times(of: Columns) -> None:
    keyed, ids = KeyedRandom(7, 1), np.arange(len(of.output)) + 5
    weights = np.where(of.uniform > 0.3, of.share, 0.0)
    taken, waits = np.empty(len(ids) + 1, np.int64), np.empty(len(ids) + 1)
    found = race(ids, weights, 8073, keyed.key("test"), taken, waits)
    chosen = np.flatnonzero(weights > 0.0)
    assert taken[:found].tolist() == chosen.tolist()
    wanted = np.log(keyed.uniforms("test", ids[chosen], 8073)[0]) / weights[chosen]
    np.testing.assert_allclose(waits[:found], wanted, rtol=1e-12)


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
    rivals, output = np.flatnonzero(of.alive), of.output.copy()
    taken = make_way(rivals, 0, wanted, 0.5, output)
    others = rivals[rivals != 0]
    total = float(of.output[others].sum())
    share = min(wanted / total, 0.5) if total > 0.0 else 0.0
    expected = of.output.copy()
    expected[others] *= 1.0 - share
    np.testing.assert_allclose(output, expected, rtol=1e-12)
    np.testing.assert_allclose(taken, share * total, rtol=1e-12)
