"""High-tech certificates 国家高新技术企业: recognition, renewal, lapse (clause 12, step 11).

Certificates run three years. Firms are recognised once a year by R&D over sales against the
rule for their size; the stock under the reference terms grows by a prior rate, so that the
rule and the number of firms that spend on R&D bound what cultivation can add.
"""

from __future__ import annotations

import numpy as np

from sim import ladder_kernels as kernels
from sim.columns import years_since
from sim.rows import rows_where
from sim.scopes import census
from sim.selection import chosen_by_weight, hits
from sim.state import CityState, Flags, Floats, Integers
from sim.units import YUAN, quarter_index, quarter_of_year

BASE = quarter_index("2017Q4")
RULES_OF_2016 = quarter_index("2016Q1")
TERM = 12
"""Quarters that a certificate runs."""
SIZES = (50e6 * YUAN, 200e6 * YUAN)
"""Sales at which the rule changes, yuan (国科发火〔2016〕32号)."""
SMALLEST = 2e6 * YUAN
"""Sales below which firms hardly apply, yuan."""
SOFTNESS = 0.008
"""Width of the notch: reported ratios near the rule are adjusted or audited."""


def required_ratio(revenue: Floats, quarter: int) -> Floats:
    """Return the R&D ratio that the rule asks for.

    Examples
    --------
    >>> required_ratio(np.array([1e7, 1e8, 1e9]), quarter_index("2018Q1")).tolist()
    [0.05, 0.04, 0.03]
    >>> required_ratio(np.array([1e7]), quarter_index("2014Q1")).tolist()
    [0.06]
    """
    smallest, middle, largest = rule_of(quarter)
    return np.asarray(
        np.where(revenue <= SIZES[0], smallest, np.where(revenue <= SIZES[1], middle, largest))
    )


def rule_of(quarter: int) -> tuple[float, float, float]:
    """Return the R&D ratio that the rule asks of firms up to each of the sizes, and beyond."""
    return 0.05 if quarter >= RULES_OF_2016 else 0.06, 0.04, 0.03


def eligibility(rd_ratio: Floats, revenue: Floats, high_tech_share: Floats, quarter: int) -> Floats:
    """Return relative chances to be certified: near zero below the rule, by sector above it.

    The plain form of :func:`sim.ladder_kernels.eligibility`.

    Parameters
    ----------
    rd_ratio, revenue, high_tech_share : ndarray, shape (firms,)
        R&D over revenue, yuan a year, high-tech share of the firm's sector.
    quarter : int
        Quarter index.
    """
    gap = (rd_ratio - required_ratio(revenue, quarter)) / SOFTNESS
    chance = 1.0 / (1.0 + np.exp(-np.clip(gap, -30.0, 30.0)))
    return np.asarray(chance * (0.05 + high_tech_share) * (revenue >= SMALLEST))


def new_certificates(expected: float, growth: float, lost: float, stock: float) -> float:
    """Return the yearly recognitions that let the expected stock grow at `growth`.

    Parameters
    ----------
    expected : float
        Stock under the reference terms at the last recognition.
    growth : float
        Its growth per year.
    lost, stock : float
        Certificates lapsed or lost with firms since then, and the present stock with them; a
        stock above the expected one loses more in proportion.

    Examples
    --------
    >>> new_certificates(1000.0, 0.15, 110.0, 1100.0)
    250.0
    """
    return expected * (growth + (lost / stock if stock > 0.0 else 0.0))


def initialise(state: CityState) -> None:
    """Certify the firms that held certificates at the start quarter."""
    firms, p = state.firms, state.parameters
    scale, years = state.scale, years_since(state, BASE)
    stock = p["high_tech_firms_2017"] * (1.0 + p["high_tech_firms_growth"]) ** years * scale
    industry = state.of_sector("industry")
    share = p["high_tech_firms_industrial_share"]
    # The smallest have no chance: they are left out.
    doing = firms.alive & (firms.rd_ratio > 0.0) & (firms.annual_revenue >= SMALLEST)
    offered = _first_certified(state, doing & ~industry, round(stock) - round(stock * share))
    made = _first_certified(state, doing & industry, round(stock) - len(offered))
    chosen = np.concatenate([made, offered])
    firms.high_tech[chosen] = True
    left = state.random.uniforms("certificates/until", firms.firm_id[chosen])[0]
    # Certificates are given, and end, with the round of the fourth quarter.
    first_round = state.first + 3 - state.first % 4
    firms.certificate_until[chosen] = first_round + 4 * np.floor(left * TERM / 4).astype(np.int64)
    state.memory["certificates.stock"] = float(len(chosen))
    state.memory["certificates.lost"] = 0.0
    state.memory["certificates.next_end"] = float(first_round)


