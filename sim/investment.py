"""Desired investment of firms: depreciation, trend, accelerator, user cost and land (step 7).

:mod:`sim.credit` finds the money and installs the capital; plans do not hang on it, so that firms
make them as they turn to their bank. Under the reference terms the stock of capital grows on
average by ``capital_trend``, more or less by the accelerator when output grows faster or slower
than its trend.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim import investment_kernels as kernels
from sim.columns import column, lengthened
from sim.policy import Terms
from sim.state import CityState, Floats

MEMORY = 0.2
"""Weight of the newest quarter in smoothed output: with a mean lag of four quarters the log
ratio of output to its smoothed past is about one year's growth."""
LARGEST_DEVIATION = 0.4
LARGEST_RATE = 0.5
"""No claimer gets more than half of its outlay back."""


def base_rate(
    growth: Floats, usual: float, trend: float, depreciation: float, accelerator: float
) -> Floats:
    """Return gross investment over capital in a quarter, not negative.

    Parameters
    ----------
    growth : ndarray, shape (firms,)
        Output growth over a year, log.
    usual : float
        Growth at which the accelerator is silent, log per year.
    trend, depreciation : float
        Trend growth and depreciation of capital per year.
    accelerator : float
        Growth of capital per unit of growth beyond the usual.

    Examples
    --------
    >>> base_rate(np.array([0.06, 0.26, -2.0]), 0.06, 0.05, 0.10, 0.3).round(4).tolist()
    [0.0375, 0.0525, 0.0075]
    """
    deviation = np.clip(growth - usual, -LARGEST_DEVIATION, LARGEST_DEVIATION)
    return np.asarray(np.maximum(trend + depreciation + accelerator * deviation, 0.0) / 4.0)


def felt_shift(total: float, past: float, weighted: float) -> float:
    """Return what is added to each firm's log growth so that firms together feel industry's.

    Shocks to single firms are skewed, so that the mean of firms' log growth lies below the
    growth of the total: all firms are shifted to make the two agree.

    Parameters
    ----------
    total, past, weighted : float
        Industry's output, its smoothed past, and the sum of output times log growth.

    Examples
    --------
    Two firms of output one, of which one doubled:

    >>> shift = felt_shift(2.0, 1.5, np.log(2.0))
    >>> bool(np.isclose((np.log(2.0) + shift + shift) / 2.0, np.log(2.0 / 1.5)))
    True
    """
    return math.log(total / max(past, 1e-9)) - weighted / total if total > 0.0 else 0.0


def user_cost_factor(change: Floats, rate: float, depreciation: float, elasticity: float) -> Floats:
    """Return the factor on desired investment when the yearly cost of funds changes.

    Parameters
    ----------
    change : ndarray, shape (firms,)
        Change of the firm's cost of funds, fraction a year.
    rate, depreciation : float
        Cost of funds before the change and depreciation; their sum is the user cost.
    elasticity : float
        Elasticity of investment to the user cost, not positive.

    Examples
    --------
    >>> user_cost_factor(np.array([0.0, -0.015]), 0.05, 0.10, -1.0).round(4).tolist()
    [1.0, 1.1111]
    """
    factor = np.maximum(1.0 + change / (rate + depreciation), 0.2)
    return np.asarray(factor**elasticity)


def claim_rate(subsidy: float, take_up: float) -> float:
    """Return what a claimer gets per yuan, given the mean over all firms and the take-up.

    Examples
    --------
    >>> claim_rate(0.05, 0.2)
    0.25
    """
    return min(subsidy / take_up, LARGEST_RATE) if take_up > 0.0 else 0.0


def take_up_share(terms: Terms, reference: Terms, base: float, gain: float) -> float:
    """Return the share of firms that claim what they are entitled to.

    Examples
    --------
    >>> now, before = Terms(service_coverage=0.75), Terms(service_coverage=0.25)
    >>> round(take_up_share(now, before, 0.2, 0.5), 6)
    0.4
    """
    more = gain * (terms.service_coverage - reference.service_coverage)
    return min(max(base + (1.0 - base) * more, 0.0), 1.0)


def initialise(state: CityState) -> None:
    """Note the cost of funds that firms are used to."""
    state.memory["investment.usual_rate"] = float(state.world.interest_rate[max(state.now, 0)])


def claims(state: CityState) -> tuple[float, float, float, float]:
    """Return take-up shares and claim rates: now and before the plan."""
    p, terms, base = state.parameters, state.terms, state.reference
    usual = p["incentive_take_up_share"]
    now = take_up_share(terms, base, usual, p["take_up_wrt_service"])
    rates = claim_rate(terms.upgrade_subsidy, usual), claim_rate(base.upgrade_subsidy, usual)
    return now, usual, *rates


