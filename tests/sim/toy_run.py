"""A run small enough to be checked in the head: two indicators, one lever, no city behind it.

The sum 1 + 2 + ... is drawn from the engine's keyed random numbers, so that members differ and
every one is a pure function of (seed, member); everything around it is the real engine.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from sim.city import City, Districts, Platforms, Sectors
from sim.ensemble import RunOutcome, run_ensemble
from sim.errors import InputError, ModelBreach, Problem, UserError
from sim.indicators.declare import Indicator
from sim.levers.declare import Lever
from sim.parameters.declare import Parameter
from sim.plan import Clause, Plan
from sim.results import Layout, MemberResult
from sim.rng import KeyedRandom
from sim.scenario import Scenario
from tests.sim.small_plan import target

QUARTERS = 4
Simulation = Callable[..., MemberResult]


def _declared(name: str, unit: str, kind: str) -> Indicator:
    return Indicator(name, unit, kind, f"{name} in words", f"{name}(中文)", "toy", _formula)


def _formula(book: Any, quarter: int) -> float:
    return float(book.quarter_value("output", quarter))


def _effect(value: Any, parameters: Any) -> dict[str, Any]:
    return {"attraction": value}


LEVER = Lever(
    "effort", 1, "share", 0.0, 1.0, 0.0, "output", 1, 0.1, "effort", "力度", "works", "起作用",
    "toy", _effect, ("A", "B"),
)  # fmt: skip
DRIFT = Parameter("drift", 1.0, 0.5, 1.5, "%", "toy", "prior", "drift of output", "产出趋势")
LAYOUT = Layout(
    (_declared("land", "km2", "stock"), _declared("output", "亿元", "ytd")),
    ((LEVER, "A"), (LEVER, "B")),
    {"drift": DRIFT},
)
TARGETS = (target("output", low=5.0, unit="亿元", deadline=8075),)


def scenario(members: int = 6, seed: int = 7, name: str = "toy") -> Scenario:
    """Return a scenario of four quarters without levers of its own."""
    return Scenario(
        name, "Toy", "玩具", "toyland", "toyplan", "2018-04", "2018Q1", "2018Q4", members, seed,
        1.0, "plan", {}, {}, {}, "posterior", {}, {"lang": "en", "svg": False}, "toy.yaml",
    )  # fmt: skip


def plan() -> Plan:
    """Return a plan of one clause with one target: output of five by the end."""
    clause = Clause(1, "first", "第一条", "none", "words")
    return Plan("toyplan", "Toy plan", "玩具计划", "2018-04-11", "2018-04", "toy", 8073, TARGETS,
                {1: clause})  # fmt: skip


def city(bundle: Path) -> City:
    """Return a city without sectors whose bundle is one file."""
    bundle.mkdir(parents=True, exist_ok=True)
    (bundle / "population.json").write_text(json.dumps({"name": "toyland"}), encoding="utf-8")
    tables = {"sectors": Sectors, "districts": Districts, "platforms": Platforms}
    empty = {name: _blank(table) for name, table in tables.items()}
    made = _blank(City, name="toyland", bundle=bundle, posterior=None, **empty)
    return made  # type: ignore[no-any-return]


def _blank(cls: Any, **given: Any) -> Any:
    """Return a frozen table of `cls` with empty columns, texts and mappings."""
    made = {}
    for column in fields(cls):
        kind = str(column.type).split("[")[0]
        empty = {"tuple": (), "Mapping": {}, "str": "", "int": 0}.get(kind, np.zeros(0))
        made[column.name] = given.get(column.name, empty)
    return cls(**made)


def simulate(chosen: Scenario, _plan: Plan, _city: City, member: int) -> MemberResult:
    """Return land 100 + member and output cumulated from keyed uniforms, quarter by quarter."""
    random = KeyedRandom(chosen.seed, member)
    ids = np.arange(3, dtype=np.int64)
    flows = [random.uniforms("toy/output", ids, quarter).sum() for quarter in chosen.quarters]
    output = np.cumsum(np.array(flows))
    land = np.full(QUARTERS, 100.0 + member)
    return MemberResult(
        member,
        np.stack([land, np.round(output, 1)]),
        np.stack([land, output]),
        np.array([[0.1] * QUARTERS, [0.2] * QUARTERS]),
        {"drift": member / 10.0, "baseline_output": 5.0},
        {"land": 0.0, "money": member * 1e-12},
    )


def slow(chosen: Scenario, chosen_plan: Plan, chosen_city: City, member: int) -> MemberResult:
    """Take a twentieth of a second."""
    time.sleep(0.05)
    return simulate(chosen, chosen_plan, chosen_city, member)


def very_slow(chosen: Scenario, chosen_plan: Plan, chosen_city: City, member: int) -> MemberResult:
    """Finish member 0 at once and no other for a minute."""
    if member > 0:
        time.sleep(60.0)
    return simulate(chosen, chosen_plan, chosen_city, member)


def breaking(chosen: Scenario, chosen_plan: Plan, chosen_city: City, member: int) -> MemberResult:
    """Break an identity in member 2 and divide by zero in member 4."""
    if member == 2:
        raise ModelBreach("2018Q3", "land", 1.5)
    if member == 4:
        raise ZeroDivisionError("nothing to divide")
    return simulate(chosen, chosen_plan, chosen_city, member)


def hopeless(chosen: Scenario, chosen_plan: Plan, chosen_city: City, member: int) -> MemberResult:
    """Break an identity in every member."""
    raise ModelBreach("2018Q1", "money", 2.0)


def lacking(chosen: Scenario, chosen_plan: Plan, chosen_city: City, member: int) -> MemberResult:
    """Miss an input that every member needs."""
    raise InputError([Problem("priors.csv:1:1", "land_price", "missing")])


def dying(chosen: Scenario, chosen_plan: Plan, chosen_city: City, member: int) -> MemberResult:
    """Kill the process it runs in at member 3, once: the second attempt finds the mark."""
    mark = chosen_city.bundle.parent / "died"
    if member == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return simulate(chosen, chosen_plan, chosen_city, member)


def run(out: Path, bundle: Path, chosen: Scenario | None = None, **options: Any) -> RunOutcome:
    """Run the toy into a directory; quiet, in this process unless `options` say otherwise."""
    settings: dict[str, Any] = {"jobs": 1, "quiet": True, "simulate": simulate, "layout": LAYOUT}
    settings.update(options)
    return run_ensemble(chosen or scenario(), plan(), city(bundle), out, **settings)


def main(out: str, bundle: str, members: str, jobs: str, simulation: str) -> int:
    """Run as a command, for tests that kill it; prints the digest."""
    try:
        outcome = run(
            Path(out), Path(bundle), scenario(int(members)), jobs=int(jobs),
            simulate=globals()[simulation],
        )  # fmt: skip
    except UserError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(outcome.digest)
    return outcome.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
