"""One member: the city as a ``mesa.Model``; a quarter is a flat, ordered list of verbs."""

from __future__ import annotations

import math
from functools import lru_cache
from operator import itemgetter
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
from sim.bureau import Bureau, Records, enter, in_both_books
from sim.certificates import look_up_ends
from sim.credit import follow_debts
from sim.errors import ModelBreach
from sim.indicators import INDICATORS
from sim.legal_codes import check_codes, put_in_order
from sim.listed_firms import look_up_stages
from sim.opening import history_years, margins, open_city, opening_year
from sim.outside import load_world_fits, sample_history, sample_world
from sim.parameters import draw_parameters
from sim.policy import policies
from sim.results import MemberResult, declared_layout
from sim.rows import rows_where
from sim.scopes import scopes
from sim.spending import SPENT, TOTALS, bills, pay_for_levers
from sim.tiers import look_up_followers
from sim.uncertainty import Sources, sources
from sim.units import quarter_name, year_of

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
    innovation, capital, land, per_mu, platforms, projects, talent, listing, demography,
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
    random : Sources, optional
        Random numbers by group where a nested design moves some of them to another member.

    Examples
    --------
    See ``docs/how-to/use-as-a-mesa-model.md``.
    """

    def __init__(
        self,
        scenario: Scenario,
        plan: Plan,
        city: City,
        fits: WorldFits,
        member: int = 0,
        random: Sources | None = None,
    ) -> None:
        super().__init__(seed=member)
        self.scenario, self.plan, self.member = scenario, plan, member
        random = random or sources(scenario.seed, member)
        posterior = city.posterior_for(scenario.parameters_from)
        informed = None if posterior is None else posterior.draw(random.parameters)
        priors = city.priors_at(year_of(scenario.first) - 1)
        parameters = draw_parameters(priors, random, {**(informed or {}), **scenario.parameters})
        world = sample_world(
            fits, random.outside_world, scenario.first - 4, scenario.last, scenario.outside_world,
            scenario.first,
        )  # fmt: skip
        history = sample_history(fits, random.initial_state)
        self.policies = policies(scenario, parameters, random.implementation)
        self.state = open_city(
            self, city, parameters, world, history, random.initial_state, scenario,
            self.policies[0].reference,
        )  # fmt: skip
        self.bills = bills(plan, self.policies, self.state.scale)
        self.bureau = Bureau(self.state)
        scalars = dict(parameters) | history_years(history)[1]
        self.published = Records(scenario.first, scalars)
        self.true_state = Records(scenario.first, scalars)
        for book in (self.published, self.true_state):
            book.years.update(opening_year(history, parameters, scenario.first))
        for process in (land, per_mu, platforms, projects, capital, ladder, listing, talent,
                        demography, information):  # fmt: skip
            process.initialise(self.state)
        self._record_opening(history)
        self.state.random = random.chance
        self.stocks: accounting.Stocks | None = None
        self.gaps: dict[str, float] = {}
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "quarter": "quarter",
                "industrial_value_added": "industrial_value_added",
                "listed_firms": "listed_firms",
            }
        )

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
        before = self.stocks or accounting.stocks(state)
        state.ledger.flows.clear()
        state.counts.clear()
        state.tallies.clear()
        self._move_outside_world_and_terms()
        if state.quarter % 4 == 0:
            self.bureau.review_roster(state)
        for _, process in STEPS:
            process(state)
        pay_for_levers(state, self.bills[state.quarter - state.first])
        self._observe()
        after = self.stocks = accounting.stocks(state)
        try:
            gaps = accounting.check(before, after, state)
        finally:
            state.scopes = None
        widest = self.gaps
        for identity, gap in gaps.items():
            if identity not in widest or abs(gap) > widest[identity]:
                widest[identity] = abs(gap)
        self.datacollector.collect(self)

    def take_stock(self) -> None:
        """Take the city as it is for the beginning of the next quarter.

        To be called after a rule of one's own between two quarters: the beginning is otherwise
        the end of the last quarter, so that what nobody booked is a breach. Who is in a stage of
        listing, follows a leader or holds a certificate is looked up anew; the bank's book follows
        firms' debts.

        Raises
        ------
        ValueError
            If a column is not one value a row or of another kind of number, or if a firm or a
            parcel has a sector, place, class or row that does not exist.
        """
        put_in_order(self.state)
        check_codes(self.state)
        look_up_stages(self.state)
        look_up_followers(self.state)
        look_up_ends(self.state)
        last = self.stocks
        owed = last.columns["debt"] if last else self.state.memory["credit.all_debt"]
        follow_debts(self.state, owed)
        self.stocks = accounting.stocks(self.state)

    def _move_outside_world_and_terms(self) -> None:
        policy = self.policies[self.state.quarter - self.state.first]
        self.state.terms, self.state.reference = policy.terms, policy.reference

    def _observe(self) -> None:
        state = self.state
        state.scopes = scopes(state)
        raw: dict[str, float] = {}
        for process in OBSERVED:
            raw |= process.observe(state)
        raw |= self._economy()
        raw.update(zip(TOTALS.values(), SPENT(state.counts), strict=True))
        published, truth, matched = self.bureau.observe(state, matched=True)
        enter(
            self.published, self.true_state, state.quarter, self._full_size(raw) | matched,
            self._full_size(published), self._full_size(truth),
        )  # fmt: skip

    def _full_size(self, raw: dict[str, float]) -> dict[str, float]:
        """Return totals of the real city where a smaller or larger copy is simulated."""
        scale = self.state.scale
        if scale == 1.0:
            return raw
        return {name: v if name in OWN_SIZE else v / scale for name, v in raw.items()}

    def _economy(self) -> dict[str, float]:
        """Return GDP of the quarter: its fitted path plus industry's deviation from its own."""
        state = self.state
        now = state.now
        share = state.memory["model.industry_share"]
        advance = state.memory.get("production.industry_advance", 0.0)
        real = float(state.world.gdp_log_growth[now]) + share * advance
        state.memory["model.gdp_real"] *= math.exp(real)
        price = float(state.world.gdp_deflator_log_growth[now])
        state.memory["model.gdp_price"] *= math.exp(price)
        # The economic census of 2018 may lift the level of GDP (switch of the scenario).
        revised = self.scenario.switches["census_revision"]
        level = math.exp(state.parameters["census_revision_gdp"]) if revised else 1.0
        value = level * state.memory["model.gdp_real"]
        return {
            "gdp_real": value,
            "gdp": value * state.memory["model.gdp_price"],
            "implementation_mean_factor": self.policies[state.quarter - state.first].effort,
            "price_since_2015": float(state.world.ppi[now]),
            "ipo_window": float(state.world.ipo_window[now]),
        }

    def _record_opening(self, history: Any) -> None:
        """Enter the year before the start into both books and roll levels to its last quarter."""
        state = self.state
        state.scopes = scopes(state)
        raw: dict[str, float] = {}
        for process in OBSERVED:
            raw |= process.observe(state)
        published, truth, _ = self.bureau.observe(state, matched=False)
        state.scopes = None
        opening = history_years(history)[0]
        economy = opening(state)
        for position, quarter in enumerate(range(state.first - 4, state.first)):
            shape = {name: values[position] for name, values in economy.items()}
            enter(
                self.published, self.true_state, quarter, self._full_size(raw) | shape,
                self._full_size(published), self._full_size(truth),
            )  # fmt: skip
        opened = self.published.values[state.first - 1]
        mean = {name: float(values.mean()) for name, values in economy.items()}
        self.margins = margins(state, opened | mean)
        # Flows of the population are the year's means; the city opens at its last quarter.
        firms, bureau, services = state.firms, self.bureau, rows_where(state.of_sector("service"))
        kept = [column.take(services) for column in (firms.real_output, firms.employees)]
        firms.real_output *= bureau.level
        firms.employees *= bureau.staff_level
        firms.real_output[services], firms.employees[services] = kept
        labour = 1.0 - state.parameters["capital_share"]
        usual = firms.log_tfp.take(services)
        firms.log_tfp -= labour * np.log(bureau.staff_level)
        firms.log_tfp[services] = usual

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
def read_fits(bundle: Path) -> WorldFits:
    """Read the fits of a bundle once per process."""
    return load_world_fits(bundle)


