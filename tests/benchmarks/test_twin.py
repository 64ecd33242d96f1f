"""The engine against its twin: one object per firm, the same inputs and keyed random numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from benchmarks.twin.columns import NumpyCity
from benchmarks.twin.model import TwinModel
from benchmarks.twin.restricted import COVERED, LOOPS, step, terms_by_quarter
from sim.flows import EQUITY_FUNDS
from sim.model import STEPS
from sim.state import CityState, Firms
from tests.sim.small_city import small_model

SCALE = {"population.scale": "0.04"}
AGREED = 1e-9
EVENTS = ("entries", "exits", "out_migrations", "closures_obsolete", "certificates_lapsed",
          "certificates_new", "tier_promotions", "upgraded", "frontier_breakthroughs",
          "first_sets_insured", "talent_overseas", "talent_designers")  # fmt: skip


def both(after: int = 0) -> tuple[CityState, TwinModel, Mapping[int, Any]]:
    """Return an engine's state after some full quarters, its twin, and the terms to come."""
    model = small_model("base", 0, **SCALE)
    for _ in range(after):
        model.step()
    terms = terms_by_quarter(model)
    return model.state, TwinModel(model.state, terms), terms


def column(twin: TwinModel, name: str) -> Any:
    if isinstance(twin, NumpyCity):
        firms, own = twin.columns, getattr(twin.columns, name)
        return np.where(own >= 0, firms.everyone[own], -1) if name == "leader" else own
    if name == "sector":
        return np.array([firm.sector.code for firm in twin.firms])
    if name == "leader":
        return np.array([firm.leader.firm_id if firm.leader else -1 for firm in twin.firms])
    return np.array([getattr(firm, name) for firm in twin.firms])


def unit_of(firms: Firms, name: str, rows: Any) -> Any:
    """Return what a difference is measured by: the value; of a balance what goes in and out."""
    balances = {"cash", "profit", "tax"}
    own = np.abs(getattr(firms, name)[rows]) + (firms.revenue[rows] if name in balances else 0.0)
    return np.maximum(own, 1e-300)


def largest_difference(state: CityState, twin: TwinModel) -> tuple[float, str]:
    """Return the largest relative difference of any column of living firms; others are equal."""
    firms, rows = state.firms, np.flatnonzero(state.firms.alive)
    assert column(twin, "firm_id").tolist() == firms.firm_id[rows].tolist()
    found = []
    for field in fields(Firms):
        engine, objects = getattr(firms, field.name)[rows], column(twin, field.name)
        if engine.dtype == np.float64:
            gap = np.abs(objects - engine) / unit_of(firms, field.name, rows)
            found.append((float(gap.max()), field.name))
            continue
        if field.name == "leader":
            engine = np.where(engine >= 0, firms.firm_id[engine], -1)
        assert objects.tolist() == engine.tolist(), field.name
    return max(found)


def assert_same_money_and_events(state: CityState, twin: TwinModel) -> None:
    flows, turnover = state.ledger.flows, state.ledger.flows["outside", "firms", "sales"]
    assert {key for key, amount in twin.flows.items() if amount} <= flows.keys()
    for key, amount in flows.items():
        assert twin.flows.get(key, 0.0) == pytest.approx(amount, abs=AGREED * turnover), key
        if amount > 1e-3 * turnover:
            assert twin.flows[key] == pytest.approx(amount, rel=AGREED), key
    for fund in state.funds:
        if fund.name in EQUITY_FUNDS:
            books = twin.funds[fund.name]
            for book in ("committed", "drawn", "repaid", "written_off", "value"):
                assert getattr(books, book) == pytest.approx(getattr(fund, book), rel=AGREED), book
    for event in EVENTS:
        assert twin.counts.get(event, 0.0) == state.counts.get(event, 0.0), event


def test_the_engine_and_its_twin_agree_from_the_start_for_twelve_quarters() -> None:
    state, twin, terms = both()
    happened = dict.fromkeys(EVENTS, 0.0)
    for quarter in terms:
        step(state, terms)
        twin.step()
        assert twin.quarter == state.quarter == quarter
        gap, name = largest_difference(state, twin)
        assert gap < AGREED, (quarter, name)
        assert_same_money_and_events(state, twin)
        for event in EVENTS:
            happened[event] += twin.counts.get(event, 0.0)
    assert len(terms) == 12
    assert [event for event, number in happened.items() if not number] == []


def test_they_agree_on_a_city_in_the_middle_of_its_plan() -> None:
    # After eleven full quarters: classes, funds' support, tightness of land, gains of talent.
    state, twin, terms = both(11)
    assert state.arrays["capital.supported"].max() > 0.0
    assert set(column(twin, "per_mu_class")) == {-1, 0, 1, 2, 3}
    step(state, terms)
    twin.step()
    gap, name = largest_difference(state, twin)
    assert gap < AGREED, name
    assert_same_money_and_events(state, twin)


@pytest.mark.parametrize("after", [0, 7])
def test_the_loops_in_numpy_agree_for_four_quarters(after: int) -> None:
    model = small_model("base", 0, **SCALE)
    for _ in range(after):
        model.step()
    state, terms = model.state, terms_by_quarter(model)
    city = NumpyCity(state, terms)
    for _ in range(4):
        step(state, terms, LOOPS)
        city.step()
        gap, name = largest_difference(state, city)
        assert gap < AGREED, name


def test_a_changed_rule_is_seen() -> None:
    state, twin, terms = both()
    twin.p["labour_adjustment"] *= 1.0 + 1e-6
    step(state, terms)
    twin.step()
    assert largest_difference(state, twin)[0] > AGREED


def test_the_twin_covers_whole_processes_of_the_engine_in_their_order() -> None:
    named = [module.__name__.split(".")[-1] for module in COVERED]
    assert [name for name, _ in STEPS if name in named] == named
    # Of capital the loops in numpy cover plans and banks, not funds and grants.
    loops = [module.__name__.split(".")[-1] for module in LOOPS]
    assert [name for name in loops if name not in named] == ["credit"]
