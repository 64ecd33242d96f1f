"""Firms that large projects become: capital, staff, technology, certificate and place."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.population import THRESHOLD
from sim.project_kernels import roster_totals
from sim.rows import rows_where
from sim.state import (
    BACKBONE,
    GROWTH,
    PROJECT_PLANT,
    CityState,
    Flags,
    Floats,
    Integers,
    new_firm_ids,
)
from sim.units import YUAN

WEIGHTED = (
    "value_added_rate", "energy_intensity", "water_intensity", "pollutant_intensity", "rd_ratio",
    "digital_level", "quality_level", "export_share",
)  # fmt: skip
"""Columns of which a plant has what its sector has on average, weighted by output."""


def _peers(state: CityState, sector: int, totals: Floats) -> dict[str, float]:
    """Return output-weighted means of a sector's above-scale firms, and output a worker."""
    if totals[0, sector] > 0.0:
        return _means(totals[:, sector])
    return _without_peers(state, sector)


def _means(totals: Floats) -> dict[str, float]:
    output, people, wages, *weighted = totals.tolist()
    made, staff = max(output, 1e-300), max(people, 1e-300)
    means = {name: total / made for name, total in zip(WEIGHTED, weighted, strict=True)}
    return means | {"wage": wages / staff, "output_per_worker": output / staff}


def _without_peers(state: CityState, sector: int) -> dict[str, float]:
    """Return what a plant is like whose sector has no above-scale firm.

    It is like the city's other above-scale firms, or all industrial ones where there is none, but
    for what the sector table tells: value added, exports, and what sectors use relative to others.
    """
    firms, table = state.firms, state.city.sectors
    rows = rows_where(firms.alive & state.of_sector("industry"))
    flags = firms.on_roster if firms.on_roster.take(rows).any() else firms.alive
    totals = _totals(state, rows, flags)
    means, made = _means(totals.sum(axis=1)), totals[0]
    for name, use in (
        ("energy_intensity", table.energy_intensity_rel),
        ("water_intensity", table.water_intensity_rel),
        ("pollutant_intensity", table.pollutant_intensity_rel),
    ):
        usual = float(use @ made)
        means[name] *= float(use[sector] * made.sum()) / usual if usual > 0.0 else 1.0
    return means | {
        "value_added_rate": float(table.value_added_rate[sector]),
        "export_share": float(table.export_share[sector]),
    }


def _totals(state: CityState, rows: Integers, flags: Flags) -> Floats:
    """Return what :func:`roster_totals` adds up of the firms `rows` whose flag is set."""
    firms = state.firms
    totals = np.zeros((3 + len(WEIGHTED), len(state.city.sectors.code)))
    roster_totals(
        rows, flags, firms.sector, firms.real_output, firms.employees, firms.wage,
        tuple(getattr(firms, name) for name in WEIGHTED), totals,
    )  # fmt: skip
    return totals


def plant_columns(state: CityState, plants: list[Any], rivals: Integers) -> dict[str, Any]:
    """Return the firm columns of new plants, where they differ from a blank firm's.

    `rivals` are the rows of the living firms of their sectors. Plants are few: one or two a
    quarter of the real city.
    """
    totals = _totals(state, rivals, state.firms.on_roster)
    rows = [_plant(state, project, _peers(state, project.sector, totals)) for project in plants]
    # Slots are the arrival numbers, so that ids do not depend on what else opens this quarter.
    slots = np.array([project.number % 10_000_000 for project in plants], dtype=np.int64)
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    return columns | {"firm_id": new_firm_ids(PROJECT_PLANT, state.quarter, slots)}


def _plant(state: CityState, project: Any, peers: dict[str, float]) -> dict[str, Any]:
    """Return what a new plant is as a firm, given what its sector's firms are like."""
    drawn, size = state.parameters, project.size
    price = float(state.world.ppi[state.now])
    full = drawn["project_output_per_investment"] * size / price / 4.0
    output = drawn["project_first_output"] * full
    working, share = drawn["project_working_capital"], drawn["capital_share"]
    capital = size * (1.0 - working) / price
    per_worker = max(peers["output_per_worker"], 1.0) * drawn["project_output_per_worker"]
    quality = math.exp(drawn["project_quality_sd"] * project.quality)
    staff = max(full / (per_worker * quality), 20.0)
    technology = math.log(full) - share * math.log(capital) - (1.0 - share) * math.log(staff)
    high_tech = bool(state.city.sectors.high_tech_share[project.sector] > 0.5)
    revenue = output * price
    row = {name: peers[name] for name in (*WEIGHTED, "wage")}
    for name in ("energy_intensity", "water_intensity", "pollutant_intensity"):
        row[name] *= drawn["project_vintage_energy"]
    return row | {
        "sector": project.sector, "district": project.district, "platform": project.platform,
        "birth_quarter": state.quarter, "employees": staff, "capital_stock": capital,
        "real_output": output, "log_tfp": technology, "revenue": revenue,
        "value_added": revenue * row["value_added_rate"], "annual_revenue": 4.0 * revenue,
        "cash": working * size, "rd_stock": row["rd_ratio"] * 4.0 * revenue / price,
        "tier": BACKBONE if 4.0 * full * price > 1e9 * YUAN else GROWTH,
        "high_tech": high_tech, "certificate_until": state.quarter + 12 if high_tech else -1,
        # New works are entered in the roster when they start, not at the yearly review.
        "on_roster": 4.0 * revenue >= THRESHOLD, "project": project.number,
        "land_area": project.land_got,
    }  # fmt: skip
