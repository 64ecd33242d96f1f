"""The matrix of money flows and the list of stocks, as data (checked by ``sim.accounting``).

A process may only book a kind of flow that stands here, from the payer to the payee that stand
here, and with the sign that stands here. Every stock that someone keeps in columns or agents of
their own moves by the flows and events that stand here and by nothing else. Households,
investors and the outside keep no stock of their own: their side of a payment is the ledger's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.levers import LEVERS

if TYPE_CHECKING:
    from sim.state import CityState, Floats, Integers

Parties = tuple[str, str]
"""Payer and payee."""


@dataclass(frozen=True)
class Flow:
    """A kind of money flow.

    Attributes
    ----------
    between : tuple of (payer, payee)
        Who may pay whom.
    either_way : bool
        Whether the amount may be negative: money that runs back.
    """

    between: tuple[Parties, ...]
    either_way: bool = False


def _flow(*between: str, either_way: bool = False) -> Flow:
    """Return a flow between parties written as ``payer > payee``.

    Examples
    --------
    >>> _flow("firms > banks").between
    (('firms', 'banks'),)
    """
    pairs = tuple(tuple(text.split(" > ")) for text in between)
    return Flow(pairs, either_way)  # type: ignore[arg-type]


PAID_TO_FIRMS = (
    "special_fund_size", "technical_upgrade_subsidy", "rd_grant_rate", "top100_reward",
    "listing_reward", "first_set_insurance",
)  # fmt: skip
"""Levers whose money firms are paid; the others cost what the plan's unit cost says."""

FLOWS: Mapping[str, Flow] = {
    # the current account of firms
    "sales": _flow("outside > firms"),
    "inputs": _flow("firms > outside"),
    "wages": _flow("firms > households"),
    "tax": _flow("firms > government"),
    "interest": _flow("firms > banks", either_way=True),  # a cut spread may exceed the rate
    "fees": _flow("firms > outside"),
    "energy_surcharge": _flow("firms > government"),
    "payout": _flow("firms > households"),
    # birth and death
    "founders_equity": _flow("households > firms"),
    "founding_capital": _flow("firms > outside"),
    "liquidation": _flow("firms > households", either_way=True),  # owners settle a deficit
    # credit and investment
    "loan": _flow("banks > firms"),
    "repayment": _flow("firms > banks"),
    "owners_capital": _flow("investors > firms"),
    "investment": _flow("firms > outside"),
    "distribution": _flow("firms > investors", "funds > investors"),
    # funds, insurance, the stock market
    "capital_call": _flow("government > funds"),
    "venture_call": _flow("investors > funds"),
    "equity": _flow("funds > firms"),
    "social_capital": _flow("investors > firms"),
    "buy_back": _flow("firms > funds"),
    "sale_of_shares": _flow("investors > funds"),
    "insurance_premium": _flow("firms > banks"),
    "initial_offer": _flow("investors > firms"),
    "secondary_offer": _flow("investors > firms"),
    # land, moves, projects
    "land_sale_industrial": _flow("firms > government", "investors > government"),
    "land_sale_other": _flow("outside > government"),
    "land_buy_back": _flow("government > firms"),
    "land_recovery": _flow("government > firms"),
    "land_compensation": _flow("government > firms"),
    "land_refund": _flow("government > investors"),
    "land_swap": _flow("government > government"),
    "relocation_cost": _flow("firms > outside"),
    "factory_floors": _flow("firms > outside"),
    "project_investment": _flow("investors > outside"),
    "project_equity": _flow("funds > outside"),
    "project_working_capital": _flow("investors > firms"),
    # levers: paid to firms, or as programmes (a programme cut below its usual size saves)
    **{f"lever:{name}": _flow("government > firms") for name in PAID_TO_FIRMS},
    **{
        f"programme:{name}": _flow("government > outside", either_way=True)
        for name in LEVERS
        if name not in PAID_TO_FIRMS
    },
}
"""Kind to who pays whom."""


class Books(NamedTuple):
    """What stocks of money are measured by, at one moment."""

    state: CityState
    funds: Mapping[str, Any]
    """Funds and the bank by name."""
    columns: Mapping[str, float]
    """Sums of the columns that are followed, by name: firms' cash and debt, shares in them."""

    def of_equity_funds(self, attribute: str) -> float:
        """Return the sum of an attribute over the funds that hold shares."""
        return float(sum([getattr(self.funds[name], attribute) for name in EQUITY_FUNDS]))


