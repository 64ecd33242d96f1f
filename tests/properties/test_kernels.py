"""Compiled loops against plain Python and against the same sums written with numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import innovation_kernels, production_kernels
from tests.properties.cities import Columns, columns

SECTORS = 4
few = settings(max_examples=25)


def by_sector(value: Any, of: Columns) -> Any:
    return np.bincount(of.sector[of.alive], value[of.alive], SECTORS)


@few
@given(columns())
def test_sums_by_sector(of: Columns) -> None:
    arguments = (of.output, of.sector, of.alive, SECTORS)
    compiled = production_kernels.sums_by_sector(*arguments)
    assert compiled.tobytes() == production_kernels.sums_by_sector.py_func(*arguments).tobytes()
    np.testing.assert_allclose(compiled, by_sector(of.output, of), rtol=1e-12)


@few
@given(columns())
def test_shocks_are_bounded_laplace_numbers_and_the_passing_part_passes(of: Columns) -> None:
    size = len(of.output)
    uniform = np.stack([of.uniform, of.uniform[::-1]])
    plain, quick = np.zeros(size), np.zeros(size)
    left, right = np.zeros(size), np.zeros(size)
    production_kernels.shocks(uniform, quick, of.share, 0.1, 0.2, right)
    production_kernels.shocks.py_func(uniform, plain, of.share, 0.1, 0.2, left)
    np.testing.assert_allclose(right, left, rtol=1e-12, atol=1e-15)
    centred = uniform - 0.5
    laplace = -np.sign(centred) * np.log1p(-2.0 * np.abs(centred))
    moved = of.share * (0.1 * laplace[0] + 0.2 * laplace[1])
    np.testing.assert_allclose(right, np.clip(moved, -1.5, 1.5), rtol=1e-9, atol=1e-12)
    # Without new shocks the passing part is taken back in full.
    production_kernels.shocks(np.full((2, size), 0.5), quick, of.share, 0.1, 0.2, right)
    np.testing.assert_allclose(
        right, np.clip(-0.2 * of.share * laplace[1], -1.5, 1.5), rtol=1e-9, atol=1e-12
    )
    assert not quick.any()


@few
@given(columns())
def test_output_of_a_sector_grows_by_its_demand_whoever_gains(of: Columns) -> None:
    base = np.array([0.02, -0.01, 0.0, 0.3])
    mean = np.zeros(SECTORS)
    grown, plain = of.output.copy(), of.output.copy()
    arguments = (of.sector, of.alive, of.score, 0.1 * of.score, 0.2 * of.share, base, 0.5, mean)
    production_kernels.grow(grown, *arguments)
    production_kernels.grow.py_func(plain, *arguments)
    np.testing.assert_allclose(grown, plain, rtol=1e-12)
    np.testing.assert_allclose(by_sector(grown, of), by_sector(of.output, of) * np.exp(base))
    assert grown[~of.alive].tolist() == of.output[~of.alive].tolist()


@few
@given(columns())
def test_a_fitter_firm_never_grows_less_than_its_equal(of: Columns) -> None:
    twice = of.paired()
    better = twice.score.copy()
    better[len(of.score) :] += 0.3
    size, nothing = len(better), np.zeros(len(better))
    grown = twice.output.copy()
    production_kernels.grow(
        grown, twice.sector, twice.alive, better, nothing, nothing, np.zeros(SECTORS), 0.5,
        np.zeros(SECTORS),
    )  # fmt: skip
    first, second = grown[: size // 2], grown[size // 2 :]
    assert (second >= first)[of.alive].all()


@few
@given(columns())
def test_hiring_moves_a_sectors_total_as_asked(of: Columns) -> None:
    move = np.array([0.0, 0.03, -0.05, 0.01])
    staff, plain = of.staff.copy(), of.staff.copy()
    arguments = (np.zeros(0), of.sector, of.alive, move, 0.4, 0.3)
    offset = production_kernels.hire(of.output, of.score, of.capital, staff, *arguments)
    again = production_kernels.hire.py_func(of.output, of.score, of.capital, plain, *arguments)
    np.testing.assert_allclose(staff, plain, rtol=1e-12)
    np.testing.assert_allclose(offset, again, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(by_sector(staff, of), by_sector(of.staff, of) * np.exp(move))
    assert not staff[~of.alive].any()


@few
@given(columns())
def test_advance_and_since_last_leave_chance_out(of: Columns) -> None:
    chance = of.score
    level, last = of.score + 0.01 + chance, of.score
    found = production_kernels.advance(
        level, last, chance, of.output, of.sector, of.alive, SECTORS
    )
    np.testing.assert_allclose(found, 0.01 * by_sector(of.output, of), rtol=1e-6, atol=1e-9)
    sums = production_kernels.since_last(
        level, 1.1 * of.capital, last, of.capital, chance, of.staff, of.sector, of.alive, SECTORS
    )
    working = by_sector(np.where(of.staff > 0.0, of.staff, 0.0), of)
    np.testing.assert_allclose(sums[0], working)
    np.testing.assert_allclose(sums[1], 0.01 * working, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(sums[3], 1.1 * sums[2])


def settled(of: Columns, factor: float = 1.0, kernel: Any = None) -> tuple[Any, Columns, Any]:
    """Settle a quarter's accounts; `factor` scales every amount of yuan."""
    size = len(of.output)
    book = {name: np.zeros(size) for name in ("revenue", "value_added", "annual", "profit", "tax")}
    cash = factor * of.score
    sums = (kernel or production_kernels.settle)(
        of.alive, np.array([False, True, False, False]), of.sector, factor * of.output, of.share,
        of.staff, factor * np.full(size, 2e4), factor * of.capital, factor * of.capital,
        of.uniform * 1e-5 / factor, of.uniform > 0.5, np.where(of.uniform > 0.3, 1, -1),
        book["revenue"], book["value_added"], book["annual"], book["profit"], book["tax"], cash,
        np.array([1.0, 1.0, 1.1, 1.2, 1.5]), 1.05, 0.01, -0.005, 0.03, 0.012, 0.004,
        factor * 1500.0, 0.02, np.array([0.25, 0.15]), 0.3,
    )  # fmt: skip
    return sums, of, (book, cash - factor * of.score)


