"""Grants of the special fund and insurance of first sets of equipment (step 7).

Firms are chosen by keyed orders, so that more money serves the same firms and then others. Only
money beyond the reference adds to investment, by the share that is additional.
"""

from __future__ import annotations

import math

import numpy as np

from sim import funds_kernels as kernels
from sim.applicants import Applicants
from sim.columns import column
from sim.selection import largest_first, places_paid, ticket_size, weighted_order
from sim.state import CityState, Floats, Integers


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
    """Return values less their mean over their standard deviation (zeros if all are equal).

    Values are logarithms; those within :data:`sim.funds_kernels.ALIKE` are equal.
    """
    if len(values) == 0:
        return values
    centred = values - values.sum() / len(values)
    spread = math.sqrt(float((centred * centred).sum()) / len(values))
    return np.asarray(centred / (spread if spread > kernels.ALIKE else math.inf))


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
    centred = values - values.sum() / len(values)
    return standardised(centred - float(centred @ to) / len(to) * to)


def step(state: CityState, among: Applicants) -> None:
    """Give grants and insure first sets."""
    _grants(state, among.granted, among.granted_ids, among.relative)
    _first_sets(state, among.makers, among.maker_ids, among.weights)


def _grants(state: CityState, rows: Integers, ids: Integers, potential: Floats) -> None:
    """Give the special fund's grants by score (clause 24); no direct effect on TFP by default.

    `potential` is the log TFP of `rows`, less their sector's mean: it gets standardised.
    """
    firms, p, terms, base = state.firms, state.parameters, state.terms, state.reference
    scale, places = state.scale, len(rows)
    pools = terms.special_fund * scale / 4.0, base.special_fund * scale / 4.0
    targeting = p["subsidy_targeting_on_tfp"] + terms.targeting - base.targeting
    targeting = min(max(targeting, -1.0), 1.0)
    luck = state.random.normals("capital/grants", ids, state.quarter)[0]
    size, score = np.empty((2, places))
    kernels.grade(
        rows, firms.annual_revenue, (targeting, math.sqrt(1.0 - targeting**2)), luck, potential,
        size, score,
    )  # fmt: skip
    order = largest_first(score, places_paid(places, pools, p["grant_size"]), ids)
    given, usually, weighted = kernels.give_grants(
        rows, order, potential, pools,
        (ticket_size(places, pools[0], p["grant_size"]),
         ticket_size(places, pools[1], p["grant_size"])),
        p["grant_additionality"], p["tfp_growth_wrt_subsidy"], firms.cash,
        column(state, "capital.additional"), column(state, "capital.supported"), firms.log_tfp,
    )  # fmt: skip
    state.subsidise("special_fund_size", given, usually)
    fund = state.fund("special_fund")
    fund.committed += pools[0]
    fund.drawn += given
    state.add("grants_paid", given)
    state.add("grant_weighted_productivity", weighted)


def _first_sets(state: CityState, rows: Integers, ids: Integers, weights: Floats) -> None:
    """Insure first sets of new equipment; sets beyond the reference raise mark-ups (clause 26).

    `weights` are the relative chances of the makers in `rows`.
    """
    firms, p, terms, stream = state.firms, state.parameters, state.terms, "capital/first_sets"
    usual_mean = p["first_sets_per_year"] / 4.0 * state.scale
    change = terms.insurance_share - state.reference.insurance_share
    mean = usual_mean * math.exp(p["first_sets_wrt_insurance"] * change)
    sets = state.random.poisson(stream, mean, quarter=state.quarter)
    usual = state.random.poisson(stream, usual_mean, quarter=state.quarter)
    order = weighted_order(
        state.random, "capital/first_set_maker", rows, ids, weights, state.quarter,
        max(sets, usual),
    )  # fmt: skip
    gain = p["first_set_quality_gain"]
    if sets != usual:
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
