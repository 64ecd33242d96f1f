"""Per-mu evaluation 亩均效益评价: the annual, public ranking of firms into classes A to D.

Scores follow the province's scheme of January 2018 in form: each indicator is divided by the
mean of those evaluated, capped, weighted and summed; classes are cut at quantiles of the score.
Pollutants are left out of the score: no data.
"""

from __future__ import annotations

import math

import numpy as np

from sim import per_mu_kernels as kernels
from sim.rows import rows_where
from sim.scopes import scopes
from sim.state import CLASSES, CityState, Codes, Floats, Integers
from sim.units import quarter_of_year

INDICATORS = ("tax", "value_added", "labour", "energy", "rd")
"""Tax per mu, value added per mu, per employee, per tce, and R&D over revenue."""


def scores(indicators: Floats, weights: Floats, cap: float) -> Floats:
    """Return the weighted score of each firm.

    Parameters
    ----------
    indicators : ndarray of float, shape (indicators, firms)
        Raw values, larger is better.
    weights : ndarray of float, shape (indicators,)
        Scaled to a sum of one here.
    cap : float
        Largest multiple of the mean that still counts.

    Examples
    --------
    >>> scores(np.array([[1.0, 3.0]]), np.array([1.0]), 2.0).tolist()
    [0.5, 1.5]
    """
    score = np.empty(indicators.shape[1])
    kernels.scores(indicators, weights / weights.sum(), cap, np.zeros(len(weights)), score)
    return score


def classes(score: Floats, firm_id: Integers, first: float, second: float, last: float) -> Codes:
    """Cut the ranking into A (0) to D (3).

    Parameters
    ----------
    score : ndarray of float, shape (firms,)
    firm_id : ndarray of int, shape (firms,)
        Breaks ties, so that the order of rows does not matter.
    first, second : float
        Shares of firms at which A and B end.
    last : float
        Share of firms at the bottom that is class D.

    Examples
    --------
    >>> classes(np.array([4.0, 3.0, 2.0, 1.0]), np.arange(4), 0.25, 0.5, 0.25).tolist()
    [0, 1, 2, 3]
    """
    count = len(score)
    place = (np.arange(count) + 0.5) / count
    cuts = np.minimum([first, max(first, second), 1.0 - last], 1.0 - last)
    ends = np.searchsorted(place, cuts, side="right")
    # The whole order is not needed: only who is behind the last of each class.
    ordered = np.partition(score, np.minimum(count - ends, count - 1))
    out = np.zeros(count, dtype=np.int16)
    for end in ends.tolist():
        bar = ordered[count - end] if end else np.inf
        behind, level = score < bar, np.flatnonzero(score == bar)
        late = count - end - np.count_nonzero(behind)
        behind[level[np.argsort(-firm_id[level])[:late]]] = True
        out += behind
    return out


def evaluated(state: CityState) -> Integers:
    """Return rows of the above-scale industrial firms with enough land to be ranked."""
    firms = state.firms
    chosen = firms.alive & firms.on_roster & state.of_sector("industry")
    chosen &= firms.land_area >= math.ceil(max(state.parameters["per_mu_land_threshold"], 1.0))
    return rows_where(chosen)


def indicators_of(state: CityState, rows: Integers) -> Floats:
    """Return the raw indicators of last quarter's accounts, shape (5, firms)."""
    firms, output = state.firms, state.firms.real_output.take(rows)
    area, value = firms.land_area.take(rows), firms.value_added.take(rows)
    # Staff and energy count from one person and one tce.
    staff = np.maximum(firms.employees.take(rows), 1.0)
    energy = np.maximum(firms.energy_intensity.take(rows) * output, 1.0)
    tax, rd_ratio = firms.tax.take(rows), firms.rd_ratio.take(rows)
    return np.array([tax / area, value / area, value / staff, value / energy, rd_ratio])


def class_of_plots(occupant: Integers, per_mu_class: Codes) -> Codes:
    """Return the class of each plot's holder, -1 where no firm holds it.

    Examples
    --------
    >>> class_of_plots(np.array([1, -1, -2, 0]), np.array([3, 0], np.int16)).tolist()
    [0, -1, -1, 3]
    """
    return np.where(occupant >= 0, per_mu_class.take(np.maximum(occupant, 0)), np.int16(-1))


def rank(state: CityState) -> None:
    """Rank all evaluated firms and write the class on firms and their parcels."""
    firms, parcels, drawn = state.firms, state.parcels, state.parameters
    firms.per_mu_class[:] = -1
    rows = evaluated(state)
    if not len(rows):
        parcels.land_class[:] = -1
        return
    weights = np.array([drawn[f"per_mu_weight_{name}"] for name in INDICATORS])
    score = scores(indicators_of(state, rows), weights, drawn["per_mu_score_cap"])
    firms.per_mu_class[rows] = classes(
        score,
        firms.firm_id[rows],
        drawn["class_a_share"],
        1.0 - drawn["class_c_share"] - drawn["class_d_share"],
        state.terms.class_cutoff_d,
    )
    parcels.land_class[:] = class_of_plots(parcels.occupant, firms.per_mu_class)


def initialise(state: CityState) -> None:
    """Rank once at the start; parcels must exist."""
    rank(state)


def step(state: CityState) -> None:
    """Publish the ranking in the first quarter of each year, on last year's final quarter."""
    if quarter_of_year(state.quarter) == 1:
        rank(state)


def observe(state: CityState) -> dict[str, float]:
    """Return firms and land by class at the end of the quarter (counts, m2)."""
    parcels = state.parcels
    # Plots of holders without a class come first.
    area = np.bincount(parcels.land_class + 1, parcels.area, len(CLASSES) + 1)
    out: dict[str, float] = {}
    for names, number, held in zip(
        BY_CLASS, scopes(state).by_class, area.tolist()[1:], strict=True
    ):
        out[names[0]], out[names[1]] = float(number), held
    return out


BY_CLASS = tuple((f"firms_by_class_{name}", f"land_by_class_{name}") for name in CLASSES)