@few
@given(columns())
def test_what_firms_keep_is_what_they_receive_less_what_they_pay(of: Columns) -> None:
    sums, _, (book, kept) = settled(of)
    named = dict(zip(production_kernels.ACCOUNT, sums, strict=True))
    paid = sum(amount for name, amount in named.items() if name != "revenue")
    scale = max(float(named["revenue"]), 1.0)
    assert float(kept.sum()) == pytest.approx(named["revenue"] - paid, abs=1e-9 * scale)
    assert named["revenue"] == pytest.approx(float(book["revenue"].sum()))
    assert named["tax"] == pytest.approx(float(book["tax"].sum()))
    assert (book["value_added"] <= book["revenue"]).all()
    for values in book.values():
        assert not values[~of.alive].any()
    plain, _, (other, _) = settled(of, kernel=production_kernels.settle.py_func)
    np.testing.assert_allclose(sums, plain, rtol=1e-12)
    np.testing.assert_allclose(book["profit"], other["profit"], rtol=1e-9, atol=1e-6)


@few
@given(columns(), st.sampled_from([0.001, 7.0, 1e4]))
def test_accounts_scale_with_the_currency(of: Columns, factor: float) -> None:
    sums, _, (book, kept) = settled(of)
    scaled, _, (other, more) = settled(of, factor)
    scale = max(float(sums[0]), 1.0)
    np.testing.assert_allclose(scaled, factor * sums, rtol=1e-9, atol=1e-9 * factor * scale)
    for name, values in book.items():
        np.testing.assert_allclose(other[name], factor * values, rtol=1e-9, atol=1e-9 * factor)
    np.testing.assert_allclose(more, factor * kept, rtol=1e-6, atol=1e-6 * factor)


@few
@given(columns(), st.randoms(use_true_random=False))
def test_permuting_firms_permutes_results_only(of: Columns, chance: Any) -> None:
    order = list(range(len(of.output)))
    chance.shuffle(order)
    shuffled = of.taken(np.array(order))
    sums, _, (book, _) = settled(of)
    again, _, (other, _) = settled(shuffled)
    np.testing.assert_allclose(again, sums, rtol=1e-9)
    for name, values in book.items():
        assert other[name].tobytes() == values[order].tobytes()


@few
@given(columns())
def test_luck_and_imitation_do_not_move_a_sectors_mean(of: Columns) -> None:
    position, plain = np.empty(len(of.score)), np.empty(len(of.score))
    arguments = (of.score, 0.1 * of.score, of.uniform, of.staff, of.sector, of.alive, SECTORS,
                 0.1, 0.02, 0.05)  # fmt: skip
    innovation_kernels.relative_position(*arguments, position)
    innovation_kernels.relative_position.py_func(*arguments, plain)
    np.testing.assert_allclose(position, plain, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(by_sector(of.staff * position, of), 0.0, atol=1e-6)
    assert not position[~of.alive].any()
    gap = np.empty(len(of.score))
    innovation_kernels.gaps(of.score, of.staff, of.sector, of.alive, SECTORS, gap)
    np.testing.assert_allclose(by_sector(of.staff * gap, of), 0.0, atol=1e-6)


@few
@given(columns(), st.floats(0.0, 0.5), st.floats(0.0, 0.5))
def test_digital_levels_stay_possible_and_rise_with_the_pace(
    of: Columns, pace: float, usual: float
) -> None:
    level, slower = of.share.copy(), of.share.copy()
    gain, none = np.empty(len(level)), np.empty(len(level))
    spread = innovation_kernels.spread_digital
    extra = spread(level, of.alive, of.output, of.alive, pace, usual, 0.1, 0.0, gain)
    spread(slower, of.alive, of.output, of.alive, usual, usual, 0.1, 0.0, none)
    assert ((level >= 0.0) & (level <= 0.98)).all()
    assert not none.any()
    assert np.sign(gain[of.alive]).tolist() == [np.sign(pace - usual)] * int(of.alive.sum())
    if of.alive.any():
        assert (level >= slower).all() if pace >= usual else (level <= slower).all()
        assert np.sign(extra) == np.sign(pace - usual)
