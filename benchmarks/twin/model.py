"""The twin city: a ``mesa.Model`` of firms, sectors and a bank, begun from an engine's state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from math import exp
from typing import Any

import mesa
import numpy as np

from benchmarks.twin import (
    capital,
    demography,
    energy,
    innovation,
    ladder,
    per_mu,
    production,
    talent,
)
from benchmarks.twin.agents import BankAgent, FirmAgent, SectorAgent
from benchmarks.twin.funds import FundAgent, holdings_of
from sim import lots
from sim.comparable_prices import RATE, SQUEEZE
from sim.flows import EQUITY_FUNDS
from sim.state import CityState, Firms, blank_values

MODULES = per_mu, production, innovation, capital, energy, talent, demography, ladder
STEPS = tuple(module.step for module in MODULES)
"""What happens in a quarter, in order."""
OWN_COLUMNS = {
    "production.tfp": "seen_tfp", "production.quality": "seen_quality",
    "production.capital": "seen_capital", "production.certified": "seen_certificate",
    "production.spread": "size_factor", "production.passing": "passing",
    "production.offset": "laid_out_for", "innovation.position": "position",
    "innovation.anchor": "own_standing", "investment.usual": "usual_investment",
    "investment.smoothed_output": "smoothed_output", "credit.gearing": "gearing",
    "energy.response": "energy_response", "energy.water_response": "water_response",
    "ladder.supplier_pull": "supplier_pull", "ladder.previous_output": "previous_output",
    "capital.additional": "additional", "capital.supported": "supported",
    "land.tightness": "land_allows",
    "talent.rd_gain": "talent_gain", "talent.extra": "extra_talent",
}  # fmt: skip
"""Columns that processes of the engine keep, and the firm's attribute here."""


