"""Desired investment of firms: depreciation, trend, accelerator, user cost and land (step 7).

:mod:`sim.credit` finds the money and installs the capital. Under the reference terms the stock
of capital grows on average by ``capital_trend``, more or less by the accelerator when output
grows faster or slower than its trend.
"""

from __future__ import annotations

import numba as nb
import numpy as np

from sim.columns import column
from sim.policy import Terms
from sim.state import CityState, Flags, Floats
from sim.sums import chosen_product

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


def growth_felt(output: Floats, smoothed: Floats, on: Flags, industry: Flags) -> Floats:
    """Return each firm's growth over a year, log; industry's output-weighted mean is industry's.

    Shocks to single firms are skewed, so that the mean of firms' log growth lies below the
    growth of the total: all firms are shifted to make the two agree.

    Parameters
    ----------
    output, smoothed : ndarray, shape (firms,)
        Output and its smoothed past, constant prices.
    on, industry : ndarray of bool, shape (firms,)
        Producing firms; those of industry.

    Examples
    --------
    >>> both = np.array([True, True])
    >>> felt = growth_felt(np.array([2.0, 1.0]), np.array([1.0, 1.0]), both, both)
    >>> bool(np.isclose(felt @ np.array([2.0, 1.0]) / 3.0, np.log(1.5)))
    True
    """
    growth = np.empty(len(output))
    total, past = _ratios(output, smoothed, on, industry, growth)
    np.log(growth, out=growth)
    if total <= 0.0:
        return growth
    mean = chosen_product(output, growth, industry) / total
    growth += (np.log(total / max(past, 1e-9)) - mean) * on
    return growth


@nb.njit(cache=True, nogil=True)
def _ratios(output, smoothed, on, industry, ratio):  # type: ignore[no-untyped-def]
    """Fill output over its past, one for idle firms; return industry's sums of both."""
    total, past = 0.0, 0.0
    for i in range(len(output)):
        ratio[i] = output[i] / max(smoothed[i], 1e-9) if on[i] else 1.0
        if industry[i]:
            total += output[i]
            past += smoothed[i]
    return total, past


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
    factor = change / (rate + depreciation)
    factor += 1.0
    np.log(np.maximum(factor, 0.2, out=factor), out=factor)
    factor *= elasticity
    return np.asarray(np.exp(factor, out=factor))


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
    return float(np.clip(base + (1.0 - base) * more, 0.0, 1.0))


def initialise(state: CityState) -> None:
    """Note the cost of funds that firms are used to."""
    state.memory["investment.usual_rate"] = float(state.world.interest_rate[max(state.now, 0)])


def _usual_growth(state: CityState) -> float:
    return float(np.log1p(state.parameters["trend_growth"]))


def _smoothed(state: CityState) -> Floats:
    """Return smoothed output; a firm starts one usual year of growth below its output."""
    known = len(state.arrays.get("investment.smoothed_output", ()))
    fill = np.empty(state.firms.count)
    fill[known:] = state.firms.real_output[known:] * np.exp(-_usual_growth(state))
    return column(state, "investment.smoothed_output", fill)


def claims(state: CityState) -> tuple[float, float, float, float]:
    """Return take-up shares and claim rates: now and before the plan."""
    p, terms, base = state.parameters, state.terms, state.reference
    usual = p["incentive_take_up_share"]
    now = take_up_share(terms, base, usual, p["take_up_wrt_service"])
    rates = claim_rate(terms.upgrade_subsidy, usual), claim_rate(base.upgrade_subsidy, usual)
    state.memory["investment.usual_claim_rate"] = rates[1]
    return now, usual, rates[0], rates[1]


