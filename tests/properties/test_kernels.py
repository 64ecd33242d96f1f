"""Compiled loops against the same rules written with numpy, on the same random words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import innovation, innovation_kernels
from sim import production_kernels as kernels
from sim.lots import EVENTS, LASTING, PASSING, TECHNOLOGY
from sim.rng import KeyedRandom
from tests.properties.cities import Columns, columns

SECTORS = 4
few = settings(max_examples=25)


def by_sector(value: Any, of: Columns) -> Any:
    return np.bincount(of.sector[of.alive], value[of.alive], SECTORS)


def random_words(of: Columns) -> Any:
    """Return four random words for each firm, the same for the same firm."""
    seed = int(of.uniform.sum() * 1e6)
    return np.random.default_rng(seed).integers(0, 2**64, (4, len(of.output)), dtype=np.uint64)


def laplace(words: Any) -> Any:
    """Return the Laplace numbers of some words by inversion."""
    uniform = ((words >> np.uint64(11)).astype(float) + 0.5) / 2**53
    return np.copysign(np.log1p(-2.0 * np.abs(uniform - 0.5)), uniform - 0.5)


@few
@given(columns())
def test_shocks_are_smaller_for_large_firms_by_a_power_of_size(of: Columns) -> None:
    spread = np.zeros(len(of.output))
    kernels.size_spread(of.output, 1.0 / 5e7, -0.15, 1, spread)
    expected = np.maximum(of.output / 5e7, 0.02) ** -0.15
    np.testing.assert_allclose(spread[1:], expected[1:], rtol=1e-13)
    assert spread[0] == 0.0


def grown(of: Columns, words: Any, new: Any, **other: Any) -> tuple[Any, dict[str, Any]]:
    """Let firms grow of which some are `new`; return the sums and all columns, changed ones too."""
    given = {
        "investment": of.capital[::-1].copy(), "usual": 0.9 * of.capital,
        "position": 0.1 * of.score, "certified": of.uniform > 0.5, "annual": of.output,
        "export_share": of.share, "chain": 0.02 * of.score, "purchases": (0.05, 0.02),
        "small": 1e8, "shift": 0.1, "strength": 0.3, "spread": of.share, "permanent": 0.1,
        "passing_scale": 0.2, "old_tfp": np.where(new, np.nan, of.score - 0.1),
        "old_quality": 0.9 * of.share, "old_capital": 0.8 * of.capital, "felt": of.uniform > 0.7,
        "passing": 0.01 * of.score, "output": of.output.copy(),
    } | other  # fmt: skip
    sums = kernels.grow(
        words[LASTING], words[PASSING], of.alive, of.sector, SECTORS, of.score, of.share, of.staff,
        of.capital, *given.values(),
    )  # fmt: skip
    return sums, given


@few
@given(columns(), st.sampled_from([0.0, 0.1]))
def test_output_moves_by_score_pull_and_chance_and_what_moved_is_added_up(
    of: Columns, shift: float
) -> None:
    new, words = of.uniform < 0.3, random_words(of)
    sums, column = grown(of, words, new, shift=shift)
    pull = np.where(of.uniform > 0.5, 0.05, 0.0) - np.where(of.uniform > 0.7, 0.02, 0.0)
    pull[new] = 0.0
    pull += np.where(of.output < 1e8, shift * of.share, 0.0) + 0.02 * of.score
    now = 0.2 * of.share * laplace(words[PASSING])
    shock = np.clip(0.1 * of.share * laplace(words[LASTING]) + now - 0.01 * of.score, -1.5, 1.5)
    moved = of.output * np.exp(0.3 * (of.score + of.share) + pull + shock)
    np.testing.assert_allclose(column["output"], np.where(of.alive, moved, 0.0), rtol=1e-12)
    np.testing.assert_allclose(column["passing"], now, rtol=1e-12, atol=1e-15)
    learned = np.where(new, 0.0, 0.1 - 0.1 * of.score)
    stayed = np.where(new, 0.0, of.staff)
    expected = {
        kernels.OUTPUT: of.output, kernels.GROWN: moved,
        kernels.ADVANCE: of.output * (learned + ~new * 0.1 * of.share),
        kernels.EXTRA: of.capital[::-1] - 0.9 * of.capital, kernels.CAPITAL: of.capital,
        kernels.PULLED: of.output * pull, kernels.WORKERS: stayed,
        kernels.LEARNED: stayed * learned, kernels.WAS: np.where(new, 0.0, 0.8 * of.capital),
        kernels.NOW: np.where(new, 0.0, of.capital),
    }  # fmt: skip
    assert sorted(expected) == list(range(len(sums)))
    for row, value in expected.items():
        size = max(float(np.abs(value).sum()), 1.0)
        np.testing.assert_allclose(sums[row], by_sector(value, of), atol=1e-12 * size, rtol=0.0)
    assert column["old_tfp"].tolist() == of.score.tolist()
    assert column["old_quality"].tolist() == of.share.tolist()
    assert column["old_capital"].tolist() == of.capital.tolist()
    assert column["felt"].tolist() == (of.uniform > 0.5).tolist()


@few
@given(columns())
def test_the_passing_part_of_a_shock_passes(of: Columns) -> None:
    new = np.zeros(len(of.output), dtype=np.bool_)
    still = {"permanent": 0.0, "passing_scale": 0.0, "strength": 0.0, "purchases": (0.0, 0.0)}
    _, column = grown(of, random_words(of), new, shift=0.0, chain=0.0 * of.score, **still)
    assert not column["passing"].any()
    expected = np.where(of.alive, of.output * np.exp(-0.01 * of.score), 0.0)
    np.testing.assert_allclose(column["output"], expected, rtol=1e-12)


@few
@given(columns(), st.sampled_from([0.01, 0.3, 1.0]))  # both ends of the speed's legal range
def test_staff_follows_what_output_needs_and_sectors_their_move(of: Columns, speed: float) -> None:
    move, scale = np.array([0.0, 0.03, -0.05, 0.01]), np.array([1.0, 1.1, 0.9, 1.2])
    new = of.uniform < 0.3
    offset = np.where(new, np.nan, 0.1 * of.score)
    output, staff = of.output.copy(), of.staff.copy()
    arguments = (of.alive, of.sector, scale, of.capital, of.score, 0.4, speed, move)
    factor, mean, workers = kernels.hire(*arguments, offset, output, staff)
    kept = np.where(of.alive, of.output * scale[of.sector], of.output)
    np.testing.assert_allclose(output, kept, rtol=1e-12)
    gap = (np.log(kept) - of.score - 0.4 * np.log(of.capital) - 0.6 * np.log(of.staff)) / 0.6
    np.testing.assert_allclose(offset, np.where(new, gap, 0.1 * of.score), rtol=1e-9, atol=1e-11)
    change = speed * np.where(new, 0.0, np.clip(gap - 0.1 * of.score, -1.5, 1.5))
    moved = np.where(of.alive, of.staff * np.exp(change), 0.0)
    np.testing.assert_allclose(staff, moved, rtol=1e-11)
    staff *= factor[of.sector]
    np.testing.assert_allclose(workers, by_sector(of.staff, of) * np.exp(move), rtol=1e-12)
    np.testing.assert_allclose(workers, by_sector(staff, of), rtol=1e-12)
    size = max(float(np.abs(staff * of.score).sum()), 1.0)
    np.testing.assert_allclose(
        mean * workers, by_sector(staff * of.score, of), rtol=1e-12, atol=1e-12 * size
    )


def settled(of: Columns, factor: float = 1.0, kernel: Any = None) -> tuple[Any, Any, Any]:
    """Settle a quarter; `factor` scales every yuan. Returns sums, books and changes of cash."""
    size = len(of.output)
    book = {name: np.zeros(size) for name in ("revenue", "value_added", "annual", "profit", "tax")}
    cash = np.zeros(size)
    sums = (kernel or kernels.settle)(
        of.alive, np.array([False, True, False, False]), of.sector, factor * of.output, of.share,
        np.ones(4), of.staff.copy(), 1.0, factor * np.full(size, 2e4),
        factor * of.capital, factor * of.capital,
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
    sales = float(sums[kernels.SALES])
    paid = float(sums.sum()) - sales + 0.004 * sales  # the last are the fees
    turnover = max(sales + paid, 1.0)
    assert float(kept.sum()) == pytest.approx(sales - paid, abs=1e-9 * turnover)
    assert sales == pytest.approx(float(book["revenue"].sum()))
    assert sums[kernels.TAX] == pytest.approx(float(book["tax"].sum()))
    assert (book["value_added"] <= book["revenue"]).all()
    for values in (*book.values(), kept):
        assert not values[~of.alive].any()
    plain, other, _ = settled(of, kernel=kernels.settle.py_func)
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


def learned(of: Columns, **other: Any) -> tuple[Any, dict[str, Any]]:
    """Let firms move within their sector and do research; return what it returns, and columns."""
    size = len(of.score)
    given = {
        "pull": 0.1, "imitation": 0.02, "scale": 0.05,
        "ratio": np.where(of.uniform > 0.3, 0.05 * of.share, 0.0), "trend": 1.02,
        "revenue": of.output, "price": 1.1, "keep": 0.96,
        "certified": np.flatnonzero(of.uniform > 0.6), "claimed": 1.2, "done": 1.1, "grant": 0.2,
        "response": 0.08, "helped": np.flatnonzero(of.share > 0.5), "talent": 0.1 * of.share,
        "anchor": 0.1 * of.score, "position": np.empty(size), "stock": of.capital.copy(),
        "cash": np.zeros(size), "output": of.output,
    } | other  # fmt: skip
    mean, workers, made = standing(of)
    tfp, tier = of.score.copy(), np.where(of.uniform > 0.6, 3, 1).astype(np.int16)
    found = innovation_kernels.learn(
        random_words(of)[TECHNOLOGY], of.alive, of.sector, tier, 3, mean, workers, made,
        of.staff, tfp, *given.values(),
    )  # fmt: skip
    assert found[3] == np.count_nonzero(of.alive & (of.uniform > 0.6))
    return found[:3], given | {"gain": tfp - of.score}


def standing(of: Columns) -> Any:
    """Return sectors' mean TFP, weighted by workers, and their workers and output."""
    workers = by_sector(of.staff, of)
    mean = by_sector(of.staff * of.score, of) / np.maximum(workers, 1e-300)
    return mean, workers, by_sector(of.output, of)


