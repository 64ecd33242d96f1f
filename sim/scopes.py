"""Rows of the firms that observers look at: the roster, above-scale industry, users of land.

They are a twelfth of all rows, found in one pass over the firms. While a quarter is observed
nothing moves, so that they are found once and kept, and so is the census of living firms.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sim import bureau_kernels as kernels
from sim.compiled import BLOCK, LANES
from sim.population import THRESHOLD
from sim.rows import rows_where
from sim.state import CLASSES, TIERS, CityState, Integers


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
    census: Integers
    """Living firms by tier and sector, then those outside every declared one (:func:`census`)."""
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


def census(state: CityState) -> Integers:
    """Return living firms by tier and sector, shape (tiers * sectors + 1,).

    They stand tier by tier; the last number is that of living firms outside every declared tier,
    sector or district.
    """
    if state.scopes is not None:
        kept: Integers = state.scopes.census
        return kept
    firms, shape = state.firms, (len(TIERS), len(state.city.sectors.code))
    lanes = np.zeros((LANES, shape[0] * shape[1] + 1), dtype=np.int64)
    kernels.census(
        firms.alive, firms.tier, firms.sector, firms.district,
        *shape, len(state.city.districts.code), np.empty(BLOCK, dtype=np.uint32), lanes,
    )  # fmt: skip
    return np.asarray(np.add.reduce(lanes))


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
