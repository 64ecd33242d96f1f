"""Policy terms: what agents face once history, scenario and implementation are put together.

Levers never touch agents. Each quarter the immutable neutral terms are mapped to new terms by
every lever in force; processes read terms and do not know that levers exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sim.rng import KeyedRandom
    from sim.scenario import Scenario

Classed = tuple[float, float, float, float]


@dataclass(frozen=True)
class Terms:
    """Terms in force in one quarter; the defaults are neutral (mechanism off).

    Rates are per year and fractions of one unless the name says otherwise; tuples run over the
    per-mu classes A, B, C, D.
    """

    # structure (clauses 1-4)
    digital_cost_factor: float = 1.0
    digital_spillover: float = 0.0
    emerging_support: float = 0.0
    frontier_draws: float = 0.0
    upgrade_hazard: float = 0.0
    upgrade_gain: float = 0.0
    # projects (5-8)
    attraction: float = 1.0
    cooperation_links: float = 0.0
    export_shift: float = 0.0
    screening: float = 0.0
    large_project_priority: float = 0.0
    decision_delay_quarters: float = 0.0
    selection_quality: float = 0.0
    # space (9-11)
    spatial_focus: float = 0.0
    consolidation: float = 0.0
    relocation_friction: float = 1.0
    receiver_tax_share: float = 0.0
    # firms (12-13)
    promotion_boost: float = 1.0
    certificate_boost: float = 1.0
    top_reward: float = 0.0
    listing_boost: float = 1.0
    listing_reward: float = 0.0
    # innovation (14-17)
    public_knowledge: float = 0.0
    breakthrough_fields: float = 0.0
    rd_grant: float = 0.0
    first_purchase: float = 0.0
    quality_programme: float = 0.0
    upgrade_subsidy: float = 0.0
    # resources (18)
    energy_price: Classed = (1.0, 1.0, 1.0, 1.0)
    energy_quota_price: float = 0.0
    water_tightening: float = 0.0
    closure_hazard: float = 0.0
    # land (19-21)
    industrial_quota_share: float = 0.0
    land_floor: float = 0.0
    redevelopment: float = 0.0
    floor_area_gain: float = 0.0
    land_priority: Classed = (1.0, 1.0, 1.0, 1.0)
    quota_in_platforms: float = 0.0
    innovation_land_share: float = 0.0
    class_cutoff_d: float = 0.05
    # people (22-23)
    talent_inflow: float = 0.0
    talent_teams: float = 0.0
    management_gain: float = 0.0
    skill_growth: float = 0.0
    # money (24-26)
    special_fund: float = 0.0
    targeting: float = 0.0
    fund_size: float = 0.0
    fund_leverage: float = 1.0
    credit_shift: float = 0.0
    spread_cut: float = 0.0
    insurance_share: float = 0.0
    # government (27-30)
    approval_quarters: float = 4.0 / 3.0
    cost_cut: float = 0.0
    service_coverage: float = 0.0
    coordination: float = 0.0
    assessment: float = 0.0


NEUTRAL = Terms()
"""No lever in force: every mechanism off. 120 days of approval is 4/3 of a quarter."""

LeverValues = Mapping[tuple[str, str], float]
"""(lever, class or "") -> value in the lever's unit."""


NUMERIC_CLAUSES = frozenset({1, 4, 5, 12, 13, 15, 18, 19, 20, 21, 22, 26})
"""Clauses that carry a number: assessment (clause 30) drives effort there."""


def shares_carried_out(
    clauses: Sequence[int],
    coordination: float,
    assessment: float,
    parameters: Mapping[str, float],
    random: KeyedRandom,
) -> dict[int, float]:
    """Return the share of a lever's intended change that is carried out, 0 to 1, by clause.

    Each clause's own luck is drawn once per member around the mean declared by
    ``implementation_mean``; co-ordination (clause 30) closes part of the gap to one, and so
    does assessment for clauses that carry a number.

    Parameters
    ----------
    clauses : sequence of int
        Clauses of the plan, 1 to 30.
    coordination, assessment : float
        Values of the levers ``coordination_effectiveness`` and ``assessment_weight``, 0 to 1.
    parameters : Mapping
        Drawn parameters ``implementation_mean``, ``implementation_concentration``,
        ``coordination_gain`` and ``assessment_gain``.
    random : KeyedRandom
        Random numbers of the member.
    """
    from scipy.special import betaincinv

    number = np.array(clauses, dtype=np.int64)
    mean = np.full(len(number), parameters["implementation_mean"])
    mean += (1.0 - mean) * parameters["coordination_gain"] * coordination
    numeric = np.array([clause in NUMERIC_CLAUSES for clause in clauses])
    mean += np.where(numeric, (1.0 - mean) * parameters["assessment_gain"] * assessment, 0.0)
    weight = parameters["implementation_concentration"]
    luck = random.uniforms("implementation", number)[0]
    # Where gains close the whole gap nothing is left to luck, and the distribution has no width.
    shares = np.where(mean < 1.0, betaincinv(mean * weight, (1.0 - mean) * weight, luck), 1.0)
    return dict(zip(clauses, shares.tolist(), strict=True))


