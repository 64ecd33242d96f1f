"""Rows of the firms that observers look at: the roster, above-scale industry, users of land.

They are a twelfth of all rows, found in one pass over the firms. While a quarter is observed
nothing moves, so that they are found once and kept, and so is the census of living firms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim import bureau_kernels as kernels
from sim.population import THRESHOLD
from sim.state import CLASSES, TIERS, CityState, Integers

KINDS = ("certified", "certified_industry", "quoted", "joint_stock")
"""High-tech firms, those of industry, quoted firms, companies limited by shares."""
SUMMED = ("investment", "upgrade_investment", "talent", "makers_debt", "debt")
"""What is summed over firms, in the order of :func:`sim.bureau_kernels.sums`."""


class Census(NamedTuple):
    """Numbers of living firms."""

    cells: Integers
    """By tier and sector, tier by tier, shape (tiers * sectors + 1,); the last is that of firms
    outside every declared tier, sector or district."""
    kinds: dict[str, float]
    """By :data:`KINDS`."""


@dataclass(frozen=True)
class Scopes:
    """Rows of living firms, rising; arrays of shape (firms of the scope,)."""

    rows: Integers
    """All that any scope below holds."""
    roster: Integers
    """On the bureau's roster."""
    above: Integers
    """Industrial firms whose yearly revenue reaches the threshold."""
    industry: Integers
    """Industrial firms on the roster."""
    users: Integers
    """Those, and all that hold land."""
    by_class: list[int]
    """How many are of class A to D of the per-mu evaluation."""
    census: Census
    """How many firms live."""
    sums: dict[str, float]
    """By :data:`SUMMED`."""


def scopes(state: CityState) -> Scopes:
    """Return the scopes of firms as they stand now."""
    if state.scopes is not None:
        kept: Scopes = state.scopes
        return kept
    firms, industry = state.firms, state.of_sector("industry")
    lists = np.empty((5, firms.count + 4), dtype=np.int64)
    found, classes = np.empty(5, dtype=np.int64), np.zeros(len(CLASSES) + 1, dtype=np.int64)
    kernels.scopes(
        firms.alive, firms.on_roster, industry, firms.annual_revenue, THRESHOLD, firms.land_area,
        firms.per_mu_class, np.empty(-(-firms.count // 64) * 64, dtype=np.bool_), lists[0],
        lists[1:], found, classes,
    )  # fmt: skip
    seen, roster, above, makers, users = found.tolist()
    return Scopes(
        lists[0, :seen], lists[1, :roster], lists[2, :above], lists[3, :makers], lists[4, :users],
        classes.tolist()[1:], census(state), firm_sums(state),
    )  # fmt: skip


def census(state: CityState) -> Census:
    """Return the numbers of living firms as they stand now."""
    if state.scopes is not None:
        kept: Census = state.scopes.census
        return kept
    firms, sectors = state.firms, len(state.city.sectors.code)
    cells, kinds = (np.zeros(n, dtype=np.int64) for n in (len(TIERS) * sectors + 1, len(KINDS)))
    kernels.census(
        firms.alive, firms.tier, firms.sector, firms.district, sectors,
        len(state.city.districts.code), firms.high_tech, state.of_sector("industry"),
        firms.quoted, firms.joint_stock, cells, kinds,
    )  # fmt: skip
    return Census(cells, dict(zip(KINDS, map(float, kinds.tolist()), strict=True)))


def firm_sums(state: CityState) -> dict[str, float]:
    """Return sums over firms as they stand now, by :data:`SUMMED`.

    Investment (yuan at 2015 prices) and its upgrading part are those of living firms of industry,
    talent (persons) that of living firms, makers' debt that of manufacturers, debt (yuan) that
    of all. A finite sum tells that every firm's value is finite: who is not counted
    counts by zero.
    """
    if state.scopes is not None:
        kept: dict[str, float] = state.scopes.sums
        return kept
    firms, lanes = state.firms, np.zeros((len(SUMMED), kernels.LANES))
    kernels.sums(
        firms.alive, state.of_sector("industry"), state.of_sector("manufacturing"),
        firms.investment, firms.upgrade_investment, firms.talent, firms.debt, lanes,
    )  # fmt: skip
    return dict(zip(SUMMED, np.add.reduce(lanes, 1).tolist(), strict=True))
