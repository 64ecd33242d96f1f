"""Capital funds: guidance fund, state platform and venture capital (step 7).

Funds are Mesa agents with commitments, draws, holdings, exits and write-offs; what they hold
is a list of rows beside its value (:mod:`sim.flows`). Firms are chosen by keyed weighted orders,
so that more money serves the same firms and then others. Only money beyond the reference adds to
investment, by the share that is additional; equity and grants as such move cash.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim import funds_kernels as kernels
from sim.applicants import Applicants
from sim.columns import column
from sim.flows import EQUITY_FUNDS, hold, holders, holdings, stakes
from sim.project_finance import set_aside
from sim.rows import rows_where
from sim.selection import awards, places_paid, race, ticket_size, weighted_order
from sim.state import (
    A_SHARE,
    OVERSEAS,
    CityState,
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
    column(state, "capital.additional")
    column(state, "capital.supported")
    _hold_past(state, fund, platform)
    hold(state, "venture", np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))


def _hold_past(state: CityState, *owners: Any) -> None:
    """Place capital drawn before the start: above-scale manufacturers, emerging sectors first.

    Which firms the funds hold is not on file; the state platform holds larger ones.
    """
    firms, table, ticket = state.firms, state.city.sectors, state.parameters["fund_ticket"]
    rows = rows_where(firms.alive & firms.on_roster & state.of_sector("manufacturing"))
    emerging = 0.2 + table.strategic_emerging_share[firms.sector[rows]]
    ids, sales = firms.firm_id[rows], firms.annual_revenue[rows]
    for fund in owners:
        weights = emerging * np.sqrt(sales) if fund.name == "state_platform" else emerging
        places = int(np.count_nonzero(weights > 0.0))
        order = weighted_order(
            state.random, f"capital/{fund.name}", rows, ids, weights, state.first - 1,
            places_paid(places, (fund.drawn, 0.0), ticket),
        )  # fmt: skip
        paid, rising = awards(places, fund.drawn, ticket, len(order)), order.argsort()
        held = order[rising]
        hold(state, fund.name, held, paid[rising], firms.annual_revenue[held])
        fund.value = float(paid.sum())


def step(state: CityState, among: Applicants) -> None:
    """Let each fund settle old holdings, call and place new capital."""
    _guidance(state, among)
    _venture(state, among)


def _place(
    state: CityState, fund: Any, among: Applicants, pools: tuple[float, float], ticket: float,
    own_share: float,
) -> float:  # fmt: skip
    """Settle a fund's old holdings and place a pool; return what found a firm, yuan.

    Only what exceeds the reference pool can add to investment.

    Parameters
    ----------
    among : Applicants
        Firms that may be served.
    pools : tuple
        (capital placed now, capital that would be placed under the reference), yuan.
    own_share : float
        Share of the pool that is the fund's own money; the rest is social capital.
    """
    firms, p, name, pay = state.firms, state.parameters, fund.name, state.ledger.pay
    number = EQUITY_FUNDS.index(name)
    places = among.places[number]
    soon, order = race(
        state.random, f"capital/{name}", among.ids, among.chances[number], state.quarter,
        places_paid(places, pools, ticket),
    )  # fmt: skip
    sizes = ticket_size(places, pools[0], ticket), ticket_size(places, pools[1], ticket)
    rows, exit_rate = holders(state, name), p["fund_exit_rate"]
    fresh, held = np.empty(len(soon) + 1, np.int64), np.empty(len(rows) + len(order), np.int64)
    bought, now = np.empty(len(fresh)), np.empty((2, len(held)))
    placed, back, from_others, lost, gained, fund.value, sold, found = kernels.turn_over(
        among.asking, soon, order, (pools, sizes, p["fund_additionality"], own_share),
        rows, *holdings(state, name), firms.firm_id, state.quarter,
        state.random.key(f"capital/{name}_exit"), p["fund_write_off_rate"] / 4.0,
        (exit_rate, exit_rate / 4.0), p["fund_exit_multiple"], firms.alive, firms.listing_stage,
        (A_SHARE, OVERSEAS), firms.annual_revenue, firms.cash,
        column(state, "capital.additional"), column(state, "capital.supported"), fresh, bought,
        held, now[0], now[1],
    )  # fmt: skip
    hold(state, name, held[:found], now[0, :found], now[1, :found])
    pay("funds", "firms", "equity", own_share * placed)
    pay("investors", "firms", "social_capital", placed - own_share * placed)
    pay("firms", "funds", "buy_back", back)
    pay("investors", "funds", "sale_of_shares", from_others)
    if name == "venture":
        pay("funds", "investors", "distribution", back + from_others)
    fund.repaid += back + from_others
    fund.written_off += lost
    for total, amount in (
        ("fund_gains", gained), ("fund_exits", float(sold)), ("fund_proceeds", back + from_others),
    ):  # fmt: skip
        state.add(total, amount)
    return float(placed)


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
    _place(state, fund, among, (whole, usual_whole), p["fund_ticket"], own)
    left = ratio * set_aside(state, ratio * called, ratio * usual)
    _place(state, platform, among, (left * called, left * usual), p["fund_ticket"], 1.0)
    state.add("fund_called", called * (1.0 + ratio))
    state.add("social_capital", whole - called)


def _venture(state: CityState, among: Applicants) -> None:
    """Place private equity; emerging-industry support attracts more of it (clause 2)."""
    p = state.parameters
    years = (state.quarter - state.first + 1) / 4.0
    usual = p["venture_investment_per_year"] * YI_YUAN / 4.0 * (1.0 + p["venture_growth"]) ** years
    usual *= state.scale
    support = state.terms.emerging_support - state.reference.emerging_support
    pool = usual * math.exp(p["venture_wrt_support"] * support)
    fund = state.fund("venture")
    fund.committed += pool
    placed = _place(state, fund, among, (pool, usual), p["venture_ticket"], 1.0)
    # Only what found a firm is called.
    fund.drawn += placed
    state.ledger.pay("investors", "funds", "venture_call", placed)
    state.add("venture_placed", placed)


def observe(state: CityState) -> dict[str, float]:
    """Return funds' stocks (yuan) and what they placed in the quarter (yuan, counts)."""
    fund, platform, venture = (state.fund(name) for name in EQUITY_FUNDS)
    counts = state.counts
    out = {
        "fund_committed": fund.committed + platform.committed,
        "fund_drawn": fund.drawn + platform.drawn,
        "fund_value": fund.value + platform.value + stakes(state),
        "fund_written_off": fund.written_off + platform.written_off,
        "venture_value": venture.value,
    }
    for name in (
        "fund_called", "social_capital", "fund_proceeds", "fund_exits", "venture_placed",
        "grants_paid", "grant_weighted_productivity", "first_sets_insured",
    ):  # fmt: skip
        out[name] = counts.get(name, 0.0)
    return out
