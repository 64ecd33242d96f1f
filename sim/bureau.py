"""The statistics bureau as an observer: roster, matched scope, year-to-date, first release.

It sees firms only through its annual roster of above-scale firms 规上 with hysteresis, compares
years on the matched scope (the firms of this January's roster, closures of the year included)
at comparable prices by single deflation, and rounds what it publishes. The true state is kept
beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import add
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim import bureau_kernels as kernels
from sim.comparable_prices import note_rate, price_of, value_added_price
from sim.decomposition import EFFECTS, decompose
from sim.population import THRESHOLD
from sim.rows import rows_where
from sim.scopes import scopes
from sim.state import CityState, Flags, Floats, Integers
from sim.units import quarter_of_year, year_of, year_profile

if TYPE_CHECKING:
    from sim.indicators.declare import Indicator
    from sim.outside import History

KEEP_SHARE = 0.75
"""A firm leaves the roster when its revenue falls below this share of the threshold: small
setbacks do not take a firm off (rule of thumb, prior)."""
TRACKED = ("value_added_real", "energy", "water", "employment", "manufacturing_value_added_real",
           "manufacturing_employment")  # fmt: skip
"""Flows compared with the same months of last year: those of firms, then of manufacturers."""
TOTALS = ("value_added", "revenue", "real_output", "employment", "manufacturing_value_added",
          "manufacturing_revenue", "manufacturing_employment", "profit", "tax", "wage_bill",
          "high_tech_value_added", "emerging_value_added", "export_output", "upgraded_firms",
          "industrial_energy", "industrial_water")  # fmt: skip
"""Sums over a scope of firms, in the order of :func:`sim.bureau_kernels.look`."""
MATCHED = [(f"matched_{name}", f"matched_{name}_last_year") for name in TRACKED]
"""Names of their sums over the matched scope, this year and last."""
USES = ("energy", "water")
EFFECTS_ON = [f"{use}_effect_{effect}" for use in USES for effect in EFFECTS]
"""What the intensity of each use changed by, see :mod:`sim.decomposition`."""

_MISSING = float("nan")


@dataclass
class Records:
    """A book of quarterly aggregates that answers what indicators ask.

    Attributes
    ----------
    first : int
        First simulated quarter; flows of the year before it are spread over its quarters.
    values : dict
        Quarter to {name: value}.
    scalars : Mapping
        Drawn scalars of the city: parameters, priors, base-year values.
    years : dict
        (name, year) to drawn history.
    to_date : dict
        Quarter to {name: sum since January}.
    from_start : dict
        Name to its sums over the quarters from `first` to before each, as far as asked for.
    differing : set
        Names whose values the other book may hold differently.
    asked : bool
        Set once a value of such a name was asked for.
    """

    first: int
    scalars: Mapping[str, float]
    values: dict[int, dict[str, float]] = field(default_factory=dict)
    years: dict[tuple[str, int], float] = field(default_factory=dict)
    to_date: dict[int, dict[str, float]] = field(default_factory=dict)
    from_start: dict[str, list[float]] = field(default_factory=dict)
    differing: set[str] = field(default_factory=set)
    asked: bool = False

    def record(self, quarter: int, raw: Mapping[str, float]) -> None:
        """Enter the aggregates of a quarter; quarters come in order."""
        self.values.setdefault(quarter, {}).update(raw)
        running = self.to_date.setdefault(quarter, {})
        if quarter % 4 == 0:
            running.update(raw)
            return
        before = map(self.to_date.get(quarter - 1, {}).get, raw, repeat(_MISSING))
        running.update(zip(raw, map(add, before, raw.values()), strict=True))

    def quarter_value(self, name: str, quarter: int) -> float:
        """Flow of the single quarter, or stock at its end; NaN where there is none."""
        if name in self.differing:
            self.asked = True
        try:  # quicker than to ask whether it is there: nearly all that is asked for is
            return self.values[quarter][name]
        except KeyError:
            return _MISSING

    def year_to_date(self, name: str, quarter: int) -> float:
        """Flow from January to the end of `quarter`."""
        if name in self.differing:
            self.asked = True
        try:
            return self.to_date[quarter][name]
        except KeyError:
            return _MISSING

    def annual(self, name: str, year: int) -> float:
        """Flow of a whole year; drawn history where it exists."""
        if (name, year) in self.years:
            return self.years[name, year]
        return self.year_to_date(name, 4 * year + 3)

    def since(self, name: str, quarter: int) -> float:
        """Flow cumulated from the first simulated quarter to `quarter`."""
        if name in self.differing:
            self.asked = True
        sums = self.from_start.setdefault(name, [0.0])
        for q in range(self.first + len(sums) - 1, quarter + 1):
            if q not in self.values:
                return _MISSING
            sums.append(sums[-1] + self.values[q].get(name, _MISSING))
        return sums[max(quarter + 1 - self.first, 0)]

    def over(self, name: str, quarters: Sequence[int], to_date: bool) -> list[float]:
        """Return year-to-date values of several quarters, or those of the quarters themselves."""
        if name in self.differing:
            self.asked = True
        kept = self.to_date if to_date else self.values
        try:
            return [kept[quarter][name] for quarter in quarters]
        except KeyError:
            return [kept.get(quarter, {}).get(name, _MISSING) for quarter in quarters]

    def fixed(self, name: str) -> float:
        """A drawn scalar of the city; NaN where there is none."""
        return self.scalars.get(name, float("nan"))


def enter(
    published: Records,
    truth: Records,
    quarter: int,
    shared: Mapping[str, float],
    released: Mapping[str, float],
    true: Mapping[str, float],
) -> None:
    """Enter a quarter into both books; what they hold alike is added up once.

    Parameters
    ----------
    shared, released, true : Mapping
        Aggregates that both books hold alike, those published, and the same ones in truth.
    """
    published.differing |= released.keys() | true.keys()
    published.record(quarter, shared)
    truth.values[quarter] = published.values[quarter].copy()
    truth.to_date[quarter] = published.to_date[quarter].copy()
    published.record(quarter, released)
    truth.record(quarter, true)


def in_both_books(
    indicators: Sequence[Indicator], published: Records, truth: Records, quarters: Sequence[int]
) -> tuple[Floats, Floats]:
    """Return indicators as published and in truth, each of shape (indicators, quarters).

    A formula that asked the first book only for figures that both hold alike is not evaluated
    again on the second.
    """
    released, true = [], []
    for declared in indicators:
        published.asked = False
        values = declared.over(published, quarters)
        released.append(values)
        true.append(declared.over(truth, quarters) if published.asked else values)
    return np.array(released, dtype=np.float64), np.array(true, dtype=np.float64)


def next_roster(on_roster: Flags, revenue: Floats, alive: Flags) -> Flags:
    """Return next year's roster: entry at the threshold, exit below a share of it.

    Examples
    --------
    >>> revenue = np.array([21e6, 16e6, 14e6, 16e6])
    >>> next_roster(np.array([False, True, True, False]), revenue, np.ones(4, bool)).tolist()
    [True, True, False, False]
    """
    stays = on_roster & (revenue >= KEEP_SHARE * THRESHOLD)
    return np.asarray(alive & (stays | (revenue >= THRESHOLD)))


def matched_staff_change(history: History, parameters: Mapping[str, float], year: int) -> float:
    """Return the change of staff on the matched scope in a past year (fraction), 0 in the first.

    The share ``matched_scope_decline_share`` of the fall on the roster shows there: closures of a
    year still belong to it, entrants and leavers between years do not.
    """
    if year <= history.first_year:
        return 0.0
    now, before = (history.at("industrial_employment", y) for y in (year, year - 1))
    return parameters["matched_scope_decline_share"] * (now / before - 1.0)


class Seen(NamedTuple):
    """What the bureau saw of its roster in a quarter."""

    rows: Integers
    """Firms looked at, rising, shape (rows,)."""
    flows: Floats
    """Their real value added, energy and water, shape (rows, 3); zeros of firms not on it."""
    whole: Floats
    """The same of the whole roster, shape (3,)."""


class Bureau:
    """The observer of one member.

    Parameters
    ----------
    state : CityState
        The city at its start.
    """

    def __init__(self, state: CityState) -> None:
        table = state.city.sectors
        self.made = table.manufacturing.astype(np.float64)
        self.traits = np.stack(
            [self.made, table.high_tech_share, table.strategic_emerging_share], axis=1
        )
        self.rows = self.last_rows = self._candidates(state)
        self.base = np.empty((2, 0), dtype=np.int64)
        quarter, _ = self._follow(
            state, value_added_price(state), np.zeros((len(self.rows), 4)), np.zeros((1, 4))
        )
        year = year_of(state.first) - 1
        growth = state.history.at("industrial_value_added_growth", year)
        uses = (state.history.at(f"{use}_intensity_change", year) for use in ("energy", "water"))
        changes = [growth, *((1.0 + growth) * (1.0 + use) - 1.0 for use in uses)]
        changes.append(matched_staff_change(state.history, state.parameters, year))
        # Each flow of the year before in its own shape: staff fell while value added grew.
        profile = np.cumsum([year_profile(change) for change in changes], axis=1).T
        self.this_year: list[Floats] = []
        self.last_year: list[Floats] = []
        self.before_start: tuple[Floats, Floats] | None = (quarter, profile)
        self.level = year_profile(growth)[3]
        self.staff_level = year_profile(changes[-1])[3]
        self.seen = Seen(np.empty(0, dtype=np.int64), np.empty((0, 3)), np.zeros(3))
        self.effects = np.zeros((len(USES), len(EFFECTS)))

    def _candidates(self, state: CityState) -> Integers:
        """Return firms followed this year: the roster and whoever may be on the next one."""
        firms = state.firms
        near = firms.on_roster | (firms.annual_revenue > 0.25 * THRESHOLD)
        return rows_where(near & firms.alive & state.of_sector("industry"))

    def _follow(
        self, state: CityState, price: float, before: Floats, last: Floats
    ) -> tuple[Floats, tuple[tuple[float, ...], tuple[float, ...]]]:
        """Return flows of the followed firms on top of those `before`, and matched sums."""
        firms, flows = state.firms, np.empty(before.shape)
        sums = kernels.follow(
            self.rows, firms.sector, self.made, firms.value_added, price,
            firms.real_output, firms.energy_intensity, firms.water_intensity, firms.employees,
            before, flows, *self.base, last,
        )  # fmt: skip
        return flows, sums

    def _open(self, quarter: Floats, profile: Floats) -> None:
        """Note what the compared firms did in the year before the start, a mean quarter shaped.

        Only their rows of that year are ever asked for.
        """
        here, there = self.base
        known = quarter.take(there, axis=0)
        self.last_year = [known * level for level in profile]
        self.base = np.array([here, np.arange(len(there))])

    def _look(self, state: CityState, price: float) -> tuple[Floats, Floats, Seen]:
        """Return totals of the roster and of above-scale industry, who stayed, and what was seen.

        Returns
        -------
        totals : ndarray, shape (2, totals)
        kept : ndarray, shape (2, 3, sectors)
            Value added, energy and water of firms on the roster now and when it was last seen.
        seen : Seen
        """
        firms, rows, before = state.firms, scopes(state).rows, self.seen
        seen = Seen(rows.copy(), np.empty((len(rows), 3)), np.zeros(3))
        totals = np.zeros((2, len(TOTALS)))
        kept = np.zeros((2, 3, len(self.made)))
        kernels.look(
            rows, firms.on_roster, state.of_sector("industry"), firms.annual_revenue, THRESHOLD,
            firms.sector, firms.value_added, firms.revenue, firms.real_output, firms.employees,
            firms.profit, firms.tax, firms.wage, firms.export_share, firms.upgraded,
            firms.energy_intensity, firms.water_intensity, self.traits, price,
            before.rows, before.flows, seen.flows, totals, seen.whole, kept,
        )  # fmt: skip
        totals[1] += totals[0]
        return totals, kept, seen

    def decomposed(self, kept: Floats, seen: Seen) -> dict[str, float]:
        """Return what structure, technology and turnover did to intensities, log, cumulated."""
        self.effects += decompose(self.seen.whole, seen.whole, kept)
        self.seen = seen
        return dict(zip(EFFECTS_ON, self.effects.ravel().tolist(), strict=True))

    def review_roster(self, state: CityState) -> None:
        """Renew the roster in January from last year's revenue (小升规 and leavers)."""
        firms = state.firms
        industry = state.of_sector("industry")
        renewed = next_roster(firms.on_roster, firms.annual_revenue, firms.alive) & industry
        state.add("step_up_firms", float(np.count_nonzero(renewed & ~firms.on_roster)))
        state.add("roster_leavers", float(np.count_nonzero(firms.on_roster & ~renewed)))
        firms.on_roster[:] = renewed

    def matched(self, state: CityState, price: float) -> dict[str, float]:
        """Return year-to-date sums of this January's roster, this year and last."""
        out: dict[str, float] = {}
        position = quarter_of_year(state.quarter) - 1
        if position == 0:
            self.rows = self._candidates(state)
            self.base = common(self.rows, self.last_rows, state.firms.on_roster)
            if self.before_start is not None:
                self._open(*self.before_start)
                self.before_start = None
        before = self.this_year[-1] if self.this_year else np.zeros((len(self.rows), 4))
        flows, sums = self._follow(state, price, before, self.last_year[position])
        self.this_year.append(flows)
        for (now, then), this, last in zip(MATCHED, *sums, strict=True):
            out[now], out[then] = this, last
        if position == 3:
            self.last_year, self.this_year = self.this_year, []
            self.last_rows = self.rows
        return out

    def observe(
        self, state: CityState, matched: bool
    ) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """Return industry aggregates of the quarter: published, true, and of the matched scope.

        The last are empty unless asked for by `matched`: the year before the start has none.
        """
        price = value_added_price(state)
        totals, kept, seen = self._look(state, price)
        if matched:
            compared = self.decomposed(kept, seen) | self.matched(state, price)
        else:
            compared, self.seen = {}, seen
        found = scopes(state)
        published, true = (
            aggregates(state, price, sums, len(rows))
            for sums, rows in zip(totals, (found.roster, found.above), strict=True)
        )
        note_rate(state, published["value_added"], published["revenue"])
        return published, true, compared


def aggregates(state: CityState, price: float, totals: Floats, firms: int) -> dict[str, float]:
    """Return industry's aggregates of the quarter by name.

    Parameters
    ----------
    price : float
        Deflator of value added.
    totals : ndarray, shape (totals,)
        Sums over the firms of a scope, in the order of :data:`TOTALS`.
    firms : int
        How many they are.
    """
    out = dict(zip(TOTALS, totals.tolist(), strict=True))
    out["value_added_real"] = out["value_added"] / price
    output = out.pop("real_output") * price_of(state)
    out["gross_output"] = output * state.parameters["gross_output_over_revenue"]
    out["export_output"] *= state.memory.get("production.export_index", 1.0)
    out["above_scale_firms"] = float(firms)
    for name in ("step_up_firms", "roster_leavers"):
        out[name] = state.counts.get(name, 0.0)
    return out


def common(rows: Integers, others: Integers, chosen: Flags) -> Integers:
    """Return positions in two rising lists of rows, shape (2, firms): chosen firms in both."""
    places = np.empty((2, min(len(rows), len(others)) + 1), dtype=np.int64)
    return places[:, : kernels.pairs(rows, others, chosen, *places)]
