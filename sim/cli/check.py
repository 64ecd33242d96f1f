"""``check``: validate a scenario, what it extends, its plan and its city's policy history."""

from __future__ import annotations

from collections.abc import Mapping

from sim.cli.words import say
from sim.errors import printable
from sim.lever_paths import LeverPath
from sim.scenario import Scenario, content_hash, load_with_plan
from sim.shocks import DRIVERS
from sim.units import quarter_name


def main(scenario: str, settings: Mapping[str, str], lang: str) -> int:
    """Print what would be run; problems are raised as ``InputError``."""
    loaded, plan = load_with_plan(scenario, settings)
    name = loaded.label_zh if lang == "zh" else loaded.label_en
    defaults = [target for target in plan.targets if target.default_reading]
    rows = {
        "scenario": f"{loaded.name} ({printable(name)})",
        "city_plan": f"{loaded.city}, {loaded.plan}",
        "as_of": loaded.as_of,
        "horizon": f"{loaded.start} - {loaded.end}",
        "members_seed": f"{loaded.members}, {loaded.seed}",
        "scale": f"{loaded.population_scale:g}",
        "levers": say("levers_moved", lang, n=moved(loaded), all=len(loaded.levers)),
        "outside": shocks_told(loaded) or say("sampled", lang, n=len(DRIVERS)),
        "targets": say(
            "target_counts",
            lang,
            n=len(plan.targets),
            default=len(defaults),
            open=sum(not target.assessable for target in defaults),
        ),
        "hash": content_hash(loaded),
    }
    print(say("no_problems", lang, file=printable(scenario)))
    for key, value in rows.items():
        print(f"  {say(key, lang)}: {value}")
    return 0


def shocks_told(scenario: Scenario) -> str:
    """Return what is done to each driver, with the quarters in which it acts."""
    told = []
    for name, shock in scenario.outside_world.items():
        steps = {quarter_name(q): f"{value:g}" for q, value in shock.path.items()}
        if steps:
            told.append(f"{name} " + ", ".join(f"{q}: {value}" for q, value in steps.items()))
        else:
            first = scenario.first if shock.first is None else shock.first
            last = scenario.last if shock.until is None else shock.until
            told.append(f"{name} {shock.size:+g} ({quarter_name(first)} - {quarter_name(last)})")
    return "; ".join(told)


def moved(scenario: Scenario) -> int:
    """Return how many levers leave their before-plan path."""

    def values(path: LeverPath) -> object:
        return dict(path) if isinstance(path, Mapping) else path

    return sum(
        values(path) != values(scenario.before_plan[name]) for name, path in scenario.levers.items()
    )
