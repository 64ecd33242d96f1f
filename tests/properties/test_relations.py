"""What must not matter: a second city in the same arrays, the currency, how few firms there are."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import accounting, credit_kernels, demography, innovation_kernels, production_kernels
from sim.indicators import INDICATORS
from sim.selection import awards
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


def quarter(of: Columns, sectors: int, demand: Any) -> dict[str, Any]:
    """Run the sector-wise loops of a quarter; return what they leave behind."""
    size = len(of.output)
    sums = production_kernels.sums_by_sector(of.output, of.sector, of.alive, sectors)
    grown, staff = of.output.copy(), of.staff.copy()
    production_kernels.grow(grown, of.sector, of.alive, np.exp(of.score), demand)
    production_kernels.hire(staff, np.exp(0.1 * of.score), of.sector, of.alive, 0.5 * demand)
    position, outlay, gain = np.empty((3, size))
    innovation_kernels.relative_position(
        of.score, 0.1 * of.score, of.score[::-1].copy() * 0.0, of.staff, of.sector, of.alive,
        sectors, 0.1, 0.02, 0.05, position,
    )  # fmt: skip
    stock, cash, by_sector = of.capital.copy(), np.zeros(size), np.zeros((2, sectors))
    grants = innovation_kernels.research(
        of.alive, 0.05 * of.share, of.uniform > 0.6, of.output, 1.1, of.output, of.sector,
        np.zeros(0), 0.96, 1.1, 1.05, 0.02, 0.08, stock, cash, outlay, gain, by_sector,
    )  # fmt: skip
    return {"sums": sums, "grown": grown, "staff": staff, "position": position, "stock": stock,
            "cash": cash, "by_sector": by_sector, "grants": grants}  # fmt: skip


@few
@given(columns(), columns())
def test_two_unlinked_cities_equal_their_sum(one: Columns, other: Columns) -> None:
    demand = np.array([0.02, -0.01, 0.0, 0.3])
    both = quarter(beside(one, other), 2 * SECTORS, np.concatenate([demand, -demand]))
    first, second = quarter(one, SECTORS, demand), quarter(other, SECTORS, -demand)
    for name in first:
        if name == "grants":
            assert both[name] == pytest.approx(first[name] + second[name], rel=1e-12)
        else:
            joined = np.concatenate([first[name], second[name]], axis=-1)
            assert both[name].tobytes() == joined.tobytes(), name


def borrowed(of: Columns, factor: float) -> dict[str, Any]:
    """Let firms ask for loans, spend and install; `factor` is the value of the currency."""
    size, price = len(of.output), 1.1 * factor
    cash, debt = factor * of.output * (of.share - 0.3), factor * of.capital * of.share
    due, own, usual, asked, granted, spent, owners = np.empty((7, size))
    wish = 0.05 * of.capital
    credit_kernels.requests(
        of.alive, cash, debt, factor * of.output, of.capital, of.share, 1.1, wish, 1.2 * wish,
        price, 0.2, 0.05, due, own, usual, asked,
    )  # fmt: skip
    supply = 0.6 * float(asked.sum())
    lent = credit_kernels.ration(asked, of.score, of.uniform > 0.3, supply, granted)
    total = credit_kernels.spending(
        wish, price, own, granted, 0.3, 1.0, of.uniform > 0.5, spent, owners
    )
    return {"due": due, "own": own, "asked": asked, "granted": granted, "spent": spent,
            "owners": owners, "lent": lent, "total": total}  # fmt: skip


@few
@given(columns(), st.sampled_from([2.0**-10, 0.5, 2.0**20]))
def test_credit_scales_with_the_currency(of: Columns, factor: float) -> None:
    plain, scaled = borrowed(of, 1.0), borrowed(of, factor)
    for name, amount in plain.items():
        np.testing.assert_allclose(scaled[name], factor * amount, rtol=1e-12, err_msg=name)


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
    demography.leave(state, every[~np.isin(every, rows)], "exits")
    assert int(state.firms.alive.sum()) == left
    for _ in model.scenario.quarters:
        model.step()
    assert max(model.gaps.values()) <= accounting.MONEY_TOLERANCE
    published = {n: i.formula(model.published, state.quarter) for n, i in INDICATORS.items()}
    assert not any(np.isinf(value) for value in published.values())
    assert published["gdp"] > 0.0
    assert published["above_scale_firms"] <= 50.0 * left  # one firm of this copy stands for fifty
    assert np.isnan(published["value_added_rate"]) or left
