"""Capital funds: guidance fund, state platform and venture capital (step 7).

Funds are Mesa agents with commitments, draws, holdings, exits and write-offs; what they hold
in a firm is a column. Firms are chosen by keyed weighted orders, so that more money serves the
same firms and then others. Only money beyond the reference adds to investment, by the share
that is additional; equity and grants as such move cash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim import funds_kernels as kernels
from sim.columns import column
from sim.flows import EQUITY_FUNDS, stakes
from sim.project_finance import set_aside
from sim.rows import rows_where
from sim.selection import awards, places_paid, ticket_size, weighted_order
from sim.state import (
    A_SHARE,
    OVERSEAS,
    SUPPLIER,
    CityState,
    Floats,
    Integers,
)
from sim.units import YI_YUAN

FUNDS = (
    ("guidance_fund", "产业基金", "equity"),
    ("state_platform", "国资平台", "equity"),
    ("special_fund", "工信专项资金", "grant"),
    ("bank", "银行制造业信贷", "credit"),
    ("venture", "创投私募", "venture"),
    ("first_set_insurance", "首台套保险", "insurance"),
)
BY_TIER: Mapping[str, tuple[float, ...]] = {
    "guidance_fund": (0.0, 0.5, 1.0, 1.0),
    "state_platform": (0.0, 0.0, 1.0, 3.0),
    "venture": (0.0, 1.0, 0.7, 0.0),
}
"""Relative chance with a fund by tier, in the order of :data:`sim.state.TIERS`."""
SUPPORT_MEMORY = 0.75
"""A firm counts as supported for about a year after money reached it."""


def draw_call(committed: float, drawn: float, rate: float) -> float:
    """Return the capital called in a quarter: a share of what is not drawn yet.

    Examples
    --------
    >>> draw_call(100.0, 60.0, 0.2)
    2.0
    """
    return max(committed - drawn, 0.0) * rate / 4.0


def initialise(state: CityState) -> None:
    """Create the funds; the guidance fund has drawn a part of its commitments before."""
    from sim.agents import Fund

    scale = state.scale
    for name, name_zh, mandate in FUNDS:
        leverage = state.reference.fund_leverage if name == "guidance_fund" else 1.0
        state.funds.append(Fund(state.model, name, name_zh, mandate, leverage))
    fund = state.fund("guidance_fund")
    fund.committed = state.reference.fund_size * scale
    fund.drawn = state.parameters["guidance_fund_drawn_share"] * fund.committed
    fund.value = 0.0
    state.memory["capital.reference_drawn"] = fund.drawn
    platform = state.fund("state_platform")
    platform.committed = state.parameters["platform_capital_ratio"] * fund.committed
    platform.drawn = state.parameters["platform_capital_ratio"] * fund.drawn
    for name in EQUITY_FUNDS:
        column(state, f"capital.{name}_holding")
    column(state, "capital.additional")
    column(state, "capital.supported")
    for agent in (fund, platform):
        _hold_past(state, agent.name, agent.drawn)
    _mark(state)


def _hold_past(state: CityState, name: str, drawn: float) -> None:
    """Place capital drawn before the start: above-scale manufacturers, emerging sectors first.

    Which firms the funds hold is not on file; the state platform holds larger ones.
    """
    firms, table = state.firms, state.city.sectors
    rows = np.flatnonzero(firms.alive & firms.on_roster & state.of_sector("manufacturing"))
    emerging = 0.2 + table.strategic_emerging_share[firms.sector[rows]]
    size = firms.annual_revenue[rows] if name == "state_platform" else np.ones(len(rows))
    weights, ticket = emerging * np.sqrt(size), state.parameters["fund_ticket"]
    places = int(np.count_nonzero(weights > 0.0))
    order = weighted_order(
        state.random, f"capital/{name}", rows, firms.firm_id[rows], weights, state.first - 1,
        places_paid(places, (drawn, 0.0), ticket),
    )  # fmt: skip
    paid = awards(places, drawn, ticket, len(order))
    column(state, f"capital.{name}_holding")[order] += paid
    _note_holders(state, name, np.sort(order[paid > 0.0]))


@dataclass(frozen=True)
class Applicants:
    """Firms that all funds choose from; arrays of shape (applicants,)."""

    rows: Integers
    ids: Integers
    cell: Integers
    """Place in a table of chances by tier and sector."""


def _weights(state: CityState, name: str, cell: Integers) -> Floats:
    """Return each firm's chance with a fund: by tier, sector and policy tilt."""
    table = state.city.sectors
    emerging = table.strategic_emerging_share
    if name == "venture":
        of_sector = table.high_tech_share + state.terms.emerging_support * emerging
    elif name == "state_platform":
        of_sector = table.manufacturing.astype(np.float64)
    else:
        of_sector = table.manufacturing * (0.2 + emerging)
    chance = np.array(BY_TIER[name])[:, None] * of_sector
    return chance.take(cell)


