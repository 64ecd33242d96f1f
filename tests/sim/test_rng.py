"""Keyed random numbers: equal to numpy's Philox, independent of who else draws."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Philox

from sim.rng import KeyedRandom, philox, philox_in_rows, stream_key

WORD = 2**64


def numpy_uniform(seed: int, member: int, stream: str, agent: int, quarter: int) -> list[float]:
    """Four uniforms of numpy's generator, which counts up once before its first block."""
    counter = (agent + quarter * WORD - 1) % 2**256
    key = np.array([seed, (member << 32) | stream_key(stream)], dtype=np.uint64)
    words = Philox(key=key, counter=counter).random_raw(4)
    return [((int(word) >> 11) + 0.5) / 2**53 for word in words]


@given(
    seed=st.integers(0, WORD - 1),
    member=st.integers(0, 2**32 - 1),
    agent=st.integers(0, 2**62),
    quarter=st.integers(0, 10_000),
)
def test_equal_bit_by_bit_to_numpy(seed: int, member: int, agent: int, quarter: int) -> None:
    ours = KeyedRandom(seed, member).uniforms("a/b", np.array([agent]), quarter, 4)[:, 0]
    assert ours.tolist() == numpy_uniform(seed, member, "a/b", agent, quarter)


def test_a_firm_draws_the_same_alone_or_in_a_crowd() -> None:
    """Crowds are drawn for 22 at a time, the rest one by one."""
    random = KeyedRandom(7, 3)
    crowd = random.uniforms("x", np.arange(1001), 8072, 9)
    for firm in (0, 15, 16, 21, 417, 1000):
        alone = random.uniforms("x", np.array([firm]), 8072, 9)
        assert alone[:, 0].tolist() == crowd[:, firm].tolist()
    shuffled = np.random.default_rng(0).permutation(1001)
    assert np.array_equal(random.uniforms("x", shuffled, 8072, 9), crowd[:, shuffled])


DRAWN = """
import numpy as np
from sim.rng import KeyedRandom
print(KeyedRandom(7, 3).uniforms("x", np.arange(50) << 40, 8072, 4).tolist())
"""


def test_another_processor_draws_the_same(tmp_path: Path) -> None:
    """Products of 52 bits are taken where the processor has them, of 32 bits elsewhere."""
    other = {
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CPU_FEATURES": "",
        "NUMBA_CACHE_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", DRAWN], env=os.environ | other, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    ours = KeyedRandom(7, 3).uniforms("x", np.arange(50) << 40, 8072, 4)
    assert json.loads(done.stdout) == ours.tolist()


def test_streams_members_and_quarters_differ() -> None:
    ids = np.arange(200)
    base = KeyedRandom(7, 3).uniforms("x", ids, 1)
    others = [
        KeyedRandom(8, 3).uniforms("x", ids, 1),
        KeyedRandom(7, 4).uniforms("x", ids, 1),
        KeyedRandom(7, 3).uniforms("y", ids, 1),
        KeyedRandom(7, 3).uniforms("x", ids, 2),
    ]
    for other in others:
        assert abs(np.corrcoef(base[0], other[0])[0, 1]) < 0.25
        assert not np.any(base == other)


def test_more_draws_keep_the_first_ones() -> None:
    random = KeyedRandom(1, 1)
    ids = np.arange(10)
    assert np.array_equal(random.uniforms("x", ids, 0, 9)[:2], random.uniforms("x", ids, 0, 2))


def test_laplace_and_poisson_have_their_moments() -> None:
    random = KeyedRandom(20180411, 0)
    ids = np.arange(200_000)
    laplace = random.laplaces("l", ids)[0]
    assert abs(laplace.mean()) < 0.02
    assert abs(laplace.var() - 2.0) < 0.05
    counts = random.poissons("p", np.full(len(ids), 3.0), ids)
    assert abs(counts.mean() - 3.0) < 0.02
    assert abs(counts.var() - 3.0) < 0.06


def test_poisson_rises_with_its_mean_draw_by_draw() -> None:
    random = KeyedRandom(5, 0)
    ids = np.arange(5000)
    low = random.poissons("p", np.full(5000, 2.0), ids)
    assert random.poisson("p", 2.0, 17) == low[17]
    with pytest.raises(ValueError, match="4999 means for 5000 ids"):
        random.poissons("p", np.full(4999, 2.0), ids)
    high = random.poissons("p", np.full(5000, 2.5), ids)
    assert np.all(high >= low)
    assert high.sum() > low.sum()


WORDS = st.integers(0, WORD - 1)


@given(WORDS, st.integers(0, 2**31 - 1), WORDS, WORDS)
def test_products_of_halves_give_the_same_words(
    agent: int, quarter: int, key_0: int, key_1: int
) -> None:
    zero, keys = np.uint64(0), (np.uint64(key_0), np.uint64(key_1))
    whole = philox(np.uint64(agent), np.uint64(quarter), zero, zero, *keys)
    assert philox_in_rows(np.uint64(agent), quarter, *keys) == whole