@nb.njit(cache=True, nogil=True)
def _wish(  # type: ignore[no-untyped-def]
    growth, shift, capital, factor, allowed, land, lot, rule, part, claiming,
    usual, upgrade, desired, claim,
):  # fmt: skip
    """Fill usual, upgrading and desired investment and claim rates; the rules are above."""
    level, slope, bound = rule
    share, response = part
    now, before, rate, usual_rate = claiming
    for i in range(len(capital)):
        felt = min(max(growth[i] + shift, -bound), bound)
        usual[i] = max(level + slope * felt, 0.0) / 4.0 * capital[i]
        claim[i] = rate if lot[i] < now else 0.0
        claimed = claim[i] - (usual_rate if lot[i] < before else 0.0)
        cost = factor[i % len(factor)]
        upgrade[i] = max(usual[i] * share * cost * (1.0 + response * claimed), 0.0)
        desired[i] = usual[i] * (1.0 - share) * cost * allowed[i] / land + upgrade[i]


def _attention(state: CityState) -> Floats:
    """Return each firm's own uniform number: below the take-up share it claims."""
    known = len(state.arrays.get("investment.attention", ()))
    ids = state.firms.firm_id
    if known < len(ids):
        fresh = np.zeros(len(ids))
        fresh[known:] = state.random.uniforms("investment/take_up", ids[known:])[0]
        column(state, "investment.attention", fresh)
    return state.arrays["investment.attention"]


def step(state: CityState) -> None:
    """Set every firm's desired investment (constant 2015 prices) and its upgrading part."""
    firms, p, arrays = state.firms, state.parameters, state.arrays
    smoothed = _smoothed(state)
    on = firms.alive & (firms.real_output > 0.0) & (firms.capital_stock > 0.0)
    growth = growth_felt(firms.real_output, smoothed, on, on & state.of_sector("industry"))
    smoothed += MEMORY * (firms.real_output - smoothed)
    names = ("usual", "upgrade", "desired", "claim_rate")
    usual, upgrade, desired, claim = np.empty((4, firms.count))
    _wish(
        growth, -_usual_growth(state), firms.capital_stock * on, _cost_factor(state),
        *_land(state), _attention(state),
        (p["capital_trend"] + p["capital_depreciation"], p["investment_accelerator"],
         LARGEST_DEVIATION),
        (p["technical_upgrade_share"], p["investment_wrt_17pct_credit"] / 0.17),
        claims(state), usual, upgrade, desired, claim,
    )  # fmt: skip
    for name, values in zip(names, (usual, upgrade, desired, claim), strict=True):
        arrays[f"investment.{name}"] = values


def _cost_factor(state: CityState) -> Floats:
    """Return the user-cost factor: one number, or one per firm when the spread is cut."""
    firms, p = state.firms, state.parameters
    start = state.memory["investment.usual_rate"]
    outside = float(state.world.interest_rate[state.now]) - start
    cut = state.terms.spread_cut - state.reference.spread_cut
    change = np.array([outside])
    if cut != 0.0:
        value = firms.capital_stock * float(state.world.ppi[state.now])
        change = outside - cut * np.minimum(firms.debt / np.maximum(value, 1.0), 1.0)
    return user_cost_factor(change, start, p["capital_depreciation"], p["investment_wrt_user_cost"])


def _land(state: CityState) -> tuple[Floats, float]:
    """Return the share of expansion that each firm's plot allows, and its usual mean.

    The land process states the shares; the trend of capital already holds the mean shortage
    of the start.
    """
    allowed = column(state, "land.tightness", 1.0)
    weight = state.firms.capital_stock
    total = float(weight.sum())
    mean = float(weight @ allowed) / total if total > 0.0 else 1.0
    return allowed, state.memory.setdefault("investment.usual_land", max(mean, 0.05))


def observe(state: CityState) -> dict[str, float]:
    """Return what firms want to invest in the quarter, yuan at 2015 prices."""
    desired = state.arrays.get("investment.desired", np.zeros(0))
    industry = state.city.sectors.industry.take(state.firms.sector[: len(desired)])
    return {"desired_investment": float(desired @ industry.astype(np.float64))}
