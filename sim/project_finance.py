"""Public equity in large projects (clause 25): who is offered it, who pays it, who holds it.

The state platform sets a share of its new capital aside for large projects. Projects that wait to
start are offered what they need in the order of their numbers; an offer keeps some from being
given up. It is paid when construction starts, held at cost until the plant produces in full, and
then as shares in the firm. What abandoned projects were offered goes to others.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.flows import EQUITY_FUNDS, hold, holders, holdings
from sim.parcels import city_scale
from sim.state import CityState
from sim.units import YI_YUAN

PLATFORM = "state_platform"
SMALLEST = 20 * YI_YUAN
"""Investment from which the plan counts a project as large, yuan."""


def mean_size(low: float, high: float, exponent: float) -> float:
    """Return the mean of a Pareto law cut at both ends.

    Examples
    --------
    >>> round(mean_size(1.0, 2.0, 1.0), 6) == round(2.0 * math.log(2.0), 6)
    True
    >>> round(mean_size(20.0, 300.0, 1.2), 1)
    52.2
    """
    ratio = low / high
    if abs(exponent - 1.0) < 1e-9:
        return low * math.log(high / low) / (1.0 - ratio)
    shape = exponent / (exponent - 1.0)
    head = 1.0 - math.pow(ratio, exponent - 1.0)
    return low * shape * head / (1.0 - math.pow(ratio, exponent))


def usual_need(state: CityState) -> float:
    """Return public equity that projects signed in a usual quarter ask for, yuan."""
    drawn = state.parameters
    size = mean_size(SMALLEST, drawn["project_largest_size"], drawn["project_size_exponent"])
    signed = drawn["large_projects_per_year"] * city_scale(state) / 4.0
    return float(drawn["project_public_share"] * signed * size)


def set_aside(state: CityState, pool: float, usual: float) -> float:
    """Set the projects' part of the platform's new capital aside; return the share left for firms.

    Parameters
    ----------
    pool, usual : float
        What the platform may place this quarter, and would under the before-plan terms, yuan.
    """
    share = float(state.parameters["platform_project_share"])
    offer = state.memory.get("projects.offer", 0.0)
    state.memory["projects.offer"] = offer + share * pool
    state.add("projects.set_aside", share * pool)
    state.memory["projects.usual_cover"] = cover(share * usual, usual_need(state))
    return 1.0 - share


def cover(offered: float, need: float) -> float:
    """Return the share of a need that is covered, at most one; a need of zero is covered.

    Examples
    --------
    >>> cover(1.0, 4.0), cover(8.0, 4.0), cover(0.0, 0.0)
    (0.25, 1.0, 1.0)
    """
    return min(offered / need, 1.0) if need > 0.0 else 1.0


def need_of(state: CityState, project: Any) -> float:
    """Return the public equity a project asks for, yuan."""
    return float(state.parameters["project_public_share"] * project.size)


def make_offers(state: CityState) -> None:
    """Offer what is set aside to projects that wait to start, in the order of their numbers."""
    left = state.memory.get("projects.offer", 0.0)
    for project in state.projects:
        if project.status == "signed" and left > 0.0:
            more = min(max(need_of(state, project) - project.offered, 0.0), left)
            project.offered += more
            left -= more
    state.memory["projects.offer"] = left


def withdraw(state: CityState, project: Any) -> None:
    """Take back what a project was offered that was given up."""
    state.memory["projects.offer"] = state.memory.get("projects.offer", 0.0) + project.offered
    project.offered = 0.0


def hazard_shift(state: CityState, project: Any) -> float:
    """Return the log change of the abandonment hazard by more or less cover than usual.

    Before the simulated quarters cover is the usual one, which the hazard's prior contains.
    """
    usual = state.memory.get("projects.usual_cover")
    if usual is None:
        return 0.0
    gap = cover(project.offered, need_of(state, project)) - usual
    return float(state.parameters["project_abandonment_wrt_funding"] * gap)


def pay_in(state: CityState, project: Any) -> None:
    """Pay the platform's stake as construction starts: it pays for building first."""
    if (stake := project.offered) <= 0.0:
        return
    state.ledger.pay("funds", "outside", "project_equity", stake)
    project.offered, project.stake = 0.0, stake
    project.invested += stake / (1.0 - state.parameters["project_working_capital"])
    for name in ("projects.investment", "projects.public_equity"):
        state.add(name, stake)


def hand_over(state: CityState, project: Any) -> None:
    """Turn a stake into shares of the firm that now produces in full."""
    if project.stake <= 0.0:
        return
    row = np.array([project.firm_row], dtype=np.int64)
    sales = state.firms.annual_revenue[row]
    for fund in EQUITY_FUNDS:  # all value their shares in the firm anew
        holdings(state, fund)[1][holders(state, fund) == row] = sales
    held, (value, marked) = holders(state, PLATFORM), holdings(state, PLATFORM)
    at, mine = np.searchsorted(held, row), held == row
    if mine.any():
        value[mine] += project.stake
    else:
        hold(
            state, PLATFORM, np.insert(held, at, row), np.insert(value, at, project.stake),
            np.insert(marked, at, sales),
        )  # fmt: skip
    state.fund(PLATFORM).value += project.stake
    project.stake = 0.0


def write_off(state: CityState, project: Any) -> None:
    """Write off a stake in a plant that closed before it produced in full."""
    state.fund(PLATFORM).written_off += project.stake
    project.stake = 0.0
