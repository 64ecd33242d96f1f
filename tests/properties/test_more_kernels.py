"""Compiled loops of capital, energy, people and the ladder against the same rules with numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import (
    companies_kernels,
    credit_kernels,
    energy_kernels,
    investment_kernels,
)
from sim.credit import (
    IN_FULL,
    SMALLEST_SALES,
    TYPICAL_SALES,
    creditworthiness,
    repayments,
    usual_gearing,
)
from sim.investment import base_rate, felt_shift, user_cost_factor
from sim.rng import STRETCH, KeyedRandom
from sim.selection import hits, rationed
from tests.properties.cities import Columns, columns
from tests.properties.test_kernels import few

fractions = st.floats(0.0, 1.2)


# Investment ----------------------------------------------------------------------------------


@few
@given(columns())
def test_growth_is_output_over_its_smoothed_past(of: Columns) -> None:
    industry = of.uniform > 0.3
    smoothed, felt = of.staff * 1e6, np.empty(len(of.output))
    past = smoothed.copy()
    total, base, weighted, stock, debt = investment_kernels.growth(
        of.alive, industry, of.output, of.capital, of.share, 0.2, smoothed, felt
    )
    on = of.alive
    growth = np.where(on, np.log(of.output / past), 0.0)
    np.testing.assert_allclose(felt, growth, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(smoothed, past + 0.2 * (of.output - past), rtol=1e-12)
    counted = on & industry
    assert total == pytest.approx(of.output[counted].sum(), rel=1e-12)
    assert base == pytest.approx(past[counted].sum(), rel=1e-12)
    size = max(float(np.abs(of.output * growth).sum()), 1.0)
    assert weighted == pytest.approx((of.output * growth)[counted].sum(), abs=1e-12 * size)
    assert (stock, debt) == pytest.approx((of.capital.sum(), of.share.sum()), rel=1e-12)
    if total > 0.0:
        shifted = (growth + felt_shift(total, base, weighted))[counted]
        mean = float(shifted @ of.output[counted]) / total
        assert mean == pytest.approx(np.log(total / base), abs=1e-9)


@few
@given(columns(), st.floats(0.0, 1.0))
def test_newcomers_get_usual_gearing(of: Columns, typical: float) -> None:
    known, debt = len(of.output) // 3, np.where(of.uniform < 0.5, 0.0, of.output)
    gearing = np.full(len(debt), -1.0)
    investment_kernels.newcomers(known, debt, of.capital, 1.1, typical, gearing)
    assert (gearing[:known] == -1.0).all()
    expected = usual_gearing(debt, 1.1 * of.capital, typical)[known:]
    np.testing.assert_allclose(gearing[known:], expected, rtol=1e-12)


PLANS = "usual", "desired", "upgrade"
REQUESTS = "lack", "asked_usual", "asked", "score"


def planned(of: Columns, cut: float = 0.01) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let firms plan and ask for loans; return columns, and sums and ends of scores by name."""
    size, bank = len(of.output), (0.9, 0.2, 0.4)
    column: dict[str, Any] = {name: np.empty(size) for name in PLANS + REQUESTS}
    column |= {
        "industry": of.uniform > 0.2, "made": of.uniform > 0.3, "debt": of.capital[::-1].copy(),
        "cash": 0.3 * of.output, "revenue": 0.25 * of.output, "profit": 0.1 * of.score * of.output,
        "felt": 0.3 * of.score, "allowed": np.full(size, 0.45), "lot": of.share,
    }  # fmt: skip
    sums = investment_kernels.plan_and_ask(
        of.alive, column["industry"], column["made"], of.output, of.capital, column["debt"],
        column["cash"], column["revenue"], column["profit"], of.share, column["felt"],
        column["allowed"], column["lot"], (0.01, -0.06), 0.5, (0.15, 0.3, 0.4), (0.4, 2.0),
        (0.6, 0.3, 0.1, 0.05), (0.004, cut, 0.15, -0.8), 1.1, bank,
        *[column[name] for name in PLANS],
    )  # fmt: skip
    usually, ends = investment_kernels.requests(
        of.alive, column["industry"], column["made"], of.capital, column["debt"], column["cash"],
        column["revenue"], of.output, column["profit"], of.share, column["usual"],
        column["desired"], 1.1, bank, (SMALLEST_SALES, np.log(TYPICAL_SALES)),
        *[column[name] for name in REQUESTS],
    )  # fmt: skip
    names = "owed", "due", "sound", "asked_usual", "asked", "wished"
    asked = dict(zip(names, sums, strict=True))
    return column, asked | {"usually_wished": usually, "ends": ends}


