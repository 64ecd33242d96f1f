"""Accounting identities, checked every quarter of every member (step 13).

Each identity compares two independent records: columns of firms and parcels and the books of
Mesa agents on one side, the ledger and event counts on the other, so that an entry booked on one
side only is a breach. Which flows exist and what moves which stock is data in :mod:`sim.flows`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np

from sim import accounting_kernels as kernels
from sim.errors import ModelBreach
from sim.flows import FLOWS, STOCKS, shares_held
from sim.ledger import Ledger
from sim.state import TIERS, USES, CityState, Firms, Integers
from sim.sums import sums
from sim.units import quarter_name

MONEY_TOLERANCE = 1e-8
"""Relative to the stock or to what flowed in and out of it, whichever is larger."""
LEAVING = ("exits", "closures_obsolete", "out_migrations")
ENTERING = ("entries", "project_plants")
MOVES = tuple(
    (f"tier_{from_name}_{to_name}", old, new)
    for old, from_name in enumerate(TIERS)
    for new, to_name in enumerate(TIERS)
)
"""Events of firms that changed their tier: name, tier before and after."""
MONEY_COLUMNS = tuple(c.name for c in fields(Firms) if str(c.type) == "Floats")
"""Columns of the firms that hold real numbers: all must be finite."""
DECLARED = {
    (payer, payee, kind): flow.either_way
    for kind, flow in FLOWS.items()
    for payer, payee in flow.between
}
"""Payer, payee and kind of every flow that may be, to whether its money runs either way."""
FIRMS_CASH = "firms' cash = receipts - payments"
TAX_CREDITED = "tax credited to districts = tax paid"
MONEY = (FIRMS_CASH, *STOCKS, TAX_CREDITED)
"""Identities of money, relative; all others are exact."""


@dataclass(frozen=True)
class Stocks:
    """Stocks at one moment.

    Attributes
    ----------
    land : int
        m2, all parcels.
    census : ndarray of int, shape (tiers, sectors)
        Living firms.
    uncounted : int
        Living firms outside every declared tier, sector or district.
    money : dict
        Yuan by identity.
    columns : dict
        Sums of the columns that the stocks of money need, by name.
    """

    land: int
    census: Integers
    uncounted: int
    money: dict[str, float]
    columns: dict[str, float]


def stocks(state: CityState) -> Stocks:
    """Return the stocks that the identities follow."""
    firms, city = state.firms, state.city
    counted, outside = kernels.census(
        firms.alive, firms.tier, firms.sector, firms.district,
        len(TIERS), len(city.sectors.code), len(city.districts.code),
    )  # fmt: skip
    followed = {"cash": firms.cash, "debt": firms.debt, **shares_held(state)}
    columns = dict(zip(followed, sums([*followed.values()]), strict=True))
    money = {identity: stock.measure(state, columns) for identity, stock in STOCKS.items()}
    money[FIRMS_CASH] = columns["cash"]
    return Stocks(int(state.parcels.area.sum()), counted, outside, money, columns)


def breaches(before: Stocks, after: Stocks, state: CityState) -> dict[str, float]:
    """Return the size of every identity's gap in its own unit (zero when it holds).

    Money gaps are relative to the stock and its flows; undeclared flows are yuan; land is m2 and
    firms are counted, both exact.
    """
    return {
        "land area": float(after.land - before.land),
        **_firms(before, after, state),
        "payer and payee as declared": undeclared(state.ledger)[0],
        **_money(before, after, state),
        **_land(state),
        "all finite": float(_not_finite(after, state.firms)),
    }


def _firms(before: Stocks, after: Stocks, state: CityState) -> dict[str, float]:
    """Return gaps of the firms' numbers: in all, by tier, by sector, and of the categories."""
    counts = state.counts
    entered, left = state.tally("entered"), state.tally("left")
    moved = np.zeros(len(TIERS), dtype=np.int64)
    for name, old, new in MOVES:
        number = int(counts.get(name, 0.0))
        moved[new] += number
        moved[old] -= number
    change = after.census - before.census - entered + left
    events = sum(counts.get(n, 0.0) for n in ENTERING) - sum(counts.get(n, 0.0) for n in LEAVING)
    living = int(after.census.sum()) + after.uncounted
    was = int(before.census.sum()) + before.uncounted
    # One living firm outside every category is a share that the others' sum lacks.
    share = (living - after.uncounted) / living if living else 1.0
    return {
        "firms = firms + entries - exits": living - was - events,
        "firms by tier = entries - exits + moves": _widest(change.sum(axis=1) - moved),
        "firms by sector = entries - exits": _widest(change.sum(axis=0)),
        "shares of tiers, sectors, districts sum to one": share - 1.0,
    }


