"""One member: the city as a ``mesa.Model``; a quarter is a flat, ordered list of verbs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from sim import (
    accounting,
    capital,
    demography,
    energy,
    information,
    innovation,
    ladder,
    land,
    listing,
    per_mu,
    platforms,
    production,
    projects,
    talent,
)
from sim.bureau import Bureau, Records
from sim.errors import ModelBreach
from sim.indicators import INDICATORS
from sim.levers import LEVERS
from sim.opening import history_years, margins, open_city, opening_year
from sim.outside import load_world_fits, sample_history, sample_world
from sim.parameters import draw_parameters
from sim.policy import Terms, carried_out, implementation_factor, terms_in_force
from sim.results import MemberResult, declared_layout
from sim.rng import KeyedRandom
from sim.units import quarter_name

if TYPE_CHECKING:
    from sim.city import City
    from sim.outside import WorldFits
    from sim.plan import Plan
    from sim.scenario import Scenario

STEPS = (
    ("per_mu", per_mu.step),
    ("production", production.step),
    ("innovation", innovation.step),
    ("capital", capital.step),
    ("energy", energy.step),
    ("land", land.step),
    ("platforms", platforms.step),
    ("projects", projects.step),
    ("talent", talent.step),
    ("listing", listing.step),
    ("demography", demography.step),
    ("ladder", ladder.step),
    ("information", information.step),
)
"""Steps 3 to 11 of a quarter in the order they happen; outside world and terms come before
them, the bureau and the identities after them."""
PROCESSES = (
    "outside_world", "policy_terms", *(name for name, _ in STEPS), "bureau", "identities",
)  # fmt: skip
"""Names of everything that happens in a quarter, in order."""
OBSERVED = (
    innovation, capital, energy, land, per_mu, platforms, projects, talent, listing, demography,
    ladder, information,
)  # fmt: skip


OWN_SIZE = frozenset({
    "gdp", "gdp_real", "information_economy_value_added", "price_since_2015",
    "implementation_mean_factor", "breakthrough_fields_in_force", "land_tightness_mean",
    "construction_land_full_size", "ipo_window", "skill_gain", "platform_tfp_gain",
})  # fmt: skip
"""Aggregates that do not grow with ``population.scale``: means, and totals kept at full size."""


class CityModel(mesa.Model):  # type: ignore[misc]
    """A city over the horizon of a scenario, one member of the ensemble.

    Parameters
    ----------
    scenario : Scenario
        Levers, outside world, horizon and seed.
    plan : Plan
        Targets and clauses; its unit costs price the levers.
    city : City
        The city as data.
    fits : WorldFits
        Fits of the outside world.
    member : int
        Member of the ensemble; every draw is keyed by it.

    Examples
    --------
    See ``docs/how-to/use-as-a-mesa-model.md``.
    """

    def __init__(
        self, scenario: Scenario, plan: Plan, city: City, fits: WorldFits, member: int = 0
    ) -> None:
        super().__init__(seed=member)
        self.scenario, self.plan, self.member = scenario, plan, member
        random = KeyedRandom(scenario.seed, member)
        parameters = draw_parameters(city.priors, random, scenario.parameters)
        world = sample_world(
            fits, random, scenario.first - 4, scenario.last, scenario.outside_world
        )
        history = sample_history(fits, random)
        self.keyed = random
        self.factors = self._factors(parameters, random)
        self.lever_paths: list[dict[tuple[str, str], float]] = []
        reference = self._terms(scenario.first, parameters, plan_in_force=False)
        self.state = open_city(self, city, parameters, world, history, random, scenario, reference)
        self.bureau = Bureau(self.state)
        scalars = dict(parameters) | history_years(history)[1]
        self.published = Records(scenario.first, scalars)
        self.true_state = Records(scenario.first, scalars)
        for book in (self.published, self.true_state):
            book.years.update(opening_year(history, parameters, scenario.first))
        for process in (land, per_mu, platforms, projects, capital, ladder, listing, talent,
                        information):  # fmt: skip
            process.initialise(self.state)
        self._record_opening(history)
        self.gaps: dict[str, float] = {}
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "quarter": "quarter",
                "industrial_value_added": "industrial_value_added",
                "listed_firms": "listed_firms",
            }
        )

    def _factors(
        self, parameters: Mapping[str, float], random: KeyedRandom
    ) -> list[dict[int, float]]:
        """Return the implementation factor of every clause for every quarter."""
        factors = []
        for quarter in self.scenario.quarters:
            given = self.scenario.lever_values(quarter)
            together = given.get(("coordination_effectiveness", ""), 0.0)
            review = given.get(("assessment_weight", ""), 0.0)
            factors.append(
                {
                    clause: implementation_factor(clause, together, review, parameters, random)
                    for clause in sorted({lever.clause for lever in LEVERS.values()})
                }
            )
        return factors

    def lever_values(self, quarter: int) -> dict[tuple[str, str], float]:
        """Return lever values put into effect in a quarter, after implementation."""
        factors = self.factors[quarter - self.scenario.first]
        before = self.scenario.before_plan_values(quarter)
        values = {}
        for key, intended in self.scenario.lever_values(quarter).items():
            lever = LEVERS[key[0]]
            factor = 1.0 if lever.clause == 30 else factors[lever.clause]
            if lever.administrative and self._decided(lever.clause) < factor:
                factor = 1.0
            values[key] = carried_out(intended, before[key], factor)
        return values

    def _decided(self, clause: int) -> float:
        """Return the luck of a clause's administrative decision, in (0, 1), one for all years."""
        return self.keyed.uniform("decision", agent=clause)

    def _terms(
        self, quarter: int, parameters: Mapping[str, float], *, plan_in_force: bool
    ) -> Terms:
        values = (
            self.lever_values(quarter)
            if plan_in_force
            else self.scenario.before_plan_values(quarter)
        )
        return terms_in_force(values, parameters)

    # The quarter ---------------------------------------------------------------------------

    def step(self) -> None:
        """Simulate one quarter.

        Raises
        ------
        ModelBreach
            If an accounting identity does not hold at its end.
        """
        state = self.state
        state.quarter += 1
        before = accounting.stocks(state)
        state.ledger.flows.clear()
        state.counts.clear()
        self._move_outside_world_and_terms()
        if state.quarter % 4 == 0:
            self.bureau.review_roster(state)
        for _, process in STEPS:
            process(state)
        self._pay_for_levers()
        self._observe()
        for identity, gap in accounting.check(before, state).items():
            self.gaps[identity] = max(self.gaps.get(identity, 0.0), abs(gap))
        self.datacollector.collect(self)

    def _move_outside_world_and_terms(self) -> None:
        state = self.state
        values = self.lever_values(state.quarter)
        self.lever_paths.append(values)
        state.terms = terms_in_force(values, state.parameters)
        state.reference = self._terms(state.quarter, state.parameters, plan_in_force=False)

    def _pay_for_levers(self) -> None:
        """Enter what each lever costs beyond its before-plan value.

        Where agents were paid (subsidies, rewards, grants) it is the part of those payments
        that goes beyond the before-plan value; elsewhere the plan's unit cost is booked.
        """
        state = self.state
        values, before = self.lever_paths[-1], self.scenario.before_plan_values(state.quarter)
        for name in LEVERS:
            state.counts[f"spending.{name}"] = 0.0
        for clause in self.plan.clauses.values():
            for name, priced in clause.levers.items():
                classes = LEVERS[name].classes or ("",)
                now = sum(values[name, c] for c in classes) / len(classes)
                moved = now - sum(before[name, c] for c in classes) / len(classes)
                amount = state.ledger.total(f"lever:{name}")
                if amount != 0.0:
                    amount *= moved / now if now != 0.0 else 0.0
                elif moved != 0.0:
                    amount = 0.25 * priced.cost * moved * state.scale
                    state.ledger.pay("government", "outside", f"programme:{name}", amount)
                state.counts[f"spending.{name}"] = amount

    def _observe(self) -> None:
        state = self.state
        raw: dict[str, float] = {}
        for process in OBSERVED:
            raw |= process.observe(state)
        raw |= self._economy()
        raw |= {f"spending.{name}": state.counts[f"spending.{name}"] for name in LEVERS}
        matched = self.bureau.matched(state)
        published, truth = self.bureau.observe(state)
        self.published.record(state.quarter, self._full_size(raw | published) | matched)
        self.true_state.record(state.quarter, self._full_size(raw | truth) | matched)

    def _full_size(self, raw: Mapping[str, float]) -> dict[str, float]:
        """Return totals of the real city where a smaller or larger copy is simulated."""
        scale = self.state.scale
        if scale == 1.0:
            return dict(raw)
        return {name: v if name in OWN_SIZE else v / scale for name, v in raw.items()}

    def _economy(self) -> dict[str, float]:
        """Return GDP of the quarter: its fitted path plus industry's deviation from its own."""
        state = self.state
        now = state.now
        share = state.memory["model.industry_share"]
        advance = state.memory.get("production.industry_advance", 0.0)
        real = float(state.world.gdp_log_growth[now]) + share * advance
        state.memory["model.gdp_real"] *= float(np.exp(real))
        price = float(state.world.gdp_deflator_log_growth[now])
        state.memory["model.gdp_price"] *= float(np.exp(price))
        factors = self.factors[state.quarter - state.first]
        # The economic census of 2018 may lift the level of GDP (switch of the scenario).
        revised = self.scenario.switches["census_revision"]
        level = float(np.exp(state.parameters["census_revision_gdp"])) if revised else 1.0
        value = level * state.memory["model.gdp_real"]
        return {
            "gdp_real": value,
            "gdp": value * state.memory["model.gdp_price"],
            "implementation_mean_factor": float(np.mean(list(factors.values()))),
            "price_since_2015": float(state.world.ppi[now]),
            "ipo_window": float(state.world.ipo_window[now]),
        }

    def _record_opening(self, history: Any) -> None:
        """Enter the year before the start into both books and roll levels to its last quarter."""
        state = self.state
        raw: dict[str, float] = {}
        for process in OBSERVED:
            raw |= process.observe(state)
        published, truth = self.bureau.observe(state)
        opening = history_years(history)[0]
        economy = opening(state)
        for position, quarter in enumerate(range(state.first - 4, state.first)):
            shape = {name: values[position] for name, values in economy.items()}
            self.published.record(quarter, self._full_size(raw | published) | shape)
            self.true_state.record(quarter, self._full_size(raw | truth) | shape)
        opened = {name: value[quarter] for name, value in self.published.values.items()}
        mean = {name: float(values.mean()) for name, values in economy.items()}
        self.margins = margins(state, opened | mean)
        state.firms.real_output *= np.where(
            state.of_sector("service"),
            1.0,
            self.bureau.level,
        )

    # The Mesa way --------------------------------------------------------------------------

    @property
    def quarter(self) -> str:
        """Present quarter, as ``2018Q3``."""
        return quarter_name(self.state.quarter)

    @property
    def industrial_value_added(self) -> float:
        """Published above-scale value added of the year so far, 亿元."""
        return INDICATORS["industrial_value_added"].formula(self.published, self.state.quarter)

    @property
    def listed_firms(self) -> float:
        """Listed firms at home and abroad."""
        return INDICATORS["listed_firms"].formula(self.published, self.state.quarter)

    def firms_where(self, **conditions: Any) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return rows of living firms whose columns equal the given values.

        Examples
        --------
        ``model.firms_where(tier=3, on_roster=True)`` gives the backbone leaders.
        """
        chosen = self.state.firms.alive.copy()
        for column, value in conditions.items():
            chosen &= getattr(self.state.firms, column) == value
        return np.flatnonzero(chosen)


@lru_cache(maxsize=4)
def _fits(bundle: Path) -> WorldFits:
    """Read the fits of a bundle once per process."""
    return load_world_fits(bundle)


def simulate_member(scenario: Scenario, plan: Plan, city: City, member: int) -> MemberResult:
    """Simulate one member over the whole horizon.

    Returns
    -------
    MemberResult
        With ``failed`` naming quarter, identity and amount when an identity broke.
    """
    layout = declared_layout()
    quarters = list(scenario.quarters)
    model = CityModel(scenario, plan, city, _fits(city.bundle), member)
    failed = None
    try:
        for _ in quarters:
            model.step()
    except ModelBreach as breach:
        failed = str(breach)
    finally:
        forget(model)
    shape = (len(layout.indicators), len(quarters))
    published, truth = np.full(shape, np.nan), np.full(shape, np.nan)
    levers = np.full((len(layout.levers), len(quarters)), np.nan)
    done = quarters if failed is None else []
    for position, quarter in enumerate(done):
        for row, declared in enumerate(layout.indicators):
            published[row, position] = declared.formula(model.published, quarter)
            truth[row, position] = declared.formula(model.true_state, quarter)
        for row, (declared_lever, part) in enumerate(layout.levers):
            levers[row, position] = model.lever_paths[position][declared_lever.name, part]
    scalars = dict(model.state.parameters) | model.margins
    for name in BASELINED:
        scalars[f"baseline_{name}"] = INDICATORS[name].formula(model.published, scenario.first - 1)
    return MemberResult(member, published, truth, levers, scalars, dict(model.gaps), failed)


def forget(model: CityModel) -> None:
    """Free the tables of a finished model.

    Mesa counts agents in a register of its class under the model, which would keep every
    model of the process alive.
    """
    getattr(mesa.Agent, "_ids", {}).pop(model, None)
    state = model.state
    for table in (state.firms, state.parcels):
        table.__dict__.clear()
    for kept in (state.arrays, state.buffers, state.flags):
        kept.clear()


BASELINED = (
    "platform_value_added_per_mu",
    "platform_output_share",
    "platform_characteristic_share",
    "platform_high_tech_share",
    "platform_energy_intensity",
    "platform_pollutant_emission",
    "manufacturing_credit_share",
)
"""Indicators whose target is the level of the baseline year."""
