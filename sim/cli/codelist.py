"""``codelist``: the definition that IAMC tools check ``scenarios_iamc.csv`` against."""

from __future__ import annotations

from pathlib import Path

from sim.cli.setup import Ensure
from sim.cli.words import say
from sim.errors import printable
from sim.scenario import load_with_plan, project_root

FOLDER = "iamc"
"""Below ``scenarios``: the definition that the project keeps."""


def main(scenario: str, ensure: Ensure, out: str | None, lang: str) -> int:
    """Write the codelist of a scenario's city and plan."""
    from sim.city import load_city
    from sim.report import CODELIST
    from sim.report.codelist import variables, write_codelist
    from sim.report.iamc import variable_names
    from sim.results import declared_layout

    loaded, plan = load_with_plan(scenario)
    root = project_root()
    city = load_city(ensure(loaded.city, loaded.as_of, root, loaded.switches["drop_memory"]))
    found = variables(declared_layout(city).indicators, plan.targets, variable_names(CODELIST))
    folder = Path(out) if out else root / "scenarios" / FOLDER
    write_codelist(found, {city.name: f"The city {city.name}"}, folder)
    print(say("written", lang, path=printable(str(folder))))
    return 0
