"""Firms that large projects become: capital, staff, technology, certificate and place."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.population import THRESHOLD
from sim.project_kernels import roster_totals
from sim.state import (
    BACKBONE,
    GROWTH,
    PROJECT_PLANT,
    CityState,
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


def _sector_means(state: CityState, sector: Integers, rivals: Integers) -> dict[str, Floats]:
    """Return output-weighted means of the above-scale firms of each project's sector."""
    firms = state.firms
    totals = np.zeros((3 + len(WEIGHTED), len(state.city.sectors.code)))
    roster_totals(
        rivals, firms.on_roster, firms.sector, firms.real_output, firms.employees, firms.wage,
        tuple(getattr(firms, name) for name in WEIGHTED), totals,
    )  # fmt: skip
    output, people, wages, *weighted = totals[:, sector]
    made, staff = np.maximum(output, 1e-300), np.maximum(people, 1e-300)
    means = {name: total / made for name, total in zip(WEIGHTED, weighted, strict=True)}
    return means | {"wage": wages / staff, "output_per_worker": output / staff}


def plant_columns(state: CityState, plants: list[Any], rivals: Integers) -> dict[str, Any]:
    """Return the firm columns of new plants, where they differ from a blank firm's.

    `rivals` are the rows of the living firms of their sectors.
    """
    drawn, city = state.parameters, state.city
    sector = np.array([p.sector for p in plants], dtype=np.int64)
    size = np.array([p.size for p in plants])
    means = _sector_means(state, sector, rivals)
    price = float(state.world.ppi[state.now])
    rows: dict[str, Any] = {}
    # Slots are the arrival numbers, so that ids do not depend on what else opens this quarter.
    slots = np.array([p.number % 10_000_000 for p in plants], dtype=np.int64)
    rows["firm_id"] = new_firm_ids(PROJECT_PLANT, state.quarter, slots)
    rows["sector"], rows["district"] = sector, np.array([p.district for p in plants])
    rows["platform"] = np.array([p.platform for p in plants])
    rows["birth_quarter"] = state.quarter
    full = drawn["project_output_per_investment"] * size / price / 4.0
    output = drawn["project_first_output"] * full
    working = drawn["project_working_capital"]
    capital = size * (1.0 - working) / price
    per_worker = np.maximum(means["output_per_worker"], 1.0) * drawn["project_output_per_worker"]
    quality = drawn["project_quality_sd"] * np.array([p.quality for p in plants])
    staff = np.maximum(full / (per_worker * np.exp(quality)), 20.0)
    share = drawn["capital_share"]
    technology = np.log(full) - share * np.log(capital) - (1.0 - share) * np.log(staff)
    rows["employees"], rows["capital_stock"], rows["real_output"] = staff, capital, output
    rows["log_tfp"] = technology
    vintage = drawn["project_vintage_energy"]
    for name in ("energy_intensity", "water_intensity", "pollutant_intensity"):
        rows[name] = means[name] * vintage
    for name in ("value_added_rate", "rd_ratio", "digital_level", "quality_level", "export_share",
                 "wage"):  # fmt: skip
        rows[name] = means[name]
    rows["revenue"] = output * price
    rows["value_added"] = rows["revenue"] * rows["value_added_rate"]
    rows["annual_revenue"] = 4.0 * rows["revenue"]
    rows["cash"] = working * size
    rows["rd_stock"] = rows["rd_ratio"] * rows["annual_revenue"] / price
    rows["tier"] = np.where(4.0 * full * price > 1e9 * YUAN, BACKBONE, GROWTH)
    rows["high_tech"] = city.sectors.high_tech_share[sector] > 0.5
    rows["certificate_until"] = np.where(rows["high_tech"], state.quarter + 12, -1)
    # New works are entered in the roster when they start, not at the yearly review.
    rows["on_roster"] = rows["annual_revenue"] >= THRESHOLD
    rows["project"] = np.array([p.number for p in plants])
    rows["land_area"] = np.array([p.land_got for p in plants])
    return rows