@few
@given(columns())
def test_firms_move_within_their_sector_by_luck_reversion_and_imitation(of: Columns) -> None:
    mean, workers, _ = standing(of)
    (shift, _, _), column = learned(of)
    gap = of.score - mean[of.sector]
    change = 0.05 * np.clip(laplace(random_words(of)[TECHNOLOGY]), -8.0, 8.0)
    change += 0.02 * np.maximum(0.8 - gap, 0.0) - 0.1 * (gap - 0.1 * of.score)
    change[~of.alive] = 0.0
    np.testing.assert_allclose(column["position"], change, rtol=1e-12, atol=1e-15)
    size = max(float(np.abs(of.staff * change).sum()), 1.0)
    moved = by_sector(of.staff * change, of)
    np.testing.assert_allclose(shift * workers, moved, atol=1e-12 * size)


@few
@given(columns(), st.floats(1.0, 1.5), st.floats(0.0, 0.5))
def test_research_grants_are_paid_to_certified_firms_and_work_beyond_the_usual_only(
    of: Columns, done: float, grant: float
) -> None:
    (_, gained, reported), column = learned(
        of, claimed=1.2 * done, done=done, grant=grant, helped=np.zeros(0, dtype=np.int64)
    )
    ratio = 1.02 * np.where(of.uniform > 0.3, 0.05 * of.share, 0.0)
    np.testing.assert_allclose(column["ratio"], ratio, rtol=1e-12)
    certified, doing = of.alive & (of.uniform > 0.6), of.alive & (of.uniform > 0.3)
    flow = ratio * of.output / 1.1
    usual = np.maximum(0.96 * of.capital + flow, 1.0)
    stock = np.maximum(0.96 * of.capital + np.where(certified, done, 1.0) * flow, 1.0)
    np.testing.assert_allclose(column["stock"], np.where(doing, stock, of.capital), rtol=1e-12)
    own = np.where(certified, 0.08 * np.log(stock / usual), 0.0)
    np.testing.assert_allclose(column["gain"], own, rtol=1e-9, atol=1e-14)
    outlay = np.where(certified, 1.2 * done * ratio * of.output, 0.0)
    assert reported == pytest.approx(float(outlay.sum()))
    np.testing.assert_allclose(column["cash"], grant * outlay, rtol=1e-12)
    spread = by_sector(of.output * own, of) / np.maximum(by_sector(of.output, of), 1e-300)
    np.testing.assert_allclose(gained, spread, rtol=1e-9, atol=1e-15)


