"""Behavioural parameters: one entry each, with unit, prior and source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from sim.parameters.declare import PARAMETERS, Parameter
from sim.rng import Integers, stream_key
from sim.uncertainty import Sources

for _part in (
    "production",
    "innovation",
    "resources",
    "demography",
    "policy",
    "land",
    "projects",
    "capital",
    "listing",
    "people",
):
    import_module(f"sim.parameters.{_part}")

__all__ = ["PARAMETERS", "Parameter", "central_values", "dated", "draw_parameters"]
_DATED = re.compile(r"_\d{4}(q[1-4])?$")


def dated(name: str) -> bool:
    """Say whether a figure belongs to one year or quarter: a level of the initial state.

    Examples
    --------
    >>> dated("industrial_land_2017"), dated("market_cap_ge_50bn_2018q1"), dated("entry_rate")
    (True, True, False)
    """
    return _DATED.search(name) is not None


def draw_parameters(
    priors: Mapping[str, Parameter], random: Sources, informed: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Draw all behavioural parameters and the city's own priors for one member.

    Each value depends on its own name only: declaring one more parameter moves no other.

    Parameters
    ----------
    priors : Mapping
        City-level unknowns by name; they must not repeat a behavioural parameter's name.
    random : Sources
        Random numbers of the member; dated levels belong to its initial state.
    informed : Mapping, optional
        Values that take the place of the prior's: a joint posterior draw, or what a scenario
        holds fixed; what is not declared here is left out.
    """
    entries, given = {**PARAMETERS, **priors}, informed or {}
    keys, levels = _keys(tuple(entries))
    scores = np.where(
        levels,
        random.initial_state.normals("parameters", keys)[0],
        random.parameters.normals("parameters", keys)[0],
    ).tolist()
    return {
        name: given[name] if name in given else entry.quantile(score)
        for (name, entry), score in zip(entries.items(), scores, strict=True)
    }


@lru_cache(maxsize=8)
def _keys(names: tuple[str, ...]) -> tuple[Integers, NDArray[np.bool_]]:
    """Return the keys that parameters of these names are drawn by, and which are dated."""
    keys = np.array([stream_key(name) for name in names], dtype=np.int64)
    return keys, np.array([dated(name) for name in names], dtype=np.bool_)


def central_values(priors: Mapping[str, Parameter]) -> dict[str, float]:
    """Return the medians of all parameters and priors."""
    return {name: entry.central for name, entry in {**PARAMETERS, **priors}.items()}
