"""Public equity in large projects: offers, stakes and what they do, by hand and in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim import project_finance, projects
from sim.flows import holders, holdings
from sim.project_pipeline import arrivals, propose, truncated_pareto
from tests.sim.small_city import small_model
from tests.sim.test_projects import city, run

if TYPE_CHECKING:
    from typing import Any

    from sim.state import CityState


def waiting(count: int) -> tuple[CityState, list[Any]]:
    """Return a city with nothing but `count` signed projects of 10 bn yuan each."""
    state = small_model("no_plan").state
    state.parameters = dict(state.parameters) | {
        "large_projects_per_year": 80.0 / state.scale, "project_public_share": 0.1,
        "platform_project_share": 0.5, "project_abandonment_wrt_funding": -0.4,
        "project_working_capital": 0.05,
    }  # fmt: skip
    state.memory.pop("projects.offer", None)
    found = arrivals(state, [state.first], 3.0, 1.0)
    state.projects = propose(state, found)[:count]
    assert len(state.projects) == count
    for project in state.projects:
        project.status, project.size, project.signed = "signed", 1e10, state.quarter
    return state, state.projects


@pytest.mark.parametrize("exponent", [0.9, 1.0, 1.2])
def test_mean_size_is_the_mean_of_the_law_that_sizes_are_drawn_from(exponent: float) -> None:
    draw = (np.arange(200_000) + 0.5) / 200_000
    sizes = truncated_pareto(draw, 20.0, 300.0, exponent)
    assert project_finance.mean_size(20.0, 300.0, exponent) == pytest.approx(sizes.mean(), rel=1e-4)


def test_offers_go_by_number_and_return_when_a_project_is_given_up() -> None:
    state, (first, second) = waiting(2)
    left = project_finance.set_aside(state, 3e9, 2e9)
    assert left == 0.5
    project_finance.make_offers(state)
    # 1.5 bn are set aside; each asks for a tenth of 10 bn.
    assert (first.offered, second.offered) == (1e9, 0.5e9)
    project_finance.withdraw(state, first)
    project_finance.make_offers(state)
    assert first.offered + second.offered == pytest.approx(1.5e9)


def test_full_cover_lowers_the_hazard_by_its_distance_from_the_usual_cover() -> None:
    state, (project,) = waiting(1)
    state.memory.pop("projects.usual_cover", None)
    assert project_finance.hazard_shift(state, project) == 0.0
    need = project_finance.usual_need(state)
    project_finance.set_aside(state, 4e9, need)  # half of it is for projects: half is covered
    project_finance.make_offers(state)
    assert project_finance.hazard_shift(state, project) == pytest.approx(-0.4 * (1.0 - 0.5))
    project.offered = 0.0
    assert project_finance.hazard_shift(state, project) == pytest.approx(-0.4 * (0.0 - 0.5))


def test_a_stake_is_paid_held_and_becomes_shares() -> None:
    state, (project,) = waiting(1)
    platform = state.fund("state_platform")
    value = platform.value
    project.offered = 0.95e9
    project_finance.pay_in(state, project)
    assert state.ledger.total("project_equity") == 0.95e9
    assert (project.offered, project.stake) == (0.0, 0.95e9)
    assert project.invested == pytest.approx(1e9)  # 5 % of it is the investors' working capital
    project.firm_row = 7
    held = holdings(state, "state_platform")[0].sum()
    project_finance.hand_over(state, project)
    (now, marked), rows = holdings(state, "state_platform"), holders(state, "state_platform")
    assert now.sum() - held == pytest.approx(0.95e9)
    assert rows.tolist() == sorted({*rows.tolist(), 7})
    assert marked[rows == 7] == state.firms.annual_revenue[7]
    assert platform.value - value == pytest.approx(0.95e9)
    assert project.stake == 0.0


def test_a_plant_that_closes_while_it_ramps_up_is_written_off() -> None:
    state, (project,) = waiting(1)
    project.status, project.stake, project.producing, project.firm_row = (
        "producing", 3e8, state.quarter - 1, 7,
    )  # fmt: skip
    state.firms.alive[7] = False
    lost = state.fund("state_platform").written_off
    projects.ramp_up(state)
    assert state.fund("state_platform").written_off - lost == 3e8
    assert project.stake == 0.0


def test_more_equity_keeps_projects_from_being_given_up() -> None:
    """Paired: the draw of each project and quarter is the same, only its hazard is lower."""
    abandoned = []
    for pool in (0.0, 20e9):
        state = city(
            project_start_share=0.3, project_abandonment_wrt_funding=-2.0, project_start_lag=6.0
        )
        total = 0.0
        for _ in range(8):
            project_finance.set_aside(state, pool, 0.0)
            total += run(state, 1).get("projects.abandoned", 0.0)
        abandoned.append(total)
    assert abandoned[1] < abandoned[0]


def test_stakes_enter_the_funds_shares_in_a_whole_run() -> None:
    """Every step checks "funds' shares = placements + gains - sales": a breach would raise."""
    model = small_model(
        "base", **{"parameters.large_projects_per_year": "50", "population.scale": "0.2"}
    )
    state = model.state
    paid = 0.0
    for _ in range(9):
        for project in state.projects:
            project.land_needed = project.land_got  # land for so many is short in a small city
        model.step()
        paid += state.counts.get("projects.public_equity", 0.0)
    started = [p for p in state.projects if p.started >= state.first]
    assert started
    assert paid > 0.0
    assert sum(p.stake for p in state.projects) <= paid