@few
@given(columns())
def test_people_beyond_the_reference_help_those_who_do_research(of: Columns) -> None:
    (_, gained, _), column = learned(of, done=1.0)
    doing = of.alive & (of.uniform > 0.3) & (of.share > 0.5)
    helped = np.where(doing, 0.008 * of.share, 0.0)
    np.testing.assert_allclose(column["gain"], helped, rtol=1e-12, atol=1e-14)
    spread = by_sector(of.output * helped, of) / np.maximum(by_sector(of.output, of), 1e-300)
    np.testing.assert_allclose(gained, spread, rtol=1e-12, atol=1e-15)


def advanced(
    of: Columns, pace: float, usual: float, **other: Any
) -> tuple[float, int, dict[str, Any]]:
    """Add up gains; return extra adoption, upgraded firms and the changed columns."""
    column = {
        "position": 0.1 * of.score, "level": of.share.copy(), "tfp": of.score.copy(),
        "quality": of.share.copy(), "rate": of.share.copy(),
    }  # fmt: skip
    programme = {
        "open_to": np.ones(SECTORS, dtype=bool), "chances": (0.0, 0.0), "gains": (0.0, 0.0),
        "productivity": 0.0, "upgraded": of.uniform > 0.7,
    } | other  # fmt: skip
    by = np.array([0.01, 0.02, 0.03, 0.04])
    extra, counted = innovation_kernels.advance(
        random_words(of)[EVENTS], of.alive, of.sector, *programme.values(),
        np.where(of.uniform > 0.3, 0.05 * of.share, 0.0), np.where(of.uniform > 0.5, 3, 0), 3, by,
        0.001, by, 2.0, 3.0 * by, 0.004, 0.005, 0.01, -0.002, of.output, of.uniform > 0.4,
        pace, usual, 0.1, 0.006, *column.values(),
    )  # fmt: skip
    return extra, counted, column | {"upgraded": programme["upgraded"]}


