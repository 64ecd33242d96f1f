"""Capital market: market values of listed firms and the finance raised on it (step 10).

Values follow a fitted rank curve at the start, then a common index, each firm's own sales and
chance. Direct finance is funds raised by shares and bonds over these and new bank loans.
"""

from __future__ import annotations

import math

import numpy as np

from sim import listing_kernels as kernels
from sim.columns import column, years_since
from sim.listed_firms import listed_rows, staged_rows
from sim.state import FILING, CityState, Floats
from sim.units import YI_YUAN, YUAN, quarter_index

BASE = quarter_index("2017Q4")
SMALLEST_VALUE = 2.5e9 * YUAN
"""Smallest market values of early 2018 were near 2-3 bn yuan (memory)."""
STEPS = (20e9 * YUAN, 50e9 * YUAN, 100e9 * YUAN)
"""Thresholds of the listing plan: 20, 50 and 100 bn yuan."""


def rank_values(count: int, above: tuple[float, float, float], exponent: float) -> Floats:
    """Return market values by rank so that given numbers of firms exceed 20, 50 and 100 bn.

    Log-linear in log rank between the thresholds, a power law above them, and evenly spaced
    logarithms below 20 bn yuan.

    Parameters
    ----------
    count : int
        Listed firms.
    above : tuple of float
        Firms with at least 20, 50 and 100 bn yuan.
    exponent : float
        Tail exponent of the distribution function.

    Returns
    -------
    ndarray, shape (count,)
        Yuan, largest first.

    Examples
    --------
    >>> values = rank_values(100, (30, 10, 3), 1.2)
    >>> [int((values >= step).sum()) for step in (20e9, 50e9, 100e9)]
    [30, 10, 3]
    """
    rank = np.arange(1.0, count + 1.0)
    first = max(above[0], 1.0)
    second = min(max(above[1], 0.5), first - 0.25)
    third = min(max(above[2], 0.25), second - 0.125)
    knots = np.log(np.array([third, second, first]) + 0.5)
    logs = np.log(np.array(STEPS[::-1]))
    value = np.interp(np.log(rank), knots, logs)
    top = rank < third + 0.5
    value[top] = logs[0] + (knots[0] - np.log(rank[top])) / exponent
    low = rank > first + 0.5
    span = max(count - first, 1.0)
    fall = (rank[low] - first - 0.5) / span
    value[low] = logs[2] - fall * (logs[2] - np.log(SMALLEST_VALUE))
    return np.asarray(np.exp(value))


def initialise(state: CityState) -> None:
    """Give listed firms their market values and set what is raised in a usual year."""
    p, firms, memory = state.parameters, state.firms, state.memory
    scale = state.scale
    rows = listed_rows(state)
    luck = state.random.normals("market/rank", firms.firm_id[rows])[0]
    size = np.log(np.maximum(firms.annual_revenue[rows], 1.0))
    order = rows[np.argsort(-(size + 0.8 * luck), kind="stable")]
    above = (
        p["market_cap_ge_20bn_2018q1"] * scale, p["market_cap_ge_50bn_2018q1"] * scale,
        p["market_cap_ge_100bn_2018q1"] * scale,
    )  # fmt: skip
    value = column(state, "market.value")
    value[order] = rank_values(len(order), above, p["market_cap_exponent"])
    column(state, "market.sales")[rows] = firms.annual_revenue[rows]
    state.arrays["market.valued"] = rows
    years = years_since(state, BASE)
    usual = p["equity_raised_per_year"] * YI_YUAN * scale
    memory["market.raised_stock"] = max(
        p["equity_raised_cumulative_2017"] * YI_YUAN * scale + usual * years, 0.0
    )
    memory["market.usual_raised"] = usual
    memory["market.cycle"] = memory["market.index"] = 0.0


