"""Behavioural parameters: one entry each, with unit, prior and source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.parameters.declare import NORMAL_95, PARAMETERS, Parameter
from sim.rng import Floats, Integers, stream_key
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
    table = _table(tuple(entries), tuple(entries.values()))
    scores = np.where(
        table.levels,
        random.initial_state.normals("parameters", table.keys)[0],
        random.parameters.normals("parameters", table.keys)[0],
    )
    drawn = dict(zip(entries, table.quantiles(scores).tolist(), strict=True))
    return drawn | {name: value for name, value in given.items() if name in drawn}


class Table(NamedTuple):
    """What parameters are drawn by, every array of the shape (parameters,)."""

    keys: Integers
    """Numbers of their streams."""
    levels: NDArray[np.bool_]
    """Whether they are :func:`dated`."""
    central: Floats
    below: Floats
    """Distances of the 5 % and of the 95 % point from the central value."""
    above: Floats
    lowest: Floats
    highest: Floats

    def quantiles(self, scores: Floats) -> Floats:
        """Return :meth:`Parameter.quantile` of each, shape (parameters,)."""
        side = np.where(scores > 0, self.above, self.below)
        values = self.central + side * scores / NORMAL_95
        return np.asarray(np.minimum(np.maximum(values, self.lowest), self.highest))


@lru_cache(maxsize=8)
def _table(names: tuple[str, ...], entries: tuple[Parameter, ...]) -> Table:
    """Return what these parameters are drawn by: the same for all members."""
    keys = np.array([stream_key(name) for name in names], dtype=np.int64)
    levels = np.array([dated(name) for name in names], dtype=np.bool_)
    central, low, high, lowest, highest = np.array(
        [(e.central, e.low, e.high, e.lowest, e.highest) for e in entries]
    ).T
    return Table(keys, levels, central, central - low, high - central, lowest, highest)


def central_values(priors: Mapping[str, Parameter]) -> dict[str, float]:
    """Return the medians of all parameters and priors."""
    return {name: entry.central for name, entry in {**PARAMETERS, **priors}.items()}
