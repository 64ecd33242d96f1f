"""The few as Mesa agents: capital funds, districts and large projects."""

from __future__ import annotations

from typing import Any

import mesa


class Fund(mesa.Agent):
    """A capital fund or bank: commits, draws, lends, writes off and exits.

    Parameters
    ----------
    model : mesa.Model
        The city.
    name, name_zh : str
        Such as ``guidance_fund`` 产业基金.
    mandate : str
        equity, grant, credit, venture or insurance.
    leverage : float
        Yuan of social capital moved per yuan of the fund.

    Attributes
    ----------
    committed, drawn, repaid, written_off, value : float
        Cumulated commitments and draws, returns, losses and present holdings, yuan.
    """

    def __init__(
        self, model: Any, name: str, name_zh: str, mandate: str, leverage: float = 1.0
    ) -> None:
        super().__init__(model)
        self.name, self.name_zh, self.mandate, self.leverage = name, name_zh, mandate, leverage
        self.committed = self.drawn = self.repaid = self.written_off = self.value = 0.0


class District(mesa.Agent):
    """A district or county with its own tax base and attraction effort.

    Attributes
    ----------
    index : int
        Row in the city's district table.
    tax_credited : float
        Tax credited in the quarter, yuan, after sharing on relocations (clause 11).
    effort : float
        Relative attraction effort, mean one.
    """

    def __init__(self, model: Any, index: int, name: str, name_zh: str, effort: float) -> None:
        super().__init__(model)
        self.index, self.name, self.name_zh, self.effort = index, name, name_zh, effort
        self.tax_credited = 0.0


class Project(mesa.Agent):
    """A large manufacturing project from deal to production.

    Attributes
    ----------
    number : int
        Never reused within a member.
    size : float
        Total investment, yuan.
    status : str
        proposed, vetoed, signed, started, producing or abandoned.
    signed, started, producing : int
        Quarter index of each step, -1 before it.
    offered, stake : float
        Public equity promised to a waiting project, and held in it once it has started, yuan.
    full_output : float
        Output of the quarter that the plant ramps up to, yuan at 2015 prices.
    """

    def __init__(
        self, model: Any, number: int, size: float, sector: int, district: int, quarter: int
    ) -> None:
        super().__init__(model)
        self.number, self.size, self.sector, self.district = number, size, sector, district
        self.arrived = quarter
        self.status = "proposed"
        self.signed = self.started = self.producing = -1
        self.decision_until = -1
        self.land_needed = 0
        self.land_got = 0
        self.platform = -1
        self.quality = 0.0
        self.displaced_from_neighbour = False
        self.additional = False
        self.invested = 0.0
        self.offered = self.stake = self.full_output = 0.0
        self.firm_row = -1
