"""Large projects (step 9 of a quarter): arrival, decision, land, approval, building, production.

Projects are Mesa agents. A plant that starts production is a new firm; it takes its market from
firms of its sector, and what the city gains beyond that follows from its capital where output
is set. Investment is paid by investors outside the firms, and by the state platform's equity.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from sim.parcels import HELD, Register, cut_plots, move_area, register_of
from sim.project_finance import hand_over, hazard_shift, make_offers, pay_in, withdraw, write_off
from sim.project_markets import living_in, take_markets
from sim.project_pipeline import (
    BANDS,
    arrivals,
    band,
    decide,
    decision_quarter,
    make_districts,
    propose,
)
from sim.project_plants import plant_columns
from sim.rows import rows_where
from sim.state import CityState, Floats, Integers, Parcels
from sim.units import YUAN

HISTORY_QUARTERS = 14
"""Quarters before the start whose projects may still be under way at the start."""
NEUTRAL_APPROVAL = 4.0 / 3.0
"""120 days in quarters: the approval time that the prior of the start lag refers to."""
RAMP_QUARTERS = 4
"""Quarters from first to full output of a new plant (prior)."""
TYPICAL_SIZE = 5e9 * YUAN
"""Size at which the prior of the building time holds, yuan."""


def build_quarters(size: float, typical: float) -> int:
    """Return the quarters of construction: longer for larger projects, 2 to 16.

    Examples
    --------
    >>> build_quarters(5e9, 6.0), build_quarters(3e10, 6.0)
    (6, 8)
    """
    quarters: int = round(typical * (size / TYPICAL_SIZE) ** 0.15)
    return min(max(quarters, 2), 16)


def start_lag(approval: float, prior_lag: float) -> float:
    """Return quarters from signing to possible start, given approval time in quarters.

    Examples
    --------
    >>> round(start_lag(4.0 / 3.0, 3.0), 6), round(start_lag(1.0, 3.0), 6)
    (3.0, 2.666667)
    """
    return max(prior_lag - NEUTRAL_APPROVAL, 0.0) + approval


def dropout_hazard(start_share: float, lag: float, shift: float) -> float:
    """Return the quarterly hazard that a signed project is given up while it waits.

    Parameters
    ----------
    start_share : float
        Share of signed projects that start in the end, at the usual lag.
    lag : float
        Usual quarters from signing to start.
    shift : float
        Log change of the hazard by quality and by support with land and funds.

    Examples
    --------
    >>> round(dropout_hazard(0.62, 3.0, 0.0), 4)
    0.1473
    """
    rate = -math.log(min(max(start_share, 0.01), 0.999)) / max(lag, 0.5)
    return -math.expm1(-rate * math.exp(shift))


def initialise(state: CityState) -> None:
    """Lay out districts and the pipeline: projects of earlier quarters still under way."""
    state.districts = state.districts or make_districts(state)
    register = register_of(state)
    today = state.quarter
    for quarter in range(state.first - HISTORY_QUARTERS, state.first):
        state.quarter = quarter
        effort = state.reference.attraction
        for project in propose(state, arrivals(state, quarter, effort, effort), quarter):
            project.decision_until = decision_quarter(state, project)
            state.projects.append(project)
        lots = _dropout_lots(state)
        for project in state.projects:
            _advance_history(state, project, lots)
    state.quarter = today
    state.projects = [p for p in state.projects if p.status in ("proposed", "signed", "started")]
    for project in state.projects:
        if project.status == "started":
            _find_land(state, register, project)
    state.counts.clear()


def _advance_history(state: CityState, project: Any, lots: Mapping[int, float]) -> None:
    """Move a project of the past by one quarter, as if it had found its land.

    `lots` are those of :func:`_dropout_lots`.
    """
    if project.status == "proposed":
        decide(state, project)
    elif project.status == "signed":
        if _gives_up(state, project, lots[project.number]):
            project.status = "abandoned"
        elif _approved(state, project):
            project.status, project.started = "started", state.quarter
    elif project.status == "started":
        project.invested += project.size / _duration(state, project)
        if state.quarter >= project.started + _duration(state, project):
            project.status = "producing"


def _find_land(state: CityState, register: Register, project: Any) -> None:
    """Give a project under construction at the start its site, out of pools and estates."""
    parcels = state.parcels
    place = project.district if project.platform < 0 else register.districts + project.platform
    pool = int(register.pools[place])
    others = register.cell_district == project.district
    for cell in np.flatnonzero(others & (np.arange(register.cells) < register.places)).tolist():
        missing = project.land_needed - int(parcels.area[pool])
        if missing <= 0:
            break
        move_area(parcels, int(register.estates[cell]), pool, missing)
    area = min(project.land_needed, int(parcels.area[pool]))
    if area > 0:
        cut_plots(
            parcels,
            np.array([pool]),
            np.array([area]),
            np.array([HELD - project.number]),
            state.parameters["new_floor_area_ratio"],
        )
    project.land_got = project.land_needed = area


def step(state: CityState) -> None:
    """Run one quarter of all projects, in the order of their numbers."""
    found = arrivals(state, state.quarter, state.terms.attraction, state.reference.attraction)
    fresh = propose(state, found, state.quarter)
    for project in fresh:
        project.decision_until = decision_quarter(state, project)
    state.add("projects.arrived", float(len(fresh)))
    state.projects.extend(fresh)
    make_offers(state)
    plants: list[Any] = []
    sites, lots = Sites(state.parcels), _dropout_lots(state)
    for project in state.projects:
        if project.status == "proposed":
            decide(state, project)
        elif project.status == "signed":
            _wait(state, project, sites, lots[project.number])
        elif project.status == "started":
            _build(state, project, plants)
    ramp_up(state)
    if plants:
        open_plants(state, plants, sites)


class Sites:
    """Plots that projects hold: few, looked up once for all projects of a quarter, if at all."""

    def __init__(self, parcels: Parcels) -> None:
        self.parcels = parcels

    @cached_property
    def rows(self) -> Integers:
        """Rows of the plots, rising."""
        return rows_where(self.parcels.occupant <= HELD)

    def of(self, project: Any) -> Integers:
        """Return the rows of the plots that a project holds."""
        rows = self.rows
        return np.asarray(rows[self.parcels.occupant[rows] == HELD - project.number])


def _wait(state: CityState, project: Any, sites: Sites, lot: float) -> None:
    """Start construction once land and approval are there, or give the project up by its lot."""
    if _gives_up(state, project, lot):
        project.status = "abandoned"
        state.add("projects.abandoned")
        release_site(state, project, sites)
        withdraw(state, project)
    elif project.land_got >= project.land_needed and _approved(state, project):
        project.status, project.started = "started", state.quarter
        pay_in(state, project)
        state.add("projects.started")
        if project.signed >= state.first:
            state.add(f"projects.started_{BANDS[band(project.size)]}")


def _lag(state: CityState) -> float:
    return start_lag(state.terms.approval_quarters, state.parameters["project_start_lag"])


def _dropout_lots(state: CityState) -> dict[int, float]:
    """Return the quarter's uniforms of all projects that wait, by their numbers."""
    waiting = [project.number for project in state.projects if project.status == "signed"]
    ids = np.array(waiting, dtype=np.int64)
    lots = state.random.uniforms("projects/dropout", ids, state.quarter)[0]
    return dict(zip(waiting, lots.tolist(), strict=True))