def _order(
    state: CityState, name: str, among: Applicants, pools: tuple[float, float], ticket: float
) -> tuple[Integers, int]:
    """Return the firms that a fund serves, in order, and how many asked."""
    weights = _weights(state, name, among.cell)
    places = int(np.count_nonzero(weights > 0.0))
    order = weighted_order(
        state.random, f"capital/{name}", among.rows, among.ids, weights, state.quarter,
        places_paid(places, pools, ticket),
    )  # fmt: skip
    return order, places


def _applicants(state: CityState) -> Applicants:
    """Return the unlisted firms of the ladder."""
    firms = state.firms
    chosen = np.empty(firms.count, dtype=np.bool_)
    kernels.unlisted_above(
        firms.alive, firms.tier, SUPPLIER, firms.listing_stage, (A_SHARE, OVERSEAS),
        firms.annual_revenue, chosen,
    )  # fmt: skip
    rows = rows_where(chosen)
    cell = firms.tier.take(rows) * len(state.city.sectors.code) + firms.sector.take(rows)
    return Applicants(rows, firms.firm_id.take(rows), cell.astype(np.int64))


def _holders(state: CityState, name: str) -> Integers:
    """Return the rows in which a fund holds shares, ascending."""
    return np.asarray(state.arrays.get(f"capital.{name}_holders", np.zeros(0)), dtype=np.int64)


def _note_holders(state: CityState, name: str, rows: Integers) -> None:
    """Note where a fund holds shares, and what they are worth."""
    state.arrays[f"capital.{name}_holders"] = rows
    state.fund(name).value = float(column(state, f"capital.{name}_holding")[rows].sum())


def step(state: CityState) -> None:
    """Settle old holdings, call and place new capital."""
    supported = column(state, "capital.supported")
    supported *= SUPPORT_MEMORY
    additional = column(state, "capital.additional")
    additional[:] = 0.0
    for name in EQUITY_FUNDS:
        _settle(state, name)
    among = _applicants(state)
    _guidance(state, among)
    _venture(state, among)
    _mark(state)


def _mark(state: CityState) -> None:
    """Note the sales at which shares are valued, once all funds have compared with the last."""
    marked = column(state, "capital.marked_revenue")
    for name in EQUITY_FUNDS:
        rows = _holders(state, name)
        marked[rows] = state.firms.annual_revenue[rows]


def _settle(state: CityState, name: str) -> None:
    """Mark holdings to the firm's sales, write off what is lost, sell what can be sold."""
    firms, p, fund = state.firms, state.parameters, state.fund(name)
    rows = _holders(state, name)
    if not len(rows):
        return
    noted, staying = np.empty((8, len(rows))), np.empty(len(rows), dtype=np.int64)
    unlisted, lost, sold, stay = kernels.settle_shares(
        rows, firms.firm_id, state.quarter, state.random.key(f"capital/{name}_exit"), firms.alive,
        firms.listing_stage, (A_SHARE, OVERSEAS), firms.annual_revenue,
        column(state, "capital.marked_revenue"),
        p["fund_write_off_rate"] / 4.0, (p["fund_exit_rate"], p["fund_exit_rate"] / 4.0),
        p["fund_exit_multiple"], column(state, f"capital.{name}_holding"), firms.cash,
        noted[6:], noted[:6], staying,
    )  # fmt: skip
    received = float(noted[0].sum())
    fund.written_off += float(noted[3, :lost].sum())
    state.add("fund_gains", float(noted[4, : len(rows) - lost].sum()))
    state.ledger.pay("firms", "funds", "buy_back", float(noted[1, :unlisted].sum()))
    from_others = float(noted[2, : len(rows) - unlisted].sum())
    state.ledger.pay("investors", "funds", "sale_of_shares", from_others)
    if name == "venture":
        state.ledger.pay("funds", "investors", "distribution", received)
    fund.repaid += received
    state.add("fund_exits", float(sold))
    state.add("fund_proceeds", received)
    state.arrays[f"capital.{name}_holders"] = staying[:stay]
    fund.value = float(noted[5, :stay].sum())


