"""Indicators of a member whose money is counted in another unit, in yuan again.

``python -m tests.properties.other_money UNIT`` counts so many of the model's money for a yuan.

The unit is set before anything is imported, so that every constant that is a multiple of a yuan
follows. Drawn parameters follow by their declared units, data by their names.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

SCALE = "0.3"
HISTORY = ("gdp", "industrial_revenue", "industrial_value_added", "information_economy_value_added")
"""Series of the past that are sums of money."""


def in_unit(unit: str, value: float, yuan: float) -> float:
    """Return a value of a declared unit where a yuan is so many of the model's money."""
    if unit.startswith("yuan per yuan"):
        return value
    if "per million yuan" in unit:
        return value  # the rule divides by a million yuan
    return value * yuan if unit.startswith("yuan") else value


def each(path: Any, yuan: float) -> Any:
    """Return a lever's path, by class or not, in the other money."""
    if isinstance(path, Mapping):
        return {name: each(values, yuan) for name, values in path.items()}
    return tuple(value * yuan for value in path)


def figures(yuan: float) -> dict[str, list[float]]:
    """Simulate; return both books' indicators by name, quarter by quarter."""
    from sim import units

    units.YUAN, units.WAN_YUAN, units.YI_YUAN = yuan, 1e4 * yuan, 1e8 * yuan
    from sim import model
    from sim.levers import LEVERS
    from sim.parameters import PARAMETERS
    from sim.results import declared_layout
    from tests.sim.small_city import city_of, scenario_of

    scenario, plan = scenario_of("base", **{"population.scale": SCALE})
    scenario = replace(
        scenario,
        **{
            side: {
                name: each(path, yuan) if LEVERS[name].unit.startswith("yuan/") else path
                for name, path in getattr(scenario, side).items()
            }
            for side in ("levers", "before_plan")
        },
    )
    plan = replace(plan, clauses={
        number: replace(clause, levers={
            name: replace(priced, cost=priced.cost * yuan)
            for name, priced in clause.levers.items()
        })
        for number, clause in plan.clauses.items()
    })  # fmt: skip
    city = city_of(scenario.as_of)
    city = replace(
        city,
        giants=tuple(replace(g, revenue=g.revenue * yuan) for g in city.giants),
        districts=replace(city.districts, land_price_floor=city.districts.land_price_floor * yuan),
    )
    declared = {**city.priors, **PARAMETERS}
    draw, history = model.draw_parameters, model.sample_history

    def drawn(*given: Any) -> dict[str, float]:
        return {
            name: in_unit(declared[name].unit, value, yuan) if name in declared else value
            for name, value in draw(*given).items()
        }

    def past(*given: Any) -> Any:
        found = history(*given)
        values: Mapping[str, Any] = found.values
        return replace(found, values={
            name: series * yuan if name in HISTORY else series for name, series in values.items()
        })  # fmt: skip

    model.draw_parameters, model.sample_history = drawn, past
    result = model.simulate_member(scenario, plan, city, 0)
    assert result.failed is None, result.failed
    entries = declared_layout(city).indicators
    counted = [
        in_unit(entry.unit, 1.0, yuan) for entry in entries
    ]  # 亿元 and 万元 count themselves
    both = zip(entries, counted, result.published, result.true_state, strict=True)
    return {
        entry.name: [*(released / money).tolist(), *(true / money).tolist()]
        for entry, money, released, true in both
    }


if __name__ == "__main__":
    print(json.dumps(figures(float(sys.argv[1]))))