def _gives_up(state: CityState, project: Any, lot: float) -> bool:
    """Return whether a waiting project is given up, by its lot of the quarter."""
    drawn = state.parameters
    reference = start_lag(state.reference.approval_quarters, drawn["project_start_lag"])
    support = state.terms.large_project_priority - state.reference.large_project_priority
    hazard = dropout_hazard(
        drawn["project_start_share"],
        reference,
        drawn["project_abandonment_wrt_quality"] * project.quality
        + drawn["project_abandonment_wrt_priority"] * support
        + hazard_shift(state, project),
    )
    return lot < hazard


def _approved(state: CityState, project: Any) -> bool:
    """Return whether approval is through; lags between whole quarters fall by a keyed draw."""
    draw = state.random.uniform("projects/approval", project.number)
    return bool(state.quarter - project.signed >= math.floor(_lag(state) + draw))


def _duration(state: CityState, project: Any) -> int:
    return build_quarters(project.size, state.parameters["project_build_time"])


def _build(state: CityState, project: Any, plants: list[Any]) -> None:
    """Spend a quarter's investment; hand over the plant when it stands."""
    duration = _duration(state, project)
    if project.invested < project.size:
        amount = min(project.size / duration, project.size - project.invested)
        working = state.parameters["project_working_capital"]
        project.invested += amount
        spent = amount * (1.0 - working)
        state.ledger.pay("investors", "outside", "project_investment", spent)
        state.add("projects.investment", spent)
    if state.quarter >= project.started + duration:
        project.invested = project.size
        plants.append(project)


