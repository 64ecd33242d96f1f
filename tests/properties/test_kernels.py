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
def test_the_passing_part_of_a_shock_passes(of: Columns) -> None:
    size = len(of.output)
    luck = np.stack([of.score, of.score[::-1]])
    kernel = production_kernels.shocks
    plain, quick, left, right = np.zeros((4, size))
    kernel(luck, quick, of.share, 0.1, 0.2, right)
    kernel.py_func(luck, plain, of.share, 0.1, 0.2, left)
    np.testing.assert_allclose(right, left, rtol=1e-12, atol=1e-15)
    moved = of.share * (0.1 * luck[0] + 0.2 * luck[1])
    np.testing.assert_allclose(right, np.clip(moved, -1.5, 1.5), rtol=1e-9, atol=1e-12)
    # Without new shocks the passing part is taken back in full.
    kernel(np.zeros((2, size)), quick, of.share, 0.1, 0.2, right)
    np.testing.assert_allclose(right, -0.2 * of.share * luck[1], rtol=1e-9, atol=1e-12)
    assert not quick.any()


@few
@given(columns())
def test_output_of_a_sector_grows_by_its_demand_whoever_gains(of: Columns) -> None:
    base = np.array([0.02, -0.01, 0.0, 0.3])
    grown, plain = of.output.copy(), of.output.copy()
    arguments = (of.sector, of.alive, np.exp(of.score), base)
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
    pressed, grown = np.empty(size), twice.output.copy()
    production_kernels.pressure(
        better, np.zeros(SECTORS), twice.sector, 0.5, nothing, nothing, pressed
    )
    np.testing.assert_allclose(pressed, 0.5 * better, rtol=1e-12)
    production_kernels.grow(grown, twice.sector, twice.alive, np.exp(pressed), np.zeros(SECTORS))
    first, second = grown[: size // 2], grown[size // 2 :]
    assert (second > first)[of.alive].all()


@few
@given(columns())
def test_pulls_add_up_purchases_exports_and_leaders(of: Columns) -> None:
    size = len(of.output)
    certified, small = of.uniform > 0.5, 1e8
    felt, chain = 0.01 * of.share, 0.02 * of.score
    pull, score = np.empty((2, size))
    pulled, scored = production_kernels.pulls(
        certified, 0.05, felt, of.capital, small, 0.1, of.share, chain, of.score, of.share,
        of.output, of.sector, of.alive, SECTORS, pull, score,
    )  # fmt: skip
    expected = np.where(certified, 0.05, 0.0) - felt + chain
    expected += np.where(of.capital < small, 0.1 * of.share, 0.0)
    np.testing.assert_allclose(pull, expected, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(score, of.score + of.share, rtol=1e-12)
    np.testing.assert_allclose(pulled, by_sector(of.output * pull, of), rtol=1e-9, atol=1e-3)
    np.testing.assert_allclose(scored, by_sector(of.output * score, of), rtol=1e-9, atol=1e-3)


@few
@given(columns())
def test_hiring_moves_a_sectors_total_as_asked(of: Columns) -> None:
    move = np.array([0.0, 0.03, -0.05, 0.01])
    staff, plain = of.staff.copy(), of.staff.copy()
    arguments = (np.exp(0.1 * of.score), of.sector, of.alive, move)
    production_kernels.hire(staff, *arguments)
    production_kernels.hire.py_func(plain, *arguments)
    np.testing.assert_allclose(staff, plain, rtol=1e-12)
    np.testing.assert_allclose(by_sector(staff, of), by_sector(of.staff, of) * np.exp(move))
    assert not staff[~of.alive].any()


@few
@given(columns())
def test_a_firm_is_laid_out_for_its_staff_and_misses_hands_when_output_grows(of: Columns) -> None:
    logs = np.log(np.stack([of.output, of.capital, of.staff]))
    change = np.empty(len(of.staff))
    kernel = production_kernels.labour_gaps
    offset = kernel(logs, of.score, np.zeros(0), 0.4, 0.3, change)
    assert not change.any()
    np.testing.assert_allclose(
        offset, kernel.py_func(logs, of.score, np.zeros(0), 0.4, 0.3, change), rtol=1e-12
    )
    logs[0] += 0.06
    assert kernel(logs, of.score, offset, 0.4, 0.3, change).tolist() == offset.tolist()
    np.testing.assert_allclose(change, 0.3 * 0.06 / 0.6, rtol=1e-9)


@few
@given(columns())
def test_advance_and_since_last_leave_chance_out(of: Columns) -> None:
    chance = of.score
    level, last = of.score + 0.01 + chance, of.score
    found = production_kernels.advance(level, last, chance, of.output, of.sector, of.alive, SECTORS)
    np.testing.assert_allclose(found, 0.01 * by_sector(of.output, of), rtol=1e-6, atol=1e-9)
    sums = production_kernels.since_last(
        level, 1.1 * of.capital, last, of.capital, chance, of.staff, of.sector, of.alive, SECTORS
    )
    np.testing.assert_allclose(sums[0], by_sector(of.staff, of))
    np.testing.assert_allclose(sums[1], 0.01 * by_sector(of.staff, of), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(sums[3], 1.1 * sums[2])


def settled(of: Columns, factor: float = 1.0, kernel: Any = None) -> tuple[Any, Any, Any]:
    """Settle a quarter; `factor` scales every yuan. Returns sums, books and changes of cash."""
    size = len(of.output)
    book = {name: np.zeros(size) for name in ("revenue", "value_added", "annual", "profit", "tax")}
    cash = np.zeros(size)
    sums = (kernel or production_kernels.settle)(
        of.alive, np.array([False, True, False, False]), of.sector, factor * of.output, of.share,
        of.staff, factor * np.full(size, 2e4), factor * of.capital, factor * of.capital,
        of.uniform * 1e-5 / factor, of.uniform > 0.5, np.where(of.uniform > 0.3, 1, -1),
        book["revenue"], book["value_added"], book["annual"], book["profit"], book["tax"], cash,
        np.array([1.0, 1.0, 1.1, 1.2, 1.5]), 1.05, 0.01, -0.005, 0.03, 0.012, 0.004,
        factor * 1500.0, 0.02, np.array([0.25, 0.15]), 0.3,
    )  # fmt: skip
    return sums, book, cash


@few
@given(columns())
def test_what_firms_keep_is_what_they_receive_less_what_they_pay(of: Columns) -> None:
    sums, book, kept = settled(of)
    named = dict(zip(production_kernels.ACCOUNT, sums, strict=True))
    paid = sum(amount for name, amount in named.items() if name != "revenue")
    turnover = max(float(named["revenue"] + paid), 1.0)
    assert float(kept.sum()) == pytest.approx(named["revenue"] - paid, abs=1e-9 * turnover)
    assert named["revenue"] == pytest.approx(float(book["revenue"].sum()))
    assert named["tax"] == pytest.approx(float(book["tax"].sum()))
    assert (book["value_added"] <= book["revenue"]).all()
    for values in (*book.values(), kept):
        assert not values[~of.alive].any()
    plain, other, _ = settled(of, kernel=production_kernels.settle.py_func)
    np.testing.assert_allclose(sums, plain, rtol=1e-12)
    np.testing.assert_allclose(book["profit"], other["profit"], rtol=1e-9, atol=1e-6)


@few
@given(columns(), st.sampled_from([0.001, 7.0, 1e4]))
def test_accounts_scale_with_the_currency(of: Columns, factor: float) -> None:
    sums, book, kept = settled(of)
    scaled, other, more = settled(of, factor)
    size = 1e-12 * factor * max(float(sums.sum()), 1.0)
    np.testing.assert_allclose(scaled, factor * sums, rtol=1e-9, atol=size)
    np.testing.assert_allclose(more, factor * kept, rtol=1e-9, atol=size)
    for name, values in book.items():
        np.testing.assert_allclose(other[name], factor * values, rtol=1e-9, atol=size)


@few
@given(columns(), st.randoms(use_true_random=False))
def test_permuting_firms_permutes_results_only(of: Columns, chance: Any) -> None:
    order = list(range(len(of.output)))
    chance.shuffle(order)
    sums, book, kept = settled(of)
    again, other, more = settled(of.taken(np.array(order)))
    np.testing.assert_allclose(again, sums, rtol=1e-9)
    assert more.tobytes() == kept[order].tobytes()
    for name, values in book.items():
        assert other[name].tobytes() == values[order].tobytes()


@few
@given(columns())
def test_luck_and_imitation_do_not_move_a_sectors_mean(of: Columns) -> None:
    position, plain = np.empty((2, len(of.score)))
    arguments = (of.score, 0.1 * of.score, of.score[::-1].copy(), of.staff, of.sector, of.alive,
                 SECTORS, 0.1, 0.02, 0.05)  # fmt: skip
    mean = innovation_kernels.relative_position(*arguments, position)
    innovation_kernels.relative_position.py_func(*arguments, plain)
    np.testing.assert_allclose(position, plain, rtol=1e-9, atol=1e-12)
    size = max(float(of.staff.sum()), 1.0)
    np.testing.assert_allclose(by_sector(of.staff * position, of), 0.0, atol=1e-12 * size)
    np.testing.assert_allclose(
        mean * by_sector(of.staff, of), by_sector(of.staff * of.score, of), rtol=1e-9, atol=1e-9
    )
    assert not position[~of.alive].any()


def researched(
    of: Columns, claimed: float, done: float, grant: float, kernel: Any = None
) -> tuple[float, Any]:
    """Let firms do a quarter's R&D; return the grants and what changed, by name."""
    size = len(of.output)
    out = {
        "stock": of.capital.copy(), "cash": np.zeros(size), "outlay": np.empty(size),
        "gain": np.empty(size), "sums": np.zeros((2, SECTORS)),
    }  # fmt: skip
    ratio = np.where(of.uniform > 0.3, 0.05 * of.share, 0.0)
    grants = (kernel or innovation_kernels.research)(
        of.alive, ratio, of.uniform > 0.6, of.output, 1.1, of.output, of.sector, np.zeros(0), 0.96,
        claimed, done, grant, 0.08, out["stock"], out["cash"], out["outlay"], out["gain"],
        out["sums"],
    )  # fmt: skip
    return grants, out


@few
@given(columns(), st.floats(1.0, 1.5), st.floats(0.0, 0.5))
def test_research_grants_are_paid_to_certified_firms_and_work_beyond_the_usual_only(
    of: Columns, done: float, grant: float
) -> None:
    grants, out = researched(of, 1.2 * done, done, grant)
    again, plain = researched(of, 1.2 * done, done, grant, innovation_kernels.research.py_func)
    assert grants == pytest.approx(again)
    np.testing.assert_allclose(out["stock"], plain["stock"], rtol=1e-12)
    assert grants == pytest.approx(float(out["cash"].sum()))
    certified = of.alive & (of.uniform > 0.6)
    assert grants == pytest.approx(grant * float(out["outlay"][certified].sum()))
    assert not out["cash"][~certified].any()
    assert not out["gain"][~certified].any()
    assert (out["gain"] >= 0.0).all()
    assert bool(out["gain"].any()) == bool(certified.any() and done > 1.0)
    np.testing.assert_allclose(out["sums"][0], by_sector(of.output, of))
    np.testing.assert_allclose(out["sums"][1], by_sector(of.output * out["gain"], of))


@few
@given(columns(), st.floats(0.0, 0.5), st.floats(0.0, 0.5))
def test_digital_levels_stay_possible_and_rise_with_the_pace(
    of: Columns, pace: float, usual: float
) -> None:
    level, slower = of.share.copy(), of.share.copy()
    gain, none = np.empty((2, len(level)))
    spread = innovation_kernels.spread_digital
    extra = spread(level, of.alive, of.output, of.alive, pace, usual, 0.1, 0.0, gain)
    spread(slower, of.alive, of.output, of.alive, usual, usual, 0.1, 0.0, none)
    assert ((level >= 0.0) & (level <= 0.98)).all()
    assert not none.any()
    assert np.sign(gain[of.alive]).tolist() == [np.sign(pace - usual)] * int(of.alive.sum())
    assert (level >= slower).all() if pace >= usual else (level <= slower).all()
    if of.alive.any():
        assert np.sign(extra) == np.sign(pace - usual)
