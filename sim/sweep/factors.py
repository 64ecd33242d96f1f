"""A factor of a sweep: a key of the scenario, and the range or the levels it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.checking import Checker, join
from sim.errors import nearest
from sim.fixed_parameters import CALIBRATION_ONLY, ELSEWHERE, Range
from sim.lever_paths import is_quarter_key
from sim.reading import ListNode, MapNode, Node, Place
from sim.shocks import DRIVERS

SECTIONS = ("levers", "outside_world", "parameters", "population")
MAX_LEVELS = 1000


@dataclass(frozen=True)
class Factor:
    """What is varied.

    Attributes
    ----------
    key : str
        Key path of the scenario, such as ``levers.energy_price_surcharge.D``.
    low, high : float
        Ends of the range; smallest and largest of the levels.
    levels : tuple of float
        The values to take; empty for a range.
    place : Place
        Where the sweep file writes it.
    """

    key: str
    low: float
    high: float
    levels: tuple[float, ...]
    place: Place

    def at(self, unit: float) -> float:
        """Return the value at a number from 0 to 1: within the range, or the level it falls on.

        Examples
        --------
        >>> place = Place("sweep.yaml", 1, 1)
        >>> Factor("x", 1.0, 3.0, (), place).at(0.25)
        1.5
        >>> [Factor("x", 0.0, 9.0, (0.0, 5.0, 9.0), place).at(u) for u in (0.0, 0.5, 1.0)]
        [0.0, 5.0, 9.0]
        """
        if self.levels:
            return self.levels[min(int(unit * len(self.levels)), len(self.levels) - 1)]
        return self.low + unit * (self.high - self.low)

    def spread(self, count: int) -> tuple[float, ...]:
        """Return the levels, or so many evenly spaced values of the range, both ends included."""
        if self.levels:
            return self.levels
        return tuple(self.low + i / (count - 1) * (self.high - self.low) for i in range(count))


def read_factor(
    key: str, node: Node, parameters: Mapping[str, Range], checker: Checker
) -> Factor | None:
    """Read one entry of the section ``factors``.

    Parameters
    ----------
    key : str
        The key as written.
    node : Node
        ``{low: a, high: b}`` or a list of levels.
    parameters : Mapping
        Parameters that a scenario may hold at a value.
    checker : Checker
        Receives problems; whether single values are legal is told by the scenario's reader.
    """
    full, place = join("factors", key), node.place
    wrong = misnamed(key, parameters)
    if wrong:
        checker.add(place, full, wrong)
        return None
    if isinstance(node, ListNode):
        values = [checker.number(item, full) for item in node.items[:MAX_LEVELS]]
        if not node.items or len(node.items) > MAX_LEVELS:
            checker.add(node, full, f"{len(node.items)} levels; legal range 1 to {MAX_LEVELS}")
        levels = tuple(dict.fromkeys(value for value in values if value is not None))
        return Factor(key, min(levels), max(levels), levels, place) if levels else None
    if not isinstance(node, MapNode):
        checker.add(node, full, "write {low: a, high: b} or a list of levels [a, b, c]")
        return None
    checker.keys(node, full, ("low", "high"))
    low = checker.number(checker.required(node, full, "low"), f"{full}.low")
    high = checker.number(checker.required(node, full, "high"), f"{full}.high")
    if low is None or high is None:
        return None
    if not low < high:
        checker.add(node, full, f"high {high:g} must be above low {low:g}")
        return None
    return Factor(key, low, high, (), place)


def misnamed(key: str, parameters: Mapping[str, Range]) -> str:
    """Return what is wrong with a key of a factor, or an empty text.

    Examples
    --------
    >>> misnamed("levers.redevelopment_rat", {})
    "unknown lever 'redevelopment_rat'; did you mean 'redevelopment_rate'?"
    >>> misnamed("members", {})
    'cannot be varied; legal: levers.*, outside_world.*.shock, parameters.*, population.scale'
    """
    from sim.levers import LEVERS

    section, *names = key.split(".")
    if section == "levers" and names:
        lever = LEVERS.get(names[0])
        if lever is None:
            return f"unknown lever {names[0]!r}{nearest(names[0], LEVERS)}"
        rest = names[1:]
        if rest and rest[0] in lever.classes:
            rest = rest[1:]
        if not rest or (len(rest) == 1 and is_quarter_key(rest[0])):
            return ""
        legal = ", ".join(lever.classes) or "none: the lever has no classes"
        return f"unknown class {rest[0]!r}; legal: {legal}"
    if section == "outside_world" and len(names) == 2 and names[1] == "shock":
        known = names[0] in DRIVERS
        return "" if known else f"unknown driver {names[0]!r}{nearest(names[0], DRIVERS)}"
    if section == "parameters" and len(names) == 1:
        if names[0] in CALIBRATION_ONLY:
            return ELSEWHERE
        known = names[0] in parameters
        return "" if known else f"unknown parameter {names[0]!r}{nearest(names[0], parameters)}"
    if key == "population.scale":
        return ""
    legal = "levers.*, outside_world.*.shock, parameters.*, population.scale"
    near = nearest(section, SECTIONS) if section not in SECTIONS else ""
    return near.removeprefix("; ") if near and names else f"cannot be varied; legal: {legal}"
