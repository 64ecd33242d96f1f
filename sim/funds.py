"""Capital funds: guidance fund, state platform, venture capital, grants, insurance (step 7).

Funds are Mesa agents with commitments, draws, holdings, exits and write-offs; what they hold
in a firm is a column. Firms are chosen by keyed weighted orders, so that more money serves the
same firms and then others. Only money beyond the reference adds to investment, by the share
that is additional; equity and grants as such move cash.
"""

from __future__ import annotations

import numpy as np

from sim.columns import column
from sim.flows import EQUITY_FUNDS
from sim.selection import awards, largest_first, places_paid, weighted_order
from sim.state import (
    A_SHARE,
    BACKBONE,
    GROWTH,
    OVERSEAS,
    STARTUP,
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
SUPPORT_MEMORY = 0.75
"""A firm counts as supported for about a year after money reached it."""


def targeting_score(productivity: Floats, size: Floats, luck: Floats, targeting: float) -> Floats:
    """Return the score by which grants are given: productivity, size and chance.

    Parameters
    ----------
    productivity, size : ndarray, shape (firms,)
        Standardised log TFP and log revenue of the applicants.
    luck : ndarray, shape (firms,)
        Standard normal numbers.
    targeting : float
        Correlation of the score with productivity, -1 to 1.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> targeting_score(one, 0 * one, 0 * one, 0.5).tolist()
    [0.5]
    """
    rest = np.sqrt(max(1.0 - targeting**2, 0.0))
    return np.asarray(targeting * productivity + rest * (0.6 * size + 0.8 * luck))


def standardised(values: Floats) -> Floats:
    """Return values less their mean over their standard deviation (zeros if all are equal)."""
    if len(values) == 0:
        return values
    spread = float(values.std())
    return np.asarray((values - values.mean()) / (spread if spread > 0.0 else 1.0))


def unrelated(values: Floats, to: Floats) -> Floats:
    """Return standardised values after taking out what a standardised column explains.

    Examples
    --------
    >>> to = np.array([-1.0, 1.0, -1.0, 1.0])
    >>> unrelated(to + np.array([1.0, 1.0, -1.0, -1.0]), to).tolist()
    [1.0, 1.0, -1.0, -1.0]
    """
    if len(values) == 0:
        return values
    centred = values - values.mean()
    return standardised(centred - float(centred @ to) / len(to) * to)


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
    state.arrays["capital.marked_revenue"] = state.firms.annual_revenue.copy()
    for agent in (fund, platform):
        _hold_past(state, agent.name, agent.drawn)


def _hold_past(state: CityState, name: str, drawn: float) -> None:
    """Place capital drawn before the start: above-scale manufacturers, emerging sectors first.

    Which firms the funds hold is not on file; the state platform holds larger ones.
    """
    firms, table = state.firms, state.city.sectors
    rows = np.flatnonzero(firms.alive & firms.on_roster & table.manufacturing[firms.sector])
    emerging = 0.2 + table.strategic_emerging_share[firms.sector[rows]]
    size = firms.annual_revenue[rows] if name == "state_platform" else np.ones(len(rows))
    order = weighted_order(
        state.random, f"capital/{name}", rows, firms.firm_id[rows], emerging * np.sqrt(size),
        state.first - 1,
    )  # fmt: skip
    paid = awards(len(order), drawn, state.parameters["fund_ticket"])
    column(state, f"capital.{name}_holding")[order] += paid
    state.fund(name).value = float(paid.sum())


def _weights(state: CityState, name: str, rows: Integers) -> Floats:
    """Return each firm's chance with a fund: by sector, tier, size and policy tilt."""
    firms = state.firms
    sector = firms.sector[rows]
    table = state.city.sectors
    tier = firms.tier[rows]
    support = state.terms.emerging_support
    if name == "venture":
        young = np.where(tier == STARTUP, 1.0, np.where(tier == GROWTH, 0.7, 0.0))
        return np.asarray(
            young
            * (table.high_tech_share[sector] + support * table.strategic_emerging_share[sector])
        )
    made = table.manufacturing[sector]
    if name == "state_platform":
        large = np.where(tier == BACKBONE, 3.0, np.where(tier == GROWTH, 1.0, 0.0))
        return np.asarray(made * large)
    by_tier = np.array([0.0, 0.5, 1.0, 1.0])[tier]
    return np.asarray(made * by_tier * (0.2 + table.strategic_emerging_share[sector]))


def _order(
    state: CityState, name: str, quarter: int, pools: tuple[float, float], ticket: float
) -> tuple[Integers, int]:
    """Return unlisted firms of the ladder that a fund serves, in order, and how many asked."""
    firms = state.firms
    rows = np.flatnonzero(firms.tier > SUPPLIER)
    stage = firms.listing_stage[rows]
    unlisted = (stage != A_SHARE) & (stage != OVERSEAS)
    rows = rows[unlisted & firms.alive[rows] & (firms.annual_revenue[rows] > 0.0)]
    weights = _weights(state, name, rows)
    places = int(np.count_nonzero(weights > 0.0))
    order = weighted_order(
        state.random, f"capital/{name}", rows, firms.firm_id[rows], weights, quarter,
        places_paid(places, pools, ticket),
    )  # fmt: skip
    return order, places


def step(state: CityState) -> None:
    """Settle old holdings, call and place new capital, give grants, insure first sets."""
    supported = column(state, "capital.supported")
    supported *= SUPPORT_MEMORY
    additional = column(state, "capital.additional")
    additional[:] = 0.0
    for name in EQUITY_FUNDS:
        _settle(state, name)
    marked = column(state, "capital.marked_revenue", state.firms.annual_revenue)
    marked[:] = state.firms.annual_revenue
    _guidance(state)
    _venture(state)
    _grants(state)
    _first_sets(state)


def _settle(state: CityState, name: str) -> None:
    """Mark holdings to the firm's sales, write off what is lost, sell what can be sold."""
    firms, p, fund = state.firms, state.parameters, state.fund(name)
    holding = column(state, f"capital.{name}_holding")
    rows = np.flatnonzero(holding > 0.0)
    if not len(rows):
        fund.value = 0.0
        return
    marked = column(state, "capital.marked_revenue", firms.annual_revenue)[rows]
    growth = firms.annual_revenue[rows] / np.maximum(marked, 1.0)
    value = holding[rows] * np.clip(growth, 0.8, 1.25)
    luck = state.random.uniforms(f"capital/{name}_exit", firms.firm_id[rows], state.quarter, 2)
    lost = ~firms.alive[rows] | (luck[0] < p["fund_write_off_rate"] / 4.0)
    stage = firms.listing_stage[rows]
    listed = (stage == A_SHARE) | (stage == OVERSEAS)
    sold = ~lost & (luck[1] < np.where(listed, 4.0, 1.0) * p["fund_exit_rate"] / 4.0)
    proceeds = np.where(sold, value * np.where(listed, p["fund_exit_multiple"], 1.0), 0.0)
    fund.written_off += float(holding[rows][lost].sum())
    state.add("fund_gains", float((np.where(sold, proceeds, value) - holding[rows])[~lost].sum()))
    bought_back = float(proceeds[~listed].sum())
    firms.cash[rows] -= np.where(listed, 0.0, proceeds)
    state.ledger.pay("firms", "funds", "buy_back", bought_back)
    state.ledger.pay("investors", "funds", "sale_of_shares", float(proceeds[listed].sum()))
    if name == "venture":
        state.ledger.pay("funds", "investors", "distribution", float(proceeds.sum()))
    fund.repaid += float(proceeds.sum())
    state.add("fund_exits", float(sold.sum()))
    state.add("fund_proceeds", float(proceeds.sum()))
    holding[rows] = np.where(lost | sold, 0.0, value)
    fund.value = float(holding.sum())


def _place(
    state: CityState, name: str, pools: tuple[float, float], ticket: float, own_share: float
) -> None:
    """Place a pool in firms; only what exceeds the reference pool can add to investment.

    Parameters
    ----------
    pools : tuple
        (capital placed now, capital that would be placed under the reference), yuan.
    own_share : float
        Share of the pool that is the fund's own money; the rest is social capital.
    """
    pool, usual = pools
    rows, places = _order(state, name, state.quarter, pools, ticket)
    paid = awards(places, pool, ticket)[: len(rows)]
    extra = paid - awards(places, usual, ticket)[: len(rows)]
    total = float(paid.sum())
    state.firms.cash[rows] += paid
    state.ledger.pay("funds", "firms", "equity", own_share * total)
    state.ledger.pay("investors", "firms", "social_capital", total - own_share * total)
    holding = column(state, f"capital.{name}_holding")
    holding[rows] += own_share * paid
    state.fund(name).value = float(holding.sum())
    additional = column(state, "capital.additional")
    additional[rows] += state.parameters["fund_additionality"] * extra
    column(state, "capital.supported")[rows[extra > 0.0]] = 1.0
    state.add(f"{name}_placed", total)


def _guidance(state: CityState) -> None:
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
    _place(state, "guidance_fund", (whole, usual_whole), p["fund_ticket"], own)
    _place(state, "state_platform", (ratio * called, ratio * usual), p["fund_ticket"], 1.0)
    state.add("fund_called", called * (1.0 + ratio))
    state.add("social_capital", whole - called)


def _venture(state: CityState) -> None:
    """Place private equity; emerging-industry support attracts more of it (clause 2)."""
    p = state.parameters
    years = (state.quarter - state.first + 1) / 4.0
    usual = p["venture_investment_per_year"] * YI_YUAN / 4.0 * (1.0 + p["venture_growth"]) ** years
    usual *= state.scale
    support = state.terms.emerging_support - state.reference.emerging_support
    pool = usual * float(np.exp(p["venture_wrt_support"] * support))
    fund = state.fund("venture")
    fund.committed += pool
    _place(state, "venture", (pool, usual), p["venture_ticket"], 1.0)
    # Only what found a firm is called.
    fund.drawn += state.counts["venture_placed"]
    state.ledger.pay("investors", "funds", "venture_call", state.counts["venture_placed"])


def _grants(state: CityState) -> None:
    """Give the special fund's grants by score (clause 24); no direct effect on TFP by default."""
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    scale = state.scale
    pool, usual = terms.special_fund * scale / 4.0, base.special_fund * scale / 4.0
    rows = np.flatnonzero(firms.alive & firms.on_roster)
    made = state.city.sectors.manufacturing[firms.sector[rows]]
    rows = rows[made & (firms.annual_revenue[rows] > 0.0)]
    potential = relative_productivity(state, rows)
    targeting = np.clip(p["subsidy_targeting_on_tfp"] + terms.targeting - base.targeting, -1.0, 1.0)
    luck = state.random.normals("capital/grants", firms.firm_id[rows], state.quarter)[0]
    size = unrelated(np.log(np.maximum(firms.annual_revenue[rows], 1.0)), potential)
    score = targeting_score(potential, size, luck, float(targeting))
    order = largest_first(score, places_paid(len(rows), (pool, usual), p["grant_size"]))
    paid = awards(len(rows), pool, p["grant_size"])[: len(order)]
    usually = awards(len(rows), usual, p["grant_size"])[: len(order)]
    extra = paid - usually
    chosen = rows[order]
    firms.cash[chosen] += paid
    state.subsidise("special_fund_size", float(paid.sum()), float(usually.sum()))
    column(state, "capital.additional")[chosen] += p["grant_additionality"] * extra
    column(state, "capital.supported")[chosen[extra > 0.0]] = 1.0
    firms.log_tfp[chosen] += p["tfp_growth_wrt_subsidy"] * np.sign(extra)
    fund = state.fund("special_fund")
    fund.committed += pool
    fund.drawn += float(paid.sum())
    state.add("grants_paid", float(paid.sum()))
    state.add("grant_weighted_productivity", float((paid * potential[order]).sum()))


def relative_productivity(state: CityState, rows: Integers) -> Floats:
    """Return standardised log TFP relative to the sector's mean among `rows`."""
    sector = state.firms.sector[rows]
    level = state.firms.log_tfp[rows]
    count = np.maximum(np.bincount(sector, minlength=1), 1)
    mean = np.bincount(sector, level, len(count)) / count
    return standardised(level - mean[sector])


def _first_sets(state: CityState) -> None:
    """Insure first sets of new equipment; sets beyond the reference raise mark-ups (clause 26)."""
    firms, p, terms = state.firms, state.parameters, state.terms
    usual_mean = p["first_sets_per_year"] / 4.0 * state.scale
    change = terms.insurance_share - state.reference.insurance_share
    means = usual_mean * np.exp(p["first_sets_wrt_insurance"] * np.array([change, 0.0]))
    same = np.zeros(2, dtype=np.int64)
    sets, usual = state.random.poissons("capital/first_sets", means, same, state.quarter)
    rows = _makers(state)
    weights = firms.rd_ratio[rows] * np.sqrt(firms.annual_revenue[rows])
    order = weighted_order(
        state.random, "capital/first_set_maker", rows, firms.firm_id[rows], weights, state.quarter,
        int(max(sets, usual)),
    )  # fmt: skip
    gain = p["first_set_quality_gain"]
    firms.quality_level[order[usual:sets]] += gain
    firms.quality_level[order[sets:usual]] -= gain
    insured = order[:sets]
    premium = p["first_set_premium"]
    firms.cash[insured] -= premium * (1.0 - terms.insurance_share)
    paid = premium * len(insured)
    state.ledger.pay("firms", "banks", "insurance_premium", paid)
    usually = paid * state.reference.insurance_share
    state.subsidise("first_set_insurance", paid * terms.insurance_share, usually)
    fund = state.fund("first_set_insurance")
    fund.committed += paid
    fund.drawn += paid * terms.insurance_share
    state.add("first_sets_insured", float(len(insured)))


def _makers(state: CityState) -> Integers:
    """Return rows of possible makers: manufacturers with R&D in high-tech sectors."""
    firms, table = state.firms, state.city.sectors
    able = (table.high_tech_share > 0.5) & table.manufacturing
    rows = np.flatnonzero(firms.alive & (firms.annual_revenue > 20e6))
    return rows[able[firms.sector[rows]] & (firms.rd_ratio[rows] > 0.01)]


def observe(state: CityState) -> dict[str, float]:
    """Return funds' stocks (yuan) and what they placed in the quarter (yuan, counts)."""
    public = [state.fund("guidance_fund"), state.fund("state_platform")]
    equity = [state.fund(name) for name in EQUITY_FUNDS]
    counts = state.counts
    out = {
        "fund_committed": sum(f.committed for f in public),
        "fund_drawn": sum(f.drawn for f in public),
        "fund_value": sum(f.value for f in public),
        "fund_written_off": sum(f.written_off for f in equity),
        "venture_value": state.fund("venture").value,
    }
    for name in (
        "fund_called", "social_capital", "fund_proceeds", "fund_exits", "venture_placed",
        "grants_paid", "grant_weighted_productivity", "first_sets_insured",
    ):  # fmt: skip
        out[name] = counts.get(name, 0.0)
    return out
