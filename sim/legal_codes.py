"""Codes and rows that a rule of the user's own may have written: looked at when stock is taken.

Compiled loops look up sectors, districts and rows by these numbers without asking again, so that
one that names nothing would be read from, or written to, somebody else's memory.
"""

from __future__ import annotations

import numpy as np

from sim.state import CLASSES, STAGES, TIERS, USES, CityState


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
