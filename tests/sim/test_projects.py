"""Projects: sizes, lags and hazards by hand, paired monotonicity, plants that balance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim import projects
from sim.parcels import HELD, area_of_firms
from sim.project_markets import living_in, take_markets
from sim.project_pipeline import (
    BAND_EDGES,
    arrivals,
    band,
    decision_quarter,
    expected_misfit,
    intensity,
    mismatch,
    truncated_pareto,
)
from sim.project_plants import plant_columns
from sim.units import YI_YUAN
from tests.sim.small_city import small_model

if TYPE_CHECKING:
    from sim.state import CityState


def city(**parameters: float) -> CityState:
    """Return the small city with as many projects as the whole one."""
    state = small_model("no_plan").state
    state.parameters = dict(state.parameters) | {
        "large_projects_per_year": 8.5 / state.scale
    } | parameters  # fmt: skip
    state.projects = []
    return state


def test_sizes_follow_the_truncated_pareto_law() -> None:
    draw = (np.arange(100_000) + 0.5) / 100_000
    size = truncated_pareto(draw, 20.0, 300.0, 1.2)
    tail = (20.0 / 300.0) ** 1.2
    assert size.min() == pytest.approx(20.0, rel=1e-4)
    assert size.max() == pytest.approx(300.0, rel=1e-2)
    for edge in (50.0, 100.0):
        share = ((20.0 / edge) ** 1.2 - tail) / (1.0 - tail)
        assert float((size >= edge).mean()) == pytest.approx(share, abs=1e-4)


def test_bands_have_the_plan_s_edges() -> None:
    assert [band(x * YI_YUAN) for x in (20.0, 49.9, 50.0, 99.9, 100.0)] == [0, 0, 1, 1, 2]
    assert BAND_EDGES == (2e9, 5e9, 1e10)


def test_intensity_by_hand() -> None:
    assert intensity(8.0, 2.0, 1.0, 0.5, 1.0) == pytest.approx(2.0 * 2.0**0.5)
    assert intensity(8.0, 0.0, 1.0, 0.5, 1.0) == 0.0


def test_more_effort_adds_projects_and_keeps_the_earlier_ones() -> None:
    state = city()
    quarter = state.first
    found = [arrivals(state, [quarter], effort, 1.0) for effort in (0.5, 1.0, 3.0)]
    numbers = [set(f.number.tolist()) for f in found]
    assert numbers[0] <= numbers[1] <= numbers[2]
    assert len(numbers[2]) > len(numbers[0])
    both = np.isin(found[2].number, found[0].number)
    np.testing.assert_array_equal(found[2].size[both], found[0].size)


def test_arrivals_have_the_prior_s_mean() -> None:
    state = city()
    state.parameters = dict(state.parameters) | {"project_demand_elasticity": 0.0}
    quarters = range(4000, 4400)
    count = sum(len(arrivals(state, [q], 1.0, 1.0).number) for q in quarters) / len(quarters)
    passed = 1.0 - state.reference.screening * expected_misfit(state)
    expected = 8.5 / 4.0 / passed
    assert count == pytest.approx(expected, abs=4.0 * (expected / len(quarters)) ** 0.5)


def test_expected_misfit_is_the_mean_of_draws() -> None:
    state = city()
    weights = state.city.sectors.project_weight
    number = np.arange(10_000)
    picks = np.searchsorted(np.cumsum(weights) / weights.sum(), (number + 0.5) / len(number))
    pairs = zip(number.tolist(), picks.tolist(), strict=True)
    square = sum(mismatch(state, project, sector) ** 2 for project, sector in pairs) / len(number)
    assert square == pytest.approx(expected_misfit(state), rel=0.02)


def test_lags_and_hazards_by_hand() -> None:
    assert projects.start_lag(300.0 / 90.0, 3.0) == pytest.approx(3.0 + 2.0)
    hazard = projects.dropout_hazard(0.5, 2.0, 0.0)
    assert (1.0 - hazard) ** 2 == pytest.approx(0.5)
    assert projects.dropout_hazard(0.5, 2.0, -1.0) < hazard
    assert projects.build_quarters(5e9, 6.0) == 6


def test_only_mega_projects_wait_for_collective_decisions() -> None:
    state = city()
    state.terms = replace(state.terms, decision_delay_quarters=3.0)
    project = projects.propose(state, arrivals(state, [state.first], 3.0, 1.0))[0]
    project.size = 9.9e9
    assert decision_quarter(state, project) == state.first
    project.size = 1.0e10
    assert decision_quarter(state, project) == state.first + 3


def run(state: CityState, quarters: int) -> dict[str, float]:
    """Run projects alone, land given at once; return summed event counts."""
    total: dict[str, float] = {}
    for _ in range(quarters):
        state.quarter += 1
        state.counts.clear()
        state.ledger.flows.clear()
        cash = float(state.firms.cash.sum())
        projects.step(state)
        gained = float(state.firms.cash.sum()) - cash
        assert gained == pytest.approx(state.ledger.net_inflow("firms"), rel=1e-9, abs=1.0)
        for project in state.projects:
            if project.status == "signed":
                project.land_got = project.land_needed
        for name, value in state.counts.items():
            total[name] = total.get(name, 0.0) + value
    return total


def test_strictness_vetoes_more_and_signs_less() -> None:
    outcomes = []
    for strictness in (0.0, 0.5, 1.0):
        state = city()
        state.terms = replace(state.terms, screening=strictness)
        outcomes.append(run(state, 8))
    vetoed = [o.get("projects.vetoed", 0.0) for o in outcomes]
    signed = [o["projects.signed"] for o in outcomes]
    assert vetoed[0] == 0.0
    assert vetoed[0] < vetoed[1] <= vetoed[2]
    assert signed[0] > signed[2]


def test_faster_approval_starts_more() -> None:
    started = []
    for days in (300.0, 120.0, 20.0):
        state = city()
        state.terms = replace(state.terms, approval_quarters=days / 90.0)
        started.append(run(state, 9).get("projects.started", 0.0))
    assert started[0] <= started[1] <= started[2]
    assert started[2] > started[0]


def test_plants_are_firms_that_take_their_market_from_rivals() -> None:
    state = city(project_build_time=2.0, project_start_share=0.99, project_start_lag=1.5)
    sector = state.firms.sector
    before = np.bincount(sector, state.firms.real_output)
    total = run(state, 9)
    plants = np.flatnonzero(state.firms.project >= 0)
    assert len(plants) == total["project_plants"] > 0
    after = np.bincount(state.firms.sector, state.firms.real_output, minlength=len(before))
    # A plant takes at most half of its sector in a quarter; elsewhere output is unchanged.
    untouched = np.setdiff1d(np.arange(len(before)), state.firms.sector[plants])
    np.testing.assert_allclose(after[untouched], before[untouched])
    assert (state.firms.capital_stock[plants] > 1e9).all()
    assert len(set(state.firms.firm_id.tolist())) == state.firms.count
    for project in state.projects:
        if project.status == "producing":
            assert project.invested == pytest.approx(project.size)
            assert state.firms.project[project.firm_row] == project.number


def test_room_is_made_exactly() -> None:
    state = city()
    firms = state.firms
    row = int(np.argmax(firms.real_output * (firms.sector == firms.sector[5])))
    same = firms.sector == firms.sector[row]
    before = float(firms.real_output[same].sum())
    assert take_markets(firms, [row], np.array([1e6])) == pytest.approx([1e6], rel=1e-12)
    assert float(firms.real_output[same].sum()) == pytest.approx(before, rel=1e-12)


@pytest.mark.parametrize("young", [False, True])
def test_plants_take_in_turn_what_single_plants_would(young: bool) -> None:
    """Against the exact rule: all firms of a sector are gone through for every plant."""
    state = city()
    firms = state.firms
    two = np.argsort(np.bincount(firms.sector[firms.alive]))[-2:]
    members = [np.flatnonzero((firms.sector == code) & firms.alive) for code in two]
    # Thirty plants of one sector, one larger than all other firms, and two of another one.
    plants = [*members[0][:20].tolist(), *members[1][:2].tolist(), *members[0][20:30].tolist()]
    firms.real_output[plants[3]] = 5.0 * float(firms.real_output[members[0]].sum())
    mean = float(firms.real_output[members[0]].mean())
    # Most take little, the ninth more than a plant may, so that half of the others' output goes.
    extra = np.array([1e9 * mean if k == 8 else (0.1 + 0.3 * k) * mean for k in range(32)])
    expected, losses = firms.real_output.copy(), []
    for k, row in enumerate(plants):
        same = members[0] if firms.sector[row] == two[0] else members[1]
        others = same[same != row]
        total = float(expected[others].sum())
        wanted = float(extra[k]) if young else float(expected[row])
        share = min(wanted / total, 0.5)
        expected[others] *= 1.0 - share
        expected[row] += extra[k] if young else 0.0
        losses.append(share * total)
    taken = take_markets(firms, plants, extra if young else None)
    np.testing.assert_allclose(taken, losses, rtol=1e-12)
    np.testing.assert_allclose(firms.real_output, expected, rtol=1e-12)


def test_rivals_are_the_living_firms_of_the_sectors() -> None:
    firms = city().firms
    firms.alive[::7] = False
    for sector in (firms.sector[:1], firms.sector[[3, -1, 3]], firms.sector[:0]):
        wanted = np.flatnonzero(firms.alive & np.isin(firms.sector, sector))
        assert living_in(firms, sector).tolist() == wanted.tolist()


def test_plants_are_like_the_above_scale_firms_of_their_sectors() -> None:
    state = city()
    firms = state.firms
    project = projects.propose(state, arrivals(state, [state.first], 3.0, 1.0))[0]
    firms.alive[::7] = False
    rivals = living_in(firms, np.array([project.sector], dtype=np.int16))
    made = plant_columns(state, [project], rivals)
    peers = firms.alive & firms.on_roster & (firms.sector == project.sector)
    output, staff = firms.real_output[peers], firms.employees[peers]
    for name in ("rd_ratio", "export_share", "value_added_rate"):
        mean = np.average(getattr(firms, name)[peers], weights=output)
        np.testing.assert_allclose(made[name], mean, rtol=1e-12)
    np.testing.assert_allclose(
        made["wage"], np.average(firms.wage[peers], weights=staff), rtol=1e-12
    )
    vintage = state.parameters["project_vintage_energy"]
    mean = np.average(firms.energy_intensity[peers], weights=output)
    np.testing.assert_allclose(made["energy_intensity"], vintage * mean, rtol=1e-12)


@pytest.mark.parametrize("roster", [True, False])
def test_a_plant_without_peers_is_like_the_citys_other_firms_in_its_sectors_own_way(
    roster: bool,
) -> None:
    """Its sector uses three times the energy of the others, which use 0.2 a yuan: 0.6."""
    state = city()
    firms, table = state.firms, state.city.sectors
    project = projects.propose(state, arrivals(state, [state.first], 3.0, 1.0))[0]
    own = firms.sector == project.sector
    firms.on_roster[own] = False  # small firms of the sector do not count as peers
    firms.on_roster[~own] = roster
    firms.energy_intensity[:], firms.wage[:] = 0.2, 7.0
    use = np.full(len(table.code), 2.0)
    use[project.sector] = 6.0
    firms.real_output[own] = 0.0
    state.city = replace(state.city, sectors=replace(table, energy_intensity_rel=use))
    made = plant_columns(state, [project], living_in(firms, np.array([project.sector], np.int16)))
    vintage = state.parameters["project_vintage_energy"]
    assert made["energy_intensity"] == pytest.approx([0.6 * vintage])
    assert made["wage"] == pytest.approx([7.0])
    assert made["value_added_rate"] == [table.value_added_rate[project.sector]]
    assert made["export_share"] == [table.export_share[project.sector]]


def test_abandoned_site_becomes_idle_land_and_is_refunded() -> None:
    state = city()
    project = projects.propose(state, arrivals(state, [state.first], 3.0, 1.0))[0]
    state.parcels.occupant[-1] = HELD - project.number
    area = int(state.parcels.area[-1])
    projects.release_site(state, project, projects.Sites(state.parcels))
    assert state.parcels.occupant[-1] == -1
    price = float(state.city.districts.land_price_floor[project.district])
    paid = area * price * state.parameters["industrial_land_price_markup"]
    assert state.ledger.total("land_refund") == pytest.approx(paid)


def test_opening_sites_are_laid_out_on_the_register() -> None:
    state = small_model("no_plan").state
    started = [p for p in state.projects if p.status == "started"]
    for project in started:
        held = int(state.parcels.area[state.parcels.occupant == HELD - project.number].sum())
        assert held == project.land_needed
    assert (area_of_firms(state.parcels, state.firms.count) == state.firms.land_area).all()


@pytest.mark.parametrize("released", ["0.2", "1.0"])  # of the pools a quarter; one is the most
def test_plots_held_for_a_project_are_the_land_it_got(released: str) -> None:
    model = small_model(
        "base", **{"population.scale": "1.0", "parameters.land_release_rate": released}
    )
    parcels, some = model.state.parcels, 0
    for _ in range(12):
        model.step()
        for project in model.state.projects:
            if project.status in ("signed", "started"):
                held = parcels.area[parcels.occupant == HELD - project.number]
                assert held.sum() == project.land_got
                some += project.land_got > 0
    assert some > 30