@few
@given(columns(), st.floats(0.0, 0.5), st.floats(0.0, 0.5))
def test_gains_of_technology_add_up(of: Columns, pace: float, usual: float) -> None:
    extra, counted, column = advanced(of, pace, usual)
    by, ratio = np.array([0.01, 0.02, 0.03, 0.04])[of.sector], 0.05 * of.share
    doing = of.uniform > 0.3
    position = 0.1 * of.score - by
    room = of.share * (1.0 - of.share)
    gain = 0.1 * (pace - usual) * room + 0.006 * of.share + 2.0 * by + 0.005
    gain += (
        position + 0.001 * doing + 3.0 * by * (doing & (ratio > 0.01)) + 0.004 * (of.uniform > 0.5)
    )
    alive = of.alive
    for name, expected in {
        "position": np.where(alive, position, 0.1 * of.score),
        "tfp": np.where(alive, of.score + gain, of.score),
        "quality": np.where(alive, of.share + 0.01, of.share),
        "level": np.where(alive, np.minimum(of.share + pace * room, 0.98), of.share),
        "rate": np.where(
            alive, np.clip(of.share - 0.002 + 0.01 * (1.0 - of.share), 0.02, 0.92), of.share
        ),
        "upgraded": of.uniform > 0.7,
    }.items():
        np.testing.assert_allclose(column[name], expected, rtol=1e-12, atol=1e-15)
    weight = np.where(alive & (of.uniform > 0.4), of.output, 0.0)
    if weight.any():
        assert extra == pytest.approx(np.average((pace - usual) * room, weights=weight), abs=1e-15)
    assert ((column["level"] >= 0.0) & (column["level"] <= 0.98)).all()
    assert counted == 0


