"""The ledger of the quarter's money flows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PARTIES = ("firms", "households", "government", "banks", "funds", "investors", "outside")
"""Who can pay and be paid. Firms' cash is a column of theirs; funds and banks are agents."""


@dataclass
class Ledger:
    """Money flows of the quarter: each entry has a payer, a payee and a kind (:mod:`sim.flows`).

    What a payment changes is written by the process itself in columns and agents, so that a
    flow booked on one side only is seen by :mod:`sim.accounting`.
    """

    flows: dict[tuple[str, str, str], float] = field(default_factory=dict)

    def pay(self, payer: str, payee: str, kind: str, amount: float) -> None:
        """Book `amount` yuan from `payer` to `payee` (negative amounts run backwards)."""
        key = (payer, payee, kind)
        self.flows[key] = self.flows.get(key, 0.0) + amount

    def book(self, flows: Mapping[tuple[str, str, str], float]) -> None:
        """Book several payments, yuan by payer, payee and kind."""
        for key, amount in flows.items():
            self.flows[key] = self.flows.get(key, 0.0) + amount

    def gross(self, party: str) -> tuple[float, float]:
        """Return what a party received and what it paid in the quarter, yuan."""
        received = sum([a for (_, payee, _), a in self.flows.items() if payee == party])
        return received, sum([a for (payer, _, _), a in self.flows.items() if payer == party])

    def net_inflow(self, party: str) -> float:
        """Return inflows less outflows of a party in the quarter, yuan."""
        received, paid = self.gross(party)
        return received - paid

    def total(self, kind: str) -> float:
        """Return the sum of all entries of a kind in the quarter, yuan."""
        return sum([a for (_, _, k), a in self.flows.items() if k == kind])

    def totals(self) -> dict[str, float]:
        """Return the sum of all entries of each kind in the quarter, yuan."""
        out: dict[str, float] = {}
        for (_, _, kind), amount in self.flows.items():
            out[kind] = out.get(kind, 0.0) + amount
        return out
