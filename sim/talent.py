"""Talent, teams, managers and skilled workers (clauses 22 and 23).

People arrive at the rates before the plan plus what the levers add, and join firms by their
R&D. The trend of productivity already holds the usual arrivals: only people beyond the
reference raise R&D productivity.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim import talent_kernels as kernels
from sim.columns import column, lengthened
from sim.policy import Terms
from sim.scopes import firm_sums
from sim.state import CityState, Floats, Integers

KINDS = ("overseas", "national", "designers", "teams")
ARRIVALS = tuple(f"talent_{kind}" for kind in KINDS)
"""Event total of each kind."""
STAFF_PER_TALENT = 20.0
"""R&D staff around one leading person that the effect is stated for."""
RD_STAFF_SHARE = 2.0
"""R&D staff over employees per unit of the R&D ratio: 3 % of sales goes with 6 % of staff."""
LARGEST_STAFF_SHARE = 0.6


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
    state.arrays["talent.helped"] = np.zeros(0, dtype=np.int64)
    state.memory["talent.tfp_gain"] = state.memory["talent.ordered"] = 0.0


def step(state: CityState) -> None:
    """Let people arrive and join firms; set the gains that innovation reads."""
    firms, p, arrays = state.firms, state.parameters, state.arrays
    rates = [arrival_rates(each, state.reference, p) for each in (state.terms, state.reference)]
    means = np.concatenate(rates) * (state.scale / 4.0)
    kinds = np.arange(len(KINDS))
    same = np.concatenate([kinds, kinds])  # one draw for both: more come, nobody else
    drawn = state.random.poissons("talent/arrivals", means, same, state.quarter)
    came, usual = drawn[: len(KINDS)], drawn[len(KINDS) :]
    arrivals = np.maximum(came, usual)
    hosts = np.empty(int(arrivals.sum()), dtype=np.int64)
    order, ordered = _by_id(state)
    industry = firms.alive, state.of_sector("manufacturing"), firms.rd_ratio, firms.annual_revenue
    edges = state.scratch("work", 1)[0]
    kernels.line_up(order, ordered, *industry, edges)
    keys = tuple(state.random.key(f"talent/{kind}") for kind in KINDS)
    kernels.find_hosts(order, *industry, edges, arrivals, keys, state.quarter, hosts)
    moved = np.empty_like(hosts)
    number = kernels.join(
        hosts, came, usual, (p["flexible_stay_share"], 1.0, 1.0, p["team_size"]), firms.alive,
        firms.employees, firms.rd_ratio, (RD_STAFF_SHARE, LARGEST_STAFF_SHARE, STAFF_PER_TALENT),
        p["rd_productivity_wrt_talent"], firms.talent, column(state, "talent.extra"),
        column(state, "talent.rd_gain"), arrays["talent.helped"], moved,
        np.empty((2, len(hosts))),
    )  # fmt: skip
    arrays["talent.helped"] = moved[:number]
    for kind, number in zip(ARRIVALS, came.tolist(), strict=True):
        state.add(kind, float(number))
    state.memory["talent.tfp_gain"] = 0.25 * yearly_skill_gain(
        state.terms, state.reference, p["skilled_share"], p["tfp_wrt_skilled_share"]
    )


def _by_id(state: CityState) -> tuple[Integers, int]:
    """Return the rows of all firms in the order of their ids, for lots that fall on a line.

    So that what a lot finds does not depend on where firms stand. Also returns how many rows at
    the beginning are rows 0, 1, 2 ...: those of the opening, mostly.
    """
    ids, memory = state.firms.firm_id, state.memory
    order, known = lengthened(state, "talent.by_id", np.int64)
    if known < len(ids):
        new, ordered = known + ids[known:].argsort(kind="stable"), memory["talent.ordered"]
        memory["talent.ordered"] = kernels.put_in(order, known, new, ids, int(ordered))
    return order, int(memory["talent.ordered"])


def observe(state: CityState) -> dict[str, float]:
    """Return arrivals of the quarter and talents attached to living firms (persons)."""
    counts = state.counts
    out = {name: counts.get(name, 0.0) for name in ARRIVALS}
    out["talent_attached"] = firm_sums(state)["talent"]
    out["skill_gain"] = state.memory["talent.tfp_gain"]
    return out
