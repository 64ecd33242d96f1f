"""Accounting identities, checked every quarter of every member (step 13).

Each identity compares two independent records: columns of firms and parcels and the books of
Mesa agents on one side, the ledger and event counts on the other, so that an entry booked on one
side only is a breach. Which flows exist and what moves which stock is data in :mod:`sim.flows`.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, fields

import numpy as np

from sim import accounting_kernels as kernels
from sim.errors import ModelBreach
from sim.flows import FLOWS, STOCKS, Books, shares_held
from sim.ledger import Ledger
from sim.parcels import HELD
from sim.rows import rows_where
from sim.scopes import census, firm_sums
from sim.state import TIERS, USES, CityState, Firms, Integers
from sim.units import quarter_name

MONEY_TOLERANCE = 1e-8
"""Relative to the stock or to what flowed in and out of it, whichever is larger."""
LEAVING = ("exits", "closures_obsolete", "out_migrations")
ENTERING = ("entries", "project_plants")
MOVES = tuple(
    (f"tier_{from_name}_{to_name}", old, new)
    for old, from_name in enumerate(TIERS)
    for new, to_name in enumerate(TIERS)
    if old != new
)
"""Events of firms that changed their tier: name, tier before and after."""
MONEY_COLUMNS = tuple(c.name for c in fields(Firms) if str(c.type) == "Floats")
"""Columns of the firms that hold real numbers: all must be finite."""
FIRMS_CASH = "firms' cash = receipts - payments"
TAX_CREDITED = "tax credited to districts = tax paid"
MONEY = (FIRMS_CASH, *STOCKS, TAX_CREDITED)
"""Identities of money, relative; all others are exact."""
LIMITS = dict.fromkeys(MONEY, MONEY_TOLERANCE)


DECLARED = {
    (payer, payee, kind): flow.either_way
    for kind, flow in FLOWS.items()
    for payer, payee in flow.between
}
"""Payer, payee and kind of every flow that may be, to whether its money runs either way."""
NOTHING = dict.fromkeys(DECLARED, 0.0)
"""The flows of a quarter in which no money moves."""
EVENTS = [name for stock in STOCKS.values() for name in (*stock.events, *stock.events_lost)]
ONE_WAY = [place for place, either_way in enumerate(DECLARED.values()) if not either_way]
"""Places in the list of all declared flows; events stand behind them."""


def _places(kinds: Collection[str], events: Collection[str] = ()) -> list[int]:
    flows = [place for place, (_, _, kind) in enumerate(DECLARED) if kind in kinds]
    return [*flows, *(len(DECLARED) + EVENTS.index(name) for name in events)]


MOVED_BY = {
    FIRMS_CASH: (
        [place for place, (_, payee, _) in enumerate(DECLARED) if payee == "firms"],
        [place for place, (payer, _, _) in enumerate(DECLARED) if payer == "firms"],
    ),
    **{
        identity: (_places(stock.gains, stock.events), _places(stock.losses, stock.events_lost))
        for identity, stock in STOCKS.items()
    },
}
"""Flows and events that raise, and those that lower, the stock behind each identity."""
TAXES = _places(["tax"])


@dataclass(frozen=True)
class Stocks:
    """Stocks at one moment.

    Attributes
    ----------
    land : int
        m2, all parcels.
    land_of_use : int
        m2, those of a declared use and no negative area.
    land_astray : int
        m2, the widest gap between a firm's land and its parcels.
    living, uncounted : int
        Living firms, and those of them outside every declared tier, sector or district.
    census : ndarray of int, shape (tiers, sectors)
        The others.
    money : dict
        Yuan by identity.
    columns : dict
        Sums over firms, by name: :data:`sim.scopes.SUMMED`, cash, and what funds hold.
    """

    land: int
    land_of_use: int
    land_astray: int
    living: int
    uncounted: int
    census: Integers
    money: dict[str, float]
    columns: dict[str, float]


def stocks(state: CityState) -> Stocks:
    """Return the stocks that the identities follow."""
    firms, parcels = state.firms, state.parcels
    counted = census(state).cells
    held = {"cash": firms.cash, **shares_held(state)}  # as they are now, observers having looked
    columns = firm_sums(state) | {n: float(np.add.reduce(values)) for n, values in held.items()}
    books = Books(state, {fund.name: fund for fund in state.funds}, columns)
    money = {FIRMS_CASH: columns["cash"]}
    money |= {identity: stock.measure(books) for identity, stock in STOCKS.items()}
    land, of_use, astray = kernels.land_beside_plots(
        firms.land_area, parcels.occupant, parcels.area, parcels.use, len(USES),
        state.scratch("work", 1)[0].view(np.int64),
    )  # fmt: skip
    return Stocks(
        land, of_use, astray, int(np.add.reduce(counted)), int(counted[-1]),
        counted[:-1].reshape(len(TIERS), -1), money, columns,
    )  # fmt: skip


def breaches(before: Stocks, after: Stocks, state: CityState) -> dict[str, float]:
    """Return the size of every identity's gap in its own unit (zero when it holds).

    Money gaps are relative to the stock and its flows; undeclared flows are yuan; land is m2 and
    firms are counted, both exact.
    """
    return {
        "land area": float(after.land - before.land),
        **_firms(before, after, state),
        **_money(before, after, state),
        "firms' land = their parcels": float(after.land_astray),
        "projects' land = their sites": float(_sites_astray(state)),
        "shares of land uses sum to one": after.land_of_use / after.land - 1.0
        if after.land
        else 0.0,
        "all finite": float(_not_finite(after, state)),
    }


def _sites_astray(state: CityState) -> int:
    """Return the widest gap between the land a project got and the plots held for it, m2.

    The site of a plant that produces is its firm's; other projects hold what they got, which is
    nothing where they wait for a decision or were given up.
    """
    parcels = state.parcels
    held = rows_where(parcels.occupant <= HELD)
    numbers, areas = HELD - parcels.occupant.take(held), parcels.area.take(held)
    gaps = {p.number: -p.land_got for p in state.projects if p.status != "producing"}
    for number, area in zip(numbers.tolist(), areas.tolist(), strict=True):
        gaps[number] = gaps.get(number, 0) + area
    return max(gaps.values(), key=abs, default=0)


def _firms(before: Stocks, after: Stocks, state: CityState) -> dict[str, float]:
    """Return gaps of the firms' numbers: in all, by tier, by sector, and of the categories."""
    counts = state.counts
    change = after.census - before.census - state.tally("entered") + state.tally("left")
    by_tier = np.add.reduce(change, 1).tolist()
    for name, old, new in MOVES:
        number = int(counts.get(name, 0.0))
        by_tier[old] += number
        by_tier[new] -= number
    events = sum(counts.get(n, 0.0) for n in ENTERING) - sum(counts.get(n, 0.0) for n in LEAVING)
    # One living firm outside every category is a share that the others' sum lacks.
    share = (after.living - after.uncounted) / after.living if after.living else 1.0
    return {
        "firms = firms + entries - exits": after.living - before.living - events,
        "firms by tier = entries - exits + moves": _widest(by_tier),
        "firms by sector = entries - exits": _widest(np.add.reduce(change).tolist()),
        "shares of tiers, sectors, districts sum to one": share - 1.0,
    }


