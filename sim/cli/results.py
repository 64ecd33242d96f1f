"""``digest``, ``reproduce`` and ``replay``: commands that look at a finished run's directory."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim.checking import Checker
from sim.cli.run import tell_failures
from sim.cli.setup import Ensure, city_of
from sim.cli.words import say
from sim.errors import InputError, OutputError, Problem
from sim.scenario import load_with_plan

if TYPE_CHECKING:
    from sim.city import City
    from sim.plan import Plan
    from sim.scenario import Scenario

EXIT_DIFFERS = 3


def digest(directory: str) -> int:
    """Print the digest of a directory's results."""
    from sim.digest import digest_directory

    print(digest_directory(Path(directory)))
    return 0


def reproduce(directory: str, ensure: Ensure, jobs: int | str, lang: str) -> int:
    """Run a directory's resolved scenario again elsewhere and compare the digests.

    Returns
    -------
    int
        0 for the same digest, 3 for another one or for failed members.
    """
    from sim.ensemble import run_ensemble
    from sim.manifest import read_manifest

    manifest = read_manifest(Path(directory))
    scenario, plan, city = _restore(directory, ensure)
    with tempfile.TemporaryDirectory(prefix="reproduce-") as folder:
        outcome = run_ensemble(
            scenario, plan, city, Path(folder) / scenario.name, jobs=jobs, lang=lang
        )
    here = str(manifest["digest"])
    if outcome.digest == here:
        print(say("same", lang, digest=here))
        return 0
    print(say("differs", lang, here=here, again=outcome.digest))
    for line in _changed(manifest, scenario, plan, city):
        print(f"  {line}")
    return max(EXIT_DIFFERS, tell_failures(outcome, scenario.members, lang))


def _changed(
    manifest: Mapping[str, object], scenario: Scenario, plan: Plan, city: City
) -> list[str]:
    """Return which of the run's inputs are no longer what they were."""
    from sim.manifest import identity_of, lock_hash

    now = identity_of(scenario, plan, city).content["hashes"]
    data = manifest.get("data_hashes")
    pairs = {
        "plan": (manifest.get("plan_hash"), now["plan"]),
        "code": (manifest.get("code_hash"), now["code"]),
        "locked packages": (manifest.get("lock_hash"), lock_hash()),
        "data": (data.get(scenario.city) if isinstance(data, dict) else None, now["city"]),
    }
    return [f"{name}: {old} -> {new}" for name, (old, new) in pairs.items() if old != new]


def replay(directory: str, member: int, ensure: Ensure, lang: str, cell: int | None = None) -> int:
    """Simulate one member of a run, or of a cell of a sweep, alone and say how it ends."""
    from sim.ensemble import simulate_in_memory

    scenario, plan, city = _restore(directory, ensure, cell)
    if not 0 <= member < scenario.members:
        where = f"0 to {scenario.members - 1}"
        line = Problem("command line", "member", f"{member} is outside the legal range {where}")
        raise InputError([line])
    [result] = simulate_in_memory(scenario, plan, city, members=[member])
    if result.failed is None:
        print(say("member_ok", lang, member=member))
        return 0
    print(f"{member}: {result.failed}")
    return EXIT_DIFFERS


def _restore(
    directory: str, ensure: Ensure, cell: int | None = None
) -> tuple[Scenario, Plan, City]:
    """Load the scenario that a directory resolved, with its plan and city."""
    from sim.ensemble import RESOLVED

    settings: dict[str, str] = {}
    path = Path(directory) / RESOLVED
    if cell is not None:
        from sim.sweep.sweeping import BASE_FILE

        path = Path(directory) / BASE_FILE
        settings = settings_of_cell(Path(directory) / "design.csv", cell)
    if not path.is_file():
        raise OutputError(f"{directory}: is not the directory of a run (no {path.name})")
    scenario, plan = load_with_plan(path, settings)
    return scenario, plan, city_of(scenario, ensure)


def settings_of_cell(design: Path, cell: int) -> dict[str, str]:
    """Return the factors of a cell of a sweep as they are set on the command line."""
    from sim.tables import column_names, read_table

    checker = Checker()
    columns = column_names(design, str(design))
    rows = read_table(design, str(design), checker, columns)
    checker.stop()
    for row in rows:
        if row.cells.get("cell") == str(cell):
            return {
                key: value
                for key, value in row.cells.items()
                if key not in ("cell", "status") and value
            }
    message = f"{cell} is outside the legal range 0 to {len(rows) - 1}"
    raise InputError([Problem("command line", "--cell", message)])