@few
@given(columns(), st.sampled_from([0.0, 0.01]))
def test_plans_follow_growth_the_cost_of_funds_claims_and_land(of: Columns, cut: float) -> None:
    column, sums = planned(of, cut)
    wish = base_rate(column["felt"] + 0.01, 0.0, 0.05, 0.10, 0.3)
    wish *= np.where(of.alive, of.capital, 0.0)
    np.testing.assert_allclose(column["usual"], wish, rtol=1e-12)
    geared = np.minimum(column["debt"] / (1.1 * of.capital), 1.0)
    cost = user_cost_factor(0.004 - cut * geared, 0.05, 0.10, -0.8)
    beyond = np.where(of.share < 0.6, 0.1, 0.0) - np.where(of.share < 0.3, 0.05, 0.0)
    renewal = wish * 0.4 * cost * (1.0 + 2.0 * beyond)
    np.testing.assert_allclose(column["upgrade"], renewal, rtol=1e-12)
    desired = wish * 0.6 * cost * 0.45 / 0.5 + renewal
    np.testing.assert_allclose(column["desired"], desired, rtol=1e-12)
    assert sums["wished"] == pytest.approx(desired[column["industry"]].sum(), rel=1e-12)


# Credit --------------------------------------------------------------------------------------


@few
@given(columns())
def test_firms_use_own_money_first_and_ask_for_the_rest(of: Columns) -> None:
    column, sums = planned(of)
    debt, made = column["debt"], column["made"]
    value = of.share * of.capital * 1.1
    due = repayments(debt, 0.9 * value, 0.2)
    own = np.maximum(0.3 * of.output - 0.1 * of.output - due, 0.0)
    size = float(np.max(value + debt + own))
    exact = {"rtol": 1e-12, "atol": 1e-15 * size}
    lack = np.maximum(1.1 * column["usual"] - own, 0.0) * (made & column["industry"])
    np.testing.assert_allclose(column["lack"], lack, **exact)
    for name, wanted, wish in (("asked_usual", value, "usual"), ("asked", 0.9 * value, "desired")):
        asked = np.maximum(wanted - (debt - due), column[wish] * 1.1 - own).clip(0.0)
        asked[~(of.alive & made)] = 0.0
        np.testing.assert_allclose(column[name], asked, **exact)
        assert sums[name] == pytest.approx(column[name].sum(), rel=1e-12)
    plain = creditworthiness(column["profit"], column["revenue"], of.output, 1.1 * of.capital, debt)
    np.testing.assert_allclose(column["score"], plain, rtol=1e-12, atol=1e-14)
    ends = []
    for name in ("asked_usual", "asked"):
        scores = column["score"][column[name] > 0.0]
        ends += [scores.max(initial=-np.inf), (-scores).max(initial=-np.inf)]
    assert sums["ends"] == tuple(ends)
    profitable = made & of.alive & (of.score > 0.0)
    expected = debt[made].sum(), due[made].sum(), debt[profitable].sum()
    np.testing.assert_allclose([sums[n] for n in ("owed", "due", "sound")], expected, rtol=1e-12)


def no_bands() -> Any:
    """Return a table of bands of scores, to count in."""
    return np.zeros((2, credit_kernels.PLACES))


def lent(asked: Any, column: dict[str, Any], supply: float) -> Any:
    """Return the loans of all firms when manufacturers are rationed."""
    loan, made = asked.copy(), column["made"]
    loan[made] = rationed(asked[made], column["score"][made], supply)
    return loan


