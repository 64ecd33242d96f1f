"""From deal to decision: arrival, size, sector, place and choice of large projects.

Arrivals are keyed slots of a bounding Poisson process, thinned by the intensity in force: more
effort adds projects and keeps those that would have come anyway.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from sim.agents import District, Project
from sim.parcels import city_scale, platform_preference
from sim.project_finance import SMALLEST
from sim.state import CityState, Flags, Floats, Integers
from sim.units import SQUARE_KILOMETRE, YI_YUAN

BANDS = ("2_5bn", "5_10bn", "ge_10bn")
"""Size bands of the plan: 20 to 50, 50 to 100, and from 100 亿元."""
BAND_EDGES = (SMALLEST, 50 * YI_YUAN, 100 * YI_YUAN)
MEGA = BAND_EDGES[2]
HIGHEST_EFFORT = 3.0
"""Upper end of the lever: bounds the intensity that the slots are drawn for."""
DEMAND_BOUND = 2.0
SLOTS = 1000
"""Numbers kept for one quarter: more arrivals than this are not drawn."""
NORMAL_GROWTH = 0.06
"""National industrial growth before the plan (6.0 % in 2016, 6.6 % in 2017, cited drivers)."""


@dataclass(frozen=True)
class Arrivals:
    """Projects that arrive in a quarter; arrays of shape (arrivals,), lists of that length."""

    number: Integers
    size: Floats
    sector: list[int]
    platform_draw: Floats
    district: list[int]
    additional: Flags
    """Would not have come with the effort before the plan."""


_NO_NUMBERS, _NO_SIZES = np.empty(0, dtype=np.int64), np.empty(0)
NO_ARRIVALS = Arrivals(_NO_NUMBERS, _NO_SIZES, [], _NO_SIZES, [], np.empty(0, dtype=np.bool_))
"""What arrives in a quarter that no project comes in."""


def make_districts(state: CityState) -> list[Any]:
    """Return the districts as agents, with attraction efforts of mean one."""
    table = state.city.districts
    score = state.random.normals("projects/district effort", np.arange(len(table.code)))[0]
    effort = np.exp(state.parameters["district_effort_sd"] * score)
    effort /= effort.mean()
    return [
        District(state.model, k, table.name_en[k], table.name_zh[k], float(effort[k]))
        for k in range(len(table.code))
    ]


def usual_yearly(state: CityState) -> float:
    """Return the projects that arrive in a usual year before any decision, before-plan terms."""
    yearly = state.parameters["large_projects_per_year"] * city_scale(state)
    return float(yearly / (1.0 - state.reference.screening * expected_misfit(state)))


def truncated_pareto(draw: Floats, low: float, high: float, exponent: float) -> Floats:
    """Return sizes of a Pareto law cut at both ends, by inversion, rising with the draw.

    Examples
    --------
    >>> truncated_pareto(np.array([0.0, 0.5]), 20.0, 1e12, 1.0).round(1).tolist()
    [20.0, 40.0]
    """
    tail = (low / high) ** exponent
    return np.asarray(low * (1.0 - draw * (1.0 - tail)) ** (-1.0 / exponent))


def band(size: float) -> int:
    """Return the size band of a project, 0 to 2 (sizes under 2 bn yuan count as 0)."""
    return 2 if size >= BAND_EDGES[2] else 1 if size >= BAND_EDGES[1] else 0


def intensity(
    yearly: float, effort: float, reference: float, elasticity: float, demand: float
) -> float:
    """Return expected arrivals per quarter.

    Examples
    --------
    >>> intensity(8.0, 1.0, 1.0, 0.6, 1.0)
    2.0
    >>> intensity(8.0, 0.0, 1.0, 0.6, 1.0)
    0.0
    """
    ratio = max(effort, 0.0) / max(reference, 0.1)
    return float(yearly / 4.0 * ratio**elasticity * demand)


def demand_factor(state: CityState, quarter: int) -> float:
    """Return the effect of national industrial growth on arrivals, between 0 and the bound."""
    position = min(max(quarter - state.world.first, 0), len(state.world.industrial_growth_yoy) - 1)
    gap = float(state.world.industrial_growth_yoy[position]) - NORMAL_GROWTH
    factor = math.exp(state.parameters["project_demand_elasticity"] * gap)
    return min(max(factor, 1.0 / DEMAND_BOUND), DEMAND_BOUND)


def slots(
    state: CityState, quarter: int, expected: float, usual: float, bound: float
) -> tuple[Integers, Flags]:
    """Return the numbers of the slots of a quarter that hold a project, and which are new.

    New are those that the `usual` intensity before the plan would not have kept.

    A bounding count is drawn once; each slot is kept when its own draw lies under the ratio of
    the intensities.
    """
    count = min(state.random.poisson("projects/slots", bound, 0, quarter), SLOTS)
    number = quarter * SLOTS + np.arange(count)
    lot = state.random.uniforms("projects/thinning", number)[0]
    keep = lot < expected / max(bound, 1e-12)
    return np.asarray(number[keep]), np.asarray(lot[keep] >= usual / max(bound, 1e-12))


def arrivals(state: CityState, quarter: int, effort: float, reference: float) -> Arrivals:
    """Draw the projects that arrive in a quarter, before any decision."""
    drawn, city = state.parameters, state.city
    yearly, demand = usual_yearly(state), demand_factor(state, quarter)
    elasticity = drawn["project_effort_elasticity"]
    expected = intensity(yearly, effort, reference, elasticity, demand)
    bound = intensity(yearly, HIGHEST_EFFORT, reference, elasticity, DEMAND_BOUND)
    usual = intensity(yearly, reference, reference, elasticity, demand)
    number, additional = slots(state, quarter, expected, usual, bound)
    if not len(number):
        return NO_ARRIVALS
    draw = state.random.uniforms("projects/traits", number, draws=4)
    size = truncated_pareto(
        draw[0], BAND_EDGES[0], drawn["project_largest_size"], drawn["project_size_exponent"]
    )
    sector = _pick(draw[1], city.sectors.project_weight.tolist())
    shares = city.districts.land_share.tolist()
    attraction = [
        agent.effort * share for agent, share in zip(state.districts, shares, strict=True)
    ]
    return Arrivals(number, size, sector, draw[3], _pick(draw[2], attraction), additional)


def _pick(draws: Floats, weights: Iterable[float]) -> list[int]:
    """Return the position that each uniform picks by weight: few, for which numpy is slower."""
    edges = list(accumulate(weights))
    last = len(edges) - 1
    return [min(bisect_right(edges, draw * edges[-1]), last) for draw in draws.tolist()]


def propose(state: CityState, found: Arrivals, quarter: int) -> list[Any]:
    """Make Mesa agents of arrivals: place, land need, quality and origin are settled here."""
    if not len(found.number):
        return []
    drawn, city = state.parameters, state.city
    per_yuan = drawn["project_land_per_yi"] * SQUARE_KILOMETRE / YI_YUAN
    selected = state.terms.selection_quality - state.reference.selection_quality
    score = state.random.normals("projects/quality", found.number)[0]
    origin = state.random.uniforms("projects/origin", found.number)[0]
    share = displaced_share(state)
    platforms = list(zip(platform_preference(state).tolist(), city.platforms.district.tolist(),
                         strict=True))  # fmt: skip
    made: list[Any] = []
    for k, (number, district) in enumerate(zip(found.number.tolist(), found.district, strict=True)):
        project = Project(
            state.model, number, float(found.size[k]), found.sector[k], district, quarter
        )
        local = [weight if there == district else 0.0 for weight, there in platforms]
        if any(local):
            (project.platform,) = _pick(found.platform_draw[k : k + 1], local)
        project.land_needed = max(int(project.size * per_yuan), 1)
        project.quality = float(score[k]) + (selected if project.size >= MEGA else 0.0)
        project.displaced_from_neighbour = bool(origin[k] < share)
        project.additional = bool(found.additional[k])
        made.append(project)
    return made


def displaced_share(state: CityState) -> float:
    """Return the share of arrivals drawn from neighbouring cities; extra effort raises it."""
    drawn = state.parameters
    extra = max(state.terms.attraction - state.reference.attraction, 0.0)
    base = drawn["project_displaced_share"]
    return float(min(base + drawn["project_neighbour_pull"] * extra * (1.0 - base), 1.0))


def mismatch(state: CityState, number: int, sector: int) -> float:
    """Return how badly a project fits the city's industries, 0 to 1.

    Half of it is the sector (outside strategic emerging industries), half the single project.
    """
    own = state.random.uniform("projects/fit", number)
    far = 1.0 - float(state.city.sectors.strategic_emerging_share[sector])
    return 0.5 * min(max(far, 0.0), 1.0) + 0.5 * own


def expected_misfit(state: CityState) -> float:
    """Return the mean square of the mismatch over arriving projects: vetoes per strictness."""
    kept = state.memory.get("projects.misfit")  # the city's sectors do not change
    if kept is None:
        weights = state.city.sectors.project_weight
        far = np.clip(1.0 - state.city.sectors.strategic_emerging_share, 0.0, 1.0)
        square = 0.25 * far**2 + 0.25 * far + 0.25 / 3.0
        kept = state.memory["projects.misfit"] = float(weights @ square / weights.sum())
    return kept


def decide(state: CityState, project: Any) -> None:
    """Veto or sign a proposed project when its decision is due.

    The chance of a veto is strictness times the square of the mismatch; the arrival rate is
    that of signed projects before the plan over the share that screening let pass then.
    """
    if state.quarter < project.decision_until:
        return
    misfit = mismatch(state, project.number, project.sector)
    draw = state.random.uniform("projects/veto", project.number)
    if draw < state.terms.screening * misfit**2:
        project.status = "vetoed"
        state.add("projects.vetoed")
        return
    project.status, project.signed = "signed", state.quarter
    name = BANDS[band(project.size)]
    state.add(f"projects.signed_{name}")
    state.add("projects.signed")
    state.add("projects.signed_investment", project.size)
    state.add("projects.signed_quality", project.quality * project.size)
    if project.displaced_from_neighbour:
        state.add("projects.displaced")


def decision_quarter(state: CityState, project: Any) -> int:
    """Return the quarter of the decision: collective decisions delay mega projects only."""
    if project.size < MEGA:
        return int(project.arrived)
    draw = state.random.uniform("projects/decision", project.number)
    return int(project.arrived + math.floor(state.terms.decision_delay_quarters + draw))
