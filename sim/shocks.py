"""The section ``outside_world`` of a scenario: what it does to drivers beyond the city."""

from __future__ import annotations

from dataclasses import dataclass

from sim.checking import Checker, join
from sim.reading import MapNode, Node, Place
from sim.world import Shock


@dataclass(frozen=True)
class Driver:
    """Legal values of one driver: of a shock in `shock_unit`, of a fixed path in `path_unit`."""

    shock_unit: str
    shock_low: float
    shock_high: float
    path_unit: str
    path_low: float
    path_high: float


_LOG = "log points of the level"
_POINTS = "points (fraction of one)"
_YOY = "growth on the year before (fraction of one)"

DRIVERS: dict[str, Driver] = {
    "industrial_demand": Driver(_LOG, -1.0, 1.0, _YOY, -0.5, 1.0),
    "export_demand": Driver(_LOG, -1.0, 1.0, _YOY, -0.7, 1.0),
    "ppi": Driver(_LOG, -0.5, 0.5, _YOY, -0.3, 0.5),
    "purchase_prices": Driver(_LOG, -0.5, 0.5, _YOY, -0.3, 0.5),
    "credit": Driver(_POINTS, -0.5, 0.5, _YOY, -0.3, 1.0),
    "ipo_window": Driver(_POINTS, -1.0, 1.0, "share of the quarter open", 0.0, 1.0),
    "ipo_pass_rate": Driver(_POINTS, -1.0, 1.0, "share of applications", 0.0, 1.0),
    "interest_rate": Driver(_POINTS, -0.1, 0.2, "a year (fraction of one)", 0.0, 0.3),
    "vat_rate": Driver(_POINTS, -0.17, 0.13, "fraction of one", 0.0, 0.3),
}
"""Drivers by name, those of ``sim.world.SHOCKABLE``; ranges hold every value seen in China since
1990 with room to spare, so that only a slip of unit (8 for 0.08) falls outside."""


def read_outside_world(
    node: Node | None, quarters: range, horizon: str, checker: Checker
) -> dict[str, Shock]:
    """Read the section; a driver that is absent stays as the fits sample it.

    A shock without `from` begins with the horizon: on the year before it, from which growth is
    measured, it would shift a level and leave its growth as it was.

    Parameters
    ----------
    node : Node or None
        The section.
    quarters : range
        Quarter indices of the horizon.
    horizon : str
        The horizon and where it is written, for messages.
    checker : Checker
        Receives problems.
    """
    shocks: dict[str, Shock] = {}
    section = checker.mapping(node, "outside_world")
    if section is None:
        return shocks
    checker.keys(section, "outside_world", DRIVERS)
    for name, child in section.entries.items():
        key = f"outside_world.{name}"
        body = checker.mapping(child, key) if name in DRIVERS else None
        if body is None:
            continue
        checker.keys(body, key, ("shock", "from", "until", "path"))
        if "path" in body.entries:
            shocks[name] = Shock(path=_path(body, key, DRIVERS[name], quarters, horizon, checker))
        else:
            shocks[name] = _shock(body, key, DRIVERS[name], quarters, horizon, checker)
    return dict(sorted(shocks.items()))


def _shock(
    body: MapNode, key: str, driver: Driver, quarters: range, horizon: str, checker: Checker
) -> Shock:
    size = checker.number(
        checker.required(body, key, "shock"),
        f"{key}.shock",
        driver.shock_low,
        driver.shock_high,
        driver.shock_unit,
    )
    first = checker.quarter(body.entries.get("from"), f"{key}.from")
    until = checker.quarter(body.entries.get("until"), f"{key}.until")
    for name, quarter in (("from", first), ("until", until)):
        if quarter is not None:
            _inside(quarter, quarters, horizon, body.entries[name].place, f"{key}.{name}", checker)
    if first is not None and until is not None and until < first:
        place = body.key_place("until")
        checker.add(place, f"{key}.until", f"before `from` (line {body.key_place('from').line})")
    if "from" not in body.entries and quarters:
        first = quarters.start
    return Shock(size or 0.0, first, until)


def _path(
    body: MapNode, key: str, driver: Driver, quarters: range, horizon: str, checker: Checker
) -> dict[int, float]:
    for name in ("shock", "from", "until"):
        if name in body.entries:
            other = f"cannot stand beside `path` (line {body.key_place('path').line})"
            checker.add(body.key_place(name), f"{key}.{name}", other)
    here = f"{key}.path"
    node = checker.mapping(body.entries["path"], here)
    path: dict[int, float] = {}
    for text, child in (node.entries if node else {}).items():
        place = node.key_place(text) if node else body.place
        quarter = checker.quarter_text(text, place, join(here, text))
        value = checker.number(
            child, join(here, text), driver.path_low, driver.path_high, driver.path_unit
        )
        if quarter is not None and value is not None:
            _inside(quarter, quarters, horizon, place, join(here, text), checker)
            path[quarter] = value
    if node is not None and not node.entries:
        checker.add(node, here, "no value given; write {2018Q2: number}")
    return dict(sorted(path.items()))


def _inside(
    quarter: int, quarters: range, horizon: str, place: Place, key: str, checker: Checker
) -> None:
    if quarters and quarter not in quarters:
        checker.add(place, key, f"outside the horizon {horizon}")