def _first_certified(state: CityState, open_to: Flags, number: int) -> Integers:
    """Return the first `number` firms of the order in which firms were certified, as rows rise."""
    rows, quarter = rows_where(open_to), state.first - 1
    return chosen_by_weight(
        state.random, "certificates/start", rows, state.firms.firm_id[rows],
        _weights(state, rows, quarter), quarter, number,
    )  # fmt: skip


def _weights(state: CityState, rows: Integers, quarter: int) -> Floats:
    """Return the eligibility of the firms in these rows."""
    firms, found = state.firms, np.empty(len(rows))
    kernels.eligibility(
        rows, firms.rd_ratio, firms.annual_revenue, firms.sector,
        state.city.sectors.high_tech_share, rule_of(quarter), SIZES, SOFTNESS, SMALLEST, found,
    )  # fmt: skip
    return found


def look_up_ends(state: CityState) -> None:
    """See to it that certificates are looked through in the next quarter."""
    state.memory["certificates.next_end"] = float(state.quarter)


def step(state: CityState) -> None:
    """Renew or lapse certificates that end; in the fourth quarter recognise new ones."""
    last = quarter_of_year(state.quarter) == 4
    # Who left since the last time is looked for when it matters.
    if last or state.quarter >= state.memory["certificates.next_end"]:
        _renew(state)
    if last:
        _recognise(state)


def _renew(state: CityState) -> None:
    """Renew certificates that end this quarter, or let them lapse; those of leavers are lost."""
    firms, memory, chance = state.firms, state.memory, state.parameters["certificate_renewal"]
    held = np.count_nonzero(firms.high_tech)
    firms.high_tech &= firms.alive
    holders = rows_where(firms.high_tech)
    until = firms.certificate_until[holders]
    rows = holders[until <= state.quarter]
    memory["certificates.next_end"] = float(
        until[until > state.quarter].min(initial=state.quarter + TERM)
    )
    lot = state.random.uniforms("certificates/renewal", firms.firm_id[rows], state.quarter)[0]
    renewed = lot < chance * np.where(_keeping(state, rows), 1.0, 0.6)
    firms.high_tech[rows] = renewed
    firms.certificate_until[rows] = np.where(renewed, state.quarter + TERM, -1)
    lapsed = len(rows) - np.count_nonzero(renewed)
    state.add("certificates_lapsed", float(lapsed))
    memory["certificates.lost"] += float(held - len(holders) + lapsed)


def _keeping(state: CityState, rows: Integers) -> Flags:
    """Return which certified firms still meet the rule, a small shortfall forgiven."""
    firms = state.firms
    need = required_ratio(firms.annual_revenue[rows], state.quarter)
    return np.asarray(firms.rd_ratio[rows] >= 0.8 * need)


def _recognise(state: CityState) -> None:
    """Give certificates to as many eligible firms as the rule's growth and the plan ask for."""
    firms, p, memory = state.firms, state.parameters, state.memory
    expected, lost = memory["certificates.stock"], memory["certificates.lost"]
    growth = p["high_tech_firms_growth"]
    stock = lost + float(np.count_nonzero(firms.high_tech))
    usual = new_certificates(expected, growth, lost, stock)
    memory["certificates.stock"], memory["certificates.lost"] = expected * (1.0 + growth), 0.0
    boost = state.terms.certificate_boost / state.reference.certificate_boost
    wanted = usual * boost ** p["certificate_boost_response"]
    # The smallest have no chance: no lots are drawn for them.
    able = (firms.rd_ratio > 0.0) & (firms.annual_revenue >= SMALLEST)
    rows = rows_where(able & firms.alive & ~firms.high_tech)
    lot = state.random.uniforms("certificates/new", firms.firm_id[rows], state.quarter)[0]
    chosen = rows[hits(lot, wanted, _weights(state, rows, state.quarter))]
    firms.high_tech[chosen] = True
    firms.certificate_until[chosen] = state.quarter + TERM
    state.add("certificates_new", float(len(chosen)))


def observe(state: CityState) -> dict[str, float]:
    """Return certified living firms at the end of the quarter, and the quarter's changes."""
    number = census(state).kinds
    return {
        "high_tech_firms": number["certified"],
        "high_tech_firms_industry": number["certified_industry"],
        "high_tech_firms_base": state.parameters["high_tech_firms_2017"] * state.scale,
        "certificates_new": state.counts.get("certificates_new", 0.0),
        "certificates_lapsed": state.counts.get("certificates_lapsed", 0.0),
    }
