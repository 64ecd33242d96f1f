"""Firms that large projects become: capital, staff, technology, certificate and place."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.population import THRESHOLD
from sim.rows import rows_where
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


def _sector_means(state: CityState, sector: Integers) -> dict[str, Floats]:
    """Return output-weighted means of the above-scale firms of each project's sector."""
    firms = state.firms
    count = len(state.city.sectors.code)
    wanted = np.zeros(count, dtype=np.bool_)
    wanted[sector] = True
    rows = rows_where(firms.alive & firms.on_roster)
    rows = rows[wanted[firms.sector[rows]]]
    code = firms.sector[rows].astype(np.int64)
    output, staff = firms.real_output[rows], firms.employees[rows]
    total = np.maximum(np.bincount(code, output, count), 1e-300)
    names = (
        "value_added_rate", "energy_intensity", "water_intensity", "pollutant_intensity",
        "rd_ratio", "digital_level", "quality_level", "export_share",
    )  # fmt: skip
    means = {
        name: np.asarray(np.bincount(code, output * getattr(firms, name)[rows], count) / total)
        for name in names
    }
    people = np.maximum(np.bincount(code, staff, count), 1e-300)
    means["wage"] = np.asarray(np.bincount(code, staff * firms.wage[rows], count) / people)
    means["output_per_worker"] = np.asarray(np.bincount(code, output, count) / people)
    return {name: values[sector] for name, values in means.items()}


def plant_columns(state: CityState, plants: list[Any]) -> dict[str, Any]:
    """Return the firm columns of new plants, where they differ from a blank firm's."""
    drawn, city = state.parameters, state.city
    sector = np.array([p.sector for p in plants], dtype=np.int64)
    size = np.array([p.size for p in plants])
    means = _sector_means(state, sector)
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
