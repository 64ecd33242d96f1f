"""Behavioural parameters: one entry each, with unit, prior and source."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from sim.parameters.declare import PARAMETERS, Parameter
from sim.rng import KeyedRandom, stream_key

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

__all__ = ["PARAMETERS", "Parameter", "central_values", "draw_parameters"]


def draw_parameters(
    priors: Mapping[str, Parameter],
    random: KeyedRandom,
    fixed: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Draw all behavioural parameters and the city's own priors for one member.

    Each value depends on its own name only: declaring one more parameter moves no other.

    Parameters
    ----------
    priors : Mapping
        City-level unknowns by name; they must not repeat a behavioural parameter's name.
    random : KeyedRandom
        Random numbers of the member.
    fixed : Mapping, optional
        Values that a scenario holds fixed; what is not declared here is left out.
    """
    held = fixed or {}
    return {
        name: held[name]
        if name in held
        else entry.quantile(random.normal("parameters", agent=stream_key(name)))
        for name, entry in {**PARAMETERS, **priors}.items()
    }


def central_values(priors: Mapping[str, Parameter]) -> dict[str, float]:
    """Return the medians of all parameters and priors."""
    return {name: entry.central for name, entry in {**PARAMETERS, **priors}.items()}