class TwinModel(mesa.Model):
    """The firm core of a city as objects.

    Parameters
    ----------
    state : CityState
        Where it starts: copied firm by firm, never changed.
    terms : Mapping
        Quarter index to the pair (terms in force, reference terms).

    Attributes
    ----------
    flows : dict
        Money of the quarter by (payer, payee, kind), yuan.
    counts : dict
        Events of the quarter.
    """

    def __init__(self, state: CityState, terms: Mapping[int, tuple[Any, Any]]) -> None:
        super().__init__(seed=0)
        self.p: dict[str, float] = dict(state.parameters)
        self.world, self.terms_of, self.quarter = state.world, terms, state.quarter
        self.keyed, self.scale = state.random, state.scale
        self.flows: dict[tuple[str, str, str], float] = {}
        self.counts: dict[str, float] = {}
        memory = state.memory
        self.purchase = memory.get("production.purchase")
        self.first, self.published_rate = state.first, memory[RATE]
        self.usual_squeeze = memory.get(SQUEEZE, 0.0)
        before = [state.first - 4 + k - state.world.first for k in range(4)]
        world = state.world
        self.vat_before = sum(float(world.vat_rate[k]) for k in before) / 4.0
        self.usual_gap_before = sum(float(world.usual_price_gap[k]) for k in before) / 4.0
        gaps = (float(world.purchase_prices[k]) / float(world.ppi[k]) for k in before)
        self.price_gap_before = sum(gaps) / 4.0
        self.usual_rate = memory["investment.usual_rate"]
        self.usual_land = memory.get("investment.usual_land")
        self.talent_gain = memory.get("talent.tfp_gain", 0.0)
        self.innovation_space = memory.get("land.innovation_space", 1.0)
        self.certificates_expected = memory["certificates.stock"]
        # The engine looks for holders that left when it recognises others.
        left = float((state.firms.high_tech & ~state.firms.alive).sum())
        self.certificates_lost = memory["certificates.lost"] + left
        places = state.city.platforms
        self.platform_shares: list[float] = places.output_share.tolist()
        self.platform_districts: list[int] = places.district.tolist()
        self.district_shares: list[float] = state.city.districts.value_added_share.tolist()
        self.bank = BankAgent(self, memory)
        self.sectors = [self._sector(state, code) for code in range(len(state.city.sectors.code))]
        self.funds = {fund.name: FundAgent(self, fund) for fund in state.funds}
        self.usually_drawn = memory["capital.reference_drawn"]
        self.unmatched: set[FirmAgent] = set()
        self.blank = dict(blank_values())
        self._copy_firms(state)

    def _sector(self, state: CityState, code: int) -> SectorAgent:
        table = state.city.sectors
        names = [f.name for f in fields(table)] + ["manufacturing", "service"]
        facts = {n: getattr(table, n)[code] for n in names if n != "code"}
        facts = {n: v.item() if isinstance(v, np.generic) else v for n, v in facts.items()}
        sector = SectorAgent(self, code, facts)
        arrays, gap = state.arrays, state.arrays.get("production.labour_gap")
        sector.labour_gap = None if gap is None else float(gap[code])
        for name in ("freed_market", "market_beyond_usual"):
            kept = arrays.get(f"demography.{name}")
            setattr(sector, name, 0.0 if kept is None else float(kept[code]))
        plants = arrays.get("projects.additional_capital")
        sector.new_plants = 0.0 if plants is None else float(plants[code])
        return sector

    def _copy_firms(self, state: CityState) -> None:
        columns = {f.name: getattr(state.firms, f.name).tolist() for f in fields(Firms)}
        own = {a: state.arrays[n].tolist() for n, a in OWN_COLUMNS.items() if n in state.arrays}
        named = {r for r, giant in enumerate(state.city.giants) if giant.leader}
        matched = state.memory.get("ladder.matched", 0.0)
        made: dict[int, FirmAgent] = {}
        for row in range(state.firms.count):
            # Who left stays as an object only where somebody may still follow it.
            firm = self.add_firm({name: values[row] for name, values in columns.items()})
            firm.sector = self.sectors[firm.sector]
            for name, values in own.items():
                if row < len(values) and values[row] == values[row]:  # NaN: nothing remembered
                    setattr(firm, name, values[row])
            if "production.tfp" not in state.arrays:
                self._look_back(firm)
            firm.named_leader = row in named
            if row < matched:
                self.unmatched.discard(firm)
            made[row] = firm
        for firm in made.values():
            firm.leader = made[firm.leader] if firm.leader >= 0 else None
        for name in EQUITY_FUNDS:
            self.funds[name].holdings = holdings_of(state, name, made)
        for firm in made.values():
            if not firm.alive:
                firm.remove()
                self.unmatched.discard(firm)

    def _look_back(self, firm: FirmAgent) -> None:
        """Give a firm of the first quarter a past along its trends."""
        firm.seen_tfp = firm.log_tfp - 0.25 * production.tfp_trend(self.p)
        firm.seen_quality, firm.seen_certificate = firm.quality_level, firm.high_tech
        firm.seen_capital = firm.capital_stock * exp(-0.25 * self.p["capital_trend"])

    # What agents ask of their city ------------------------------------------------------------

    @property
    def firms(self) -> Any:
        """The living firms in the order in which they came."""
        return self.agents_by_type[FirmAgent]

    def add_firm(self, columns: dict[str, Any]) -> FirmAgent:
        """Add a firm; what is not given is blank."""
        firm = FirmAgent(self, self.blank | {"leader": None} | columns)
        self.unmatched.add(firm)
        return firm

    def now(self, driver: str) -> float:
        """Return the outside world's value of the quarter."""
        return float(getattr(self.world, driver)[self.quarter - self.world.first])

    def chance(self, stream: str, agent: int, quarter: int = 0) -> float:
        """Return the keyed uniform number of an agent and a purpose."""
        return float(self.keyed.uniform(stream, agent, quarter))

    def chances(self, stream: str, agent: int, quarter: int, draws: int) -> list[float]:
        """Return several keyed uniform numbers of an agent and a purpose."""
        drawn = self.keyed.uniforms(stream, np.array([agent]), quarter, draws)
        return [float(value) for value in drawn[:, 0]]

    def normal(self, stream: str, agent: int, quarter: int) -> float:
        """Return the keyed standard normal number of an agent and a purpose."""
        return float(self.keyed.normal(stream, agent, quarter))

    def normals(self, stream: str, agent: int, draws: int) -> list[float]:
        """Return several keyed standard normal numbers of an agent and a purpose."""
        drawn = self.keyed.normals(stream, np.array([agent]), draws=draws)
        return [float(value) for value in drawn[:, 0]]

    def pay(self, payer: str, payee: str, kind: str, amount: float) -> None:
        """Book a payment, yuan."""
        key = payer, payee, kind
        self.flows[key] = self.flows.get(key, 0.0) + amount

    def count(self, event: str, number: float = 1.0) -> None:
        """Count an event of the quarter."""
        self.counts[event] = self.counts.get(event, 0.0) + number

    # The quarter ------------------------------------------------------------------------------

    def step(self) -> None:
        """Simulate one quarter of the covered processes."""
        self.quarter += 1
        self.flows.clear()
        self.counts.clear()
        self.terms, self.reference = self.terms_of[self.quarter]
        self._draw_words()
        for process in STEPS:
            process(self)

    def _draw_words(self) -> None:
        """Hand every firm its four random words of the quarter."""
        firms = list(self.firms)
        ids = np.array([firm.firm_id for firm in firms], dtype=np.int64)
        table = np.empty((4, len(ids)), dtype=np.uint64)
        lots._draw(table, ids, 0, self.quarter, self.keyed.key(lots.STREAM))
        for firm, words in zip(firms, table.T.tolist(), strict=True):
            firm.words = words
