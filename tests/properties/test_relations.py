"""What must not matter: a second city in the same arrays, the currency, how few firms there are."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import (
    accounting,
    credit_kernels,
    demography,
    innovation_kernels,
    investment_kernels,
    production_kernels,
)
from sim.indicators import INDICATORS
from sim.selection import awards
from sim.state import NONE
from tests.properties.cities import Columns, columns
from tests.sim.small_city import small_model

SECTORS = 4
few = settings(max_examples=20)


def beside(one: Columns, other: Columns) -> Columns:
    """Return two unlinked cities in the same arrays: the second has sectors of its own."""
    joined = {c.name: np.concatenate([getattr(one, c.name), getattr(other, c.name)])
              for c in fields(Columns)}  # fmt: skip
    joined["sector"][len(one.output) :] += SECTORS
    return Columns(**joined)


def words_of(size: int) -> Any:
    """Return four random words for each firm."""
    return np.random.default_rng(size).integers(0, 2**64, (4, size), dtype=np.uint64)


def quarter(of: Columns, words: Any, demand: Any) -> dict[str, Any]:
    """Run sector-wise loops of a quarter; return what they leave behind."""
    size, sectors = len(of.output), len(demand)
    grown, staff, offset = of.output.copy(), of.staff.copy(), 0.1 * of.score
    moved = production_kernels.grow(
        words[0], words[1], of.alive, of.sector, sectors, of.score, of.share, of.staff, of.capital,
        of.capital, 0.9 * of.capital, 0.1 * of.score, of.uniform > 0.6, of.output, of.share,
        0.02 * of.score, (0.05, 0.02), 1e8, 0.1, 0.3, of.share, 0.1, 0.2, of.score - 0.1,
        0.9 * of.share, 0.8 * of.capital, of.uniform > 0.7, 0.01 * of.score, grown,
    )  # fmt: skip
    factor = np.exp(demand) * moved[0] / np.maximum(moved[1], 1.0)
    hired, mean, workers = production_kernels.hire(
        of.alive, of.sector, factor, of.capital, of.score, 0.4, 0.3, 0.5 * demand, offset, grown,
        staff,
    )  # fmt: skip
    made, tier = factor * moved[production_kernels.GROWN], np.zeros(size, dtype=np.int16)
    position, tfp = np.empty(size), of.score.copy()
    stock, cash = of.capital.copy(), np.zeros(size)
    shift, gained, reported, _ = innovation_kernels.learn(
        words[2], of.alive, of.sector, tier, 3, mean, workers, made, of.staff, tfp, 0.1, 0.02,
        0.05, 0.05 * of.share, 1.01, of.output, 1.1, 0.96, np.flatnonzero(of.uniform > 0.6), 1.1,
        1.05, 0.02, 0.08, np.arange(0), np.zeros(0), 0.1 * of.score, position, stock, cash,
        of.output,
    )  # fmt: skip
    return {"moved": moved, "factor": factor, "hired": hired, "grown": grown, "staff": staff,
            "mean": mean, "workers": workers, "made": made, "position": position, "tfp": tfp,
            "stock": stock, "cash": cash, "shift": shift, "gained": gained,
            "reported": np.array([reported])}  # fmt: skip


@few
@given(columns(), columns())
def test_two_unlinked_cities_equal_their_sum(one: Columns, other: Columns) -> None:
    """Up to the last bits: a firm's place in the arrays decides the order of a sector's sum."""
    demand = np.array([0.02, -0.01, 0.0, 0.3])
    words = words_of(len(one.output) + len(other.output))
    cut = len(one.output)
    both = quarter(beside(one, other), words, np.concatenate([demand, -demand]))
    first = quarter(one, words[:, :cut].copy(), demand)
    second = quarter(other, words[:, cut:].copy(), -demand)
    assert both.pop("reported") == pytest.approx(first.pop("reported") + second.pop("reported"))
    for name in first:
        joined = np.concatenate([first[name], second[name]], axis=-1)
        size = max(float(np.abs(joined).max(initial=0.0)), 1.0)
        np.testing.assert_allclose(both[name], joined, rtol=1e-9, atol=1e-12 * size, err_msg=name)


def borrowed(of: Columns, factor: float) -> dict[str, Any]:
    """Let firms ask for loans, lend and invest; `factor` is the value of the currency."""
    size, price = len(of.output), 1.1 * factor
    cash, debt = factor * of.output * (of.share - 0.3), factor * of.capital * of.share
    revenue, made = factor * of.output, of.uniform > 0.3
    usual, desired, upgrade = plans = np.empty((3, size))
    lack, usually, asked, _ = requests = np.empty((4, size))
    bank = 1.1, 0.05, 0.2
    stock = investment_kernels.plan_and_ask(
        of.alive, of.alive, made, of.output, of.capital, debt, cash, revenue, 0.1 * revenue,
        of.share, 0.1 * of.score, of.share, of.uniform, (0.0, 0.0), 0.5, (0.15, 0.3, 0.4),
        (0.4, 2.0), (0.4, 0.3, 0.1, 0.05), (0.004, 0.01, 0.15, -0.8), price, bank, *plans,
    )  # fmt: skip
    wished, _ = investment_kernels.requests(
        of.alive, of.alive, made, of.capital, debt, cash, revenue, 4.0 * revenue, 0.1 * revenue,
        of.share, usual, desired, price, bank, (factor * 1e5, np.log(factor * 20e6)), *requests,
    )  # fmt: skip
    # Creditworthiness knows sizes in yuan; here all firms are graded alike in both currencies.
    (place, band), ends = np.empty((2, size), np.int16), 2 * (of.score.max(), -of.score.min())
    missing, last, share = credit_kernels.rationing(
        lack, usually, asked, of.score, ends, (0.6 * stock[3], 0.6 * stock[4]), place, band,
        np.zeros((2, credit_kernels.PLACES)),
    )  # fmt: skip
    capital = of.capital.copy()
    sums = credit_kernels.invest(
        of.alive, made, revenue, 0.1 * revenue, of.share, bank, desired, upgrade, of.uniform,
        (0.4, 0.3, 0.1, 0.05), factor * 0.01 * of.output, band, (last, share),
        (0.01, 0.3, 1.0, factor * 5e6, 0.975, 0.4, 0.1), price, cash, debt, capital,
        np.empty(size), np.empty(size),
    )  # fmt: skip
    stock = np.array([*stock[:5], wished, missing])
    money = {"lack": lack, "asked": asked, "cash": cash, "debt": debt, "sums": sums, "stock": stock}
    return {"money": money, "capital": capital}


@few
@given(columns(), st.sampled_from([2.0**-10, 0.5, 2.0**20]))
def test_credit_scales_with_the_currency(of: Columns, factor: float) -> None:
    plain, scaled = borrowed(of, 1.0), borrowed(of, factor)
    for name, amount in plain["money"].items():
        size = 1e-12 * factor * max(float(np.abs(amount).max(initial=0.0)), 1.0)
        np.testing.assert_allclose(
            scaled["money"][name], factor * amount, rtol=1e-9, atol=size, err_msg=name
        )
    np.testing.assert_allclose(scaled["capital"], plain["capital"], rtol=1e-12)


@few
@given(st.integers(0, 50), st.floats(0.0, 1e9), st.sampled_from([0.5, 2.0, 1024.0]))
def test_awards_scale_with_the_currency(firms: int, pool: float, factor: float) -> None:
    plain, scaled = awards(firms, pool, 1e6), awards(firms, factor * pool, factor * 1e6)
    np.testing.assert_allclose(scaled, factor * plain, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("left", [0, 1])
@pytest.mark.filterwarnings("error")
def test_a_city_without_firms_or_with_one_runs(left: int) -> None:
    model = small_model("base", **{"population.scale": "0.02", "end": "2019Q2"})
    state = model.state
    rows = np.flatnonzero(state.firms.alive & state.of_sector("manufacturing"))[:left]
    every = np.flatnonzero(state.firms.alive)
    gone = every[~np.isin(every, rows)]
    # Neither listed nor too large to leave.
    state.firms.listing_stage[gone], state.firms.annual_revenue[gone] = NONE, 0.0
    demography.leave(state, "exits", gone, np.zeros(len(gone)), np.ones((2, len(gone))), 1.0)
    state.arrays["demography.freed_market"][:] = 0.0  # nobody is there to take it
    assert int(state.firms.alive.sum()) == left
    for _ in model.scenario.quarters:
        model.step()
    assert max(model.gaps.values()) <= accounting.MONEY_TOLERANCE
    published = {n: i.formula(model.published, state.quarter) for n, i in INDICATORS.items()}
    assert not any(np.isinf(value) for value in published.values())
    assert published["gdp"] > 0.0
    assert published["above_scale_firms"] <= 50.0 * left  # one firm of this copy stands for fifty
    assert np.isnan(published["value_added_rate"]) or left