def _place(
    state: CityState, name: str, among: Applicants, pools: tuple[float, float], ticket: float,
    own_share: float,
) -> None:  # fmt: skip
    """Place a pool in firms; only what exceeds the reference pool can add to investment.

    Parameters
    ----------
    among : Applicants
        Firms that may be served.
    pools : tuple
        (capital placed now, capital that would be placed under the reference), yuan.
    own_share : float
        Share of the pool that is the fund's own money; the rest is social capital.
    """
    rows, places = _order(state, name, among, pools, ticket)
    paid, held = np.empty(len(rows)), _holders(state, name)
    holders = np.empty(len(held) + len(rows), dtype=np.int64)
    number = kernels.place_shares(
        rows, pools, tuple(ticket_size(places, pool, ticket) for pool in pools), own_share,
        state.parameters["fund_additionality"], state.firms.cash,
        column(state, f"capital.{name}_holding"), column(state, "capital.additional"),
        column(state, "capital.supported"), paid, held, np.sort(rows), holders,
    )  # fmt: skip
    total = float(paid.sum())
    state.ledger.pay("funds", "firms", "equity", own_share * total)
    state.ledger.pay("investors", "firms", "social_capital", total - own_share * total)
    _note_holders(state, name, holders[:number])
    state.add(f"{name}_placed", total)


def _guidance(state: CityState, among: Applicants) -> None:
    """Call the guidance fund's and the platform's capital and place it (clause 25)."""
    p, terms, base = state.parameters, state.terms, state.reference
    scale = state.scale
    fund, platform = state.fund("guidance_fund"), state.fund("state_platform")
    ratio = p["platform_capital_ratio"]
    fund.committed = max(fund.committed, terms.fund_size * scale)
    fund.leverage = terms.fund_leverage
    platform.committed = max(platform.committed, ratio * fund.committed)
    called = draw_call(terms.fund_size * scale, fund.drawn, p["fund_draw_rate"])
    usual_drawn = state.memory["capital.reference_drawn"]
    usual = draw_call(base.fund_size * scale, usual_drawn, p["fund_draw_rate"])
    state.memory["capital.reference_drawn"] = usual_drawn + usual
    for agent, share in ((fund, 1.0), (platform, ratio)):
        agent.drawn += share * called
        state.ledger.pay("government", "funds", "capital_call", share * called)
    whole, usual_whole = called * (1.0 + terms.fund_leverage), usual * (1.0 + base.fund_leverage)
    own = 1.0 / (1.0 + terms.fund_leverage)
    _place(state, "guidance_fund", among, (whole, usual_whole), p["fund_ticket"], own)
    left = ratio * set_aside(state, ratio * called, ratio * usual)
    pools = left * called, left * usual
    _place(state, "state_platform", among, pools, p["fund_ticket"], 1.0)
    state.add("fund_called", called * (1.0 + ratio))
    state.add("social_capital", whole - called)


def _venture(state: CityState, among: Applicants) -> None:
    """Place private equity; emerging-industry support attracts more of it (clause 2)."""
    p = state.parameters
    years = (state.quarter - state.first + 1) / 4.0
    usual = p["venture_investment_per_year"] * YI_YUAN / 4.0 * (1.0 + p["venture_growth"]) ** years
    usual *= state.scale
    support = state.terms.emerging_support - state.reference.emerging_support
    pool = usual * float(np.exp(p["venture_wrt_support"] * support))
    fund = state.fund("venture")
    fund.committed += pool
    _place(state, "venture", among, (pool, usual), p["venture_ticket"], 1.0)
    # Only what found a firm is called.
    fund.drawn += state.counts["venture_placed"]
    state.ledger.pay("investors", "funds", "venture_call", state.counts["venture_placed"])


def observe(state: CityState) -> dict[str, float]:
    """Return funds' stocks (yuan) and what they placed in the quarter (yuan, counts)."""
    public = [state.fund("guidance_fund"), state.fund("state_platform")]
    counts = state.counts
    out = {
        "fund_committed": sum(f.committed for f in public),
        "fund_drawn": sum(f.drawn for f in public),
        "fund_value": sum(f.value for f in public) + stakes(state),
        "fund_written_off": sum(f.written_off for f in public),
        "venture_value": state.fund("venture").value,
    }
    for name in (
        "fund_called", "social_capital", "fund_proceeds", "fund_exits", "venture_placed",
        "grants_paid", "grant_weighted_productivity", "first_sets_insured",
    ):  # fmt: skip
        out[name] = counts.get(name, 0.0)
    return out
