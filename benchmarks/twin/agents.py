"""The agents: firms, and the sectors and the bank that they meet in."""

from __future__ import annotations

from typing import Any

import mesa

from benchmarks.twin.capital import Investor
from benchmarks.twin.demography import Mortal
from benchmarks.twin.energy import Consumer
from benchmarks.twin.innovation import Innovator
from benchmarks.twin.ladder import Climber
from benchmarks.twin.per_mu import Evaluated
from benchmarks.twin.production import Producer
from benchmarks.twin.talent import Host


class FirmAgent(
    Evaluated, Producer, Innovator, Investor, Consumer, Host, Mortal, Climber, mesa.Agent
):
    """One firm; what it does in a quarter stands in the modules of the processes.

    Parameters
    ----------
    model : TwinModel
        The city.
    columns : dict
        Its state variables by the names of :class:`sim.state.Firms`; ``sector`` is a
        :class:`SectorAgent`.
    """

    def __init__(self, model: Any, columns: dict[str, Any]) -> None:
        super().__init__(model)
        self.alive = True
        # Words of the quarter: lasting and passing shock of sales, shock of TFP, events.
        self.words = (0, 0, 0, 0)
        # What a firm remembers between quarters; None: it was not there yet.
        self.seen_tfp = self.seen_quality = self.seen_capital = self.seen_certificate = None
        self.size_factor = self.laid_out_for = self.own_standing = self.smoothed_output = None
        self.gearing = self.previous_output = self.attention = None
        self.marked_revenue = None
        self.passing = self.position = self.energy_response = self.water_response = 0.0
        self.supplier_pull = self.usual_investment = self.rd_outlay = 0.0
        self.additional = self.supported = 0.0
        self.talent_gain = self.extra_talent = 0.0
        self.land_allows = 1.0
        self.named_leader = False
        for name, value in columns.items():
            setattr(self, name, value)


class SectorAgent(mesa.Agent):
    """A sector: what the city knows of it, and its totals of the quarter."""

    def __init__(self, model: Any, code: int, facts: dict[str, Any]) -> None:
        super().__init__(model)
        self.code = code
        self.labour_gap: float | None = None
        self.freed_market = self.market_beyond_usual = self.new_plants = 0.0
        for name, value in facts.items():
            setattr(self, name, value)

    def clear(self, *names: str) -> None:
        """Set totals to zero before firms add to them."""
        for name in names:
            setattr(self, name, 0.0)


class BankAgent(mesa.Agent):
    """The banks' manufacturing credit: loans of the city, its aims and what it lends on."""

    def __init__(self, model: Any, memory: dict[str, float]) -> None:
        super().__init__(model)
        self.loans = memory["credit.loans"]
        self.coverage = memory["credit.coverage"]
        self.usual_growth = memory["credit.usual_growth"]
        self.stock = memory.get("credit.stock")
        self.aim = memory.get("credit.aim")
