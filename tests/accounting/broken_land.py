"""Bookings of land that break an identity of ``sim.accounting``."""

from __future__ import annotations

import numpy as np

from sim.agents import Project
from sim.parcels import HELD
from sim.state import CityState


def holder(state: CityState) -> int:
    return int(np.flatnonzero(state.parcels.occupant >= 0)[0])


def lose_a_parcel(state: CityState) -> None:
    vacant = np.flatnonzero(state.parcels.occupant < 0)[0]
    state.parcels.area[vacant] -= 7


def take_a_plot_unseen(state: CityState) -> None:
    state.parcels.occupant[holder(state)] = -1


def grow_land_by_hand(state: CityState) -> None:
    state.firms.land_area[int(np.flatnonzero(state.firms.alive)[0])] += 11


def get_land_on_paper(state: CityState) -> None:
    project = Project(state.model, 10**6, 1e9, 0, 0, state.quarter)
    project.status, project.land_got = "signed", 5
    state.projects.append(project)


def hold_a_site_for_nobody(state: CityState) -> None:
    row = np.flatnonzero((state.parcels.occupant == -1) & (state.parcels.area > 0))[0]
    state.parcels.occupant[row] = HELD - 10**9


def use_land_for_nothing(state: CityState) -> None:
    state.parcels.use[int(np.flatnonzero(state.parcels.area > 0)[0])] = 9


def sell_more_than_there_is(state: CityState) -> None:
    pools = np.flatnonzero(state.parcels.occupant < 0)[:2]
    more = int(state.parcels.area[pools[0]]) + 13
    state.parcels.area[pools[0]] -= more
    state.parcels.area[pools[1]] += more