def _widest(gaps: list[int]) -> float:
    """Return the gap that is farthest from zero, with its sign.

    Examples
    --------
    >>> _widest([1, -3, 2])
    -3.0
    """
    return float(max(gaps, key=abs))


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
    """Return flows that are not declared, and stock less (stock + inflow - outflow), relative."""
    flows = NOTHING | state.ledger.flows
    amounts = [*flows.values()][: len(NOTHING)]
    amount = amounts.__getitem__
    declared = len(flows) == len(NOTHING) and all(amount(k) >= 0.0 for k in ONE_WAY)
    gaps = {"payer and payee as declared": 0.0 if declared else undeclared(state.ledger)[0]}
    amounts += [state.counts.get(name, 0.0) for name in EVENTS]
    for identity, now in after.money.items():
        raising, lowering = MOVED_BY[identity]
        was, gained = before.money[identity], sum(map(amount, raising))
        lost = sum(map(amount, lowering))
        # Relative to the stock's own size or flows, whichever is larger.
        size = max(abs(was), abs(now), abs(gained), abs(lost), 1.0)
        gaps[identity] = (now - was - gained + lost) / size
    tax = sum(map(amount, TAXES))
    credited = float(sum([district.tax_credited for district in state.districts]))
    gaps[TAX_CREDITED] = (credited - tax) / max(abs(credited), abs(tax), 1.0)
    return gaps


def _not_finite(after: Stocks, state: CityState) -> int:
    """Return how many values of the firms are no finite number."""
    # A finite sum tells that all its parts are; the other columns are looked through.
    sums = after.columns
    columns = [
        getattr(state.firms, name)
        for name in MONEY_COLUMNS
        if not (name in sums and math.isfinite(sums[name]))
    ]
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
        if not abs(amount) <= LIMITS.get(identity, 0.0):  # nor is what is no number
            culprit = undeclared(state.ledger)[1] if identity.startswith("payer") else ""
            named = f"{identity} ({culprit})" if culprit else identity
            raise ModelBreach(quarter_name(state.quarter), named, float(amount))
    return gaps