@dataclass(frozen=True)
class Stock:
    """A stock of money that columns or agents keep apart from the ledger.

    Attributes
    ----------
    measure : callable
        Books to yuan.
    gains, losses : tuple of str
        Kinds of flows that raise and lower it.
    events : tuple of str
        Event totals (``state.counts``) that raise it without a payment.
    events_lost : tuple of str
        Event totals that lower it without a payment.
    """

    measure: Callable[[Books], float]
    gains: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    events_lost: tuple[str, ...] = ()


EQUITY_FUNDS = ("guidance_fund", "state_platform", "venture")
"""Funds that hold shares in firms."""


def stakes(state: CityState) -> float:
    """Return what funds hold in plants that do not produce in full yet, at cost, yuan."""
    return float(sum([project.stake for project in state.projects]))


def holders(state: CityState, fund: str) -> Integers:
    """Return the rows of the firms in which a fund holds shares, rising."""
    return state.arrays[f"capital.{fund}_holders"]


def holdings(state: CityState, fund: str) -> tuple[Floats, Floats]:
    """Return the value of a fund's shares in these firms, yuan, and the sales it was found at."""
    return state.arrays[f"capital.{fund}_holding"], state.arrays[f"capital.{fund}_marked"]


def hold(state: CityState, fund: str, rows: Integers, value: Floats, marked: Floats) -> None:
    """Note what a fund holds from now on: as :func:`holders` and :func:`holdings` return it."""
    state.arrays[f"capital.{fund}_holders"] = rows
    state.arrays[f"capital.{fund}_holding"] = value
    state.arrays[f"capital.{fund}_marked"] = marked


def shares_held(state: CityState) -> dict[str, Floats]:
    """Return the value of the shares that each fund holds in firms, yuan by firm, by name."""
    return {f"capital.{name}_holding": holdings(state, name)[0] for name in EQUITY_FUNDS}


def _shares(books: Books) -> float:
    """Return what the funds hold in firms and projects, with all that was ever written off."""
    held = [books.columns[f"capital.{name}_holding"] for name in EQUITY_FUNDS]
    return sum(held) + stakes(books.state) + books.of_equity_funds("written_off")


def _kept_for_projects(books: Books) -> float:
    """Return what the state platform has set aside or offered and not paid yet, yuan."""
    offered = float(sum([project.offered for project in books.state.projects]))
    return books.state.memory.get("projects.offer", 0.0) + offered


def _project_outlays(books: Books) -> float:
    """Return what has been spent on projects so far; the rest is the plants' working capital."""
    spent = 1.0 - books.state.parameters["project_working_capital"]
    return spent * float(sum([project.invested for project in books.state.projects]))


STOCKS: Mapping[str, Stock] = {
    "firms' debt = loans - repayments - write-offs": Stock(
        lambda books: books.columns["debt"],
        ("loan",), ("repayment",), events_lost=("debt_written_off",),
    ),
    "bank's loans = loans - repayments - write-offs": Stock(
        lambda books: books.funds["bank"].value + books.funds["bank"].written_off,
        ("loan",), ("repayment",),
    ),
    "funds' capital = calls": Stock(
        lambda books: books.of_equity_funds("drawn"), ("capital_call", "venture_call")
    ),
    "funds' returns = sales of shares": Stock(
        lambda books: books.of_equity_funds("repaid"), ("buy_back", "sale_of_shares")
    ),
    "funds' shares = placements + gains - sales": Stock(
        _shares,
        ("equity", "project_equity"), ("buy_back", "sale_of_shares"), events=("fund_gains",),
    ),
    "special fund = grants": Stock(
        lambda books: books.funds["special_fund"].drawn, ("lever:special_fund_size",)
    ),
    "first-set insurance = premiums": Stock(
        lambda books: books.funds["first_set_insurance"].committed, ("insurance_premium",)
    ),
    "first-set support = paid support": Stock(
        lambda books: books.funds["first_set_insurance"].drawn, ("lever:first_set_insurance",)
    ),
    "capital for projects = set aside - paid": Stock(
        _kept_for_projects, losses=("project_equity",), events=("projects.set_aside",)
    ),
    "project outlays = investment": Stock(
        _project_outlays, ("project_investment", "project_equity")
    ),
}  # fmt: skip
"""Identity to the stock behind it; firms' cash, which all flows of firms move, is beside it."""
