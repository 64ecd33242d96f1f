"""Firms that funds, the special fund and the insurance of first sets choose from (step 7)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim import funds_kernels as kernels
from sim.columns import column
from sim.flows import EQUITY_FUNDS
from sim.rows import rows_where
from sim.state import A_SHARE, OVERSEAS, SUPPLIER, CityState, Floats, Integers
from sim.units import YUAN

BY_TIER = np.array([(0.0, 0.5, 1.0, 1.0), (0.0, 0.0, 1.0, 3.0), (0.0, 1.0, 0.7, 0.0)])
"""Relative chance with a fund, in the order of :data:`sim.flows.EQUITY_FUNDS`, by tier, in the
order of :data:`sim.state.TIERS`."""
SUPPORT_MEMORY = 0.75
"""A firm counts as supported for about a year after money reached it."""
SMALLEST_MAKER = 20e6 * YUAN
"""Sales of the smallest maker of first sets, yuan a year."""
MAKERS_RD = 0.01
"""R&D over sales above which a firm may make first sets."""


class Applicants(NamedTuple):
    """Living firms with sales that may be supported; funds stand in the order of EQUITY_FUNDS."""

    asking: Integers
    """Rows, rising, of unlisted firms of the ladder, which ask the funds."""
    ids: Integers
    """Their ids."""
    chances: Floats
    """Their relative chance with a fund, shape (funds, len(asking))."""
    places: list[int]
    """How many of them have a chance with a fund, by fund."""
    granted: Integers
    """Rows of above-scale manufacturers, which may get grants."""
    granted_ids: Integers
    """Their ids."""
    relative: Floats
    """Their log TFP less its mean over those of their sector."""
    makers: Integers
    """Rows of makers of first sets: manufacturers with R&D in high-tech sectors."""
    maker_ids: Integers
    """Their ids."""
    weights: Floats
    """Their relative chance to come out with a first set."""


def _chances(state: CityState) -> Floats:
    """Return chances, shape (funds, tiers * sectors): anew where the plan's tilt moved."""
    support, kept = state.terms.emerging_support, state.arrays.get("capital.chances")
    if kept is not None and support == state.memory["capital.support"]:
        return kept
    table = state.city.sectors
    made, emerging = table.manufacturing, table.strategic_emerging_share
    of_sector = made * (0.2 + emerging), made, table.high_tech_share + support * emerging
    state.memory["capital.support"] = support
    by_tier: Floats = BY_TIER[:, :, None] * np.array(of_sector)[:, None]
    by_cell = state.arrays["capital.chances"] = by_tier.reshape(len(EQUITY_FUNDS), -1)
    return by_cell


def applicants(state: CityState) -> Applicants:
    """Let support be forgotten by a quarter; return who may be supported."""
    firms, sectors = state.firms, state.city.sectors
    chosen = np.empty(firms.count, dtype=np.bool_)
    kernels.seekers(
        firms.alive, firms.tier, SUPPLIER, firms.on_roster,
        state.of_sector("high_tech_makers"), firms.annual_revenue, SMALLEST_MAKER, SUPPORT_MEMORY,
        column(state, "capital.supported"), chosen,
    )  # fmt: skip
    rows, funds = rows_where(chosen), len(EQUITY_FUNDS)
    table, numbers = np.empty((7, len(rows)), np.int64), np.empty((funds + 2, len(rows)))
    places = np.empty(funds, np.int64)
    asking, granted, making = kernels.apply(
        rows, firms.firm_id, firms.tier, SUPPLIER, firms.sector, firms.listing_stage,
        (A_SHARE, OVERSEAS), firms.on_roster, sectors.manufacturing, sectors.high_tech_makers,
        firms.annual_revenue, SMALLEST_MAKER, firms.rd_ratio, MAKERS_RD, firms.log_tfp,
        _chances(state), np.zeros((2, len(sectors.kind))), table, numbers, places,
    )  # fmt: skip
    return Applicants(
        table[0, :asking], table[1, :asking], numbers[:funds, :asking], places.tolist(),
        table[3, :granted], table[4, :granted], numbers[funds, :granted],
        table[5, :making], table[6, :making], numbers[funds + 1, :making],
    )  # fmt: skip