@few
@given(columns(), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_firms_open_to_it_whose_lot_is_low_upgrade(of: Columns, now: float, usual: float) -> None:
    open_to = np.array([True, False, True, True])
    lot = ((random_words(of)[EVENTS] & np.uint64(0xFFFFFFFF)).astype(float) + 0.5) / 2**32
    open_here = of.alive & (of.uniform <= 0.7) & open_to[of.sector]
    takes, took = open_here & (lot < now), open_here & (lot < usual)
    _, none, before = advanced(of, 0.1, 0.1)
    _, counted, column = advanced(
        of, 0.1, 0.1, open_to=open_to, chances=(now, usual), gains=(0.04, 0.01), productivity=0.5
    )
    assert none == 0
    assert counted == np.count_nonzero(takes & (of.uniform > 0.4))
    assert column["upgraded"].tolist() == ((of.uniform > 0.7) | takes).tolist()
    more = 0.5 * (takes.astype(float) - took)
    np.testing.assert_allclose(column["tfp"] - before["tfp"], more, rtol=1e-12, atol=1e-14)
    rate = of.share + np.where(takes, 0.04, 0.0) - np.where(took, 0.01, 0.0)
    better = np.clip(rate - 0.002 + 0.01 * (1.0 - rate), 0.02, 0.92)
    np.testing.assert_allclose(column["rate"], np.where(of.alive, better, of.share), rtol=1e-12)


def test_technology_advances_the_same_beside_anyone() -> None:
    """Blocks of one sector are looked up, and passed over, at once: not a bit may differ."""
    draw = np.random.default_rng(5)
    sector: Any = np.repeat([0, 1, 3, 1, 2], [75, 64, 40, 33, 38]).astype(np.int16)
    firms = len(sector)
    output, capital, staff = 10.0 ** draw.uniform(5.0, 9.0, (3, firms))
    share, uniform = draw.uniform(0.02, 0.9, (2, firms))
    of = Columns(
        sector, draw.random(firms) > 0.2, output, capital, staff, draw.normal(size=firms), share,
        uniform,
    )  # fmt: skip
    open_to = np.array([True, False, True, True])
    results = []
    for rows in (np.arange(firms), draw.permutation(firms)):
        # Whatever the lots are, every firm that is open to it upgrades.
        extra, counted, column = advanced(
            of.taken(rows), 0.1, 0.05, open_to=open_to, chances=(1.0, 0.0), gains=(0.04, 0.0),
            productivity=0.5,
        )  # fmt: skip
        back = np.argsort(rows)
        assert counted == np.count_nonzero(
            of.alive & (of.uniform <= 0.7) & (of.uniform > 0.4) & open_to[sector]
        )
        results.append((extra, [values[back].tolist() for values in column.values()]))
    assert results[0][1] == results[1][1]
    assert results[0][0] == pytest.approx(results[1][0], rel=1e-12)


@few
@given(columns(), st.integers(1, 5))
def test_the_luckiest_are_the_highest_draws_of_those_who_may(of: Columns, number: int) -> None:
    keyed = KeyedRandom(7, 1)
    ids = np.arange(len(of.score)) + 5
    share, ratio = np.array([0.3, 0.1, 0.3, 0.4]), 0.05 * of.share
    state: Any = SimpleNamespace(
        firms=SimpleNamespace(
            count=len(ids), alive=of.alive, sector=of.sector, rd_ratio=ratio,
            annual_revenue=of.output, firm_id=ids,
        ),
        city=SimpleNamespace(sectors=SimpleNamespace(strategic_emerging_share=share)),
        random=keyed, quarter=8073,
    )  # fmt: skip
    draw = keyed.uniforms("innovation/frontier_firm", ids, 8073)[0]
    small = of.output < innovation.LARGEST_WINNER
    may = of.alive & (share > 0.2)[of.sector] & (ratio > 0.01) & small
    expected = sorted(np.flatnonzero(may), key=lambda i: -draw[i])[:number]
    rows = innovation._may_win(state)
    assert rows.tolist() == np.flatnonzero(may).tolist()
    found = innovation._luckiest(state, rows, number)
    assert found.tolist() == [int(i) for i in expected]
