"""Run a finished run again from what its directory says, whole or one member alone."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.digest import variable_digests
from sim.ensemble import RESOLVED, run_ensemble, simulate_in_memory
from sim.errors import OutputError, printable
from sim.manifest import identity_of, lock_hash, package_versions, project_root, read_manifest
from sim.results import RESULTS_FILE, Layout

if TYPE_CHECKING:
    from sim.city import City
    from sim.plan import Plan
    from sim.scenario import Scenario
    from sim.workers import Simulate

SAME, DIFFERENT = 0, 3
WORDS = {
    "en": {
        "same": "reproduced: the digest is the same, {digest}",
        "differs": "NOT reproduced: digest {before} then, {now} now",
        "variable": "first variable that differs: {name}",
        "changed": "changed since: {what} was {before}, is {now}",
        "whole": "member {member} runs through",
        "stops": "member {member} stops: {reason}",
    },
    "zh": {
        "same": "已复现:摘要相同,{digest}",
        "differs": "未能复现:当时摘要 {before},现在 {now}",
        "variable": "首个不同的变量:{name}",
        "changed": "此后有变:{what} 原为 {before},现为 {now}",
        "whole": "样本 {member} 运行完毕",
        "stops": "样本 {member} 中止:{reason}",
    },
}


def _tell(lang: str, key: str, **values: Any) -> None:
    print(WORDS.get(lang, WORDS["en"])[key].format(**values))


def load_run(path: Path) -> tuple[Scenario, Plan, City]:
    """Read scenario, plan and city of a finished run.

    Raises
    ------
    InputError, OutputError
        If the resolved scenario or the city's fits cannot be read.
    """
    from sim.city import load_city
    from sim.scenario import load_with_plan

    source = path / RESOLVED
    if not source.is_file():
        raise OutputError(f"{printable(str(path))}: holds no {RESOLVED}")
    scenario, plan = load_with_plan(source)
    return scenario, plan, load_city(project_root() / "calibration" / "fits" / scenario.city)


def changes_since(manifest: dict[str, Any], hashes: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Return what a run was made of and has changed: name to (then, now)."""
    then = {
        "code": manifest.get("code_hash"),
        "plan": manifest.get("plan_hash"),
        "lock": manifest.get("lock_hash"),
        "city": next(iter(manifest.get("data_hashes", {}).values()), None),
        **manifest.get("packages", {}),
    }
    now = {**package_versions(), **hashes, "lock": lock_hash()}
    return {
        k: (str(then[k]), str(now[k])) for k in then if k in now and str(then[k]) != str(now[k])
    }


def reproduce(
    path: Path,
    *,
    jobs: int | str = "auto",
    lang: str = "en",
    simulate: Simulate | None = None,
    layout: Layout | None = None,
    loaded: tuple[Scenario, Plan, City] | None = None,
) -> int:
    """Run a finished run again in a temporary folder and compare digests.

    Parameters
    ----------
    path : Path
        The run's directory, which is only read.
    jobs, lang
        Workers, and language of what is printed.
    simulate, layout, loaded
        As in :func:`sim.ensemble.run_ensemble`; by default the model and the run's own files.

    Returns
    -------
    int
        0 when the digest is the same, 3 when it is not; what changed since is printed.
    """
    manifest = read_manifest(path)
    scenario, plan, city = loaded or load_run(path)
    hashes = dict(identity_of(scenario, plan, city).content["hashes"])
    for what, (before, now) in changes_since(manifest, hashes).items():
        _tell(lang, "changed", what=what, before=printable(before), now=now)
    with tempfile.TemporaryDirectory(prefix="reproduce-") as folder:
        again = run_ensemble(
            scenario, plan, city, Path(folder) / "run", jobs=jobs, quiet=True, lang=lang,
            simulate=simulate, layout=layout,
        )  # fmt: skip
        stored = variable_digests(path / RESULTS_FILE)
        fresh = variable_digests(again.path / RESULTS_FILE)
    if stored == fresh and again.digest == manifest["digest"]:
        _tell(lang, "same", digest=again.digest)
        return SAME
    _tell(lang, "differs", before=printable(str(manifest["digest"])), now=again.digest)
    names = sorted(n for n in stored.keys() | fresh.keys() if stored.get(n) != fresh.get(n))
    if names:
        _tell(lang, "variable", name=names[0])
    return DIFFERENT


def replay(path: Path, member: int, *, lang: str = "en", simulate: Simulate | None = None) -> int:
    """Simulate one member of a finished run alone and say where it stops.

    Returns
    -------
    int
        0 when it runs through, 3 when it stops.
    """
    scenario, plan, city = load_run(path)
    result = simulate_in_memory(scenario, plan, city, members=[member], simulate=simulate)[0]
    if result.failed is None:
        _tell(lang, "whole", member=member)
        return SAME
    _tell(lang, "stops", member=member, reason=printable(result.failed, 500))
    sys.stdout.flush()
    return DIFFERENT