def release_site(state: CityState, project: Any, sites: Sites) -> None:
    """Give the site of an abandoned project back as an idle plot; its price is refunded."""
    parcels, rows = state.parcels, sites.of(project)
    price = float(state.city.districts.land_price_floor[project.district])
    refund = float(parcels.area[rows].sum()) * price
    refund *= state.parameters["industrial_land_price_markup"]
    parcels.occupant[rows] = -1
    project.land_got = 0
    if refund > 0.0:
        state.ledger.pay("government", "investors", "land_refund", refund)


def open_plants(state: CityState, plants: list[Any], sites: Sites) -> None:
    """Turn finished projects into firms with capital, staff, technology and market."""
    firms, drawn = state.firms, state.parameters
    sectors = np.array([project.sector for project in plants], dtype=np.int16)
    rivals = living_in(firms, sectors)
    rows = plant_columns(state, plants, rivals)
    cash = float(sum(rows["cash"]))
    place = firms.append(rows)
    state.add_firms("entered", place)
    state.ledger.pay("investors", "firms", "project_working_capital", cash)
    state.add("project_plants", float(len(plants)))
    new_rows = range(place.start, place.stop)
    for row, project in zip(new_rows, plants, strict=True):
        project.status, project.producing, project.firm_row = "producing", state.quarter, row
        state.add(f"projects.producing_{BANDS[band(project.size)]}")
        state.add("projects.producing")
        state.parcels.occupant[sites.of(project)] = row
        if project.additional:
            new = state.arrays.setdefault(
                "projects.additional_capital", np.zeros(len(state.city.sectors.code))
            )
            new[project.sector] += float(firms.capital_stock[row])
    _note(state, take_markets(firms, new_rows, None, rivals))
    for project, output in zip(plants, firms.real_output[place].tolist(), strict=True):
        project.full_output = output / drawn["project_first_output"]


def _note(state: CityState, taken: Floats) -> None:
    for amount in taken.tolist():
        if amount > 0.0:
            state.add("projects.market_taken", amount)


def ramp_up(state: CityState) -> None:
    """Raise output of young plants towards full production at the expense of rivals."""
    firms = state.firms
    young = []
    for project in state.projects:
        if project.status == "producing" and 0 < state.quarter - project.producing <= RAMP_QUARTERS:
            if (row := project.firm_row) < 0 or not bool(firms.alive[row]):
                write_off(state, project)
            else:
                young.append(project)
    if not young:
        return
    rows = [project.firm_row for project in young]
    first = state.parameters["project_first_output"]
    step_up = (1.0 - first) / RAMP_QUARTERS
    extra = np.array([step_up * project.full_output for project in young])
    _note(state, take_markets(firms, rows, extra))
    for project in young:
        if state.quarter - project.producing == RAMP_QUARTERS:
            hand_over(state, project)


COUNTED = ("signed", "started", "producing")
FLOWS = ("arrived", "vetoed", "abandoned", "displaced", "signed", "started", "producing",
         "investment", "signed_investment", "signed_quality", "market_taken")  # fmt: skip

OBSERVED = tuple(
    (f"projects_{name}", f"projects.{name}")
    for name in (*FLOWS, *(f"{step}_{band}" for step in COUNTED for band in BANDS))
)
"""Names of flows in observations, and of the event totals behind them."""
WAITING = frozenset(("proposed", "signed", "started"))
"""Steps of the pipeline."""


def observe(state: CityState) -> dict[str, float]:
    """Return projects by band and step (counts of the quarter), the pipeline and money (yuan)."""
    counts = state.counts
    out = {name: counts.get(event, 0.0) for name, event in OBSERVED}
    outlays: list[float] = []  # that are still to come
    lacking, rows = 0, []
    for p in state.projects:
        if p.status in WAITING:
            outlays.append(p.size - p.invested)
            lacking += p.land_needed - p.land_got if p.status == "signed" else 0
        elif p.status == "producing" and p.firm_row >= 0:
            rows.append(p.firm_row)
    out["project_pipeline"] = float(len(outlays))
    out["project_pipeline_investment"] = float(sum(outlays))
    out["project_land_lacking"] = float(lacking)
    plants = state.firms.value_added.take(np.array(rows, dtype=np.int64))
    out["project_value_added"] = float(np.add.reduce(plants))
    return out
