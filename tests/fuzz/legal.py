"""Legal scenarios by chance: small cities at random levers, parameters, drivers and dates.

Every number lies within its legal range, half of them at an end of it: each such run must end
well or be refused in words. A scenario is a pure function of its number.
"""

from __future__ import annotations

import random
from functools import lru_cache
from math import isinf
from pathlib import Path

from sim.checking import Checker
from sim.fixed_parameters import SIZES, Range, legal_ranges
from sim.levers import LEVERS
from sim.shocks import DRIVERS

CITY = Path(__file__).resolve().parents[2] / "calibration" / "data" / "hangzhou"
UNBOUNDED = 1e3
"""Largest number where a range has no end."""
ENDS = 0.6
"""Share of numbers at an end of their range."""


@lru_cache(maxsize=1)
def parameter_ranges() -> dict[str, Range]:
    """Return the legal values of every parameter that a scenario can hold."""
    return legal_ranges(CITY, Checker())


class Writer:
    """Writes a scenario's lines from one stream of chance."""

    def __init__(self, number: int, dates: tuple[str, ...]) -> None:
        self.chance = random.Random(f"legal/{number}")
        self.date = self.chance.choice(dates)
        self.first = int(self.date[:4]) - self.chance.choice((0, 0, 0, 1))
        self.quarters = self.chance.choice((1, 4, 5, 12, 12, 20))

    def quarter(self, position: int) -> str:
        return f"{self.first + position // 4}Q{position % 4 + 1}"

    def number(self, low: float, high: float) -> str:
        low, high = (-UNBOUNDED if isinf(low) else low), (UNBOUNDED if isinf(high) else high)
        if self.chance.random() < ENDS:
            return repr(float(self.chance.choice((low, high))))
        return repr(self.chance.uniform(low, high))

    def steps(self, low: float, high: float) -> str:
        """Return values of up to four quarters, as a mapping."""
        places = range(self.quarters)
        chosen = sorted(self.chance.sample(places, min(self.quarters, self.chance.randint(1, 4))))
        return "{" + ", ".join(f"{self.quarter(k)}: {self.number(low, high)}" for k in chosen) + "}"

    def lever(self, name: str) -> str:
        lever = LEVERS[name]
        if lever.classes:
            of_class = (f"{c}: {self.number(lever.low, lever.high)}" for c in lever.classes)
            return "{" + ", ".join(of_class) + "}"
        write = self.number if self.chance.random() < 0.6 else self.steps
        return write(lever.low, lever.high)

    def driver(self, name: str) -> str:
        driver = DRIVERS[name]
        if self.chance.random() < 0.5:
            return f"{{path: {self.steps(driver.path_low, driver.path_high)}}}"
        first = self.chance.randrange(self.quarters)
        until = self.chance.randrange(first, self.quarters)
        size = self.number(driver.shock_low, driver.shock_high)
        return f"{{shock: {size}, from: {self.quarter(first)}, until: {self.quarter(until)}}}"

    def section(self, name: str, lines: list[str]) -> list[str]:
        return [f"{name}:", *(f"  {line}" for line in lines)] if lines else []

    def some(self, names: list[str], shares: tuple[float, ...]) -> list[str]:
        """Return a share of the names, the share by chance."""
        share = self.chance.choice(shares)
        return [name for name in names if self.chance.random() < share]


def legal_scenario(number: int, dates: tuple[str, ...] = ("2018-04",)) -> str:
    """Return the text of a scenario of two members, at one of the information dates."""
    to = Writer(number, dates)
    chance, ranges = to.chance, parameter_ranges()
    scale = chance.choice((0.02, 0.02, 0.02, 0.01, 0.001, 0.0001, 0.05))
    levers = [f"from: {chance.choice(('plan', 'before_plan'))}"]
    levers += [f"{n}: {to.lever(n)}" for n in to.some(list(LEVERS), (0.0, 0.1, 0.3, 1.0))]
    drivers = [f"{n}: {to.driver(n)}" for n in to.some(list(DRIVERS), (0.0, 0.0, 0.2, 1.0))]
    held = to.some([n for n in ranges if n not in SIZES], (0.0, 0.02, 0.1, 0.3, 0.6))
    parameters = [f"{n}: {to.number(ranges[n].low, ranges[n].high)}" for n in held]
    return "\n".join((
        f"name: legal_{number}", "city: hangzhou", "plan: hangzhou_2018",
        f"as_of: {to.date}", f"start: {to.first}Q1",
        f"end: {to.quarter(to.quarters - 1)}", "members: 2", f"seed: {chance.randrange(10**6)}",
        f"population: {{scale: {scale}}}",
        *to.section("levers", levers), *to.section("outside_world", drivers),
        *to.section("parameters", parameters),
        f"parameters_from: {chance.choice(('posterior', 'prior'))}",
        *to.section("switches", [f"census_revision: {chance.choice(('true', 'false'))}"]),
    )) + "\n"  # fmt: skip