@few
@given(columns(), fractions, fractions)
def test_loans_are_rationed_by_score(of: Columns, fraction: float, other: float) -> None:
    column, sums = planned(of)
    supplies = fraction * sums["asked_usual"], other * sums["asked"]
    place, band = np.empty((2, len(of.output)), np.int16)
    usual, industry, wished = column["usual"], column["industry"], sums["usually_wished"]
    missing, *served = credit_kernels.rationing(
        *[column[name] for name in REQUESTS], sums["ends"], supplies, place, band, no_bands()
    )
    firms = zip(column["asked"], band, column["made"], strict=True)
    loans = [credit_kernels.granted(*firm, tuple(served)) for firm in firms]
    expected = lent(column["asked"], column, supplies[1])
    np.testing.assert_allclose(loans, expected, rtol=1e-9, atol=1e-12 * sums["asked"])
    unserved = column["lack"] - lent(column["asked_usual"], column, supplies[0])
    lack = np.maximum(unserved, 0.0).sum()
    assert wished == pytest.approx(1.1 * usual[industry].sum(), rel=1e-12)
    assert missing == pytest.approx(lack, rel=1e-9, abs=1e-12 * wished)


@few
@given(columns(), fractions)
def test_firms_spend_what_they_have_and_are_lent(of: Columns, fraction: float) -> None:
    column, sums = planned(of)
    made, wish = column["made"], column["desired"]
    place, band = np.zeros((2, len(wish)), np.int16)
    served = IN_FULL
    if fraction < 1.0:
        _, last, share = credit_kernels.rationing(
            *[column[name] for name in REQUESTS], sums["ends"], (0.0, fraction * sums["asked"]),
            place, band, no_bands(),
        )  # fmt: skip
        served = last, share
    # Others than manufacturers ask as well, and are served in full.
    value, debt = of.share * of.capital * 1.1, column["debt"]
    falling = repayments(debt, 0.9 * value, 0.2)
    own = np.maximum(column["cash"] - 0.4 * column["revenue"] - falling, 0.0)
    asked = np.maximum(0.9 * value - (debt - falling), 1.1 * wish - own).clip(0.0) * of.alive
    firms = zip(asked, band, made, strict=True)
    loan = np.array([credit_kernels.granted(*firm, served) for firm in firms])
    planned_yuan = 1.1 * wish
    paid = np.minimum(planned_yuan, own + loan)
    spent = paid + 0.3 * (planned_yuan - paid)
    after = {name: column[name].copy() for name in ("cash", "debt")}
    after["capital"] = of.capital.copy()
    installed, renewed = np.empty((2, len(wish)))
    additional = 0.01 * of.capital
    sums = credit_kernels.invest(
        of.alive, made, column["revenue"], column["profit"], of.share, (0.9, 0.2, 0.4), wish,
        0.4 * wish, of.uniform, (0.6, 0.3, 0.1, 0.05), additional, band, served,
        (0.002, 0.3, 1.05, 1e6, 0.975, 0.8, 0.25), 1.1, after["cash"], after["debt"],
        after["capital"], installed, renewed,
    )  # fmt: skip
    found = dict(zip(credit_kernels.BOOK, sums, strict=True))
    spent *= 1.05
    owners = np.maximum(spent - own - loan, 0.0)
    loan += 0.002 * column["debt"] * (made & of.alive & (of.score > 0.0))
    due = repayments(column["debt"], 0.9 * of.share * of.capital * 1.1, 0.2)
    outlay = spent + np.where(of.alive, 0.01 * of.capital, 0.0)
    renewing = np.where(wish > 0.0, 0.4, 0.0)
    claimed = np.minimum(np.where(of.uniform < 0.6, 0.1, 0.0) * outlay * renewing, 1e6)
    usually = np.minimum(0.05 * outlay * renewing, 1e6)[of.uniform < 0.3]
    money = column["cash"] + owners + loan - due + claimed - outlay
    drawn = np.where(of.alive, 0.25 * np.maximum(money - 0.8 * column["revenue"], 0.0), 0.0)
    size = float(np.max(column["cash"] + owners + loan + due + outlay))
    exact = {"rtol": 1e-12, "atol": 1e-14 * size}
    np.testing.assert_allclose(after["cash"], money - drawn, **exact)
    np.testing.assert_allclose(after["debt"], column["debt"] + loan - due, **exact)
    assert not additional.any()
    np.testing.assert_allclose(installed, outlay / 1.1, rtol=1e-12)
    np.testing.assert_allclose(renewed, renewing * outlay / 1.1, rtol=1e-12)
    np.testing.assert_allclose(after["capital"], 0.975 * of.capital + outlay / 1.1, rtol=1e-12)
    expected = {
        "loan": loan, "repayment": due, "owners": owners, "outlay": outlay, "claimed": claimed,
        "usually_claimed": usually, "drawn": drawn,
        "debt": after["debt"], "made_debt": after["debt"][made],
    }  # fmt: skip
    for name, values in expected.items():
        assert found[name] == pytest.approx(float(values.sum()), rel=1e-11, abs=1e-11 * size)


