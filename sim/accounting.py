"""Accounting identities, declared as data and checked every quarter (step 13).

Each identity compares two independent records: columns of firms and parcels on one side,
ledgers and event counts on the other, so that an entry booked on one side only is a breach.
"""

from __future__ import annotations

import numpy as np

from sim.errors import ModelBreach
from sim.state import CityState, Floats, Ledger
from sim.units import quarter_name

MONEY_TOLERANCE = 1e-8
"""Relative to the gross flow of the quarter."""
LEAVING = ("exits", "closures_obsolete", "out_migrations", "firms_merged")
ENTERING = ("entries", "project_plants", "firms_moved_in")


def stocks(state: CityState) -> dict[str, float]:
    """Return the stocks that the identities follow."""
    firms = state.firms
    return {
        "land": float(int(state.parcels.area.sum())),
        "firms_cash": float(firms.cash.sum()),
        "firms_debt": float(firms.debt.sum()),
        "living": float(np.count_nonzero(firms.alive)),
        **{f"account_{party}": amount for party, amount in state.ledger.accounts.items()},
    }


def net_inflows(ledger: Ledger) -> dict[str, float]:
    """Return inflows less outflows of every party in the quarter's entries, yuan."""
    net: dict[str, float] = {}
    for (payer, payee, _), amount in ledger.flows.items():
        net[payee] = net.get(payee, 0.0) + amount
        net[payer] = net.get(payer, 0.0) - amount
    return net


def breaches(before: dict[str, float], state: CityState) -> dict[str, float]:
    """Return the size of every identity's gap in its own unit (zero when it holds).

    Money gaps are relative to the gross flow of the quarter; land and firms are exact.
    """
    after = stocks(state)
    gross = max(sum(abs(a) for a in state.ledger.flows.values()), 1.0)
    change = {name: after[name] - before[name] for name in after}
    counts = state.counts
    entered = sum(counts.get(name, 0.0) for name in ENTERING)
    left = sum(counts.get(name, 0.0) for name in LEAVING)
    ledger, inflow = state.ledger, net_inflows(state.ledger)
    debt = ledger.total("loan") - ledger.total("repayment") - counts.get("debt_written_off", 0.0)
    gaps = {
        "land area": change["land"],
        "firms = firms + entries - exits": change["living"] - entered + left,
        "firms' cash = receipts - payments": (change["firms_cash"] - inflow.get("firms", 0.0))
        / gross,
        "debt = loans - repayments - write-offs": (change["firms_debt"] - debt) / gross,
    }
    for party in ledger.accounts:
        moved = change[f"account_{party}"] - inflow.get(party, 0.0)
        gaps[f"account of {party}"] = moved / gross
    every = state.firms
    plots = np.flatnonzero(state.parcels.occupant >= 0)
    beyond = every.land_area.copy()
    np.subtract.at(beyond, state.parcels.occupant[plots], state.parcels.area[plots])
    gaps["firms' land = their parcels"] = float(max(-beyond.min(initial=0), beyond.max(initial=0)))
    known = {"cash": after["firms_cash"], "debt": after["firms_debt"]}
    gaps["all finite"] = float(
        sum(
            _not_finite(getattr(every, name), known.get(name))
            for name in ("real_output", "employees", "capital_stock", "log_tfp", "cash", "debt")
        )
    )
    return gaps


def _not_finite(values: Floats, total: float | None) -> int:
    """Return how many values are not finite; a finite sum tells that all are."""
    whole = float(values.sum()) if total is None else total
    return 0 if np.isfinite(whole) else int((~np.isfinite(values)).sum())


def check(before: dict[str, float], state: CityState) -> dict[str, float]:
    """Raise on the first identity that does not hold; return all gaps.

    Raises
    ------
    ModelBreach
        Naming quarter, identity and amount.
    """
    gaps = breaches(before, state)
    for identity, amount in gaps.items():
        exact = identity.startswith(("land", "firms = ", "firms' land", "all finite"))
        if abs(amount) > (0.0 if exact else MONEY_TOLERANCE) or not np.isfinite(amount):
            raise ModelBreach(quarter_name(state.quarter), identity, float(amount))
    return gaps
