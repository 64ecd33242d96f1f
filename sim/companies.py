"""Joint-stock companies and quotations on NEEQ and the regional market (step 10).

Stocks and usual yearly gains are priors; the listing push of clause 13 raises conversions and
quotations by less than its multiplier.
"""

from __future__ import annotations

import numpy as np

from sim import companies_kernels as kernels
from sim.columns import years_since
from sim.listed_firms import listed_now
from sim.rng import STRETCH
from sim.rows import rows_where
from sim.scopes import census
from sim.selection import weighted_order
from sim.state import A_SHARE, OVERSEAS, CityState
from sim.units import YUAN, quarter_index

BASE = quarter_index("2017Q4")
SMALLEST = 3e6 * YUAN
"""Smallest yearly revenue, yuan, at which a firm becomes a company limited by shares."""


def initialise(state: CityState) -> None:
    """Mark quoted firms and joint-stock companies at the start."""
    firms, p = state.firms, state.parameters
    scale, years = state.scale, years_since(state, BASE)
    quoted = max(p["quoted_firms_2017"] + p["quoted_firms_growth"] * years, 0.0) * scale
    stock = max(p["joint_stock_firms_2017"] + p["joint_stock_growth"] * years, 0.0) * scale
    rows = rows_where(firms.alive & ~listed_now(state) & (firms.annual_revenue > SMALLEST))
    weights = np.sqrt(firms.annual_revenue[rows])
    order = weighted_order(
        state.random, "companies/order", rows, firms.firm_id[rows], weights, state.first - 1,
        round(max(quoted, stock)),
    )  # fmt: skip
    firms.quoted[order[: round(quoted)]] = True
    have = int(firms.joint_stock.sum())
    plain = order[~firms.joint_stock[order]]
    firms.joint_stock[plain[: max(round(stock) - have, 0)]] = True


def step(state: CityState) -> None:
    """Convert firms into joint-stock companies and quote them; some quotations end."""
    firms, p, random = state.firms, state.parameters, state.random
    scale, (stock_lost, quotations_lost) = state.scale, _usual_losses(state)
    chosen = np.empty(firms.count, dtype=np.bool_)
    kernels.candidates(
        firms.alive, firms.listing_stage, (A_SHARE, OVERSEAS), firms.annual_revenue, SMALLEST,
        firms.joint_stock, firms.quoted, chosen,
    )  # fmt: skip
    rows, ending = rows_where(chosen), rows_where(firms.alive & firms.quoted)
    ends = random.uniforms("companies/exit", firms.firm_id.take(ending), state.quarter)[0]
    to_convert, to_quote = np.empty((2, len(rows)))
    sums = kernels.weigh(
        rows, ending, ends, p["quotation_exit_rate"] / 4.0, firms.annual_revenue,
        firms.joint_stock, firms.quoted, to_convert, to_quote,
    )  # fmt: skip
    boost = state.terms.listing_boost / state.reference.listing_boost
    factor = boost ** p["quotation_support_response"]
    stock = max(p["joint_stock_growth"] * scale / 4.0 + stock_lost, 0.0)
    direct = state.counts.get("share_reforms", 0.0) / factor
    quotes = max(p["quoted_firms_growth"] * scale / 4.0 + quotations_lost, 0.0)
    size = STRETCH + kernels.WORD
    converted, quoted = kernels.convert_and_quote(
        rows, firms.firm_id.take(rows), state.quarter, random.key("companies/order_step"),
        to_convert, to_quote, sums, factor * max(stock - direct, 0.0), factor * quotes,
        firms.joint_stock, firms.quoted, np.empty((4, STRETCH), np.uint64),
        np.empty(size, dtype=np.bool_), np.empty(size, dtype=np.int64),
        np.empty(len(rows) + 1, dtype=np.int64), np.empty((2, len(rows) + 1)),
    )  # fmt: skip
    state.add("share_conversions", float(converted))
    state.add("new_quotations", float(quoted))


def _usual_losses(state: CityState) -> tuple[float, float]:
    """Return the usual quarterly loss of companies and of quotations."""
    firms, p, memory = state.firms, state.parameters, state.memory
    rate, closures = p["quotation_exit_rate"] / 4.0, p["exit_rate_small"] / 4.0
    if "companies.stock" not in memory:  # at the first quarter: what is usual
        memory["companies.stock"] = float(np.count_nonzero(firms.alive & firms.joint_stock))
        memory["companies.quoted"] = float(np.count_nonzero(firms.alive & firms.quoted))
    return closures * memory["companies.stock"], (rate + closures) * memory["companies.quoted"]


def observe(state: CityState) -> dict[str, float]:
    """Return companies and quotations at the end of the quarter and the quarter's gains."""
    counts, number = state.counts, census(state).kinds
    return {
        "quoted_firms": number["quoted"],
        "joint_stock_firms": number["joint_stock"],
        "share_conversions": counts.get("share_conversions", 0.0),
        "new_quotations": counts.get("new_quotations", 0.0),
    }
