"""How a policy lever is declared: one decorated function, everything else follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Effect = Callable[[Any, Mapping[str, float]], dict[str, Any]]
PER_MU_CLASSES = ("A", "B", "C", "D")


@dataclass(frozen=True)
class Lever:
    """One policy lever.

    Parameters
    ----------
    name : str
        Name from scenario file to figure.
    clause : int
        Clause of the plan that it carries out.
    unit : str
        Unit of its value.
    low, high : float
        Legal range.
    neutral : float
        Value at which the mechanism is off.
    indicator : str
        The indicator it moves first (its own).
    direction : int
        +1 when more of the lever raises the own indicator, -1 when it lowers it.
    minimum_effect : float
        Smallest change of the own indicator, in the indicator's unit, over the whole range of
        the lever that still counts as working.
    mechanism, mechanism_zh : str
        How the clause says that it works.
    source : str
        Where the size of the effect comes from.
    effect : callable
        (value, parameters) to the terms it sets; class-valued levers get a tuple A..D.
    classes : tuple of str
        Empty, or the per-mu classes.
    administrative : bool
        Government decides it alone: it is carried out whole or only in part, with the
        implementation factor as the probability of the former, one luck for all years.
    """

    name: str
    clause: int
    unit: str
    low: float
    high: float
    neutral: float
    indicator: str
    direction: int
    minimum_effect: float
    long_name: str
    long_name_zh: str
    mechanism: str
    mechanism_zh: str
    source: str
    effect: Effect
    classes: tuple[str, ...] = ()
    administrative: bool = False


LEVERS: dict[str, Lever] = {}
"""All declared levers by name, in the order of the clauses."""


def lever(
    clause: int,
    unit: str,
    low: float,
    high: float,
    neutral: float,
    *,
    moves: tuple[str, int, float],
    en: str,
    zh: str,
    mechanism: str,
    mechanism_zh: str,
    source: str,
    classes: tuple[str, ...] = (),
    administrative: bool = False,
) -> Callable[[Effect], Effect]:
    """Declare the decorated function as a lever of that function's name.

    Parameters
    ----------
    moves : tuple
        (own indicator, direction, minimum effect).

    Raises
    ------
    ValueError
        If the name is taken or the neutral value lies outside the range.
    """

    def declare(function: Effect) -> Effect:
        name = function.__name__
        if name in LEVERS:
            raise ValueError(f"lever declared twice: {name}")
        if not low <= neutral <= high:
            raise ValueError(f"lever {name}: neutral value outside {low}..{high}")
        indicator, direction, minimum = moves
        LEVERS[name] = Lever(
            name, clause, unit, low, high, neutral, indicator, direction, minimum,
            en, zh, mechanism, mechanism_zh, source, function, classes, administrative,
        )  # fmt: skip
        return function

    return declare