def simulate_member(
    scenario: Scenario, plan: Plan, city: City, member: int, random: Sources | None = None
) -> MemberResult:
    """Simulate one member over the whole horizon.

    Parameters
    ----------
    random : Sources, optional
        Random numbers by group, where they are not all keyed by the member.

    Returns
    -------
    MemberResult
        With ``failed`` naming quarter, identity and amount when an identity broke.
    """
    layout = declared_layout(city)
    quarters = list(scenario.quarters)
    model = CityModel(scenario, plan, city, read_fits(city.bundle), member, random)
    failed = None
    try:
        for _ in quarters:
            model.step()
    except ModelBreach as breach:
        failed = str(breach)
    finally:
        forget(model)
    published, truth = np.full((2, len(layout.indicators), len(quarters)), np.nan)
    levers = np.full((len(layout.levers), len(quarters)), np.nan)
    if failed is None:
        published, truth = in_both_books(
            layout.indicators, model.published, model.true_state, quarters
        )
        values = itemgetter(*((lever.name, part) for lever, part in layout.levers))
        levers.T[:] = [values(policy.values) for policy in model.policies]
    scalars = dict(model.state.parameters) | model.margins
    for name in BASELINED:
        scalars[f"baseline_{name}"] = INDICATORS[name].formula(model.published, scenario.first - 1)
    return MemberResult(member, published, truth, levers, scalars, dict(model.gaps), failed)


def forget(model: CityModel) -> None:
    """Free the tables of a finished model.

    Mesa counts agents in a register of its class under the model, which would keep every
    model of the process alive; agents point at their model, so that what it holds otherwise stays
    until the collector looks at old objects, hundreds of members later.
    """
    getattr(mesa.Agent, "_ids", {}).pop(model, None)
    state = model.state
    for table in (state.firms, state.parcels, state.beside, model.bureau):
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