def step(state: CityState) -> None:
    """Move market values, raise funds, and set direct finance against new loans."""
    p, memory = state.parameters, state.memory
    common = state.random.normal("market/index", 0, state.quarter)
    spread = math.sqrt(p["market_common_share"]) * p["market_cap_volatility"] / 2.0
    memory["market.index"] += p["market_drift"] / 4.0 + spread * common
    luck = state.random.normal("market/finance", 0, state.quarter)
    swing = p["direct_finance_volatility"]
    memory["market.cycle"] = 0.85 * memory["market.cycle"] + 0.5 * swing * luck
    boost = math.log(state.terms.listing_boost / state.reference.listing_boost)
    push = p["direct_finance_wrt_listing"] * boost
    secondary = (1.0 - p["initial_offer_share"]) * memory["market.usual_raised"] / 4.0
    secondary *= math.exp(memory["market.cycle"] + 0.5 * memory["market.index"] + push)
    _revalue(state, common, secondary)
    _finance(state, secondary)


def _revalue(state: CityState, common: float, secondary: float) -> None:
    """Move values by the market (`common`), own sales and chance; pay secondary offerings.

    New listings are valued by their offer. Of what the city raises, yuan, its own listed firms in
    the model get what their values and sales allow; the rest is outside it.
    """
    firms, p, arrays = state.firms, state.parameters, state.arrays
    staged = staged_rows(state)
    volatility, shared = p["market_cap_volatility"], p["market_common_share"]
    # Chance of single firms widens the distribution without raising the total.
    own = 0.5 * (1.0 - shared) * volatility**2
    listed = np.empty(len(staged), dtype=np.int64)
    number, raised = kernels.revalue(
        staged, firms.alive, firms.listing_stage, FILING, arrays["market.valued"], firms.firm_id,
        state.quarter, state.random.key("market/firm"), firms.annual_revenue, common,
        (volatility, shared), (p["market_drift"] - own) / 4.0,
        p["offer_over_revenue"] * p["value_over_offer"], SMALLEST_VALUE, secondary, STEPS[0],
        column(state, "market.value"), column(state, "market.sales"), firms.cash, listed,
        np.empty(len(staged)),
    )  # fmt: skip
    arrays["market.valued"] = listed[:number]
    if number:
        state.ledger.pay("investors", "firms", "secondary_offer", raised)


def _finance(state: CityState, secondary: float) -> None:
    """Count funds raised by offers, `secondary` ones and bonds; the rest of the city included."""
    p, memory = state.parameters, state.memory
    offers = state.counts.get("initial_offers", 0.0)
    memory["market.raised_stock"] += offers + secondary
    # Loans of the whole city: the flow that the prior share of direct finance is measured by.
    loans = memory["credit.loans"]
    added = loans - loans / (1.0 + max(float(state.world.credit_growth[state.now]), 0.01)) ** 0.25
    years = (state.quarter - state.first + 1) / 4.0 + years_since(state, BASE)
    share = p["direct_finance_share_2017"] + p["direct_finance_share_trend"] * years
    share = min(max(share / 100.0, 0.02), 0.9)
    usual_added = loans - loans / (1.0 + memory["credit.usual_growth"]) ** 0.25
    usual_direct = share / (1.0 - share) * usual_added
    gain = offers + secondary - memory["market.usual_raised"] / 4.0
    bonds_and_shares = usual_direct * math.exp(memory["market.cycle"]) + gain
    state.add("direct_finance", max(bonds_and_shares, 0.0))
    state.add("new_loans", added)
    state.add("funds_raised", offers + secondary)


REACHED = tuple(f"firms_market_cap_ge_{bn}bn" for bn in (20, 50, 100))
"""Firms worth at least each of :data:`STEPS`."""


def observe(state: CityState) -> dict[str, float]:
    """Return market values (counts, yuan) and funds raised (yuan)."""
    value = column(state, "market.value")[listed_rows(state)]
    out = {
        name: float(np.count_nonzero(value >= step))
        for name, step in zip(REACHED, STEPS, strict=True)
    }
    out["market_value"] = float(value.sum())
    out["equity_raised_cumulative"] = state.memory["market.raised_stock"]
    for name in ("direct_finance", "new_loans", "funds_raised", "initial_offers"):
        out[name] = state.counts.get(name, 0.0)
    return out
