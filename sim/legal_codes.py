"""Columns and codes that a rule of the user's own may have written: looked at when stock is taken.

Compiled loops read neighbours together, and look up sectors, districts and rows by number, without
asking again: a column of another form, or a code that names nothing, would be read from, or
written to, somebody else's memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.state import CLASSES, STAGES, TIERS, USES, CityState, column_types


def put_in_order(state: CityState) -> None:
    """Give every column of firms and parcels its declared type and memory of its own, in one piece.

    Parameters
    ----------
    state : CityState
        The city after a rule of the user's own.

    Raises
    ------
    ValueError
        Naming each column that is not one value a row, or whose values are of another kind.
    """
    told, seen = [], set[int]()
    tables: tuple[tuple[str, Any, int], ...] = (
        ("firms", state.firms, state.firms.count),
        ("parcels", state.parcels, len(state.parcels.parcel_id)),
    )
    for table, kept, rows in tables:
        for name, kind in column_types(type(kept)).items():
            given = np.asarray(getattr(kept, name))
            if given.shape != (rows,):
                told.append(f"{table}.{name} has the shape {given.shape}; allowed: ({rows},)")
            elif not np.can_cast(given.dtype, kind, "same_kind"):
                told.append(f"{table}.{name} holds {given.dtype}; allowed: {np.dtype(kind)}")
            else:
                column = np.ascontiguousarray(given, dtype=kind)
                if column.dtype.kind == "i" and (column != given).any():
                    told.append(f"{table}.{name} holds numbers beyond {np.dtype(kind)}")
                place = column.__array_interface__["data"][0]
                if rows and place in seen:  # another column's memory
                    column = column.copy()
                seen.add(place)
                setattr(kept, name, column)
    if told:
        raise ValueError("; ".join(told))


def check_codes(state: CityState) -> None:
    """Raise where a code of a firm or of a parcel names nothing.

    Parameters
    ----------
    state : CityState
        The city after a rule of the user's own.

    Raises
    ------
    ValueError
        Naming table, column, row, value and legal values of each column that is wrong.
    """
    city, firms = state.city, state.firms
    districts, platforms = len(city.districts.code), len(city.platforms.code)
    legal = (
        ("firms", "sector", 0, len(city.sectors.code)),
        ("firms", "district", 0, districts),
        ("firms", "platform", -1, platforms),
        ("firms", "tier", 0, len(TIERS)),
        ("firms", "listing_stage", 0, len(STAGES)),
        ("firms", "leader", -1, firms.count),
        ("firms", "per_mu_class", -1, len(CLASSES)),
        ("parcels", "district", 0, districts),
        ("parcels", "platform", -1, platforms),
        ("parcels", "use", 0, len(USES)),
        ("parcels", "occupant", None, firms.count),
        ("parcels", "land_class", -1, len(CLASSES)),
    )
    told = []
    for table, column, least, end in legal:
        values = getattr(getattr(state, table), column)
        wrong = values >= end
        if least is not None:
            wrong |= values < least
        if wrong.any():
            row = int(np.argmax(wrong))
            span = f"below {end}" if least is None else f"{least} to {end - 1}"
            told.append(f"{table}.{column}[{row}] is {values[row]}; allowed: {span}")
    if told:
        raise ValueError("; ".join(told))