def implementation_factors(
    scenario: Scenario, parameters: Mapping[str, float], random: KeyedRandom
) -> list[dict[int, float]]:
    """Return the implementation factor of every clause for every quarter of a scenario."""
    from sim.levers import LEVERS

    clauses = sorted({lever.clause for lever in LEVERS.values()})
    known: dict[tuple[float, float], dict[int, float]] = {}
    factors = []
    for quarter in scenario.quarters:
        given = scenario.lever_values(quarter)
        together = given.get(("coordination_effectiveness", ""), 0.0)
        review = given.get(("assessment_weight", ""), 0.0)
        if (together, review) not in known:
            known[together, review] = shares_carried_out(
                clauses, together, review, parameters, random
            )
        factors.append(known[together, review])
    return factors


def terms_in_force(values: LeverValues, parameters: Mapping[str, float]) -> Terms:
    """Map lever values to the terms that agents face.

    Levers at their neutral value are not applied at all, so that neutral equals absence
    bit by bit.

    Parameters
    ----------
    values : Mapping
        (lever, class) to value in the lever's own unit; class is "" for scalar levers.
    parameters : Mapping
        Drawn parameters.
    """
    from sim.levers import LEVERS

    moved = {name for (name, _), value in values.items() if value != LEVERS[name].neutral}
    changes: dict[str, Any] = {}
    for name, lever in LEVERS.items():
        if name not in moved:
            continue
        if lever.classes:
            given = tuple(values.get((name, c), lever.neutral) for c in lever.classes)
            changes |= lever.effect(given, parameters)
        else:
            changes |= lever.effect(values[name, ""], parameters)
    return Terms(**changes)


@dataclass(frozen=True)
class Policy:
    """What is in force in one quarter of one member. Nobody changes what it holds.

    Attributes
    ----------
    values, before : Mapping
        Lever values put into effect, after implementation, and those before the plan.
    terms, reference : Terms
        What agents face under the first and under the second.
    effort : float
        Mean implementation factor of the clauses, 0 to 1.
    """

    values: LeverValues
    before: LeverValues
    terms: Terms
    reference: Terms
    effort: float


def policies(
    scenario: Scenario, parameters: Mapping[str, float], random: KeyedRandom
) -> list[Policy]:
    """Return a member's policy in every quarter; quarters in which nothing moves share one.

    Parameters
    ----------
    parameters : Mapping
        Drawn parameters of the member.
    random : KeyedRandom
        Random numbers of implementation.
    """
    from sim.levers import LEVERS

    # The luck of a clause's administrative decision, in (0, 1), one for all years.
    decided = {
        clause: random.uniform("decision", agent=clause)
        for clause in sorted({v.clause for v in LEVERS.values() if v.administrative})
    }
    found: list[Policy] = []
    last: tuple[Any, ...] = ()
    factors_by_quarter = implementation_factors(scenario, parameters, random)
    for quarter, factors in zip(scenario.quarters, factors_by_quarter, strict=True):
        intended, before = scenario.lever_values(quarter), scenario.before_plan_values(quarter)
        if (intended, before, factors) == last:
            found.append(found[-1])
            continue
        values = {}
        for key, wanted in intended.items():
            lever = LEVERS[key[0]]
            factor = 1.0 if lever.clause == 30 else factors[lever.clause]
            if lever.administrative and decided[lever.clause] < factor:
                factor = 1.0
            values[key] = carried_out(wanted, before[key], factor)
        usual = bool(found) and before == found[-1].before
        found.append(Policy(
            values, before, terms_in_force(values, parameters),
            found[-1].reference if usual else terms_in_force(before, parameters),
            sum(factors.values()) / len(factors),
        ))  # fmt: skip
        last = intended, before, factors
    return found


def carried_out(intended: float, before: float, factor: float) -> float:
    """Return the value reached when only `factor` of the change is carried out.

    Examples
    --------
    >>> carried_out(0.30, 0.20, 0.5)
    0.25
    """
    return before + factor * (intended - before) if intended != before else before