# Energy, funds, people, the ladder -----------------------------------------------------------


@few
@given(columns())
def test_intensities_fall_by_response_vintage_and_time(of: Columns) -> None:
    by_class, heavy = np.arange(5.0) / 100.0, np.array([1.0, 0.0, 1.0, 0.5])
    group = np.where(of.uniform > 0.5, 2, -1)
    before = {name: of.share.copy() for name in ("energy", "water", "pollutant")}
    response, water_response = 0.1 * of.score, -0.05 * of.score
    energy_kernels.fall(
        by_class, 0.07, heavy, group, of.sector, response, -0.03, water_response, 0.2, of.alive,
        0.1 * of.output, 0.08 * of.output, of.capital, 0.5, (0.01, 0.02, 0.03),
        *before.values(),
    )  # fmt: skip
    target = by_class[group + 1] + 0.07 * heavy[of.sector]
    step = 0.2 * (target - 0.1 * of.score)
    drop = 0.2 * (-0.03 + 0.05 * of.score)
    vintage = -0.5 * np.clip(0.02 * of.output / of.capital, -0.05, 0.15) * of.alive
    np.testing.assert_allclose(response, 0.1 * of.score + step, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(water_response, -0.05 * of.score + drop, rtol=1e-12, atol=1e-15)
    changes = step + vintage - 0.01, drop + 0.5 * vintage - 0.02, vintage - 0.03
    for after, change in zip(before.values(), changes, strict=True):
        np.testing.assert_allclose(after, of.share * np.exp(change), rtol=1e-12)


def test_intensities_fall_the_same_beside_anyone() -> None:
    """Neighbours that respond alike are worked out together: not a bit of theirs may differ."""
    draw, firms = np.random.default_rng(5), 100
    kind = np.arange(firms) // 40  # two stretches alike, and a short one
    order = draw.permutation(firms)
    columns_of = {
        "group": np.array([-1, 2, 2])[kind], "sector": np.array([0, 1, 1], np.int16)[kind],
        "response": np.array([0.1, -0.2, 0.0])[kind], "water": np.array([0.0, 0.3, 0.3])[kind],
    }  # fmt: skip
    alive, output, capital = draw.random((3, firms))
    results = []
    for rows in (np.arange(firms), order):
        own = {name: column[rows].copy() for name, column in columns_of.items()}
        changed = np.ones((3, firms))
        energy_kernels.fall(
            np.arange(5.0) / 100.0, 0.07, np.array([1.0, 0.5]), own["group"], own["sector"],
            own["response"], -0.03, own["water"], 0.2, alive[rows] > 0.2, output[rows],
            0.9 * output[rows], 10.0 * capital[rows], 0.5, (0.01, 0.02, 0.03), *changed,
        )  # fmt: skip
        results.append(np.vstack([own["response"], own["water"], changed]))
    assert np.array_equal(results[0][:, order], results[1])


@few
@given(columns())
def test_quotations_end_and_firms_convert_and_are_quoted(of: Columns) -> None:
    keyed, ids, quarter = KeyedRandom(7, 1), np.arange(len(of.output)) + 5, 8073
    stage = (of.share * 10).astype(np.int16)
    joint, quoted = of.uniform > 0.5, of.score > 0.0
    now_joint, now_quoted = joint.copy(), quoted.copy()
    flags = np.empty(len(ids), np.bool_)
    companies_kernels.candidates(of.alive, stage, (4, 5), of.output, 1e8, joint, quoted, flags)
    chosen = of.alive & (stage != 4) & (stage != 5) & (of.output > 1e8) & ~(joint & quoted)
    assert flags.tolist() == chosen.tolist()
    rows, ending = np.flatnonzero(chosen), np.flatnonzero(of.alive & quoted)
    ends = keyed.uniforms("end", ids[ending], quarter)[0]
    to_convert, to_quote = np.empty((2, len(rows)))
    sums = companies_kernels.weigh(
        rows, ending, ends, 0.4, of.output, now_joint, now_quoted, to_convert, to_quote
    )
    quoted &= ~(of.alive & (keyed.uniforms("end", ids, quarter)[0] < 0.4))
    assert now_quoted.tolist() == quoted.tolist()
    size = np.sqrt(of.output[chosen])
    free = np.where(joint[chosen], 0.0, size)
    waiting = size * np.where(joint[chosen], 3.0, 1.0) * ~quoted[chosen]
    np.testing.assert_allclose(to_convert, free, rtol=1e-12)
    np.testing.assert_allclose(to_quote, waiting, rtol=1e-12)
    np.testing.assert_allclose(sums, (free.sum(), waiting.sum()), rtol=1e-12)
    lots, low = keyed.uniforms("test", ids[rows], quarter, 2), np.empty(len(rows) + 1, np.int64)
    near = np.empty(STRETCH + companies_kernels.WORD, np.int64)
    counts = companies_kernels.convert_and_quote(
        rows, ids[rows], quarter, keyed.key("test"), to_convert, to_quote, sums, 2.5, 1.5,
        now_joint, now_quoted, np.empty((4, STRETCH), np.uint64), np.empty(len(near), np.bool_),
        near, low, np.empty((2, len(low))),
    )  # fmt: skip
    converted = np.flatnonzero(chosen)[hits(lots[0], 2.5, free)]
    joint[converted] = True
    assert now_joint.tolist() == joint.tolist()
    waiting = size * np.where(joint[chosen], 3.0, 1.0) * ~quoted[chosen]
    quotes = np.flatnonzero(chosen)[hits(lots[1], 1.5, waiting)]
    quoted[quotes] = True
    assert now_quoted.tolist() == quoted.tolist()
    assert counts == (len(converted), len(quotes))


@pytest.mark.parametrize("expected", [0.0, 20.0, 1e9])
def test_many_candidates_convert_and_are_quoted_stretch_by_stretch(expected: float) -> None:
    keyed, rows, quarter = KeyedRandom(7, 1), np.arange(3, 2 * STRETCH + 80), 8073
    ids, size = 7 * np.arange(len(rows)), 1.0 + np.sqrt(rows)
    joint, quoted = np.zeros((2, rows[-1] + 1), np.bool_)
    near = np.empty(STRETCH + companies_kernels.WORD, np.int64)
    counts = companies_kernels.convert_and_quote(
        rows, ids, quarter, keyed.key("test"), size.copy(), size.copy(), (size.sum(), size.sum()),
        expected, expected, joint, quoted, np.empty((4, STRETCH), np.uint64),
        np.empty(len(near), np.bool_), near, np.empty(len(rows) + 1, np.int64),
        np.empty((2, len(rows) + 1)),
    )  # fmt: skip
    lots = keyed.uniforms("test", ids, quarter, 2)
    converted = hits(lots[0], expected, size)
    assert np.flatnonzero(joint).tolist() == rows[converted].tolist()
    wanted = hits(lots[1], expected, np.where(converted, 3.0 * size, size))
    assert np.flatnonzero(quoted).tolist() == rows[wanted].tolist()
    assert counts == (converted.sum(), wanted.sum())
