"""Talent, teams, managers and skilled workers (clauses 22 and 23).

People arrive at the rates before the plan plus what the levers add, and join firms by their
R&D. The trend of productivity already holds the usual arrivals: only people beyond the
reference raise R&D productivity.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim import talent_kernels as kernels
from sim.columns import column
from sim.policy import Terms
from sim.state import CityState, Floats, Integers
from sim.sums import chosen_sum

KINDS = ("overseas", "national", "designers", "teams")
STAFF_PER_TALENT = 20.0
"""R&D staff around one leading person that the effect is stated for."""
RD_STAFF_SHARE = 2.0
"""R&D staff over employees per unit of the R&D ratio: 3 % of sales goes with 6 % of staff."""


def arrival_rates(terms: Terms, reference: Terms, parameters: Mapping[str, float]) -> Floats:
    """Return yearly arrivals of overseas stays, leading talents, designers and teams.

    Leading talents and designers follow the overseas lever in the plan's own proportion.

    Parameters
    ----------
    terms, reference : Terms
        Policy now and before the plan.
    parameters : Mapping
        Usual rates and proportions.
    """
    p = parameters
    more = terms.talent_inflow - reference.talent_inflow
    teams = terms.talent_teams - reference.talent_teams
    rates = (
        p["talent_overseas_per_year"] + more,
        p["talent_national_per_year"] + p["national_per_overseas"] * more,
        p["talent_designers_per_year"] + p["designers_per_overseas"] * more,
        p["talent_teams_per_year"] + teams,
    )
    return np.asarray(np.maximum(np.array(rates), 0.0))


def productivity_gain(before: Floats, after: Floats, staff: Floats, response: float) -> Floats:
    """Return the log gain of R&D productivity when extra talents rise from `before` to `after`.

    Parameters
    ----------
    before, after : ndarray, shape (firms,)
        Talents beyond the reference, full-time persons.
    staff : ndarray, shape (firms,)
        R&D staff, persons.
    response : float
        Log gain per log of (1 + talents per twenty staff).

    Examples
    --------
    >>> zero, two = np.array([0.0]), np.array([2.0])
    >>> productivity_gain(zero, two, np.array([40.0]), 0.3).round(4).tolist()
    [0.2079]
    """
    groups = np.maximum(staff, STAFF_PER_TALENT) / STAFF_PER_TALENT
    change = np.log1p(np.maximum(after / groups, -0.9)) - np.log1p(
        np.maximum(before / groups, -0.9)
    )
    return np.asarray(response * change)


def yearly_skill_gain(terms: Terms, reference: Terms, skilled: float, response: float) -> float:
    """Return log TFP per year from better managers and more skilled workers.

    Examples
    --------
    >>> now, before = Terms(management_gain=0.004, skill_growth=0.03), Terms(skill_growth=0.02)
    >>> round(yearly_skill_gain(now, before, 0.25, 0.6), 6)
    0.0055
    """
    management = terms.management_gain - reference.management_gain
    skill = terms.skill_growth - reference.skill_growth
    return management + response * skilled * skill


def initialise(state: CityState) -> None:
    """Start without people beyond the reference."""
    column(state, "talent.extra")
    column(state, "talent.rd_gain")
    state.memory["talent.tfp_gain"] = 0.0


def step(state: CityState) -> None:
    """Let people arrive and join firms; set the gains that innovation reads."""
    firms, p, scale = state.firms, state.parameters, state.scale
    now = arrival_rates(state.terms, state.reference, p) * scale / 4.0
    usual = arrival_rates(state.reference, state.reference, p) * scale / 4.0
    edges = state.scratch("work", 1)[0]
    order = state.by_id()
    kernels.host_edges(
        order, firms.alive, firms.sector, state.city.sectors.manufacturing, firms.rd_ratio,
        firms.annual_revenue, edges,
    )  # fmt: skip
    persons = (p["flexible_stay_share"], 1.0, 1.0, p["team_size"])
    gained, lost = [], []
    means = np.stack([now, usual], axis=1).ravel()
    same = np.repeat(np.arange(len(KINDS)), 2)  # one draw for both: more come, nobody else
    arrived = state.random.poissons("talent/arrivals", means, same, state.quarter).tolist()
    for number, kind in enumerate(KINDS):
        came, base = arrived[2 * number : 2 * number + 2]
        state.add(f"talent_{kind}", float(came))
        rows = order[_hosts(state, kind, edges, max(came, base))]
        np.add.at(firms.talent, rows[:came], persons[number])
        gained.append((rows[base:came], persons[number]))
        lost.append((rows[came:base], -persons[number]))
    _gain(state, gained + lost)
    state.memory["talent.tfp_gain"] = 0.25 * yearly_skill_gain(
        state.terms, state.reference, p["skilled_share"], p["tfp_wrt_skilled_share"]
    )


def _gain(state: CityState, moves: list[tuple[Integers, float]]) -> None:
    """Enter people beyond the reference; set the gains of the firms that they join or miss."""
    firms = state.firms
    extra, gain = column(state, "talent.extra"), column(state, "talent.rd_gain")
    gain[:] = 0.0
    # A firm that several people join stands here as often, each time with the same gain.
    touched = np.concatenate([rows for rows, _ in moves])
    before = extra[touched]
    np.add.at(extra, touched, np.repeat([each for _, each in moves], [len(r) for r, _ in moves]))
    changed = (extra[touched] != before) & firms.alive[touched]
    rows, before = touched[changed], before[changed]
    staff = firms.employees[rows] * np.minimum(RD_STAFF_SHARE * firms.rd_ratio[rows], 0.6)
    gain[rows] = productivity_gain(
        before, extra[rows], staff, state.parameters["rd_productivity_wrt_talent"]
    )


def _hosts(state: CityState, kind: str, edges: Floats, count: int) -> Integers:
    """Return the place among `edges` of each arrival's firm, the same for the same arrival."""
    if count == 0 or not len(edges) or edges[-1] <= 0.0:
        return np.zeros(0, dtype=np.int64)
    lot = state.random.uniforms(f"talent/{kind}", np.arange(count), state.quarter)[0]
    place = np.searchsorted(edges, lot * edges[-1], side="right")
    return np.asarray(np.minimum(place, len(edges) - 1))


def observe(state: CityState) -> dict[str, float]:
    """Return arrivals of the quarter and talents attached to living firms (persons)."""
    out = {f"talent_{kind}": state.counts.get(f"talent_{kind}", 0.0) for kind in KINDS}
    out["talent_attached"] = chosen_sum(state.firms.talent, state.firms.alive)
    out["skill_gain"] = state.memory["talent.tfp_gain"]
    return out