def _widest(gaps: Integers) -> float:
    """Return the gap that is farthest from zero, with its sign.

    Examples
    --------
    >>> _widest(np.array([1, -3, 2]))
    -3.0
    """
    return float(gaps[np.argmax(np.abs(gaps))]) if len(gaps) else 0.0


def undeclared(ledger: Ledger) -> tuple[float, str]:
    """Return the yuan of flows that the matrix does not allow, and a word on the first one.

    A kind that is not declared, a payer or payee that is not its own, a negative amount where
    money runs one way only, or an amount that is no number.

    Examples
    --------
    >>> ledger = Ledger()
    >>> ledger.pay("firms", "banks", "repayment", 5.0)
    >>> undeclared(ledger)
    (0.0, '')
    >>> ledger.pay("banks", "firms", "repayment", 3.0)
    >>> undeclared(ledger)
    (3.0, 'repayment from banks to firms')
    """
    total, first = 0.0, ""
    for entry, amount in ledger.flows.items():
        either_way = DECLARED.get(entry)
        if either_way is None or not (either_way or amount >= 0.0):
            total += abs(amount)
            payer, payee, kind = entry
            first = first or f"{kind} from {payer} to {payee}"
    return total, first


def _money(before: Stocks, after: Stocks, state: CityState) -> dict[str, float]:
    """Return stock less (stock + inflow - outflow), relative, for firms' cash and each stock."""
    ledger, counts = state.ledger, state.counts
    received, paid = ledger.gross("firms")
    gaps = {FIRMS_CASH: _gap(before, after, FIRMS_CASH, received, paid)}
    totals = ledger.totals()
    for identity, stock in STOCKS.items():
        gained = _sum(totals, stock.gains) + _sum(counts, stock.events)
        lost = _sum(totals, stock.losses) + _sum(counts, stock.events_lost)
        gaps[identity] = _gap(before, after, identity, gained, lost)
    tax = totals.get("tax", 0.0)
    credited = float(sum(district.tax_credited for district in state.districts))
    gaps[TAX_CREDITED] = (credited - tax) / max(abs(credited), abs(tax), 1.0)
    return gaps


def _sum(amounts: dict[str, float], names: Iterable[str]) -> float:
    return float(sum([amounts.get(name, 0.0) for name in names]))


def _gap(before: Stocks, after: Stocks, identity: str, gained: float, lost: float) -> float:
    """Return the gap of one stock relative to its own size or flows, whichever is larger."""
    was, now = before.money[identity], after.money[identity]
    size = max(abs(was), abs(now), abs(gained), abs(lost), 1.0)
    return (now - was - gained + lost) / size


def _land(state: CityState) -> dict[str, float]:
    """Return gaps of who holds the land and of its shares by use, m2 and fraction of one."""
    parcels, held = state.parcels, state.firms.land_area
    total, counted, widest = kernels.land_beside_plots(
        held, parcels.occupant, parcels.area, parcels.use, len(USES),
        state.scratch("work", 1)[0].view(np.int64),
    )  # fmt: skip
    return {
        "firms' land = their parcels": float(widest),
        "shares of land uses sum to one": counted / total - 1.0 if total else 0.0,
    }


def _not_finite(after: Stocks, firms: Firms) -> int:
    """Return how many values of the firms are no finite number."""
    # A finite sum tells that all its parts are; the other columns are looked through.
    open_to_doubt = [n for n in MONEY_COLUMNS if not math.isfinite(after.columns.get(n, math.nan))]
    columns = [getattr(firms, name) for name in open_to_doubt]
    found = 0
    for first in range(0, len(columns), kernels.AT_ONCE):
        some = columns[first : first + kernels.AT_ONCE]
        padded = [*some, *some[:1] * (kernels.AT_ONCE - len(some))]
        if kernels.any_not_finite(*padded):
            found += sum(int((~np.isfinite(column)).sum()) for column in some)
    return found


def check(before: Stocks, after: Stocks, state: CityState) -> dict[str, float]:
    """Raise on the first identity that does not hold; return all gaps.

    Parameters
    ----------
    before, after : Stocks
        At the beginning and at the end of the quarter.
    state : CityState
        The city at the end, with the quarter's ledger and events.

    Raises
    ------
    ModelBreach
        Naming quarter, identity and amount.
    """
    gaps = breaches(before, after, state)
    for identity, amount in gaps.items():
        limit = MONEY_TOLERANCE if identity in MONEY else 0.0
        if abs(amount) > limit or not math.isfinite(amount):
            culprit = undeclared(state.ledger)[1] if identity.startswith("payer") else ""
            named = f"{identity} ({culprit})" if culprit else identity
            raise ModelBreach(quarter_name(state.quarter), named, float(amount))
    return gaps
