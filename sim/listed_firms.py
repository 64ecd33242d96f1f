"""Listed firms at the start quarter: known giants first, then large firms by sector."""

from __future__ import annotations

import numpy as np

from sim.selection import joined, race
from sim.state import (
    A_SHARE,
    DELISTED,
    FILING,
    NONE,
    OVERSEAS,
    CityState,
    Flags,
    Integers,
)
from sim.sums import sums_by_code


def listed_now(state: CityState) -> Flags:
    """Return which living firms are listed at home or abroad."""
    stage = state.firms.listing_stage
    return np.asarray(state.firms.alive & ((stage == A_SHARE) | (stage == OVERSEAS)))


def look_up_stages(state: CityState) -> None:
    """Look up who is in the pipeline or listed, for :func:`staged_rows`."""
    rows = np.flatnonzero(state.firms.listing_stage != NONE)
    note_stages(state, rows, rows[:0])


def note_stages(state: CityState, rows: Integers, fresh: Integers) -> None:
    """Keep those of two lists of rows that are in the pipeline or listed now."""
    rows = joined(rows, fresh)
    stage = state.firms.listing_stage[rows]
    state.arrays["listing.staged"] = rows[(stage != NONE) & (stage < DELISTED)]


def staged_rows(state: CityState) -> Integers:
    """Return rows of firms in the pipeline or listed as the listing left them, rising.

    Those that are gone since are among them.
    """
    return state.arrays["listing.staged"]


def listed_rows(state: CityState) -> Integers:
    """Return rows of the living firms that are listed at home or abroad."""
    firms, rows = state.firms, staged_rows(state)
    return np.asarray(rows[firms.alive[rows] & (firms.listing_stage[rows] > FILING)])


def place_listed(state: CityState, home: int, abroad: int) -> None:
    """Mark listed firms: known giants first, then large firms of the listed sectors."""
    firms, table = state.firms, state.city.sectors
    giants = [g for g in state.city.giants if g.active_until >= state.first]
    known = len(giants) if state.scale >= 0.5 else 0
    for row, giant in enumerate(giants[:known]):
        stage = {"a_share": A_SHARE, "overseas": OVERSEAS}.get(giant.listed, NONE)
        firms.listing_stage[row] = stage
    # Nobody has left yet; who is listed has no weight: the draw leaves it out.
    weights = np.sqrt(firms.annual_revenue)
    weights *= firms.annual_revenue
    weights[:known] = 0.0
    mix = np.full(len(table.code), 1e-9)
    for seat in state.city.listed:
        if seat.quarter < state.first:
            mix[seat.sector] += 1.0 - seat.moved_in_later
    for row in np.flatnonzero(firms.listing_stage[:known] == A_SHARE).tolist():
        code = firms.sector[row]
        mix[code] = max(mix[code] - 1.0, 1e-9)
    total = np.maximum(sums_by_code(firms.sector, weights, len(mix)), 1.0)
    service = table.service
    abroad_mix = np.where(service, service * total, 0.0)
    offered = state.parameters["overseas_service_share"]
    abroad_mix *= offered / max(abroad_mix.sum(), 1e-9)
    other = np.where(service, 0.0, table.high_tech_share)
    abroad_mix += (1.0 - offered) * other / max(other.sum(), 1e-9)
    listed = [np.flatnonzero(firms.listing_stage[:known] != NONE)]
    for stage, count, wanted in ((A_SHARE, home, mix), (OVERSEAS, abroad, abroad_mix)):
        have = int(np.count_nonzero(firms.listing_stage[:known] == stage))
        share = (wanted / total).take(firms.sector)
        share *= weights
        soon, order = race(
            state.random, f"listing/listed_{stage}", firms.firm_id, share, 0, max(count - have, 0)
        )
        listed.append(soon[order])
        weights[listed[-1]] = 0.0
        firms.listing_stage[listed[-1]] = stage
    rows = np.concatenate(listed)
    firms.joint_stock[rows] = True
    firms.stage_since[rows] = state.first - 1
