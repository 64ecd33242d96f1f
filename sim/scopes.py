"""Rows of the firms that observers look at: the roster, above-scale industry, users of land.

They are a twelfth of all rows, found in one pass over the firms. While a quarter is observed
nothing moves, so that they are found once and kept, and so is the census of living firms.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from sim import bureau_kernels as kernels
from sim.population import THRESHOLD
from sim.rows import rows_where
from sim.state import CLASSES, TIERS, CityState, Integers

KINDS = ("certified", "certified_industry", "quoted", "joint_stock")
"""High-tech firms, those of industry, quoted firms, companies limited by shares."""


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
    finite: set[str] = field(default_factory=set)
    """Columns of which an observer saw that every firm's value is finite."""
    totals: dict[str, float] = field(default_factory=dict)
    """Sums of columns, over all rows, that an observer took."""


def scopes(state: CityState) -> Scopes:
    """Return the scopes of firms as they stand now."""
    if state.scopes is not None:
        kept: Scopes = state.scopes
        return kept
    firms, industry = state.firms, state.of_sector("industry")
    chosen = np.empty(firms.count, dtype=np.bool_)
    held = firms.land_area, firms.per_mu_class
    kernels.observed(
        firms.alive, firms.on_roster, industry, firms.annual_revenue, THRESHOLD, *held, chosen
    )
    rows = rows_where(chosen)
    out, found = np.empty((4, len(rows)), dtype=np.int64), np.empty(4, dtype=np.int64)
    classes = np.zeros(len(CLASSES) + 1, dtype=np.int64)
    kernels.scopes(
        rows, firms.on_roster, industry, firms.annual_revenue, THRESHOLD, *held, out, found, classes
    )
    roster, above, listed, users = found.tolist()
    return Scopes(
        rows, out[0, :roster], out[1, :above], out[2, :listed], out[3, :users],
        classes.tolist()[1:], census(state),
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


def note_sums(
    state: CityState, sums: Mapping[str, float], totals: Mapping[str, float] | None = None
) -> None:
    """Note sums that an observer takes over all rows of columns: where they are finite, all is.

    The identities then need not look at these columns again. Nothing is kept of a city that is
    observed by itself, outside a quarter's end.

    Parameters
    ----------
    sums : Mapping
        Sums of the values of some firms, and of all others' times zero, by column.
    totals : Mapping, optional
        Sums of all values, by column.
    """
    if state.scopes is not None:
        state.scopes.finite.update([name for name, total in sums.items() if math.isfinite(total)])
        state.scopes.totals.update(totals or {})
