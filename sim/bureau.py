"""The statistics bureau as an observer: roster, matched scope, year-to-date, first release.

It sees firms only through its annual roster of above-scale firms 规上 with hysteresis, compares
years on the matched scope (the firms of this January's roster, closures of the year included)
at comparable prices by single deflation, and rounds what it publishes. The true state is kept
beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sim.decomposition import EFFECTS, decompose
from sim.population import THRESHOLD
from sim.state import CityState, Flags, Floats, Integers
from sim.units import quarter_of_year, year_of, year_profile

KEEP_SHARE = 0.75
"""A firm leaves the roster when its revenue falls below this share of the threshold: small
setbacks do not take a firm off (rule of thumb, prior)."""
TRACKED = ("value_added_real", "energy", "water", "employment", "manufacturing_value_added_real",
           "manufacturing_employment")  # fmt: skip
"""Firm-level flows kept for comparison with the same months of last year."""


_MISSING = float("nan")


@dataclass
class Records:
    """A book of quarterly aggregates that answers what indicators ask.

    Attributes
    ----------
    first : int
        First simulated quarter; flows of the year before it are spread over its quarters.
    values : dict
        name to {quarter: value}.
    scalars : Mapping
        Drawn scalars of the city: parameters, priors, base-year values.
    years : dict
        (name, year) to drawn history.
    """

    first: int
    scalars: Mapping[str, float]
    values: dict[str, dict[int, float]] = field(default_factory=dict)
    years: dict[tuple[str, int], float] = field(default_factory=dict)

    def record(self, quarter: int, raw: Mapping[str, float]) -> None:
        """Enter the aggregates of a quarter."""
        for name, value in raw.items():
            self.values.setdefault(name, {})[quarter] = value

    def quarter_value(self, name: str, quarter: int) -> float:
        """Flow of the single quarter, or stock at its end; NaN where there is none."""
        by_quarter = self.values.get(name)
        return _MISSING if by_quarter is None else by_quarter.get(quarter, _MISSING)

    def year_to_date(self, name: str, quarter: int) -> float:
        """Flow from January to the end of `quarter`."""
        return self._sum(name, quarter - quarter % 4, quarter)

    def annual(self, name: str, year: int) -> float:
        """Flow of a whole year; drawn history where it exists."""
        if (name, year) in self.years:
            return self.years[name, year]
        return self.year_to_date(name, 4 * year + 3)

    def since(self, name: str, quarter: int) -> float:
        """Flow cumulated from the first simulated quarter to `quarter`."""
        return self._sum(name, self.first, quarter)

    def _sum(self, name: str, first: int, last: int) -> float:
        by_quarter = self.values.get(name)
        if by_quarter is None:
            return _MISSING if first <= last else 0.0
        total = 0.0
        for quarter in range(first, last + 1):
            total += by_quarter.get(quarter, _MISSING)
        return total

    def fixed(self, name: str) -> float:
        """A drawn scalar of the city; NaN where there is none."""
        return self.scalars.get(name, float("nan"))


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


def price_of(state: CityState) -> float:
    """Return producer prices of the quarter, 2015 = 1; at the opening those of the year before.

    Flows at the opening are averages of the last full year, so are their prices.
    """
    if state.quarter < state.first:
        return float(state.world.ppi[: state.now + 1].mean())
    return float(state.world.ppi[state.now])


class Bureau:
    """The observer of one member.

    Parameters
    ----------
    state : CityState
        The city at its start.
    """

    def __init__(self, state: CityState) -> None:
        self.rows = self._candidates(state)
        quarter = self._firm_flows(state, self.rows)
        year = year_of(state.first) - 1
        growth = state.history.at("industrial_value_added_growth", year)
        profile = np.cumsum(year_profile(growth))
        self.this_year: list[Floats] = []
        self.last_rows = self.rows
        self.pairs = self._pairs()
        self.last_year = [quarter * level for level in profile]
        self.level = year_profile(growth)[3]
        self.seen = (np.flatnonzero(self._scope(state)), quarter)
        self.seen = (self.seen[0], self._firm_flows(state, self.seen[0]))
        self.effects = dict.fromkeys(
            [f"{use}_effect_{effect}" for use in ("energy", "water") for effect in EFFECTS], 0.0
        )

    def _candidates(self, state: CityState) -> Integers:
        """Return firms followed this year: the roster and whoever may be on the next one."""
        firms = state.firms
        near = firms.on_roster | (firms.annual_revenue > 0.25 * THRESHOLD)
        return np.flatnonzero(near & firms.alive & state.of_sector("industry"))

    def _pairs(self) -> tuple[Integers, Integers]:
        """Return positions, this year and last, of the firms followed in both years."""
        _, now, then = np.intersect1d(
            self.rows, self.last_rows, assume_unique=True, return_indices=True
        )
        return now, then

    def _firm_flows(self, state: CityState, rows: Integers) -> Floats:
        """Return tracked flows of the quarter of given firms, shape (tracked, len(rows))."""
        firms = state.firms
        real = firms.value_added[rows] / price_of(state)
        output, staff = firms.real_output[rows], firms.employees[rows]
        made = state.city.sectors.manufacturing[firms.sector[rows]].astype(np.float64)
        return np.stack([
            real, firms.energy_intensity[rows] * output, firms.water_intensity[rows] * output,
            staff, made * real, made * staff,
        ])  # fmt: skip

    def _scope(self, state: CityState) -> Flags:
        return np.asarray(state.firms.on_roster & state.firms.alive)

    def decomposed(self, state: CityState) -> dict[str, float]:
        """Return what structure, technology and turnover did to intensities, log, cumulated."""
        scope = np.flatnonzero(self._scope(state))
        flows = self._firm_flows(state, scope)
        old_scope, old_flows = self.seen
        place = np.zeros(state.firms.count, dtype=np.int64)
        place[old_scope] = place[scope] = 1
        rows = np.flatnonzero(place)
        place[rows] = np.arange(len(rows))
        before, now = np.zeros((2, len(TRACKED), len(rows)))
        was, here = np.zeros((2, len(rows)), dtype=bool)
        for seen, table, present, values in (
            (old_scope, before, was, old_flows), (scope, now, here, flows),
        ):  # fmt: skip
            table[:, place[seen]], present[place[seen]] = values, True
        sector = state.firms.sector[rows]
        for row, use in ((1, "energy"), (2, "water")):
            parts = decompose(
                (before[row], now[row]), (before[0], now[0]), sector, (was, here),
                len(state.city.sectors.code),
            )  # fmt: skip
            for effect, change in zip(EFFECTS, parts, strict=True):
                self.effects[f"{use}_effect_{effect}"] += change
        self.seen = (scope, flows)
        return dict(self.effects)

    def review_roster(self, state: CityState) -> None:
        """Renew the roster in January from last year's revenue (小升规 and leavers)."""
        firms = state.firms
        industry = state.of_sector("industry")
        renewed = next_roster(firms.on_roster, firms.annual_revenue, firms.alive) & industry
        state.add("step_up_firms", float((renewed & ~firms.on_roster).sum()))
        state.add("roster_leavers", float((firms.on_roster & ~renewed).sum()))
        firms.on_roster[:] = renewed

    def matched(self, state: CityState) -> dict[str, float]:
        """Return year-to-date sums of this January's roster, this year and last."""
        out = self.decomposed(state)
        position = quarter_of_year(state.quarter) - 1
        if position == 0:
            self.rows = self._candidates(state)
            self.pairs = self._pairs()
        flows = self._firm_flows(state, self.rows)
        if self.this_year:
            flows += self.this_year[-1]
        self.this_year.append(flows)
        base = self.last_year[position]
        now, then = self.pairs
        kept = state.firms.on_roster[self.rows[now]] & (base[0, then] > 0.0)
        now, then = now[kept], then[kept]
        sums = flows.take(now, axis=1).sum(axis=1), base.take(then, axis=1).sum(axis=1)
        for name, this, last in zip(TRACKED, *sums, strict=True):
            out[f"matched_{name}"], out[f"matched_{name}_last_year"] = float(this), float(last)
        if position == 3:
            self.last_year, self.this_year = self.this_year, []
            self.last_rows = self.rows
            self.pairs = self._pairs()
        return out

    def aggregates(self, state: CityState, scope: Flags) -> dict[str, float]:
        """Return industry totals of the quarter over a scope of firms."""
        firms, table = state.firms, state.city.sectors
        rows = np.flatnonzero(scope & firms.alive)
        sector = firms.sector[rows]
        price = price_of(state)
        value, revenue = firms.value_added[rows], firms.revenue[rows]
        staff, output = firms.employees[rows], firms.real_output[rows]
        made = table.manufacturing[sector]
        return {
            "value_added": float(value.sum()),
            "value_added_real": float(value.sum()) / price,
            "revenue": float(revenue.sum()),
            "gross_output": float(output.sum()) * price
            * state.parameters["gross_output_over_revenue"],
            "employment": float(staff.sum()),
            "manufacturing_value_added": float(value[made].sum()),
            "manufacturing_revenue": float(revenue[made].sum()),
            "manufacturing_employment": float(staff[made].sum()),
            "profit": float(firms.profit[rows].sum()),
            "tax": float(firms.tax[rows].sum()),
            "wage_bill": float(firms.wage[rows] @ staff),
            "high_tech_value_added": float(value @ table.high_tech_share[sector]),
            "emerging_value_added": float(value @ table.strategic_emerging_share[sector]),
            "export_output": float(revenue @ firms.export_share[rows]),
            "above_scale_firms": float(len(rows)),
            "upgraded_firms": float(firms.upgraded[rows].sum()),
            "industrial_energy": float(firms.energy_intensity[rows] @ output),
            "industrial_water": float(firms.water_intensity[rows] @ output),
        }  # fmt: skip

    def observe(self, state: CityState) -> tuple[dict[str, float], dict[str, float]]:
        """Return (published, true) industry aggregates of the quarter."""
        firms = state.firms
        industry = state.of_sector("industry")
        counts = {name: state.counts.get(name, 0.0) for name in ("step_up_firms", "roster_leavers")}
        published = self.aggregates(state, firms.on_roster) | counts
        truth = self.aggregates(state, industry & (firms.annual_revenue >= THRESHOLD)) | counts
        return published, truth