def _attention(state: CityState) -> Floats:
    """Return each firm's own uniform number: below the take-up share it claims."""
    attention, known = lengthened(state, "investment.attention")
    if known < state.firms.count:
        ids = state.firms.firm_id[known:]
        attention[known:] = state.random.uniforms("investment/take_up", ids)[0]
    return attention


class Felt(NamedTuple):
    """Growth of output that firms feel, and what all firms have."""

    growth: Floats
    """Log of output over its smoothed past, zero for idle firms, shape (firms,)."""
    shift: float
    """What is added to it, so that firms together feel industry's growth."""
    capital: float
    """Constant 2015 prices, yuan."""
    debt: float


def felt_growth(state: CityState) -> Felt:
    """Return what firms feel of the growth of output, and move its smoothed past along."""
    firms, growth = state.firms, state.scratch("work", 1)[0]
    smoothed, known = lengthened(state, "investment.smoothed_output")
    # A firm starts one usual year of growth below its output.
    usual = 1.0 / (1.0 + state.parameters["trend_growth"])
    np.multiply(firms.real_output[known:], usual, out=smoothed[known:])
    total, past, weighted, capital, debt = kernels.growth(
        firms.alive, state.of_sector("industry"), firms.real_output, firms.capital_stock,
        firms.debt, MEMORY, smoothed, growth,
    ).tolist()  # fmt: skip
    return Felt(growth, felt_shift(total, past, weighted), capital, debt)


def _usual_land(state: CityState, allowed: Floats, capital: float) -> float:
    """Return what plots allow in the first quarter, mean over capital: the trend holds it."""
    usual = state.memory.get("investment.usual_land")
    if usual is None:
        mean = float(allowed @ state.firms.capital_stock) / capital if capital > 0.0 else 1.0
        usual = state.memory["investment.usual_land"] = max(mean, 0.05)
    return usual


def plan_and_ask(
    state: CityState,
    felt: Felt,
    claiming: tuple[float, float, float, float],
    gearing: Floats,
    bank: tuple[float, float, float],
    plans: Floats,
) -> tuple[float, float, float, float, float]:
    """Set every firm's usual investment and fill its plan; return what manufacturers ask for.

    Investment is at constant 2015 prices, sums are yuan.

    Parameters
    ----------
    felt, claiming
        As :func:`felt_growth` and :func:`claims` return.
    gearing : ndarray, shape (firms,)
        Usual debt per yuan of capital.
    bank
        As :func:`sim.investment_kernels.plan_and_ask` needs it.
    plans : ndarray, shape (2, firms)
        Gets desired investment and its upgrading part.

    Returns
    -------
    owed, due, sound : float
        Manufacturers' debt, what of it falls due, and the debt of those with profits.
    wanted, more : float
        Loans they ask for, in usual and in present conditions.
    """
    firms, p, memory = state.firms, state.parameters, state.memory
    # The land process states what plots allow.
    allowed = column(state, "land.tightness", 1.0)
    start, usual_growth = memory["investment.usual_rate"], math.log1p(p["trend_growth"])
    owed, due, sound, wanted, more, desires = kernels.plan_and_ask(
        firms.alive, state.of_sector("industry"), state.of_sector("manufacturing"),
        firms.real_output, firms.capital_stock, firms.debt, firms.cash, firms.revenue,
        firms.profit, gearing, felt.growth, allowed, _attention(state),
        (felt.shift - usual_growth, -usual_growth), _usual_land(state, allowed, felt.capital),
        (p["capital_trend"] + p["capital_depreciation"], p["investment_accelerator"],
         LARGEST_DEVIATION),
        (p["technical_upgrade_share"], p["investment_wrt_17pct_credit"] / 0.17),
        claiming,
        (float(state.world.interest_rate[state.now]) - start,
         state.terms.spread_cut - state.reference.spread_cut,
         start + p["capital_depreciation"], p["investment_wrt_user_cost"]),
        float(state.world.ppi[state.now]), bank, column(state, "investment.usual"), *plans,
    ).tolist()  # fmt: skip
    memory["investment.industry_desires"] = desires
    return owed, due, sound, wanted, more


def observe(state: CityState) -> dict[str, float]:
    """Return what firms want to invest in the quarter, yuan at 2015 prices."""
    return {"desired_investment": state.memory.get("investment.industry_desires", 0.0)}
